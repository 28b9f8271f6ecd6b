/* Arguments held against the input schema of a tool: the part of JSON Schema that the definitions in
 * tools/ use. What the client was told and what is demanded are so the same. */
#include "mcp/arguments.h"

#include "base/fail.h"

#include <stdio.h>
#include <stdlib.h>

#define SHOWN_MAX 60 /* bytes of a bad value in an error */

static bool is_whole(const char *text, size_t size)
{
    size_t from = size > 0 && text[0] == '-' ? 1 : 0;
    for (size_t i = from; i < size; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
    }
    return size > from && size < 20;
}

static bool is_whole_number(yyjson_val *value)
{
    return (yyjson_is_raw(value) && is_whole(yyjson_get_raw(value), yyjson_get_len(value))) ||
           (yyjson_is_str(value) && is_whole(yyjson_get_str(value), yyjson_get_len(value)));
}

static bool is_truth_value(yyjson_val *value)
{
    return yyjson_is_bool(value) || yyjson_equals_str(value, "true") ||
           yyjson_equals_str(value, "false");
}

static bool has_type(yyjson_val *value, yyjson_val *type)
{
    if (yyjson_equals_str(type, "string"))
        return yyjson_is_str(value);
    if (yyjson_equals_str(type, "integer"))
        return is_whole_number(value);
    if (yyjson_equals_str(type, "boolean"))
        return is_truth_value(value);
    if (yyjson_equals_str(type, "array"))
        return yyjson_is_arr(value);
    return yyjson_equals_str(type, "object") && yyjson_is_obj(value);
}

/* `type` is a name, or a list of names. */
static bool has_any_type(yyjson_val *value, yyjson_val *type)
{
    size_t i, count;
    yyjson_val *each;
    bool found = !yyjson_is_arr(type) && has_type(value, type);
    yyjson_arr_foreach(type, i, count, each) {
        found = found || has_type(value, each);
    }
    return found;
}

/* "string or array", "one of a, b", into `ret`. */
static void join(yyjson_val *names, const char *between, char *ret, size_t room)
{
    size_t i, count;
    size_t size = 0;
    yyjson_val *each;
    ret[0] = '\0';
    if (yyjson_is_str(names))
        (void)snprintf(ret, room, "%s", yyjson_get_str(names));
    yyjson_arr_foreach(names, i, count, each) {
        int more =
            snprintf(ret + size, room - size, "%s%s", i > 0 ? between : "", yyjson_get_str(each));
        size += more > 0 && (size_t)more < room - size ? (size_t)more : 0;
    }
}

static jc_status refuse(const char *name, yyjson_val *value, const char *wanted, jc_error *reterr)
{
    char *shown = yyjson_val_write(value, YYJSON_WRITE_NOFLAG, NULL);
    jc_str cut = jc_mcp_cut(jc_str_of(shown != NULL ? shown : "?"), SHOWN_MAX);
    jc_status status =
        jc_fail(reterr, JC_EINVAL, "%s: it must be %s, not %.*s%s", name, wanted, (int)cut.size,
                cut.bytes, shown != NULL && strlen(shown) > cut.size ? "…" : "");
    free(shown);
    return status;
}

static bool is_one_of(yyjson_val *value, yyjson_val *values)
{
    size_t i, count;
    yyjson_val *each;
    bool found = false;
    yyjson_arr_foreach(values, i, count, each) {
        found = found || yyjson_equals_strn(value, yyjson_get_str(each), yyjson_get_len(each));
    }
    return found;
}

static long long number_of(yyjson_val *value)
{
    char text[24];
    const char *bytes = yyjson_is_raw(value) ? yyjson_get_raw(value) : yyjson_get_str(value);
    (void)snprintf(text, sizeof text, "%.*s", (int)yyjson_get_len(value), bytes);
    return strtoll(text, NULL, 10);
}

static jc_status check_range(yyjson_val *schema, const char *name, yyjson_val *value,
                             jc_error *reterr)
{
    char wanted[80];
    yyjson_val *least = yyjson_obj_get(schema, "minimum");
    yyjson_val *most = yyjson_obj_get(schema, "maximum");
    if (!is_whole_number(value) || (least == NULL && most == NULL))
        return JC_OK;
    long long number = number_of(value);
    if ((least == NULL || number >= yyjson_get_sint(least)) &&
        (most == NULL || number <= yyjson_get_sint(most)))
        return JC_OK;
    if (most == NULL)
        (void)snprintf(wanted, sizeof wanted, "at least %lld", (long long)yyjson_get_sint(least));
    else
        (void)snprintf(wanted, sizeof wanted, "from %lld to %lld",
                       (long long)yyjson_get_sint(least), (long long)yyjson_get_sint(most));
    return refuse(name, value, wanted, reterr);
}

static jc_status check_value(yyjson_val *schema, const char *name, yyjson_val *value,
                             jc_error *reterr)
{
    size_t i, count;
    char wanted[400];
    yyjson_val *element;
    yyjson_val *type = yyjson_obj_get(schema, "type");
    yyjson_val *values = yyjson_obj_get(schema, "enum");
    yyjson_val *items = yyjson_obj_get(schema, "items");
    bool empty = yyjson_is_str(value) && yyjson_get_len(value) == 0;
    if (yyjson_is_null(value) || empty)
        return JC_OK;
    if (!has_any_type(value, type)) {
        join(type, " or ", wanted, sizeof wanted);
        return refuse(name, value, wanted, reterr);
    }
    if (values != NULL && !is_one_of(value, values)) {
        (void)snprintf(wanted, sizeof wanted, "one of ");
        join(values, ", ", wanted + 7, sizeof wanted - 7);
        return refuse(name, value, wanted, reterr);
    }
    jc_status status = check_range(schema, name, value, reterr);
    if (items == NULL)
        return status;
    yyjson_arr_foreach(value, i, count, element) {
        if (status == JC_OK)
            status = check_value(items, name, element, reterr);
    }
    return status;
}

static jc_status refuse_unknown(yyjson_val *properties, jc_str name, jc_error *reterr)
{
    size_t i, count;
    yyjson_val *key, *value;
    JC_AUTO(jc_buf) known = {0};
    jc_str shown = jc_mcp_cut(name, SHOWN_MAX);
    yyjson_obj_foreach(properties, i, count, key, value) {
        if (jc_buf_append_format(&known, NULL, "%s%s", i > 0 ? ", " : "", yyjson_get_str(key)) < 0)
            return jc_fail_memory(reterr);
    }
    return jc_fail(reterr, JC_EINVAL, "there is no argument '%.*s': there are %.*s",
                   (int)shown.size, shown.bytes, (int)known.size,
                   known.bytes != NULL ? known.bytes : "none");
}

static jc_status check_required(yyjson_val *schema, yyjson_val *arguments, jc_error *reterr)
{
    size_t i, count;
    yyjson_val *name;
    yyjson_arr_foreach(yyjson_obj_get(schema, "required"), i, count, name) {
        yyjson_val *value = yyjson_obj_get(arguments, yyjson_get_str(name));
        if (value == NULL || yyjson_is_null(value) ||
            (yyjson_is_str(value) && yyjson_get_len(value) == 0))
            return jc_fail(reterr, JC_EINVAL, "%s: it must be given", yyjson_get_str(name));
    }
    return JC_OK;
}

jc_status jc_mcp_arguments_check(yyjson_val *schema, yyjson_val *arguments, jc_error *reterr)
{
    size_t i, count;
    yyjson_val *key, *value;
    yyjson_val *properties = yyjson_obj_get(schema, "properties");
    if (arguments == NULL)
        return check_required(schema, NULL, reterr);
    if (!yyjson_is_obj(arguments))
        return jc_fail(reterr, JC_EINVAL, "the arguments must be an object");
    jc_status status = JC_OK;
    yyjson_obj_foreach(arguments, i, count, key, value) {
        yyjson_val *rule = yyjson_obj_getn(properties, yyjson_get_str(key), yyjson_get_len(key));
        if (status == JC_OK && rule == NULL)
            status = refuse_unknown(properties, (jc_str){yyjson_get_str(key), yyjson_get_len(key)},
                                    reterr);
        else if (status == JC_OK)
            status = check_value(rule, yyjson_get_str(key), value, reterr);
    }
    return status == JC_OK ? check_required(schema, arguments, reterr) : status;
}
