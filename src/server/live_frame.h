/* Frames: what one event, or one word of the server's own, looks like on a stream.
 *
 *     1f4 CRLF                  the size of what follows, in hex: a chunk of HTTP/1.1
 *     id: 4711                  ┐
 *     event: log                │ a message of Server-Sent Events: this alone is what a client
 *     data: {"position":4711,…  │ of HTTP/1.0 is given
 *     (an empty line)           ┘
 *     CRLF
 *
 * A frame is made once and never changed; all who have a use for it share it, and the last one frees it. */
#ifndef JC_SERVER_LIVE_FRAME_H
#define JC_SERVER_LIVE_FRAME_H

#include "base/buf.h"
#include "jc/jc.h"

typedef struct jc_live_frame {
    unsigned references;
    unsigned message_at; /* where the message begins, behind the chunk's size */
    size_t size;         /* of the chunk */
    size_t message_size;
    char bytes[];
} jc_live_frame;

/* Each makes a frame with one reference, the caller's; NULL: memory is short. `scratch` is overwritten. */
jc_live_frame *jc_live_frame_log(const jc_event *event, jc_buf *scratch);
jc_live_frame *jc_live_frame_head(const jc_event *event, jc_buf *scratch);
jc_live_frame *jc_live_frame_ready(const jc_store_info *info, uint64_t position, jc_buf *scratch);
jc_live_frame *jc_live_frame_replaced(const jc_store_info *info, jc_buf *scratch);
jc_live_frame *jc_live_frame_comment(jc_buf *scratch);

static inline jc_live_frame *jc_live_frame_hold(jc_live_frame *frame)
{
    frame->references++;
    return frame;
}

/* NULL is harmless. */
void jc_live_frame_drop(jc_live_frame *frame);

/* What is sent of a frame: the chunk, or the message alone. */
static inline jc_str jc_live_frame_part(const jc_live_frame *frame, bool chunked)
{
    return chunked ? (jc_str){frame->bytes, frame->size}
                   : (jc_str){frame->bytes + frame->message_at, frame->message_size};
}

#endif
