/* A borrowed piece of text: a pointer and a length, passed by value, not ended by a zero byte.
 * A `jc_str` with bytes NULL is absent, which is not the same as empty. */
#ifndef JC_STR_H
#define JC_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

typedef struct jc_str {
    const char *bytes;
    size_t size;
} jc_str;

/* A string literal as a jc_str. */
#define JC_STR(literal) ((jc_str){"" literal, sizeof(literal) - 1})

static inline jc_str jc_str_of(const char *text)
{
    jc_str result = {text, text != NULL ? strlen(text) : 0};
    return result;
}

static inline bool jc_str_equal(jc_str a, jc_str b)
{
    return (a.bytes == NULL) == (b.bytes == NULL) && a.size == b.size &&
           (a.size == 0 || memcmp(a.bytes, b.bytes, a.size) == 0);
}

#endif
