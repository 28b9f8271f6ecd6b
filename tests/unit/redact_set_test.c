/* Redaction, measured on the labelled lines of tests/redact/: how many of the secrets it finds, and how
 * many harmless lines it changes. What goes wrong is printed line by line.
 *
 * The thresholds: a secret that is not found stays on the disk for ever, but most of those are passwords
 * that look like words; a false alarm spoils a record that somebody relies on, and a project has hundreds
 * of harmless lines for each with a secret. So 97 of 100 secrets, and 5 of 1000 lines. */
#include "unit.h"

#include "base/buf.h"
#include "base/lines.h"

#include <stdlib.h>

#define RECALL_MIN 0.97
#define FALSE_ALARMS_MAX 0.005
#define SECRETS_MIN 120
#define HARMLESS_MIN 400

static const struct {
    const char *sign;
    char byte;
} signs[] = {{"\xe2\x90\xa4", '\n'}, {"\xe2\x90\x80", '\0'}};

/* A line of a set, unfolded. */
typedef struct example_line {
    jc_buf input;
    jc_buf wanted;
    jc_buf secrets; /* each ended by a zero byte */
} example_line;

static void add(jc_buf *buf, jc_str text)
{
    assert_int_equal(jc_buf_append_str(buf, text, NULL), JC_OK);
}

/* Take one character: ~ is nothing, a sign is the byte that it stands for. */
static jc_str take(jc_str *rest)
{
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        size_t size = strlen(signs[i].sign);
        if (rest->size >= size && memcmp(rest->bytes, signs[i].sign, size) == 0) {
            *rest = (jc_str){rest->bytes + size, rest->size - size};
            return (jc_str){&signs[i].byte, 1};
        }
    }
    jc_str one = {rest->bytes, rest->bytes[0] == '~' ? 0 : 1};
    *rest = (jc_str){rest->bytes + 1, rest->size - 1};
    return one;
}

static bool take_mark(jc_str *rest, const char *mark)
{
    size_t size = strlen(mark);
    if (rest->size < size || memcmp(rest->bytes, mark, size) != 0)
        return false;
    *rest = (jc_str){rest->bytes + size, rest->size - size};
    return true;
}

/* «kind:secret» into the secret and into what is to be left of it. */
static void unfold(jc_str line, example_line *example)
{
    bool inside = false;
    while (line.size > 0) {
        if (take_mark(&line, "«")) {
            const char *colon = memchr(line.bytes, ':', line.size);
            assert_non_null(colon);
            size_t size = (size_t)(colon - line.bytes);
            add(&example->wanted, JC_STR("[redacted:"));
            add(&example->wanted, (jc_str){line.bytes, size});
            add(&example->wanted, JC_STR("]"));
            line = (jc_str){colon + 1, line.size - size - 1};
            inside = true;
        } else if (take_mark(&line, "»")) {
            assert_int_equal(jc_buf_append_char(&example->secrets, '\0', NULL), JC_OK);
            inside = false;
        } else {
            jc_str one = take(&line);
            add(&example->input, one);
            add(inside ? &example->secrets : &example->wanted, one);
        }
    }
}

static void example_release(example_line *example)
{
    jc_buf_release(&example->input);
    jc_buf_release(&example->wanted);
    jc_buf_release(&example->secrets);
}

/* How many secrets there are, and how many of them are still to be read. */
static void count_secrets(const example_line *example, jc_str redacted, size_t *count,
                          size_t *missed)
{
    for (size_t at = 0; at < example->secrets.size;) {
        const char *secret = example->secrets.bytes + at;
        size_t size = strlen(secret);
        ++*count;
        if (memmem(redacted.bytes, redacted.size, secret, size) != NULL) {
            ++*missed;
            print_message("not found: %s\n", secret);
        }
        at += size + 1;
    }
}

/* Call `each` with every line of a set that is an example. */
static void read_set(const char *name, void (*each)(jc_str line, void *context), void *context)
{
    char path[4096];
    JC_AUTO(jc_lines) lines = {.fd = -1};
    (void)snprintf(path, sizeof path, "%s/%s", JC_REDACT_SETS, name);
    assert_int_equal(jc_lines_open(&lines, path, false, NULL), JC_OK);
    jc_str line;
    bool torn = false;
    while (jc_lines_next(&lines, &line, &torn, NULL) == JC_OK) {
        if (line.size > 0 && !(line.size > 1 && memcmp(line.bytes, "# ", 2) == 0))
            each(line, context);
    }
}

typedef struct tally {
    jc_redactor *redactor;
    size_t lines;
    size_t wrong;
    size_t secrets;
    size_t missed;
} tally;

static void score_secrets(jc_str line, void *context)
{
    tally *score = context;
    example_line example = {0};
    jc_str redacted;
    size_t count = 0;
    unfold(line, &example);
    assert_int_equal(jc_redact(score->redactor, jc_buf_str(&example.input), &redacted, &count,
                               NULL),
                     JC_OK);
    count_secrets(&example, redacted, &score->secrets, &score->missed);
    score->lines++;
    if (!jc_str_equal(redacted, jc_buf_str(&example.wanted))) {
        score->wrong++;
        print_message("wanted: %.*s\n   got: %.*s\n", (int)example.wanted.size,
                      example.wanted.bytes, (int)redacted.size, redacted.bytes);
    }
    example_release(&example);
}

static void score_harmless(jc_str line, void *context)
{
    tally *score = context;
    example_line example = {0};
    jc_str redacted;
    size_t count = 0;
    unfold(line, &example);
    jc_str input = jc_buf_str(&example.input);
    assert_int_equal(jc_redact(score->redactor, input, &redacted, &count, NULL), JC_OK);
    score->lines++;
    if (count > 0) {
        score->wrong++;
        print_message("false alarm: %.*s\n         is: %.*s\n", (int)line.size, line.bytes,
                      (int)redacted.size, redacted.bytes);
    }
    example_release(&example);
}

static int redactor_new(void **state)
{
    return jc_redactor_new(NULL, (jc_redactor **)state, NULL) == JC_OK ? 0 : -1;
}

static int redactor_free(void **state)
{
    jc_redactor_free(*state);
    return 0;
}

static void nearly_all_secrets_of_the_set_are_found(void **state)
{
    tally score = {.redactor = *state};
    read_set("secrets.txt", score_secrets, &score);
    assert_true(score.secrets >= SECRETS_MIN);

    double recall = (double)(score.secrets - score.missed) / (double)score.secrets;
    double exact = (double)(score.lines - score.wrong) / (double)score.lines;
    print_message("# recall %.4f: %zu of %zu secrets; %.4f of the lines exactly as wanted\n",
                  recall, score.secrets - score.missed, score.secrets, exact);
    assert_true(recall >= RECALL_MIN);
    assert_true(exact >= RECALL_MIN);
}

static void hardly_any_harmless_line_of_the_set_is_changed(void **state)
{
    tally score = {.redactor = *state};
    read_set("harmless.txt", score_harmless, &score);
    assert_true(score.lines >= HARMLESS_MIN);

    double rate = (double)score.wrong / (double)score.lines;
    print_message("# false alarms %.4f: %zu of %zu lines\n", rate, score.wrong, score.lines);
    assert_true(rate <= FALSE_ALARMS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nearly_all_secrets_of_the_set_are_found, redactor_new,
                                        redactor_free),
        cmocka_unit_test_setup_teardown(hardly_any_harmless_line_of_the_set_is_changed,
                                        redactor_new, redactor_free),
    };
    return cmocka_run_group_tests_name("redact_set", tests, NULL, NULL);
}
