/* Reading the arguments of a tool, which its schema has been held against already. Null, and a text of
 * nothing, are as good as absent: models fill in what they do not mean. */
#ifndef JC_MCP_ARGUMENTS_H
#define JC_MCP_ARGUMENTS_H

#include "mcp/tools.h"

/* Hold arguments against an input schema: types, required ones, names, values of an enum, least and
 * greatest numbers. A number and a truth value may stand as text. JC_EINVAL says which argument, what
 * it was and what it must be. */
JC_MUST_CHECK jc_status jc_mcp_arguments_check(yyjson_val *schema, yyjson_val *arguments,
                                               jc_error *reterr);

bool jc_mcp_has(const jc_mcp_call *call, const char *name);
/* Absent when it is not there. */
jc_str jc_mcp_text_of(const jc_mcp_call *call, const char *name);
uint64_t jc_mcp_number_of(const jc_mcp_call *call, const char *name, uint64_t otherwise);
/* A number written in digits alone; false when it is none, or too large. */
bool jc_mcp_digits(jc_str text, uint64_t *ret_number);
bool jc_mcp_flag_of(const jc_mcp_call *call, const char *name, bool otherwise);

/* A list of texts, or one text with commas between, without what is blank. */
JC_MUST_CHECK jc_status jc_mcp_texts_of(const jc_mcp_call *call, const char *name,
                                        const jc_str **ret_items, size_t *ret_count,
                                        jc_error *reterr);

/* ---- What is to be written, without the secrets in it, which call->redacted counts ---- */

JC_MUST_CHECK jc_status jc_mcp_written_text(jc_mcp_call *call, const char *name, jc_str *ret_text,
                                            jc_error *reterr);
JC_MUST_CHECK jc_status jc_mcp_written_texts(jc_mcp_call *call, const char *name,
                                             const jc_str **ret_items, size_t *ret_count,
                                             jc_error *reterr);
/* An object, as JSON; {} when there is none. */
JC_MUST_CHECK jc_status jc_mcp_written_object(jc_mcp_call *call, const char *name,
                                              jc_str *ret_object, jc_error *reterr);

/* A time, as people write it; *ret_given is false when there is none. JC_EINVAL. */
JC_MUST_CHECK jc_status jc_mcp_time_of(const jc_mcp_call *call, const char *name, int64_t *ret_us,
                                       bool *ret_given, jc_error *reterr);

/* A point of the past: a sequence, -N (N before the last), or a time. The head when there is none. */
JC_MUST_CHECK jc_status jc_mcp_point_of(const jc_mcp_call *call, const char *name,
                                        jc_point *ret_point, jc_error *reterr);

/* The workflow to read, or to talk in: the one that is named, else the server's own, else the session's
 * once it has begun, else the only one there is. JC_EINVAL says which ones there are. */
JC_MUST_CHECK jc_status jc_mcp_workflow_of(const jc_mcp_call *call, jc_str *ret_workflow_id,
                                           jc_error *reterr);

/* The workflow to write into, which may begin by that: the session's comes before the only one there is,
 * whether it has begun or not. */
JC_MUST_CHECK jc_status jc_mcp_workflow_to_write(const jc_mcp_call *call, jc_str *ret_workflow_id,
                                                 jc_error *reterr);

/* The same for what can be asked of all workflows at once: absent, meaning all, when all_workflows is
 * true. With `or_all`, also when none is named and the server has none of its own, for what earlier
 * sessions left is wanted as well; the only one there is, though, has its name. */
JC_MUST_CHECK jc_status jc_mcp_workflows_of(const jc_mcp_call *call, bool or_all,
                                            jc_str *ret_workflow_id, jc_error *reterr);

/* Say what was looked into: "workflow_id", or "all_workflows" when that is absent. */
void jc_mcp_put_scope(const jc_mcp_call *call, jc_str workflow_id);

/* Who asks: agent_id, else the server's own, else "main". */
jc_str jc_mcp_agent_of(const jc_mcp_call *call);

/* Put ": there are a, b, c" behind an error that named no workflow, or a wrong one. */
void jc_mcp_name_workflows(jc_store *store, jc_error *error);

#endif
