/* What adds up over an agent's events, or a session's: counts, tools, tokens, cost. */
#ifndef JC_PROJECTION_TALLY_H
#define JC_PROJECTION_TALLY_H

#include "base/map.h"
#include "projection/maybe.h"

/* X(member): numbers that are counted up and written when they are not 0. */
#define JC_TALLY_COUNTS(X)                                                                         \
    X(events)                                                                                      \
    X(turns)                                                                                       \
    X(machine_turns)                                                                               \
    X(responses)                                                                                   \
    X(errors)                                                                                      \
    X(notes)                                                                                       \
    X(messages_sent)                                                                               \
    X(messages_received)                                                                           \
    X(subagents)                                                                                   \
    X(compactions)                                                                                 \
    X(permissions_requested)                                                                       \
    X(permissions_denied)

#define JC_TOOL_COUNTS(X)                                                                          \
    X(calls)                                                                                       \
    X(completed)                                                                                   \
    X(failed)                                                                                      \
    X(denied)                                                                                      \
    X(abandoned)                                                                                   \
    X(duration_ms)

#define JC_TOKEN_COUNTS(X)                                                                         \
    X(input)                                                                                       \
    X(output)                                                                                      \
    X(cache_read)                                                                                  \
    X(cache_creation)

#define JC_TALLY_MEMBER(name) uint64_t name;

/* Calls that are open are those that neither completed nor failed, were denied or abandoned. */
typedef struct jc_tool_tally {
    jc_str name;
    JC_TOOL_COUNTS(JC_TALLY_MEMBER)
    struct jc_tool_tally *next;
} jc_tool_tally;

typedef struct jc_tokens {
    JC_TOKEN_COUNTS(JC_TALLY_MEMBER)
} jc_tokens;

/* Dollars in billionths, so that what was added can be taken away again exactly. */
typedef struct jc_cost {
    bool given;
    int64_t nano_usd;
} jc_cost;

typedef struct jc_tally {
    jc_maybe first_us; /* the least and the greatest time of an event */
    jc_maybe last_us;
    JC_TALLY_COUNTS(JC_TALLY_MEMBER)
    jc_tokens tokens;
    jc_cost cost;         /* of responses */
    jc_cost feature_cost; /* of attempts at features, as told when they ended */
    jc_tool_tally *first_tool;
    jc_tool_tally *last_tool;
    jc_map tool_by_name;
} jc_tally;

/* The tally of a tool. `name` must live as long as the arena. NULL: memory is short. */
jc_tool_tally *jc_tally_tool(jc_tally *tally, jc_arena *arena, jc_str name);

/* A response as it is told: usage and cost_usd. What makes no sense counts as nothing. */
jc_tokens jc_tokens_of(const jc_payload *payload);
jc_cost jc_cost_of(const jc_payload *payload);

void jc_tokens_add(jc_tokens *sum, const jc_tokens *more);
void jc_tokens_subtract(jc_tokens *sum, const jc_tokens *less);

/* Add to a sum; what would make it more than two million dollars is not, and *ret_added says so. */
void jc_cost_add(jc_cost *sum, jc_cost more, jc_cost *ret_added);
void jc_cost_subtract(jc_cost *sum, jc_cost less);

/* Members of an object. */
void jc_tokens_write(const jc_tokens *tokens, jc_write *write, yyjson_mut_val *object);
jc_tokens jc_tokens_read(yyjson_val *object);
void jc_cost_write(jc_cost cost, jc_write *write, yyjson_mut_val *object, const char *name);
jc_cost jc_cost_read(yyjson_val *object, const char *name);
void jc_tally_write(const jc_tally *tally, jc_write *write, yyjson_mut_val *object);

/* Texts are copied into the arena. */
JC_MUST_CHECK jc_status jc_tally_read(jc_tally *tally, jc_arena *arena, yyjson_val *object,
                                      jc_error *reterr);

#endif
