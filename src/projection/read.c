/* States back from JSON: see read.h. */
#include "projection/read.h"

#include "base/fail.h"

void jc_read_release(jc_read *read)
{
    yyjson_doc_free(read->doc);
    read->doc = NULL;
}

jc_status jc_read_fail(const char *what, jc_error *reterr)
{
    return jc_fail(reterr, JC_ECORRUPT, "a saved state is not what its projection writes: %s",
                   what);
}

jc_status jc_read_begin(jc_read *read, jc_str json, yyjson_val **ret_root, jc_error *reterr)
{
    yyjson_read_err error;
    jc_read_release(read);
    /* yyjson's parameter is not const for its in-place mode, which is not used here. */
    read->doc = yyjson_read_opts((char *)(uintptr_t)json.bytes, json.size, 0, NULL, &error);
    if (read->doc == NULL && error.code == YYJSON_READ_ERROR_MEMORY_ALLOCATION)
        return jc_fail_memory(reterr);
    if (!yyjson_is_obj(yyjson_doc_get_root(read->doc)))
        return jc_read_fail("it is no JSON object", reterr);
    *ret_root = yyjson_doc_get_root(read->doc);
    return JC_OK;
}

jc_str jc_read_element_text(yyjson_val *element)
{
    if (!yyjson_is_str(element))
        return (jc_str){0};
    return (jc_str){yyjson_get_str(element), yyjson_get_len(element)};
}

jc_str jc_read_text(yyjson_val *object, const char *name)
{
    jc_str text = jc_read_element_text(yyjson_obj_get(object, name));
    return text.size > 0 ? text : (jc_str){0};
}

bool jc_read_count(yyjson_val *object, const char *name, uint64_t *ret)
{
    yyjson_val *value = yyjson_obj_get(object, name);
    if (!yyjson_is_uint(value))
        return false;
    *ret = yyjson_get_uint(value);
    return true;
}

bool jc_read_integer(yyjson_val *object, const char *name, int64_t *ret)
{
    yyjson_val *value = yyjson_obj_get(object, name);
    if (!yyjson_is_int(value))
        return false;
    *ret = yyjson_get_sint(value);
    return true;
}

bool jc_read_number(yyjson_val *object, const char *name, double *ret)
{
    yyjson_val *value = yyjson_obj_get(object, name);
    if (!yyjson_is_num(value))
        return false;
    *ret = yyjson_get_num(value);
    return true;
}

bool jc_read_time(yyjson_val *object, const char *name, int64_t *ret_us)
{
    jc_str text = jc_read_text(object, name);
    return text.bytes != NULL && jc_time_parse(text, ret_us, NULL) == JC_OK;
}

bool jc_read_true(yyjson_val *object, const char *name)
{
    return yyjson_is_true(yyjson_obj_get(object, name));
}
