/* UUIDs and hashes, against published vectors. */
#include "unit.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/uuid.h"

static void version_5_gives_the_known_ids(void **state)
{
    /* RFC 9562, A.4: the DNS namespace and "www.example.com". */
    static const jc_uuid dns = {{0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00,
                                 0xc0, 0x4f, 0xd4, 0x30, 0xc8}};
    char text[JC_UUID_TEXT_SIZE];
    (void)state;
    jc_uuid_format(jc_uuid_derive(dns, JC_STR("www.example.com")), text);
    assert_string_equal(text, "2ed6657d-e927-568b-95e1-2665a8aea6a2");
}

static void version_7_carries_version_variant_and_the_time(void **state)
{
    jc_uuid id;
    (void)state;
    int64_t before_ms = jc_clock_now_us() / 1000;
    assert_int_equal(jc_uuid_new(&id, NULL), JC_OK);
    int64_t after_ms = jc_clock_now_us() / 1000;
    int64_t ms = 0;
    for (size_t i = 0; i < 6; i++)
        ms = ms << 8 | id.bytes[i];
    assert_true(ms >= before_ms && ms <= after_ms);
    assert_int_equal(id.bytes[6] >> 4, 7);
    assert_int_equal(id.bytes[8] >> 6, 2);
}

static void version_7_ids_never_repeat(void **state)
{
    enum {
        COUNT = 2000
    };
    static jc_uuid ids[COUNT];
    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(jc_uuid_new(&ids[i], NULL), JC_OK);
        for (size_t k = 0; k < i; k++)
            assert_memory_not_equal(&ids[i], &ids[k], sizeof ids[i]);
    }
}

static void text_is_read_in_either_case_and_written_in_lower(void **state)
{
    jc_uuid id;
    char text[JC_UUID_TEXT_SIZE];
    (void)state;
    assert_int_equal(jc_uuid_parse(JC_STR("0197C0DE-ab01-7000-8000-0123456789AF"), &id, NULL),
                     JC_OK);
    jc_uuid_format(id, text);
    assert_string_equal(text, "0197c0de-ab01-7000-8000-0123456789af");
}

static void what_is_no_uuid_is_refused(void **state)
{
    static const char *const texts[] = {"",
                                        "abc-123",
                                        "0197c0de-ab01-7000-8000-0123456789a",
                                        "0197c0de-ab01-7000-8000-0123456789afa",
                                        "0197c0dexab01-7000-8000-0123456789af",
                                        "0197c0dg-ab01-7000-8000-0123456789af",
                                        "{197c0de-ab01-7000-8000-0123456789af"};
    jc_uuid id;
    jc_error error;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_int_equal(jc_uuid_parse(jc_str_of(texts[i]), &id, &error), JC_EINVAL);
        assert_holds(error.text, "is not a UUID");
    }
    assert_int_equal(jc_uuid_parse(JC_STR("00000000-0000-0000-0000-000000000000"), &id, &error),
                     JC_EINVAL);
    assert_holds(error.text, "nil");
}

static void sha_256_gives_the_known_digest(void **state)
{
    /* FIPS 180-4, the example of one block. */
    char text[JC_HASH_TEXT_SIZE];
    (void)state;
    jc_hash_format(jc_hash_of(JC_STR("abc")), text);
    assert_string_equal(text, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void hashes_are_read_only_in_lower_case(void **state)
{
    jc_hash hash;
    jc_hash again;
    char text[JC_HASH_TEXT_SIZE];
    (void)state;
    hash = jc_hash_of(JC_STR("x"));
    jc_hash_format(hash, text);
    assert_int_equal(jc_hash_parse(jc_str_of(text), &again, NULL), JC_OK);
    assert_memory_equal(&again, &hash, sizeof hash);
    for (size_t i = 0; i < 64; i++) {
        char changed[JC_HASH_TEXT_SIZE];
        memcpy(changed, text, sizeof changed);
        changed[i] = changed[i] >= 'a' ? (char)(changed[i] - 32) : '/';
        assert_int_equal(jc_hash_parse(jc_str_of(changed), &again, NULL), JC_EINVAL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(version_5_gives_the_known_ids),
        CLAIM(version_7_carries_version_variant_and_the_time),
        CLAIM(version_7_ids_never_repeat),
        CLAIM(text_is_read_in_either_case_and_written_in_lower),
        CLAIM(what_is_no_uuid_is_refused),
        CLAIM(sha_256_gives_the_known_digest),
        CLAIM(hashes_are_read_only_in_lower_case),
    };
    return cmocka_run_group_tests_name("uuid", tests, NULL, NULL);
}
