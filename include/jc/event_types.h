/* The types of events: one map of the built-in ones, and the project's own.
 *
 * A type is a fact in the past tense, `domain.entity.verb`: 2 to 5 segments of [a-z0-9_]. Types that
 * are not listed are accepted too and have no payload rule. To add one, add a line here and a
 * handler in a projection. Lines are sorted by type; names are never reused.
 *
 * X(name, type, rule, what it says)
 *
 * A rule lists what `data` must hold, separated by spaces:
 *     title              a string that is not blank
 *     name|feature_id    at least one of them, a string that is not blank
 *     success:bool       true or false
 *     priority?low|high  may be absent; if there, one of these strings
 * agent_id, correlation_id and causation_id may stand on the event instead of in data. */
#ifndef JC_EVENT_TYPES_H
#define JC_EVENT_TYPES_H

#include "jc/status.h"
#include "jc/store.h"

#ifdef __cplusplus
extern "C" {
#endif

#define JC_RULE_FEATURE "name|feature_name|feature_id"
#define JC_RULE_NOTE "agent_id title content"

/* The categories of notes; the type of a note is agent.note.CATEGORY. To add one, add a line here, in
 * its place in the alphabet: the type with its rule, the projection, `jc note` and the order of
 * importance follow from it.
 *
 * JC_NOTE_CATEGORY_MAP(X) is X(name of the type, category, importance, what it says) for each. The
 * most important notes come first where room is short; a category that is not listed here counts as
 * JC_NOTE_IMPORTANCE_OTHER. */
#define JC_NOTE_IMPORTANCE_OTHER 50

/* clang-format off */
#define JC_NOTE_CATEGORY_TABLE(LINE, X) \
    LINE(X, JC_TYPE_AGENT_NOTE_ACCOMPLISHMENT,   "accomplishment",   10, "a note: something worth telling was reached") \
    LINE(X, JC_TYPE_AGENT_NOTE_BLOCKER,          "blocker",         100, "a note: something stops the work") \
    LINE(X, JC_TYPE_AGENT_NOTE_CONTEXT,          "context",          40, "a note: background that others need") \
    LINE(X, JC_TYPE_AGENT_NOTE_DECISION,         "decision",         80, "a note: what was decided and why") \
    LINE(X, JC_TYPE_AGENT_NOTE_IDEA,             "idea",             30, "a note: something to try") \
    LINE(X, JC_TYPE_AGENT_NOTE_LEARNING,         "learning",         50, "a note: something found out") \
    LINE(X, JC_TYPE_AGENT_NOTE_OBSERVATION,      "observation",      15, "a note: something seen") \
    LINE(X, JC_TYPE_AGENT_NOTE_QUESTION,         "question",         70, "a note: something open") \
    LINE(X, JC_TYPE_AGENT_NOTE_REFLECTION,       "reflection",       20, "a note: looking back") \
    LINE(X, JC_TYPE_AGENT_NOTE_TODO,             "todo",             60, "a note: something left to do") \
    LINE(X, JC_TYPE_AGENT_NOTE_WARNING,          "warning",          90, "a note: something to beware of")

#define JC_NOTE_CATEGORY(X, name, category, importance, what) X(name, category, importance, what)
#define JC_NOTE_TYPE(X, name, category, importance, what) X(name, "agent.note." category, JC_RULE_NOTE, what)
#define JC_NOTE_CATEGORY_MAP(X) JC_NOTE_CATEGORY_TABLE(JC_NOTE_CATEGORY, X)

#define JC_EVENT_TYPE_MAP(X) \
    X(JC_TYPE_AGENT_ERROR,              "agent.error",                "", "an agent met an error") \
    X(JC_TYPE_AGENT_HOOK_RECEIVED,      "agent.hook.received",        "", "a hook that has no type of its own") \
    X(JC_TYPE_AGENT_MESSAGE_ACKNOWLEDGED, "agent.message.acknowledged", "correlation_id from_agent", "a recipient has read a message") \
    X(JC_TYPE_AGENT_MESSAGE_COMPLETED,  "agent.message.completed",    "correlation_id from_agent result success:bool", "what a message asked for is done") \
    X(JC_TYPE_AGENT_MESSAGE_SENT,       "agent.message.sent",         "from_agent to_agent content priority?urgent|high|normal|low", "one agent wrote to another") \
    JC_NOTE_CATEGORY_TABLE(JC_NOTE_TYPE, X) \
    X(JC_TYPE_AGENT_NOTIFIED,           "agent.notified",             "", "an agent notified its user") \
    X(JC_TYPE_AGENT_RESPONSE_DISPLAYED, "agent.response.displayed",   "", "a piece of an answer was shown: message_id, index, delta") \
    X(JC_TYPE_AGENT_RESPONSE_RECEIVED,  "agent.response.received",    "", "the model answered: message_id, model, usage") \
    X(JC_TYPE_AGENT_TEST_RESULT,        "agent.test_result",          "", "an agent ran tests") \
    X(JC_TYPE_AGENT_TOOL_COMPLETED,     "agent.tool.completed",       "", "a tool call came back") \
    X(JC_TYPE_AGENT_TOOL_FAILED,        "agent.tool.failed",          "", "a tool call failed") \
    X(JC_TYPE_AGENT_TOOL_STARTED,       "agent.tool.started",         "", "an agent called a tool") \
    X(JC_TYPE_AGENT_TOOL_BATCH_COMPLETED, "agent.tool_batch.completed", "", "tool calls that were made together came back") \
    X(JC_TYPE_AGENT_TOOL_USE,           "agent.tool_use",             "", "an agent used a tool, call and result in one") \
    X(JC_TYPE_COMMIT_CREATED,           "commit.created",             "", "a commit was made") \
    X(JC_TYPE_COMMIT_FAILED,            "commit.failed",              "", "a commit was refused") \
    X(JC_TYPE_CONTEXT_COMPACTED,        "context.compacted",          "", "an agent's context was shortened") \
    X(JC_TYPE_FEATURE_COMPLETED,        "feature.completed",          JC_RULE_FEATURE, "a feature is done") \
    X(JC_TYPE_FEATURE_COMPLETION_REVERTED, "feature.completion_reverted", JC_RULE_FEATURE, "a feature was not done after all") \
    X(JC_TYPE_FEATURE_FAILED,           "feature.failed",             JC_RULE_FEATURE, "an attempt at a feature failed") \
    X(JC_TYPE_FEATURE_PLANNED,          "feature.planned",            JC_RULE_FEATURE, "a feature is to be built") \
    X(JC_TYPE_FEATURE_RENAMED,          "feature.renamed",            JC_RULE_FEATURE, "a feature has a new name: new_name") \
    X(JC_TYPE_FEATURE_STARTED,          "feature.started",            JC_RULE_FEATURE, "an attempt at a feature began") \
    X(JC_TYPE_PERMISSION_DENIED,        "permission.denied",          "", "an agent was not allowed to use a tool") \
    X(JC_TYPE_PERMISSION_REQUESTED,     "permission.requested",       "", "an agent asked to use a tool") \
    X(JC_TYPE_PHASE_CHANGED,            "phase.changed",              "to_phase", "the same as workflow.phase_changed") \
    X(JC_TYPE_SESSION_ENDED,            "session.ended",              "", "an agent's session ended") \
    X(JC_TYPE_SESSION_STARTED,          "session.started",            "", "an agent's session began") \
    X(JC_TYPE_SUBAGENT_COMPLETED,       "subagent.completed",         "", "a subagent came back") \
    X(JC_TYPE_SUBAGENT_STARTED,         "subagent.started",           "", "an agent started a subagent") \
    X(JC_TYPE_TASK_COMPLETED,           "task.completed",             "", "a task of an agent's list is done") \
    X(JC_TYPE_TASK_CREATED,             "task.created",               "", "an agent put a task on its list") \
    X(JC_TYPE_TESTS_FAILED,             "tests.failed",               "", "tests ran and failed") \
    X(JC_TYPE_TESTS_PASSED,             "tests.passed",               "", "tests ran and passed") \
    X(JC_TYPE_TESTS_STARTED,            "tests.started",              "", "tests began to run") \
    X(JC_TYPE_TURN_COMPLETED,           "turn.completed",             "", "an agent finished its answer") \
    X(JC_TYPE_TURN_FAILED,              "turn.failed",                "", "an agent could not finish its answer: error") \
    X(JC_TYPE_TURN_STARTED,             "turn.started",               "", "a prompt was given to an agent") \
    X(JC_TYPE_WORKFLOW_COMPLETED,       "workflow.completed",         "", "a workflow is done") \
    X(JC_TYPE_WORKFLOW_FAILED,          "workflow.failed",            "", "a workflow gave up") \
    X(JC_TYPE_WORKFLOW_PAUSED,          "workflow.paused",            "", "a workflow waits") \
    X(JC_TYPE_WORKFLOW_PHASE_CHANGED,   "workflow.phase_changed",     "to_phase", "a workflow went into another phase") \
    X(JC_TYPE_WORKFLOW_RESUMED,         "workflow.resumed",           "", "a workflow goes on after a pause") \
    X(JC_TYPE_WORKFLOW_STARTED,         "workflow.started",           "", "a workflow began") \
    X(JC_TYPE_WORKTREE_ACTIVE,          "worktree.active",            "", "a work tree gave a sign of life") \
    X(JC_TYPE_WORKTREE_CREATED,         "worktree.created",           "", "a work tree was made") \
    X(JC_TYPE_WORKTREE_DELETED,         "worktree.deleted",           "", "a work tree was removed") \
    X(JC_TYPE_WORKTREE_MERGED,          "worktree.merged",            "", "a work tree was merged")
/* clang-format on */

/* The built-in types as numbers, for a switch; JC_TYPE_OTHER is any other type. */
typedef enum jc_event_type {
#define JC_EVENT_TYPE_ENUM(name, type, rule, what) name,
    JC_EVENT_TYPE_MAP(JC_EVENT_TYPE_ENUM)
#undef JC_EVENT_TYPE_ENUM
    JC_TYPE_OTHER
} jc_event_type;

/* Which built-in type is this? JC_TYPE_OTHER when none. */
JC_API jc_event_type jc_event_type_of(jc_str event_type);

/* A type in a listing. */
typedef struct jc_type_info {
    const char *event_type;
    const char *rule;     /* as above; "" when there is none */
    const char *what;     /* one line; "" when not given */
    const char *declared; /* "built in", or the path of the file that declares it */
} jc_type_info;

/* Call `each` for the built-in types and those that the project declares in .jc/config.json:
 *     {"types": {"deploy.finished": {"required": "target", "description": "…"}}}
 * where "required" is a rule as above. */
JC_API void jc_type_list(jc_store *store, void (*each)(void *context, const jc_type_info *info),
                         void *context);

#ifdef __cplusplus
}
#endif
#endif
