/* The head of a payload that breaks off: what of it can still be read as JSON. */
#include "intake/hook.h"

#define LOOKED_AT_MAX ((size_t)64 * 1024)

/* Where the last comma stands that parts two members of the object itself; 0: there is none. */
static size_t last_comma(jc_str text)
{
    size_t depth = 0, comma = 0;
    bool in_string = false;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.bytes[i];
        if (in_string && c == '\\')
            i++;
        else if (c == '"')
            in_string = !in_string;
        else if (in_string)
            continue;
        else if (c == '{' || c == '[')
            depth++;
        else if (depth > 0 && (c == '}' || c == ']'))
            depth--;
        else if (c == ',' && depth == 1)
            comma = i;
    }
    return comma;
}

/* Before any comma only the beginning is known to be whole: that it is an object. */
static size_t whole_size(jc_str text)
{
    const char *brace = text.size > 0 ? memchr(text.bytes, '{', text.size) : NULL;
    size_t comma = last_comma(text);
    return comma > 0 || brace == NULL ? comma : (size_t)(brace - text.bytes) + 1;
}

jc_status jc_hook_head(jc_str payload, jc_buf *ret_object, jc_error *reterr)
{
    jc_str looked = {payload.bytes, payload.size < LOOKED_AT_MAX ? payload.size : LOOKED_AT_MAX};
    jc_buf_clear(ret_object);
    jc_status status = jc_buf_append(ret_object, looked.bytes, whole_size(looked), reterr);
    return status == JC_OK ? jc_buf_append_char(ret_object, '}', reterr) : status;
}
