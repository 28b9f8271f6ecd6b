/* An answer in the making: see answer.h. */
#include "server/answer.h"

#include "base/fail.h"

#include <stdarg.h>
#include <stdio.h>

static bool has_room(jc_answer *answer, size_t size)
{
    if (answer->too_large || answer->no_memory)
        return false;
    answer->too_large = size > answer->body->size_max - answer->body->size;
    return !answer->too_large;
}

void jc_put_str(jc_answer *answer, jc_str text)
{
    if (has_room(answer, text.size) && jc_buf_append_str(answer->body, text, NULL) < 0)
        answer->no_memory = true;
}

static void put_piece(void *context, jc_str piece)
{
    jc_put_str(context, piece);
}

void jc_answer_init(jc_answer *answer, jc_buf *body)
{
    body->size_max = JC_ANSWER_SIZE_MAX;
    *answer = (jc_answer){.body = body, .sink = {.put = put_piece, .context = answer}};
}

void jc_put(jc_answer *answer, const char *text)
{
    jc_put_str(answer, jc_str_of(text));
}

void jc_put_format(jc_answer *answer, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    jc_put(answer, text);
}

void jc_put_text(jc_answer *answer, jc_str text)
{
    jc_text_write(&answer->sink, text);
}

/* Mostly there is room for the line already. */
void jc_put_event(jc_answer *answer, const jc_event *event)
{
    jc_buf *body = answer->body;
    size_t room = body->capacity - body->size;
    size_t size = jc_event_format(event, room > 0 ? body->bytes + body->size : NULL, room);
    if (!has_room(answer, size))
        return;
    if (size > room) {
        if (jc_buf_reserve(body, size, NULL) < 0) {
            answer->no_memory = true;
            return;
        }
        (void)jc_event_format(event, body->bytes + body->size, size);
    }
    body->size += size;
}

void jc_put_member(jc_answer *answer, const char *name, jc_str text)
{
    if (text.bytes == NULL)
        return;
    jc_put_format(answer, ",\"%s\":", name);
    jc_put_text(answer, text);
}

void jc_put_time(jc_answer *answer, const char *name, int64_t time_us)
{
    char text[JC_TIME_TEXT_SIZE];
    jc_time_format(time_us, text);
    jc_put_format(answer, ",\"%s\":\"%s\"", name, text);
}

void jc_put_comma(jc_answer *answer)
{
    const jc_buf *body = answer->body;
    if (body->size > 0 && body->bytes[body->size - 1] != '[' && body->bytes[body->size - 1] != '{')
        jc_put(answer, ",");
}

jc_status jc_answer_status(const jc_answer *answer, jc_error *reterr)
{
    if (answer->no_memory)
        return jc_fail_memory(reterr);
    if (answer->too_large)
        return jc_fail(reterr, JC_EFULL,
                       "the answer is larger than %zu MiB: ask for less of it at a time",
                       JC_ANSWER_SIZE_MAX / (1024 * 1024));
    return JC_OK;
}
