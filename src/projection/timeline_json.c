/* The state of the projection `timeline` as JSON, and back: see timeline_json.h.
 *
 * Beside what a chart needs stand, for events to come, each span's key, a turn's session, an attempt's
 * feature as its place in `features`, and the sequence of the event that made the span. */
#include "projection/timeline_json.h"

#include "base/fail.h"
#include "projection/read.h"

#include <inttypes.h>
#include <stdio.h>

#define SPAN_WORD(name, word) word,
static const char *const kinds[JC_SPAN_KIND_COUNT] = {JC_SPAN_KIND_MAP(SPAN_WORD)};
static const char *const statuses[JC_SPAN_STATUS_COUNT] = {JC_SPAN_STATUS_MAP(SPAN_WORD)};
#undef SPAN_WORD

#define ID_SIZE 48

static jc_str id_of(const jc_span *span, char room[ID_SIZE])
{
    (void)snprintf(room, ID_SIZE, "%s:%" PRIu64 "%s", kinds[span->kind], span->sequence,
                   span->is_before ? ":before" : "");
    return jc_str_of(room);
}

/* An attempt is called what its feature is called now. */
static jc_str name_of(const jc_timeline *state, const jc_span *span)
{
    if (span->kind != JC_SPAN_FEATURE)
        return span->name;
    jc_str name = jc_feature_names_name(&state->names, span->feature);
    return name.bytes != NULL ? name : jc_feature_names_id(&state->names, span->feature);
}

static void write_span(jc_write *write, yyjson_mut_val *list, const jc_timeline *state,
                       const jc_span *span)
{
    char room[ID_SIZE];
    yyjson_mut_val *object = jc_write_element(write, list);
    jc_write_text_copy(write, object, "id", id_of(span, room));
    if (span->parent != NULL)
        jc_write_text_copy(write, object, "parent_id", id_of(span->parent, room));
    jc_write_text(write, object, "kind", jc_str_of(kinds[span->kind]));
    jc_write_text(write, object, "name", name_of(state, span));
    jc_write_text(write, object, "agent_id", span->agent_id);
    jc_write_maybe_time(write, object, "started_at", span->started_us);
    jc_write_maybe_time(write, object, "ended_at", span->ended_us);
    if (span->ended_us.given)
        jc_write_maybe(write, object, "duration_ms",
                       jc_duration_between(span->started_us, span->ended_us.value));
    jc_write_text(write, object, "status", jc_str_of(statuses[span->status]));
    jc_write_count(write, object, "sequence", span->sequence);
    if (span->kind != JC_SPAN_PHASE)
        jc_write_text(write, object, "key", span->key);
    jc_write_text(write, object, "session_id", span->session);
    if (span->kind == JC_SPAN_FEATURE)
        jc_write_count(write, object, "feature", span->feature);
}

jc_status jc_timeline_write_json(const void *context, jc_output *output, jc_error *reterr)
{
    const jc_timeline *state = context;
    jc_write write;
    yyjson_mut_val *root = jc_write_begin(&write);
    yyjson_mut_val *spans = jc_write_list(&write, root, "spans");
    for (const jc_span *span = state->root; span != NULL; span = span->next)
        write_span(&write, spans, state, span);
    if (state->names.count == 0)
        return jc_write_end(&write, output, reterr);
    yyjson_mut_val *features = jc_write_list(&write, root, "features");
    for (size_t i = 0; i < state->names.count; i++)
        jc_feature_names_write(&state->names, i, &write, jc_write_element(&write, features));
    return jc_write_end(&write, output, reterr);
}

/* A state on its way back; ids are only needed until all parents are found. */
typedef struct reading {
    jc_timeline *state;
    jc_arena arena;
    jc_map by_id; /* to jc_span */
} reading;

static bool read_words(yyjson_val *object, jc_span *span)
{
    size_t kind = jc_word_of(jc_read_text(object, "kind"), kinds, JC_SPAN_KIND_COUNT);
    size_t status = jc_word_of(jc_read_text(object, "status"), statuses, JC_SPAN_STATUS_COUNT);
    span->kind = (jc_span_kind)kind;
    span->status = (jc_span_status)status;
    return kind < JC_SPAN_KIND_COUNT && status < JC_SPAN_STATUS_COUNT;
}

static bool read_feature_place(yyjson_val *object, const jc_timeline *state, jc_span *span)
{
    uint64_t place = 0;
    if (span->kind != JC_SPAN_FEATURE)
        return true;
    bool given = jc_read_count(object, "feature", &place);
    span->feature = (size_t)place;
    return given && place < state->names.count;
}

static jc_status read_texts(jc_timeline *state, yyjson_val *object, jc_span *span, jc_error *reterr)
{
    const struct {
        const char *name;
        jc_str *text;
    } texts[] = {{"name", &span->name},
                 {"agent_id", &span->agent_id},
                 {"key", &span->key},
                 {"session_id", &span->session}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        jc_str given = jc_read_text(object, texts[i].name);
        jc_status status =
            jc_texts_keep(&state->texts, &state->arena, given, texts[i].text, reterr);
        if (status < 0)
            return status;
    }
    /* What is not written, since it follows from the kind. */
    if (span->kind == JC_SPAN_PHASE)
        span->key = JC_STR("phase");
    if (span->kind == JC_SPAN_FEATURE)
        span->name = (jc_str){0};
    if (span->kind == JC_SPAN_TURN && span->session.bytes == NULL)
        span->session = JC_STR("");
    return JC_OK;
}

/* What the state keeps beside the list and the keys. */
static jc_status remember(jc_timeline *state, jc_span *span, jc_error *reterr)
{
    bool is_open = !span->ended_us.given;
    switch (span->kind) {
    case JC_SPAN_PHASE:
        state->phase = is_open ? span : NULL;
        return JC_OK;
    case JC_SPAN_FEATURE:
        return jc_timeline_set_attempt(state, span->feature, span, reterr);
    case JC_SPAN_TURN:
        /* A session has at most one that is open, and those that ended matter no more. */
        return is_open ? jc_timeline_set_turn(state, span->session, span, reterr) : JC_OK;
    default:
        return JC_OK;
    }
}

static jc_status read_span(reading *in, yyjson_val *object, jc_error *reterr)
{
    jc_span span = {.started_us = jc_read_maybe_time(object, "started_at"),
                    .ended_us = jc_read_maybe_time(object, "ended_at")};
    jc_span *made = NULL;
    char room[ID_SIZE];
    jc_str id = jc_read_text(object, "id");
    jc_str parent_id = jc_read_text(object, "parent_id");
    span.parent = parent_id.bytes != NULL ? jc_map_get(&in->by_id, parent_id) : NULL;
    bool is_root = in->state->root == NULL;
    if (!read_words(object, &span) || !jc_read_count(object, "sequence", &span.sequence) ||
        !read_feature_place(object, in->state, &span) || (span.parent == NULL) != is_root)
        return jc_read_fail("a span", reterr);
    span.is_before = !jc_str_equal(id, id_of(&span, room));
    if (!jc_str_equal(id, id_of(&span, room)) || jc_map_get(&in->by_id, id) != NULL)
        return jc_read_fail("the id of a span", reterr);
    jc_status status = read_texts(in->state, object, &span, reterr);
    if (status == JC_OK)
        status = jc_timeline_add(in->state, &span, &made, reterr);
    if (status == JC_OK && !jc_map_put(&in->by_id, &in->arena, id, made))
        return jc_fail_memory(reterr);
    return status == JC_OK ? remember(in->state, made, reterr) : status;
}

static jc_status read_all(reading *in, yyjson_val *root, jc_error *reterr)
{
    size_t at = 0;
    size_t count = 0;
    yyjson_val *each;
    yyjson_arr_foreach(yyjson_obj_get(root, "features"), at, count, each) {
        jc_status status = jc_feature_names_read(&in->state->names, each, reterr);
        if (status == JC_OK)
            status = jc_timeline_set_attempt(in->state, in->state->attempt_count, NULL, reterr);
        if (status < 0)
            return status;
    }
    yyjson_arr_foreach(yyjson_obj_get(root, "spans"), at, count, each) {
        jc_status status = read_span(in, each, reterr);
        if (status < 0)
            return status;
    }
    return JC_OK;
}

jc_status jc_timeline_read_json(void *context, jc_str json, jc_error *reterr)
{
    reading in = {.state = context};
    JC_AUTO(jc_read) read = {0};
    yyjson_val *root = NULL;
    jc_status status = jc_read_begin(&read, json, &root, reterr);
    if (status == JC_OK)
        status = read_all(&in, root, reterr);
    jc_arena_release(&in.arena);
    return status;
}
