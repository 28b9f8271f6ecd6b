/* Making events for tests, appending them, and reading them back as lines.
 *
 * Nothing here asserts, so that child processes and threads can use it too. */
#ifndef JC_TEST_EVENTS_H
#define JC_TEST_EVENTS_H

#include "jc/store.h"

#include "base/buf.h"

/* An id made of a number: the same number is the same id, in every process. */
jc_uuid jc_test_id(uint64_t number);

/* An event with the id of `number`. `data` NULL leaves it absent. Texts are borrowed. */
jc_event jc_test_event(uint64_t number, const char *workflow_id, const char *event_type,
                       const char *data);

/* Append the events as one unit, expecting nothing. Returns the unit's status; JC_EIO also when the
 * call and its result contradict each other. `ret_receipts` may be NULL. */
jc_status jc_test_append(jc_store *store, const jc_event events[], size_t count,
                         jc_receipt ret_receipts[], jc_error *reterr);

/* The same, with the sequence that the first event's workflow is expected at. */
jc_status jc_test_append_expecting(jc_store *store, const jc_event events[], size_t count,
                                   uint64_t expected, jc_receipt ret_receipts[], jc_error *reterr);

/* Put the line of `event`, and a newline, behind what is in `lines`. */
jc_status jc_test_line_add(jc_buf *lines, const jc_event *event, jc_error *reterr);

/* The lines of all that the cursor gives until JC_END. JC_OK, or what failed. */
jc_status jc_test_cursor_lines(jc_cursor *cursor, jc_buf *lines, jc_error *reterr);

/* The same, of a filter; NULL is all events. */
jc_status jc_test_lines(jc_store *store, const jc_filter *filter, jc_buf *lines, jc_error *reterr);

#endif
