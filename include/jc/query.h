/* Questions that go beyond what the log's own filter answers. */
#ifndef JC_QUERY_H
#define JC_QUERY_H

#include "jc/event.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A test of an event's content, applied to what a cursor gives. */
typedef struct jc_match jc_match;

/* Compile a test. `grep` (absent: any event) is found in the event's type, agent, ids or data, ASCII
 * letters in either case, escapes in data as what they mean. Each of `where` is PATH=VALUE: PATH is dotted (data.feature.name,
 * agent_id) or a JSON pointer (RFC 6901: /data/tags/0), VALUE is compared with a string's text, or
 * with the JSON text of anything else. All must hold. The caller frees *ret_match.
 * JC_EINVAL  a PATH=VALUE is malformed. */
JC_API JC_MUST_CHECK jc_status jc_match_new(jc_str grep, const jc_str where[], size_t where_count,
                                            jc_match **ret_match, jc_error *reterr);

/* JC_OK: it matches. JC_END: it does not. JC_ECORRUPT: the stored event is damaged. JC_ENOMEM. */
JC_API JC_MUST_CHECK jc_status jc_match_test(jc_match *match, const jc_event *event,
                                             jc_error *reterr);

JC_API void jc_match_free(jc_match *match);

#ifdef __cplusplus
}
#endif
#endif
