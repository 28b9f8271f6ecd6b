/* Blocks of private keys: PEM, OpenSSH, PGP. Also as they stand in a JSON string (\n), behind the signs of
 * a diff, and cut off before their end. */
#include "intake/redact.h"

#define LABEL_MAX 60
#define BLOCK_MAX ((size_t)64 * 1024)
#define RUN_MIN 24 /* of base64: code that looks for such a line has none */

/* The index behind "PRIVATE KEY-----" or "PRIVATE KEY BLOCK-----" of the label at `at`; 0: another label. */
static size_t label_end(jc_str text, size_t at)
{
    static const char *const tails[] = {"PRIVATE KEY-----", "PRIVATE KEY BLOCK-----"};
    for (size_t i = at; i < text.size && i - at < LABEL_MAX; i++) {
        char c = text.bytes[i];
        for (size_t k = 0; c == 'P' && k < 2; k++) {
            if (jc_text_has(text, i, tails[k]))
                return i + strlen(tails[k]);
        }
        if (c != ' ' && !jc_byte_is_upper(c) && !jc_byte_is_digit(c))
            return 0;
    }
    return 0;
}

/* The index behind "-----END …-----"; 0: it does not come, or another block begins before. */
static size_t closed_end(jc_str text, size_t at)
{
    size_t most = text.size - at < BLOCK_MAX ? text.size - at : BLOCK_MAX;
    const char *dashes = memmem(text.bytes + at, most, "-----", 5);
    size_t end = dashes != NULL ? (size_t)(dashes - text.bytes) : text.size;
    if (!jc_text_has(text, end, "-----END "))
        return 0;
    end += 9;
    most = text.size - end < LABEL_MAX ? text.size - end : LABEL_MAX;
    dashes = memmem(text.bytes + end, most, "-----", 5);
    return dashes != NULL ? (size_t)(dashes - text.bytes) + 5 : 0;
}

/* The index behind the run of base64 at `at`. */
static size_t run_end(jc_str text, size_t at)
{
    while (at < text.size && (jc_byte_is_alnum(text.bytes[at]) || text.bytes[at] == '+' ||
                              text.bytes[at] == '/' || text.bytes[at] == '='))
        at++;
    return at;
}

/* The index of the next line's base64: behind white space, escapes of it, and what stands around lines in
 * code and in diffs. */
static size_t skip_between(jc_str text, size_t at)
{
    for (; at < text.size; at++) {
        char c = text.bytes[at];
        if (c == '\\' && at + 1 < text.size && jc_byte_is_in(text.bytes[at + 1], "nr"))
            at++;
        else if (!jc_byte_is_in(c, " \t\r\n\\\"'+->|,"))
            break;
    }
    return at;
}

/* The end of a block that was cut off: behind its last whole line, or at the end of the text. */
static size_t open_end(jc_str text, size_t at)
{
    size_t last = at;
    while (last - at < BLOCK_MAX) {
        size_t start = skip_between(text, last);
        size_t end = run_end(text, start);
        if (end == start || (end - start < RUN_MIN && end < text.size))
            break;
        last = end;
    }
    return last;
}

static bool has_body(jc_str text, size_t start, size_t end)
{
    for (size_t i = start; i < end; i++) {
        size_t after = run_end(text, i);
        if (after - i >= RUN_MIN)
            return true;
        i = after;
    }
    return false;
}

void jc_sift_private_key(jc_sift *sift, const jc_sift_rule *rule, size_t at)
{
    size_t body = label_end(sift->text, at + strlen(rule->mark));
    if (body == 0)
        return;
    size_t end = closed_end(sift->text, body);
    if (end == 0)
        end = open_end(sift->text, body);
    if (has_body(sift->text, body, end))
        jc_sift_found(sift, at, end, "private-key", JC_SECRET_EXACT);
}
