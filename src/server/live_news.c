/* News: see live_news.h. */
#include "server/live_news.h"

void jc_live_news_begin(jc_live_news *news, uint64_t before)
{
    for (size_t i = 0; i < news->count; i++) {
        jc_live_frame_drop(news->lines[i]);
        jc_live_frame_drop(news->heads[i]);
    }
    news->count = 0;
    news->size = 0;
    news->before = before;
    jc_arena_reset(&news->arena);
}

void jc_live_news_release(jc_live_news *news)
{
    jc_live_news_begin(news, 0);
    jc_arena_release(&news->arena);
}

bool jc_live_news_is_full(const jc_live_news *news)
{
    return news->count == JC_LIVE_GROUP_MAX || news->size >= JC_LIVE_NEWS_SIZE_MAX;
}

/* What a client looks at, for the event itself is only lent. */
static bool keep(jc_live_news *news, const jc_event *event, jc_event *ret)
{
    *ret = (jc_event){.position = event->position};
    return jc_arena_keep(&news->arena, event->workflow_id, &ret->workflow_id, NULL) == JC_OK &&
           jc_arena_keep(&news->arena, event->event_type, &ret->event_type, NULL) == JC_OK &&
           jc_arena_keep(&news->arena, event->agent_id, &ret->agent_id, NULL) == JC_OK;
}

bool jc_live_news_add(jc_live_news *news, const jc_event *event, bool with_head, jc_buf *scratch)
{
    if (!keep(news, event, &news->events[news->count]))
        return false;
    jc_live_frame *line = jc_live_frame_log(event, scratch);
    jc_live_frame *head = with_head ? jc_live_frame_head(event, scratch) : NULL;
    if (line == NULL || (with_head && head == NULL)) {
        jc_live_frame_drop(line);
        jc_live_frame_drop(head);
        return false;
    }
    news->lines[news->count] = line;
    news->heads[news->count] = head;
    news->count++;
    news->size += line->size;
    return true;
}

size_t jc_live_news_choose(const jc_live_news *news, const jc_live_client *client,
                           jc_live_frame *ret_frames[JC_LIVE_GROUP_MAX], size_t *ret_size)
{
    size_t count = 0;
    *ret_size = 0;
    for (size_t i = 0; i < news->count; i++) {
        const jc_event *event = &news->events[i];
        if (!jc_live_client_wants(client, event))
            continue;
        bool line = jc_live_client_wants_line(client, event);
        ret_frames[count] = line ? news->lines[i] : news->heads[i];
        *ret_size += ret_frames[count++]->size;
    }
    return count;
}
