/* An answer in the making: text behind text, whose first failure is remembered, so that it is asked for once,
 * at the end. */
#ifndef JC_SERVER_ANSWER_H
#define JC_SERVER_ANSWER_H

#include "base/buf.h"
#include "jc/jc.h"

#define JC_ANSWER_SIZE_MAX ((size_t)64 * 1024 * 1024)

typedef struct jc_answer {
    jc_buf *body; /* borrowed; its maximum is the answer's */
    jc_sink sink; /* for what the library writes (jc/json.h) */
    bool too_large;
    bool no_memory;
} jc_answer;

/* Begin with a body that is empty. The answer must stay where it is. */
void jc_answer_init(jc_answer *answer, jc_buf *body);

void jc_put(jc_answer *answer, const char *text);
void jc_put_str(jc_answer *answer, jc_str text);

JC_PRINTF(2, 3)
void jc_put_format(jc_answer *answer, const char *format, ...);

/* A JSON string; an event's line. */
void jc_put_text(jc_answer *answer, jc_str text);
void jc_put_event(jc_answer *answer, const jc_event *event);

/* A member, with a comma before it; nothing when the text is absent. */
void jc_put_member(jc_answer *answer, const char *name, jc_str text);
void jc_put_time(jc_answer *answer, const char *name, int64_t time_us);

/* A comma, unless the list, or the object, has just begun. */
void jc_put_comma(jc_answer *answer);

/* Did everything go well? JC_ENOMEM; JC_EFULL: it would be larger than JC_ANSWER_SIZE_MAX. */
JC_MUST_CHECK jc_status jc_answer_status(const jc_answer *answer, jc_error *reterr);

#endif
