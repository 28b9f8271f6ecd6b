/* URLs: the password of scheme://user:PASSWORD@host, and webhooks whose path is the secret. */
#include "intake/redact.h"

#define AUTHORITY_MAX ((size_t)1024)

static bool ends_url(char c)
{
    return (unsigned char)c <= ' ' || jc_byte_is_in(c, "\"'`<>\\");
}

/* NAME, DB_PASS: what documentation writes for a password. */
static bool is_capital_name(jc_str text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (!jc_byte_is_upper(text.bytes[i]) && text.bytes[i] != '_')
            return false;
    }
    return true;
}

static bool has_code(jc_str text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (jc_byte_is_in(text.bytes[i], "(){}[]"))
            return true;
    }
    return false;
}

/* Is the host behind `at` one of those that are reserved for documentation (RFC 2606)? */
static bool is_example(jc_str text, size_t at)
{
    static const char *const names[] = {"example.com", "example.org", "example.net"};
    size_t end = at;
    while (end < text.size &&
           (jc_byte_is_alnum(text.bytes[end]) || jc_byte_is_in(text.bytes[end], "-.")))
        end++;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t size = strlen(names[i]);
        bool whole = end - at == size || (end - at > size && text.bytes[end - size - 1] == '.');
        if (whole && jc_text_has(text, end - size, names[i]))
            return true;
    }
    return false;
}

static void sift_password(jc_sift *sift, size_t start, size_t end)
{
    jc_str text = sift->text;
    const char *colon = memchr(text.bytes + start, ':', end - start);
    if (colon == NULL)
        return;
    jc_str user = jc_text_part(text, start, (size_t)(colon - text.bytes));
    size_t first = (size_t)(colon - text.bytes) + 1;
    jc_str password = jc_text_part(text, first, end);
    if (password.size > 0 && !jc_str_equal(user, password) && !is_capital_name(password) &&
        !has_code(password) && !is_example(text, end + 1) && !jc_value_is_placeholder(password))
        jc_sift_found(sift, first, end, "url-password", JC_SECRET_NAMED);
}

static size_t word_end(jc_str text, size_t at)
{
    while (at < text.size &&
           (jc_byte_is_alnum(text.bytes[at]) || text.bytes[at] == '_' || text.bytes[at] == '-'))
        at++;
    return at;
}

/* https://hooks.slack.com/services/TEAM/BOT/KEY: all of the path. */
static void sift_slack(jc_sift *sift, size_t at)
{
    jc_str text = sift->text;
    size_t team = word_end(text, at);
    size_t bot = jc_text_has(text, team, "/") ? word_end(text, team + 1) : at;
    size_t end = jc_text_has(text, bot, "/") ? word_end(text, bot + 1) : at;
    if (end > bot + 16 && jc_value_looks_random(jc_text_part(text, bot + 1, end), 16) &&
        !jc_value_is_placeholder(jc_text_part(text, bot + 1, end)))
        jc_sift_found(sift, at, end, "slack-webhook", JC_SECRET_EXACT);
}

/* https://discord.com/api/webhooks/ID/KEY */
static void sift_discord(jc_sift *sift, size_t at)
{
    jc_str text = sift->text;
    size_t id = word_end(text, at);
    size_t end = jc_text_has(text, id, "/") ? word_end(text, id + 1) : id;
    if (end > id + 40 && jc_byte_is_digit(text.bytes[at]))
        jc_sift_found(sift, id + 1, end, "discord-webhook", JC_SECRET_EXACT);
}

static const struct {
    const char *place;
    void (*sift)(jc_sift *sift, size_t at);
} webhooks[] = {
    {"hooks.slack.com/services/", sift_slack},
    {"hooks.slack.com/workflows/", sift_slack},
    {"discord.com/api/webhooks/", sift_discord},
    {"discordapp.com/api/webhooks/", sift_discord},
};

void jc_sift_url(jc_sift *sift, const jc_sift_rule *rule, size_t at)
{
    jc_str text = sift->text;
    size_t start = at + strlen(rule->mark);
    size_t sign = 0;
    if (at == 0 || !jc_byte_is_alnum(text.bytes[at - 1]))
        return;
    for (size_t i = start; i < text.size && i - start < AUTHORITY_MAX; i++) {
        char c = text.bytes[i];
        if (ends_url(c) || c == '/' || c == '?' || c == '#')
            break;
        if (c == '@')
            sign = i;
    }
    if (sign > start)
        sift_password(sift, start, sign);
    for (size_t i = 0; i < sizeof webhooks / sizeof webhooks[0]; i++) {
        if (jc_text_has(text, start, webhooks[i].place))
            webhooks[i].sift(sift, start + strlen(webhooks[i].place));
    }
}
