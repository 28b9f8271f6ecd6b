/* The agents and their hooks: see hook_table.h. docs/AGENTS.md has the same table in words.
 *
 * A turn and a subagent may start and stop several times under one id, and a task may be created or
 * completed again: their facts have ordinals. A tool call, a batch of calls and a piece of text are told
 * once. What has no id of its own is a moment. */
#include "intake/hook_table.h"

#include "intake/foreign.h"

#define RECEIVED "agent.hook.received"

/* How a row without a key says so. */
#define MOMENT JC_FACT_MOMENT, JC_FACT_NONE, JC_HOOK_KEY_NONE
#define ORDINAL(kind, key) JC_FACT_ORDINAL, JC_FACT_##kind, JC_HOOK_KEY_##key
#define ONE(kind, key) JC_FACT_ONE, JC_FACT_##kind, JC_HOOK_KEY_##key

/* clang-format off */

/* Setup, InstructionsLoaded, UserPromptExpansion, PreCompact, Pre- and PostModelSwitch, TeammateIdle,
 * ConfigChange, CwdChanged, DirectoryAdded, FileChanged, Elicitation and ElicitationResult are kept as
 * received, as is any hook that comes to be later. */
static const jc_hook_row claude_rows[] = {
    {"SessionStart",       "session.started",            MOMENT,                                JC_HOOK_CAUSE_NONE,  0},
    {"SessionEnd",         "session.ended",              MOMENT,                                JC_HOOK_CAUSE_NONE,  0},
    {"UserPromptSubmit",   "turn.started",               ORDINAL(TURN_STARTED, TURN),           JC_HOOK_CAUSE_NONE,  JC_HOOK_ADDS_HUMAN},
    {"Stop",               "turn.completed",             ORDINAL(TURN_COMPLETED, TURN),         JC_HOOK_CAUSE_TURN,  0},
    {"StopFailure",        "turn.failed",                ORDINAL(TURN_FAILED, TURN),            JC_HOOK_CAUSE_TURN,  0},
    {"PreToolUse",         "agent.tool.started",         ONE(TOOL_STARTED, CALL),               JC_HOOK_CAUSE_AGENT, 0},
    {"PostToolUse",        "agent.tool.completed",       ONE(TOOL_COMPLETED, CALL),             JC_HOOK_CAUSE_CALL,  JC_HOOK_ADDS_SUCCESS},
    {"PostToolUseFailure", "agent.tool.failed",          ONE(TOOL_FAILED, CALL),                JC_HOOK_CAUSE_CALL,  JC_HOOK_ADDS_FAILURE},
    {"PostToolBatch",      "agent.tool_batch.completed", ONE(TOOL_BATCH, BATCH),                JC_HOOK_CAUSE_AGENT, 0},
    {"PermissionRequest",  "permission.requested",       MOMENT,                                JC_HOOK_CAUSE_CALL,  0},
    {"PermissionDenied",   "permission.denied",          ONE(PERMISSION_DENIED, CALL),          JC_HOOK_CAUSE_CALL,  0},
    {"Notification",       "agent.notified",             MOMENT,                                JC_HOOK_CAUSE_AGENT, 0},
    {"MessageDisplay",     "agent.response.displayed",   ONE(TEXT_SHOWN, MESSAGE),              JC_HOOK_CAUSE_AGENT, 0},
    {"SubagentStart",      "subagent.started",           ORDINAL(SUBAGENT_STARTED, SUBAGENT),   JC_HOOK_CAUSE_TURN,  0},
    {"SubagentStop",       "subagent.completed",         ORDINAL(SUBAGENT_COMPLETED, SUBAGENT), JC_HOOK_CAUSE_AGENT, 0},
    {"TaskCreated",        "task.created",               ORDINAL(TASK_CREATED, TASK),           JC_HOOK_CAUSE_AGENT, 0},
    {"TaskCompleted",      "task.completed",             ORDINAL(TASK_COMPLETED, TASK),         JC_HOOK_CAUSE_AGENT, 0},
    {"PostCompact",        "context.compacted",          MOMENT,                                JC_HOOK_CAUSE_AGENT, 0},
    {"WorktreeCreate",     "worktree.created",           MOMENT,                                JC_HOOK_CAUSE_AGENT, JC_HOOK_ADDS_WORKTREE},
    {"WorktreeRemove",     "worktree.deleted",           MOMENT,                                JC_HOOK_CAUSE_AGENT, JC_HOOK_ADDS_WORKTREE},
    {NULL,                 RECEIVED,                     MOMENT,                                JC_HOOK_CAUSE_AGENT, 0},
};

/* A call that came back may have failed: there is no hook of its own for that. */
static const jc_hook_row codex_rows[] = {
    {"SessionStart",       "session.started",            MOMENT,                                JC_HOOK_CAUSE_NONE,  0},
    {"UserPromptSubmit",   "turn.started",               ORDINAL(TURN_STARTED, TURN),           JC_HOOK_CAUSE_NONE,  JC_HOOK_ADDS_HUMAN},
    {"Stop",               "turn.completed",             ORDINAL(TURN_COMPLETED, TURN),         JC_HOOK_CAUSE_TURN,  0},
    {"StopFailure",        "turn.failed",                ORDINAL(TURN_FAILED, TURN),            JC_HOOK_CAUSE_TURN,  0},
    {"PreToolUse",         "agent.tool.started",         ONE(TOOL_STARTED, CALL),               JC_HOOK_CAUSE_AGENT, 0},
    {"PostToolUse",        "agent.tool.completed",       ONE(TOOL_COMPLETED, CALL),             JC_HOOK_CAUSE_CALL,  JC_HOOK_ADDS_TOLD_SUCCESS},
    {"PermissionRequest",  "permission.requested",       MOMENT,                                JC_HOOK_CAUSE_CALL,  0},
    {"SubagentStart",      "subagent.started",           ORDINAL(SUBAGENT_STARTED, SUBAGENT),   JC_HOOK_CAUSE_TURN,  0},
    {"SubagentStop",       "subagent.completed",         ORDINAL(SUBAGENT_COMPLETED, SUBAGENT), JC_HOOK_CAUSE_AGENT, 0},
    {"PostCompact",        "context.compacted",          MOMENT,                                JC_HOOK_CAUSE_AGENT, 0},
    {NULL,                 RECEIVED,                     MOMENT,                                JC_HOOK_CAUSE_AGENT, 0},
};

/* clang-format on */

/* A MessageDisplay of Claude Code has a turn_id too, and prompt_id only since of late. */
static const char *const codex_has[] = {"turn_id", NULL};
static const char *const codex_lacks[] = {"prompt_id", "message_id", NULL};
static const char *const any[] = {NULL};

static const jc_hook_agent agents[] = {
    {"Codex", codex_has, codex_lacks, "hook_event_name", "session_id", "turn_id", codex_rows},
    {"Claude Code", any, any, "hook_event_name", "session_id", "prompt_id", claude_rows},
};

#define AGENT_COUNT (sizeof agents / sizeof agents[0])

static bool is_of(const jc_hook_agent *agent, yyjson_val *payload)
{
    for (const char *const *name = agent->has; *name != NULL; name++) {
        if (jc_foreign_get(payload, *name) == NULL)
            return false;
    }
    for (const char *const *name = agent->lacks; *name != NULL; name++) {
        if (jc_foreign_get(payload, *name) != NULL)
            return false;
    }
    return true;
}

const jc_hook_agent *jc_hook_agent_of(yyjson_val *payload)
{
    const jc_hook_agent *agent = agents;
    while (agent < &agents[AGENT_COUNT - 1] && !is_of(agent, payload))
        agent++;
    return agent;
}

const jc_hook_row *jc_hook_row_of(const jc_hook_agent *agent, jc_str hook)
{
    const jc_hook_row *row = agent->rows;
    while (row->hook != NULL && !jc_str_equal(hook, jc_str_of(row->hook)))
        row++;
    return row;
}
