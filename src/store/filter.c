/* Does an event pass a filter? For what does not come from a cursor: the twin in memory, hits of a search, what
 * is told to several at once. */
#include "jc/store.h"

#include <sqlite3.h>

static bool is_one_of(jc_str text, const jc_str list[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (jc_str_equal(text, list[i]))
            return true;
    }
    return count == 0;
}

/* SQLite's own matcher, so that a glob means here what it means to a cursor. */
static bool matches_type(jc_str event_type, const jc_str globs[], size_t count)
{
    char type[JC_EVENT_TYPE_SIZE_MAX + 1];
    if (count == 0)
        return true;
    if (event_type.size >= sizeof type)
        return false;
    memcpy(type, event_type.bytes, event_type.size);
    type[event_type.size] = '\0';
    for (size_t i = 0; i < count; i++) {
        if (sqlite3_strglob(globs[i].bytes, type) == 0)
            return true;
    }
    return false;
}

bool jc_filter_passes(const jc_filter *filter, const jc_event *event)
{
    return is_one_of(event->workflow_id, filter->workflow_ids, filter->workflow_count) &&
           matches_type(event->event_type, filter->event_types, filter->event_type_count) &&
           (filter->agent_id.bytes == NULL || jc_str_equal(event->agent_id, filter->agent_id)) &&
           (filter->correlation_id.bytes == NULL ||
            jc_str_equal(event->correlation_id, filter->correlation_id)) &&
           (!filter->has_since || event->timestamp_us >= filter->since_us) &&
           (!filter->has_until || event->timestamp_us <= filter->until_us);
}
