/* What the fuzz targets share. A target is one file with LLVMFuzzerTestOneInput (libFuzzer); it holds
 * a parser not only to "does not crash" but to what its answer must mean. Seeds lie in
 * corpus/TARGET/; `./dev fuzz` runs them all. */
#ifndef JC_FUZZ_H
#define JC_FUZZ_H

#include "jc/status.h"
#include "jc/str.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Stop with the claim that did not hold; libFuzzer then keeps the input. */
#define FUZZ_MUST(claim)                                                                           \
    do {                                                                                           \
        if (!(claim)) {                                                                            \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #claim);             \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

static inline jc_str fuzz_input(const uint8_t *bytes, size_t size)
{
    jc_str text = {size > 0 ? (const char *)bytes : "", size};
    return text;
}

/* Take a part off an input that is several, with zero bytes between; the last goes to the end. */
static inline jc_str fuzz_next_part(jc_str *rest)
{
    const char *end = rest->size > 0 ? memchr(rest->bytes, '\0', rest->size) : NULL;
    size_t size = end != NULL ? (size_t)(end - rest->bytes) : rest->size;
    size_t used = end != NULL ? size + 1 : size;
    jc_str part = {rest->bytes, size};
    *rest = (jc_str){rest->bytes + used, rest->size - used};
    return part;
}

/* A refusal says why, in one line. */
static inline void fuzz_must_explain(jc_status status, const jc_error *error)
{
    FUZZ_MUST(error->status == status);
    FUZZ_MUST(memchr(error->text, '\0', sizeof(error->text)) != NULL);
    FUZZ_MUST(error->text[0] != '\0' && strchr(error->text, '\n') == NULL);
}

#endif
