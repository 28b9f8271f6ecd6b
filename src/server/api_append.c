/* POST /api/events and POST /api/notes: events of persons and programs, as `jc emit --batch` and `jc note add`
 * take them. */
#include "base/fail.h"
#include "base/json.h"
#include "server/routes.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* Deeper than data may be, so that data gets its own message. */
#define DEPTH_MAX 256
#define TAGS_MAX 64

/* What was posted, read: what is raw lies in `compact`. */
typedef struct posting {
    jc_call *call;
    jc_json json;
    yyjson_val *root;
    jc_str compact;
    jc_batch *batch;
    jc_expected *expected;
    size_t expected_count;
    bool is_list;
} posting;

static void end_posting(posting *of)
{
    jc_json_release(&of->json);
    jc_batch_free(of->batch);
}
JC_AUTO_DEFINE(posting, end_posting);

static jc_status read_body(posting *of, jc_error *reterr)
{
    const jc_json_limits limits = {.size_max = JC_REQUEST_BODY_SIZE_MAX, .depth_max = DEPTH_MAX};
    jc_call *call = of->call;
    jc_error error = {0};
    jc_status status = jc_json_read(&of->json, call->request->body, limits, call->arena, &of->root,
                                    &of->compact, &error);
    if (status == JC_ENOMEM)
        return jc_fail_memory(reterr);
    if (status < 0)
        return jc_fail(reterr, JC_EINVAL, "what was posted: %s", error.text);
    if (!yyjson_is_obj(of->root))
        return jc_fail(reterr, JC_EINVAL, "what was posted is no JSON object");
    return JC_OK;
}

/* ---- Events ---- */

/* Messages name the event where there are several. */
static jc_status fail_event(const posting *of, size_t number, const jc_error *error,
                            jc_error *reterr)
{
    if (!of->is_list)
        return jc_fail(reterr, error->status, "%s", error->text);
    return jc_fail(reterr, error->status, "events[%zu]: %s", number, error->text);
}

static jc_status add_event(posting *of, jc_str line, jc_error *reterr)
{
    size_t count = 0;
    jc_error error = {0};
    (void)jc_batch_events(of->batch, &count);
    if (count == JC_APPEND_MAX)
        return jc_fail(reterr, JC_EINVAL, "events: more than %d: post them in parts",
                       JC_APPEND_MAX);
    jc_status status = jc_batch_add_line(of->batch, line, &error);
    if (status < 0)
        return fail_event(of, count, &error, reterr);
    const jc_event *events = jc_batch_events(of->batch, &count);
    status = jc_event_check(of->call->store, &events[count - 1], false, NULL, &error);
    return status < 0 ? fail_event(of, count - 1, &error, reterr) : JC_OK;
}

static jc_status read_expected(posting *of, yyjson_val *expected, jc_error *reterr)
{
    size_t at, count;
    yyjson_val *key, *value;
    if (!yyjson_is_obj(expected))
        return jc_fail(reterr, JC_EINVAL, "expected: it must be {\"WORKFLOW\":SEQUENCE,…}");
    of->expected =
        jc_arena_get(of->call->arena, (yyjson_obj_size(expected) + 1) * sizeof *of->expected);
    if (of->expected == NULL)
        return jc_fail_memory(reterr);
    yyjson_obj_foreach(expected, at, count, key, value) {
        char digits[24] = "";
        char *end = digits;
        const char *raw = yyjson_get_raw(value);
        if (raw != NULL && yyjson_get_len(value) < sizeof digits - 4)
            (void)snprintf(digits, sizeof digits, "%.*s", (int)yyjson_get_len(value), raw);
        unsigned long long number = strtoull(digits, &end, 10);
        if (digits[0] < '0' || digits[0] > '9' || *end != '\0')
            return jc_fail(reterr, JC_EINVAL,
                           "expected: of '%.128s' it must be a sequence, 0 for no events yet",
                           yyjson_get_str(key));
        of->expected[of->expected_count++] =
            (jc_expected){.workflow_id = {yyjson_get_str(key), yyjson_get_len(key)},
                          .sequence = number};
    }
    return JC_OK;
}

static jc_status read_events(posting *of, jc_str list, jc_error *reterr)
{
    size_t at = 0;
    jc_str line;
    jc_status status = JC_OK;
    if (list.size == 0 || *list.bytes != '[')
        return jc_fail(reterr, JC_EINVAL, "events: it must be a list");
    while (status == JC_OK && jc_json_next_element(list, &at, &line))
        status = add_event(of, line, reterr);
    return status;
}

/* {"events":[…],"expected":{…}}: keys come unescaped from the tree, values raw from the text beside it. */
static jc_status read_unit(posting *of, jc_error *reterr)
{
    size_t i, count;
    size_t at = 0;
    yyjson_val *key, *value;
    jc_str raw_key, raw;
    jc_status status = JC_OK;
    yyjson_obj_foreach(of->root, i, count, key, value) {
        if (status < 0 || !jc_json_next_member(of->compact, &at, &raw_key, &raw))
            break;
        if (yyjson_equals_str(key, "events"))
            status = read_events(of, raw, reterr);
        else if (yyjson_equals_str(key, "expected"))
            status = read_expected(of, value, reterr);
        else
            status = jc_fail(reterr, JC_EINVAL, "'%.60s' is no member of a unit: events, expected",
                             yyjson_get_str(key));
    }
    return status;
}

static void put_stored(jc_answer *out, const jc_append_result *result)
{
    jc_put_format(out,
                  "{\"stored\":%zu,\"already_stored\":%zu,\"position\":%" PRIu64 ",\"events\":[",
                  result->stored, result->already_stored, result->position);
}

/* As it is stored, whoever stored it. */
static jc_status put_line(jc_call *call, jc_uuid event_id, jc_error *reterr)
{
    char id[JC_UUID_TEXT_SIZE];
    jc_event stored;
    jc_uuid_format(event_id, id);
    jc_status status = jc_event_find(call->store, jc_str_of(id), &stored, reterr);
    if (status < 0)
        return status;
    jc_put_comma(&call->out);
    jc_put_event(&call->out, &stored);
    return JC_OK;
}

/* An unknown outcome is settled by the same events once more, if they have ids. */
static jc_status explain(jc_status status, jc_error *error, jc_error *reterr)
{
    if (status != JC_EIO)
        return jc_fail(reterr, status, "%s", error->text);
    return jc_fail(reterr, status,
                   "%s; the outcome is unknown: post the same again, with ids, or look first",
                   error->text);
}

static jc_status append(posting *of, jc_error *reterr)
{
    jc_call *call = of->call;
    jc_unit unit = {.expected = of->expected, .expected_count = of->expected_count};
    jc_append_result result = {0};
    jc_error error = {0};
    unit.events = jc_batch_events(of->batch, &unit.count);
    if (unit.count == 0)
        return jc_fail(reterr, JC_EINVAL, "events: there are none");
    jc_status status = jc_append(call->store, &unit, 1, &result, &error);
    if (status < 0)
        return explain(status, &error, reterr);
    call->response->status = 201;
    put_stored(&call->out, &result);
    for (size_t i = 0; status == JC_OK && i < unit.count; i++)
        status = put_line(call, unit.events[i].id, reterr);
    jc_put(&call->out, "]}");
    return status;
}

jc_status jc_api_append(jc_call *call, jc_error *reterr)
{
    JC_AUTO(posting) of = {.call = call};
    jc_status status = read_body(&of, reterr);
    if (status == JC_OK)
        status = jc_batch_new(&of.batch, reterr);
    if (status < 0)
        return status;
    of.is_list = yyjson_obj_get(of.root, "events") != NULL;
    status = of.is_list ? read_unit(&of, reterr) : add_event(&of, of.compact, reterr);
    return status == JC_OK ? append(&of, reterr) : status;
}

/* ---- Notes ---- */

typedef struct note_posting {
    jc_str workflow_id;
    jc_str id;
    jc_note_draft draft;
    jc_str tags[TAGS_MAX];
} note_posting;

static jc_str *note_field(note_posting *note, yyjson_val *key)
{
    const struct {
        const char *name;
        jc_str *field;
    } fields[] = {{"workflow_id", &note->workflow_id},
                  {"id", &note->id},
                  {"title", &note->draft.title},
                  {"content", &note->draft.content},
                  {"category", &note->draft.category},
                  {"agent_id", &note->draft.agent_id},
                  {"related_file", &note->draft.related_file},
                  {"related_feature", &note->draft.related_feature},
                  {"correlation_id", &note->draft.correlation_id},
                  {"causation_id", &note->draft.causation_id}};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (yyjson_equals_str(key, fields[i].name))
            return fields[i].field;
    }
    return NULL;
}

static jc_status read_tags(note_posting *note, yyjson_val *tags, jc_error *reterr)
{
    size_t at, count;
    yyjson_val *tag;
    if (!yyjson_is_arr(tags) || yyjson_arr_size(tags) > TAGS_MAX)
        return jc_fail(reterr, JC_EINVAL, "tags: it must be a list of at most %d texts", TAGS_MAX);
    yyjson_arr_foreach(tags, at, count, tag) {
        if (!yyjson_is_str(tag))
            return jc_fail(reterr, JC_EINVAL, "tags: each must be a text");
        note->tags[at] = (jc_str){yyjson_get_str(tag), yyjson_get_len(tag)};
    }
    note->draft.tags = note->tags;
    note->draft.tag_count = count;
    return JC_OK;
}

static jc_status read_note(const posting *of, note_posting *note, jc_error *reterr)
{
    size_t at, count;
    yyjson_val *key, *value;
    yyjson_obj_foreach(of->root, at, count, key, value) {
        const char *name = yyjson_get_str(key);
        jc_str *field = note_field(note, key);
        bool is_tags = yyjson_equals_str(key, "tags");
        if (is_tags && !yyjson_is_null(value)) {
            jc_status status = read_tags(note, value, reterr);
            if (status < 0)
                return status;
            continue;
        }
        if (field == NULL && !is_tags)
            return jc_fail(reterr, JC_EINVAL, "'%.60s' is no member of a note", name);
        if (yyjson_is_null(value))
            continue;
        if (!yyjson_is_str(value))
            return jc_fail(reterr, JC_EINVAL, "%s: it must be a text", name);
        *field = (jc_str){yyjson_get_str(value), yyjson_get_len(value)};
    }
    return JC_OK;
}

static jc_status complete_note(note_posting *note, jc_error *reterr)
{
    jc_error error = {0};
    if (note->draft.agent_id.bytes == NULL)
        note->draft.agent_id = JC_STR("person");
    if (note->workflow_id.bytes == NULL)
        return jc_fail(reterr, JC_EINVAL, "workflow_id: it is missing");
    if (note->id.bytes == NULL)
        return jc_uuid_new(&note->draft.id, reterr);
    if (jc_uuid_parse(note->id, &note->draft.id, &error) < 0)
        return jc_fail(reterr, JC_EINVAL, "id: %s", error.text);
    return JC_OK;
}

jc_status jc_api_add_note(jc_call *call, jc_error *reterr)
{
    JC_AUTO(posting) of = {.call = call};
    note_posting note = {.workflow_id = {0}};
    jc_note_receipt receipt = {0};
    jc_error error = {0};
    jc_status status = read_body(&of, reterr);
    if (status == JC_OK)
        status = read_note(&of, &note, reterr);
    if (status == JC_OK)
        status = complete_note(&note, reterr);
    if (status < 0)
        return status;
    status = jc_note_add(call->store, note.workflow_id, &note.draft, &receipt, &error);
    if (status < 0)
        return explain(status, &error, reterr);
    call->response->status = 201;
    jc_append_result result = {.stored = receipt.event.already_stored ? 0 : 1,
                               .already_stored = receipt.event.already_stored ? 1 : 0,
                               .position = receipt.event.position};
    put_stored(&call->out, &result);
    status = put_line(call, receipt.id, reterr);
    jc_put(&call->out, "]}");
    return status;
}
