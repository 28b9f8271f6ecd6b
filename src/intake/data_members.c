/* The members of a foreign object, one after the other: see data_members.h. */
#include "intake/data_members.h"

#include "base/fail.h"
#include "base/map.h"
#include "intake/foreign.h"
#include "intake/redact.h"

#include <stdlib.h>

#define KEYS_LINEAR_MAX 16 /* up to so many keys are compared each with each */

/* Which keys of an object are not followed by the same one again: `ret_stands[i]` of its i-th. */
static jc_status find_standing(yyjson_val *object, size_t count, bool ret_stands[],
                               jc_error *reterr)
{
    JC_AUTO(jc_arena) arena = {0};
    jc_map seen = {0};
    yyjson_val **keys = jc_arena_get(&arena, (count + 1) * sizeof *keys);
    size_t i, max;
    yyjson_val *key, *value;
    if (keys == NULL)
        return jc_fail_memory(reterr);
    yyjson_obj_foreach(object, i, max, key, value) {
        keys[i] = key;
        (void)value;
    }
    for (i = count; i > 0; i--) {
        jc_str name = jc_member_name(keys[i - 1]);
        ret_stands[i - 1] = jc_map_get(&seen, name) == NULL;
        if (ret_stands[i - 1] && !jc_map_put(&seen, &arena, name, keys[i - 1]))
            return jc_fail_memory(reterr);
    }
    return JC_OK;
}

/* Is one of the later members of that name? For objects of a few members. */
static bool comes_again(yyjson_val *object, yyjson_val *key)
{
    size_t i, max;
    bool behind = false;
    yyjson_val *other, *value;
    yyjson_obj_foreach(object, i, max, other, value) {
        (void)value;
        if (behind && jc_str_equal(jc_member_name(other), jc_member_name(key)))
            return true;
        if (other == key)
            behind = true;
    }
    return false;
}

jc_status jc_members_begin(jc_members *walk, yyjson_val *object, unsigned *mended, jc_error *reterr)
{
    size_t count = yyjson_obj_size(object);
    *walk = (jc_members){.object = object, .mended = mended};
    (void)yyjson_obj_iter_init(object, &walk->iter);
    if (count <= KEYS_LINEAR_MAX)
        return JC_OK;
    walk->stands = malloc(count * sizeof *walk->stands);
    if (walk->stands == NULL)
        return jc_fail_memory(reterr);
    jc_status status = find_standing(object, count, walk->stands, reterr);
    if (status < 0)
        free(walk->stands);
    return status;
}

void jc_members_end(jc_members *walk)
{
    free(walk->stands);
}

static bool is_listed(jc_str name, const char *const list[])
{
    for (; list != NULL && *list != NULL; list++) {
        if (jc_str_equal(name, jc_str_of(*list)))
            return true;
    }
    return false;
}

yyjson_val *jc_members_next(jc_members *walk)
{
    for (;;) {
        yyjson_val *key = yyjson_obj_iter_next(&walk->iter);
        if (key == NULL)
            return NULL;
        bool stands =
            walk->stands != NULL ? walk->stands[walk->index++] : !comes_again(walk->object, key);
        if (!stands)
            *walk->mended |= JC_MENDED_DUPLICATE;
        else if (!is_listed(jc_member_name(key), walk->except))
            return key;
    }
}

static bool has_member(yyjson_val *object, jc_str name)
{
    size_t i, max;
    yyjson_val *key, *value;
    yyjson_obj_foreach(object, i, max, key, value) {
        (void)value;
        if (jc_str_equal(jc_member_name(key), name))
            return true;
    }
    return false;
}

/* Only a name that holds a mark can be the same as one in which a secret became a mark. */
static bool has_marks(jc_members *walk)
{
    size_t i, max;
    yyjson_val *key, *value;
    if (walk->marks_sought)
        return walk->has_marks;
    walk->marks_sought = true;
    yyjson_obj_foreach(walk->object, i, max, key, value) {
        jc_str name = jc_member_name(key);
        (void)value;
        walk->has_marks = walk->has_marks || memmem(name.bytes, name.size, JC_REDACTED_MARK,
                                                    sizeof JC_REDACTED_MARK - 1) != NULL;
    }
    return walk->has_marks;
}

jc_status jc_members_show(jc_members *walk, jc_redactor *redactor, jc_str name, size_t *redacted,
                          jc_buf *piece, jc_str *ret_shown, jc_error *reterr)
{
    size_t count = 0;
    jc_str shown = name;
    jc_status status = JC_OK;
    if (redactor != NULL)
        status = jc_redact(redactor, name, &shown, &count, reterr);
    *ret_shown = shown;
    if (status < 0 || count == 0)
        return status;
    *redacted += count;
    jc_buf_clear(piece);
    status = jc_buf_append_str(piece, shown, reterr);
    if (status == JC_OK)
        status = jc_buf_append_format(piece, reterr, " %zu", *redacted);
    while (status == JC_OK && has_marks(walk) && has_member(walk->object, jc_buf_str(piece)))
        status = jc_buf_append_char(piece, '_', reterr);
    *ret_shown = jc_buf_str(piece);
    return status;
}

jc_str jc_members_telling_name(yyjson_val *object, jc_str name)
{
    size_t i, max;
    yyjson_val *key, *value;
    jc_str label = name;
    if (!jc_name_is_value(name))
        return name;
    yyjson_obj_foreach(object, i, max, key, value) {
        if (jc_name_is_label(jc_member_name(key)) && yyjson_is_str(value))
            label = jc_member_name(value);
    }
    return label;
}
