/* What the full-text search sees of an event: see document.h. Names of members are left out: they are
 * the same in all events of a type, so they would only make every event match. */
#include "query/document.h"

#include "base/fail.h"

void jc_document_reader_release(jc_document_reader *reader)
{
    jc_buf_release(&reader->pool);
    jc_buf_release(&reader->body);
}

/* Marks of excerpts must not come from the text itself. */
static jc_status add_text(jc_buf *body, const char *bytes, size_t size, jc_error *reterr)
{
    size_t from = body->size;
    jc_status status = jc_buf_append(body, bytes, size, reterr);
    if (status == JC_OK)
        status = jc_buf_append_char(body, '\n', reterr);
    for (size_t i = from; status == JC_OK && i < body->size; i++) {
        if (body->bytes[i] >= 0 && body->bytes[i] < '\t')
            body->bytes[i] = ' ';
    }
    return status;
}

/* Data is nested 64 levels deep at most. */
static jc_status add_value(jc_buf *body, yyjson_val *value, jc_error *reterr)
{
    jc_status status = JC_OK;
    size_t at = 0;
    size_t count = 0;
    yyjson_val *key;
    yyjson_val *element;
    if (yyjson_is_str(value))
        return add_text(body, yyjson_get_str(value), yyjson_get_len(value), reterr);
    if (yyjson_is_raw(value))
        return add_text(body, yyjson_get_raw(value), yyjson_get_len(value), reterr);
    if (yyjson_is_arr(value)) {
        yyjson_arr_foreach(value, at, count, element) {
            if (status == JC_OK)
                status = add_value(body, element, reterr);
        }
    } else if (yyjson_is_obj(value)) {
        yyjson_obj_foreach(value, at, count, key, element) {
            if (status == JC_OK)
                status = add_value(body, element, reterr);
        }
    }
    return status;
}

static bool is_title(yyjson_val *key)
{
    static const char *const names[] = {"title", "name", "feature_name"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (yyjson_equals_str(key, names[i]))
            return true;
    }
    return false;
}

static yyjson_doc *parse(jc_document_reader *reader, jc_str data, jc_status *ret_status,
                         jc_error *reterr)
{
    const yyjson_read_flag flags = YYJSON_READ_NUMBER_AS_RAW;
    yyjson_alc allocator;
    jc_buf_clear(&reader->pool);
    *ret_status =
        jc_buf_reserve(&reader->pool, yyjson_read_max_memory_usage(data.size, flags), reterr);
    if (*ret_status < 0 ||
        !yyjson_alc_pool_init(&allocator, reader->pool.bytes, reader->pool.capacity))
        return NULL;
    /* yyjson's parameter is not const for its in-place mode, which is not used here. */
    return yyjson_read_opts((char *)(uintptr_t)data.bytes, data.size, flags, &allocator, NULL);
}

jc_status jc_document_read(jc_document_reader *reader, const jc_event *event,
                           jc_document *ret_document, jc_error *reterr)
{
    jc_status status = JC_OK;
    size_t at = 0;
    size_t count = 0;
    yyjson_val *key;
    yyjson_val *value;
    *ret_document = (jc_document){.fields = {[JC_SEARCH_TYPE] = event->event_type,
                                             [JC_SEARCH_WORKFLOW] = event->workflow_id,
                                             [JC_SEARCH_AGENT] = event->agent_id}};
    jc_buf_clear(&reader->body);
    yyjson_val *root = yyjson_doc_get_root(parse(reader, event->data, &status, reterr));
    if (!yyjson_is_obj(root))
        return status;
    /* The title stands in front, so that both are pieces of one text. */
    size_t title_size = 0;
    yyjson_obj_foreach(root, at, count, key, value) {
        if (status == JC_OK && is_title(key) && yyjson_is_str(value))
            status = add_value(&reader->body, value, reterr);
    }
    title_size = reader->body.size;
    yyjson_obj_foreach(root, at, count, key, value) {
        if (status == JC_OK && !(is_title(key) && yyjson_is_str(value)))
            status = add_value(&reader->body, value, reterr);
    }
    jc_str all = jc_buf_str(&reader->body);
    ret_document->fields[JC_SEARCH_TITLE] = (jc_str){all.bytes, title_size};
    ret_document->fields[JC_SEARCH_BODY] = (jc_str){all.bytes + title_size, all.size - title_size};
    return status;
}
