/* jc_notes_search: the full-text search, of notes alone. */
#include "base/array.h"
#include "base/buf.h"
#include "base/fail.h"
#include "jc/query.h"
#include "notes/notes.h"

#include <stdlib.h>

/* Keep the excerpt of the note that was taken in last. */
static jc_status keep_excerpt(jc_note_reading *to, jc_str excerpt, jc_error *reterr)
{
    struct jc_notes_memory *memory = to->memory;
    jc_str *excerpts =
        jc_array_grow(memory->excerpts, sizeof *excerpts, to->count - 1, &memory->excerpt_capacity);
    if (excerpts == NULL)
        return jc_fail_memory(reterr);
    memory->excerpts = excerpts;
    return jc_arena_keep(&memory->arena, excerpt, &excerpts[to->count - 1], reterr);
}

static jc_status take_hits(jc_note_reading *to, jc_search *search, jc_error *reterr)
{
    jc_payload payload = {0};
    jc_search_hit hit;
    jc_status status = JC_OK;
    while (status == JC_OK && !jc_note_reading_is_full(to)) {
        size_t before = to->count;
        status = jc_search_next(search, &hit, reterr);
        if (status == JC_OK)
            status = jc_note_reading_take(to, &payload, hit.event, reterr);
        if (status == JC_OK && to->count > before)
            status = keep_excerpt(to, hit.excerpt, reterr);
    }
    jc_payload_release(&payload);
    return status == JC_END ? JC_OK : status;
}

static jc_status search_for(jc_note_reading *to, jc_str text, jc_str workflow_id,
                            void (*progress)(void *context, uint64_t done, uint64_t total),
                            void *context, jc_error *reterr)
{
    JC_AUTO(jc_buf) type = {0};
    jc_search *search = NULL;
    jc_str category = to->filter->category.bytes != NULL ? to->filter->category : JC_STR("*");
    jc_status status = jc_buf_append_format(&type, reterr, JC_NOTE_TYPE_PREFIX "%.*s",
                                            (int)category.size, category.bytes);
    jc_str types = jc_buf_str(&type);
    jc_filter events = {.workflow_ids = &workflow_id,
                        .workflow_count = workflow_id.bytes != NULL ? 1 : 0,
                        .event_types = &types,
                        .event_type_count = 1,
                        .agent_id = to->filter->agent_id};
    if (status == JC_OK && workflow_id.bytes != NULL)
        status = jc_workflow_id_check(workflow_id, reterr);
    if (status == JC_OK)
        status = jc_search_new(to->store, text, &events, progress, context, &search, reterr);
    if (status == JC_OK)
        status = take_hits(to, search, reterr);
    jc_search_free(search);
    if (status == JC_OK)
        status = jc_note_reading_see_answers(to, NULL, reterr);
    return status;
}

jc_status jc_notes_search(jc_store *store, jc_str text, jc_str workflow_id,
                          const jc_note_filter *filter,
                          void (*progress)(void *context, uint64_t done, uint64_t total),
                          void *context, jc_notes *ret_notes, jc_error *reterr)
{
    static const jc_note_filter all = {0};
    jc_note_reading to = {.store = store,
                          .filter = filter != NULL ? filter : &all,
                          .memory = calloc(1, sizeof *to.memory)};
    if (to.memory == NULL)
        return jc_fail_memory(reterr);
    jc_status status = search_for(&to, text, workflow_id, progress, context, reterr);
    jc_notes notes = {.items = to.memory->items,
                      .count = to.count,
                      .excerpts = to.memory->excerpts,
                      .memory = to.memory};
    if (status == JC_OK)
        *ret_notes = notes;
    else
        jc_notes_release(&notes);
    return status;
}
