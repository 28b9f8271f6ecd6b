/* A server of the Model Context Protocol: agents read and write the log by tools, and read it as
 * resources.
 *
 *     jc_mcp *mcp = NULL;
 *     if (jc_mcp_new(store, &options, &mcp, &error) < 0 ||
 *         jc_mcp_serve(mcp, STDIN_FILENO, STDOUT_FILENO, -1, &error) < 0) ...
 *     jc_mcp_free(mcp);
 *
 * Both generations of the protocol are spoken, each request as it comes: one that names its protocol
 * version in `_meta` is answered by 2026-07-28, which has no sessions; after `initialize` the others are
 * answered by what was agreed upon there, 2025-11-25 or one before it. */
#ifndef JC_MCP_MCP_H
#define JC_MCP_MCP_H

#include "jc/jc.h"

/* A longer line is no message: it is refused and skipped. */
#define JC_MCP_LINE_SIZE_MAX ((size_t)8 * 1024 * 1024)

typedef struct jc_mcp jc_mcp;

/* {0} is the default of everything. Texts are borrowed for as long as the server lives. */
typedef struct jc_mcp_options {
    jc_str workflow_id; /* where no workflow is named */
    jc_str
        session_workflow_id; /* absent: none. Where workflow_id is absent, what is written goes there,
                                   and it is read once it has begun; notes are then read of all */
    jc_str agent_id;         /* who asks, where no agent is named; absent: "main" */

    /* Takes secrets out of what is written; borrowed for as long as the server lives. NULL: nothing does. */
    jc_redactor *redactor;

    /* Open the log again: it was replaced, or a write failed. *store is the one that is no good any
     * more, or NULL; it becomes the new one, or NULL when that failed. NULL: it cannot be done. */
    jc_status (*reopen)(void *context, jc_store **store, jc_error *reterr);
    void *reopen_context;
} jc_mcp_options;

/* Make a server for a store, which is borrowed. The caller frees *ret_mcp. JC_ENOMEM. */
JC_MUST_CHECK jc_status jc_mcp_new(jc_store *store, const jc_mcp_options *options, jc_mcp **ret_mcp,
                                   jc_error *reterr);

void jc_mcp_free(jc_mcp *mcp);

/* Answer one line, given without its newline. *ret_answer is one line without a newline, borrowed until
 * the next call; absent when nothing is to be said. Whatever the line holds is answered as the protocol
 * demands; nothing in it makes this fail.
 * JC_ENOMEM  what was asked may have been done. */
JC_MUST_CHECK jc_status jc_mcp_answer(jc_mcp *mcp, jc_str line, jc_str *ret_answer,
                                      jc_error *reterr);

/* Answer line by line until `in_fd` ends, the reader of `out_fd` is gone, or `stop_fd` (-1: none)
 * becomes readable; a request under way is answered first. JC_EIO: reading or writing failed. */
JC_MUST_CHECK jc_status jc_mcp_serve(jc_mcp *mcp, int in_fd, int out_fd, int stop_fd,
                                     jc_error *reterr);

#endif
