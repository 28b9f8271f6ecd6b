/* Answers to questions and blockers: what asks, for those who answer; and which of the notes of several
 * workflows, or of a search, were answered.
 *
 * The latter is known to the states of the projection `notes` alone, so one is read of each workflow that
 * has a note among them that asks. */
#include "base/fail.h"
#include "base/map.h"
#include "notes/notes.h"
#include "projection/actor.h"
#include "projection/note.h"

static bool event_asks(const jc_event *event)
{
    const size_t prefix = sizeof JC_NOTE_TYPE_PREFIX - 1;
    jc_str type = event->event_type;
    if (!jc_type_begins(type, JC_NOTE_TYPE_PREFIX))
        return false;
    jc_note note = {.category = {type.bytes + prefix, type.size - prefix}};
    return jc_note_asks(&note);
}

jc_status jc_note_question_find(jc_store *store, jc_str prefix, jc_str workflow_id,
                                jc_event *ret_event, jc_error *reterr)
{
    jc_event event;
    char id[JC_UUID_TEXT_SIZE];
    jc_status status = jc_event_find(store, prefix, &event, reterr);
    if (status < 0)
        return status;
    jc_uuid_format(event.id, id);
    if (!event_asks(&event))
        return jc_fail(reterr, JC_EINVAL,
                       "%s is %.*s: only a question or a blocker can be answered", id,
                       (int)event.event_type.size, event.event_type.bytes);
    if (workflow_id.bytes != NULL && !jc_str_equal(workflow_id, event.workflow_id))
        return jc_fail(reterr, JC_EINVAL,
                       "%s was asked in the workflow '%.*s': an answer counts only there", id,
                       (int)event.workflow_id.size, event.workflow_id.bytes);
    *ret_event = event;
    return JC_OK;
}

/* Notes that ask, by their ids; and the workflows that were looked at. */
typedef struct asking {
    jc_note_reading *reading;
    jc_map notes;
    jc_map workflows;
} asking;

static jc_str key_of(const jc_uuid *id)
{
    return (jc_str){(const char *)id->bytes, sizeof id->bytes};
}

static jc_status gather(asking *of, jc_error *reterr)
{
    struct jc_notes_memory *memory = of->reading->memory;
    for (size_t i = 0; i < of->reading->count; i++) {
        jc_note *note = &memory->items[i];
        if (jc_note_asks(note) && jc_map_get(&of->notes, key_of(&note->id)) == NULL &&
            !jc_map_put(&of->notes, &memory->arena, key_of(&note->id), note))
            return jc_fail_memory(reterr);
    }
    return JC_OK;
}

/* Let the notes know what a state knows of them. */
static jc_status take_answers(asking *of, const jc_state *state, jc_error *reterr)
{
    size_t count = 0;
    const jc_note *all = jc_notes_of_state(state, &count);
    for (size_t i = 0; i < count; i++) {
        jc_note *note = all[i].answered ? jc_map_get(&of->notes, key_of(&all[i].id)) : NULL;
        if (note == NULL)
            continue;
        jc_status status = jc_arena_keep(&of->reading->memory->arena, all[i].answered_by,
                                         &note->answered_by, reterr);
        if (status < 0)
            return status;
        note->answered = true;
        note->answered_us = all[i].answered_us;
        note->answered_sequence = all[i].answered_sequence;
    }
    return JC_OK;
}

static jc_status look_at(asking *of, jc_str workflow_id, const jc_point *point, jc_error *reterr)
{
    jc_state *state = NULL;
    if (jc_map_get(&of->workflows, workflow_id) != NULL)
        return JC_OK;
    if (!jc_map_put(&of->workflows, &of->reading->memory->arena, workflow_id, of))
        return jc_fail_memory(reterr);
    jc_status status = jc_state_read(of->reading->store, jc_projection_find("notes"), workflow_id,
                                     point, &state, reterr);
    if (status == JC_OK)
        status = take_answers(of, state, reterr);
    jc_state_free(state);
    return status;
}

jc_status jc_note_reading_see_answers(jc_note_reading *to, const jc_point *point, jc_error *reterr)
{
    asking of = {.reading = to};
    jc_status status = gather(&of, reterr);
    for (size_t i = 0; i < to->count && status == JC_OK; i++) {
        if (jc_note_asks(&to->memory->items[i]))
            status = look_at(&of, to->memory->items[i].workflow_id, point, reterr);
    }
    return status;
}
