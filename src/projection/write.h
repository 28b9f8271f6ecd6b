/* States into JSON: members that are left out when they are absent. The texts must stay where they are
 * until jc_write_end(). */
#ifndef JC_PROJECTION_WRITE_H
#define JC_PROJECTION_WRITE_H

#include "projection/state.h"

#include <yyjson.h>

/* A document under way. When memory is short, what is added is lost, and jc_write_end() says so. */
typedef struct jc_write {
    yyjson_mut_doc *doc;
    bool failed;
} jc_write;

/* Begin a document, whose root is the object returned. */
yyjson_mut_val *jc_write_begin(jc_write *write);

/* Write the document out and free it. JC_ENOMEM. */
JC_MUST_CHECK jc_status jc_write_end(jc_write *write, jc_output *output, jc_error *reterr);

yyjson_mut_val *jc_write_object(jc_write *write, yyjson_mut_val *parent, const char *name);
yyjson_mut_val *jc_write_list(jc_write *write, yyjson_mut_val *parent, const char *name);

/* The same under a name that is data. */
yyjson_mut_val *jc_write_list_named(jc_write *write, yyjson_mut_val *parent, jc_str name);

/* A new object, the last one of a list. */
yyjson_mut_val *jc_write_element(jc_write *write, yyjson_mut_val *list);

/* Text; nothing when it is absent or empty. */
void jc_write_text(jc_write *write, yyjson_mut_val *object, const char *name, jc_str text);

/* The same for a text that does not stay. */
void jc_write_text_copy(jc_write *write, yyjson_mut_val *object, const char *name, jc_str text);
void jc_write_count(jc_write *write, yyjson_mut_val *object, const char *name, uint64_t count);
void jc_write_integer(jc_write *write, yyjson_mut_val *object, const char *name, int64_t number);
/* Nothing when it is infinite: JSON has no such number. */
void jc_write_number(jc_write *write, yyjson_mut_val *object, const char *name, double number);
void jc_write_bool(jc_write *write, yyjson_mut_val *object, const char *name, bool value);

/* A time as RFC 3339. */
void jc_write_time(jc_write *write, yyjson_mut_val *object, const char *name, int64_t time_us);

/* Elements of a list. */
void jc_write_element_text(jc_write *write, yyjson_mut_val *list, jc_str text);
void jc_write_element_count(jc_write *write, yyjson_mut_val *list, uint64_t count);

#endif
