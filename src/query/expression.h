/* What people type when they search, as an FTS5 expression. */
#ifndef JC_QUERY_EXPRESSION_H
#define JC_QUERY_EXPRESSION_H

#include "base/buf.h"

/* Words that must all be there; "several words" as they stand; word* for a beginning; OR between two
 * for either. Anything else is taken as it is: no text is an error but one without a word, or one that
 * is not UTF-8. JC_EINVAL. */
JC_MUST_CHECK jc_status jc_expression_parse(jc_str text, jc_buf *ret_expression, jc_error *reterr);

/* Narrow an expression down to events whose column ("type") begins with a text, taken as words. */
JC_MUST_CHECK jc_status jc_expression_narrow(jc_buf *expression, const char *column, jc_str text,
                                             bool whole, jc_error *reterr);

#endif
