/* Headers of HTTP: what proves who somebody is, and the cookies that do. */
#include "intake/redact.h"

#include <strings.h>

#define CREDENTIALS_MAX 4096

/* Attributes of a cookie, and cookies that everybody gets. */
static const char *const open_cookies[] = {"path",     "domain",  "expires", "max-age",
                                           "samesite", "version", "comment", "priority"};

static const char *const session_words[] = {"sess", "sid",  "auth",  "token",   "jwt",
                                            "csrf", "xsrf", "login", "remember"};

static bool is_credential_byte(char c)
{
    return jc_byte_is_alnum(c) || jc_byte_is_in(c, "-._~+/=");
}

static size_t word_end(jc_str text, size_t at, size_t most)
{
    while (at < most && is_credential_byte(text.bytes[at]))
        at++;
    return at;
}

static bool is_mixed(jc_str word)
{
    bool digit = false;
    bool letter = false;
    for (size_t i = 0; i < word.size; i++) {
        digit = digit || jc_byte_is_digit(word.bytes[i]);
        letter = letter || jc_byte_is_lower(jc_byte_lower(word.bytes[i]));
    }
    return digit && letter;
}

/* Base64 of user:password: in whole groups, and with more than one case. */
static bool is_basic(jc_str word)
{
    return word.size >= 8 && word.size % 4 == 0 && !jc_value_is_placeholder(word) &&
           (jc_value_looks_random(word, 8) || word.bytes[word.size - 1] == '=');
}

void jc_sift_authorization(jc_sift *sift, size_t start)
{
    static const struct {
        const char *scheme;
        const char *kind;
    } schemes[] = {{"bearer", "bearer-token"}, {"basic", "basic-auth"}, {"token", "bearer-token"},
                   {"apikey", "api-key"},      {"bot", "bearer-token"}, {"key", "api-key"}};
    jc_str text = sift->text;
    size_t end = text.size - start < CREDENTIALS_MAX ? text.size : start + CREDENTIALS_MAX;
    size_t scheme_end = word_end(text, start, end);
    jc_str scheme = jc_text_part(text, start, scheme_end);
    if (scheme_end == end || text.bytes[scheme_end] != ' ') {
        if (jc_value_looks_random(scheme, 16) && !jc_value_is_placeholder(scheme))
            jc_sift_found(sift, start, scheme_end, "authorization", JC_SECRET_NAMED);
        return;
    }
    size_t word = scheme_end + 1;
    size_t last = word_end(text, word, end);
    jc_str is = jc_text_part(text, word, last);
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        if (strlen(schemes[i].scheme) != scheme.size ||
            strncasecmp(scheme.bytes, schemes[i].scheme, scheme.size) != 0)
            continue;
        bool basic = i == 1;
        if (basic ? is_basic(is) : is.size >= 8 && is_mixed(is) && !jc_value_is_placeholder(is))
            jc_sift_found(sift, word, last, schemes[i].kind, JC_SECRET_NAMED);
    }
}

void jc_sift_bearer(jc_sift *sift, const jc_sift_rule *rule, size_t at)
{
    jc_str text = sift->text;
    size_t start = at + strlen(rule->mark);
    size_t most = text.size - start < CREDENTIALS_MAX ? text.size : start + CREDENTIALS_MAX;
    size_t end = word_end(text, start, most);
    jc_str word = jc_text_part(text, start, end);
    if (jc_value_looks_random(word, 16) && !jc_value_is_placeholder(word))
        jc_sift_found(sift, start, end, "bearer-token", JC_SECRET_NAMED);
}

static bool is_one_of(jc_str name, const char *const list[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strlen(list[i]) == name.size && strncasecmp(name.bytes, list[i], name.size) == 0)
            return true;
    }
    return false;
}

static bool names_session(jc_str name)
{
    for (size_t i = 0; i < sizeof session_words / sizeof session_words[0]; i++) {
        size_t size = strlen(session_words[i]);
        for (size_t k = 0; k + size <= name.size; k++) {
            if (strncasecmp(name.bytes + k, session_words[i], size) == 0)
                return true;
        }
    }
    return false;
}

static void sift_pair(jc_sift *sift, size_t start, size_t end)
{
    jc_str text = sift->text;
    while (start < end && text.bytes[start] == ' ')
        start++;
    const char *sign = memchr(text.bytes + start, '=', end - start);
    if (sign == NULL)
        return;
    jc_str name = jc_text_part(text, start, (size_t)(sign - text.bytes));
    size_t first = (size_t)(sign - text.bytes) + 1;
    jc_str value = jc_text_part(text, first, end);
    if (name.size > JC_SECRET_NAME_MAX ||
        is_one_of(name, open_cookies, sizeof open_cookies / sizeof open_cookies[0]) ||
        value.size < 8 || jc_value_is_placeholder(value) ||
        memchr(value.bytes, ' ', value.size) != NULL)
        return;
    if (jc_value_looks_random(value, 16) || (names_session(name) && is_mixed(value)))
        jc_sift_found(sift, first, end, "cookie", JC_SECRET_NAMED);
}

void jc_sift_cookie(jc_sift *sift, size_t start, size_t end)
{
    while (start < end) {
        const char *semicolon = memchr(sift->text.bytes + start, ';', end - start);
        size_t pair_end = semicolon != NULL ? (size_t)(semicolon - sift->text.bytes) : end;
        sift_pair(sift, start, pair_end);
        start = pair_end + 1;
    }
}
