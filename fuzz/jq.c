/* Programs in jq: any text is answered when it is looked through, comments and strings hide any word,
 * and what gets past that is answered by the process that runs it: outputs are JSON.
 *
 * A process is started for one input in some thousand, chosen by the input's own hash. */
#include "base/hash.h"
#include "fuzz.h"
#include "projection/jq.h"

#include <yyjson.h>

static const jc_jq_limits limits = {.timeout_ms = 300, .memory_size_max = (size_t)64 << 20};

#define OUTPUTS_MAX 50

/* Is it taken as a program? Holds the answer to its form. */
static bool is_taken(jc_str text)
{
    JC_AUTO(jc_jq_program) program = {0};
    jc_error error;
    jc_status status = jc_jq_program_make(JC_JQ_PROJECTION, text, &program, &error);
    if (status < 0) {
        FUZZ_MUST(status == JC_EINVAL);
        fuzz_must_explain(status, &error);
        return false;
    }
    FUZZ_MUST(strlen(program.text.bytes) + 1 == program.text.size);
    FUZZ_MUST(memmem(program.text.bytes, program.text.size, text.bytes, text.size) != NULL);
    FUZZ_MUST(program.line_count >= 1 && program.line_count <= text.size + 1);
    return true;
}

static bool holds(jc_str text, const char *piece)
{
    return memmem(text.bytes, text.size, piece, strlen(piece)) != NULL;
}

/* The text within a comment on each of its lines, and within a string. */
static void check_hidden(jc_str text)
{
    JC_AUTO(jc_buf) comment = {0};
    JC_AUTO(jc_buf) string = {0};
    jc_status status = jc_buf_append_text(&comment, "# ", NULL);
    if (status == JC_OK)
        status = jc_buf_append_char(&string, '"', NULL);
    for (size_t i = 0; status == JC_OK && i < text.size; i++) {
        char c = text.bytes[i];
        status = jc_buf_append_char(&comment, c, NULL);
        if (status == JC_OK && c == '\n')
            status = jc_buf_append_text(&comment, "# ", NULL);
        if (status == JC_OK && (c == '"' || c == '\\'))
            status = jc_buf_append_char(&string, '\\', NULL);
        if (status == JC_OK)
            status = jc_buf_append_char(&string, c, NULL);
    }
    if (status == JC_OK)
        status = jc_buf_append_char(&string, '"', NULL);
    if (status < 0)
        return;
    FUZZ_MUST(is_taken(jc_buf_str(&comment)));
    FUZZ_MUST(is_taken(jc_buf_str(&string)));
}

static bool check_output(void *context, jc_str output)
{
    yyjson_doc *doc = yyjson_read(output.bytes, output.size, 0);
    FUZZ_MUST(doc != NULL);
    yyjson_doc_free(doc);
    return --*(int *)context > 0;
}

static void check_run(const char *expression)
{
    int left = OUTPUTS_MAX;
    jc_error error;
    jc_status status = jc_jq_filter(JC_STR("{\"a\":[1,\"x\",{\"b\":null}],\"n\":1e400}"),
                                    expression, &limits, check_output, &left, &error);
    FUZZ_MUST(status == JC_OK || status == JC_EINVAL || status == JC_EUNSUPPORTED);
    if (status < 0)
        fuzz_must_explain(status, &error);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    jc_str text = fuzz_input(bytes, size);
    bool taken = is_taken(text);
    if (memchr(text.bytes, '\0', text.size) != NULL)
        return 0;
    if (!holds(text, "ENV") && !holds(text, "__prog_args") && !holds(text, "import") &&
        !holds(text, "include"))
        FUZZ_MUST(taken);
    check_hidden(text);
    jc_hash hash = jc_hash_of(text);
    if (!taken || hash.bytes[0] != 0 || hash.bytes[1] >= 16)
        return 0;
    char *expression = strndup(text.bytes, text.size);
    FUZZ_MUST(expression != NULL);
    check_run(expression);
    free(expression);
    return 0;
}
