/* The log of a server that lives long: it may be replaced under its handle (jc restore), and a write
 * whose outcome is unknown leaves the handle good for reading only. Then it is opened again. */
#include "mcp/server.h"

#include "base/fail.h"

jc_status jc_mcp_store_reopen(jc_mcp *mcp, jc_error *reterr)
{
    if (mcp->options.reopen == NULL)
        return jc_fail(reterr, JC_ESTALE, "the log was replaced: start the server again");
    return mcp->options.reopen(mcp->options.reopen_context, &mcp->store, reterr);
}

jc_status jc_mcp_store_ready(jc_mcp *mcp, jc_error *reterr)
{
    uint64_t position = 0;
    if (mcp->store == NULL)
        return jc_mcp_store_reopen(mcp, reterr);
    /* It only looks whether the file is still the one of that name: nothing waits. */
    if (jc_wait(mcp->store, UINT64_MAX, 0, &position, NULL) == JC_ESTALE)
        return jc_mcp_store_reopen(mcp, reterr);
    return JC_OK;
}
