/* Redaction: an input's first byte says what is looked at, as text, as the value of a member (a name, a
 * zero byte, the value), or as a JSON object. What is not replaced is the input's, byte for byte and in
 * order; UTF-8 stays UTF-8; JSON stays JSON; and redacting the result changes nothing. */
#include "base/json.h"
#include "fuzz.h"
#include "jc/redact.h"

#include <string.h>

static const char config_rules[] = "{\"redaction\":{\"rules\":["
                                   "{\"kind\":\"badge\",\"pattern\":\"corp-[0-9]{4}\"},"
                                   "{\"kind\":\"line\",\"pattern\":\"^id (.*)$\"},"
                                   "{\"kind\":\"dot\",\"pattern\":\"x.y|a|red\"}]}}";

/* With the rules of a project in every other input. */
static jc_redactor *redactor_of(bool own)
{
    static jc_redactor *redactors[2];
    static char folder[] = "/tmp/jc-fuzz-redact-XXXXXX";
    if (redactors[0] == NULL) {
        char path[64];
        FUZZ_MUST(jc_redactor_new(NULL, &redactors[0], NULL) == JC_OK);
        FUZZ_MUST(mkdtemp(folder) != NULL);
        (void)snprintf(path, sizeof path, "mkdir %s/.jc", folder);
        FUZZ_MUST(system(path) == 0);
        (void)snprintf(path, sizeof path, "%s/.jc/config.json", folder);
        FILE *file = fopen(path, "w");
        FUZZ_MUST(file != NULL);
        FUZZ_MUST(fputs(config_rules, file) >= 0);
        FUZZ_MUST(fclose(file) == 0);
        FUZZ_MUST(jc_redactor_new(folder, &redactors[1], NULL) == JC_OK);
        (void)snprintf(path, sizeof path, "rm -r %s", folder);
        FUZZ_MUST(system(path) == 0);
    }
    return redactors[own];
}

/* The part of `text` up to the next mark, and *text behind it; *ret_last when there is no mark. */
static jc_str next_kept(jc_str *text, bool *ret_last)
{
    const char *mark = memmem(text->bytes, text->size, "[redacted:", 10);
    size_t size = mark != NULL ? (size_t)(mark - text->bytes) : text->size;
    jc_str kept = {text->bytes, size};
    const char *end = mark != NULL ? memchr(mark, ']', text->size - size) : NULL;
    FUZZ_MUST((mark == NULL) == (end == NULL));
    size_t used = end != NULL ? (size_t)(end - text->bytes) + 1 : text->size;
    *text = (jc_str){text->bytes + used, text->size - used};
    *ret_last = mark == NULL;
    return kept;
}

/* Everything outside of marks is found in the input, in that order; at both ends it is the end. */
static void check_kept(jc_str input, jc_str output)
{
    if (memmem(input.bytes, input.size, "[redacted:", 10) != NULL)
        return;
    bool last = false;
    for (bool first = true; !last; first = false) {
        jc_str kept = next_kept(&output, &last);
        const char *found =
            kept.size > 0 ? memmem(input.bytes, input.size, kept.bytes, kept.size) : input.bytes;
        FUZZ_MUST(found != NULL);
        FUZZ_MUST(!first || found == input.bytes);
        FUZZ_MUST(!last || kept.size == 0 ||
                  memcmp(input.bytes + input.size - kept.size, kept.bytes, kept.size) == 0);
        size_t used = (size_t)(found - input.bytes) + kept.size;
        input = (jc_str){input.bytes + used, input.size - used};
    }
}

static char *copy_of(jc_str text)
{
    char *copy = malloc(text.size + 1);
    FUZZ_MUST(copy != NULL);
    if (text.size > 0)
        memcpy(copy, text.bytes, text.size);
    return copy;
}

static void check_text(jc_redactor *redactor, jc_str text)
{
    jc_str output;
    size_t count = 0;
    FUZZ_MUST(jc_redact(redactor, text, &output, &count, NULL) == JC_OK);
    FUZZ_MUST((count == 0) == (output.bytes == text.bytes));
    check_kept(text, output);
    FUZZ_MUST(!jc_utf8_valid(text) || jc_utf8_valid(output));

    char *copy = copy_of(output);
    jc_str again = {copy, output.size};
    FUZZ_MUST(jc_redact(redactor, again, &output, &count, NULL) == JC_OK);
    FUZZ_MUST(count == 0);
    free(copy);
}

static void check_member(jc_redactor *redactor, jc_str input)
{
    jc_str name = fuzz_next_part(&input);
    jc_str output;
    size_t count = 0;
    FUZZ_MUST(jc_redact_member(redactor, name, input, &output, &count, NULL) == JC_OK);
    check_kept(input, output);

    char *copy = copy_of(output);
    jc_str again = {copy, output.size};
    FUZZ_MUST(jc_redact_member(redactor, name, again, &output, &count, NULL) == JC_OK);
    FUZZ_MUST(count == 0);
    free(copy);
}

static bool is_object(jc_str text)
{
    yyjson_doc *doc = yyjson_read(text.bytes, text.size,
                                  YYJSON_READ_NUMBER_AS_RAW | YYJSON_READ_ALLOW_INVALID_UNICODE);
    bool object = yyjson_is_obj(yyjson_doc_get_root(doc));
    yyjson_doc_free(doc);
    return object;
}

static void check_json(jc_redactor *redactor, jc_str text)
{
    jc_str output;
    size_t count = 0;
    jc_error error;
    jc_status status = jc_redact_json(redactor, text, &output, &count, &error);
    FUZZ_MUST((status == JC_OK) == is_object(text));
    if (status < 0) {
        fuzz_must_explain(status, &error);
        return;
    }
    FUZZ_MUST(is_object(output));
    FUZZ_MUST((count == 0) == (output.bytes == text.bytes));

    char *copy = copy_of(output);
    jc_str again = {copy, output.size};
    FUZZ_MUST(jc_redact_json(redactor, again, &output, &count, NULL) == JC_OK);
    FUZZ_MUST(count == 0);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size == 0)
        return 0;
    jc_str text = fuzz_input(bytes + 1, size - 1);
    jc_redactor *redactor = redactor_of((bytes[0] & 1) != 0);
    if (bytes[0] == 'm' || bytes[0] == 'l')
        check_member(redactor, text);
    else if (bytes[0] == '{')
        check_json(redactor, fuzz_input(bytes, size));
    else
        check_text(redactor, text);
    return 0;
}
