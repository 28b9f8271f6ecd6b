/* A client of a stream: its socket, what waits for it, and its place in the log.
 *
 *                 ┌────────────── a group does not fit any more ──────────────┐
 *                 │                                                           ▼
 *     attached ─▶ READY ── a piece of the log ──▶ READY …  HEAD           FULL or READY
 *                   ▲                     │                 ▲                 │
 *                   │                     └─ nothing left ──┘                 │
 *                   └───────────── has taken what waited ◀────────────────────┘
 *
 * READY   it is behind, and room was made for it: its turn to be caught up comes
 * FULL    it is behind, and has to take what waits first
 * LATER   it is behind, and the log could not be read: tried again at the next tick
 * HEAD    it has everything that was read of the log, and is given what comes
 *
 * A frame goes to the socket at once when nothing waits before it; only what the socket does not take is put
 * into libevent's buffer. That spares an epoll_ctl to wait for the socket, and another to stop it, for every
 * event and client. */
#ifndef JC_SERVER_LIVE_CLIENT_H
#define JC_SERVER_LIVE_CLIENT_H

#include "server/live_frame.h"
#include "server/live_request.h"

#include <sys/queue.h>

struct evbuffer;
struct evbuffer_cb_entry;
struct evhttp_request;

#define JC_LIVE_GROUP_MAX 128 /* frames that are given at once */
#define JC_LIVE_LOW_SIZE ((size_t)64 * 1024)

typedef enum jc_live_state {
    JC_LIVE_READY,
    JC_LIVE_FULL,
    JC_LIVE_LATER,
    JC_LIVE_HEAD
} jc_live_state;

typedef struct jc_live_client jc_live_client;
TAILQ_HEAD(jc_live_list, jc_live_client);

/* What a client tells its owner. */
typedef struct jc_live_owner {
    void *context;
    void (*drained)(void *context, jc_live_client *client); /* FULL, and below the low-water mark */
    void (*gone)(void *context, jc_live_client *client); /* its connection is no more: forget it */
} jc_live_owner;

struct jc_live_client {
    TAILQ_ENTRY(jc_live_client) others;
    TAILQ_ENTRY(jc_live_client) turn; /* in the line of those that are READY */
    const jc_live_owner *owner;
    jc_live_wish wish;
    jc_live_state state;

    /* Everything up to and with this position was given, or is not wanted. */
    uint64_t place;
    /* The next of its workflow, which is read by sequence up to and with a position; 0: not known. */
    uint64_t sequence;
    uint64_t by_sequence_until;

    struct evhttp_request *request;
    struct evbuffer *output;
    struct evbuffer_cb_entry *output_watch;
    int fd;
    bool chunked;

    uint64_t handed; /* bytes, to the socket or to what waits for it */
    uint64_t taken;  /* of these, by the other side, when that was last looked at */
    int64_t moved_s; /* when it last took some, or nothing waited */
    int64_t spoke_s; /* when it was last given some */
};

/* Answer the request with the beginning of a stream, which is the client's from now on. Takes the wish.
 * NULL: memory is short; the request is as it was. */
jc_live_client *jc_live_client_new(struct evhttp_request *request, jc_live_wish *wish,
                                   const jc_live_owner *owner, int64_t now_s);

/* Bytes that wait for it. */
size_t jc_live_client_waiting(const jc_live_client *client);

/* Is this event for it, in full or in short? */
bool jc_live_client_wants(const jc_live_client *client, const jc_event *event);

/* The event is of the client's own workflow: its line is sent, not only its head. */
bool jc_live_client_wants_line(const jc_live_client *client, const jc_event *event);

/* Give it frames, at most JC_LIVE_GROUP_MAX. false: the connection is broken; close it. */
JC_MUST_CHECK bool jc_live_client_give(jc_live_client *client, jc_live_frame *const frames[],
                                       size_t count, int64_t now_s);

/* Has it taken nothing for so long, while something waited? To be asked once a second. */
bool jc_live_client_is_stuck(jc_live_client *client, int64_t now_s, int64_t limit_s);

/* End the stream as it should end, behind what waits; the owner forgets it. */
void jc_live_client_end(jc_live_client *client);

/* End it at once; the owner forgets it. */
void jc_live_client_close(jc_live_client *client);

#endif
