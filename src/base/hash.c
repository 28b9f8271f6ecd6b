/* SHA-256 from nettle (which uses the processor's instructions), and hex digits by table. */
#include "base/hash.h"

#include "base/fail.h"

void jc_hasher_add_number(jc_hasher *hasher, uint64_t number)
{
    uint8_t bytes[8];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(number >> 8 * i & 0xff);
    jc_hasher_add(hasher, bytes, sizeof bytes);
}

void jc_hasher_add_text(jc_hasher *hasher, jc_str text)
{
    jc_hasher_add_number(hasher, text.size);
    jc_hasher_add(hasher, text.bytes, text.size);
}

jc_hash jc_hasher_take(jc_hasher *hasher)
{
    jc_hash hash;
    sha256_digest(&hasher->context, sizeof hash.bytes, hash.bytes);
    return hash;
}

jc_hash jc_hash_of(jc_str bytes)
{
    jc_hasher hasher;
    jc_hasher_begin(&hasher);
    jc_hasher_add(&hasher, bytes.bytes, bytes.size);
    return jc_hasher_take(&hasher);
}

void jc_hex_encode(const uint8_t *bytes, size_t size, char *ret_digits)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < size; i++) {
        ret_digits[2 * i] = digits[bytes[i] >> 4];
        ret_digits[2 * i + 1] = digits[bytes[i] & 15];
    }
}

/* The value of each lower-case digit plus one; 0 for any other character. */
static const uint8_t digit_values[256] = {
    ['0'] = 1, ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
    ['8'] = 9, ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16};

bool jc_hex_decode(const char *digits, size_t size, uint8_t *ret_bytes)
{
    unsigned bad = 0;
    for (size_t i = 0; i < size; i++) {
        unsigned high = digit_values[(uint8_t)digits[2 * i]];
        unsigned low = digit_values[(uint8_t)digits[2 * i + 1]];
        bad |= (unsigned)(high == 0) | (unsigned)(low == 0);
        ret_bytes[i] = (uint8_t)(((high - 1) << 4 | ((low - 1) & 15)) & 255);
    }
    return bad == 0;
}

void jc_hash_format(jc_hash hash, char ret_text[JC_HASH_TEXT_SIZE])
{
    jc_hex_encode(hash.bytes, sizeof hash.bytes, ret_text);
    ret_text[JC_HASH_TEXT_SIZE - 1] = '\0';
}

jc_status jc_hash_parse(jc_str text, jc_hash *ret, jc_error *reterr)
{
    jc_hash hash;
    if (text.size != 64 || !jc_hex_decode(text.bytes, sizeof hash.bytes, hash.bytes))
        return jc_fail(reterr, JC_EINVAL, "'%.*s' is not a hash of 64 lower-case hex digits",
                       (int)(text.size > 70 ? 70 : text.size),
                       text.bytes != NULL ? text.bytes : "");
    *ret = hash;
    return JC_OK;
}
