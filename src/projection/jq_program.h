/* Programs in jq as they are handed to libjq: the user's text behind definitions that refuse what is
 * not pure, and in front of what asks it for an answer. */
#ifndef JC_PROJECTION_JQ_PROGRAM_H
#define JC_PROJECTION_JQ_PROGRAM_H

#include "base/buf.h"

#define JC_JQ_TEXT_SIZE_MAX ((size_t)1024 * 1024)

typedef enum jc_jq_form {
    JC_JQ_FILTER,    /* an expression, from its input to its outputs */
    JC_JQ_PROJECTION /* definitions of init and apply($event) */
} jc_jq_form;

/* {0} is valid. */
typedef struct jc_jq_program {
    jc_jq_form form;
    jc_buf text;       /* ended by a zero byte; its lines are numbered as the user's are */
    size_t line_count; /* of the user's text; what comes behind is ours */
} jc_jq_program;

void jc_jq_program_release(jc_jq_program *program);
JC_AUTO_DEFINE(jc_jq_program, jc_jq_program_release);

/* Make a program of the user's text. A projection is given null and gives `init`, or
 * [STATE, EVENT] and gives STATE | apply(EVENT).
 * JC_EINVAL: the text is too long, or holds a NUL byte or what no program may: $ENV, $__prog_args,
 * import, include. Whether it is jq at all turns out when it is compiled. */
JC_MUST_CHECK jc_status jc_jq_program_make(jc_jq_form form, jc_str text, jc_jq_program *ret_program,
                                           jc_error *reterr);

#endif
