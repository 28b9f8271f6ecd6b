/* The processes around a live stream, for the table `live`: two servers, and one process with all the clients. Each
 * runs in a child and shares memory with the bench. */
#ifndef JC_BENCH_LIVE_PEERS_H
#define JC_BENCH_LIVE_PEERS_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define LIVE_CLIENTS 500
#define LIVE_EVENTS 300 /* a round */
#define LIVE_FRAME_SIZE_MAX 2048

typedef struct live_shared {
    _Atomic int port;      /* the server's, once it listens */
    _Atomic int listening; /* clients that have been greeted */
    _Atomic int finished;  /* … that have everything */
    _Atomic int64_t committed_ns[LIVE_EVENTS];
    int64_t received_ns[LIVE_CLIENTS][LIVE_EVENTS];
} live_shared;

typedef struct live_peer {
    live_shared *shared;
    const char *project; /* of jc's server */
    int frames_fd;       /* of the broadcaster: a packet is a frame */
    int go_fd;           /* all end when its other end is closed */
} live_peer;

int64_t live_now_ns(void);

/* Serve the project's streams as `jc dashboard` does. */
void live_serve(live_peer *peer);

/* Send every frame that comes to all clients, as plainly as can be: the limit. */
void live_broadcast(live_peer *peer);

/* Read LIVE_CLIENTS streams until each has LIVE_EVENTS events. */
void live_listen(live_peer *peer);

#endif
