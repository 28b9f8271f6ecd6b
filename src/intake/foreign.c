/* Reading foreign JSON: as it is when its grammar is right, else once more after mending its bytes. See
 * foreign.h. */
#include "intake/foreign.h"

#include "base/fail.h"

#define REPLACEMENT_UTF8 "\xef\xbf\xbd"
#define REPLACEMENT_ESCAPE "\\ufffd"

void jc_foreign_release(jc_foreign *foreign)
{
    jc_json_release(&foreign->json);
    jc_buf_release(&foreign->text);
}

static bool is_high_half(int unit)
{
    return unit >= 0xd800 && unit <= 0xdbff;
}

static bool is_low_half(int unit)
{
    return unit >= 0xdc00 && unit <= 0xdfff;
}

/* Copy the escape at *at, mended: a half of a pair without the other becomes U+FFFD. */
static jc_status copy_escape(jc_foreign *foreign, jc_str text, size_t *at, jc_error *reterr)
{
    int unit = jc_json_escaped_unit(text, *at);
    size_t size = unit >= 0 ? 6 : text.size - *at >= 2 ? 2 : 1;
    jc_str piece = {text.bytes + *at, size};
    if (is_high_half(unit) && is_low_half(jc_json_escaped_unit(text, *at + 6))) {
        piece.size = 12;
    } else if (is_high_half(unit) || is_low_half(unit)) {
        foreign->mended |= JC_MENDED_SURROGATE;
        *at += size;
        return jc_buf_append_text(&foreign->text, REPLACEMENT_ESCAPE, reterr);
    }
    *at += piece.size;
    return jc_buf_append_str(&foreign->text, piece, reterr);
}

/* Copy one character of a string, or a replacement for a byte that belongs to none. */
static jc_status copy_character(jc_foreign *foreign, jc_str text, size_t *at, jc_error *reterr)
{
    jc_str rest = {text.bytes + *at, text.size - *at};
    unsigned char c = (unsigned char)rest.bytes[0];
    size_t size = jc_utf8_size(rest);
    if (c == '\\')
        return copy_escape(foreign, text, at, reterr);
    *at += size > 0 ? size : 1;
    if (size == 0) {
        foreign->mended |= JC_MENDED_UTF8;
        return jc_buf_append_text(&foreign->text, REPLACEMENT_UTF8, reterr);
    }
    if (c < 0x20) {
        foreign->mended |= JC_MENDED_CONTROL;
        return jc_buf_append_format(&foreign->text, reterr, "\\u%04x", c);
    }
    return jc_buf_append(&foreign->text, rest.bytes, size, reterr);
}

/* The text once more, into foreign->text, with what is wrong inside its strings put right. */
static jc_status mend(jc_foreign *foreign, jc_str text, jc_error *reterr)
{
    bool in_string = false;
    jc_status status = JC_OK;
    jc_buf_clear(&foreign->text);
    for (size_t i = 0; status == JC_OK && i < text.size;) {
        char c = text.bytes[i];
        if (c == '"')
            in_string = !in_string;
        if (in_string && c != '"') {
            status = copy_character(foreign, text, &i, reterr);
            continue;
        }
        status = jc_buf_append_char(&foreign->text, c, reterr);
        i++;
    }
    return status;
}

/* Windows' editors and shells put a byte order mark before it. */
static jc_str without_mark(jc_str text)
{
    if (text.size >= 3 && memcmp(text.bytes, "\xef\xbb\xbf", 3) == 0)
        return (jc_str){text.bytes + 3, text.size - 3};
    return text;
}

jc_status jc_foreign_read(jc_foreign *foreign, jc_str text, yyjson_val **ret_root, jc_error *reterr)
{
    yyjson_val *root = NULL;
    jc_error first;
    text = without_mark(text);
    foreign->mended = 0;
    jc_status status = jc_json_read_loose(&foreign->json, text, &root, &first);
    if (status == JC_EINVAL) {
        status = mend(foreign, text, reterr);
        if (status < 0)
            return status;
        status = foreign->mended != 0
                     ? jc_json_read_loose(&foreign->json, jc_buf_str(&foreign->text), &root, reterr)
                     : JC_EINVAL;
    }
    /* What was wrong is told of the text as it came. Memory may be short at either reading. */
    if (status == JC_EINVAL)
        return jc_fail(reterr, JC_EINVAL, "%s", first.text);
    if (status < 0)
        return jc_fail_memory(reterr);
    if (!yyjson_is_obj(root))
        return jc_fail(reterr, JC_EINVAL, "it is JSON, but no object");
    *ret_root = root;
    return JC_OK;
}

yyjson_val *jc_foreign_get(yyjson_val *object, const char *name)
{
    yyjson_val *found = NULL;
    yyjson_obj_iter iter;
    if (!yyjson_obj_iter_init(object, &iter))
        return NULL;
    for (yyjson_val *key = yyjson_obj_iter_next(&iter); key != NULL;
         key = yyjson_obj_iter_next(&iter)) {
        if (yyjson_equals_str(key, name))
            found = yyjson_obj_iter_get_val(key);
    }
    return found;
}

jc_str jc_foreign_text(yyjson_val *object, const char *name)
{
    yyjson_val *value = jc_foreign_get(object, name);
    if (!yyjson_is_str(value) || yyjson_get_len(value) == 0)
        return (jc_str){0};
    return (jc_str){yyjson_get_str(value), yyjson_get_len(value)};
}
