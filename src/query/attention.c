/* What needs a person: read from the states of four projections as any reader of their JSON would, so that
 * whoever has only those, such as a page that was saved, comes to the same.
 *
 *     workflow ──▶ failed, paused, features that failed
 *     notes    ──▶ blockers and questions without an answer
 *     agents   ──▶ permissions, calls that stay open   } while the workflow is neither
 *     mailbox  ──▶ messages that nobody reads          } completed nor failed
 *
 * What takes some patience is listed all the same, with the time from which it counts. */
#include "jc/query.h"

#include "base/arena.h"
#include "base/array.h"
#include "base/fail.h"
#include "base/json.h"

#include <stdlib.h>

#define TITLE_PARTS 3

/* What jc_attention_free() gets is the first member. */
typedef struct attentions_owner {
    jc_attentions attentions;
    jc_arena arena; /* owns texts */
    jc_attention *items;
    size_t count;
    size_t capacity;
    jc_status status; /* the first failure */
} attentions_owner;

static const struct {
    const char *text;
    bool bad;
} kinds[] = {
#define KIND(name, text, bad) {text, bad},
    JC_ATTENTION_MAP(KIND)
#undef KIND
};

const char *jc_attention_kind_text(jc_attention_kind kind)
{
    return (size_t)kind < JC_ATTENTION_COUNT ? kinds[kind].text : "";
}

/* ---- Adding ---- */

/* Texts one behind the other, absent ones being empty, with a zero byte at the end. */
static jc_str joined(attentions_owner *owner, const jc_str parts[TITLE_PARTS])
{
    size_t size = 0;
    for (size_t i = 0; i < TITLE_PARTS; i++)
        size += parts[i].size;
    char *bytes = jc_arena_get(&owner->arena, size + 1);
    if (bytes == NULL) {
        owner->status = JC_ENOMEM;
        return JC_STR("");
    }
    char *end = bytes;
    for (size_t i = 0; i < TITLE_PARTS; i++) {
        if (parts[i].size > 0)
            memcpy(end, parts[i].bytes, parts[i].size);
        end += parts[i].size;
    }
    *end = '\0';
    return (jc_str){bytes, size};
}

static jc_str kept(attentions_owner *owner, jc_str text)
{
    return joined(owner, (jc_str[TITLE_PARTS]){text});
}

/* Add a matter. `subject` (absent: the workflow itself) is what its key goes by; the title is put together
 * of what stands before and behind `name`. */
static void add(attentions_owner *owner, jc_attention item, jc_str subject, const char *before,
                jc_str name, const char *behind)
{
    jc_attention *items =
        jc_array_grow(owner->items, sizeof *items, owner->count, &owner->capacity);
    if (items == NULL) {
        owner->status = JC_ENOMEM;
        return;
    }
    owner->items = items;
    jc_str kind = jc_str_of(kinds[item.kind].text);
    item.bad = kinds[item.kind].bad;
    item.key =
        joined(owner,
               (jc_str[TITLE_PARTS]){kind, jc_str_of(subject.bytes != NULL ? ":" : ""), subject});
    item.title = joined(owner, (jc_str[TITLE_PARTS]){jc_str_of(before), name, jc_str_of(behind)});
    item.text = kept(owner, item.text);
    if (item.agent_id.bytes != NULL)
        item.agent_id = kept(owner, item.agent_id);
    items[owner->count++] = item;
}

/* A matter begun by an event whose sequence and time the object has under these names. false: it does not
 * say. Without patience it counts at once, however clocks differ. */
static bool begin(yyjson_val *object, const char *sequence, const char *time, jc_attention *ret)
{
    ret->sequence = yyjson_get_uint(yyjson_obj_get(object, sequence));
    ret->due_us = INT64_MIN;
    return jc_time_parse(jc_json_text(object, time), &ret->at_us, NULL) == JC_OK;
}

static bool has_word(yyjson_val *object, const char *name, const char *word)
{
    return jc_str_equal(jc_json_text(object, name), jc_str_of(word));
}

/* ---- What each state says ---- */

static void add_feature(attentions_owner *owner, yyjson_val *feature)
{
    jc_attention item = {.kind = JC_ATTENTION_FEATURE_FAILED,
                         .text = jc_json_text(feature, "error")};
    jc_str name = jc_json_text(feature, "name");
    if (name.bytes == NULL)
        name = jc_json_text(feature, "feature_id");
    if (has_word(feature, "status", "failed") && name.bytes != NULL &&
        begin(feature, "status_sequence", "status_since", &item))
        add(owner, item, name, "", name, " failed");
}

static void see_workflow(attentions_owner *owner, yyjson_val *workflow)
{
    size_t at, count;
    yyjson_val *feature;
    jc_attention failed = {.kind = JC_ATTENTION_WORKFLOW_FAILED,
                           .text = jc_json_text(workflow, "error")};
    jc_attention paused = {.kind = JC_ATTENTION_WORKFLOW_PAUSED,
                           .text = jc_json_text(workflow, "pause_reason")};
    if (has_word(workflow, "status", "failed") &&
        begin(workflow, "status_sequence", "status_since", &failed))
        add(owner, failed, (jc_str){0}, "Workflow failed", (jc_str){0}, "");
    if (has_word(workflow, "status", "paused") &&
        begin(workflow, "status_sequence", "status_since", &paused))
        add(owner, paused, (jc_str){0}, "Paused", (jc_str){0}, "");
    yyjson_arr_foreach(yyjson_obj_get(workflow, "features"), at, count, feature) {
        add_feature(owner, feature);
    }
}

static void see_notes(attentions_owner *owner, yyjson_val *notes)
{
    size_t at, count;
    yyjson_val *note;
    yyjson_arr_foreach(yyjson_obj_get(notes, "notes"), at, count, note) {
        bool blocks = has_word(note, "category", "blocker");
        jc_attention item = {.kind = blocks ? JC_ATTENTION_BLOCKER : JC_ATTENTION_QUESTION,
                             .agent_id = jc_json_text(note, "agent_id"),
                             .text = jc_json_text(note, "content")};
        bool is_open = (blocks || has_word(note, "category", "question")) &&
                       yyjson_obj_get(note, "answered_at") == NULL;
        if (is_open && begin(note, "sequence", "created_at", &item))
            add(owner, item, jc_json_text(note, "id"), "", jc_json_text(note, "title"), "");
    }
}

static void add_calls(attentions_owner *owner, yyjson_val *calls)
{
    size_t at, count;
    yyjson_val *call;
    yyjson_arr_foreach(calls, at, count, call) {
        jc_attention item = {.kind = JC_ATTENTION_TOOL_OPEN,
                             .agent_id = jc_json_text(call, "agent_id"),
                             .text = jc_json_text(call, "agent_id")};
        if (!begin(call, "sequence", "started_at", &item))
            continue;
        item.due_us = item.at_us + JC_ATTENTION_OPEN_US + 1;
        add(owner, item, jc_json_text(call, "tool_use_id"), "", jc_json_text(call, "tool_name"),
            " has not come back");
    }
}

/* Without the tool that it wants to use, it may as well wait for words. */
static void add_waiting(attentions_owner *owner, yyjson_val *agent)
{
    jc_str id = jc_json_text(agent, "agent_id");
    jc_str tool = jc_json_text(agent, "waiting_for");
    bool asks = tool.bytes != NULL;
    jc_attention item = {.kind = JC_ATTENTION_PERMISSION,
                         .agent_id = id,
                         .text = asks ? tool : jc_json_text(agent, "waiting_message")};
    if (has_word(agent, "status", "waiting") &&
        begin(agent, "waiting_sequence", "waiting_since", &item))
        add(owner, item, id, "", id, asks ? " waits for a permission" : " waits for you");
}

static void see_agents(attentions_owner *owner, yyjson_val *agents)
{
    size_t at, count;
    yyjson_val *each;
    yyjson_arr_foreach(yyjson_obj_get(agents, "agents"), at, count, each) {
        add_waiting(owner, each);
    }
    yyjson_arr_foreach(yyjson_obj_get(agents, "sessions"), at, count, each) {
        add_calls(owner, yyjson_obj_get(each, "open_calls"));
    }
    add_calls(owner, yyjson_obj_get(agents, "open_calls"));
}

static void see_inbox(attentions_owner *owner, jc_str agent, yyjson_val *inbox)
{
    size_t at, count;
    yyjson_val *message;
    yyjson_arr_foreach(inbox, at, count, message) {
        jc_attention item = {.kind = JC_ATTENTION_MESSAGE_UNREAD,
                             .agent_id = agent,
                             .text = jc_json_text(message, "content")};
        if (yyjson_obj_get(message, "acknowledged_at") != NULL ||
            yyjson_obj_get(message, "completed_at") != NULL ||
            !begin(message, "sequence", "received_at", &item))
            continue;
        item.due_us = item.at_us + JC_ATTENTION_UNREAD_US + 1;
        add(owner, item, jc_json_text(message, "correlation_id"), "Unread by ", agent, "");
    }
}

static void see_mailbox(attentions_owner *owner, yyjson_val *mailbox)
{
    size_t at, count;
    yyjson_val *name, *boxes;
    yyjson_obj_foreach(yyjson_obj_get(mailbox, "agents"), at, count, name, boxes) {
        jc_str agent = {yyjson_get_str(name), yyjson_get_len(name)};
        see_inbox(owner, agent, yyjson_obj_get(boxes, "inbox"));
    }
}

/* ---- Order ---- */

static int compare_keys(jc_str a, jc_str b)
{
    size_t size = a.size < b.size ? a.size : b.size;
    int order = memcmp(a.bytes, b.bytes, size);
    return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

static int by_key(const void *a, const void *b)
{
    const jc_attention *one = a;
    const jc_attention *other = b;
    int order = compare_keys(one->key, other->key);
    if (order == 0)
        order = (one->at_us > other->at_us) - (one->at_us < other->at_us);
    if (order == 0)
        order = (one->sequence > other->sequence) - (one->sequence < other->sequence);
    return order;
}

static int by_weight(const void *a, const void *b)
{
    const jc_attention *one = a;
    const jc_attention *other = b;
    if (one->bad != other->bad)
        return one->bad ? -1 : 1;
    if (one->sequence != other->sequence)
        return one->sequence > other->sequence ? -1 : 1;
    return compare_keys(one->key, other->key);
}

/* Of several with one key, the one that began first stands for all: when any of them is due, it is. */
static void sort(attentions_owner *owner)
{
    size_t count = 0;
    if (owner->count == 0)
        return;
    qsort(owner->items, owner->count, sizeof *owner->items, by_key);
    for (size_t i = 0; i < owner->count; i++) {
        if (i == 0 || !jc_str_equal(owner->items[i].key, owner->items[count - 1].key))
            owner->items[count++] = owner->items[i];
    }
    owner->count = count;
    qsort(owner->items, owner->count, sizeof *owner->items, by_weight);
}

/* ---- Both ways in ---- */

static jc_status see(attentions_owner *owner, jc_str state,
                     void (*look)(attentions_owner *owner, yyjson_val *root), jc_error *reterr)
{
    yyjson_read_err problem;
    if (state.bytes == NULL)
        return JC_OK;
    /* yyjson's parameter is not const for its in-place mode, which is not used here. */
    yyjson_doc *doc =
        yyjson_read_opts((char *)(uintptr_t)state.bytes, state.size, 0, NULL, &problem);
    if (doc == NULL && problem.code == YYJSON_READ_ERROR_MEMORY_ALLOCATION)
        return jc_fail_memory(reterr);
    if (doc == NULL)
        return jc_fail(reterr, JC_EINVAL, "a state that is no JSON: %s", problem.msg);
    look(owner, yyjson_doc_get_root(doc));
    yyjson_doc_free(doc);
    return owner->status < 0 ? jc_fail_memory(reterr) : JC_OK;
}

static bool has_ended(jc_str workflow)
{
    size_t at = 0;
    jc_str key, value;
    while (workflow.bytes != NULL && jc_json_next_member(workflow, &at, &key, &value)) {
        if (jc_str_equal(key, JC_STR("\"status\"")))
            return jc_str_equal(value, JC_STR("\"completed\"")) ||
                   jc_str_equal(value, JC_STR("\"failed\""));
    }
    return false;
}

jc_status jc_attention_of(const jc_attention_states *states, jc_attentions **ret_attentions,
                          jc_error *reterr)
{
    attentions_owner *owner = calloc(1, sizeof *owner);
    if (owner == NULL)
        return jc_fail_memory(reterr);
    jc_status status = see(owner, states->workflow, see_workflow, reterr);
    bool ended = status == JC_OK && has_ended(states->workflow);
    if (status == JC_OK)
        status = see(owner, states->notes, see_notes, reterr);
    if (status == JC_OK && !ended)
        status = see(owner, states->agents, see_agents, reterr);
    if (status == JC_OK && !ended)
        status = see(owner, states->mailbox, see_mailbox, reterr);
    if (status < 0) {
        jc_attention_free(&owner->attentions);
        return status;
    }
    sort(owner);
    owner->attentions =
        (jc_attentions){.items = owner->items, .count = owner->count, .as_of_us = JC_UNKNOWN};
    *ret_attentions = &owner->attentions;
    return JC_OK;
}

void jc_attention_free(jc_attentions *attentions)
{
    attentions_owner *owner = (attentions_owner *)attentions;
    if (owner == NULL)
        return;
    jc_arena_release(&owner->arena);
    free(owner->items);
    free(owner);
}

#define STATE_COUNT 4

/* A point that moves with the head becomes the sequence that it is now: all states are of one moment. */
static jc_status fix_point(jc_store *store, jc_str workflow_id, const jc_point *given,
                           jc_point *ret_point, jc_error *reterr)
{
    jc_head head = {0};
    jc_point point = {.kind = JC_POINT_HEAD};
    if (given != NULL)
        point = *given;
    *ret_point = point;
    if (point.kind == JC_POINT_SEQUENCE || point.kind == JC_POINT_TIME)
        return JC_OK;
    jc_status status = jc_head_read(store, workflow_id, &head, reterr);
    if (status < 0 || head.sequence == 0 || point.number > head.sequence)
        return status; /* reading the state says what is wrong */
    *ret_point = (jc_point){.kind = JC_POINT_SEQUENCE, .number = head.sequence - point.number};
    return JC_OK;
}

static jc_status attention_of_states(jc_state *states[STATE_COUNT], const jc_point *point,
                                     jc_attentions **ret, jc_error *reterr)
{
    jc_str texts[STATE_COUNT];
    for (size_t i = 0; i < STATE_COUNT; i++) {
        texts[i] = jc_str_of(jc_state_json(states[i], reterr));
        if (texts[i].bytes == NULL)
            return JC_ENOMEM;
    }
    jc_attention_states all = {.workflow = texts[0],
                               .agents = texts[1],
                               .notes = texts[2],
                               .mailbox = texts[3]};
    jc_status status = jc_attention_of(&all, ret, reterr);
    if (status < 0)
        return status;
    jc_state_info info = jc_state_info_get(states[0]);
    (*ret)->sequence = info.sequence;
    if (point->kind == JC_POINT_TIME)
        (*ret)->as_of_us = point->time_us;
    else if (info.has_timestamp)
        (*ret)->as_of_us = info.timestamp_us;
    return JC_OK;
}

jc_status jc_attention_read(jc_store *store, jc_str workflow_id, const jc_point *point,
                            jc_attentions **ret_attentions, jc_error *reterr)
{
    static const char *const names[STATE_COUNT] = {"workflow", "agents", "notes", "mailbox"};
    jc_state *states[STATE_COUNT] = {NULL};
    jc_point fixed;
    jc_status status = fix_point(store, workflow_id, point, &fixed, reterr);
    for (size_t i = 0; status == JC_OK && i < STATE_COUNT; i++)
        status = jc_state_read(store, jc_projection_find(names[i]), workflow_id, &fixed, &states[i],
                               reterr);
    if (status == JC_OK)
        status = attention_of_states(states, &fixed, ret_attentions, reterr);
    for (size_t i = 0; i < STATE_COUNT; i++)
        jc_state_free(states[i]);
    return status;
}
