/* States back from the JSON that write.h made of them: members that may be absent. */
#ifndef JC_PROJECTION_READ_H
#define JC_PROJECTION_READ_H

#include "base/auto.h"
#include "jc/event.h"

#include <yyjson.h>

/* A document being read. {0} is valid. */
typedef struct jc_read {
    yyjson_doc *doc;
} jc_read;

void jc_read_release(jc_read *read);
JC_AUTO_DEFINE(jc_read, jc_read_release);

/* Read a document; *ret_root is its root, an object, borrowed until the release. JC_ECORRUPT. */
JC_MUST_CHECK jc_status jc_read_begin(jc_read *read, jc_str json, yyjson_val **ret_root,
                                      jc_error *reterr);

/* A member that is a string, borrowed; absent when there is none, or when it is empty: an empty text is
 * never written. */
jc_str jc_read_text(yyjson_val *object, const char *name);

/* An element of a list that is a string; absent when it is none. */
jc_str jc_read_element_text(yyjson_val *element);

/* Members that are numbers or a time; the answer is whether there is one. */
bool jc_read_count(yyjson_val *object, const char *name, uint64_t *ret);
bool jc_read_integer(yyjson_val *object, const char *name, int64_t *ret);
bool jc_read_number(yyjson_val *object, const char *name, double *ret);
bool jc_read_time(yyjson_val *object, const char *name, int64_t *ret_us);

/* Is there a member that is true? */
bool jc_read_true(yyjson_val *object, const char *name);

/* "a projection wrote something else": for what is not of the shape it should have. */
jc_status jc_read_fail(const char *what, jc_error *reterr);

#endif
