/* jc_buf: see buf.h. */
#include "base/buf.h"

#include "base/fail.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define CAPACITY_MIN 256

void jc_buf_release(jc_buf *buf)
{
    free(buf->bytes);
    *buf = (jc_buf){.size_max = buf->size_max};
}

jc_status jc_buf_reserve(jc_buf *buf, size_t extra, jc_error *reterr)
{
    if (buf->size_max != 0 && extra > buf->size_max - buf->size)
        return jc_fail(reterr, JC_EINVAL, "more than %zu bytes", buf->size_max);
    if (extra <= buf->capacity - buf->size)
        return JC_OK;
    if (extra > SIZE_MAX / 2 - buf->size)
        return jc_fail_memory(reterr);

    size_t capacity = buf->capacity + buf->capacity / 2;
    if (capacity < CAPACITY_MIN)
        capacity = CAPACITY_MIN;
    if (capacity < buf->size + extra)
        capacity = buf->size + extra;
    char *bytes = realloc(buf->bytes, capacity);
    if (bytes == NULL)
        return jc_fail_memory(reterr);
    buf->bytes = bytes;
    buf->capacity = capacity;
    return JC_OK;
}

jc_status jc_buf_append(jc_buf *buf, const void *bytes, size_t size, jc_error *reterr)
{
    if (size == 0)
        return JC_OK;
    jc_status status = jc_buf_reserve(buf, size, reterr);
    if (status < 0)
        return status;
    memcpy(buf->bytes + buf->size, bytes, size);
    buf->size += size;
    return JC_OK;
}

jc_status jc_buf_append_str(jc_buf *buf, jc_str text, jc_error *reterr)
{
    return jc_buf_append(buf, text.bytes, text.size, reterr);
}

jc_status jc_buf_append_text(jc_buf *buf, const char *text, jc_error *reterr)
{
    return jc_buf_append(buf, text, strlen(text), reterr);
}

jc_status jc_buf_append_char(jc_buf *buf, char c, jc_error *reterr)
{
    return jc_buf_append(buf, &c, 1, reterr);
}

jc_status jc_buf_append_format(jc_buf *buf, jc_error *reterr, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (size < 0)
        return jc_fail(reterr, JC_EINVAL, "text that cannot be formatted");
    jc_status status = jc_buf_reserve(buf, (size_t)size + 1, reterr);
    if (status < 0)
        return status;
    va_start(arguments, format);
    (void)vsnprintf(buf->bytes + buf->size, (size_t)size + 1, format, arguments);
    va_end(arguments);
    buf->size += (size_t)size;
    return JC_OK;
}

void jc_buf_consume(jc_buf *buf, size_t size)
{
    if (size == 0)
        return;
    memmove(buf->bytes, buf->bytes + size, buf->size - size);
    buf->size -= size;
}
