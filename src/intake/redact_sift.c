/* One look through a text: at each byte that is the anchor of a rule, the rule decides. */
#include "base/fail.h"
#include "intake/redact.h"

#include <stdlib.h>

/* Those that look around for more than a mark. */
static const jc_sift_rule context_rules[] = {
    {.mark = "-----BEGIN ", .anchor = 5, .anywhere = true, .scan = jc_sift_private_key},
    {.mark = "://", .anchor = 0, .anywhere = true, .scan = jc_sift_url},
    {.mark = ":", .anchor = 0, .anywhere = true, .scan = jc_sift_assignment},
    {.mark = "=", .anchor = 0, .anywhere = true, .scan = jc_sift_assignment},
    {.mark = " -", .anchor = 1, .anywhere = true, .scan = jc_sift_option},
    {.mark = ">", .anchor = 0, .anywhere = true, .scan = jc_sift_element},
    {.mark = "'", .anchor = 0, .anywhere = true, .scan = jc_sift_sql},
    {.mark = "Bearer ", .anchor = 0, .scan = jc_sift_bearer},
};

#define CONTEXT_RULE_COUNT (sizeof context_rules / sizeof context_rules[0])

/* Rules by their number in a table. */
static const jc_sift_rule *rule_at(uint8_t number)
{
    size_t index = (size_t)number - 1;
    return index < CONTEXT_RULE_COUNT ? &context_rules[index]
                                      : &jc_token_rules[index - CONTEXT_RULE_COUNT];
}

void jc_sift_table_make(jc_sift_table *ret_table)
{
    size_t count = CONTEXT_RULE_COUNT + jc_token_rule_count;
    *ret_table = (jc_sift_table){0};
    /* From the last on, so that chains are in the order of the tables. */
    for (size_t i = count < JC_SIFT_RULES_MAX ? count : JC_SIFT_RULES_MAX; i > 0; i--) {
        const jc_sift_rule *rule = rule_at((uint8_t)i);
        uint8_t *first = &ret_table->first[(uint8_t)rule->mark[rule->anchor]];
        ret_table->next[i] = *first;
        *first = (uint8_t)i;
    }
}

static bool is_hex(char c)
{
    return jc_byte_is_digit(c) || (jc_byte_lower(c) >= 'a' && jc_byte_lower(c) <= 'f');
}

bool jc_sift_word_begins(const jc_sift *sift, size_t at)
{
    const char *bytes = sift->text.bytes;
    if (at == 0 || at == sift->resume || !jc_byte_is_alnum(bytes[at - 1]))
        return true;
    if (at >= 2 && bytes[at - 2] == '\\' && jc_byte_is_in(bytes[at - 1], "nrt"))
        return true;
    return at >= 3 && bytes[at - 3] == '%' && is_hex(bytes[at - 2]) && is_hex(bytes[at - 1]);
}

/* Try the rules whose anchor stands at `at`. */
static void try_rules(jc_sift *sift, const jc_sift_table *table, uint8_t number, size_t at)
{
    for (; number != 0; number = table->next[number]) {
        const jc_sift_rule *rule = rule_at(number);
        if (at < sift->resume + rule->anchor)
            continue;
        size_t start = at - rule->anchor;
        if (jc_text_has(sift->text, start, rule->mark) &&
            (rule->anywhere || jc_sift_word_begins(sift, start)))
            rule->scan(sift, rule, start);
    }
}

void jc_sift_text(jc_sift *sift, const jc_sift_table *table)
{
    const uint8_t *bytes = (const uint8_t *)sift->text.bytes;
    size_t size = sift->text.size;
    for (size_t i = 0; i < size; i++) {
        uint8_t number = table->first[bytes[i]];
        if (number == 0)
            continue;
        try_rules(sift, table, number, i);
        if (sift->resume > i + 1)
            i = sift->resume - 1;
    }
}

void jc_sift_found(jc_sift *sift, size_t start, size_t end, const char *kind, jc_secret_rank rank)
{
    jc_secret secret = {.start = start, .end = end, .kind = kind, .rank = rank};
    if (end <= start || sift->status < 0)
        return;
    sift->status = jc_buf_append(&sift->found, &secret, sizeof secret, NULL);
    if (rank == JC_SECRET_EXACT)
        sift->resume = end;
}

static int compare_secrets(const void *a, const void *b)
{
    const jc_secret *left = a;
    const jc_secret *right = b;
    if (left->start != right->start)
        return left->start < right->start ? -1 : 1;
    return (left->end > right->end) - (left->end < right->end);
}

void jc_sift_unite(jc_sift *sift)
{
    jc_secret *secrets = (jc_secret *)(void *)sift->found.bytes;
    size_t count = jc_sift_count(sift);
    size_t kept = 0;
    if (count == 0)
        return;
    qsort(secrets, count, sizeof *secrets, compare_secrets);
    for (size_t i = 1; i < count; i++) {
        jc_secret *last = &secrets[kept];
        if (secrets[i].start >= last->end) {
            secrets[++kept] = secrets[i];
            continue;
        }
        if (secrets[i].end > last->end)
            last->end = secrets[i].end;
        if (secrets[i].rank > last->rank) {
            last->rank = secrets[i].rank;
            last->kind = secrets[i].kind;
        }
    }
    sift->found.size = (kept + 1) * sizeof *secrets;
}
