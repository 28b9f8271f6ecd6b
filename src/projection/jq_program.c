/* What a program in jq may not do, and how it is put together.
 *
 * A program must come to the same wherever and whenever it runs. Functions that would not are defined
 * anew in front of the user's text, so that a call is an error that says why; a program may define one
 * of these names for itself. What is no function is looked for in the text: words outside of strings
 * and comments. That look is a courtesy, for the sake of the message: the process that runs a program
 * has no environment, opens no file, and import is no valid jq behind a definition.
 *
 * The definitions stand on the user's first line, so that lines are numbered as the user's are. */
#include "projection/jq_program.h"

#include "base/fail.h"

/* Functions of jq 1.6 to 1.8 that see more than their input, with their parameters. What is built on
 * them in jq itself (inputs, halt_error, debug with a message) would not see these definitions. */
#define IMPURE_MAP(X)                                                                              \
    X("debug", "")                                                                                 \
    X("debug", "(f)")                                                                              \
    X("env", "")                                                                                   \
    X("get_jq_origin", "")                                                                         \
    X("get_prog_origin", "")                                                                       \
    X("get_search_list", "")                                                                       \
    X("halt", "")                                                                                  \
    X("halt_error", "")                                                                            \
    X("halt_error", "(f)")                                                                         \
    X("input", "")                                                                                 \
    X("input_filename", "")                                                                        \
    X("input_line_number", "")                                                                     \
    X("inputs", "")                                                                                \
    X("localtime", "")                                                                             \
    X("modulemeta", "")                                                                            \
    X("now", "")                                                                                   \
    X("stderr", "")                                                                                \
    X("strflocaltime", "(f)")

static const char refusals[] =
#define REFUSAL(name, parameters)                                                                  \
    "def " name parameters ": error(\"" name " is not allowed: a program sees its input alone\");"
    IMPURE_MAP(REFUSAL)
#undef REFUSAL
    ;

static const char asks_projection[] =
    "\nif . == null then init else .[1] as $__jc_event | .[0] | apply($__jc_event) end";

#define NESTING_MAX 64

/* A look through the text. */
typedef struct scan {
    const char *at;
    const char *end;
    size_t line;
    size_t parentheses[NESTING_MAX]; /* open ones in the code, and in each \( ) of a string in it */
    size_t depth;
} scan;

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static char peek(const scan *in, size_t ahead)
{
    return (size_t)(in->end - in->at) > ahead ? in->at[ahead] : '\0';
}

static void step(scan *in)
{
    in->line += *in->at == '\n';
    in->at++;
}

static jc_str take_word(scan *in)
{
    const char *begin = in->at;
    while (in->at < in->end && is_word(*in->at))
        in->at++;
    return (jc_str){begin, (size_t)(in->at - begin)};
}

static void skip_comment(scan *in)
{
    while (in->at < in->end && *in->at != '\n')
        in->at++;
}

static void skip_blank(scan *in)
{
    for (;;) {
        char c = peek(in, 0);
        if (c == '#')
            skip_comment(in);
        else if (c != '\0' && strchr(" \t\r\n", c) != NULL)
            step(in);
        else
            return;
    }
}

/* From within a string to behind its end, or behind the \( of code in it. */
static void skip_string(scan *in)
{
    while (in->at < in->end) {
        char c = *in->at;
        if (c == '\\' && peek(in, 1) == '(' && in->depth + 1 < NESTING_MAX) {
            in->at += 2;
            in->parentheses[++in->depth] = 0;
            return;
        }
        if (c == '\\' && in->at + 1 < in->end)
            in->at++;
        step(in);
        if (c == '"')
            return;
    }
}

static void close_parenthesis(scan *in)
{
    in->at++;
    if (in->parentheses[in->depth] > 0) {
        in->parentheses[in->depth]--;
    } else if (in->depth > 0) {
        in->depth--;
        skip_string(in);
    }
}

static jc_status refuse(size_t line, const char *what, jc_error *reterr)
{
    return jc_fail(reterr, JC_EINVAL, "line %zu: %s is not allowed: a program sees its input alone",
                   line, what);
}

/* The name behind a '$', with white space between, as older versions have it. */
static jc_status check_variable(scan *in, jc_error *reterr)
{
    in->at++;
    skip_blank(in);
    size_t line = in->line;
    jc_str name = take_word(in);
    if (jc_str_equal(name, JC_STR("ENV")))
        return refuse(line, "$ENV", reterr);
    if (jc_str_equal(name, JC_STR("__prog_args")))
        return refuse(line, "$__prog_args", reterr);
    return JC_OK;
}

/* A word that is no variable, no field and no format; as a key of an object it means nothing else. */
static jc_status check_word(scan *in, jc_error *reterr)
{
    size_t line = in->line;
    jc_str word = take_word(in);
    bool imports = jc_str_equal(word, JC_STR("import"));
    if (!imports && !jc_str_equal(word, JC_STR("include")))
        return JC_OK;
    skip_blank(in);
    if (peek(in, 0) == ':')
        return JC_OK;
    return refuse(line, imports ? "import" : "include", reterr);
}

static jc_status check_next(scan *in, jc_error *reterr)
{
    char c = *in->at;
    if (c == '$')
        return check_variable(in, reterr);
    if (is_word(c))
        return check_word(in, reterr);
    if (c == '#') {
        skip_comment(in);
    } else if (c == '"') {
        in->at++;
        skip_string(in);
    } else if (c == ')') {
        close_parenthesis(in);
    } else if (c == '.' || c == '@') {
        in->at++;
        (void)take_word(in);
    } else {
        in->parentheses[in->depth] += c == '(';
        step(in);
    }
    return JC_OK;
}

static jc_status check(jc_str text, size_t *ret_line_count, jc_error *reterr)
{
    scan in = {.at = text.bytes, .end = text.bytes + text.size, .line = 1};
    if (text.size > JC_JQ_TEXT_SIZE_MAX)
        return jc_fail(reterr, JC_EINVAL, "%zu bytes; a program has at most %zu", text.size,
                       JC_JQ_TEXT_SIZE_MAX);
    if (memchr(text.bytes, '\0', text.size) != NULL)
        return jc_fail(reterr, JC_EINVAL, "a NUL byte: it is no text");
    jc_status status = JC_OK;
    while (status == JC_OK && in.at < in.end)
        status = check_next(&in, reterr);
    *ret_line_count = in.line;
    return status;
}

void jc_jq_program_release(jc_jq_program *program)
{
    jc_buf_release(&program->text);
}

jc_status jc_jq_program_make(jc_jq_form form, jc_str text, jc_jq_program *ret_program,
                             jc_error *reterr)
{
    jc_jq_program program = {.form = form};
    if (text.bytes == NULL)
        text = JC_STR("");
    jc_status status = check(text, &program.line_count, reterr);
    if (status == JC_OK)
        status = jc_buf_append_text(&program.text, refusals, reterr);
    if (status == JC_OK)
        status = jc_buf_append_str(&program.text, text, reterr);
    if (status == JC_OK && form == JC_JQ_PROJECTION)
        status = jc_buf_append_text(&program.text, asks_projection, reterr);
    if (status == JC_OK)
        status = jc_buf_append_char(&program.text, '\0', reterr);
    if (status < 0) {
        jc_jq_program_release(&program);
        return status;
    }
    *ret_program = program;
    return JC_OK;
}
