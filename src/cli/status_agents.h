/* The agents of a workflow, for `jc status`: who was at work, what they called, what it cost. Read from what
 * the projection `agents` says, as jc_cli_state_document() gives it; {0} has no agents. */
#ifndef JC_CLI_STATUS_AGENTS_H
#define JC_CLI_STATUS_AGENTS_H

#include "cli/line.h"
#include "cli/projection.h"

/* Are there any that did something themselves? */
bool jc_status_agents_any(const jc_state_document *of);

/* The status of the first of them, which is the session's own: "active", "waiting", "idle", "ended". */
jc_str jc_status_agents_word(const jc_state_document *of);

/* A line each; a subagent stands further right, behind the agent that called it. */
void jc_status_agents_print(const jc_state_document *of, const jc_term *term);

/* Append what they did together. */
void jc_status_agents_sum(const jc_state_document *of, jc_buf *line);

#endif
