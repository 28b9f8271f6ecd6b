/* JSON to and from jv: see jq_values.h. */
#include "projection/jq_values.h"

#include <float.h>
#include <math.h>
#include <stdio.h>

static bool is_plain(const jc_jq_library *lib, jv number)
{
    return isfinite(lib->jv_number_value(number)) &&
           (lib->number_has_literal == NULL || lib->number_has_literal(number) == 0);
}

/* Is there a number in it that is not a plain double? */
static bool needs_doubles(const jc_jq_library *lib, jv value)
{
    bool needs = false;
    switch (lib->jv_get_kind(value)) {
    case JV_KIND_NUMBER:
        return !is_plain(lib, value);
    case JV_KIND_ARRAY:
        for (int i = 0; !needs && i < lib->jv_array_length(lib->jv_copy(value)); i++) {
            jv element = lib->jv_array_get(lib->jv_copy(value), i);
            needs = needs_doubles(lib, element);
            lib->jv_free(element);
        }
        return needs;
    case JV_KIND_OBJECT:
        for (int at = lib->jv_object_iter(value); !needs && lib->jv_object_iter_valid(value, at);
             at = lib->jv_object_iter_next(value, at)) {
            jv member = lib->jv_object_iter_value(value, at);
            needs = needs_doubles(lib, member);
            lib->jv_free(member);
        }
        return needs;
    default:
        return false;
    }
}

static jv to_double(const jc_jq_library *lib, jv number)
{
    double value = lib->jv_number_value(number);
    lib->jv_free(number);
    if (isinf(value))
        value = value > 0 ? DBL_MAX : -DBL_MAX;
    return lib->jv_number(value);
}

/* The same value, made anew of plain doubles. */
static jv with_doubles(const jc_jq_library *lib, jv value)
{
    jv made;
    switch (lib->jv_get_kind(value)) {
    case JV_KIND_NUMBER:
        return to_double(lib, value);
    case JV_KIND_ARRAY:
        made = lib->jv_array();
        for (int i = 0; i < lib->jv_array_length(lib->jv_copy(value)); i++)
            made =
                lib->jv_array_append(made,
                                     with_doubles(lib, lib->jv_array_get(lib->jv_copy(value), i)));
        break;
    case JV_KIND_OBJECT:
        made = lib->jv_object();
        for (int at = lib->jv_object_iter(value); lib->jv_object_iter_valid(value, at);
             at = lib->jv_object_iter_next(value, at))
            made = lib->jv_object_set(made, lib->jv_object_iter_key(value, at),
                                      with_doubles(lib, lib->jv_object_iter_value(value, at)));
        break;
    default:
        return value;
    }
    lib->jv_free(value);
    return made;
}

jv jc_jq_value_read(const jc_jq_library *lib, const char *json, int size)
{
    jv value = lib->jv_parse_sized(json, size);
    return needs_doubles(lib, value) ? with_doubles(lib, value) : value;
}

jv jc_jq_value_write(const jc_jq_library *lib, jv value)
{
    return lib->jv_dump_string(needs_doubles(lib, value) ? with_doubles(lib, value) : value, 0);
}

/* Where the walk through a value is. */
typedef struct place {
    const char *member; /* the innermost one; NULL: none */
    int depth_left;
} place;

static const char *objection_at(const jc_jq_library *lib, jv value, place at, char *text,
                                size_t size)
{
    const char *objection = NULL;
    jv_kind kind = lib->jv_get_kind(value);
    if (kind == JV_KIND_NUMBER && !isfinite(lib->jv_number_value(value))) {
        (void)snprintf(text, size, "the state holds a number that JSON does not have (%s)%s%.100s",
                       isnan(lib->jv_number_value(value)) ? "nan" : "infinite",
                       at.member != NULL ? " in " : "", at.member != NULL ? at.member : "");
        return text;
    }
    if (kind != JV_KIND_ARRAY && kind != JV_KIND_OBJECT)
        return NULL;
    if (at.depth_left-- == 0)
        return "the state is nested too deeply";
    for (int i = 0; kind == JV_KIND_ARRAY && objection == NULL &&
                    i < lib->jv_array_length(lib->jv_copy(value));
         i++) {
        jv element = lib->jv_array_get(lib->jv_copy(value), i);
        objection = objection_at(lib, element, at, text, size);
        lib->jv_free(element);
    }
    for (int i = kind == JV_KIND_OBJECT ? lib->jv_object_iter(value) : -2;
         kind == JV_KIND_OBJECT && objection == NULL && lib->jv_object_iter_valid(value, i);
         i = lib->jv_object_iter_next(value, i)) {
        jv key = lib->jv_object_iter_key(value, i);
        jv member = lib->jv_object_iter_value(value, i);
        place within = {.member = lib->jv_string_value(key), .depth_left = at.depth_left};
        objection = objection_at(lib, member, within, text, size);
        lib->jv_free(member);
        lib->jv_free(key);
    }
    return objection;
}

const char *jc_jq_value_objection(const jc_jq_library *lib, jv value, int depth_max, char *text,
                                  size_t size)
{
    place top = {.depth_left = depth_max};
    return objection_at(lib, value, top, text, size);
}

const char *jc_jq_value_kind(const jc_jq_library *lib, jv value)
{
    switch (lib->jv_get_kind(value)) {
    case JV_KIND_NULL:
        return "null";
    case JV_KIND_FALSE:
    case JV_KIND_TRUE:
        return "a boolean";
    case JV_KIND_NUMBER:
        return "a number";
    case JV_KIND_STRING:
        return "a string";
    case JV_KIND_ARRAY:
        return "an array";
    case JV_KIND_OBJECT:
        return "an object";
    default:
        return "nothing";
    }
}
