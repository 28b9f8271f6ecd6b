/* An event's data as a projection reads it: parsed once an event, fields found under the several names
 * that the two vocabularies of the original have for one thing. */
#ifndef JC_PROJECTION_PAYLOAD_H
#define JC_PROJECTION_PAYLOAD_H

#include "base/buf.h"
#include "jc/event.h"

#include <yyjson.h>

/* Memory for parsing, kept from event to event. {0} is valid. */
typedef struct jc_payload {
    jc_buf pool;
    yyjson_val *root; /* an object, valid until the next read */
} jc_payload;

void jc_payload_release(jc_payload *payload);

/* Parse an event's data. JC_ECORRUPT: it is not a JSON object. JC_ENOMEM. */
JC_MUST_CHECK jc_status jc_payload_read(jc_payload *payload, const jc_event *event,
                                        jc_error *reterr);

/* The string that is not empty under the first of the `names` ("name|feature_name") that has one;
 * absent when none has. */
jc_str jc_payload_text(const jc_payload *payload, const char *names);

/* The same for a number, and for true or false; the answer is whether there is one. */
bool jc_payload_number(const jc_payload *payload, const char *names, double *ret);
bool jc_payload_bool(const jc_payload *payload, const char *names, bool *ret);

/* The same number, when it can be a duration or a cost: negative ones are as if nothing was told. */
bool jc_payload_amount(const jc_payload *payload, const char *names, double *ret);

/* The array under `name`, NULL when there is none. */
yyjson_val *jc_payload_list(const jc_payload *payload, const char *name);

#endif
