/* Ids made of what an event is about: see derived_id.h. */
#include "intake/derived_id.h"

#include "base/buf.h"
#include "base/uuid.h"

jc_status jc_derive_id(const char *urn, const jc_str parts[], size_t count, jc_uuid *ret_id,
                       jc_error *reterr)
{
    JC_AUTO(jc_buf) name = {0};
    jc_status status = JC_OK;
    for (size_t i = 0; status == JC_OK && i < count; i++) {
        if (i > 0)
            status = jc_buf_append_char(&name, '\0', reterr);
        if (status == JC_OK)
            status = jc_buf_append_str(&name, parts[i], reterr);
    }
    if (status < 0)
        return status;
    jc_uuid name_space = jc_uuid_derive(jc_uuid_namespace_url, jc_str_of(urn));
    *ret_id = jc_uuid_derive(name_space, jc_buf_str(&name));
    return JC_OK;
}
