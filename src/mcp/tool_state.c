/* get_state, diff_state: what a workflow's events come to, at any point of its past.
 *
 * A state may be as large as its log. What does not fit is found by its JSON pointer (RFC 6901): an
 * object gives the members that fit and names the others in "left_out"; a list, and a text, goes on
 * behind a cursor. So every part of every state can be reached. */
#include "base/fail.h"
#include "mcp/event_json.h"
#include "mcp/page.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define ELEMENT_COUNT 200
#define CHANGE_COUNT 100
#define CHANGE_VALUE_SIZE_MAX 4000

/* ---- Which projection ---- */

typedef struct found {
    const jc_projection *projection;
    jc_projection *own; /* of the project; NULL for a built-in one */
} found;

static void release_found(found *of)
{
    jc_projection_unload(of->own);
}
JC_AUTO_DEFINE(found, release_found);

static void add_name(void *context, const char *name)
{
    jc_buf *known = context;
    /* Without memory the list is shorter. */
    if (jc_buf_append_format(known, NULL, "%s%s", known->size > 0 ? ", " : "", name) < 0)
        return;
}

static jc_status unknown_projection(const jc_mcp_call *call, const char *name, jc_error *reterr)
{
    size_t count = 0;
    JC_AUTO(jc_buf) known = {0};
    const jc_projection *const *list = jc_projection_list(&count);
    for (size_t i = 0; i < count; i++)
        add_name(&known, list[i]->name);
    (void)!jc_projection_custom_list(call->store, add_name, &known, NULL);
    return jc_fail(reterr, JC_EINVAL, "projection: there is none named '%.64s': there are %.*s",
                   name, (int)known.size, jc_buf_str(&known).bytes);
}

static jc_status find_projection(const jc_mcp_call *call, found *ret, jc_error *reterr)
{
    char name[80] = "workflow";
    jc_str given = jc_mcp_text_of(call, "projection");
    if (given.bytes != NULL)
        (void)snprintf(name, sizeof name, "%.*s", (int)given.size, given.bytes);
    ret->projection = jc_projection_find(name);
    if (ret->projection != NULL)
        return JC_OK;
    jc_status status = jc_projection_load(call->store, name, &ret->own, reterr);
    if (status == JC_ENOTFOUND)
        return unknown_projection(call, name, reterr);
    ret->projection = ret->own;
    return status;
}

/* ---- A state, and a part of it ---- */

static jc_status part_of(const jc_mcp_call *call, yyjson_val *root, yyjson_val **ret_part,
                         jc_error *reterr)
{
    jc_str pointer = jc_mcp_text_of(call, "pointer");
    jc_str shown = jc_mcp_cut(pointer, 200);
    *ret_part = root;
    if (pointer.bytes == NULL)
        return JC_OK;
    *ret_part = yyjson_ptr_getn(root, pointer.bytes, pointer.size);
    if (*ret_part != NULL)
        return JC_OK;
    return jc_fail(
        reterr, JC_EINVAL,
        "pointer: there is nothing at '%.*s' in this state: it is a JSON pointer, such as "
        "/features/0/name; leave it out to see what there is",
        (int)shown.size, shown.bytes);
}

/* What was left out: where it is in the state, and how large. */
static yyjson_mut_val *left_out_item(jc_mcp_call *call, jc_str name, yyjson_val *value, size_t size)
{
    jc_mcp_json *out = call->out;
    JC_AUTO(jc_buf) pointer = {0};
    jc_str base = jc_mcp_text_of(call, "pointer");
    jc_status status = jc_buf_append_format(&pointer, NULL, "%.*s/", (int)base.size,
                                            base.bytes != NULL ? base.bytes : "");
    for (size_t i = 0; status == JC_OK && i < name.size; i++)
        status = name.bytes[i] == '~'   ? jc_buf_append_text(&pointer, "~0", NULL)
                 : name.bytes[i] == '/' ? jc_buf_append_text(&pointer, "~1", NULL)
                                        : jc_buf_append_char(&pointer, name.bytes[i], NULL);
    out->failed = out->failed || status < 0;
    yyjson_mut_val *item = jc_mcp_object(out);
    jc_mcp_put_text(out, item, "pointer", jc_buf_str(&pointer));
    jc_mcp_put_word(out, item, "type", yyjson_get_type_desc(value));
    if (yyjson_is_ctn(value))
        jc_mcp_put_number(out, item, "count", yyjson_get_len(value));
    jc_mcp_put_number(out, item, "characters", size);
    return item;
}

/* A text, or a list, that no page could hold: null stands in its place. It is alone on its page. */
static void leave_out_element(jc_mcp_call *call, jc_mcp_page *page, size_t at, yyjson_val *element)
{
    char name[24];
    jc_mcp_json *out = call->out;
    size_t size = jc_mcp_size(out, jc_mcp_copy(out, element));
    (void)snprintf(name, sizeof name, "%zu", at);
    jc_mcp_add(out, page->list, yyjson_mut_null(out->doc));
    jc_mcp_add(out, jc_mcp_put_list(out, call->result, "left_out"),
               left_out_item(call, jc_str_of(name), element, size));
    page->count = page->limit;
}

static void put_elements(jc_mcp_call *call, const jc_mcp_place *place, yyjson_val *list)
{
    size_t i, count;
    yyjson_val *element;
    jc_mcp_page page = jc_mcp_page_begin(call, "state", ELEMENT_COUNT);
    jc_mcp_put_number(call->out, call->result, "total", yyjson_arr_size(list));
    yyjson_arr_foreach(list, i, count, element) {
        if (i < place->given || jc_mcp_page_add(&page, jc_mcp_copy(call->out, element)))
            continue;
        if (page.count > 0) {
            jc_mcp_put_place(call, place, i);
            return;
        }
        leave_out_element(call, &page, i, element);
    }
}

static void put_members(jc_mcp_call *call, const jc_mcp_place *place, yyjson_val *object)
{
    size_t i, count;
    yyjson_val *name, *value;
    jc_mcp_json *out = call->out;
    yyjson_mut_val *state = jc_mcp_put_object(out, call->result, "state");
    jc_mcp_page left_out = jc_mcp_page_begin(call, "left_out", SIZE_MAX);
    size_t room = left_out.room;
    yyjson_obj_foreach(object, i, count, name, value) {
        if (i < place->given)
            continue;
        jc_str text = {yyjson_get_str(name), yyjson_get_len(name)};
        yyjson_mut_val *copy = jc_mcp_copy(out, value);
        size_t size = jc_mcp_size(out, copy);
        size_t whole = size + text.size + 4;
        if (whole <= left_out.room) {
            left_out.room -= whole;
            if (!yyjson_mut_obj_add(state, jc_mcp_copy(out, name), copy))
                out->failed = true;
        } else if (whole <= room / 2 ||
                   !jc_mcp_page_add(&left_out, left_out_item(call, text, value, size))) {
            jc_mcp_put_place(call, place, i);
            break;
        }
    }
    if (left_out.count == 0)
        (void)yyjson_mut_obj_remove_key(call->result, "left_out");
}

/* A text that is too long goes on behind a cursor that counts its bytes. */
static void put_piece(jc_mcp_call *call, const jc_mcp_place *place, yyjson_val *value)
{
    jc_str text = {yyjson_get_str(value), yyjson_get_len(value)};
    size_t from = place->given < text.size ? (size_t)place->given : text.size;
    size_t room = jc_mcp_room(call) / 2; /* escapes take more than they stand for */
    jc_str piece = jc_mcp_cut((jc_str){text.bytes + from, text.size - from}, room);
    jc_mcp_put_text(call->out, call->result, "state", piece);
    jc_mcp_put_number(call->out, call->result, "total", text.size);
    if (from + piece.size < text.size)
        jc_mcp_put_place(call, place, from + piece.size);
}

static jc_status put_state(jc_mcp_call *call, const jc_mcp_place *place, const char *json,
                           jc_error *reterr)
{
    yyjson_val *part = NULL;
    yyjson_doc *doc = yyjson_read(json, strlen(json), YYJSON_READ_NUMBER_AS_RAW);
    if (doc == NULL)
        return jc_fail(reterr, JC_ECORRUPT, "the state is no JSON");
    jc_status status = part_of(call, yyjson_doc_get_root(doc), &part, reterr);
    if (status == JC_OK && yyjson_is_arr(part))
        put_elements(call, place, part);
    else if (status == JC_OK && yyjson_is_obj(part))
        put_members(call, place, part);
    else if (status == JC_OK && yyjson_is_str(part))
        put_piece(call, place, part);
    else if (status == JC_OK)
        jc_mcp_put(call->out, call->result, "state", jc_mcp_copy(call->out, part));
    yyjson_doc_free(doc);
    return status;
}

static void put_where(jc_mcp_call *call, jc_str workflow_id, const jc_state_info *info)
{
    jc_mcp_json *out = call->out;
    jc_mcp_put_text(out, call->result, "workflow_id", workflow_id);
    jc_mcp_put_word(out, call->result, "projection", info->projection->name);
    jc_mcp_put_number(out, call->result, "version", info->projection->version);
    jc_mcp_put_number(out, call->result, "sequence", info->sequence);
    jc_mcp_put_number(out, call->result, "events", info->events);
    if (info->has_timestamp)
        jc_mcp_put_time(out, call->result, "timestamp", info->timestamp_us);
    jc_mcp_put_text(out, call->result, "pointer", jc_mcp_text_of(call, "pointer"));
}

static jc_status read_state(jc_mcp_call *call, const jc_projection *projection, jc_str workflow_id,
                            jc_error *reterr)
{
    jc_mcp_place place;
    jc_state *state = NULL;
    jc_status status = jc_mcp_place_of(call, workflow_id, "at", NULL, &place, reterr);
    if (status == JC_OK)
        status = jc_state_read(call->store, projection, workflow_id, &place.point, &state, reterr);
    if (status < 0)
        return status;
    jc_state_info info = jc_state_info_get(state);
    put_where(call, workflow_id, &info);
    const char *json = jc_state_json(state, reterr);
    status = json != NULL ? put_state(call, &place, json, reterr) : JC_EIO;
    jc_state_free(state);
    return status;
}

jc_status jc_mcp_get_state(jc_mcp_call *call, jc_error *reterr)
{
    jc_str workflow_id;
    JC_AUTO(found) of = {0};
    jc_status status = jc_mcp_workflow_of(call, &workflow_id, reterr);
    if (status == JC_OK)
        status = find_projection(call, &of, reterr);
    return status == JC_OK ? read_state(call, of.projection, workflow_id, reterr) : status;
}

/* ---- Differences ---- */

static const char *const change_kinds[] = {"added", "removed", "changed"};

typedef struct listing {
    jc_mcp_page page;
    uint64_t skip;  /* changes that earlier pages had */
    uint64_t count; /* of all changes */
    uint64_t end;   /* of those that this page has, counted from the first */
    bool full;
} listing;

static void put_value(jc_mcp_json *out, yyjson_mut_val *item, const char *name, jc_str value)
{
    if (value.bytes == NULL)
        return;
    if (value.size <= CHANGE_VALUE_SIZE_MAX)
        jc_mcp_put(out, item, name, jc_mcp_parsed(out, value));
    else
        jc_mcp_put_number(out, item, name[0] == 'b' ? "before_characters" : "after_characters",
                          value.size);
}

static void list_change(void *context, const jc_change *change)
{
    listing *of = context;
    jc_mcp_json *out = of->page.call->out;
    if (of->count++ < of->skip || of->full)
        return;
    yyjson_mut_val *item = jc_mcp_object(out);
    jc_mcp_put_word(out, item, "kind", change_kinds[change->kind]);
    jc_mcp_put_text(out, item, "path", change->path);
    jc_mcp_put_text(out, item, "pointer", change->pointer);
    put_value(out, item, "before", change->before);
    put_value(out, item, "after", change->after);
    of->full = !jc_mcp_page_add(&of->page, item);
    if (!of->full)
        of->end = of->count;
}

static jc_status put_changes(jc_mcp_call *call, const jc_mcp_place *place, jc_state *states[2],
                             jc_error *reterr)
{
    listing of = {.page = jc_mcp_page_begin(call, "changes", CHANGE_COUNT), .skip = place->given};
    const char *before = jc_state_json(states[0], reterr);
    const char *after = before != NULL ? jc_state_json(states[1], reterr) : NULL;
    if (after == NULL)
        return JC_EIO;
    jc_mcp_put_number(call->out, call->result, "from_sequence",
                      jc_state_info_get(states[0]).sequence);
    jc_mcp_put_number(call->out, call->result, "to_sequence",
                      jc_state_info_get(states[1]).sequence);
    jc_status status = jc_json_diff(jc_str_of(before), jc_str_of(after), list_change, &of, reterr);
    if (status < 0)
        return status;
    jc_mcp_put_number(call->out, call->result, "total", of.count);
    if (of.full)
        jc_mcp_put_place(call, place, of.end > of.skip ? of.end : of.skip);
    return JC_OK;
}

static jc_status diff_points(jc_mcp_call *call, jc_str workflow_id, jc_error *reterr)
{
    JC_AUTO(found) of = {0};
    jc_mcp_place place;
    jc_state *states[2] = {NULL, NULL};
    jc_status status = find_projection(call, &of, reterr);
    if (status == JC_OK)
        status = jc_mcp_place_of(call, workflow_id, "from", "to", &place, reterr);
    if (status == JC_OK)
        status = jc_state_read(call->store, of.projection, workflow_id, &place.point, &states[0],
                               reterr);
    if (status == JC_OK)
        status = jc_state_read(call->store, of.projection, workflow_id, &place.second, &states[1],
                               reterr);
    if (status == JC_OK) {
        jc_mcp_put_text(call->out, call->result, "workflow_id", workflow_id);
        jc_mcp_put_word(call->out, call->result, "projection", of.projection->name);
        status = put_changes(call, &place, states, reterr);
    }
    jc_state_free(states[0]);
    jc_state_free(states[1]);
    return status;
}

static void put_parting(jc_mcp_call *call, const jc_parting *parting)
{
    jc_mcp_json *out = call->out;
    yyjson_mut_val *item = jc_mcp_put_object(out, call->result, "parting");
    jc_mcp_put_bool(out, item, "same", parting->sequence == 0);
    if (parting->sequence == 0)
        return;
    jc_mcp_put_number(out, item, "sequence", parting->sequence);
    jc_mcp_put_word(out, item, "differs",
                    parting->differs[0] != '\0' ? parting->differs : "length");
    if (parting->first.sequence > 0)
        jc_mcp_put(out, item, "first", jc_mcp_event_item(out, &parting->first, false));
    if (parting->second.sequence > 0)
        jc_mcp_put(out, item, "second", jc_mcp_event_item(out, &parting->second, false));
}

/* The first event at which two workflows part. */
static jc_status diff_workflows(jc_mcp_call *call, jc_str workflow_id, jc_str other,
                                jc_error *reterr)
{
    jc_parting parting;
    jc_cursor *cursors[2] = {NULL, NULL};
    jc_status status =
        jc_workflow_compare(call->store, workflow_id, other, cursors, &parting, reterr);
    if (status == JC_OK) {
        jc_mcp_put_text(call->out, call->result, "workflow_id", workflow_id);
        jc_mcp_put_text(call->out, call->result, "other_workflow_id", other);
        put_parting(call, &parting);
    }
    jc_cursor_close(cursors[0]);
    jc_cursor_close(cursors[1]);
    return status;
}

jc_status jc_mcp_diff_state(jc_mcp_call *call, jc_error *reterr)
{
    jc_str workflow_id;
    jc_str other = jc_mcp_text_of(call, "other_workflow_id");
    jc_status status = jc_mcp_workflow_of(call, &workflow_id, reterr);
    if (status < 0)
        return status;
    if (other.bytes != NULL)
        return diff_workflows(call, workflow_id, other, reterr);
    if (!jc_mcp_has(call, "from") && !jc_mcp_has(call, "cursor"))
        return jc_fail(reterr, JC_EINVAL,
                       "from: say since when: a sequence, -N for N events before the last, or a "
                       "time; or give other_workflow_id to compare two workflows");
    return diff_points(call, workflow_id, reterr);
}
