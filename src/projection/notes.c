/* The projection `notes`: agents' notes in the order in which they were taken, and which of them share
 * a category, an agent or a tag; of questions and blockers, what answered them.
 *
 * Only those that are open are looked up, by the id of their event, so that a long history costs an event
 * no more than a short one. */
#include "base/array.h"
#include "base/fail.h"
#include "base/map.h"
#include "base/uuid.h"
#include "projection/note.h"
#include "projection/read.h"
#include "projection/registry.h"
#include "projection/write.h"

/* The notes that have one value in common, as places in the array of notes. */
typedef struct place_list {
    jc_str name;
    size_t *places;
    size_t count;
    size_t capacity;
    struct place_list *next;
} place_list;

/* Lists by name, in the order in which the names came up. */
typedef struct note_index {
    jc_map by_name; /* to place_list */
    place_list *first;
    place_list *last;
} note_index;

/* A note that waits for an answer. */
typedef struct open_note {
    jc_uuid id;
    size_t place;
} open_note;

typedef struct notes_state {
    jc_arena arena; /* owns all text and the lists; notes only change by being answered */
    jc_payload payload;
    jc_note *notes;
    size_t count;
    size_t capacity;
    note_index by_category;
    note_index by_agent;
    note_index by_tag;
    jc_map open_by_id; /* to open_note */
} notes_state;

static place_list *list_of(notes_state *state, note_index *index, jc_str name)
{
    place_list *list = jc_map_get(&index->by_name, name);
    if (list != NULL)
        return list;
    list = jc_arena_get(&state->arena, sizeof *list);
    if (list == NULL || !jc_map_put(&index->by_name, &state->arena, name, list))
        return NULL;
    *list = (place_list){.name = name};
    if (index->last != NULL)
        index->last->next = list;
    else
        index->first = list;
    index->last = list;
    return list;
}

/* `name` lives as long as the state. */
static jc_status add_to(notes_state *state, note_index *index, jc_str name, jc_error *reterr)
{
    if (name.size == 0)
        return JC_OK;
    place_list *list = list_of(state, index, name);
    if (list == NULL)
        return jc_fail_memory(reterr);
    if (list->count == list->capacity) {
        size_t capacity = list->capacity > 0 ? list->capacity * 2 : 4;
        size_t *places = jc_arena_get(&state->arena, capacity * sizeof *places);
        if (places == NULL)
            return jc_fail_memory(reterr);
        if (list->count > 0)
            memcpy(places, list->places, list->count * sizeof *places);
        list->places = places;
        list->capacity = capacity;
    }
    /* A tag that a note has twice lists it once. */
    if (list->count == 0 || list->places[list->count - 1] != state->count)
        list->places[list->count++] = state->count;
    return JC_OK;
}

static jc_str key_of(const jc_uuid *id)
{
    return (jc_str){(const char *)id->bytes, sizeof id->bytes};
}

/* Let answers find the note of that place. */
static jc_status await_answer(notes_state *state, size_t place, jc_error *reterr)
{
    const jc_note *note = &state->notes[place];
    if (!jc_note_asks(note) || note->answered ||
        jc_map_get(&state->open_by_id, key_of(&note->id)) != NULL)
        return JC_OK;
    open_note *open = jc_arena_get(&state->arena, sizeof *open);
    if (open == NULL)
        return jc_fail_memory(reterr);
    *open = (open_note){.id = note->id, .place = place};
    return jc_map_put(&state->open_by_id, &state->arena, key_of(&open->id), open)
               ? JC_OK
               : jc_fail_memory(reterr);
}

/* The open note that an event names as its cause; NULL when it names none. */
static const open_note *answered_by(const notes_state *state, const jc_event *event)
{
    jc_uuid id;
    if (state->open_by_id.count == 0 || event->causation_id.size != JC_UUID_TEXT_SIZE - 1 ||
        !jc_note_may_answer(event->event_type) ||
        !jc_uuid_decode(event->causation_id.bytes, true, &id))
        return NULL;
    return jc_map_get(&state->open_by_id, key_of(&id));
}

static jc_status see_answer(notes_state *state, const jc_event *event, jc_error *reterr)
{
    const open_note *open = answered_by(state, event);
    if (open == NULL)
        return JC_OK;
    jc_note *note = &state->notes[open->place];
    jc_status status = jc_arena_keep(&state->arena, event->agent_id, &note->answered_by, reterr);
    if (status < 0)
        return status;
    note->answered = true;
    note->answered_us = event->timestamp_us;
    note->answered_sequence = event->sequence;
    (void)jc_map_remove(&state->open_by_id, key_of(&open->id));
    return JC_OK;
}

/* Take a note in, with copies of its texts. */
static jc_status add_note(notes_state *state, const jc_note_source *source, jc_error *reterr)
{
    jc_note *notes = jc_array_grow(state->notes, sizeof *notes, state->count, &state->capacity);
    if (notes == NULL)
        return jc_fail_memory(reterr);
    state->notes = notes;
    jc_note *note = &state->notes[state->count];
    jc_status status = jc_note_keep(&state->arena, source, note, reterr);
    if (status == JC_OK)
        status = add_to(state, &state->by_category, note->category, reterr);
    if (status == JC_OK)
        status = add_to(state, &state->by_agent, note->agent_id, reterr);
    for (size_t i = 0; status == JC_OK && i < note->tag_count; i++)
        status = add_to(state, &state->by_tag, note->tags[i], reterr);
    if (status == JC_OK)
        status = await_answer(state, state->count, reterr);
    if (status == JC_OK)
        state->count++;
    return status;
}

static jc_status notes_apply(void *context, const jc_event *event, jc_error *reterr)
{
    notes_state *state = context;
    jc_note_source source;
    jc_status status = see_answer(state, event, reterr);
    if (status == JC_OK)
        status = jc_note_read_event(&state->payload, event, &source, reterr);
    if (status != JC_OK)
        return status == JC_END ? JC_OK : status;
    return add_note(state, &source, reterr);
}

static void write_note(jc_write *write, yyjson_mut_val *list, const jc_note *note)
{
    char id[JC_UUID_TEXT_SIZE];
    yyjson_mut_val *object = jc_write_element(write, list);
    jc_uuid_format(note->id, id);
    jc_write_text_copy(write, object, "id", jc_str_of(id));
    jc_write_text(write, object, "category", note->category);
    jc_write_text(write, object, "agent_id", note->agent_id);
    jc_write_text(write, object, "title", note->title);
    jc_write_text(write, object, "content", note->content);
    yyjson_mut_val *tags = jc_write_list(write, object, "tags");
    for (size_t i = 0; i < note->tag_count; i++)
        jc_write_element_text(write, tags, note->tags[i]);
    jc_write_text(write, object, "related_file", note->related_file);
    jc_write_text(write, object, "related_feature", note->related_feature);
    jc_write_time(write, object, "created_at", note->created_us);
    jc_write_count(write, object, "sequence", note->sequence);
    if (!note->answered)
        return;
    jc_write_time(write, object, "answered_at", note->answered_us);
    jc_write_count(write, object, "answered_sequence", note->answered_sequence);
    jc_write_text(write, object, "answered_by", note->answered_by);
}

static void write_index(jc_write *write, yyjson_mut_val *root, const char *name,
                        const note_index *index)
{
    yyjson_mut_val *object = jc_write_object(write, root, name);
    for (const place_list *list = index->first; list != NULL; list = list->next) {
        yyjson_mut_val *places = jc_write_list_named(write, object, list->name);
        for (size_t i = 0; i < list->count; i++)
            jc_write_element_count(write, places, list->places[i]);
    }
}

static jc_status notes_write_json(const void *context, jc_output *output, jc_error *reterr)
{
    const notes_state *state = context;
    jc_write write;
    yyjson_mut_val *root = jc_write_begin(&write);
    yyjson_mut_val *notes = jc_write_list(&write, root, "notes");
    for (size_t i = 0; i < state->count; i++)
        write_note(&write, notes, &state->notes[i]);
    write_index(&write, root, "by_category", &state->by_category);
    write_index(&write, root, "by_agent", &state->by_agent);
    write_index(&write, root, "by_tag", &state->by_tag);
    return jc_write_end(&write, output, reterr);
}

static void read_answer(yyjson_val *object, jc_note *note)
{
    note->answered = jc_read_time(object, "answered_at", &note->answered_us) &&
                     jc_read_count(object, "answered_sequence", &note->answered_sequence);
    if (note->answered)
        note->answered_by = jc_read_text(object, "answered_by");
}

static jc_status read_note(notes_state *state, yyjson_val *object, jc_error *reterr)
{
    jc_note_source source = {.note = {.category = jc_read_text(object, "category"),
                                      .agent_id = jc_read_text(object, "agent_id"),
                                      .title = jc_read_text(object, "title"),
                                      .content = jc_read_text(object, "content"),
                                      .related_file = jc_read_text(object, "related_file"),
                                      .related_feature = jc_read_text(object, "related_feature")},
                             .tags = yyjson_obj_get(object, "tags")};
    if (jc_uuid_parse(jc_read_text(object, "id"), &source.note.id, NULL) < 0 ||
        !jc_read_count(object, "sequence", &source.note.sequence) ||
        !jc_read_time(object, "created_at", &source.note.created_us) ||
        source.note.category.bytes == NULL)
        return jc_read_fail("a note", reterr);
    read_answer(object, &source.note);
    return add_note(state, &source, reterr);
}

/* The indexes, and which notes are open, follow from the notes. */
static jc_status notes_read_json(void *context, jc_str json, jc_error *reterr)
{
    notes_state *state = context;
    JC_AUTO(jc_read) read = {0};
    yyjson_val *root = NULL;
    jc_status status = jc_read_begin(&read, json, &root, reterr);
    if (status < 0)
        return status;
    yyjson_val *notes = yyjson_obj_get(root, "notes");
    size_t at = 0;
    size_t count = 0;
    yyjson_val *note;
    yyjson_arr_foreach(notes, at, count, note) {
        status = read_note(state, note, reterr);
        if (status < 0)
            return status;
    }
    return JC_OK;
}

static void notes_release(void *context)
{
    notes_state *state = context;
    jc_payload_release(&state->payload);
    jc_arena_release(&state->arena);
    free(state->notes);
}

const jc_projection jc_projection_notes = {
    .name = "notes",
    .version = 2,
    .state_size = sizeof(notes_state),
    .summary = "agents' notes, what answered them, and which share a category, an agent or a tag",
    .apply = notes_apply,
    .write_json = notes_write_json,
    .read_json = notes_read_json,
    .release = notes_release,
};

const jc_note *jc_notes_of_state(const jc_state *state, size_t *ret_count)
{
    *ret_count = 0;
    if (jc_state_info_get(state).projection != &jc_projection_notes)
        return NULL;
    const notes_state *of = jc_state_get(state);
    *ret_count = of->count;
    return of->notes;
}
