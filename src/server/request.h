/* A request's parameters, decoded and checked against those that its route knows.
 *
 * What a route knows is one text, "at projection* limit": names with spaces between; one that ends in '*' may
 * be given several times. Anything else is refused by name, so that a mistyped filter shows nothing wrong. */
#ifndef JC_SERVER_REQUEST_H
#define JC_SERVER_REQUEST_H

#include "base/arena.h"
#include "server/api.h"

typedef struct jc_parameter {
    jc_str name;
    jc_str value; /* not empty; UTF-8 without zero bytes */
} jc_parameter;

typedef struct jc_query {
    jc_parameter items[JC_REQUEST_PARAMETER_MAX];
    size_t count;
    jc_arena *arena; /* owns texts, which are ended by a zero byte */
} jc_query;

/* Does what was posted call itself JSON, whatever else it says behind ';'? */
bool jc_content_type_is_json(jc_str content_type);

/* Decode %XX, and with `plus` a '+' as a space. JC_EINVAL: what comes out is empty, holds a zero byte or is not
 * UTF-8. */
JC_MUST_CHECK jc_status jc_percent_decode(jc_str text, bool plus, jc_arena *arena, jc_str *ret,
                                          jc_error *reterr);

/* A number in digits alone, at most `max`. */
bool jc_digits_read(jc_str text, uint64_t max, uint64_t *ret);

/* Read what stands behind '?'. JC_EINVAL names the parameter. */
JC_MUST_CHECK jc_status jc_query_read(jc_str text, const char *known, jc_arena *arena,
                                      jc_query *ret_query, jc_error *reterr);

bool jc_query_has(const jc_query *query, const char *name);

/* The value of a parameter; absent: it was not given. */
jc_str jc_query_text(const jc_query *query, const char *name);

/* All values of one. JC_ENOMEM. */
JC_MUST_CHECK jc_status jc_query_texts(const jc_query *query, const char *name,
                                       const jc_str **ret_texts, size_t *ret_count,
                                       jc_error *reterr);

/* A number between both; `*ret` stays what it is when none was given. */
JC_MUST_CHECK jc_status jc_query_number(const jc_query *query, const char *name, uint64_t min,
                                        uint64_t max, uint64_t *ret, jc_error *reterr);

/* A time in RFC 3339; without a zone it is UTC. */
JC_MUST_CHECK jc_status jc_query_time(const jc_query *query, const char *name, bool *ret_given,
                                      int64_t *ret_us, jc_error *reterr);

/* A point: a sequence, -N, or a time; now, when none was given. */
JC_MUST_CHECK jc_status jc_query_point(const jc_query *query, const char *name, jc_point *ret_point,
                                       jc_error *reterr);

#endif
