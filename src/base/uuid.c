/* UUIDs (RFC 9562): version 7 for new ids, version 5 for derived ones. */
#include "base/uuid.h"

#include "base/clock.h"
#include "base/fail.h"
#include "base/hash.h"

#include <errno.h>
#include <nettle/sha1.h>
#include <sys/random.h>
#include <time.h>

const jc_uuid jc_uuid_namespace_url = {{0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4,
                                        0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8}};

/* Where the groups of hex digits begin in the text, and how many bytes each is. */
static const struct {
    uint8_t text, byte, size;
} groups[] = {{0, 0, 4}, {9, 4, 2}, {14, 6, 2}, {19, 8, 2}, {24, 10, 6}};

void jc_uuid_encode(jc_uuid id, char *ret_text)
{
    for (size_t i = 0; i < 5; i++)
        jc_hex_encode(id.bytes + groups[i].byte, groups[i].size, ret_text + groups[i].text);
    ret_text[8] = ret_text[13] = ret_text[18] = ret_text[23] = '-';
}

static void lower_case(const char *text, char ret_text[36])
{
    for (size_t i = 0; i < 36; i++)
        ret_text[i] = (char)(text[i] >= 'A' && text[i] <= 'F' ? text[i] + ('a' - 'A') : text[i]);
}

bool jc_uuid_decode(const char *text, bool any_case, jc_uuid *ret)
{
    char lower[36];
    if (any_case) {
        lower_case(text, lower);
        text = lower;
    }
    if (text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-')
        return false;
    jc_uuid id;
    for (size_t i = 0; i < 5; i++) {
        if (!jc_hex_decode(text + groups[i].text, groups[i].size, id.bytes + groups[i].byte))
            return false;
    }
    *ret = id;
    return true;
}

bool jc_uuid_is_nil(jc_uuid id)
{
    static const jc_uuid nil = {{0}};
    return memcmp(id.bytes, nil.bytes, sizeof nil.bytes) == 0;
}

void jc_uuid_format(jc_uuid id, char ret_text[JC_UUID_TEXT_SIZE])
{
    jc_uuid_encode(id, ret_text);
    ret_text[JC_UUID_TEXT_SIZE - 1] = '\0';
}

jc_status jc_uuid_parse(jc_str text, jc_uuid *ret, jc_error *reterr)
{
    jc_uuid id;
    if (text.size != 36 || !jc_uuid_decode(text.bytes, true, &id))
        return jc_fail(reterr, JC_EINVAL,
                       "'%.*s' is not a UUID such as 0197c0de-0000-7000-8000-000000000000",
                       (int)(text.size > 60 ? 60 : text.size),
                       text.bytes != NULL ? text.bytes : "");
    if (jc_uuid_is_nil(id))
        return jc_fail(reterr, JC_EINVAL, "the nil UUID names nothing");
    *ret = id;
    return JC_OK;
}

static void set_version(jc_uuid *id, unsigned version)
{
    id->bytes[6] = (uint8_t)((id->bytes[6] & 0x0f) | version << 4);
    id->bytes[8] = (uint8_t)((id->bytes[8] & 0x3f) | 0x80);
}

jc_status jc_uuid_new(jc_uuid *ret, jc_error *reterr)
{
    jc_uuid id;
    if (getrandom(id.bytes + 8, 8, 0) != 8)
        return jc_fail_errno(reterr, errno, "the system gave no randomness");
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    uint64_t ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
    /* The part of the millisecond that is over, in 4096ths: ids of one process then sort by time. */
    unsigned fraction = (unsigned)((uint64_t)(now.tv_nsec % 1000000) * 4096 / 1000000);
    for (size_t i = 0; i < 6; i++)
        id.bytes[i] = (uint8_t)(ms >> (40 - 8 * i));
    id.bytes[6] = (uint8_t)(fraction >> 8);
    id.bytes[7] = (uint8_t)fraction;
    set_version(&id, 7);
    *ret = id;
    return JC_OK;
}

jc_uuid jc_uuid_derive(jc_uuid name_space, jc_str name)
{
    struct sha1_ctx context;
    uint8_t digest[SHA1_DIGEST_SIZE];
    sha1_init(&context);
    sha1_update(&context, sizeof name_space.bytes, name_space.bytes);
    sha1_update(&context, name.size, (const uint8_t *)name.bytes);
    sha1_digest(&context, sizeof digest, digest);
    jc_uuid id;
    memcpy(id.bytes, digest, sizeof id.bytes);
    set_version(&id, 5);
    return id;
}
