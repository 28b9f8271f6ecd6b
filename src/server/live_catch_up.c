/* Catching up: see live_catch_up.h.
 *
 * A stream of one workflow is read by sequence, so that a small workflow in a large log costs what it holds;
 * all others by position. Where to enter, a position says (Last-Event-ID, or where the client fell behind);
 * the sequence there is looked for from the head backwards in growing steps, for it mostly lies near.
 * Either way what lies at or before client->place was given already, and is passed over. */
#include "server/live_catch_up.h"

typedef struct piece {
    jc_store *store;
    jc_live_client *client;
    jc_buf *scratch;
    uint64_t end; /* the position up to which it is for us to give */
    jc_live_frame *frames[JC_LIVE_GROUP_MAX];
    size_t count;
    size_t size; /* of the frames */
} piece;

static bool by_sequence(const jc_live_client *client)
{
    return client->wish.workflow_id.bytes != NULL && client->place < client->by_sequence_until;
}

/* The position of one event; 0 when its row is damaged. */
static jc_status position_of(const piece *of, uint64_t sequence, uint64_t *ret)
{
    const jc_filter filter = {.workflow_ids = &of->client->wish.workflow_id,
                              .workflow_count = 1,
                              .from = sequence,
                              .to = sequence};
    jc_cursor *cursor = NULL;
    const jc_event *event = NULL;
    jc_status status = jc_cursor_open(of->store, &filter, &cursor, NULL);
    if (status == JC_OK)
        status = jc_cursor_next(cursor, &event, NULL);
    *ret = status == JC_OK ? event->position : 0;
    jc_cursor_close(cursor);
    return status == JC_ECORRUPT || status == JC_END ? JC_OK : status;
}

/* The first sequence behind client->place; one that is too low does no harm. `last` is the workflow's head. */
static jc_status locate(const piece *of, uint64_t last)
{
    uint64_t low = 0; /* lies at or before the place; `high` behind it, as far as is known */
    uint64_t high = last + 1;
    for (uint64_t step = 1; high - low > 1; step *= 2) {
        uint64_t at = high - low > 2 * step ? high - step : low + (high - low) / 2;
        uint64_t position = 0;
        jc_status status = position_of(of, at, &position);
        if (status < 0)
            return status;
        if (position > 0 && position <= of->client->place)
            low = at;
        else
            high = at;
    }
    of->client->sequence = high;
    return JC_OK;
}

/* JC_ENOMEM; else the frame is in the piece, unless the client has no use for it. */
static jc_status take(piece *of, const jc_event *event)
{
    if (!jc_live_client_wants(of->client, event))
        return JC_OK;
    jc_live_frame *frame = jc_live_client_wants_line(of->client, event)
                               ? jc_live_frame_log(event, of->scratch)
                               : jc_live_frame_head(event, of->scratch);
    if (frame == NULL)
        return JC_ENOMEM;
    of->frames[of->count++] = frame;
    of->size += frame->size;
    return JC_OK;
}

/* Take what a filter gives, at most JC_LIVE_GROUP_MAX events. JC_OK: there is more than a piece holds; JC_END: that
 * was all of it. A damaged row is passed over: the sequences show that it is missing. */
static jc_status take_all(piece *of, const jc_filter *filter)
{
    jc_cursor *cursor = NULL;
    jc_live_client *client = of->client;
    jc_status status = jc_cursor_open(of->store, filter, &cursor, NULL);
    for (int tries = 0; status == JC_OK && of->size < JC_LIVE_LOW_SIZE; tries++) {
        const jc_event *event = NULL;
        status = jc_cursor_next(cursor, &event, NULL);
        if (status == JC_ECORRUPT && tries < JC_LIVE_PIECE_EVENTS) {
            status = JC_OK;
            continue;
        }
        if (status != JC_OK)
            break;
        if (event->position > of->end) {
            status = JC_END;
            break;
        }
        status = take(of, event);
        if (status == JC_OK && client->place < event->position) {
            client->place = event->position;
            client->sequence = filter->workflow_count == 1 ? event->sequence + 1 : 0;
        }
    }
    jc_cursor_close(cursor);
    return status;
}

/* JC_END: the client has everything of its workflow up to of->end. */
static jc_status take_by_sequence(piece *of)
{
    jc_live_client *client = of->client;
    jc_head head = {0};
    jc_status status = jc_head_read(of->store, client->wish.workflow_id, &head, NULL);
    if (status == JC_OK && client->sequence == 0)
        status = locate(of, head.sequence);
    if (status < 0)
        return status;
    if (client->sequence > head.sequence)
        return JC_END;
    jc_filter filter = client->wish.filter;
    filter.workflow_ids = &client->wish.workflow_id;
    filter.workflow_count = 1;
    filter.from = client->sequence;
    filter.to = client->sequence + JC_LIVE_PIECE_EVENTS - 1;
    bool is_rest = filter.to >= head.sequence;
    status = take_all(of, &filter);
    if (status != JC_END || is_rest)
        return status;
    client->sequence = filter.to + 1;
    return JC_OK;
}

/* The same of all workflows. */
static jc_status take_by_position(piece *of)
{
    jc_live_client *client = of->client;
    jc_filter filter = client->wish.filter;
    if (client->place >= of->end)
        return JC_END;
    filter.from = client->place + 1;
    filter.to = client->place + JC_LIVE_PIECE_EVENTS;
    if (filter.to > of->end)
        filter.to = of->end;
    jc_status status = take_all(of, &filter);
    if (status != JC_END)
        return status;
    client->place = filter.to;
    return filter.to == of->end ? JC_END : JC_OK;
}

static jc_status take_piece(piece *of, uint64_t head)
{
    jc_live_client *client = of->client;
    bool sequences = by_sequence(client);
    of->end = sequences && client->by_sequence_until < head ? client->by_sequence_until : head;
    jc_status status = sequences ? take_by_sequence(of) : take_by_position(of);
    if (status != JC_END)
        return status;
    if (client->place < of->end)
        client->place = of->end;
    client->sequence = 0;
    return of->end == head ? JC_END : JC_OK;
}

jc_live_piece jc_live_catch_up(jc_store *store, uint64_t head, jc_live_client *client,
                               jc_buf *scratch, int64_t now_s, size_t *ret_events)
{
    piece of = {.store = store, .client = client, .scratch = scratch};
    *ret_events = 0;
    if (client->place >= head)
        return JC_LIVE_PIECE_LAST;
    jc_status status = take_piece(&of, head);
    bool given = jc_live_client_give(client, of.frames, of.count, now_s);
    for (size_t i = 0; i < of.count; i++)
        jc_live_frame_drop(of.frames[i]);
    *ret_events = of.count;
    if (!given)
        return JC_LIVE_PIECE_BROKEN;
    if (status == JC_END)
        return JC_LIVE_PIECE_LAST;
    return status == JC_OK ? JC_LIVE_PIECE_MORE : JC_LIVE_PIECE_NONE;
}
