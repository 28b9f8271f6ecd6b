/* Values that may be absent: see maybe.h. */
#include "projection/maybe.h"

#include "projection/read.h"

#define US_PER_MS 1000

jc_maybe jc_maybe_of(double number)
{
    if (!(number >= -9e15 && number <= 9e15))
        return (jc_maybe){0};
    return jc_maybe_is((int64_t)number);
}

jc_maybe jc_duration_between(jc_maybe start_us, int64_t end_us)
{
    if (!start_us.given)
        return (jc_maybe){0};
    int64_t between_us = end_us > start_us.value ? end_us - start_us.value : 0;
    return jc_maybe_is(between_us / US_PER_MS);
}

jc_maybe jc_start_told(const jc_payload *payload, int64_t end_us)
{
    double told = 0;
    if (!jc_payload_amount(payload, "duration_ms", &told) || told * US_PER_MS > (double)end_us)
        return (jc_maybe){0};
    /* A double near the end of time is rounded: it may still begin before all time. */
    int64_t start_us = end_us - (int64_t)(told * US_PER_MS);
    return start_us >= 0 ? jc_maybe_is(start_us) : (jc_maybe){0};
}

jc_status jc_text_set(jc_buf *text, jc_str value, jc_error *reterr)
{
    jc_buf_clear(text);
    return value.bytes != NULL ? jc_buf_append_str(text, value, reterr) : JC_OK;
}

void jc_write_maybe(jc_write *write, yyjson_mut_val *object, const char *name, jc_maybe number)
{
    if (number.given)
        jc_write_integer(write, object, name, number.value);
}

void jc_write_maybe_time(jc_write *write, yyjson_mut_val *object, const char *name,
                         jc_maybe time_us)
{
    if (time_us.given)
        jc_write_time(write, object, name, time_us.value);
}

jc_maybe jc_read_maybe(yyjson_val *object, const char *name)
{
    jc_maybe number = {0};
    number.given = jc_read_integer(object, name, &number.value);
    return number;
}

jc_maybe jc_read_maybe_time(yyjson_val *object, const char *name)
{
    jc_maybe time_us = {0};
    time_us.given = jc_read_time(object, name, &time_us.value);
    return time_us;
}

size_t jc_word_of(jc_str text, const char *const words[], size_t count)
{
    size_t i = 0;
    while (i < count && !jc_str_equal(text, jc_str_of(words[i])))
        i++;
    return i;
}
