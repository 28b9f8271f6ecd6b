/* Tests of an event's content: a piece of text anywhere in it, and values at paths. */
#include "base/fail.h"
#include "base/json.h"
#include "event/event.h"
#include "event/line.h"
#include "jc/query.h"

#include <stdlib.h>

/* One PATH=VALUE; the path as a JSON pointer, without the zero byte that yyjson does not need. */
typedef struct where_clause {
    jc_str pointer;
    jc_str value;
} where_clause;

struct jc_match {
    jc_arena arena; /* owns the clauses and their text */
    jc_str grep;    /* in lower case; absent: any */
    where_clause *clauses;
    size_t clause_count;
    jc_buf line; /* the event's line, which paths lead into */
    jc_json json;
    jc_arena scratch;
};

static char lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

static bool contains(jc_str text, jc_str wanted)
{
    if (text.bytes == NULL || wanted.size > text.size)
        return false;
    for (size_t i = 0; i + wanted.size <= text.size; i++) {
        size_t k = 0;
        while (k < wanted.size && lower(text.bytes[i + k]) == wanted.bytes[k])
            k++;
        if (k == wanted.size)
            return true;
    }
    return false;
}

/* "data.feature.name" becomes "/data/feature/name"; '~' and '/' in a name are escaped (RFC 6901, 3). */
static jc_status pointer_of(jc_match *match, jc_str path, jc_str *ret, jc_error *reterr)
{
    if (path.bytes[0] == '/') {
        *ret = jc_arena_copy(&match->arena, path);
        return ret->bytes != NULL ? JC_OK : jc_fail_memory(reterr);
    }
    char *bytes = jc_arena_get(&match->arena, 2 * path.size + 2);
    if (bytes == NULL)
        return jc_fail_memory(reterr);
    size_t size = 0;
    bytes[size++] = '/';
    for (size_t i = 0; i < path.size; i++) {
        char c = path.bytes[i];
        if (c == '~' || c == '/') {
            bytes[size++] = '~';
            c = (char)(c == '~' ? '0' : '1');
        }
        bytes[size++] = (char)(c == '.' ? '/' : c);
    }
    *ret = (jc_str){bytes, size};
    return JC_OK;
}

static jc_status compile_clause(jc_match *match, jc_str text, where_clause *ret, jc_error *reterr)
{
    const char *equals = text.size > 0 ? memchr(text.bytes, '=', text.size) : NULL;
    if (equals == NULL || equals == text.bytes)
        return jc_fail(reterr, JC_EINVAL, "'%.*s' is not PATH=VALUE, such as data.name=login",
                       (int)(text.size > 100 ? 100 : text.size), text.bytes);
    jc_str path = {text.bytes, (size_t)(equals - text.bytes)};
    jc_str value = {equals + 1, text.size - path.size - 1};
    ret->value = jc_arena_copy(&match->arena, value);
    if (ret->value.bytes == NULL)
        return jc_fail_memory(reterr);
    return pointer_of(match, path, &ret->pointer, reterr);
}

static jc_status compile(jc_match *match, jc_str grep, const jc_str where[], size_t count,
                         jc_error *reterr)
{
    if (grep.bytes != NULL) {
        match->grep = jc_arena_copy(&match->arena, grep);
        char *bytes = (char *)(uintptr_t)match->grep.bytes;
        for (size_t i = 0; bytes != NULL && i < grep.size; i++)
            bytes[i] = lower(bytes[i]);
    }
    match->clauses = jc_arena_get(&match->arena, (count + 1) * sizeof *match->clauses);
    if (match->clauses == NULL || (grep.bytes != NULL && match->grep.bytes == NULL))
        return jc_fail_memory(reterr);
    for (size_t i = 0; i < count; i++) {
        jc_status status = compile_clause(match, where[i], &match->clauses[i], reterr);
        if (status < 0)
            return status;
    }
    match->clause_count = count;
    return JC_OK;
}

jc_status jc_match_new(jc_str grep, const jc_str where[], size_t where_count, jc_match **ret_match,
                       jc_error *reterr)
{
    jc_match *match = calloc(1, sizeof *match);
    if (match == NULL)
        return jc_fail_memory(reterr);
    jc_status status = compile(match, grep, where, where_count, reterr);
    if (status < 0) {
        jc_match_free(match);
        return status;
    }
    *ret_match = match;
    return JC_OK;
}

void jc_match_free(jc_match *match)
{
    if (match == NULL)
        return;
    jc_arena_release(&match->arena);
    jc_arena_release(&match->scratch);
    jc_buf_release(&match->line);
    jc_json_release(&match->json);
    free(match);
}

/* Keys and strings as they are meant: written with escapes, the same text has other bytes. The depth
 * is bounded by what an event may hold. */
static bool tree_contains(yyjson_val *value, jc_str wanted)
{
    size_t i, count;
    yyjson_val *key, *member;
    if (yyjson_is_str(value))
        return contains((jc_str){yyjson_get_str(value), yyjson_get_len(value)}, wanted);
    bool found = false;
    yyjson_obj_foreach(value, i, count, key, member)
        found = found || tree_contains(key, wanted) || tree_contains(member, wanted);
    yyjson_arr_foreach(value, i, count, member)
        found = found || tree_contains(member, wanted);
    return found;
}

static bool data_contains(jc_match *match, jc_str data)
{
    yyjson_val *root = NULL;
    jc_str compact;
    if (contains(data, match->grep))
        return true;
    if (data.size == 0 || memchr(data.bytes, '\\', data.size) == NULL)
        return false;
    jc_arena_reset(&match->scratch);
    return jc_json_read(&match->json, data, JC_DATA_LIMITS, &match->scratch, &root, &compact,
                        NULL) == JC_OK &&
           tree_contains(root, match->grep);
}

static bool greps(jc_match *match, const jc_event *event)
{
    char id[JC_UUID_TEXT_SIZE];
    jc_uuid_format(event->id, id);
    return match->grep.bytes == NULL || data_contains(match, event->data) ||
           contains(event->event_type, match->grep) || contains(event->workflow_id, match->grep) ||
           contains(event->agent_id, match->grep) || contains(event->correlation_id, match->grep) ||
           contains(event->causation_id, match->grep) || contains(jc_str_of(id), match->grep);
}

/* A string is compared by its text; true, null and numbers, which are kept as written, by theirs;
 * objects and arrays as yyjson writes them, which is what is stored unless it escapes needlessly. */
static bool value_equals(yyjson_val *found, jc_str wanted)
{
    if (yyjson_is_str(found))
        return jc_str_equal((jc_str){yyjson_get_str(found), yyjson_get_len(found)}, wanted);
    if (yyjson_is_raw(found))
        return jc_str_equal((jc_str){yyjson_get_raw(found), yyjson_get_len(found)}, wanted);
    size_t size = 0;
    char *text = yyjson_val_write(found, 0, &size);
    bool equal = text != NULL && jc_str_equal((jc_str){text, size}, wanted);
    free(text);
    return equal;
}

jc_status jc_match_test(jc_match *match, const jc_event *event, jc_error *reterr)
{
    if (!greps(match, event))
        return JC_END;
    if (match->clause_count == 0)
        return JC_OK;
    yyjson_val *root = NULL;
    jc_str compact;
    jc_json_limits limits = {.size_max = SIZE_MAX, .depth_max = JC_DATA_DEPTH_MAX + 1};
    jc_buf_clear(&match->line);
    jc_arena_reset(&match->scratch);
    jc_status status = jc_line_encode(event, &match->line, reterr);
    if (status == JC_OK)
        status = jc_json_read(&match->json, jc_buf_str(&match->line), limits, &match->scratch,
                              &root, &compact, reterr);
    if (status == JC_EINVAL)
        return jc_fail(reterr, JC_ECORRUPT, "%.*s #%llu: its data is damaged: run jc verify",
                       (int)event->workflow_id.size, event->workflow_id.bytes,
                       (unsigned long long)event->sequence);
    if (status < 0)
        return status;
    for (size_t i = 0; i < match->clause_count; i++) {
        const where_clause *clause = &match->clauses[i];
        yyjson_val *found = yyjson_ptr_getn(root, clause->pointer.bytes, clause->pointer.size);
        if (found == NULL || !value_equals(found, clause->value))
            return JC_END;
    }
    return JC_OK;
}
