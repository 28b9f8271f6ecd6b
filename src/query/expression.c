/* Searches as FTS5 expressions: see expression.h. Every word is handed on in quotes, so that nothing in
 * it means anything to FTS5 (https://sqlite.org/fts5.html, 3). */
#include "query/expression.h"

#include "base/fail.h"
#include "base/json.h"

#define WORDS_MAX 64

/* A piece of the search: what stands between spaces, or between quotes. */
typedef struct piece {
    jc_str text;
    bool quoted;
    bool prefix;
} piece;

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Take the next piece off `rest`; false: there is no more. A quote that is not closed goes to the end. */
static bool next_piece(jc_str *rest, piece *ret)
{
    while (rest->size > 0 && is_space(*rest->bytes))
        *rest = (jc_str){rest->bytes + 1, rest->size - 1};
    if (rest->size == 0)
        return false;
    *ret = (piece){.quoted = *rest->bytes == '"'};
    size_t from = ret->quoted ? 1 : 0;
    size_t end = from;
    while (end < rest->size &&
           !(ret->quoted ? rest->bytes[end] == '"' : is_space(rest->bytes[end])))
        end++;
    ret->text = (jc_str){rest->bytes + from, end - from};
    size_t used = end + (ret->quoted && end < rest->size ? 1 : 0);
    if (used < rest->size && ret->quoted && rest->bytes[used] == '*') {
        ret->prefix = true;
        used++;
    }
    if (!ret->quoted && ret->text.size > 1 && ret->text.bytes[ret->text.size - 1] == '*') {
        ret->prefix = true;
        ret->text.size--;
    }
    *rest = (jc_str){rest->bytes + used, rest->size - used};
    return true;
}

/* Is there anything in it that FTS5 would take for a word? Punctuation alone would match nothing. */
static bool has_word(jc_str text)
{
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.bytes[i];
        unsigned char next = i + 1 < text.size ? (unsigned char)text.bytes[i + 1] : 0;
        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))
            return true;
        /* Of what is not ASCII: not U+0080 to U+00BF, nor the punctuation of U+2000 to U+206F and
         * U+3000 to U+303F. */
        bool punctuation = c == 0xc2 || (c == 0xe2 && (next == 0x80 || next == 0x81)) ||
                           (c == 0xe3 && next == 0x80);
        if (c >= 0xc2 && !punctuation)
            return true;
    }
    return false;
}

static jc_status add_quoted(jc_buf *expression, jc_str text, jc_error *reterr)
{
    jc_status status = jc_buf_append_char(expression, '"', reterr);
    for (size_t i = 0; status == JC_OK && i < text.size; i++) {
        if (text.bytes[i] == '"')
            status = jc_buf_append_char(expression, '"', reterr);
        if (status == JC_OK)
            status = jc_buf_append_char(expression, text.bytes[i], reterr);
    }
    return status == JC_OK ? jc_buf_append_char(expression, '"', reterr) : status;
}

/* Either another way to say the group that is open, or the first of the next one. */
static jc_status add_piece(jc_buf *expression, const piece *part, bool either, jc_error *reterr)
{
    const char *between = expression->size == 0 ? "(" : either ? " OR " : ") AND (";
    jc_status status = jc_buf_append_text(expression, between, reterr);
    if (status == JC_OK)
        status = add_quoted(expression, part->text, reterr);
    if (status == JC_OK && part->prefix)
        status = jc_buf_append_text(expression, " *", reterr);
    return status;
}

jc_status jc_expression_parse(jc_str text, jc_buf *ret_expression, jc_error *reterr)
{
    piece part;
    bool either = false;
    int count = 0;
    jc_str rest = text;
    jc_buf_clear(ret_expression);
    if (!jc_utf8_valid(text) || (text.size > 0 && memchr(text.bytes, '\0', text.size) != NULL))
        return jc_fail(reterr, JC_EINVAL, "what to search for is not valid UTF-8");
    while (next_piece(&rest, &part)) {
        if (!part.quoted && !part.prefix && jc_str_equal(part.text, JC_STR("OR"))) {
            either = true;
            continue;
        }
        if (!has_word(part.text))
            continue;
        if (++count > WORDS_MAX)
            return jc_fail(reterr, JC_EINVAL, "more than %d words to search for: leave some out",
                           WORDS_MAX);
        jc_status status = add_piece(ret_expression, &part, either, reterr);
        if (status < 0)
            return status;
        either = false;
    }
    if (count == 0)
        return jc_fail(reterr, JC_EINVAL, "there is no word to search for in '%.*s'",
                       (int)(text.size > 100 ? 100 : text.size),
                       text.bytes != NULL ? text.bytes : "");
    return jc_buf_append_char(ret_expression, ')', reterr);
}

jc_status jc_expression_narrow(jc_buf *expression, const char *column, jc_str text, bool whole,
                               jc_error *reterr)
{
    JC_AUTO(jc_buf) narrowed = {0};
    /* FTS5 reads an expression only up to a zero byte, and no event has one in its names. */
    if (!has_word(text) || memchr(text.bytes, '\0', text.size) != NULL)
        return JC_OK;
    jc_status status =
        jc_buf_append_format(&narrowed, reterr, "(%.*s) AND %s : ", (int)expression->size,
                             expression->bytes, column);
    if (status == JC_OK)
        status = add_quoted(&narrowed, text, reterr);
    if (status == JC_OK && !whole)
        status = jc_buf_append_text(&narrowed, " *", reterr);
    if (status < 0)
        return status;
    jc_buf_clear(expression);
    return jc_buf_append_str(expression, jc_buf_str(&narrowed), reterr);
}
