/* Frames: see live_frame.h. A message is written into a buffer first, because its size stands before it. */
#include "server/live_frame.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define LINE_SIZE_GUESS 1024

static jc_live_frame *wrap(jc_str message)
{
    char size_line[24];
    int at = snprintf(size_line, sizeof size_line, "%zx\r\n", message.size);
    size_t size = (size_t)at + message.size + 2;
    jc_live_frame *frame = malloc(sizeof *frame + size);
    if (frame == NULL)
        return NULL;
    *frame = (jc_live_frame){.references = 1,
                             .message_at = (unsigned)at,
                             .size = size,
                             .message_size = message.size};
    memcpy(frame->bytes, size_line, (size_t)at);
    memcpy(frame->bytes + at, message.bytes, message.size);
    memcpy(frame->bytes + at + message.size, "\r\n", 2);
    return frame;
}

static jc_live_frame *wrap_if(jc_status status, const jc_buf *message)
{
    return status == JC_OK ? wrap(jc_buf_str(message)) : NULL;
}

static jc_status add_line(jc_buf *buf, const jc_event *event)
{
    jc_status status = jc_buf_reserve(buf, LINE_SIZE_GUESS, NULL);
    if (status < 0)
        return status;
    size_t size = jc_event_format(event, buf->bytes + buf->size, buf->capacity - buf->size);
    if (size > buf->capacity - buf->size) {
        status = jc_buf_reserve(buf, size, NULL);
        if (status == JC_OK)
            (void)jc_event_format(event, buf->bytes + buf->size, size);
    }
    if (status == JC_OK)
        buf->size += size;
    return status;
}

jc_live_frame *jc_live_frame_log(const jc_event *event, jc_buf *scratch)
{
    jc_buf_clear(scratch);
    jc_status status =
        jc_buf_append_format(scratch, NULL, "id: %" PRIu64 "\nevent: log\ndata: ", event->position);
    if (status == JC_OK)
        status = add_line(scratch, event);
    if (status == JC_OK)
        status = jc_buf_append(scratch, "\n\n", 2, NULL);
    return wrap_if(status, scratch);
}

/* Workflow ids and types hold nothing that JSON escapes. */
jc_live_frame *jc_live_frame_head(const jc_event *event, jc_buf *scratch)
{
    char time[JC_TIME_TEXT_SIZE];
    jc_time_format(event->timestamp_us, time);
    jc_buf_clear(scratch);
    jc_status status = jc_buf_append_format(
        scratch, NULL,
        "id: %" PRIu64 "\nevent: head\ndata: {\"workflow_id\":\"%.*s\",\"sequence\":%" PRIu64
        ",\"position\":%" PRIu64 ",\"event_type\":\"%.*s\",\"timestamp\":\"%s\"}\n\n",
        event->position, (int)event->workflow_id.size, event->workflow_id.bytes, event->sequence,
        event->position, (int)event->event_type.size, event->event_type.bytes, time);
    return wrap_if(status, scratch);
}

jc_live_frame *jc_live_frame_ready(const jc_store_info *info, uint64_t position, jc_buf *scratch)
{
    char store_id[JC_UUID_TEXT_SIZE];
    jc_uuid_format(info->store_id, store_id);
    jc_buf_clear(scratch);
    jc_status status =
        jc_buf_append_format(scratch, NULL,
                             "id: %" PRIu64
                             "\nevent: ready\ndata: {\"store_id\":\"%s\",\"epoch\":%" PRIu64
                             ",\"position\":%" PRIu64 "}\n\n",
                             position, store_id, info->epoch, position);
    return wrap_if(status, scratch);
}

/* An id of nothing makes a browser forget the last one, which means nothing in the new log. */
jc_live_frame *jc_live_frame_replaced(const jc_store_info *info, jc_buf *scratch)
{
    char store_id[JC_UUID_TEXT_SIZE];
    jc_uuid_format(info->store_id, store_id);
    jc_buf_clear(scratch);
    jc_status status =
        jc_buf_append_format(scratch, NULL,
                             "id:\nevent: replaced\ndata: {\"store_id\":\"%s\",\"epoch\":%" PRIu64
                             "}\n\n",
                             store_id, info->epoch);
    return wrap_if(status, scratch);
}

jc_live_frame *jc_live_frame_comment(jc_buf *scratch)
{
    jc_buf_clear(scratch);
    return wrap_if(jc_buf_append(scratch, ":\n\n", 3, NULL), scratch);
}

void jc_live_frame_drop(jc_live_frame *frame)
{
    if (frame != NULL && --frame->references == 0)
        free(frame);
}
