/* Differences: of two JSON texts, and of two workflows.
 *
 * Two trees are walked side by side. Of lists, elements are matched by what identifies them, so that
 * one that came in the middle is one addition and not a change of all that follow; but only by a key
 * that every element of both lists has, each with a value of its own. Elsewhere it would match
 * strangers, and the place of an element says more. All look-ups are by maps: states grow large. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/fail.h"
#include "base/map.h"
#include "jc/query.h"

#include <inttypes.h>
#include <stdlib.h>
#include <yyjson.h>

#define SMALL_OBJECT 16 /* members; up to so many need no map */

typedef struct walk {
    jc_buf path;
    jc_buf pointer;
    jc_arena arena; /* the maps, until the end */
    void (*each)(void *context, const jc_change *change);
    void *context;
    jc_error *reterr;
} walk;

static void walk_release(walk *over)
{
    jc_buf_release(&over->path);
    jc_buf_release(&over->pointer);
    jc_arena_release(&over->arena);
}
JC_AUTO_DEFINE(walk, walk_release);

static jc_status tell(walk *over, jc_change_kind kind, yyjson_val *before, yyjson_val *after)
{
    size_t before_size = 0;
    size_t after_size = 0;
    char *before_json = before != NULL ? yyjson_val_write(before, 0, &before_size) : NULL;
    char *after_json = after != NULL ? yyjson_val_write(after, 0, &after_size) : NULL;
    bool good = (before == NULL || before_json != NULL) && (after == NULL || after_json != NULL);
    jc_change change = {.kind = kind,
                        .path = jc_buf_str(&over->path),
                        .pointer = jc_buf_str(&over->pointer),
                        .before = {before_json, before_size},
                        .after = {after_json, after_size}};
    if (good)
        over->each(over->context, &change);
    free(before_json);
    free(after_json);
    return good ? JC_OK : jc_fail_memory(over->reterr);
}

/* A member's name behind the path; '~' and '/' are escaped in the pointer. */
static jc_status enter_member(walk *over, jc_str name)
{
    jc_status status = JC_OK;
    if (over->path.size > 0)
        status = jc_buf_append_char(&over->path, '.', over->reterr);
    if (status == JC_OK)
        status = jc_buf_append_str(&over->path, name, over->reterr);
    if (status == JC_OK)
        status = jc_buf_append_char(&over->pointer, '/', over->reterr);
    for (size_t i = 0; status == JC_OK && i < name.size; i++) {
        char c = name.bytes[i];
        if (c == '~' || c == '/')
            status = jc_buf_append_text(&over->pointer, c == '~' ? "~0" : "~1", over->reterr);
        else
            status = jc_buf_append_char(&over->pointer, c, over->reterr);
    }
    return status;
}

static jc_status enter_element(walk *over, jc_str identity, size_t place)
{
    jc_status status = JC_OK;
    if (identity.bytes != NULL)
        status = jc_buf_append_format(&over->path, over->reterr, "[%.*s]", (int)identity.size,
                                      identity.bytes);
    else
        status = jc_buf_append_format(&over->path, over->reterr, "[%zu]", place);
    return status == JC_OK ? jc_buf_append_format(&over->pointer, over->reterr, "/%zu", place)
                           : status;
}

static jc_status compare(walk *over, yyjson_val *before, yyjson_val *after);

/* One member or element, which may be on one side only; the path leads to it already. */
static jc_status compare_or_tell(walk *over, yyjson_val *before, yyjson_val *after)
{
    if (before == NULL)
        return tell(over, JC_CHANGE_ADDED, NULL, after);
    if (after == NULL)
        return tell(over, JC_CHANGE_REMOVED, before, NULL);
    return compare(over, before, after);
}

static jc_str text_of(yyjson_val *value)
{
    return yyjson_is_str(value) ? (jc_str){yyjson_get_str(value), yyjson_get_len(value)}
                                : (jc_str){0};
}

static jc_status compare_member(walk *over, jc_str name, yyjson_val *before, yyjson_val *after)
{
    size_t path = over->path.size;
    size_t pointer = over->pointer.size;
    jc_status status = enter_member(over, name);
    if (status == JC_OK)
        status = compare_or_tell(over, before, after);
    over->path.size = path;
    over->pointer.size = pointer;
    return status;
}

/* An object's members by their names: most objects are small, and looked through as they are. */
typedef struct members {
    yyjson_val *object;
    jc_map by_name;
} members;

static jc_status index_members(walk *over, yyjson_val *object, members *ret)
{
    size_t at = 0;
    size_t count = 0;
    yyjson_val *key;
    yyjson_val *value;
    *ret = (members){.object = object};
    if (yyjson_obj_size(object) <= SMALL_OBJECT)
        return JC_OK;
    yyjson_obj_foreach(object, at, count, key, value) {
        jc_str name = text_of(key);
        if (jc_map_get(&ret->by_name, name) == NULL &&
            !jc_map_put(&ret->by_name, &over->arena, name, value))
            return jc_fail_memory(over->reterr);
    }
    return JC_OK;
}

static yyjson_val *member_of(const members *of, jc_str name)
{
    return of->by_name.count > 0 ? jc_map_get(&of->by_name, name)
                                 : yyjson_obj_getn(of->object, name.bytes, name.size);
}

static jc_status compare_objects(walk *over, yyjson_val *before, yyjson_val *after)
{
    members olds;
    members news;
    size_t at = 0;
    size_t count = 0;
    yyjson_val *key;
    yyjson_val *value;
    jc_status status = index_members(over, before, &olds);
    if (status == JC_OK)
        status = index_members(over, after, &news);
    if (status < 0)
        return status;
    yyjson_obj_foreach(after, at, count, key, value) {
        jc_str name = text_of(key);
        if (status == JC_OK)
            status = compare_member(over, name, member_of(&olds, name), value);
    }
    yyjson_obj_foreach(before, at, count, key, value) {
        jc_str name = text_of(key);
        if (status == JC_OK && member_of(&news, name) == NULL)
            status = compare_member(over, name, value, NULL);
    }
    return status;
}

static jc_status compare_element(walk *over, jc_str identity, size_t place, yyjson_val *before,
                                 yyjson_val *after)
{
    size_t path = over->path.size;
    size_t pointer = over->pointer.size;
    jc_status status = enter_element(over, identity, place);
    if (status == JC_OK)
        status = compare_or_tell(over, before, after);
    over->path.size = path;
    over->pointer.size = pointer;
    return status;
}

/* What an element is known by under a key, or absent. */
static jc_str identity_of(yyjson_val *element, const char *key)
{
    return text_of(yyjson_obj_get(element, key));
}

/* The elements of a list by their identities under a key. JC_END: it does not tell them all apart. */
static jc_status identify(walk *over, yyjson_val *list, const char *key, jc_map *elements)
{
    size_t at = 0;
    size_t count = 0;
    yyjson_val *element;
    *elements = (jc_map){0};
    yyjson_arr_foreach(list, at, count, element) {
        jc_str identity = identity_of(element, key);
        if (identity.bytes == NULL || jc_map_get(elements, identity) != NULL)
            return JC_END;
        if (!jc_map_put(elements, &over->arena, identity, element))
            return jc_fail_memory(over->reterr);
    }
    return JC_OK;
}

/* The key by which the elements of both lists are known; NULL: there is none. */
static jc_status find_identity(walk *over, yyjson_val *before, yyjson_val *after,
                               jc_map ret_elements[2], const char **ret_key)
{
    static const char *const keys[] = {"id",   "correlation_id", "feature_id",
                                       "name", "commit_sha",     "path"};
    *ret_key = NULL;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        jc_status status = identify(over, before, keys[i], &ret_elements[0]);
        if (status == JC_OK)
            status = identify(over, after, keys[i], &ret_elements[1]);
        if (status == JC_OK)
            *ret_key = keys[i];
        if (status != JC_END)
            return status;
    }
    return JC_OK;
}

static jc_status compare_by_identity(walk *over, yyjson_val *before, yyjson_val *after,
                                     const jc_map elements[2], const char *key)
{
    jc_status status = JC_OK;
    size_t at = 0;
    size_t count = 0;
    yyjson_val *element;
    yyjson_arr_foreach(after, at, count, element) {
        jc_str identity = identity_of(element, key);
        if (status == JC_OK)
            status =
                compare_element(over, identity, at, jc_map_get(&elements[0], identity), element);
    }
    yyjson_arr_foreach(before, at, count, element) {
        jc_str identity = identity_of(element, key);
        if (status == JC_OK && jc_map_get(&elements[1], identity) == NULL)
            status = compare_element(over, identity, at, element, NULL);
    }
    return status;
}

static jc_status compare_by_place(walk *over, yyjson_val *before, yyjson_val *after)
{
    jc_status status = JC_OK;
    yyjson_arr_iter olds = yyjson_arr_iter_with(before);
    yyjson_arr_iter news = yyjson_arr_iter_with(after);
    for (size_t place = 0; status == JC_OK; place++) {
        yyjson_val *old = yyjson_arr_iter_next(&olds);
        yyjson_val *new = yyjson_arr_iter_next(&news);
        if (old == NULL && new == NULL)
            break;
        status = compare_element(over, (jc_str){0}, place, old, new);
    }
    return status;
}

static jc_status compare_lists(walk *over, yyjson_val *before, yyjson_val *after)
{
    jc_map elements[2];
    const char *key = NULL;
    jc_status status = find_identity(over, before, after, elements, &key);
    if (status < 0)
        return status;
    return key != NULL ? compare_by_identity(over, before, after, elements, key)
                       : compare_by_place(over, before, after);
}

static jc_status compare(walk *over, yyjson_val *before, yyjson_val *after)
{
    if (yyjson_is_obj(before) && yyjson_is_obj(after))
        return compare_objects(over, before, after);
    if (yyjson_is_arr(before) && yyjson_is_arr(after))
        return compare_lists(over, before, after);
    return yyjson_equals(before, after) ? JC_OK : tell(over, JC_CHANGE_CHANGED, before, after);
}

static yyjson_doc *parse(jc_str json)
{
    /* yyjson's parameter is not const for its in-place mode, which is not used here. */
    return yyjson_read_opts((char *)(uintptr_t)json.bytes, json.size, 0, NULL, NULL);
}

jc_status jc_json_diff(jc_str before, jc_str after,
                       void (*each)(void *context, const jc_change *change), void *context,
                       jc_error *reterr)
{
    JC_AUTO(walk) over = {.each = each, .context = context, .reterr = reterr};
    yyjson_doc *old = parse(before);
    yyjson_doc *new = parse(after);
    jc_status status = JC_OK;
    if (old == NULL || new == NULL)
        status =
            jc_fail(reterr, JC_EINVAL, "the %s text is not JSON", old == NULL ? "first" : "second");
    else
        status = compare(&over, yyjson_doc_get_root(old), yyjson_doc_get_root(new));
    yyjson_doc_free(old);
    yyjson_doc_free(new);
    return status;
}

static jc_status open_workflow(jc_store *store, jc_str workflow_id, jc_cursor **ret_cursor,
                               jc_error *reterr)
{
    jc_head head;
    jc_filter filter = {.workflow_ids = &workflow_id, .workflow_count = 1};
    jc_status status = jc_head_read(store, workflow_id, &head, reterr);
    if (status == JC_OK && head.sequence == 0)
        return jc_fail(reterr, JC_ENOTFOUND, "there is no workflow '%.*s'", (int)workflow_id.size,
                       workflow_id.bytes);
    return status == JC_OK ? jc_cursor_open(store, &filter, ret_cursor, reterr) : status;
}

static const char *what_differs(const jc_event *first, const jc_event *second)
{
    if (!jc_str_equal(first->event_type, second->event_type))
        return "event_type";
    if (!jc_str_equal(first->agent_id, second->agent_id))
        return "agent_id";
    return jc_str_equal(first->data, second->data) ? NULL : "data";
}

jc_status jc_workflow_compare(jc_store *store, jc_str first, jc_str second,
                              jc_cursor *ret_cursors[2], jc_parting *ret_parting, jc_error *reterr)
{
    const jc_event *events[2] = {NULL, NULL};
    jc_status ends[2] = {JC_OK, JC_OK};
    ret_cursors[0] = NULL;
    ret_cursors[1] = NULL;
    *ret_parting = (jc_parting){.differs = ""};
    jc_status status = open_workflow(store, first, &ret_cursors[0], reterr);
    if (status == JC_OK)
        status = open_workflow(store, second, &ret_cursors[1], reterr);
    const char *differs = NULL;
    while (status == JC_OK && differs == NULL && ends[0] == JC_OK && ends[1] == JC_OK) {
        for (size_t i = 0; i < 2 && status >= 0; i++) {
            ends[i] = jc_cursor_next(ret_cursors[i], &events[i], reterr);
            status = ends[i] < 0 ? ends[i] : JC_OK;
        }
        if (status == JC_OK && ends[0] == JC_OK && ends[1] == JC_OK)
            differs = what_differs(events[0], events[1]);
    }
    if (status < 0 || (ends[0] == JC_END && ends[1] == JC_END))
        return status;
    if (ends[0] == JC_OK)
        ret_parting->first = *events[0];
    if (ends[1] == JC_OK)
        ret_parting->second = *events[1];
    ret_parting->sequence = events[ends[0] == JC_OK ? 0 : 1]->sequence;
    ret_parting->differs = differs != NULL ? differs : "";
    return JC_OK;
}
