/* The agents of a workflow, for `jc status`: who was at work, what they called, what it cost. */
#ifndef JC_CLI_STATUS_AGENTS_H
#define JC_CLI_STATUS_AGENTS_H

#include "cli/cli.h"
#include "cli/line.h"

#include <yyjson.h>

/* What the projection `agents` says at a point. {0} holds nothing. */
typedef struct jc_status_agents {
    jc_state *state;
    yyjson_doc *doc;
    yyjson_val *agents; /* a list */
} jc_status_agents;

void jc_status_agents_release(jc_status_agents *of);
JC_AUTO_DEFINE(jc_status_agents, jc_status_agents_release);

/* Read them. 0, or an exit code after a message. */
int jc_status_agents_read(jc_cli *cli, jc_str workflow_id, const jc_point *point,
                          jc_status_agents *ret);

/* Are there any that did something themselves? */
bool jc_status_agents_any(const jc_status_agents *of);

/* The status of the first of them, which is the session's own: "active", "waiting", "idle", "ended". */
jc_str jc_status_agents_word(const jc_status_agents *of);

/* A line each; a subagent stands further right, behind the agent that called it. */
void jc_status_agents_print(const jc_status_agents *of, const jc_term *term);

/* Append what they did together. */
void jc_status_agents_sum(const jc_status_agents *of, jc_buf *line);

#endif
