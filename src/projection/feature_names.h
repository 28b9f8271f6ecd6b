/* Which feature an event speaks of: the one answer that all projections give.
 *
 * A feature is known by its feature_id where events give one, else by its name; an id that comes up
 * later joins the feature of that name, unless another id has it. A feature that is renamed leaves its
 * old name free for another. Features have places, 0, 1, 2 …, in the order in which they came up; what
 * a projection knows of them lies in an array of its own by place. */
#ifndef JC_PROJECTION_FEATURE_NAMES_H
#define JC_PROJECTION_FEATURE_NAMES_H

#include "base/map.h"
#include "projection/payload.h"
#include "projection/write.h"

typedef struct jc_feature_name {
    jc_buf id; /* its feature_id; empty when it is known by its name */
    jc_buf name;
    size_t place;
} jc_feature_name;

/* {0} is empty. */
typedef struct jc_feature_names {
    jc_arena arena; /* owns the keys of the maps */
    jc_feature_name **items;
    size_t count;
    size_t capacity;
    jc_map by_id; /* to a slot that holds a jc_feature_name or nothing */
    jc_map by_name;
} jc_feature_names;

#define JC_FEATURE_NONE SIZE_MAX

void jc_feature_names_release(jc_feature_names *names);

/* The place of the feature that an event's data speaks of; the feature is new, and the last, when
 * nothing was heard of it before. JC_FEATURE_NONE: the data names none. */
JC_MUST_CHECK jc_status jc_feature_names_find(jc_feature_names *names, const jc_payload *payload,
                                              size_t *ret_place, jc_error *reterr);

/* Take feature.renamed in: what data calls new_name is the name from now on. */
JC_MUST_CHECK jc_status jc_feature_names_change(jc_feature_names *names, size_t place,
                                                const jc_payload *payload, jc_error *reterr);

/* What a feature is called, borrowed until the next change; absent what it has not. */
jc_str jc_feature_names_name(const jc_feature_names *names, size_t place);
jc_str jc_feature_names_id(const jc_feature_names *names, size_t place);

/* Write name, feature_id, and name_shared, which is true when the name means another feature. */
void jc_feature_names_write(const jc_feature_names *names, size_t place, jc_write *write,
                            yyjson_mut_val *object);

/* Read them back: a feature behind the others. */
JC_MUST_CHECK jc_status jc_feature_names_read(jc_feature_names *names, yyjson_val *object,
                                              jc_error *reterr);

#endif
