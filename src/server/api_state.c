/* States, and what is read from them: /api/state, /api/status, /api/projections, /api/diff, /api/timeline,
 * /api/timings, /api/attention. */
#include "base/clock.h"
#include "base/fail.h"
#include "base/json.h"
#include "server/routes.h"

#include <inttypes.h>

#define PROJECTIONS_MAX 16 /* in one question */

typedef struct held_state {
    jc_state *state;
} held_state;

static void free_state(held_state *held)
{
    jc_state_free(held->state);
}
JC_AUTO_DEFINE(held_state, free_state);

/* ---- State and status ---- */

static jc_status put_state(jc_call *call, jc_str name, const jc_point *point, jc_error *reterr)
{
    JC_AUTO(jc_found_projection) found = {0};
    JC_AUTO(held_state) held = {NULL};
    jc_status status = jc_call_projection(call, name, &found, reterr);
    if (status == JC_OK)
        status =
            jc_state_read(call->store, found.projection, call->name, point, &held.state, reterr);
    if (status == JC_OK)
        status = jc_state_write(&call->out.sink, call->name, held.state, reterr);
    return status;
}

/* The names that were given, each parameter being one or several with commas between. */
static jc_status list_projections(jc_call *call, jc_str ret_names[PROJECTIONS_MAX],
                                  size_t *ret_count, jc_error *reterr)
{
    const jc_str *given = NULL;
    size_t count = 0;
    jc_status status = jc_query_texts(&call->query, "projection", &given, &count, reterr);
    *ret_count = 0;
    for (size_t i = 0; status == JC_OK && i < count; i++) {
        jc_str rest = given[i];
        while (status == JC_OK && rest.bytes != NULL) {
            const char *comma = memchr(rest.bytes, ',', rest.size);
            size_t size = comma != NULL ? (size_t)(comma - rest.bytes) : rest.size;
            if (size == 0 || *ret_count == PROJECTIONS_MAX)
                return jc_fail(reterr, JC_EINVAL, "projection: 1 to %d names, with commas between",
                               PROJECTIONS_MAX);
            status = jc_arena_keep(call->arena, (jc_str){rest.bytes, size},
                                   &ret_names[(*ret_count)++], reterr);
            rest = comma != NULL ? (jc_str){comma + 1, rest.size - size - 1} : (jc_str){0};
        }
    }
    return status;
}

jc_status jc_api_state(jc_call *call, jc_error *reterr)
{
    jc_str names[PROJECTIONS_MAX] = {JC_STR("workflow")};
    size_t count = 0;
    jc_point point;
    bool given;
    jc_status status = list_projections(call, names, &count, reterr);
    if (status == JC_OK)
        status = jc_call_point(call, "at", &point, &given, reterr);
    if (status == JC_OK && count <= 1)
        return put_state(call, names[0], &point, reterr);
    jc_put(&call->out, "{\"states\":[");
    for (size_t i = 0; status == JC_OK && i < count; i++) {
        jc_put_comma(&call->out);
        status = put_state(call, names[i], &point, reterr);
    }
    jc_put(&call->out, "]}");
    return status;
}

jc_status jc_api_status(jc_call *call, jc_error *reterr)
{
    JC_AUTO(held_state) held = {NULL};
    jc_point point;
    bool given;
    jc_status status = jc_call_point(call, "at", &point, &given, reterr);
    if (status == JC_OK)
        status = jc_state_read(call->store, jc_projection_find("workflow"), call->name, &point,
                               &held.state, reterr);
    if (status == JC_OK)
        status = jc_status_write(&call->out.sink, call->name, held.state, reterr);
    return status;
}

/* ---- Projections ---- */

static void put_projection(jc_answer *out, const jc_projection *projection)
{
    jc_put_comma(out);
    jc_put_format(out, "{\"name\":\"%s\",\"version\":%" PRIu32, projection->name,
                  projection->version);
    jc_put_member(out, "revision", jc_str_of(projection->revision));
    jc_put_member(out, "summary", jc_str_of(projection->summary));
    jc_put(out, "}");
}

/* A program that cannot be loaded is listed by its name: asking for its state says why. */
static void put_own(void *context, const char *name)
{
    jc_call *call = context;
    jc_projection *own = NULL;
    if (jc_projection_load(call->store, name, &own, NULL) == JC_OK) {
        put_projection(&call->out, own);
        jc_projection_unload(own);
        return;
    }
    jc_put_comma(&call->out);
    jc_put(&call->out, "{\"name\":");
    jc_put_text(&call->out, jc_str_of(name));
    jc_put(&call->out, "}");
}

jc_status jc_api_projections(jc_call *call, jc_error *reterr)
{
    size_t count = 0;
    const jc_projection *const *list = jc_projection_list(&count);
    jc_put(&call->out, "{\"projections\":[");
    for (size_t i = 0; i < count; i++)
        put_projection(&call->out, list[i]);
    jc_status status = jc_projection_custom_list(call->store, put_own, call, reterr);
    jc_put(&call->out, "]}");
    return status;
}

/* ---- Differences ---- */

static void put_change(void *context, const jc_change *change)
{
    jc_call *call = context;
    jc_put_comma(&call->out);
    jc_change_write(&call->out.sink, change);
}

/* Both states are there. */
static jc_status put_changes(jc_call *call, jc_state *before, jc_state *after, jc_error *reterr)
{
    const char *first = jc_state_json(before, reterr);
    const char *second = first != NULL ? jc_state_json(after, reterr) : NULL;
    if (second == NULL)
        return JC_ENOMEM;
    jc_put_format(&call->out, "{\"from\":%" PRIu64 ",\"to\":%" PRIu64 ",\"changes\":[",
                  jc_state_info_get(before).sequence, jc_state_info_get(after).sequence);
    jc_status status = jc_json_diff(jc_str_of(first), jc_str_of(second), put_change, call, reterr);
    jc_put(&call->out, "]}");
    return status;
}

static jc_status diff_points(jc_call *call, jc_error *reterr)
{
    JC_AUTO(jc_found_projection) found = {0};
    JC_AUTO(held_state) before = {NULL};
    JC_AUTO(held_state) after = {NULL};
    jc_point from, to;
    bool has_from, has_to;
    jc_str name = jc_query_text(&call->query, "projection");
    jc_status status = jc_call_point(call, "from", &from, &has_from, reterr);
    if (status == JC_OK && !has_from)
        return jc_fail(reterr, JC_EINVAL, "from: it is missing: a point to compare with");
    if (status == JC_OK)
        status = jc_call_point(call, "to", &to, &has_to, reterr);
    if (status == JC_OK)
        status = jc_call_projection(call, name.bytes != NULL ? name : JC_STR("workflow"), &found,
                                    reterr);
    if (status == JC_OK)
        status =
            jc_state_read(call->store, found.projection, call->name, &from, &before.state, reterr);
    if (status == JC_OK)
        status =
            jc_state_read(call->store, found.projection, call->name, &to, &after.state, reterr);
    return status == JC_OK ? put_changes(call, before.state, after.state, reterr) : status;
}

static jc_status diff_workflows(jc_call *call, jc_str other, jc_error *reterr)
{
    jc_cursor *cursors[2] = {NULL, NULL};
    jc_parting parting;
    if (call->query.count > 1)
        return jc_fail(reterr, JC_EINVAL, "with: it compares two workflows: it stands alone");
    jc_status status =
        jc_workflow_compare(call->store, call->name, other, cursors, &parting, reterr);
    if (status == JC_OK)
        jc_parting_write(&call->out.sink, &parting);
    jc_cursor_close(cursors[0]);
    jc_cursor_close(cursors[1]);
    return status;
}

jc_status jc_api_diff(jc_call *call, jc_error *reterr)
{
    jc_str other = jc_query_text(&call->query, "with");
    return other.bytes != NULL ? diff_workflows(call, other, reterr) : diff_points(call, reterr);
}

/* ---- Timeline ---- */

static jc_str spans_of(jc_str state)
{
    size_t at = 0;
    jc_str key, value;
    while (jc_json_next_member(state, &at, &key, &value)) {
        if (jc_str_equal(key, JC_STR("\"spans\"")))
            return value;
    }
    return JC_STR("[]");
}

static void put_timeline(jc_call *call, const jc_state_info *info, jc_str spans)
{
    size_t at = 0;
    size_t count = 0;
    jc_str span;
    jc_answer *out = &call->out;
    while (jc_json_next_element(spans, &at, &span))
        count++;
    jc_put(out, "{\"workflow_id\":");
    jc_put_text(out, call->name);
    jc_put_format(out, ",\"sequence\":%" PRIu64, info->sequence);
    if (info->has_timestamp)
        jc_put_time(out, "timestamp", info->timestamp_us);
    jc_put_format(out, ",\"spans\":%zu}\n", count);
    for (at = 0; jc_json_next_element(spans, &at, &span);) {
        jc_put_str(out, span);
        jc_put(out, "\n");
    }
}

jc_status jc_api_timeline(jc_call *call, jc_error *reterr)
{
    JC_AUTO(held_state) held = {NULL};
    jc_point point;
    bool given;
    jc_status status = jc_call_point(call, "at", &point, &given, reterr);
    if (status == JC_OK)
        status = jc_state_read(call->store, jc_projection_find("timeline"), call->name, &point,
                               &held.state, reterr);
    if (status < 0)
        return status;
    const char *json = jc_state_json(held.state, reterr);
    if (json == NULL)
        return JC_ENOMEM;
    jc_state_info info = jc_state_info_get(held.state);
    call->response->content_type = "application/x-ndjson";
    put_timeline(call, &info, spans_of(jc_str_of(json)));
    return JC_OK;
}

/* ---- Timings ---- */

jc_status jc_api_timings(jc_call *call, jc_error *reterr)
{
    jc_timings *timings = NULL;
    jc_point point;
    bool given;
    jc_status status = jc_call_point(call, "at", &point, &given, reterr);
    if (status == JC_OK)
        status = jc_timings_read(call->store, call->name, &point, &timings, reterr);
    if (status < 0)
        return status;
    jc_put(&call->out, "{\"features\":[");
    for (size_t i = 0; i < timings->feature_count; i++) {
        jc_put_comma(&call->out);
        jc_feature_timing_write(&call->out.sink, &timings->features[i]);
    }
    jc_put(&call->out, "],\"summary\":");
    jc_timings_summary_write(&call->out.sink, call->name, timings);
    jc_put(&call->out, "}");
    jc_timings_free(timings);
    return JC_OK;
}

/* ---- Attention ---- */

jc_status jc_api_attention(jc_call *call, jc_error *reterr)
{
    jc_attentions *attentions = NULL;
    jc_point point;
    bool given;
    jc_status status = jc_call_point(call, "at", &point, &given, reterr);
    if (status == JC_OK)
        status = jc_attention_read(call->store, call->name, &point, &attentions, reterr);
    if (status < 0)
        return status;
    int64_t as_of_us = given ? attentions->as_of_us : jc_clock_now_us();
    jc_put_format(&call->out, "{\"sequence\":%" PRIu64 ",\"attention\":[", attentions->sequence);
    for (size_t i = 0; i < attentions->count; i++) {
        if (attentions->items[i].due_us > as_of_us)
            continue;
        jc_put_comma(&call->out);
        jc_attention_write(&call->out.sink, &attentions->items[i]);
    }
    jc_put(&call->out, "]}");
    jc_attention_free(attentions);
    return JC_OK;
}
