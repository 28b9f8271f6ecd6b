/* take_note, read_notes, search_notes, get_notes_summary. */
#include "base/fail.h"
#include "mcp/event_json.h"
#include "mcp/page.h"

#include <stdio.h>

#define READ_COUNT 50
#define FOUND_COUNT 20
#define GIVEN_MAX INT32_MAX /* notes on earlier pages */
#define SUMMARY_CATEGORIES_MAX 20
#define SUMMARY_AGENTS_MAX 30
#define SUMMARY_TITLES 5
#define SUMMARY_TEXT_SIZE_MAX 100

JC_AUTO_DEFINE(jc_notes, jc_notes_release);

/* ---- Taking ---- */

static void put_receipt(jc_mcp_call *call, jc_str workflow_id, const jc_note_draft *draft,
                        const jc_note_receipt *receipt)
{
    jc_mcp_json *out = call->out;
    jc_mcp_put_uuid(out, call->result, "id", receipt->id);
    jc_mcp_put_text(out, call->result, "workflow_id", workflow_id);
    jc_mcp_put_number(out, call->result, "sequence", receipt->event.sequence);
    jc_mcp_put_time(out, call->result, "created_at", receipt->event.timestamp_us);
    jc_mcp_put_text(out, call->result, "category",
                    draft->category.bytes != NULL ? draft->category : JC_STR("observation"));
    jc_mcp_put_text(out, call->result, "agent_id", draft->agent_id);
    jc_mcp_put_number(out, call->result, "redacted", call->redacted);
}

/* The workflow to write into: that of the question that is answered, if one is. */
static jc_status find_place(const jc_mcp_call *call, jc_note_draft *draft, jc_str *ret_workflow_id,
                            jc_error *reterr)
{
    jc_error error = {0};
    jc_event question;
    jc_arena *arena = &call->mcp->arena;
    char id[JC_UUID_TEXT_SIZE];
    jc_str prefix = jc_mcp_text_of(call, "answers");
    if (prefix.bytes == NULL)
        return jc_mcp_workflow_to_write(call, ret_workflow_id, reterr);
    jc_status status =
        jc_note_question_find(call->store, prefix, jc_mcp_text_of(call, "workflow_id"), &question,
                              &error);
    if (status < 0)
        return jc_fail(reterr, status, "answers: %s", error.text);
    jc_uuid_format(question.id, id);
    status = jc_arena_keep(arena, question.workflow_id, ret_workflow_id, reterr);
    return status == JC_OK ? jc_arena_keep(arena, jc_str_of(id), &draft->causation_id, reterr)
                           : status;
}

jc_status jc_mcp_take_note(jc_mcp_call *call, jc_error *reterr)
{
    jc_str workflow_id;
    jc_note_receipt receipt;
    jc_note_draft draft = {.id = call->id,
                           .category = jc_mcp_text_of(call, "category"),
                           .agent_id = jc_mcp_agent_of(call),
                           .related_file = jc_mcp_text_of(call, "related_file"),
                           .related_feature = jc_mcp_text_of(call, "related_feature"),
                           .correlation_id = call->correlation_id};
    jc_status status = find_place(call, &draft, &workflow_id, reterr);
    if (status == JC_OK)
        status = jc_mcp_written_text(call, "title", &draft.title, reterr);
    if (status == JC_OK)
        status = jc_mcp_written_text(call, "content", &draft.content, reterr);
    if (status == JC_OK)
        status = jc_mcp_written_texts(call, "tags", &draft.tags, &draft.tag_count, reterr);
    if (status == JC_OK)
        status = jc_note_add(call->store, workflow_id, &draft, &receipt, reterr);
    if (status == JC_OK)
        put_receipt(call, workflow_id, &draft, &receipt);
    return status;
}

/* ---- Reading and searching ---- */

static jc_note_filter filter_of(const jc_mcp_call *call)
{
    return (jc_note_filter){.category = jc_mcp_text_of(call, "category"),
                            .agent_id = jc_mcp_text_of(call, "agent_id"),
                            .tag = jc_mcp_text_of(call, "tag"),
                            .related_file = jc_mcp_text_of(call, "related_file"),
                            .related_feature = jc_mcp_text_of(call, "related_feature"),
                            .oldest_first =
                                jc_str_equal(jc_mcp_text_of(call, "order"), JC_STR("oldest"))};
}

/* What the cursor says: the note that the last page ended with, and how many were given up to it. */
typedef struct place {
    bool is_given;
    jc_uuid last;
    size_t given;
} place;

static jc_status read_place(const jc_mcp_call *call, place *ret_place, jc_error *reterr)
{
    jc_str text;
    uint64_t given = 0;
    *ret_place = (place){.is_given = false};
    jc_status status = jc_mcp_cursor_given(call, &text, reterr);
    if (status < 0 || text.bytes == NULL)
        return status;
    const size_t id_size = JC_UUID_TEXT_SIZE - 1;
    bool is_long_enough = text.size > id_size + 1 && text.bytes[id_size] == '.';
    jc_str id = {text.bytes, id_size};
    if (!is_long_enough || jc_uuid_parse(id, &ret_place->last, NULL) < 0 ||
        !jc_mcp_digits((jc_str){text.bytes + id_size + 1, text.size - id_size - 1}, &given) ||
        given > GIVEN_MAX)
        return jc_mcp_bad_cursor(reterr);
    ret_place->is_given = true;
    ret_place->given = (size_t)given;
    return JC_OK;
}

/* Where to go on: behind the note that the cursor names. false: it is not there. */
static bool find_start(const place *of, const jc_notes *notes, size_t *ret_start)
{
    *ret_start = 0;
    for (size_t i = 0; of->is_given && i < notes->count; i++) {
        if (memcmp(&notes->items[i].id, &of->last, sizeof of->last) == 0) {
            *ret_start = i + 1;
            return true;
        }
    }
    return !of->is_given;
}

static jc_status put_notes(jc_mcp_call *call, const place *of, const jc_notes *notes, size_t limit,
                           jc_error *reterr)
{
    size_t at = 0;
    if (!find_start(of, notes, &at))
        return jc_mcp_bad_cursor(reterr);
    jc_mcp_page page = jc_mcp_page_begin(call, "notes", limit);
    for (; at < notes->count; at++) {
        yyjson_mut_val *item = jc_mcp_note_item(call->out, &notes->items[at]);
        if (notes->excerpts != NULL)
            jc_mcp_put_excerpt(call->out, item, notes->excerpts[at]);
        if (!jc_mcp_page_add(&page, item))
            break;
    }
    if (at < notes->count && at > 0) {
        char id[JC_UUID_TEXT_SIZE];
        jc_uuid_format(notes->items[at - 1].id, id);
        jc_mcp_put_cursor(call, "%s.%zu", id, at);
    }
    return JC_OK;
}

/* Which workflow, or all of them, and when. A sequence is a point of one. */
static jc_status find_scope(const jc_mcp_call *call, jc_str *ret_workflow_id, jc_point *ret_point,
                            jc_error *reterr)
{
    jc_status status = jc_mcp_point_of(call, "at", ret_point, reterr);
    if (status < 0)
        return status;
    bool or_all = ret_point->kind == JC_POINT_HEAD || ret_point->kind == JC_POINT_TIME;
    return jc_mcp_workflows_of(call, or_all, ret_workflow_id, reterr);
}

jc_status jc_mcp_read_notes(jc_mcp_call *call, jc_error *reterr)
{
    jc_str workflow_id;
    jc_point point;
    JC_AUTO(jc_notes) notes = {0};
    place of;
    jc_note_filter filter = filter_of(call);
    jc_status status = find_scope(call, &workflow_id, &point, reterr);
    if (status == JC_OK)
        status = read_place(call, &of, reterr);
    if (status == JC_OK)
        status = jc_notes_read(call->store, workflow_id, &point, &filter, &notes, reterr);
    if (status < 0)
        return status;
    jc_mcp_put_scope(call, workflow_id);
    jc_mcp_put_number(call->out, call->result, "total", notes.count);
    return put_notes(call, &of, &notes, READ_COUNT, reterr);
}

/* Find as many as a page takes, and one more, which tells that there is another page. Where better
 * matches were stored since the cursor was given, its note is further down: then as many again. */
static jc_status find_enough(const jc_mcp_call *call, jc_str workflow_id, const place *of,
                             jc_notes *ret_notes, jc_error *reterr)
{
    size_t at = 0;
    jc_note_filter filter = filter_of(call);
    size_t wanted = (size_t)jc_mcp_number_of(call, "limit", FOUND_COUNT) + 1;
    for (filter.limit = of->given + wanted;; filter.limit *= 2) {
        JC_AUTO(jc_notes) notes = {0};
        jc_status status = jc_notes_search(call->store, jc_mcp_text_of(call, "query"), workflow_id,
                                           &filter, NULL, NULL, &notes, reterr);
        if (status < 0)
            return status;
        bool are_all = notes.count < filter.limit;
        if (are_all || (find_start(of, &notes, &at) && notes.count - at >= wanted)) {
            *ret_notes = notes;
            notes = (jc_notes){0};
            return JC_OK;
        }
    }
}

jc_status jc_mcp_search_notes(jc_mcp_call *call, jc_error *reterr)
{
    jc_str workflow_id;
    JC_AUTO(jc_notes) notes = {0};
    place of;
    jc_status status = jc_mcp_workflows_of(call, true, &workflow_id, reterr);
    if (status == JC_OK)
        status = read_place(call, &of, reterr);
    if (status == JC_OK)
        status = find_enough(call, workflow_id, &of, &notes, reterr);
    if (status < 0)
        return status;
    jc_mcp_put_scope(call, workflow_id);
    return put_notes(call, &of, &notes, FOUND_COUNT, reterr);
}

/* ---- Summing up ---- */

static void put_titles(jc_mcp_json *out, yyjson_mut_val *item, const jc_note_group *group)
{
    yyjson_mut_val *latest = jc_mcp_put_list(out, item, "latest");
    for (size_t i = 0; i < group->count && i < SUMMARY_TITLES; i++) {
        const jc_note *note = group->notes[i];
        yyjson_mut_val *each = jc_mcp_object(out);
        jc_mcp_put_uuid(out, each, "id", note->id);
        jc_mcp_put_text(out, each, "agent_id", jc_mcp_cut(note->agent_id, SUMMARY_TEXT_SIZE_MAX));
        jc_mcp_put_text(out, each, "title", jc_mcp_cut(note->title, SUMMARY_TEXT_SIZE_MAX));
        jc_mcp_add(out, latest, each);
    }
}

static void put_groups(jc_mcp_call *call, const char *list_name, const char *name,
                       const jc_note_group *groups, size_t count, size_t count_max, bool titles)
{
    jc_mcp_json *out = call->out;
    yyjson_mut_val *list = jc_mcp_put_list(out, call->result, list_name);
    for (size_t i = 0; i < count && i < count_max; i++) {
        yyjson_mut_val *item = jc_mcp_object(out);
        jc_mcp_put_text(out, item, name, jc_mcp_cut(groups[i].name, SUMMARY_TEXT_SIZE_MAX));
        jc_mcp_put_number(out, item, "count", groups[i].count);
        if (titles)
            put_titles(out, item, &groups[i]);
        jc_mcp_add(out, list, item);
    }
}

jc_status jc_mcp_get_notes_summary(jc_mcp_call *call, jc_error *reterr)
{
    jc_str workflow_id;
    jc_point point;
    jc_note_summary summary;
    JC_AUTO(jc_notes) notes = {0};
    jc_status status = find_scope(call, &workflow_id, &point, reterr);
    if (status == JC_OK)
        status = jc_notes_read(call->store, workflow_id, &point, NULL, &notes, reterr);
    if (status == JC_OK)
        status = jc_notes_summarize(&notes, &summary, reterr);
    if (status < 0)
        return status;
    jc_mcp_put_scope(call, workflow_id);
    jc_mcp_put_number(call->out, call->result, "total", notes.count);
    put_groups(call, "categories", "category", summary.categories, summary.category_count,
               SUMMARY_CATEGORIES_MAX, true);
    put_groups(call, "agents", "agent_id", summary.agents, summary.agent_count, SUMMARY_AGENTS_MAX,
               false);
    return JC_OK;
}
