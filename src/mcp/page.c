/* Pages and cursors: see page.h. */
#include "mcp/page.h"

#include "base/fail.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define FRAME_SIZE 600 /* bytes of a result around its list */
#define KEY_SIZE 8
#define HASH_BEGIN UINT32_C(2166136261)
#define PART_SIZE_MIN 200

/* Which arguments do not change the question. */
static const char *const free_arguments[] = {"cursor", "limit", "max_characters"};

size_t jc_mcp_room(const jc_mcp_call *call)
{
    return (size_t)jc_mcp_number_of(call, "max_characters", JC_MCP_CHARACTERS) - FRAME_SIZE;
}

jc_mcp_page jc_mcp_page_begin(jc_mcp_call *call, const char *name, size_t limit)
{
    return (jc_mcp_page){.call = call,
                         .list = jc_mcp_put_list(call->out, call->result, name),
                         .limit = (size_t)jc_mcp_number_of(call, "limit", limit),
                         .room = jc_mcp_room(call)};
}

/* ---- Items that are too large ---- */

static yyjson_mut_val *largest_member(jc_mcp_json *out, yyjson_mut_val *item, size_t *ret_size)
{
    size_t i, count;
    yyjson_mut_val *key, *value;
    yyjson_mut_val *largest = NULL;
    *ret_size = PART_SIZE_MIN;
    yyjson_mut_obj_foreach(item, i, count, key, value)
    {
        size_t size = jc_mcp_size(out, value);
        if (size > *ret_size) {
            *ret_size = size;
            largest = key;
        }
    }
    return largest;
}

/* Half of a text; of anything else, half of it as text. */
static yyjson_mut_val *half_of(jc_mcp_json *out, yyjson_mut_val *value)
{
    JC_AUTO(jc_buf) text = {0};
    if (yyjson_mut_is_str(value)) {
        jc_str whole = {yyjson_mut_get_str(value), yyjson_mut_get_len(value)};
        return jc_mcp_text(out, jc_mcp_cut(whole, whole.size / 2));
    }
    if (jc_mcp_write(out, value, &text, NULL) < 0)
        out->failed = true;
    return jc_mcp_text(out, jc_mcp_cut(jc_buf_str(&text), text.size / 2));
}

static bool names(yyjson_mut_val *list, yyjson_mut_val *name)
{
    size_t i, count;
    yyjson_mut_val *each;
    bool found = false;
    yyjson_mut_arr_foreach(list, i, count, each)
    {
        found = found || yyjson_mut_equals_str(each, yyjson_mut_get_str(name));
    }
    return found;
}

static void shorten(jc_mcp_json *out, yyjson_mut_val *item, size_t room)
{
    size_t part = 0;
    yyjson_mut_val *shortened = jc_mcp_put_list(out, item, "shortened");
    while (!out->failed && jc_mcp_size(out, item) > room) {
        yyjson_mut_val *key = largest_member(out, item, &part);
        if (key == NULL)
            return;
        jc_str name = {yyjson_mut_get_str(key), yyjson_mut_get_len(key)};
        yyjson_mut_val *value = yyjson_mut_obj_getn(item, name.bytes, name.size);
        if (!names(shortened, key))
            jc_mcp_add(out, shortened, jc_mcp_text(out, name));
        if (!yyjson_mut_obj_replace(item, jc_mcp_text(out, name), half_of(out, value)))
            out->failed = true;
    }
}

bool jc_mcp_page_add(jc_mcp_page *page, yyjson_mut_val *item)
{
    jc_mcp_json *out = page->call->out;
    if (page->count == page->limit)
        return false;
    size_t size = jc_mcp_size(out, item) + 1;
    if (size > page->room && page->count == 0 && yyjson_mut_is_obj(item)) {
        shorten(out, item, page->room - 1);
        size = page->room;
    }
    if (size > page->room)
        return false;
    jc_mcp_add(out, page->list, item);
    page->room -= size;
    page->count++;
    return true;
}

/* ---- Cursors ---- */

static uint32_t hash_more(uint32_t hash, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (unsigned char)bytes[i]) * UINT32_C(16777619); /* FNV-1a */
    return hash;
}

static bool is_free(const char *name)
{
    for (size_t i = 0; i < sizeof free_arguments / sizeof free_arguments[0]; i++) {
        if (strcmp(name, free_arguments[i]) == 0)
            return true;
    }
    return false;
}

/* The order of the arguments does not matter, nor how those are absent that are. */
static uint32_t hash_arguments(const jc_mcp_call *call)
{
    size_t i, count;
    yyjson_val *name, *value;
    uint32_t sum = 0;
    if (call->arguments == NULL)
        return 0;
    yyjson_obj_foreach(call->arguments, i, count, name, value) {
        size_t size = 0;
        if (is_free(yyjson_get_str(name)) || !jc_mcp_has(call, yyjson_get_str(name)))
            continue;
        char *text = yyjson_val_write(value, YYJSON_WRITE_NOFLAG, &size);
        uint32_t hash = hash_more(HASH_BEGIN, yyjson_get_str(name), yyjson_get_len(name) + 1);
        sum += hash_more(hash, text, text != NULL ? size : 0);
        free(text);
    }
    return sum;
}

static uint32_t key_of(const jc_mcp_call *call)
{
    jc_store_info info = {0};
    uint32_t sum = hash_arguments(call);
    if (jc_store_info_read(call->store, &info, NULL) == JC_OK)
        sum += hash_more(HASH_BEGIN, (const char *)&info.store_id, sizeof info.store_id) +
               (uint32_t)info.epoch;
    return hash_more(sum, call->tool->name, strlen(call->tool->name));
}

jc_status jc_mcp_bad_cursor(jc_error *reterr)
{
    return jc_fail(
        reterr, JC_EINVAL,
        "cursor: it is none of this question: give the next_cursor of an answer together "
        "with the same other arguments, or leave it out to begin anew");
}

jc_status jc_mcp_cursor_given(const jc_mcp_call *call, jc_str *ret_place, jc_error *reterr)
{
    char key[KEY_SIZE + 2];
    jc_str cursor = jc_mcp_text_of(call, "cursor");
    *ret_place = (jc_str){0};
    if (cursor.bytes == NULL)
        return JC_OK;
    (void)snprintf(key, sizeof key, "%08" PRIx32 "-", key_of(call));
    if (cursor.size <= KEY_SIZE + 1 || memcmp(cursor.bytes, key, KEY_SIZE + 1) != 0)
        return jc_mcp_bad_cursor(reterr);
    *ret_place = (jc_str){cursor.bytes + KEY_SIZE + 1, cursor.size - KEY_SIZE - 1};
    return JC_OK;
}

void jc_mcp_put_cursor(jc_mcp_call *call, const char *format, ...)
{
    char cursor[256];
    int size = snprintf(cursor, sizeof cursor, "%08" PRIx32 "-", key_of(call));
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(cursor + size, sizeof cursor - (size_t)size, format, arguments);
    va_end(arguments);
    jc_mcp_put_word(call->out, call->result, "next_cursor", cursor);
}

/* ---- Places ---- */

static bool make_point(char kind, uint64_t number, jc_point *ret_point)
{
    if ((kind != 's' && kind != 't') || number > (uint64_t)JC_TIMESTAMP_US_MAX)
        return false;
    *ret_point = (jc_point){.kind = kind == 's' ? JC_POINT_SEQUENCE : JC_POINT_TIME};
    if (kind == 's')
        ret_point->number = number;
    else
        ret_point->time_us = (int64_t)number;
    return true;
}

static jc_status read_place(jc_str text, jc_mcp_place *ret_place, jc_error *reterr)
{
    char copy[128];
    char kinds[2] = "";
    int end = 0;
    uint64_t numbers[2] = {0, 0};
    jc_mcp_place place = {.given = 0};
    (void)snprintf(copy, sizeof copy, "%.*s", (int)text.size, text.bytes);
    int count = sscanf(copy, "%c%" SCNu64 ".%c%" SCNu64 ".%" SCNu64 "%n", &kinds[0], &numbers[0],
                       &kinds[1], &numbers[1], &place.given, &end);
    if (count != 5 || copy[end] != '\0' || !make_point(kinds[0], numbers[0], &place.point) ||
        !make_point(kinds[1], numbers[1], &place.second))
        return jc_mcp_bad_cursor(reterr);
    *ret_place = place;
    return JC_OK;
}

/* Read a point; the head, or a distance from it, becomes the sequence that it is now. */
static jc_status fix_point(const jc_mcp_call *call, jc_str workflow_id, const char *name,
                           jc_point *ret_point, jc_error *reterr)
{
    jc_head head;
    jc_status status = jc_mcp_point_of(call, name, ret_point, reterr);
    if (status < 0 || ret_point->kind == JC_POINT_SEQUENCE || ret_point->kind == JC_POINT_TIME)
        return status;
    status = jc_head_read(call->store, workflow_id, &head, reterr);
    if (status < 0 || head.sequence == 0 || ret_point->number > head.sequence)
        return status; /* whoever reads at the point says what is wrong with it */
    *ret_point = (jc_point){.kind = JC_POINT_SEQUENCE, .number = head.sequence - ret_point->number};
    return JC_OK;
}

jc_status jc_mcp_place_of(const jc_mcp_call *call, jc_str workflow_id, const char *first,
                          const char *second, jc_mcp_place *ret_place, jc_error *reterr)
{
    jc_str text;
    jc_mcp_place place = {.given = 0};
    jc_status status = jc_mcp_cursor_given(call, &text, reterr);
    if (status == JC_OK && text.bytes != NULL)
        return read_place(text, ret_place, reterr);
    if (status == JC_OK)
        status = fix_point(call, workflow_id, first, &place.point, reterr);
    if (status == JC_OK && second != NULL)
        status = fix_point(call, workflow_id, second, &place.second, reterr);
    if (status == JC_OK)
        *ret_place = place;
    return status;
}

static uint64_t number_of(const jc_point *point)
{
    return point->kind == JC_POINT_TIME ? (uint64_t)point->time_us : point->number;
}

void jc_mcp_put_place(jc_mcp_call *call, const jc_mcp_place *place, uint64_t given)
{
    jc_mcp_put_cursor(call, "%c%" PRIu64 ".%c%" PRIu64 ".%" PRIu64,
                      place->point.kind == JC_POINT_TIME ? 't' : 's', number_of(&place->point),
                      place->second.kind == JC_POINT_TIME ? 't' : 's', number_of(&place->second),
                      given);
}
