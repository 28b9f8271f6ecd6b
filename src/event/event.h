/* Inside the library: checking an event before it is stored, and comparing two. */
#ifndef JC_EVENT_EVENT_H
#define JC_EVENT_EVENT_H

#include "base/arena.h"
#include "base/json.h"
#include "event/types.h"
#include "jc/event.h"

#define JC_DATA_LIMITS                                                                             \
    ((jc_json_limits){.size_max = JC_DATA_SIZE_MAX, .depth_max = JC_DATA_DEPTH_MAX})

/* What validation works with; the memory is kept between events. */
typedef struct jc_validator {
    jc_json json;
    const jc_types *types; /* borrowed */
    bool strict;           /* refuse types that are neither built in nor declared */
} jc_validator;

void jc_validator_release(jc_validator *validator);

/* Check every rule of docs/FORMAT.md. *ret_valid is the event as it will be stored: data compact,
 * "{}" when absent; agent_id, correlation_id and causation_id lifted out of data where only data has
 * them. It borrows from `event` and from `arena`.
 * JC_EINVAL names field and rule. */
JC_MUST_CHECK jc_status jc_event_validate(jc_validator *validator, const jc_event *event,
                                          jc_arena *arena, jc_event *ret_valid, jc_error *reterr);

/* Is the id of a stored event given again with the same content? Both are valid; the timestamp
 * counts only when `given` has one. On JC_EREUSED reterr names the field that differs. */
JC_MUST_CHECK jc_status jc_event_same(const jc_event *stored, const jc_event *given,
                                      jc_error *reterr);

/* Is it 1 to 256 bytes of UTF-8 without control characters? What agent_id and its like must be. */
bool jc_agent_id_valid(jc_str text);

/* Is it 2 to 5 segments of [a-z0-9_], at most 128 bytes? JC_EINVAL says what is wrong. */
JC_MUST_CHECK jc_status jc_event_type_check(jc_str event_type, jc_error *reterr);

/* Copy an event and all its text into `arena`. JC_ENOMEM. */
JC_MUST_CHECK jc_status jc_event_copy(const jc_event *event, jc_arena *arena, jc_event *ret_copy,
                                      jc_error *reterr);

#endif
