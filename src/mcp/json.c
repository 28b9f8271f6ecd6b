/* JSON in the making: see json.h. */
#include "mcp/json.h"

#include "base/fail.h"
#include "base/json.h"
#include "jc/query.h"

#include <stdlib.h>

static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */

void jc_mcp_json_init(jc_mcp_json *json)
{
    json->doc = yyjson_mut_doc_new(NULL);
    json->failed = json->doc == NULL;
}

void jc_mcp_json_release(jc_mcp_json *json)
{
    yyjson_mut_doc_free(json->doc);
    *json = (jc_mcp_json){0};
}

static yyjson_mut_val *made(jc_mcp_json *json, yyjson_mut_val *value)
{
    json->failed = json->failed || value == NULL;
    return value;
}

yyjson_mut_val *jc_mcp_object(jc_mcp_json *json)
{
    return made(json, yyjson_mut_obj(json->doc));
}

yyjson_mut_val *jc_mcp_list(jc_mcp_json *json)
{
    return made(json, yyjson_mut_arr(json->doc));
}

/* How many bytes at the start of `text` are valid. */
static size_t valid_size(jc_str text)
{
    size_t low = 0;
    for (size_t size = text.size; size > 0; size /= 2) {
        while (low + size <= text.size && jc_utf8_valid((jc_str){text.bytes + low, size}))
            low += size;
    }
    return low;
}

static yyjson_mut_val *mended_text(jc_mcp_json *json, jc_str text)
{
    JC_AUTO(jc_buf) mended = {0};
    jc_status status = JC_OK;
    while (status == JC_OK && text.size > 0) {
        size_t size = valid_size(text);
        status = jc_buf_append(&mended, text.bytes, size, NULL);
        text = (jc_str){text.bytes + size, text.size - size};
        if (status == JC_OK && text.size > 0) {
            status = jc_buf_append_text(&mended, replacement, NULL);
            text = (jc_str){text.bytes + 1, text.size - 1};
        }
    }
    if (status < 0)
        return made(json, NULL);
    return made(json, yyjson_mut_strncpy(json->doc, jc_buf_str(&mended).bytes, mended.size));
}

yyjson_mut_val *jc_mcp_text(jc_mcp_json *json, jc_str text)
{
    if (!jc_utf8_valid(text))
        return mended_text(json, text);
    return made(json,
                yyjson_mut_strncpy(json->doc, text.bytes != NULL ? text.bytes : "", text.size));
}

yyjson_mut_val *jc_mcp_copy(jc_mcp_json *json, yyjson_val *value)
{
    return made(json, yyjson_val_mut_copy(json->doc, value));
}

yyjson_mut_val *jc_mcp_parsed(jc_mcp_json *json, jc_str text)
{
    yyjson_doc *doc = yyjson_read(text.bytes, text.size, YYJSON_READ_NUMBER_AS_RAW);
    if (doc == NULL)
        return jc_mcp_text(json, text);
    yyjson_mut_val *value = jc_mcp_copy(json, yyjson_doc_get_root(doc));
    yyjson_doc_free(doc);
    return value;
}

void jc_mcp_put(jc_mcp_json *json, yyjson_mut_val *object, const char *name, yyjson_mut_val *value)
{
    if (!yyjson_mut_obj_add(object, yyjson_mut_str(json->doc, name), value))
        json->failed = true;
}

yyjson_mut_val *jc_mcp_put_object(jc_mcp_json *json, yyjson_mut_val *object, const char *name)
{
    yyjson_mut_val *value = jc_mcp_object(json);
    jc_mcp_put(json, object, name, value);
    return value;
}

yyjson_mut_val *jc_mcp_put_list(jc_mcp_json *json, yyjson_mut_val *object, const char *name)
{
    yyjson_mut_val *value = jc_mcp_list(json);
    jc_mcp_put(json, object, name, value);
    return value;
}

void jc_mcp_put_text(jc_mcp_json *json, yyjson_mut_val *object, const char *name, jc_str text)
{
    if (text.bytes != NULL)
        jc_mcp_put(json, object, name, jc_mcp_text(json, text));
}

void jc_mcp_put_word(jc_mcp_json *json, yyjson_mut_val *object, const char *name, const char *word)
{
    jc_mcp_put_text(json, object, name, jc_str_of(word));
}

void jc_mcp_put_time(jc_mcp_json *json, yyjson_mut_val *object, const char *name, int64_t time_us)
{
    char text[JC_TIME_TEXT_SIZE];
    if (time_us == JC_UNKNOWN)
        return;
    jc_time_format(time_us, text);
    jc_mcp_put_word(json, object, name, text);
}

void jc_mcp_put_duration(jc_mcp_json *json, yyjson_mut_val *object, const char *name,
                         int64_t duration_ms)
{
    if (duration_ms != JC_UNKNOWN)
        jc_mcp_put(json, object, name, made(json, yyjson_mut_sint(json->doc, duration_ms)));
}

void jc_mcp_put_number(jc_mcp_json *json, yyjson_mut_val *object, const char *name, uint64_t number)
{
    jc_mcp_put(json, object, name, made(json, yyjson_mut_uint(json->doc, number)));
}

void jc_mcp_put_bool(jc_mcp_json *json, yyjson_mut_val *object, const char *name, bool value)
{
    jc_mcp_put(json, object, name, made(json, yyjson_mut_bool(json->doc, value)));
}

void jc_mcp_put_uuid(jc_mcp_json *json, yyjson_mut_val *object, const char *name, jc_uuid id)
{
    char text[JC_UUID_TEXT_SIZE];
    jc_uuid_format(id, text);
    jc_mcp_put_word(json, object, name, text);
}

void jc_mcp_add(jc_mcp_json *json, yyjson_mut_val *list, yyjson_mut_val *value)
{
    if (!yyjson_mut_arr_append(list, value))
        json->failed = true;
}

jc_status jc_mcp_write(jc_mcp_json *json, const yyjson_mut_val *value, jc_buf *text,
                       jc_error *reterr)
{
    size_t size = 0;
    char *bytes = json->failed ? NULL : yyjson_mut_val_write(value, YYJSON_WRITE_NOFLAG, &size);
    if (bytes == NULL)
        return jc_fail_memory(reterr);
    jc_status status = jc_buf_append(text, bytes, size, reterr);
    free(bytes);
    return status;
}

size_t jc_mcp_size(jc_mcp_json *json, const yyjson_mut_val *value)
{
    size_t size = 0;
    char *bytes = yyjson_mut_val_write(value, YYJSON_WRITE_NOFLAG, &size);
    json->failed = json->failed || bytes == NULL;
    free(bytes);
    return size;
}

jc_str jc_mcp_cut(jc_str text, size_t size_max)
{
    if (text.size <= size_max)
        return text;
    while (size_max > 0 && ((unsigned char)text.bytes[size_max] & 0xc0) == 0x80)
        size_max--;
    return (jc_str){text.bytes, size_max};
}
