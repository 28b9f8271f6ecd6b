/* A name and its value: in code, settings, JSON, YAML, shells, URLs, XML, SQL.
 *
 * In quotes a value is what it is. Without, it may as well be code: "password = read_password()", "token:
 * string". So there the more is asked of a value, the less its surroundings say. */
#include "intake/redact.h"

#include <strings.h>

#define SPACE_MAX 64
#define RUN_LONG 512

/* What surrounds a name without quotes at its value. */
typedef enum value_style {
    PLAIN,   /* may be code */
    MAPPED,  /* name: value, which may be code as well */
    SETTING, /* NAME=value, name=value; */
    QUERY,   /* ?name=value& */
    OPTION   /* --name=value */
} value_style;

typedef struct assignment {
    jc_secret_name name;
    const char *kind;
    value_style style;
    bool tight; /* no spaces around the sign */
} assignment;

/* What stands behind the sign. */
typedef struct value {
    size_t start;
    size_t end;
    bool quoted;
} value;

static bool is_name_byte(char c)
{
    return jc_byte_is_alnum(c) || c == '_' || c == '-' || c == '.';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_quote(char c)
{
    return c == '"' || c == '\'' || c == '`';
}

static size_t skip_back(const jc_sift *sift, size_t at)
{
    for (size_t i = 0; i < SPACE_MAX && at > sift->resume && is_blank(sift->text.bytes[at - 1]);
         i++)
        at--;
    return at;
}

static size_t skip_blanks(jc_str text, size_t at)
{
    for (size_t i = 0; i < SPACE_MAX && at < text.size && is_blank(text.bytes[at]); i++)
        at++;
    return at;
}

/* The name that ends at `end`, perhaps in quotes, as "name", ["name"] or \"name\". */
static jc_str name_before(const jc_sift *sift, size_t end)
{
    const char *bytes = sift->text.bytes;
    size_t least = sift->resume;
    bool bracket = end > least && bytes[end - 1] == ']';
    if (bracket)
        end--;
    bool quoted = end > least && is_quote(bytes[end - 1]);
    if (bracket && !quoted)
        return jc_text_part(sift->text, end, end);
    if (quoted)
        end--;
    while (quoted && end > least && bytes[end - 1] == '\\')
        end--;
    size_t start = end;
    while (start > least && end - start <= JC_SECRET_NAME_MAX && is_name_byte(bytes[start - 1]))
        start--;
    /* In escaped text the letter of an escape is none of the name. */
    if (start > least && start < end && bytes[start - 1] == '\\' &&
        jc_byte_is_in(bytes[start], "nrt"))
        start++;
    return jc_text_part(sift->text, start, end);
}

static bool has_lower(jc_str name)
{
    for (size_t i = 0; i < name.size; i++) {
        if (jc_byte_is_lower(name.bytes[i]))
            return true;
    }
    return false;
}

static value_style style_of(const jc_sift *sift, jc_str name, char sign, bool tight)
{
    size_t at = (size_t)(name.bytes - sift->text.bytes);
    char before = at > 0 ? sift->text.bytes[at - 1] : '\n';
    if (sign == ':')
        return MAPPED;
    if (!tight)
        return PLAIN;
    if (before == '?' || before == '&')
        return QUERY;
    if (name.size > 2 && name.bytes[0] == '-' && name.bytes[1] == '-')
        return OPTION;
    return before == ';' || !has_lower(name) ? SETTING : PLAIN;
}

/* name: type = value */
static jc_str name_before_type(const jc_sift *sift, jc_str type)
{
    size_t at = skip_back(sift, (size_t)(type.bytes - sift->text.bytes));
    if (type.size == 0 || at <= sift->resume || sift->text.bytes[at - 1] != ':')
        return jc_text_part(sift->text, at, at);
    return name_before(sift, at - 1);
}

static bool stands_before(const jc_sift *sift, jc_str name, const char *text)
{
    size_t at = (size_t)(name.bytes - sift->text.bytes);
    return at >= strlen(text) && jc_text_has(sift->text, at - strlen(text), text);
}

/* What the sign at `at` gives a value to; false when that is no secret. */
static bool look_back(const jc_sift *sift, size_t at, assignment *ret_assignment)
{
    const char *bytes = sift->text.bytes;
    size_t end = at;
    /* := += ?= ?: */
    if (end > sift->resume && jc_byte_is_in(bytes[end - 1], ":+?"))
        end--;
    size_t behind = skip_back(sift, end);
    jc_str name = name_before(sift, behind);
    assignment found = {.tight = behind == end};
    found.name = jc_secret_name_of(name, &found.kind);
    if (found.name == JC_NAME_ORDINARY && bytes[at] == '=') {
        name = name_before_type(sift, name);
        found.name = jc_secret_name_of(name, &found.kind);
    }
    /* What looks like a name may be the user of a URL, or one of two values: x ? "password" : "text". */
    if (found.name == JC_NAME_ORDINARY || stands_before(sift, name, "://") ||
        stands_before(sift, name, "? \"") || stands_before(sift, name, "? '"))
        return false;
    found.tight = found.tight && at + 1 < sift->text.size && !is_blank(bytes[at + 1]);
    found.style = style_of(sift, name, bytes[at], found.tight);
    *ret_assignment = found;
    return true;
}

/* The index of the quote that ends the string which begins at `at`; `escapes` backslashes stand before both
 * quotes. *ret_closed is false when the line or the text ends first. */
static size_t quote_end(jc_str text, size_t at, char quote, size_t escapes, bool *ret_closed)
{
    size_t run = 0;
    *ret_closed = false;
    for (; at < text.size && text.bytes[at] != '\n'; at++) {
        char c = text.bytes[at];
        if (c == '\\') {
            run++;
            continue;
        }
        if (c == quote && (escapes == 0 ? run % 2 == 0 : run <= escapes)) {
            *ret_closed = true;
            return at - (escapes == 0 ? 0 : run);
        }
        run = 0;
    }
    return at;
}

/* Does a value without quotes end here? */
static bool ends_plain(char c, value_style style)
{
    if ((unsigned char)c <= ' ' || is_quote(c) || c == '\\' || c == '<' || c == '>')
        return true;
    if (style == QUERY)
        return c == '&' || c == '#';
    if (style == SETTING || style == OPTION)
        return c == ';' || c == '|';
    return jc_byte_is_in(c, style == MAPPED ? ",;|)}]" : ",;&|)}]");
}

static void take_plain(jc_str text, size_t at, value_style style, value *ret_value)
{
    size_t end = at;
    while (end < text.size && end - at <= JC_SECRET_SIZE_MAX && !ends_plain(text.bytes[end], style))
        end++;
    while (end > at && jc_byte_is_in(text.bytes[end - 1], ",;)]}"))
        end--;
    *ret_value = (value){.start = at, .end = end};
}

/* The value behind `at`; false when there is none on this line. */
static bool take_value(jc_str text, size_t at, value_style style, value *ret_value)
{
    at = skip_blanks(text, at);
    /* The end of what Markdown prints bold. */
    if (jc_text_has(text, at, "** "))
        at = skip_blanks(text, at + 2);
    if (at + 1 < text.size && jc_byte_is_in(text.bytes[at], "bfruL") &&
        is_quote(text.bytes[at + 1]))
        at++;
    size_t start = at;
    while (at < text.size && text.bytes[at] == '\\')
        at++;
    size_t escapes = at - start;
    if (at >= text.size)
        return false;
    if (!is_quote(text.bytes[at])) {
        take_plain(text, start, style, ret_value);
        return ret_value->end > ret_value->start;
    }
    bool closed = false;
    size_t end = quote_end(text, at + 1, text.bytes[at], escapes, &closed);
    *ret_value = (value){.start = at + 1, .end = end, .quoted = true};
    if (!closed) {
        /* Cut off where the text ends, or it is the end of another string. */
        take_plain(text, at + 1, style, ret_value);
        ret_value->quoted = ret_value->end == text.size;
    }
    return ret_value->end > ret_value->start;
}

static bool has_digit(jc_str text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (jc_byte_is_digit(text.bytes[i]))
            return true;
    }
    return false;
}

static bool has_letter(jc_str text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (jc_byte_is_lower(jc_byte_lower(text.bytes[i])))
            return true;
    }
    return false;
}

static bool has_any(jc_str text, const char *bytes)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.bytes[i] != '\0' && strchr(bytes, text.bytes[i]) != NULL)
            return true;
    }
    return false;
}

/* A word with a digit inside, or two at the end: "hunter22" and "Tr0ub4dor", not "value2". */
static bool is_word_with_digits(jc_str word)
{
    size_t digits = 0;
    for (size_t i = 0; i + 1 < word.size; i++)
        digits += jc_byte_is_digit(word.bytes[i]) ? 1 : 0;
    return digits > 0;
}

/* Does the line go on behind a value as code does? */
static bool code_follows(jc_str text, size_t at)
{
    return at < text.size && jc_byte_is_in(text.bytes[at], ",;.)(}]");
}

static bool is_plain_password(jc_str text, const assignment *at, const value *found)
{
    jc_str word = jc_text_part(text, found->start, found->end);
    if (jc_byte_is_in(word.bytes[0], "/.~:?*&-+=|^!@([{") || has_any(word, "()[]{}"))
        return false;
    if (!has_letter(word))
        return word.size >= 4 && has_digit(word) && !has_any(word, ".:-/,%+");
    if (word.size < 6 || !has_digit(word))
        return false;
    if (!jc_value_is_identifier(word))
        return true;
    return is_word_with_digits(word) && !code_follows(text, found->end) &&
           memchr(word.bytes, '.', word.size) == NULL &&
           (at->tight || text.bytes[found->start - 1] != '=');
}

/* An expression, or a name made of words. */
static bool is_code(jc_str word)
{
    return has_any(word, "(){}[]") || !jc_value_looks_random(word, 16) ||
           (jc_value_is_identifier(word) && memchr(word.bytes, '.', word.size) != NULL);
}

static bool is_secret_without_quotes(jc_str text, const assignment *at, const value *found)
{
    jc_str word = jc_text_part(text, found->start, found->end);
    if (!jc_value_is_secret(at->name, word))
        return false;
    if (at->style == PLAIN || at->style == MAPPED)
        return at->name == JC_NAME_PASSWORD ? is_plain_password(text, at, found) : !is_code(word);
    /* A call, or a member of something: MODULE.NAME, read(x). */
    if (has_any(word, "({") || text.bytes[found->start] == '(')
        return false;
    return !jc_value_is_identifier(word) || memchr(word.bytes, '.', word.size) == NULL;
}

/* The value of a header goes to the end of its line, or of the string that it stands in. */
static void sift_cookie(jc_sift *sift, const value *found)
{
    jc_str text = sift->text;
    size_t end = found->end;
    while (!found->quoted && end < text.size && end - found->start < JC_SECRET_SIZE_MAX &&
           text.bytes[end] != '\0' && !jc_byte_is_in(text.bytes[end], "\r\n\"'`\\"))
        end++;
    jc_sift_cookie(sift, found->start, end);
    sift->cookie_end = end;
}

/* What compares gives no value; nor do :: and ://. */
static bool gives_value(jc_str text, size_t at)
{
    char sign = text.bytes[at];
    char next = at + 1 < text.size ? text.bytes[at + 1] : '\n';
    char last = at > 0 ? text.bytes[at - 1] : '\n';
    if (next == '=' || next == '~')
        return false;
    return sign == ':' ? next != ':' && last != ':' && next != '/' : !jc_byte_is_in(last, "=!<>~");
}

static void sift_value(jc_sift *sift, const assignment *is, const value *found)
{
    jc_str text = sift->text;
    jc_str word = jc_text_part(text, found->start, found->end);
    bool secret = found->quoted ? jc_value_is_secret(is->name, word)
                                : is_secret_without_quotes(text, is, found);
    if (secret)
        jc_sift_found(sift, found->start, found->end, is->kind, JC_SECRET_NAMED);
    else if (!found->quoted && word.size > RUN_LONG)
        sift->run_end = found->end;
}

void jc_sift_assignment(jc_sift *sift, const jc_sift_rule *rule, size_t at)
{
    (void)rule;
    jc_str text = sift->text;
    assignment is;
    value found;
    if (at < sift->run_end || !gives_value(text, at) || !look_back(sift, at, &is) ||
        (is.name == JC_NAME_SIGNATURE && is.style != QUERY) ||
        (is.name == JC_NAME_COOKIE && at < sift->cookie_end))
        return;
    size_t start = jc_text_has(text, at, "=>") ? at + 2 : at + 1;
    if (!take_value(text, start, is.style, &found))
        return;
    if (is.name == JC_NAME_COOKIE)
        sift_cookie(sift, &found);
    else if (is.name == JC_NAME_AUTHORIZATION)
        jc_sift_authorization(sift, found.start);
    else
        sift_value(sift, &is, &found);
}

void jc_sift_element(jc_sift *sift, const jc_sift_rule *rule, size_t at)
{
    (void)rule;
    jc_str text = sift->text;
    if (at == 0 || !jc_byte_is_alnum(text.bytes[at - 1]))
        return;
    jc_str name = name_before(sift, at);
    if (name.size == 0 || name.bytes == text.bytes + sift->resume || name.bytes[-1] != '<')
        return;
    const char *kind = NULL;
    jc_secret_name means = jc_secret_name_of(name, &kind);
    size_t most = text.size - at < JC_SECRET_SIZE_MAX ? text.size - at : JC_SECRET_SIZE_MAX;
    const char *close = means != JC_NAME_ORDINARY ? memchr(text.bytes + at, '<', most) : NULL;
    size_t end = close != NULL ? (size_t)(close - text.bytes) : 0;
    if (end > at + 1 && jc_text_has(text, end, "</") &&
        jc_value_is_secret(means, jc_text_part(text, at + 1, end)))
        jc_sift_found(sift, at + 1, end, kind, JC_SECRET_NAMED);
}

static bool words_before(const jc_sift *sift, size_t at, const char *words)
{
    size_t size = strlen(words);
    return at >= sift->resume + size && strncasecmp(sift->text.bytes + at - size, words, size) == 0;
}

/* PASSWORD 'value', IDENTIFIED BY 'value' */
void jc_sift_sql(jc_sift *sift, const jc_sift_rule *rule, size_t at)
{
    (void)rule;
    jc_str text = sift->text;
    if (at < 9 || text.bytes[at - 1] != ' ')
        return;
    bool by = words_before(sift, at, "IDENTIFIED BY ");
    if (!by && !words_before(sift, at, "PASSWORD "))
        return;
    bool closed = false;
    size_t end = quote_end(text, at + 1, '\'', 0, &closed);
    jc_str word = jc_text_part(text, at + 1, end);
    if ((by || text.bytes[at - 2] == 'D' || has_digit(word)) && end > at + 1 &&
        jc_value_is_secret(JC_NAME_PASSWORD, word))
        jc_sift_found(sift, at + 1, end, "password", JC_SECRET_NAMED);
}
