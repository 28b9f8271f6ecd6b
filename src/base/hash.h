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

jc_hash jc_hasher_take(jc_hasher *hasher);

/* The digest of one piece. */
jc_hash jc_hash_of(jc_str bytes);

/* Two lower-case digits a byte; no zero byte behind them. */
void jc_hex_encode(const uint8_t *bytes, size_t size, char *ret_digits);

/* Read 2 * size lower-case digits; false when one is not. */
bool jc_hex_decode(const char *digits, size_t size, uint8_t *ret_bytes);

#endif
