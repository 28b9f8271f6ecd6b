/* Redaction: what the API promises, rule by rule at its edges; the project's own rules; JSON. How much is
 * found of what people write is measured by redact_set_test.c. */
#include "unit.h"

#include "base/files.h"
#include "contract/folder.h"

#include <stdlib.h>

/* In two pieces, so that no line looks like a real key to those who scan repositories. */
#define GITHUB                                                                                     \
    "gh"                                                                                           \
    "p_x9K2mQ7vT4nL8wR3bY6cZ1dF5gH0jP2sA4eU"
#define AWS                                                                                        \
    "AK"                                                                                           \
    "IAQ3EGRP2YXWZ7TK5M"
#define RANDOM "Kp3Xt7LzQm2VbNj5HcYd"
#define KEY_LINE "MIIEowIBAAKCAQEAx9K2mQ7vT4nL8wR3bY6cZ1dF5gH0jP2sA4eUq7LmXk3Vb5Nc\n"

static int redactor_new(void **state)
{
    return jc_redactor_new(NULL, (jc_redactor **)state, NULL) == JC_OK ? 0 : -1;
}

static int redactor_free(void **state)
{
    jc_redactor_free(*state);
    return 0;
}

#define REDACT_CLAIM(function)                                                                     \
    cmocka_unit_test_setup_teardown(function, redactor_new, redactor_free)

/* Redact; fail unless this comes out, and unless it stays so. */
static void assert_redacts_bytes(jc_redactor *redactor, jc_str text, const char *wanted)
{
    jc_str redacted;
    size_t count = 0;
    assert_int_equal(jc_redact(redactor, text, &redacted, &count, NULL), JC_OK);
    assert_str(redacted, wanted);

    char *copy = malloc(redacted.size + 1);
    assert_non_null(copy);
    memcpy(copy, redacted.bytes, redacted.size);
    jc_str again = {copy, redacted.size};
    assert_int_equal(jc_redact(redactor, again, &redacted, &count, NULL), JC_OK);
    assert_int_equal(count, 0);
    assert_ptr_equal(redacted.bytes, again.bytes);
    free(copy);
}

static void assert_redacts(jc_redactor *redactor, const char *text, const char *wanted)
{
    assert_redacts_bytes(redactor, jc_str_of(text), wanted);
}

/* Fail unless nothing is found. */
static void assert_keeps(jc_redactor *redactor, const char *text)
{
    jc_str redacted;
    size_t count = 1;
    assert_int_equal(jc_redact(redactor, jc_str_of(text), &redacted, &count, NULL), JC_OK);
    assert_str(redacted, text);
    assert_int_equal(count, 0);
    assert_ptr_equal(redacted.bytes, text);
}

static void a_text_without_secrets_is_given_back_itself(void **state)
{
    assert_keeps(*state, "int main(void) { return 0; }");
    assert_keeps(*state, "");
}

static void an_absent_text_stays_absent(void **state)
{
    jc_str redacted = JC_STR("x");
    size_t count = 1;
    assert_int_equal(jc_redact(*state, (jc_str){0}, &redacted, &count, NULL), JC_OK);
    assert_null(redacted.bytes);
    assert_int_equal(count, 0);
}

static void every_secret_is_counted(void **state)
{
    jc_str redacted;
    size_t count = 0;
    jc_str text = JC_STR("a " GITHUB " b " AWS " DB_PASSWORD=hunter2");
    assert_int_equal(jc_redact(*state, text, &redacted, &count, NULL), JC_OK);
    assert_str(redacted, "a [redacted:github-token] b [redacted:aws-access-key] "
                         "DB_PASSWORD=[redacted:password]");
    assert_int_equal(count, 3);
}

static void a_token_is_found_at_both_ends_and_between_other_signs(void **state)
{
    assert_redacts(*state, GITHUB, "[redacted:github-token]");
    assert_redacts(*state, "(" GITHUB ")", "([redacted:github-token])");
    assert_redacts(*state, GITHUB "." GITHUB, "[redacted:github-token].[redacted:github-token]");
    assert_redacts(*state, "ä" GITHUB "ö", "ä[redacted:github-token]ö");
    assert_redacts(*state, "a\\n" GITHUB "\\n", "a\\n[redacted:github-token]\\n");
    assert_redacts(*state, "u%3D" GITHUB "%26", "u%3D[redacted:github-token]%26");
}

static void a_token_in_the_middle_of_a_word_or_of_another_size_is_none(void **state)
{
    assert_keeps(*state, "x" GITHUB);
    assert_keeps(*state, "gh"
                         "p_x9K2mQ7vT4nL8wR3bY6cZ1dF5gH0jP2sA4e");
    assert_keeps(*state, AWS "x");
    assert_keeps(*state, "AKIAQ3EGRP2YXWZ7TK5");
    assert_keeps(*state, "disk-4f8a2c6e9b1d3f5a7c9e2b4d6f8a1c3ez");
}

static void documented_examples_of_tokens_stay(void **state)
{
    assert_keeps(*state, "AKIAIOSFODNN7EXAMPLE");
    assert_keeps(*state, "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
    assert_keeps(*state, "sk-ant-your-key-goes-here-please-thank-you");
}

static void the_more_exact_rule_names_what_two_rules_find(void **state)
{
    assert_redacts(*state, "password = \"" GITHUB "\"", "password = \"[redacted:github-token]\"");
    assert_redacts(*state, "api_key: \"x-" GITHUB "\"", "api_key: \"[redacted:github-token]\"");
}

static void what_was_redacted_is_left_alone(void **state)
{
    assert_keeps(*state, "password = \"[redacted:password]\"");
    assert_keeps(*state, "--password [redacted:password]");
    assert_keeps(*state, "https://jo:[redacted:url-password]@acme.dev/");
    assert_keeps(*state, "curl -u jo:[redacted:password] https://acme.dev");
    assert_keeps(*state, "Cookie: sid=[redacted:cookie]; a=b");
}

static void a_zero_byte_ends_nothing(void **state)
{
    jc_str text = JC_STR("a\0b DB_PASSWORD=hunter2\0" GITHUB);
    jc_str redacted;
    size_t count = 0;
    assert_int_equal(jc_redact(*state, text, &redacted, &count, NULL), JC_OK);
    assert_int_equal(count, 2);
    jc_str wanted = JC_STR("a\0b DB_PASSWORD=[redacted:password]\0[redacted:github-token]");
    assert_true(jc_str_equal(redacted, wanted));
}

static void bytes_that_are_no_utf8_do_not_matter(void **state)
{
    assert_redacts(*state, "\xff\xfe" GITHUB "\xc3", "\xff\xfe[redacted:github-token]\xc3");
    assert_redacts(*state,
                   "DB_PASSWORD=\xff\xfe"
                   "1x",
                   "DB_PASSWORD=[redacted:password]");
}

static void many_secrets_in_a_huge_text_are_all_found(void **state)
{
    JC_AUTO(jc_buf) text = {0};
    for (int i = 0; i < 50000; i++)
        assert_int_equal(jc_buf_append_format(&text, NULL, "line %d\nDB_PASSWORD=hunter%d\n", i, i),
                         JC_OK);
    jc_str redacted;
    size_t count = 0;
    assert_int_equal(jc_redact(*state, jc_buf_str(&text), &redacted, &count, NULL), JC_OK);
    assert_int_equal(count, 50000);
    assert_null(memmem(redacted.bytes, redacted.size, "hunter", 6));
}

/* Were what a rule looks at not bounded, these would take hours. */
static void a_text_made_to_be_slow_is_not(void **state)
{
    static const char *const pieces[] = {"password=",   "://a:b@",
                                         "sk-ant-",     "-----BEGIN PRIVATE KEY-----",
                                         "eyJhbGciOi.", "\"",
                                         "\"token\":",  " --token ",
                                         "<token>",     "Cookie: a=b;",
                                         "curl -u a",   "x=\\"};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        JC_AUTO(jc_buf) text = {0};
        while (text.size < (size_t)2 * 1024 * 1024)
            assert_int_equal(jc_buf_append_text(&text, pieces[i], NULL), JC_OK);
        jc_str redacted;
        size_t count = 0;
        assert_int_equal(jc_redact(*state, jc_buf_str(&text), &redacted, &count, NULL), JC_OK);
    }
}

static void a_block_goes_as_a_whole_and_its_public_half_stays(void **state)
{
    assert_redacts(*state,
                   "x\n-----BEGIN RSA PRIVATE KEY-----\n" KEY_LINE
                   "-----END RSA PRIVATE KEY-----\ny",
                   "x\n[redacted:private-key]\ny");
    assert_keeps(*state, "-----BEGIN PUBLIC KEY-----\n" KEY_LINE "-----END PUBLIC KEY-----\n");
    assert_keeps(*state, "-----BEGIN CERTIFICATE-----\n" KEY_LINE "-----END CERTIFICATE-----\n");
}

static void a_block_that_was_cut_off_goes_as_far_as_it_comes(void **state)
{
    assert_redacts(*state, "-----BEGIN PRIVATE KEY-----\n" KEY_LINE "MIIE",
                   "[redacted:private-key]");
    assert_redacts(*state, "-----BEGIN PRIVATE KEY-----\n" KEY_LINE "and then prose",
                   "[redacted:private-key]\nand then prose");
}

static void two_blocks_are_two_secrets(void **state)
{
    static const char block[] =
        "-----BEGIN EC PRIVATE KEY-----\n" KEY_LINE "-----END EC PRIVATE KEY-----";
    JC_AUTO(jc_buf) text = {0};
    assert_int_equal(jc_buf_append_format(&text, NULL, "%s\n%s", block, block), JC_OK);
    assert_redacts_bytes(*state, jc_buf_str(&text),
                         "[redacted:private-key]\n[redacted:private-key]");
}

static void only_the_password_of_a_url_goes(void **state)
{
    assert_redacts(*state, "postgres://app:s3cr3t@db:5432/x?a=b",
                   "postgres://app:[redacted:url-password]@db:5432/x?a=b");
    assert_redacts(*state, "mongodb://a:p@ss1@h1:27017,h2:27017/x",
                   "mongodb://a:[redacted:url-password]@h1:27017,h2:27017/x");
    assert_keeps(*state, "https://acme.dev:8443/a@b:c");
    assert_keeps(*state, "postgres://postgres:postgres@localhost/x");
    assert_keeps(*state, "postgres://app:${PW}@db/x");
}

static void a_name_tells_by_its_last_words(void **state)
{
    static const char *const secret[] = {"password",    "DB_PASSWORD", "dbPassword",
                                         "db.password", "db-password", "password2",
                                         "Passwd",      "PGPASSWORD",  "passwordConfirmation"};
    static const char *const open[] = {"password_hash", "passwordField", "compass",
                                       "bypass",        "password_file", "PASSWORDS_MAX"};
    for (size_t i = 0; i < sizeof secret / sizeof secret[0]; i++) {
        JC_AUTO(jc_buf) text = {0};
        assert_int_equal(jc_buf_append_format(&text, NULL, "%s = \"hunter2\"", secret[i]), JC_OK);
        jc_str redacted;
        size_t count = 0;
        assert_int_equal(jc_redact(*state, jc_buf_str(&text), &redacted, &count, NULL), JC_OK);
        if (count != 1)
            fail_msg("%s was not seen", secret[i]);
    }
    for (size_t i = 0; i < sizeof open / sizeof open[0]; i++) {
        JC_AUTO(jc_buf) text = {0};
        assert_int_equal(jc_buf_append_format(&text, NULL, "%s = \"hunter2\"", open[i]), JC_OK);
        jc_str redacted;
        size_t count = 0;
        assert_int_equal(jc_redact(*state, jc_buf_str(&text), &redacted, &count, NULL), JC_OK);
        if (count != 0)
            fail_msg("%s was taken for a secret", open[i]);
    }
}

static void a_value_in_quotes_ends_with_its_own_quote(void **state)
{
    assert_redacts(*state, "password = \"a'b\\\"c1\";", "password = \"[redacted:password]\";");
    assert_redacts(*state, "{\\\"password\\\":\\\"a1b2\\\"}",
                   "{\\\"password\\\":\\\"[redacted:password]\\\"}");
    assert_redacts(*state, "{\"password\":\"hunter2", "{\"password\":\"[redacted:password]");
}

static void code_and_placeholders_are_no_values(void **state)
{
    assert_keeps(*state, "password = os.environ[\"X\"]");
    assert_keeps(*state, "token = getToken()");
    assert_keeps(*state, "token: string");
    assert_keeps(*state, "DB_PASSWORD=${PASSWORD}");
    assert_keeps(*state, "api_key = \"<your-key>\"");
    assert_keeps(*state, "password == \"hunter2\"");
    assert_keeps(*state, "\"max_tokens\": 4096");
}

static void the_value_of_a_member_is_known_by_its_name(void **state)
{
    static const char *const cases[][3] = {
        {"password", "hunter", "[redacted:password]"},
        {"api_key", RANDOM, "[redacted:api-key]"},
        {"Authorization", "Bearer " RANDOM, "Bearer [redacted:bearer-token]"},
        {"cookie", "theme=dark; sid=" RANDOM, "theme=dark; sid=[redacted:cookie]"},
        {"command", "export DB_PASSWORD=hunter2", "export DB_PASSWORD=[redacted:password]"},
        {"token", "use " GITHUB " here", "use [redacted:github-token] here"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        jc_str redacted;
        size_t count = 0;
        assert_int_equal(jc_redact_member(*state, jc_str_of(cases[i][0]), jc_str_of(cases[i][1]),
                                          &redacted, &count, NULL),
                         JC_OK);
        assert_str(redacted, cases[i][2]);
        assert_int_equal(count, 1);
    }
}

static void a_member_with_a_placeholder_is_left_as_it_is(void **state)
{
    static const char *const values[] = {
        "",       "null",     "${VAR}",       "<your key>",
        "****",   "changeme", "[redacted:x]", "Enter your password",
        "string", "{{ x }}"};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        jc_str redacted;
        size_t count = 1;
        assert_int_equal(jc_redact_member(*state, JC_STR("password"), jc_str_of(values[i]),
                                          &redacted, &count, NULL),
                         JC_OK);
        assert_ptr_equal(redacted.bytes, values[i]);
        assert_int_equal(count, 0);
    }
}

static void assert_redacts_json(jc_redactor *redactor, const char *object, const char *wanted,
                                size_t wanted_count)
{
    jc_str redacted;
    size_t count = 0;
    jc_error error = {0};
    if (jc_redact_json(redactor, jc_str_of(object), &redacted, &count, &error) < 0)
        fail_msg("%s", error.text);
    assert_str(redacted, wanted);
    assert_int_equal(count, wanted_count);
}

static void a_host_that_ends_like_an_example_is_none(void **state)
{
    static const char *const examples[] = {"ftp://joe:hunter2@example.com/",
                                           "ftp://joe:hunter2@db.example.com/"};
    jc_str redacted;
    size_t count = 0;
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        assert_int_equal(jc_redact(*state, jc_str_of(examples[i]), &redacted, &count, NULL), JC_OK);
        assert_int_equal(count, 0);
    }
    assert_int_equal(jc_redact(*state, JC_STR("ftp://joe:hunter2@notexample.com/"), &redacted,
                               &count, NULL),
                     JC_OK);
    assert_int_equal(count, 1);
}

static void what_has_no_secret_in_json_stays_byte_for_byte(void **state)
{
    static const char object[] =
        " { \"a\" : [ 1e400 , \"\\u00e4\\/\" ] , \"a\":{\"password\": null, \"n\":0.10} }\n";
    jc_str redacted;
    size_t count = 1;
    assert_int_equal(jc_redact_json(*state, jc_str_of(object), &redacted, &count, NULL), JC_OK);
    assert_ptr_equal(redacted.bytes, object);
    assert_int_equal(count, 0);
}

static void strings_of_json_are_redacted_by_their_names(void **state)
{
    assert_redacts_json(*state, "{\"n\":0.10,\"password\": \"hunter\",\"x\":\"\\u00e4\"}",
                        "{\"n\":0.10,\"password\": \"[redacted:password]\",\"x\":\"\\u00e4\"}", 1);
    assert_redacts_json(*state, "{\"a\":{\"command\":\"A_PASSWORD=x1y2\\nB=\\\"c\\\"\"}}",
                        "{\"a\":{\"command\":\"A_PASSWORD=[redacted:password]\\nB=\\\"c\\\"\"}}",
                        1);
    assert_redacts_json(*state, "{\"\\u0070assword\":\"hunter\"}",
                        "{\"\\u0070assword\":\"[redacted:password]\"}", 1);
}

static void the_elements_of_a_list_have_its_name(void **state)
{
    assert_redacts_json(*state, "{\"password\":[\"hunter\",\"hunter\"],\"b\":[\"hunter\"]}",
                        "{\"password\":[\"[redacted:password]\",\"[redacted:password]\"],"
                        "\"b\":[\"hunter\"]}",
                        2);
}

static void an_argument_behind_an_option_has_its_name(void **state)
{
    assert_redacts_json(*state, "{\"args\":[\"--password\",\"hunter\",\"hunter\"]}",
                        "{\"args\":[\"--password\",\"[redacted:password]\",\"hunter\"]}", 1);
}

static void a_number_under_a_passwords_name_is_a_secret(void **state)
{
    assert_redacts_json(*state, "{\"n\":72519468,\"password\": 72519468 ,\"pin\":[7251,13,-1.5e3]}",
                        "{\"n\":72519468,\"password\": \"[redacted:password]\" ,"
                        "\"pin\":[\"[redacted:password]\",13,-1.5e3]}",
                        2);
}

static void counts_are_no_secrets(void **state)
{
    assert_redacts_json(*state, "{\"token\":72519468,\"pass\":7251,\"password_hash\":72519468}",
                        "{\"token\":72519468,\"pass\":7251,\"password_hash\":72519468}", 0);
}

static void what_lies_below_a_passwords_name_has_it(void **state)
{
    assert_redacts_json(
        *state,
        "{\"password\":[{\"x\":\"hunter\"},{\"type\":\"string\",\"y\":[{\"z\":"
        "\"hunter\"},7251]},\"hunter\"],\"x\":\"hunter\"}",
        "{\"password\":[{\"x\":\"[redacted:password]\"},{\"type\":\"string\",\"y\":[{"
        "\"z\":\"[redacted:password]\"},\"[redacted:password]\"]},"
        "\"[redacted:password]\"],\"x\":\"hunter\"}",
        4);
}

static void a_value_beside_a_name_has_that_name(void **state)
{
    assert_redacts_json(*state,
                        "{\"env\":[{\"name\":\"DB_PASSWORD\",\"value\":\"hunter\"},"
                        "{\"name\":\"USER\",\"value\":\"hunter\"}]}",
                        "{\"env\":[{\"name\":\"DB_PASSWORD\",\"value\":\"[redacted:password]\"},"
                        "{\"name\":\"USER\",\"value\":\"hunter\"}]}",
                        1);
}

static void keys_of_json_are_redacted_too(void **state)
{
    assert_redacts_json(*state, "{\"" GITHUB "\":1}", "{\"[redacted:github-token] 1\":1}", 1);
}

static void two_keys_that_are_secrets_stay_two(void **state)
{
    assert_redacts_json(*state, "{\"" GITHUB "\":1,\"a " GITHUB "\":2,\"b " GITHUB "\":{}}",
                        "{\"[redacted:github-token] 1\":1,\"a [redacted:github-token] 2\":2,"
                        "\"b [redacted:github-token] 3\":{}}",
                        3);
}

static void what_is_no_json_object_is_refused(void **state)
{
    static const char *const texts[] = {"", "{", "[]", "7", "{\"a\":}", "{} x"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        jc_str redacted;
        size_t count = 0;
        jc_error error = {0};
        assert_int_equal(jc_redact_json(*state, jc_str_of(texts[i]), &redacted, &count, &error),
                         JC_EINVAL);
        assert_true(error.text[0] != '\0');
    }
}

/* A redactor of a project with this config.json. The caller frees it. */
static jc_status redactor_with(const char *config, jc_redactor **ret_redactor, jc_error *reterr)
{
    char folder[JC_TEST_PATH_SIZE];
    char path[JC_TEST_PATH_SIZE + 32];
    jc_test_folder_make(folder);
    (void)snprintf(path, sizeof path, "%s/.jc", folder);
    assert_int_equal(jc_folder_make(path, 0700, NULL), JC_OK);
    (void)snprintf(path, sizeof path, "%s/.jc/config.json", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(config, file) >= 0);
    assert_int_equal(fclose(file), 0);
    jc_status status = jc_redactor_new(folder, ret_redactor, reterr);
    jc_test_folder_remove(folder);
    return status;
}

static void assert_own(const char *rules, const char *text, const char *wanted)
{
    JC_AUTO(jc_buf) config = {0};
    jc_redactor *redactor = NULL;
    jc_error error = {0};
    assert_int_equal(jc_buf_append_format(&config, NULL, "{\"redaction\":{\"rules\":[%s]}}%c",
                                          rules, '\0'),
                     JC_OK);
    if (redactor_with(config.bytes, &redactor, &error) < 0)
        fail_msg("%s", error.text);
    assert_redacts(redactor, text, wanted);
    jc_redactor_free(redactor);
}

#define BADGE "{\"kind\":\"badge\",\"pattern\":\"corp-[0-9]{4}\"}"

static void a_rule_of_the_project_is_applied_beside_the_built_in_ones(void **state)
{
    (void)state;
    assert_own(BADGE, "corp-1234 and corp-12345 and " GITHUB,
               "[redacted:badge] and [redacted:badge]5 and [redacted:github-token]");
    assert_own(BADGE, "token corp-1234\n\ncorp-5678", "token [redacted:badge]\n\n[redacted:badge]");
}

static void of_a_pattern_with_a_group_only_the_group_is_the_secret(void **state)
{
    (void)state;
    assert_own("{\"kind\":\"pin\",\"pattern\":\"pin: ([0-9]+) end\"}", "pin: 42 end pin: 43 end",
               "pin: [redacted:pin] end pin: [redacted:pin] end");
}

static void a_group_that_matches_nothing_is_no_secret(void **state)
{
    (void)state;
    assert_own("{\"kind\":\"id\",\"pattern\":\"id (.*)\"}", "ä id ", "ä id ");
}

static void a_pattern_is_matched_line_by_line(void **state)
{
    (void)state;
    assert_own("{\"kind\":\"id\",\"pattern\":\"^id .*$\"}", "x id 1\nid 2\nid 3",
               "x id 1\n[redacted:id]\n[redacted:id]");
}

static void a_pattern_may_ignore_case(void **state)
{
    (void)state;
    assert_own("{\"kind\":\"id\",\"pattern\":\"abc\",\"ignore_case\":true}", "xABCx",
               "x[redacted:id]x");
}

static void a_match_is_widened_to_whole_characters(void **state)
{
    (void)state;
    assert_own("{\"kind\":\"id\",\"pattern\":\"a.\"}", "xaäy", "x[redacted:id]y");
}

static void a_rule_of_the_project_gives_its_name_to_what_others_find_too(void **state)
{
    (void)state;
    assert_own("{\"kind\":\"mine\",\"pattern\":\"hunter[0-9]\"}", "DB_PASSWORD=hunter2",
               "DB_PASSWORD=[redacted:mine]");
}

static void a_pattern_never_reaches_into_what_is_redacted(void **state)
{
    (void)state;
    assert_own("{\"kind\":\"e\",\"pattern\":\"e\"}", "ne [redacted:e] te",
               "n[redacted:e] [redacted:e] t[redacted:e]");
}

static void redaction_can_be_turned_off(void **state)
{
    (void)state;
    jc_redactor *redactor = NULL;
    assert_int_equal(redactor_with("{\"redaction\":{\"enabled\":false}}", &redactor, NULL), JC_OK);
    assert_keeps(redactor, "DB_PASSWORD=hunter2 " GITHUB);
    jc_str redacted;
    size_t count = 1;
    assert_int_equal(jc_redact_member(redactor, JC_STR("password"), JC_STR("hunter2"), &redacted,
                                      &count, NULL),
                     JC_OK);
    assert_str(redacted, "hunter2");
    jc_redactor_free(redactor);
}

static void other_settings_and_no_settings_are_fine(void **state)
{
    (void)state;
    static const char *const configs[] = {"{}", "{\"types\":{\"a.b\":{}}}", "{\"redaction\":{}}"};
    for (size_t i = 0; i < sizeof configs / sizeof configs[0]; i++) {
        jc_redactor *redactor = NULL;
        assert_int_equal(redactor_with(configs[i], &redactor, NULL), JC_OK);
        assert_redacts(redactor, GITHUB, "[redacted:github-token]");
        jc_redactor_free(redactor);
    }
    jc_redactor *redactor = NULL;
    assert_int_equal(jc_redactor_new("/nowhere/at/all", &redactor, NULL), JC_OK);
    jc_redactor_free(redactor);
}

static void a_bad_setting_is_named_and_the_good_ones_hold(void **state)
{
    static const char *const cases[][2] = {
        {"{", "not JSON"},
        {"[]", "must be a JSON object"},
        {"{\"redaction\":[]}", "\"redaction\" must be"},
        {"{\"redaction\":{\"rules\":{}}}", "\"rules\" must be a list"},
        {"{\"redaction\":{\"enabled\":0}}", "\"enabled\" must be true or false"},
        {"{\"redaction\":{\"rulez\":[]}}", "no member \"rulez\""},
        {"{\"redaction\":{\"rules\":[7]}}", "rule 1: it must be an object"},
        {"{\"redaction\":{\"rules\":[{\"pattern\":\"x\"}]}}", "rule 1: \"kind\""},
        {"{\"redaction\":{\"rules\":[{\"kind\":\"a b\",\"pattern\":\"x\"}]}}", "rule 1 ('a b')"},
        {"{\"redaction\":{\"rules\":[{\"kind\":\"p\"}]}}", "rule 1 ('p'): \"pattern\""},
        {"{\"redaction\":{\"rules\":[{\"kind\":\"p\",\"pattern\":\"(\"}]}}", "rule 1 ('p')"},
        {"{\"redaction\":{\"rules\":[{\"kind\":\"p\",\"pattern\":\"x*\"}]}}", "the empty text"},
        {"{\"redaction\":{\"rules\":[{\"kind\":\"p\",\"pattern\":\"x\",\"y\":1}]}}",
         "no member \"y\""},
        {"{\"redaction\":{\"rules\":[" BADGE ",{\"kind\":\"p\",\"pattern\":\"[\"}," BADGE "]}}",
         "rule 2 ('p')"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        jc_redactor *redactor = NULL;
        jc_error error = {0};
        assert_int_equal(redactor_with(cases[i][0], &redactor, &error), JC_EINVAL);
        assert_holds(error.text, cases[i][1]);
        assert_holds(error.text, "config.json");
        assert_redacts(redactor, GITHUB, "[redacted:github-token]");
        if (strstr(cases[i][0], "badge") != NULL)
            assert_redacts(redactor, "corp-1234", "[redacted:badge]");
        jc_redactor_free(redactor);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        REDACT_CLAIM(a_text_without_secrets_is_given_back_itself),
        REDACT_CLAIM(an_absent_text_stays_absent),
        REDACT_CLAIM(every_secret_is_counted),
        REDACT_CLAIM(a_token_is_found_at_both_ends_and_between_other_signs),
        REDACT_CLAIM(a_token_in_the_middle_of_a_word_or_of_another_size_is_none),
        REDACT_CLAIM(documented_examples_of_tokens_stay),
        REDACT_CLAIM(the_more_exact_rule_names_what_two_rules_find),
        REDACT_CLAIM(what_was_redacted_is_left_alone),
        REDACT_CLAIM(a_zero_byte_ends_nothing),
        REDACT_CLAIM(bytes_that_are_no_utf8_do_not_matter),
        REDACT_CLAIM(many_secrets_in_a_huge_text_are_all_found),
        REDACT_CLAIM(a_text_made_to_be_slow_is_not),
        REDACT_CLAIM(a_block_goes_as_a_whole_and_its_public_half_stays),
        REDACT_CLAIM(a_block_that_was_cut_off_goes_as_far_as_it_comes),
        REDACT_CLAIM(two_blocks_are_two_secrets),
        REDACT_CLAIM(only_the_password_of_a_url_goes),
        REDACT_CLAIM(a_name_tells_by_its_last_words),
        REDACT_CLAIM(a_value_in_quotes_ends_with_its_own_quote),
        REDACT_CLAIM(code_and_placeholders_are_no_values),
        REDACT_CLAIM(the_value_of_a_member_is_known_by_its_name),
        REDACT_CLAIM(a_member_with_a_placeholder_is_left_as_it_is),
        REDACT_CLAIM(what_has_no_secret_in_json_stays_byte_for_byte),
        REDACT_CLAIM(a_host_that_ends_like_an_example_is_none),
        REDACT_CLAIM(a_number_under_a_passwords_name_is_a_secret),
        REDACT_CLAIM(counts_are_no_secrets),
        REDACT_CLAIM(what_lies_below_a_passwords_name_has_it),
        REDACT_CLAIM(strings_of_json_are_redacted_by_their_names),
        REDACT_CLAIM(the_elements_of_a_list_have_its_name),
        REDACT_CLAIM(an_argument_behind_an_option_has_its_name),
        REDACT_CLAIM(a_value_beside_a_name_has_that_name),
        REDACT_CLAIM(keys_of_json_are_redacted_too),
        REDACT_CLAIM(two_keys_that_are_secrets_stay_two),
        REDACT_CLAIM(what_is_no_json_object_is_refused),
        CLAIM(a_rule_of_the_project_is_applied_beside_the_built_in_ones),
        CLAIM(of_a_pattern_with_a_group_only_the_group_is_the_secret),
        CLAIM(a_group_that_matches_nothing_is_no_secret),
        CLAIM(a_pattern_is_matched_line_by_line),
        CLAIM(a_pattern_may_ignore_case),
        CLAIM(a_match_is_widened_to_whole_characters),
        CLAIM(a_rule_of_the_project_gives_its_name_to_what_others_find_too),
        CLAIM(a_pattern_never_reaches_into_what_is_redacted),
        CLAIM(redaction_can_be_turned_off),
        CLAIM(other_settings_and_no_settings_are_fine),
        CLAIM(a_bad_setting_is_named_and_the_good_ones_hold),
    };
    return cmocka_run_group_tests_name("redact", tests, NULL, NULL);
}
