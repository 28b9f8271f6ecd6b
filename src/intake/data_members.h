/* The members of a foreign object in the order that they are told, on their way into an event's data (data.h):
 * of duplicate keys the last stands, secrets in names become marks that differ, and what a value is called is
 * found out. */
#ifndef JC_INTAKE_DATA_MEMBERS_H
#define JC_INTAKE_DATA_MEMBERS_H

#include "base/buf.h"
#include "jc/redact.h"

#include <yyjson.h>

/* A walk: jc_members_begin(), jc_members_next() until NULL, jc_members_end(). */
typedef struct jc_members {
    yyjson_val *object;
    const char *const *except; /* names that are passed over, NULL-ended; or NULL */
    bool *stands;              /* NULL: it has few */
    size_t index;
    yyjson_obj_iter iter;
    unsigned *mended;
    bool marks_sought; /* whether a name holds a mark already is found out once, */
    bool has_marks;    /* when the first secret is found in another */
} jc_members;

/* A duplicate key sets JC_MENDED_DUPLICATE in *mended. JC_ENOMEM: there is nothing to end. */
JC_MUST_CHECK jc_status jc_members_begin(jc_members *walk, yyjson_val *object, unsigned *mended,
                                         jc_error *reterr);
void jc_members_end(jc_members *walk);

/* The next key that stands and is not excepted, its value by yyjson_obj_iter_get_val(); NULL at the end. */
yyjson_val *jc_members_next(jc_members *walk);

/* A member's name as it is written. Behind a secret that became a mark stands a number, *redacted, which counts
 * them, as two names must not become one. *ret_shown is `name`, or lies in `piece`. `redactor` may be NULL. */
JC_MUST_CHECK jc_status jc_members_show(jc_members *walk, jc_redactor *redactor, jc_str name,
                                        size_t *redacted, jc_buf *piece, jc_str *ret_shown,
                                        jc_error *reterr);

/* What says whether a member's value is a secret: its name, or the one beside it: {"name":…,"value":…}. */
jc_str jc_members_telling_name(yyjson_val *object, jc_str name);

/* A string of the tree, a key as a rule. */
static inline jc_str jc_member_name(yyjson_val *key)
{
    return (jc_str){yyjson_get_str(key), yyjson_get_len(key)};
}

#endif
