/* GET /api/notes and /api/notes/{workflow}: agents' notes. */
#include "base/fail.h"
#include "server/routes.h"

#define LIMIT 100 /* of notes of all workflows; those of one have none, unless it is given */
#define LIMIT_MAX 1000

JC_AUTO_DEFINE(jc_notes, jc_notes_release);

static jc_note_filter filter_of(const jc_query *query)
{
    return (jc_note_filter){.category = jc_query_text(query, "category"),
                            .agent_id = jc_query_text(query, "agent"),
                            .tag = jc_query_text(query, "tag")};
}

/* ---- Of one workflow ---- */

/* Counts of all categories, whichever is asked for: a page shows them beside the one that was chosen. */
static jc_status put_counts(jc_call *call, const jc_notes *notes, jc_error *reterr)
{
    jc_note_summary summary = {0};
    jc_status status = jc_notes_summarize(notes, &summary, reterr);
    jc_put(&call->out, "],\"by_category\":{");
    for (size_t i = 0; status == JC_OK && i < summary.category_count; i++) {
        jc_put_comma(&call->out);
        jc_put_text(&call->out, summary.categories[i].name);
        jc_put_format(&call->out, ":%zu", summary.categories[i].count);
    }
    jc_put(&call->out, "}}");
    return status;
}

jc_status jc_api_notes_of(jc_call *call, jc_error *reterr)
{
    JC_AUTO(jc_notes) notes = {0};
    jc_note_filter filter = filter_of(&call->query);
    jc_str category = filter.category;
    uint64_t limit = UINT64_MAX;
    jc_point point;
    bool given;
    filter.category = (jc_str){0};
    jc_status status = jc_query_number(&call->query, "limit", 1, INT64_MAX, &limit, reterr);
    if (status == JC_OK)
        status = jc_call_point(call, "at", &point, &given, reterr);
    if (status == JC_OK)
        status = jc_notes_read(call->store, call->name, &point, &filter, &notes, reterr);
    if (status < 0)
        return status;
    jc_put(&call->out, "{\"notes\":[");
    for (size_t i = 0; i < notes.count && limit > 0; i++) {
        if (category.bytes != NULL && !jc_str_equal(category, notes.items[i].category))
            continue;
        jc_put_comma(&call->out);
        jc_note_write(&call->out.sink, &notes.items[i]);
        limit--;
    }
    return put_counts(call, &notes, reterr);
}

/* ---- Of all ---- */

jc_status jc_api_notes(jc_call *call, jc_error *reterr)
{
    JC_AUTO(jc_notes) notes = {0};
    jc_note_filter filter = filter_of(&call->query);
    jc_str words = jc_query_text(&call->query, "q");
    jc_str all = {0};
    uint64_t limit = LIMIT;
    jc_status status = jc_query_number(&call->query, "limit", 1, LIMIT_MAX, &limit, reterr);
    filter.limit = (size_t)limit + 1; /* one more tells whether there are more */
    if (status == JC_OK && words.bytes != NULL)
        status = jc_notes_search(call->store, words, all, &filter, NULL, NULL, &notes, reterr);
    else if (status == JC_OK)
        status = jc_notes_read(call->store, all, NULL, &filter, &notes, reterr);
    if (status < 0)
        return status;
    jc_put(&call->out, "{\"notes\":[");
    for (size_t i = 0; i < notes.count && i < limit; i++) {
        jc_put_comma(&call->out);
        jc_note_write(&call->out.sink, &notes.items[i]);
    }
    jc_put_format(&call->out, "],\"more\":%s}", notes.count > limit ? "true" : "false");
    return JC_OK;
}
