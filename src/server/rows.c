/* What the list of workflows says of each: see rows.h.
 *
 * Four states make a row: workflow, agents, and for what needs a person notes and mailbox too. A workflow
 * that nobody started by name is known by its sessions. */
#include "server/rows.h"

#include "base/fail.h"
#include "base/json.h"
#include "server/answer.h"

#include <inttypes.h>
#include <stdlib.h>

#define STATUSES_MAX 60
#define PROMPTS_MAX 50        /* that are looked at for a name */
#define PROMPT_CHARACTERS 200 /* of a prompt that is a name */

enum {
    WORKFLOW,
    AGENTS,
    NOTES,
    MAILBOX,
    STATE_COUNT
};

static const char *const projections[STATE_COUNT] = {"workflow", "agents", "notes", "mailbox"};

/* ---- Keeping ---- */

void jc_row_clear(jc_row *row)
{
    jc_buf_release(&row->json);
    free(row->matters);
    row->matters = NULL;
    row->matter_count = 0;
    row->made = false;
}

static void release_row(jc_row *row)
{
    jc_row_clear(row);
    jc_buf_release(&row->name);
}

void jc_rows_release(jc_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++)
        release_row(&rows->items[i]);
    free(rows->items);
    *rows = (jc_rows){0};
}

static int compare_ids(jc_str a, jc_str b)
{
    size_t size = a.size < b.size ? a.size : b.size;
    int order = memcmp(a.bytes, b.bytes, size);
    return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

/* Take the row of a workflow over, or begin a new one. */
static void take_row(jc_row *to, jc_row *from, const jc_workflow_summary *summary)
{
    if (from != NULL) {
        *to = *from;
        *from = (jc_row){.made = false};
    } else {
        *to = (jc_row){.made = false};
        memcpy(to->workflow_id, summary->workflow_id.bytes, summary->workflow_id.size);
    }
    bool has_moved = to->last_position != summary->last_position ||
                     memcmp(&to->hash, &summary->hash, sizeof to->hash) != 0;
    if (has_moved)
        jc_row_clear(to);
    to->last_position = summary->last_position;
    to->hash = summary->hash;
}

/* Both lists are sorted by id. */
jc_status jc_rows_match(jc_rows *rows, const jc_workflow_summary summaries[], size_t count,
                        jc_error *reterr)
{
    size_t at = 0;
    jc_row *items = calloc(count + 1, sizeof *items);
    if (items == NULL)
        return jc_fail_memory(reterr);
    for (size_t i = 0; i < count; i++) {
        int order = 1;
        while (at < rows->count && (order = compare_ids(jc_str_of(rows->items[at].workflow_id),
                                                        summaries[i].workflow_id)) < 0)
            at++;
        take_row(&items[i], at < rows->count && order == 0 ? &rows->items[at++] : NULL,
                 &summaries[i]);
    }
    jc_rows_release(rows);
    *rows = (jc_rows){.items = items, .count = count};
    return JC_OK;
}

/* ---- Making ---- */

/* The states of a workflow as texts and trees. */
typedef struct reading {
    jc_state *states[STATE_COUNT];
    jc_str texts[STATE_COUNT];
    yyjson_doc *workflow;
    yyjson_doc *agents;
} reading;

static void end_reading(reading *in)
{
    yyjson_doc_free(in->workflow);
    yyjson_doc_free(in->agents);
    for (size_t i = 0; i < STATE_COUNT; i++)
        jc_state_free(in->states[i]);
}
JC_AUTO_DEFINE(reading, end_reading);

static jc_status read_states(reading *in, jc_store *store, const jc_workflow_summary *summary,
                             jc_error *reterr)
{
    jc_point point = {.kind = JC_POINT_SEQUENCE, .number = summary->events};
    for (size_t i = 0; i < STATE_COUNT; i++) {
        jc_status status = jc_state_read(store, jc_projection_find(projections[i]),
                                         summary->workflow_id, &point, &in->states[i], reterr);
        if (status < 0)
            return status;
        in->texts[i] = jc_str_of(jc_state_json(in->states[i], reterr));
        if (in->texts[i].bytes == NULL)
            return JC_ENOMEM;
    }
    in->workflow = yyjson_read(in->texts[WORKFLOW].bytes, in->texts[WORKFLOW].size, 0);
    in->agents = yyjson_read(in->texts[AGENTS].bytes, in->texts[AGENTS].size, 0);
    return in->workflow != NULL && in->agents != NULL ? JC_OK : jc_fail_memory(reterr);
}

/* What a session was asked first: by a person, in words. */
static jc_str prompt_of(yyjson_val *data)
{
    yyjson_val *human = yyjson_obj_get(data, "human");
    jc_str prompt = jc_json_text(data, "prompt");
    return human == NULL || yyjson_get_bool(human) ? prompt : (jc_str){0};
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The beginning of a prompt, its white space made single spaces. */
static jc_status keep_name(jc_row *row, jc_str prompt, jc_error *reterr)
{
    size_t characters = 0;
    bool wants_space = false;
    jc_status status = JC_OK;
    while (status == JC_OK && prompt.size > 0) {
        size_t size = jc_utf8_size(prompt);
        size += size == 0 ? 1 : 0;
        if (is_space(prompt.bytes[0])) {
            wants_space = characters > 0;
        } else {
            size_t wanted = wants_space ? 2 : 1;
            if (characters + wanted > PROMPT_CHARACTERS)
                return jc_buf_append_text(&row->name, "…", reterr);
            if (wants_space)
                status = jc_buf_append_char(&row->name, ' ', reterr);
            if (status == JC_OK)
                status = jc_buf_append(&row->name, prompt.bytes, size, reterr);
            characters += wanted;
            wants_space = false;
        }
        prompt = (jc_str){prompt.bytes + size, prompt.size - size};
    }
    return status;
}

static jc_status see_prompt(jc_row *row, const jc_event *event, jc_error *reterr)
{
    yyjson_doc *doc = yyjson_read(event->data.bytes, event->data.size, YYJSON_READ_NUMBER_AS_RAW);
    jc_status status = keep_name(row, prompt_of(yyjson_doc_get_root(doc)), reterr);
    yyjson_doc_free(doc);
    return status;
}

/* The first prompt stays the first: it is looked for until it is there. */
static jc_status find_prompt(jc_row *row, jc_store *store, jc_str workflow_id, jc_error *reterr)
{
    jc_str type = JC_STR("turn.started");
    jc_filter filter = {.workflow_ids = &workflow_id,
                        .workflow_count = 1,
                        .event_types = &type,
                        .event_type_count = 1};
    jc_cursor *cursor = NULL;
    const jc_event *event = NULL;
    if (row->name.size > 0)
        return JC_OK;
    jc_status status = jc_cursor_open(store, &filter, &cursor, reterr);
    for (int i = 0; status == JC_OK && row->name.size == 0 && i < PROMPTS_MAX; i++) {
        status = jc_cursor_next(cursor, &event, reterr);
        if (status == JC_OK)
            status = see_prompt(row, event, reterr);
    }
    jc_cursor_close(cursor);
    return status == JC_END ? JC_OK : status;
}

/* One session that is open keeps the workflow running. Absent: there is none at all. */
static jc_str status_of_sessions(yyjson_val *agents)
{
    size_t at, count;
    yyjson_val *session;
    jc_str status = {0};
    yyjson_arr_foreach(yyjson_obj_get(agents, "sessions"), at, count, session) {
        if (!jc_str_equal(jc_json_text(session, "status"), JC_STR("ended")))
            return JC_STR("running");
        status = JC_STR("completed");
    }
    return status;
}

static void put_cost(jc_answer *out, yyjson_val *workflow, yyjson_val *agents)
{
    size_t at, count;
    yyjson_val *agent;
    yyjson_val *told = yyjson_obj_get(workflow, "cost_usd");
    bool is_known = told != NULL;
    double cost = yyjson_get_num(told);
    yyjson_arr_foreach(yyjson_obj_get(agents, "agents"), at, count, agent) {
        yyjson_val *share = yyjson_obj_get(agent, "cost_usd");
        is_known = is_known || share != NULL;
        cost += told == NULL ? yyjson_get_num(share) : 0;
    }
    if (is_known)
        jc_put_format(out, ",\"cost_usd\":%.15g", cost);
}

static void put_features(jc_answer *out, yyjson_val *workflow)
{
    size_t at, count;
    yyjson_val *feature;
    jc_put_format(out, ",\"features_completed\":%" PRIu64 ",\"features_total\":%" PRIu64,
                  yyjson_get_uint(yyjson_obj_get(workflow, "features_completed")),
                  yyjson_get_uint(yyjson_obj_get(workflow, "features_total")));
    jc_put(out, ",\"features\":[");
    yyjson_arr_foreach(yyjson_obj_get(workflow, "features"), at, count, feature) {
        if (at == STATUSES_MAX)
            break;
        jc_put_comma(out);
        jc_put_text(out, jc_json_text(feature, "status"));
    }
    jc_put(out, "]");
}

/* Who is at work; nobody any more once the workflow is over. */
static void put_agents(jc_answer *out, yyjson_val *agents, bool has_ended)
{
    size_t at, count;
    yyjson_val *agent;
    yyjson_val *list = yyjson_obj_get(agents, "agents");
    jc_put_format(out, ",\"agents\":%zu,\"agents_active\":[", yyjson_arr_size(list));
    yyjson_arr_foreach(list, at, count, agent) {
        if (has_ended || !jc_str_equal(jc_json_text(agent, "status"), JC_STR("active")))
            continue;
        jc_put_comma(out);
        jc_put_text(out, jc_json_text(agent, "agent_id"));
    }
    jc_put(out, "]");
}

static void put_summary(jc_answer *out, const jc_workflow_summary *summary)
{
    char hash[JC_HASH_TEXT_SIZE];
    jc_hash_format(summary->hash, hash);
    jc_put(out, "\"workflow_id\":");
    jc_put_text(out, summary->workflow_id);
    jc_put_format(out, ",\"events\":%" PRIu64, summary->events);
    jc_put_time(out, "first_at", summary->first_us);
    jc_put_time(out, "last_at", summary->last_us);
    jc_put_format(out, ",\"last_position\":%" PRIu64 ",\"hash\":\"%s\"", summary->last_position,
                  hash);
}

static void put_standing(jc_answer *out, const reading *in, jc_str name)
{
    yyjson_val *workflow = yyjson_doc_get_root(in->workflow);
    yyjson_val *agents = yyjson_doc_get_root(in->agents);
    jc_str status = jc_json_text(workflow, "status");
    if (status.bytes == NULL)
        status = status_of_sessions(agents);
    jc_put_member(out, "name", name);
    jc_put_member(out, "status", status);
    jc_put_member(out, "phase", jc_json_text(workflow, "phase"));
    put_features(out, workflow);
    put_cost(out, workflow, agents);
    put_agents(out, agents,
               jc_str_equal(status, JC_STR("completed")) || jc_str_equal(status, JC_STR("failed")));
}

static jc_status keep_matters(jc_row *row, const reading *in, jc_error *reterr)
{
    jc_attentions *attentions = NULL;
    jc_attention_states states = {.workflow = in->texts[WORKFLOW],
                                  .agents = in->texts[AGENTS],
                                  .notes = in->texts[NOTES],
                                  .mailbox = in->texts[MAILBOX]};
    jc_status status = jc_attention_of(&states, &attentions, reterr);
    if (status < 0)
        return status;
    row->matters = calloc(attentions->count + 1, sizeof *row->matters);
    if (row->matters == NULL)
        status = jc_fail_memory(reterr);
    for (size_t i = 0; status == JC_OK && i < attentions->count; i++) {
        const jc_attention *item = &attentions->items[i];
        row->matters[row->matter_count++] =
            (jc_row_matter){.due_us = item->due_us, .bad = item->bad};
    }
    jc_attention_free(attentions);
    return status;
}

static jc_status make(jc_row *row, jc_store *store, const jc_workflow_summary *summary,
                      jc_error *reterr)
{
    JC_AUTO(reading) in = {.workflow = NULL};
    jc_answer out;
    jc_answer_init(&out, &row->json);
    put_summary(&out, summary);
    jc_status status = read_states(&in, store, summary, reterr);
    /* Whose events are damaged is listed all the same: `jc verify` says what is wrong. */
    if (status == JC_ECORRUPT) {
        jc_put(&out, ",\"features_completed\":0,\"features_total\":0,\"features\":[],\"agents\":0,"
                     "\"agents_active\":[]");
        return jc_answer_status(&out, reterr);
    }
    jc_str name = jc_json_text(yyjson_doc_get_root(in.workflow), "description");
    if (status == JC_OK && name.bytes == NULL) {
        status = find_prompt(row, store, summary->workflow_id, reterr);
        name = row->name.size > 0 ? jc_buf_str(&row->name) : name;
    }
    if (status == JC_OK)
        status = keep_matters(row, &in, reterr);
    if (status < 0)
        return status;
    put_standing(&out, &in, name);
    return jc_answer_status(&out, reterr);
}

jc_status jc_row_make(jc_row *row, jc_store *store, const jc_workflow_summary *summary,
                      jc_error *reterr)
{
    jc_status status = make(row, store, summary, reterr);
    if (status < 0)
        jc_row_clear(row);
    row->made = status == JC_OK;
    return status;
}
