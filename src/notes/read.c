/* jc_notes_read: notes by a filter, which every note passes before the limit counts it.
 *
 * Those of one workflow are the state of the projection `notes`, so they come from wherever states come
 * from, at any point of the past. Those of all workflows come from the log in its order, which no state
 * knows; its own filter leaves over only notes of the category and the agent that are wanted. Whether they
 * were answered, states say again: answers.c. */
#include "base/array.h"
#include "base/buf.h"
#include "base/fail.h"
#include "notes/notes.h"
#include "projection/note.h"
#include "projection/read.h"

#include <stdlib.h>

void jc_notes_release(jc_notes *notes)
{
    if (notes->memory != NULL) {
        jc_state_free(notes->memory->state);
        jc_arena_release(&notes->memory->arena);
        free(notes->memory->items);
        free(notes->memory->excerpts);
        free(notes->memory);
    }
    *notes = (jc_notes){0};
}

static bool is_wanted(jc_str wanted, jc_str text)
{
    return wanted.bytes == NULL || jc_str_equal(wanted, text);
}

/* By everything but tags. */
static bool matches(const jc_note_filter *filter, const jc_note *note)
{
    return is_wanted(filter->category, note->category) &&
           is_wanted(filter->agent_id, note->agent_id) &&
           is_wanted(filter->related_file, note->related_file) &&
           is_wanted(filter->related_feature, note->related_feature);
}

static bool has_tag(const jc_note *note, jc_str wanted)
{
    for (size_t i = 0; i < note->tag_count; i++) {
        if (jc_str_equal(note->tags[i], wanted))
            return true;
    }
    return wanted.bytes == NULL;
}

static bool source_has_tag(const jc_note_source *source, jc_str wanted)
{
    size_t at = 0;
    size_t count = 0;
    yyjson_val *tag;
    yyjson_arr_foreach(source->tags, at, count, tag) {
        if (jc_str_equal(jc_read_element_text(tag), wanted))
            return true;
    }
    return wanted.bytes == NULL;
}

bool jc_note_reading_is_full(const jc_note_reading *to)
{
    return to->filter->limit > 0 && to->count >= to->filter->limit;
}

/* Room for one more note, which counts once it is filled. NULL: memory is short. */
static jc_note *next_place(jc_note_reading *to)
{
    struct jc_notes_memory *memory = to->memory;
    jc_note *items = jc_array_grow(memory->items, sizeof *items, to->count, &memory->capacity);
    if (items == NULL)
        return NULL;
    memory->items = items;
    return &items[to->count];
}

/* The notes borrow from the state, which is kept with them. */
static jc_status read_workflow(jc_note_reading *to, jc_str workflow_id, const jc_point *point,
                               jc_error *reterr)
{
    struct jc_notes_memory *memory = to->memory;
    size_t total = 0;
    jc_status status = jc_state_read(to->store, jc_projection_find("notes"), workflow_id, point,
                                     &memory->state, reterr);
    if (status == JC_OK)
        status = jc_arena_keep(&memory->arena, workflow_id, &workflow_id, reterr);
    if (status < 0)
        return status;
    const jc_note *all = jc_notes_of_state(memory->state, &total);
    for (size_t i = 0; i < total && !jc_note_reading_is_full(to); i++) {
        const jc_note *note = &all[to->filter->oldest_first ? i : total - 1 - i];
        if (!matches(to->filter, note) || !has_tag(note, to->filter->tag))
            continue;
        jc_note *place = next_place(to);
        if (place == NULL)
            return jc_fail_memory(reterr);
        *place = *note;
        place->workflow_id = workflow_id;
        to->count++;
    }
    return JC_OK;
}

/* The name of a note's workflow: often it is that of the note before. */
static jc_status keep_workflow(jc_note_reading *to, jc_note *note, jc_str workflow_id,
                               jc_error *reterr)
{
    if (to->count > 0 && jc_str_equal(note[-1].workflow_id, workflow_id)) {
        note->workflow_id = note[-1].workflow_id;
        return JC_OK;
    }
    return jc_arena_keep(&to->memory->arena, workflow_id, &note->workflow_id, reterr);
}

jc_status jc_note_reading_take(jc_note_reading *to, jc_payload *payload, const jc_event *event,
                               jc_error *reterr)
{
    jc_note_source source;
    jc_status status = jc_note_read_event(payload, event, &source, reterr);
    if (status != JC_OK)
        return status == JC_END ? JC_OK : status;
    if (!matches(to->filter, &source.note) || !source_has_tag(&source, to->filter->tag))
        return JC_OK;
    jc_note *note = next_place(to);
    if (note == NULL)
        return jc_fail_memory(reterr);
    status = jc_note_keep(&to->memory->arena, &source, note, reterr);
    if (status == JC_OK)
        status = keep_workflow(to, note, event->workflow_id, reterr);
    if (status == JC_OK)
        to->count++;
    return status;
}

static jc_status read_events(jc_note_reading *to, const jc_filter *events, jc_error *reterr)
{
    jc_payload payload = {0};
    jc_cursor *cursor = NULL;
    const jc_event *event = NULL;
    jc_status status = jc_cursor_open(to->store, events, &cursor, reterr);
    while (status == JC_OK && !jc_note_reading_is_full(to)) {
        status = jc_cursor_next(cursor, &event, reterr);
        if (status == JC_OK)
            status = jc_note_reading_take(to, &payload, event, reterr);
    }
    jc_cursor_close(cursor);
    jc_payload_release(&payload);
    return status == JC_END ? JC_OK : status;
}

static jc_status read_all(jc_note_reading *to, const jc_point *point, jc_error *reterr)
{
    JC_AUTO(jc_buf) type = {0};
    const jc_note_filter *filter = to->filter;
    jc_str category = filter->category.bytes != NULL ? filter->category : JC_STR("*");
    if (point->kind == JC_POINT_SEQUENCE || point->kind == JC_POINT_BEFORE_HEAD)
        return jc_fail(reterr, JC_EINVAL, "a sequence is one workflow's: name it, or give a time");
    jc_status status = jc_buf_append_format(&type, reterr, JC_NOTE_TYPE_PREFIX "%.*s",
                                            (int)category.size, category.bytes);
    jc_str types = jc_buf_str(&type);
    jc_filter events = {.event_types = &types,
                        .event_type_count = 1,
                        .agent_id = filter->agent_id,
                        .has_until = point->kind == JC_POINT_TIME,
                        .until_us = point->time_us,
                        .reverse = !filter->oldest_first};
    if (status == JC_OK)
        status = read_events(to, &events, reterr);
    return status == JC_OK ? jc_note_reading_see_answers(to, point, reterr) : status;
}

jc_status jc_notes_read(jc_store *store, jc_str workflow_id, const jc_point *point,
                        const jc_note_filter *filter, jc_notes *ret_notes, jc_error *reterr)
{
    static const jc_point now = {.kind = JC_POINT_HEAD};
    static const jc_note_filter all = {0};
    jc_note_reading to = {.store = store,
                          .filter = filter != NULL ? filter : &all,
                          .memory = calloc(1, sizeof *to.memory)};
    if (to.memory == NULL)
        return jc_fail_memory(reterr);
    if (point == NULL)
        point = &now;
    jc_status status = workflow_id.bytes != NULL ? read_workflow(&to, workflow_id, point, reterr)
                                                 : read_all(&to, point, reterr);
    jc_notes notes = {.items = to.memory->items, .count = to.count, .memory = to.memory};
    if (status == JC_OK)
        *ret_notes = notes;
    else
        jc_notes_release(&notes);
    return status;
}
