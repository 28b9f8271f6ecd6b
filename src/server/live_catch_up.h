/* Catching up: a client that is behind is given the log piece by piece. */
#ifndef JC_SERVER_LIVE_CATCH_UP_H
#define JC_SERVER_LIVE_CATCH_UP_H

#include "server/live_client.h"

/* How far one piece went. */
typedef enum jc_live_piece {
    JC_LIVE_PIECE_MORE,  /* there is more of the log to give */
    JC_LIVE_PIECE_LAST,  /* the client has everything up to the head */
    JC_LIVE_PIECE_NONE,  /* the log, or memory, cannot be had now: try again later */
    JC_LIVE_PIECE_BROKEN /* the connection is; close it */
} jc_live_piece;

/* Give a client that is behind the next piece of the log, up to the position `head`: what lies within
 * JC_LIVE_PIECE_EVENTS events, and little more than JC_LIVE_LOW_SIZE bytes. *ret_events is how many it
 * was given. Nothing is kept open between two pieces. */
#define JC_LIVE_PIECE_EVENTS 128

jc_live_piece jc_live_catch_up(jc_store *store, uint64_t head, jc_live_client *client,
                               jc_buf *scratch, int64_t now_s, size_t *ret_events);

#endif
