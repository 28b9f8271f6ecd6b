/* A growing run of bytes that owns its memory and has a maximum.
 *
 * {0} is empty with no maximum of its own. Growth is by half, so that n appends cost O(n). Once a
 * call failed the buffer is unchanged. jc_buf_clear keeps the memory for the next use. */
#ifndef JC_BASE_BUF_H
#define JC_BASE_BUF_H

#include "base/auto.h"
#include "jc/status.h"
#include "jc/str.h"

#include <stdint.h>

typedef struct jc_buf {
    char *bytes;
    size_t size;
    size_t capacity;
    size_t size_max; /* 0: no maximum */
} jc_buf;

void jc_buf_release(jc_buf *buf);
JC_AUTO_DEFINE(jc_buf, jc_buf_release);

/* Make room for `extra` more bytes. JC_ENOMEM. */
JC_MUST_CHECK jc_status jc_buf_reserve(jc_buf *buf, size_t extra, jc_error *reterr);
JC_MUST_CHECK jc_status jc_buf_append(jc_buf *buf, const void *bytes, size_t size,
                                      jc_error *reterr);
JC_MUST_CHECK jc_status jc_buf_append_str(jc_buf *buf, jc_str text, jc_error *reterr);
JC_MUST_CHECK jc_status jc_buf_append_text(jc_buf *buf, const char *text, jc_error *reterr);
JC_MUST_CHECK jc_status jc_buf_append_char(jc_buf *buf, char c, jc_error *reterr);
JC_PRINTF(3, 4)
JC_MUST_CHECK jc_status jc_buf_append_format(jc_buf *buf, jc_error *reterr, const char *format,
                                             ...);

static inline void jc_buf_clear(jc_buf *buf)
{
    buf->size = 0;
}

static inline jc_str jc_buf_str(const jc_buf *buf)
{
    jc_str result = {buf->bytes != NULL ? buf->bytes : "", buf->size};
    return result;
}

/* Remove the first `size` bytes. */
void jc_buf_consume(jc_buf *buf, size_t size);

#endif
