/* SHA-256 (FIPS 180-4) and hex digits. */
#ifndef JC_BASE_HASH_H
#define JC_BASE_HASH_H

#include "jc/event.h"

#include <nettle/sha2.h>

/* A hash in the making: begin, add pieces, take the digest (which begins anew). */
typedef struct jc_hasher {
    struct sha256_ctx context;
} jc_hasher;

static inline void jc_hasher_begin(jc_hasher *hasher)
{
    sha256_init(&hasher->context);
}

static inline void jc_hasher_add(jc_hasher *hasher, const void *bytes, size_t size)
{
    sha256_update(&hasher->context, size, bytes);
}

/* Add a number as eight bytes, the least significant first; a text with its size before it. */
void jc_hasher_add_number(jc_hasher *hasher, uint64_t number);
void jc_hasher_add_text(jc_hasher *hasher, jc_str text);

jc_hash jc_hasher_take(jc_hasher *hasher);

static inline bool jc_hash_equal(const jc_hash *a, const jc_hash *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

/* The digest of one piece. */
jc_hash jc_hash_of(jc_str bytes);

/* Two lower-case digits a byte; no zero byte behind them. */
void jc_hex_encode(const uint8_t *bytes, size_t size, char *ret_digits);

/* Read 2 * size lower-case digits; false when one is not. */
bool jc_hex_decode(const char *digits, size_t size, uint8_t *ret_bytes);

#endif
