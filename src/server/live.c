/* Live streams: see live.h. This file has the loop's side: woken by the log, it reads on, once for all
 * (read_on), and tells those at the head (tell_all); between, those that are behind take turns (take_turns).
 *
 *     wake   the log may have grown                  ──▶ read_on
 *     tick   a second has passed: the same, for what no wake told; heartbeats; the stuck ones are let go;
 *            a log that could not be opened is tried again
 *     turn   as soon as the loop has looked at its sockets: more to read, or somebody to be caught up
 *
 * Each does a bounded piece of work, so that no one waits for another's past. */
#include "server/live.h"

#include "base/clock.h"
#include "base/fail.h"
#include "server/live_catch_up.h"
#include "server/live_news.h"
#include "server/reply.h"

#include <event2/event.h>
#include <event2/http.h>
#include <stdlib.h>

#define TURN_US 1000 /* of catching up, before the loop goes round */
#define TICK_S 1
#define BLIND_TICK_US 10000 /* where nothing wakes us */
#define BUSY_TIMEOUT_MS 50  /* the loop does not wait for writers */
#define DAMAGES_MAX 64      /* rows in one reading */

struct jc_live {
    struct event_base *base;
    char *project_dir;
    struct event *wake;
    struct event *tick;
    struct event *turn;

    jc_store *store; /* NULL: it could not be opened again, yet */
    jc_store_info info;
    jc_cursor *cursor;
    uint64_t position; /* up to which the log was read, and told */
    uint64_t last;     /* up to which there is something to read, as far as is known */

    jc_live_owner owner;
    struct jc_live_list clients;
    struct jc_live_list ready;
    size_t heads_wanted; /* clients that want them */
    int heartbeat_s;
    int stuck_s;
    int64_t now_s;
    int64_t looked_s; /* when the clients were last looked after */

    jc_live_news news;
    jc_buf scratch;
    jc_live_stats stats;
};

/* ---- Turns ---- */

static void want_turn(jc_live *live)
{
    const struct timeval at_once = {0};
    (void)event_add(live->turn, &at_once);
}

static void set_state(jc_live *live, jc_live_client *client, jc_live_state state)
{
    if (client->state == JC_LIVE_READY)
        TAILQ_REMOVE(&live->ready, client, turn);
    client->state = state;
    if (state != JC_LIVE_READY)
        return;
    TAILQ_INSERT_TAIL(&live->ready, client, turn);
    want_turn(live);
}

static void on_drained(void *context, jc_live_client *client)
{
    set_state(context, client, JC_LIVE_READY);
}

static void on_gone(void *context, jc_live_client *client)
{
    jc_live *live = context;
    set_state(live, client, JC_LIVE_HEAD);
    TAILQ_REMOVE(&live->clients, client, others);
    live->stats.clients--;
    if (client->wish.heads)
        live->heads_wanted--;
}

/* It has everything up to live->position, or came with more than was read here. */
static bool say_ready(jc_live *live, jc_live_client *client)
{
    uint64_t position = client->place > live->position ? client->place : live->position;
    jc_live_frame *frame = jc_live_frame_ready(&live->info, position, &live->scratch);
    bool said = frame != NULL && jc_live_client_give(client, &frame, 1, live->now_s);
    jc_live_frame_drop(frame);
    return said;
}

static void take_turn(jc_live *live, jc_live_client *client)
{
    size_t events = 0;
    jc_live_piece piece =
        jc_live_catch_up(live->store, live->position, client, &live->scratch, live->now_s, &events);
    live->stats.events_sent += events;
    if (piece == JC_LIVE_PIECE_LAST) {
        set_state(live, client, JC_LIVE_HEAD);
        if (!say_ready(live, client))
            jc_live_client_close(client);
    } else if (piece == JC_LIVE_PIECE_BROKEN) {
        jc_live_client_close(client);
    } else if (piece == JC_LIVE_PIECE_NONE) {
        set_state(live, client, JC_LIVE_LATER);
    } else {
        bool full = jc_live_client_waiting(client) >= JC_LIVE_LOW_SIZE;
        set_state(live, client, full ? JC_LIVE_FULL : JC_LIVE_READY);
    }
}

static void take_turns(jc_live *live)
{
    int64_t end_us = jc_clock_monotonic_us() + TURN_US;
    while (live->store != NULL && !TAILQ_EMPTY(&live->ready)) {
        take_turn(live, TAILQ_FIRST(&live->ready));
        if (jc_clock_monotonic_us() >= end_us)
            break;
    }
}

/* ---- Telling those at the head ---- */

/* No event is lost when one cannot be told now: everybody is caught up from where they are. */
static void put_behind(jc_live *live, jc_live_client *client, uint64_t place)
{
    if (client->place < place)
        client->place = place;
    bool full = jc_live_client_waiting(client) >= JC_LIVE_LOW_SIZE;
    set_state(live, client, full ? JC_LIVE_FULL : JC_LIVE_READY);
}

static void tell(jc_live *live, jc_live_client *client)
{
    jc_live_frame *frames[JC_LIVE_GROUP_MAX];
    size_t size = 0;
    size_t count = jc_live_news_choose(&live->news, client, frames, &size);
    size_t waiting = jc_live_client_waiting(client);
    if (count == 0)
        return;
    if (waiting > 0 && waiting + size > JC_LIVE_QUEUED_MAX) {
        put_behind(live, client, live->news.before);
        return;
    }
    live->stats.events_sent += count;
    if (!jc_live_client_give(client, frames, count, live->now_s))
        jc_live_client_close(client);
}

static void tell_all(jc_live *live)
{
    jc_live_client *next;
    for (jc_live_client *client = TAILQ_FIRST(&live->clients); client != NULL; client = next) {
        next = TAILQ_NEXT(client, others);
        if (client->state == JC_LIVE_HEAD)
            tell(live, client);
    }
}

static void put_all_behind(jc_live *live, uint64_t place)
{
    jc_live_client *client;
    TAILQ_FOREACH(client, &live->clients, others) {
        if (client->state == JC_LIVE_HEAD)
            put_behind(live, client, place);
    }
}

/* ---- Reading on ---- */

/* The next events, up to live->last. A damaged row is passed over: its sequence is missing. When memory is short,
 * everybody is caught up later. */
static jc_status gather(jc_live *live)
{
    uint64_t position = live->position;
    jc_status status = JC_OK;
    int damages = 0;
    jc_live_news_begin(&live->news, position);
    while (position < live->last && !jc_live_news_is_full(&live->news)) {
        const jc_event *event = NULL;
        status = jc_cursor_next(live->cursor, &event, NULL);
        if (status == JC_ECORRUPT && damages++ < DAMAGES_MAX)
            continue;
        if (status != JC_OK)
            break;
        position = event->position;
        if (!jc_live_news_add(&live->news, event, live->heads_wanted > 0, &live->scratch)) {
            put_all_behind(live, live->news.before);
            jc_live_news_begin(&live->news, position);
        }
    }
    live->position = status == JC_END ? live->last : position;
    return status;
}

static void replace_log(jc_live *live);

/* What is left is read when the loop has gone round. */
static void read_on(jc_live *live)
{
    if (live->store == NULL)
        return;
    if (live->position >= live->last) {
        jc_status status = jc_wait(live->store, live->position, 0, &live->last, NULL);
        if (status == JC_ESTALE)
            replace_log(live);
        if (status != JC_OK)
            return;
    }
    jc_status status = gather(live);
    tell_all(live);
    if (status < 0)
        live->last = live->position; /* looked at anew at the next tick */
    if (live->position < live->last)
        want_turn(live);
}

/* ---- The log ---- */

static void close_log(jc_live *live)
{
    if (live->wake != NULL)
        event_free(live->wake);
    live->wake = NULL;
    jc_cursor_close(live->cursor);
    live->cursor = NULL;
    jc_close(live->store);
    live->store = NULL;
}

static void set_now(jc_live *live)
{
    live->now_s = jc_clock_monotonic_us() / JC_US_PER_SECOND;
}

static void on_wake(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    set_now(context);
    read_on(context);
}

static jc_status start_reading(jc_live *live, jc_error *reterr)
{
    jc_filter filter = {0};
    jc_status status = jc_store_info_read(live->store, &live->info, reterr);
    if (status < 0)
        return status;
    live->position = live->last = live->info.position;
    filter.from = live->position + 1;
    status = jc_cursor_open(live->store, &filter, &live->cursor, reterr);
    if (status < 0)
        return status;
    int fd = jc_wait_fd(live->store);
    if (fd < 0)
        return JC_OK;
    live->wake = event_new(live->base, fd, EV_READ | EV_PERSIST, on_wake, live);
    if (live->wake == NULL || event_add(live->wake, NULL) < 0)
        return jc_fail_memory(reterr);
    return JC_OK;
}

static jc_status open_log(jc_live *live, jc_error *reterr)
{
    const jc_options options = {.busy_timeout_ms = BUSY_TIMEOUT_MS,
                                .read_only = true,
                                .without_mirror = true,
                                .without_cache = true};
    jc_status status = jc_open(live->project_dir, &options, &live->store, reterr);
    if (status == JC_OK)
        status = start_reading(live, reterr);
    if (status < 0)
        close_log(live);
    return status;
}

static void say_replaced(jc_live *live, jc_live_client *client)
{
    jc_live_frame *frame = jc_live_frame_replaced(&live->info, &live->scratch);
    if (frame != NULL && jc_live_client_give(client, &frame, 1, live->now_s))
        jc_live_client_end(client);
    else
        jc_live_client_close(client);
    jc_live_frame_drop(frame);
}

/* What the clients were sent may be no more: they are told which log there is now, and come anew. When it
 * cannot be opened, they are told once it can. */
static void replace_log(jc_live *live)
{
    close_log(live);
    if (open_log(live, NULL) < 0)
        return;
    while (!TAILQ_EMPTY(&live->clients))
        say_replaced(live, TAILQ_FIRST(&live->clients));
}

/* ---- The loop's calls ---- */

static void on_turn(evutil_socket_t fd, short what, void *context)
{
    jc_live *live = context;
    (void)fd;
    (void)what;
    set_now(live);
    if (live->position < live->last)
        read_on(live);
    take_turns(live);
    if (!TAILQ_EMPTY(&live->ready) && live->store != NULL)
        want_turn(live);
}

static void look_after(jc_live *live, jc_live_client *client, jc_live_frame *comment)
{
    bool stuck = jc_live_client_is_stuck(client, live->now_s, live->stuck_s);
    bool silent =
        live->now_s - client->spoke_s >= live->heartbeat_s && jc_live_client_waiting(client) == 0;
    if (client->state == JC_LIVE_LATER)
        set_state(live, client, JC_LIVE_READY);
    if (stuck ||
        (silent && comment != NULL && !jc_live_client_give(client, &comment, 1, live->now_s)))
        jc_live_client_close(client);
}

static void look_after_all(jc_live *live)
{
    jc_live_client *next;
    jc_live_frame *comment = jc_live_frame_comment(&live->scratch);
    live->looked_s = live->now_s;
    for (jc_live_client *client = TAILQ_FIRST(&live->clients); client != NULL; client = next) {
        next = TAILQ_NEXT(client, others);
        look_after(live, client, comment);
    }
    jc_live_frame_drop(comment);
}

static void on_tick(evutil_socket_t fd, short what, void *context)
{
    jc_live *live = context;
    (void)fd;
    (void)what;
    set_now(live);
    if (live->store != NULL)
        read_on(live);
    else
        replace_log(live);
    if (live->now_s != live->looked_s)
        look_after_all(live);
}

/* ---- Coming ---- */

/* Is what the client has of another log than ours? */
static jc_status is_foreign(jc_live *live, const jc_live_wish *wish, bool *ret, jc_error *reterr)
{
    static const jc_uuid none = {{0}};
    uint64_t last = live->last;
    /* The position may be newer than what was read here. */
    if (wish->has_after && wish->after > last) {
        jc_status status = jc_wait(live->store, last, 0, &last, reterr);
        if (status < 0)
            return status;
    }
    bool other_store = memcmp(&wish->store_id, &none, sizeof none) != 0 &&
                       memcmp(&wish->store_id, &live->info.store_id, sizeof none) != 0;
    *ret = other_store || (wish->has_epoch && wish->epoch != live->info.epoch) ||
           (wish->has_after && wish->after > last);
    return JC_OK;
}

/* Where the stream begins. `head` is its workflow's. */
static void set_place(const jc_live *live, jc_live_client *client, const jc_head *head)
{
    const jc_live_wish *wish = &client->wish;
    bool one = wish->workflow_id.bytes != NULL;
    if (one && !wish->heads)
        client->by_sequence_until = UINT64_MAX;
    if (wish->has_after) {
        client->place = wish->after;
    } else if (wish->last == 0) {
        client->place = live->position;
    } else if (one) {
        client->sequence = head->sequence > wish->last ? head->sequence - wish->last + 1 : 1;
        if (wish->heads)
            client->by_sequence_until = live->position;
    } else {
        client->place = live->position > wish->last ? live->position - wish->last : 0;
    }
}

static void admit(jc_live *live, jc_live_client *client)
{
    TAILQ_INSERT_TAIL(&live->clients, client, others);
    TAILQ_INSERT_TAIL(&live->ready, client, turn);
    live->stats.clients++;
    live->stats.attached++;
    if (client->wish.heads)
        live->heads_wanted++;
    want_turn(live);
}

static jc_status check_wish(jc_live *live, struct evhttp_request *request, jc_live_wish *ret_wish,
                            jc_head *ret_head, jc_error *reterr)
{
    jc_status status = jc_live_wish_read(request, ret_wish, reterr);
    if (status < 0)
        return status;
    if (live->store == NULL)
        return jc_fail(reterr, JC_EBUSY, "the log is being replaced: try again");
    jc_str id = ret_wish->workflow_id;
    if (id.bytes == NULL)
        return JC_OK;
    status = jc_head_read(live->store, id, ret_head, reterr);
    if (status == JC_OK && ret_head->sequence == 0)
        return jc_fail(reterr, JC_ENOTFOUND, "there is no workflow %.*s", (int)id.size, id.bytes);
    return status;
}

static jc_status begin_stream(jc_live *live, struct evhttp_request *request, jc_error *reterr)
{
    JC_AUTO(jc_live_wish) wish = {0};
    jc_head head = {0};
    bool foreign = false;
    jc_status status = check_wish(live, request, &wish, &head, reterr);
    if (status == JC_OK)
        status = is_foreign(live, &wish, &foreign, reterr);
    if (status < 0)
        return status;
    jc_live_client *client = jc_live_client_new(request, &wish, &live->owner, live->now_s);
    if (client == NULL)
        return jc_fail_memory(reterr);
    set_place(live, client, &head);
    admit(live, client);
    if (evhttp_request_get_command(request) == EVHTTP_REQ_HEAD)
        jc_live_client_end(client);
    else if (foreign)
        say_replaced(live, client);
    return JC_OK;
}

static void refuse(struct evhttp_request *request, jc_status status, const jc_error *error)
{
    jc_response response = {0};
    jc_api_refuse_status(&response, status, jc_str_of(error->text));
    jc_reply_send(request, &response);
    jc_response_release(&response);
}

void jc_live_attach(jc_live *live, struct evhttp_request *request)
{
    jc_error error = {0};
    set_now(live);
    jc_status status = begin_stream(live, request, &error);
    if (status < 0)
        refuse(request, status, &error);
}

/* ---- The whole ---- */

static jc_status make_events(jc_live *live, jc_error *reterr)
{
    struct timeval each = {.tv_sec = TICK_S};
    if (live->wake == NULL)
        each = (struct timeval){.tv_usec = BLIND_TICK_US};
    live->tick = event_new(live->base, -1, EV_PERSIST, on_tick, live);
    live->turn = event_new(live->base, -1, 0, on_turn, live);
    if (live->tick == NULL || live->turn == NULL || event_add(live->tick, &each) < 0)
        return jc_fail_memory(reterr);
    return JC_OK;
}

jc_status jc_live_new(struct event_base *base, const char *project_dir, jc_live **ret_live,
                      jc_error *reterr)
{
    jc_live *live = calloc(1, sizeof *live);
    if (live == NULL)
        return jc_fail_memory(reterr);
    live->base = base;
    live->heartbeat_s = JC_LIVE_HEARTBEAT_S;
    live->stuck_s = JC_LIVE_STUCK_S;
    live->owner = (jc_live_owner){.context = live, .drained = on_drained, .gone = on_gone};
    TAILQ_INIT(&live->clients);
    TAILQ_INIT(&live->ready);
    live->project_dir = strdup(project_dir);
    jc_status status = live->project_dir != NULL ? JC_OK : jc_fail_memory(reterr);
    if (status == JC_OK)
        status = open_log(live, reterr);
    if (status == JC_OK)
        status = make_events(live, reterr);
    if (status < 0) {
        jc_live_free(live);
        return status;
    }
    set_now(live);
    *ret_live = live;
    return JC_OK;
}

void jc_live_free(jc_live *live)
{
    if (live == NULL)
        return;
    while (!TAILQ_EMPTY(&live->clients))
        jc_live_client_end(TAILQ_FIRST(&live->clients));
    close_log(live);
    if (live->tick != NULL)
        event_free(live->tick);
    if (live->turn != NULL)
        event_free(live->turn);
    jc_live_news_release(&live->news);
    jc_buf_release(&live->scratch);
    free(live->project_dir);
    free(live);
}

jc_live_stats jc_live_stats_get(const jc_live *live)
{
    jc_live_stats stats = live->stats;
    const jc_live_client *client;
    TAILQ_FOREACH(client, &live->clients, others) {
        stats.behind += client->state != JC_LIVE_HEAD;
        stats.queued_bytes += jc_live_client_waiting(client);
    }
    stats.position = live->position;
    return stats;
}

void jc_live_set_times(jc_live *live, int heartbeat_s, int stuck_s)
{
    live->heartbeat_s = heartbeat_s;
    live->stuck_s = stuck_s;
}
