/* jc_notes_read: notes out of the log, by a filter. The log's own filter leaves only notes over, of the
 * category and agent that are wanted; the rest is tested here, before anything is copied, and the
 * limit counts what passed. */
#include "base/array.h"
#include "base/buf.h"
#include "base/fail.h"
#include "notes/notes.h"
#include "projection/note.h"
#include "projection/read.h"

#include <inttypes.h>
#include <stdlib.h>

void jc_notes_release(jc_notes *notes)
{
    if (notes->memory != NULL) {
        jc_arena_release(&notes->memory->arena);
        free(notes->memory->items);
        free(notes->memory);
    }
    *notes = (jc_notes){0};
}

static bool is_wanted(jc_str wanted, jc_str text)
{
    return wanted.bytes == NULL || jc_str_equal(wanted, text);
}

static bool has_tag(yyjson_val *tags, jc_str wanted)
{
    size_t at = 0;
    size_t count = 0;
    yyjson_val *tag;
    yyjson_arr_foreach(tags, at, count, tag) {
        if (jc_str_equal(jc_read_element_text(tag), wanted))
            return true;
    }
    return false;
}

static bool matches(const jc_note_filter *filter, const jc_note_source *source)
{
    return is_wanted(filter->category, source->note.category) &&
           is_wanted(filter->agent_id, source->note.agent_id) &&
           is_wanted(filter->related_file, source->note.related_file) &&
           is_wanted(filter->related_feature, source->note.related_feature) &&
           (filter->tag.bytes == NULL || has_tag(source->tags, filter->tag));
}

/* One reading. */
typedef struct reading {
    const jc_note_filter *filter;
    jc_filter events;
    jc_payload payload;
    struct jc_notes_memory *memory;
    size_t count;
} reading;

/* The name of a note's workflow: most often it is the one of the note before. */
static jc_status keep_workflow(reading *to, jc_note *note, jc_str workflow_id, jc_error *reterr)
{
    if (to->count > 0 && jc_str_equal(note[-1].workflow_id, workflow_id)) {
        note->workflow_id = note[-1].workflow_id;
        return JC_OK;
    }
    return jc_arena_keep(&to->memory->arena, workflow_id, &note->workflow_id, reterr);
}

static jc_status take_event(reading *to, const jc_event *event, jc_error *reterr)
{
    jc_note_source source;
    struct jc_notes_memory *memory = to->memory;
    jc_status status = jc_note_read_event(&to->payload, event, &source, reterr);
    if (status != JC_OK)
        return status == JC_END ? JC_OK : status;
    if (!matches(to->filter, &source))
        return JC_OK;
    jc_note *items = jc_array_grow(memory->items, sizeof *items, to->count, &memory->capacity);
    if (items == NULL)
        return jc_fail_memory(reterr);
    memory->items = items;
    jc_note *note = &items[to->count];
    status = jc_note_keep(&memory->arena, &source, note, reterr);
    if (status == JC_OK)
        status = keep_workflow(to, note, event->workflow_id, reterr);
    if (status == JC_OK)
        to->count++;
    return status;
}

static jc_status read_events(jc_store *store, reading *to, jc_error *reterr)
{
    jc_cursor *cursor = NULL;
    const jc_event *event = NULL;
    jc_status status = jc_cursor_open(store, &to->events, &cursor, reterr);
    while (status == JC_OK && (to->filter->limit == 0 || to->count < to->filter->limit)) {
        status = jc_cursor_next(cursor, &event, reterr);
        if (status == JC_OK)
            status = take_event(to, event, reterr);
    }
    jc_cursor_close(cursor);
    return status == JC_END ? JC_OK : status;
}

/* A sequence of the workflow, counted from its first event or back from its head. */
static jc_status bound_by_sequence(jc_str workflow_id, const jc_head *head, const jc_point *point,
                                   uint64_t *ret_to, jc_error *reterr)
{
    bool back = point->kind == JC_POINT_BEFORE_HEAD;
    if (point->number > head->sequence)
        return jc_fail(reterr, JC_ENOTFOUND,
                       back ? "workflow '%.*s' has no %" PRIu64 " events: it is at #%" PRIu64
                            : "workflow '%.*s' has no event #%" PRIu64 ": it is at #%" PRIu64,
                       (int)workflow_id.size, workflow_id.bytes, point->number, head->sequence);
    *ret_to = back ? head->sequence - point->number : point->number;
    return JC_OK;
}

/* Let only those events through that lie before the point. *ret_none: there are none. */
static jc_status bound(jc_store *store, jc_filter *events, const jc_point *point, bool *ret_none,
                       jc_error *reterr)
{
    bool by_sequence = point->kind == JC_POINT_SEQUENCE || point->kind == JC_POINT_BEFORE_HEAD;
    if (point->kind == JC_POINT_TIME) {
        events->has_until = true;
        events->until_us = point->time_us;
    }
    if (events->workflow_count == 0)
        return by_sequence ? jc_fail(reterr, JC_EINVAL,
                                     "a sequence is one workflow's: name it, or give a time")
                           : JC_OK;
    jc_str workflow_id = events->workflow_ids[0];
    jc_head head = {0};
    jc_status status = jc_workflow_id_check(workflow_id, reterr);
    if (status == JC_OK)
        status = jc_head_read(store, workflow_id, &head, reterr);
    if (status == JC_OK && head.sequence == 0)
        status = jc_fail(reterr, JC_ENOTFOUND, "there is no workflow '%.*s'", (int)workflow_id.size,
                         workflow_id.bytes);
    events->to = head.sequence;
    if (status == JC_OK && by_sequence)
        status = bound_by_sequence(workflow_id, &head, point, &events->to, reterr);
    *ret_none = events->to == 0;
    return status;
}

jc_status jc_notes_read(jc_store *store, jc_str workflow_id, const jc_point *point,
                        const jc_note_filter *filter, jc_notes *ret_notes, jc_error *reterr)
{
    static const jc_point now = {.kind = JC_POINT_HEAD};
    static const jc_note_filter all = {0};
    JC_AUTO(jc_buf) type = {0};
    reading to = {.filter = filter != NULL ? filter : &all};
    bool none = false;
    jc_str category = to.filter->category;
    if (category.bytes == NULL)
        category = JC_STR("*");
    jc_status status = jc_buf_append_format(&type, reterr, JC_NOTE_TYPE_PREFIX "%.*s",
                                            (int)category.size, category.bytes);
    jc_str types = jc_buf_str(&type);
    to.events = (jc_filter){.workflow_ids = &workflow_id,
                            .workflow_count = workflow_id.bytes != NULL ? 1 : 0,
                            .event_types = &types,
                            .event_type_count = 1,
                            .agent_id = to.filter->agent_id,
                            .reverse = !to.filter->oldest_first};
    if (status == JC_OK)
        status = bound(store, &to.events, point != NULL ? point : &now, &none, reterr);
    if (status < 0)
        return status;
    to.memory = calloc(1, sizeof *to.memory);
    if (to.memory == NULL)
        return jc_fail_memory(reterr);
    if (!none)
        status = read_events(store, &to, reterr);
    jc_payload_release(&to.payload);
    jc_notes notes = {.items = to.memory->items, .count = to.count, .memory = to.memory};
    if (status == JC_OK)
        *ret_notes = notes;
    else
        jc_notes_release(&notes);
    return status;
}
