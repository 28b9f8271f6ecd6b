/* Values of jq from and to JSON, such that what is written and read again is the same value. */
#ifndef JC_PROJECTION_JQ_VALUES_H
#define JC_PROJECTION_JQ_VALUES_H

#include "projection/jq_library.h"

/* Read JSON. Numbers become doubles, also where jq (1.7) would keep their text; those too large for
 * one the largest. Invalid when it is no JSON. */
jv jc_jq_value_read(const jc_jq_library *lib, const char *json, int size);

/* What keeps a value from being written as JSON and read back as the same: NULL, or a sentence that
 * `text` may hold. */
const char *jc_jq_value_objection(const jc_jq_library *lib, jv value, int depth_max, char *text,
                                  size_t size);

/* Write JSON: a string. */
jv jc_jq_value_write(const jc_jq_library *lib, jv value);

/* What kind of value it is, "a string". */
const char *jc_jq_value_kind(const jc_jq_library *lib, jv value);

#endif
