/* An event's data as a projection reads it: see payload.h. */
#include "projection/payload.h"

#include "base/fail.h"

void jc_payload_release(jc_payload *payload)
{
    jc_buf_release(&payload->pool);
    payload->root = NULL;
}

jc_status jc_payload_read(jc_payload *payload, const jc_event *event, jc_error *reterr)
{
    const yyjson_read_flag flags = YYJSON_READ_BIGNUM_AS_RAW;
    size_t memory = yyjson_read_max_memory_usage(event->data.size, flags);
    yyjson_alc allocator;
    payload->root = NULL;
    jc_buf_clear(&payload->pool);
    jc_status status = jc_buf_reserve(&payload->pool, memory, reterr);
    if (status < 0)
        return status;
    if (!yyjson_alc_pool_init(&allocator, payload->pool.bytes, payload->pool.capacity))
        return jc_fail_memory(reterr);
    /* yyjson's parameter is not const for its in-place mode, which is not used here. */
    yyjson_doc *doc = yyjson_read_opts((char *)(uintptr_t)event->data.bytes, event->data.size,
                                       flags, &allocator, NULL);
    payload->root = yyjson_doc_get_root(doc);
    if (!yyjson_is_obj(payload->root))
        return jc_fail(reterr, JC_ECORRUPT, "data: not a JSON object");
    return JC_OK;
}

/* The value under the next of the names that there is, which is taken off `names`; NULL: no more. */
static yyjson_val *next_value(const jc_payload *payload, const char **names)
{
    while (**names != '\0') {
        size_t size = strcspn(*names, "|");
        yyjson_val *value = yyjson_obj_getn(payload->root, *names, size);
        *names += size + ((*names)[size] == '|' ? 1 : 0);
        if (value != NULL)
            return value;
    }
    return NULL;
}

jc_str jc_payload_text(const jc_payload *payload, const char *names)
{
    yyjson_val *value = next_value(payload, &names);
    while (value != NULL && (!yyjson_is_str(value) || yyjson_get_len(value) == 0))
        value = next_value(payload, &names);
    if (value == NULL)
        return (jc_str){0};
    return (jc_str){yyjson_get_str(value), yyjson_get_len(value)};
}

bool jc_payload_number(const jc_payload *payload, const char *names, double *ret)
{
    yyjson_val *value = next_value(payload, &names);
    while (value != NULL && !yyjson_is_num(value))
        value = next_value(payload, &names);
    if (value != NULL)
        *ret = yyjson_get_num(value);
    return value != NULL;
}

bool jc_payload_bool(const jc_payload *payload, const char *names, bool *ret)
{
    yyjson_val *value = next_value(payload, &names);
    while (value != NULL && !yyjson_is_bool(value))
        value = next_value(payload, &names);
    if (value != NULL)
        *ret = yyjson_get_bool(value);
    return value != NULL;
}

bool jc_payload_amount(const jc_payload *payload, const char *names, double *ret)
{
    double number = 0;
    if (!jc_payload_number(payload, names, &number) || !(number >= 0))
        return false;
    *ret = number;
    return true;
}

yyjson_val *jc_payload_list(const jc_payload *payload, const char *name)
{
    yyjson_val *value = yyjson_obj_get(payload->root, name);
    return yyjson_is_arr(value) ? value : NULL;
}
