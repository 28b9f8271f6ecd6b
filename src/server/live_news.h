/* News: the next few events of the log with their frames, for all who are at the head. */
#ifndef JC_SERVER_LIVE_NEWS_H
#define JC_SERVER_LIVE_NEWS_H

#include "base/arena.h"
#include "server/live_client.h"

#define JC_LIVE_NEWS_SIZE_MAX ((size_t)256 * 1024) /* and one event more */

typedef struct jc_live_news {
    jc_arena arena;
    jc_event events[JC_LIVE_GROUP_MAX]; /* no more of them than filters look at */
    jc_live_frame *lines[JC_LIVE_GROUP_MAX];
    jc_live_frame *heads[JC_LIVE_GROUP_MAX]; /* NULL when nobody wants them */
    size_t count;
    size_t size;
    uint64_t before; /* position behind which they begin */
} jc_live_news;

/* Have none, behind a position. */
void jc_live_news_begin(jc_live_news *news, uint64_t before);
void jc_live_news_release(jc_live_news *news);

bool jc_live_news_is_full(const jc_live_news *news);

/* Add an event to what is not full. false: memory is short, and it was not added. */
JC_MUST_CHECK bool jc_live_news_add(jc_live_news *news, const jc_event *event, bool with_head,
                                    jc_buf *scratch);

/* The frames that are for a client; returns how many, their bytes in *ret_size. */
size_t jc_live_news_choose(const jc_live_news *news, const jc_live_client *client,
                           jc_live_frame *ret_frames[JC_LIVE_GROUP_MAX], size_t *ret_size);

#endif
