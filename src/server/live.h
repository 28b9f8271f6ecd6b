/* Live streams: Server-Sent Events to any number of clients, from one store, woken by the log.
 *
 * What comes new is read once and written once for all who are up to date: a frame is bytes that all of
 * them share. Who cannot be written to keeps at most JC_LIVE_QUEUED_MAX bytes of its own; then it is
 * behind, is given nothing more until it has taken those, and is caught up from the log, page by page,
 * with a place of its own. So no event is dropped, none comes twice, and nobody waits for anybody.
 *
 *      log ──wake──▶ read on ──▶ frame ──▶ every client at the head ──▶ its socket
 *                                                │ full
 *                                                ▼
 *                              behind ──▶ pages from the log at its own position ──▶ the head again
 *
 * The wire is docs/API.md, "Live"; the format is the WHATWG's HTML standard, 9.2 Server-sent events. */
#ifndef JC_SERVER_LIVE_H
#define JC_SERVER_LIVE_H

#include "jc/jc.h"

struct event_base;
struct evhttp_request;

#define JC_LIVE_QUEUED_MAX ((size_t)256 * 1024) /* bytes that wait for one client */
#define JC_LIVE_HEARTBEAT_S 15
#define JC_LIVE_STUCK_S 60      /* a reader that takes nothing for so long is let go */
#define JC_LIVE_LAST 1000       /* events before the head, when nothing is said */
#define JC_LIVE_LAST_MAX 100000 /* that may be asked for */

typedef struct jc_live jc_live;

/* Make the streams of a project, with a store of their own. The caller frees *ret_live before the base.
 * The process ignores SIGPIPE. Fails as jc_open() does. */
JC_MUST_CHECK jc_status jc_live_new(struct event_base *base, const char *project_dir,
                                    jc_live **ret_live, jc_error *reterr);

/* Ends all streams. */
void jc_live_free(jc_live *live);

/* Does the path name a stream? */
bool jc_live_is_stream(jc_str path);

/* Answer a request for a stream, whose method is GET or HEAD and which was let in: from now on the stream
 * owns it, and the connection's close callback. Headers that are set already are sent, too. What is wrong
 * with it is answered as docs/API.md says. */
void jc_live_attach(jc_live *live, struct evhttp_request *request);

/* For /metrics. */
typedef struct jc_live_stats {
    uint64_t clients;
    uint64_t behind;       /* clients that are being caught up */
    uint64_t queued_bytes; /* that wait for clients, all together */
    uint64_t events_sent;  /* since the start, over all clients */
    uint64_t attached;     /* clients since the start */
    uint64_t position;     /* up to which the log was read */
} jc_live_stats;

jc_live_stats jc_live_stats_get(const jc_live *live);

/* Other times than JC_LIVE_HEARTBEAT_S and JC_LIVE_STUCK_S: for tests. */
void jc_live_set_times(jc_live *live, int heartbeat_s, int stuck_s);

#endif
