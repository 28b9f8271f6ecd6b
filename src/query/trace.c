/* A trace: the events with one correlation id, as a tree by causation.
 *
 * The events are read in order of position and copied; a map from ids leads each to its cause. Causes
 * that go round in a circle are cut at the earliest event of the circle, which becomes a root. The tree
 * is then laid out, parents before children, by links to the first child and the next sibling, without
 * recursion: a chain may be as long as it likes. */
#include "base/arena.h"
#include "base/array.h"
#include "base/fail.h"
#include "base/map.h"
#include "base/uuid.h"
#include "jc/query.h"

#include <stdlib.h>

#define NONE SIZE_MAX
#define UUID_TEXT_LENGTH 36
#define UUID_HEX_LENGTH 32

typedef struct node {
    jc_event event;
    size_t parent;
    size_t first_child;
    size_t next_sibling;
    size_t walk; /* the walk up to the root that came by here; 0: none has */
    size_t at;   /* its place in the result */
    jc_cause cause;
} node;

/* What jc_trace_free() gets is the first member. */
typedef struct trace_owner {
    jc_trace trace;
    jc_arena arena; /* owns texts and the result */
    jc_map by_id;   /* to the nodes, by the bytes of their ids */
    node *nodes;    /* in order of position; freed once the result is there */
    size_t count;
    size_t capacity;
} trace_owner;

const char *jc_cause_text(jc_cause cause)
{
    static const char *const texts[] = {"none", "inside", "outside", "circle"};
    return (size_t)cause < sizeof texts / sizeof texts[0] ? texts[cause] : "";
}

static jc_status keep_event(trace_owner *owner, const jc_event *event, jc_error *reterr)
{
    node *nodes = jc_array_grow(owner->nodes, sizeof *nodes, owner->count, &owner->capacity);
    if (nodes == NULL)
        return jc_fail_memory(reterr);
    owner->nodes = nodes;
    node *kept = &nodes[owner->count];
    *kept = (node){.event = *event, .parent = NONE, .first_child = NONE, .next_sibling = NONE};
    jc_str *texts[] = {&kept->event.workflow_id,  &kept->event.event_type,
                       &kept->event.agent_id,     &kept->event.correlation_id,
                       &kept->event.causation_id, &kept->event.data};
    jc_status status = JC_OK;
    for (size_t i = 0; status == JC_OK && i < sizeof texts / sizeof texts[0]; i++)
        status = jc_arena_keep(&owner->arena, *texts[i], texts[i], reterr);
    if (status == JC_OK)
        owner->count++;
    return status;
}

static jc_status read_events(trace_owner *owner, jc_store *store, const jc_filter *filter,
                             jc_error *reterr)
{
    jc_cursor *cursor = NULL;
    const jc_event *event = NULL;
    jc_status status = jc_cursor_open(store, filter, &cursor, reterr);
    while (status == JC_OK) {
        status = jc_cursor_next(cursor, &event, reterr);
        if (status == JC_OK)
            status = keep_event(owner, event, reterr);
    }
    jc_cursor_close(cursor);
    return status == JC_END ? JC_OK : status;
}

/* The nodes stay where they are from here on. */
static jc_status index_ids(trace_owner *owner, jc_error *reterr)
{
    for (size_t i = 0; i < owner->count; i++) {
        jc_str key = {(const char *)owner->nodes[i].event.id.bytes, sizeof(jc_uuid)};
        if (!jc_map_put(&owner->by_id, &owner->arena, key, &owner->nodes[i]))
            return jc_fail_memory(reterr);
    }
    return JC_OK;
}

static size_t place_of_id(const trace_owner *owner, jc_uuid id)
{
    const node *found =
        jc_map_get(&owner->by_id, (jc_str){(const char *)id.bytes, sizeof id.bytes});
    return found != NULL ? (size_t)(found - owner->nodes) : NONE;
}

/* A UUID of 32 hex digits, without its hyphens. */
static bool read_bare_uuid(jc_str text, jc_uuid *ret)
{
    char hyphened[UUID_TEXT_LENGTH];
    size_t at = 0;
    if (text.size != UUID_HEX_LENGTH)
        return false;
    for (size_t i = 0; i < UUID_HEX_LENGTH; i++) {
        if (i == 8 || i == 12 || i == 16 || i == 20)
            hyphened[at++] = '-';
        hyphened[at++] = text.bytes[i];
    }
    return jc_uuid_decode(hyphened, true, ret);
}

/* The event that a causation id names. It is free text: a UUID, also without hyphens or behind a prefix
 * such as urn:uuid:, or the foreign id that an import derived ours from. */
static size_t place_of_cause(const trace_owner *owner, jc_str text)
{
    jc_uuid id;
    jc_str bare = text;
    for (size_t i = 0; i < text.size; i++) {
        if (strchr(":/#", text.bytes[i]) != NULL)
            bare = (jc_str){text.bytes + i + 1, text.size - i - 1};
    }
    bool is_uuid = bare.size == UUID_TEXT_LENGTH ? jc_uuid_decode(bare.bytes, true, &id)
                                                 : read_bare_uuid(bare, &id);
    size_t place = is_uuid ? place_of_id(owner, id) : NONE;
    if (place != NONE)
        return place;
    jc_uuid imports = jc_uuid_derive(jc_uuid_namespace_url, JC_STR("urn:jc:import"));
    return place_of_id(owner, jc_uuid_derive(imports, text));
}

static void find_causes(trace_owner *owner)
{
    for (size_t i = 0; i < owner->count; i++) {
        node *each = &owner->nodes[i];
        if (each->event.causation_id.bytes == NULL)
            continue;
        each->parent = place_of_cause(owner, each->event.causation_id);
        each->cause = each->parent != NONE ? JC_CAUSE_INSIDE : JC_CAUSE_OUTSIDE;
    }
}

/* Cut a circle, which `at` is part of, at its earliest event. */
static void cut_circle(trace_owner *owner, size_t at)
{
    size_t first = at;
    for (size_t each = owner->nodes[at].parent; each != at; each = owner->nodes[each].parent)
        first = each < first ? each : first;
    owner->nodes[first].parent = NONE;
    owner->nodes[first].cause = JC_CAUSE_CIRCLE;
}

/* Each walk goes up until it meets a root, or where a walk has been: if that was this one, it went
 * round. */
static void cut_circles(trace_owner *owner)
{
    for (size_t i = 0; i < owner->count; i++) {
        size_t at = i;
        while (at != NONE && owner->nodes[at].walk == 0) {
            owner->nodes[at].walk = i + 1;
            at = owner->nodes[at].parent;
        }
        if (at != NONE && owner->nodes[at].walk == i + 1)
            cut_circle(owner, at);
    }
}

/* Backwards, so that the earliest comes to stand first. Returns the first root. */
static size_t link_children(trace_owner *owner)
{
    size_t first_root = NONE;
    for (size_t i = owner->count; i-- > 0;) {
        node *each = &owner->nodes[i];
        size_t *first =
            each->parent != NONE ? &owner->nodes[each->parent].first_child : &first_root;
        each->next_sibling = *first;
        *first = i;
    }
    return first_root;
}

static int64_t earliest_of(const trace_owner *owner, int64_t *ret_latest)
{
    int64_t earliest = owner->nodes[0].event.timestamp_us;
    *ret_latest = earliest;
    for (size_t i = 1; i < owner->count; i++) {
        int64_t time_us = owner->nodes[i].event.timestamp_us;
        earliest = time_us < earliest ? time_us : earliest;
        *ret_latest = time_us > *ret_latest ? time_us : *ret_latest;
    }
    return earliest;
}

static jc_trace_event lay_out(const trace_owner *owner, const node *each, size_t depth,
                              int64_t earliest_us)
{
    const node *parent = each->parent != NONE ? &owner->nodes[each->parent] : NULL;
    return (jc_trace_event){.event = each->event,
                            .depth = depth,
                            .parent = parent != NULL ? parent->at : NONE,
                            .last_of_kind = each->next_sibling == NONE,
                            .cause = each->cause,
                            .offset_us = each->event.timestamp_us - earliest_us,
                            .since_cause_us = parent != NULL ? each->event.timestamp_us -
                                                                   parent->event.timestamp_us
                                                             : 0};
}

/* Down to the first child, else on to the next sibling of the nearest that has one. */
static jc_status lay_out_all(trace_owner *owner, size_t first_root, jc_error *reterr)
{
    int64_t latest_us = 0;
    int64_t earliest_us = earliest_of(owner, &latest_us);
    jc_trace_event *events = jc_arena_get(&owner->arena, owner->count * sizeof *events);
    if (events == NULL)
        return jc_fail_memory(reterr);
    size_t depth = 0;
    size_t count = 0;
    for (size_t at = first_root; at != NONE;) {
        node *each = &owner->nodes[at];
        each->at = count;
        events[count++] = lay_out(owner, each, depth, earliest_us);
        if (each->first_child != NONE) {
            at = each->first_child;
            depth++;
            continue;
        }
        while (at != NONE && owner->nodes[at].next_sibling == NONE) {
            at = owner->nodes[at].parent;
            depth -= depth > 0 ? 1 : 0;
        }
        at = at != NONE ? owner->nodes[at].next_sibling : NONE;
    }
    owner->trace =
        (jc_trace){.events = events, .count = count, .duration_us = latest_us - earliest_us};
    return JC_OK;
}

static jc_status build(trace_owner *owner, jc_str correlation_id, jc_error *reterr)
{
    if (owner->count == 0)
        return jc_fail(reterr, JC_ENOTFOUND, "there is no event with the correlation id '%.*s'",
                       (int)correlation_id.size, correlation_id.bytes);
    jc_status status = index_ids(owner, reterr);
    if (status < 0)
        return status;
    find_causes(owner);
    cut_circles(owner);
    return lay_out_all(owner, link_children(owner), reterr);
}

jc_status jc_trace_read(jc_store *store, jc_str correlation_id, const jc_str workflow_ids[],
                        size_t workflow_count, jc_trace **ret_trace, jc_error *reterr)
{
    jc_filter filter = {.workflow_ids = workflow_ids,
                        .workflow_count = workflow_count,
                        .correlation_id = correlation_id};
    trace_owner *owner = calloc(1, sizeof *owner);
    if (owner == NULL)
        return jc_fail_memory(reterr);
    jc_status status = read_events(owner, store, &filter, reterr);
    if (status == JC_OK)
        status = build(owner, correlation_id, reterr);
    free(owner->nodes);
    owner->nodes = NULL;
    if (status < 0) {
        jc_trace_free(&owner->trace);
        return status;
    }
    *ret_trace = &owner->trace;
    return JC_OK;
}

void jc_trace_free(jc_trace *trace)
{
    trace_owner *owner = (trace_owner *)trace;
    if (owner == NULL)
        return;
    jc_arena_release(&owner->arena);
    free(owner);
}
