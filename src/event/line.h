/* The line: an event as one line of JSON, always the same bytes (docs/FORMAT.md, "Line"). */
#ifndef JC_EVENT_LINE_H
#define JC_EVENT_LINE_H

#include "base/arena.h"
#include "base/buf.h"
#include "jc/event.h"

/* Append the event's line, without a newline. JC_ENOMEM. */
JC_MUST_CHECK jc_status jc_line_encode(const jc_event *event, jc_buf *buf, jc_error *reterr);

/* Append the part of the line from `"id"` up to `"data":`, which the chain covers. JC_ENOMEM. */
JC_MUST_CHECK jc_status jc_line_encode_header(const jc_event *event, jc_buf *buf, jc_error *reterr);

/* Read a line (without its newline) that is exactly what jc_line_encode writes. The event borrows
 * from `line`, and from `arena` where an escaped id had to be written out. Its data is not parsed:
 * that it is JSON is for whoever appends it, or for the hash, to say.
 * JC_EINVAL       it is not such a line; reterr says where it parts from the form.
 * JC_EUNSUPPORTED an erased or salted event. */
JC_MUST_CHECK jc_status jc_line_decode(jc_str line, jc_arena *arena, jc_event *ret_event,
                                       jc_error *reterr);

#endif
