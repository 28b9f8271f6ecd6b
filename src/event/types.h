/* Types of events and their payload rules: the built-in map and what a project declares. */
#ifndef JC_EVENT_TYPES_INTERNAL_H
#define JC_EVENT_TYPES_INTERNAL_H

#include "base/arena.h"
#include "base/json.h"
#include "jc/event_types.h"

/* A project's own types. {0} is none. */
typedef struct jc_types {
    jc_arena arena; /* owns all text */
    jc_type_info *declared;
    size_t declared_count;
} jc_types;

void jc_types_release(jc_types *types);

/* Read the "types" of a project's config.json. `path` is for messages and is kept as the place of
 * declaration. Unknown members of the file are left for others.
 * JC_EINVAL  not JSON, or a type or a rule is malformed; reterr names it. */
JC_MUST_CHECK jc_status jc_types_load(jc_types *types, jc_str config, const char *path,
                                      jc_error *reterr);

/* The rule of a type and whether it is known. Never NULL: a type without a rule has "". A project
 * cannot change a built-in type. */
const char *jc_types_rule(const jc_types *types, jc_str event_type, bool *ret_known);

/* Call `each` for every type: the built-in ones, then the project's. */
void jc_types_each(const jc_types *types, void (*each)(void *context, const jc_type_info *info),
                   void *context);

/* Does `data` obey the rule? `event` gives the ids that may stand on the event instead. */
JC_MUST_CHECK jc_status jc_rule_check(const char *rule, yyjson_val *data, const jc_event *event,
                                      jc_error *reterr);

/* Is the rule itself well formed? */
JC_MUST_CHECK jc_status jc_rule_parse(const char *rule, jc_error *reterr);

/* What to say of a type that names a command and not a fact: "feature.complete" gets the past tense
 * that was probably meant. Writes "" when there is nothing to say. */
void jc_types_advise(jc_str event_type, jc_error *ret_advice);

#endif
