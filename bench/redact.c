/* Redaction of text as tools print it, without secrets and with one in a thousand lines, against a pass
 * over the same bytes that looks for one of them (memchr for each newline), and against one that compiles
 * and matches a regular expression line by line, as scanners made of patterns do. */
#include "bench.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_SIZE ((size_t)16 * 1024 * 1024)

static const char *const lines[] = {
    "static jc_status read_head(jc_store *store, jc_str workflow_id, jc_head *ret_head);",
    "    if (token.size == 0 || token.start[0] == '-') return parse_option(&parser, token);",
    "2026-01-09T10:00:00.123Z INFO  request_id=3f7a1c9e-5b2d-4e8f-9a6c duration_ms=88 ok",
    "  \"integrity\": \"sha512-Kp3Xt7LzQm2VbNj5HcYd8Fs4GeUoA6iT1EnRw9Zq4xVt8Km2Lp6Hs0Jd3F==\",",
    "const password = await prompt({ type: 'password', message: 'Password: ' });",
    "index 4f8a2c6..9b1d3f5 100644",
    "",
    "        for feature in sorted(features, key=lambda f: f.name): print(f\"{feature}: done\")",
    "drwxr-xr-x 2 jo jo 4096 Jan  9 10:00 src/projection",
    "The state of a workflow is the fold of its events, in the order of their sequence.",
};

#define LINE_COUNT (sizeof lines / sizeof lines[0])

typedef struct bench_text {
    jc_redactor *redactor;
    regex_t regex;
    char *text;
    size_t size;
} bench_text;

static void make_text(bench_text *sample, bool secrets)
{
    sample->size = 0;
    sample->text = malloc(TEXT_SIZE + 256);
    if (sample->text == NULL)
        bench_die("out of memory");
    for (size_t i = 0; sample->size < TEXT_SIZE; i++) {
        const char *line = secrets && i % 1000 == 0 ? "DB_PASSWORD=hunter2" : lines[i % LINE_COUNT];
        size_t size = strlen(line);
        memcpy(sample->text + sample->size, line, size);
        sample->text[sample->size + size] = '\n';
        sample->size += size + 1;
    }
}

/* In pieces of 32 KiB, as long as the texts of a record are. */
static double redact(void *context)
{
    bench_text *sample = context;
    jc_error error;
    size_t piece = (size_t)32 * 1024;
    double start = bench_seconds();
    for (size_t at = 0; at < sample->size; at += piece) {
        jc_str text = {sample->text + at, sample->size - at < piece ? sample->size - at : piece};
        jc_str redacted;
        size_t count = 0;
        bench_must(jc_redact(sample->redactor, text, &redacted, &count, &error), &error, "redact");
    }
    return (double)sample->size / (bench_seconds() - start);
}

static double count_lines(void *context)
{
    bench_text *sample = context;
    size_t count = 0;
    double start = bench_seconds();
    for (const char *at = sample->text; at != NULL; count++) {
        size_t rest = sample->size - (size_t)(at - sample->text);
        at = rest > 0 ? memchr(at, '\n', rest) : NULL;
        at = at != NULL ? at + 1 : NULL;
    }
    double seconds = bench_seconds() - start;
    if (count == 0)
        bench_die("there are no lines");
    return (double)sample->size / seconds;
}

static double match_lines(void *context)
{
    bench_text *sample = context;
    size_t size = sample->size / 16;
    double start = bench_seconds();
    for (char *at = sample->text; at < sample->text + size;) {
        char *end = memchr(at, '\n', sample->size);
        *end = '\0';
        if (regexec(&sample->regex, at, 0, NULL, 0) != 0 && at[0] == '\1')
            bench_die("there is no such line");
        *end = '\n';
        at = end + 1;
    }
    return (double)size / (bench_seconds() - start);
}

void bench_redact(const bench_options *options)
{
    jc_error error;
    bench_text plain = {0};
    make_text(&plain, false);
    bench_must(jc_redactor_new(NULL, &plain.redactor, &error), &error, "redactor");
    if (regcomp(&plain.regex, "(password|secret|token|api_?key) *[:=] *[^ ]+",
                REG_EXTENDED | REG_ICASE | REG_NOSUB) != 0)
        bench_die("regcomp failed");
    bench_text secret = plain;
    make_text(&secret, true);

    bench_heading("Redaction, bytes a second");
    bench_row rows[] = {
        {"text without secrets", "counting its lines", "B", redact, &plain, count_lines, &plain,
         BENCH_FACT, 0},
        {"the same", "one regular expression", "B", redact, &plain, match_lines, &plain, BENCH_FACT,
         0},
        {"a secret in every thousandth line", "text without", "B", redact, &secret, redact, &plain,
         BENCH_AT_LEAST, 0.3},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        (void)bench_run(&rows[i], options->rounds);
    regfree(&plain.regex);
    jc_redactor_free(plain.redactor);
    free(plain.text);
    free(secret.text);
}
