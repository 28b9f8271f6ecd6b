/* A note out of its event: see note.h. Every type agent.note.CATEGORY is a note, the project's own
 * too, so a new category is one line in the map of categories. */
#include "projection/note.h"

#include "base/fail.h"
#include "projection/actor.h"
#include "projection/read.h"

static const char prefix[] = "agent.note.";

/* The category that a type names; absent when it is no note. */
static jc_str category_of(jc_str event_type)
{
    const size_t size = sizeof prefix - 1;
    if (event_type.size <= size || memcmp(event_type.bytes, prefix, size) != 0)
        return (jc_str){0};
    jc_str category = {event_type.bytes + size, event_type.size - size};
    return memchr(category.bytes, '.', category.size) == NULL ? category : (jc_str){0};
}

jc_status jc_note_read_event(jc_payload *payload, const jc_event *event, jc_note_source *ret,
                             jc_error *reterr)
{
    jc_str category = category_of(event->event_type);
    if (category.bytes == NULL)
        return JC_END;
    jc_status status = jc_payload_read(payload, event, reterr);
    if (status < 0)
        return status;
    *ret =
        (jc_note_source){.note = {.workflow_id = event->workflow_id,
                                  .id = event->id,
                                  .sequence = event->sequence,
                                  .created_us = event->timestamp_us,
                                  .category = category,
                                  .agent_id = event->agent_id,
                                  .title = jc_payload_text(payload, "title"),
                                  .content = jc_payload_text(payload, "content"),
                                  .related_file = jc_payload_text(payload, "related_file"),
                                  .related_feature = jc_payload_text(payload, "related_feature")},
                         .tags = jc_payload_list(payload, "tags")};
    return JC_OK;
}

bool jc_note_asks(const jc_note *note)
{
    return jc_str_equal(note->category, JC_STR("question")) ||
           jc_str_equal(note->category, JC_STR("blocker"));
}

bool jc_note_may_answer(jc_str event_type)
{
    return jc_type_begins(event_type, prefix) || jc_type_begins(event_type, "agent.message.") ||
           jc_str_equal(event_type, JC_STR("workflow.resumed"));
}

static jc_status keep_tags(jc_arena *arena, yyjson_val *list, jc_note *note, jc_error *reterr)
{
    size_t at = 0;
    size_t count = yyjson_arr_size(list);
    yyjson_val *tag;
    if (count == 0)
        return JC_OK;
    jc_str *tags = jc_arena_get(arena, count * sizeof *tags);
    if (tags == NULL)
        return jc_fail_memory(reterr);
    note->tags = tags;
    yyjson_arr_foreach(list, at, count, tag) {
        jc_str text = jc_read_element_text(tag);
        if (text.size == 0)
            continue;
        jc_status status = jc_arena_keep(arena, text, &tags[note->tag_count], reterr);
        if (status < 0)
            return status;
        note->tag_count++;
    }
    return JC_OK;
}

jc_status jc_note_keep(jc_arena *arena, const jc_note_source *source, jc_note *ret_note,
                       jc_error *reterr)
{
    jc_note note = source->note;
    jc_str *texts[] = {&note.category,     &note.agent_id,        &note.title,      &note.content,
                       &note.related_file, &note.related_feature, &note.answered_by};
    jc_status status = JC_OK;
    note.workflow_id = (jc_str){0};
    for (size_t i = 0; status == JC_OK && i < sizeof texts / sizeof texts[0]; i++)
        status = jc_arena_keep(arena, *texts[i], texts[i], reterr);
    if (status == JC_OK)
        status = keep_tags(arena, source->tags, &note, reterr);
    if (status == JC_OK)
        *ret_note = note;
    return status;
}
