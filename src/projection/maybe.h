/* Values of a state that may be absent: numbers, times, texts; and how they go into JSON and back. */
#ifndef JC_PROJECTION_MAYBE_H
#define JC_PROJECTION_MAYBE_H

#include "base/buf.h"
#include "projection/payload.h"
#include "projection/write.h"

/* A number, or a time in microseconds, that may be absent. */
typedef struct jc_maybe {
    bool given;
    int64_t value;
} jc_maybe;

static inline jc_maybe jc_maybe_is(int64_t value)
{
    jc_maybe result = {.given = true, .value = value};
    return result;
}

/* A number from JSON in whole units; absent when it is none that fits. */
jc_maybe jc_maybe_of(double number);

/* A duration in milliseconds, never negative: a clock that went back makes none. Absent without a
 * start. */
jc_maybe jc_duration_between(jc_maybe start_us, int64_t end_us);

/* When something began whose end alone is known: so long before it as data says in duration_ms, absent
 * when that says nothing that can be. */
jc_maybe jc_start_told(const jc_payload *payload, int64_t end_us);

/* Replace a text; absent makes it empty. */
JC_MUST_CHECK jc_status jc_text_set(jc_buf *text, jc_str value, jc_error *reterr);

/* Members that are left out when they are absent. */
void jc_write_maybe(jc_write *write, yyjson_mut_val *object, const char *name, jc_maybe number);
void jc_write_maybe_time(jc_write *write, yyjson_mut_val *object, const char *name,
                         jc_maybe time_us);
jc_maybe jc_read_maybe(yyjson_val *object, const char *name);
jc_maybe jc_read_maybe_time(yyjson_val *object, const char *name);

/* Which of the words is it? `count` when it is none. */
size_t jc_word_of(jc_str text, const char *const words[], size_t count);

#endif
