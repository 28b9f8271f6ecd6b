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

static size_t pair_of(uint8_t before, uint8_t anchor)
{
    return ((before * 33u) ^ anchor) % JC_SIFT_PAIRS;
}

void jc_sift_table_make(jc_sift_table *ret_table)
{
    size_t count = CONTEXT_RULE_COUNT + jc_token_rule_count;
    *ret_table = (jc_sift_table){0};
    /* From the last on, so that chains are in the order of the tables. */
    for (size_t i = count < JC_SIFT_RULES_MAX ? count : JC_SIFT_RULES_MAX; i > 0; i--) {
        const jc_sift_rule *rule = rule_at((uint8_t)i);
        const uint8_t *anchor = (const uint8_t *)rule->mark + rule->anchor;
        uint8_t *first = rule->anchor > 0 ? &ret_table->pairs[pair_of(anchor[-1], anchor[0])]
                                          : &ret_table->singles[anchor[0]];
        ret_table->starts[anchor[0]] = true;
        ret_table->sizes[i] = (uint8_t)strlen(rule->mark);
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

/* Try the rules of a chain, whose anchor stands at `at`. */
static void try_rules(jc_sift *sift, const jc_sift_table *table, uint8_t number, size_t at)
{
    for (; number != 0; number = table->next[number]) {
        const jc_sift_rule *rule = rule_at(number);
        if (at < sift->resume + rule->anchor)
            continue;
        size_t start = at - rule->anchor;
        if (sift->text.size - start >= table->sizes[number] &&
            memcmp(sift->text.bytes + start, rule->mark, table->sizes[number]) == 0 &&
            (rule->anywhere || jc_sift_word_begins(sift, start)))
            rule->scan(sift, rule, start);
    }
}

void jc_sift_begin(jc_sift *sift, jc_str text)
{
    jc_buf found = sift->found;
    jc_buf_clear(&found);
    *sift = (jc_sift){.text = text, .found = found};
}

void jc_sift_text(jc_sift *sift, const jc_sift_table *table)
{
    const uint8_t *bytes = (const uint8_t *)sift->text.bytes;
    size_t size = sift->text.size;
    for (size_t i = 0; i < size; i++) {
        if (!table->starts[bytes[i]])
            continue;
        if (i > 0)
            try_rules(sift, table, table->pairs[pair_of(bytes[i - 1], bytes[i])], i);
        try_rules(sift, table, table->singles[bytes[i]], i);
        if (sift->resume > i + 1)
            i = sift->resume - 1;
    }
}

size_t jc_mark_end(jc_str text, size_t at)
{
    if (!jc_text_has(text, at, JC_REDACTED_MARK))
        return at;
    size_t start = at + strlen(JC_REDACTED_MARK);
    size_t end = start;
    while (end < text.size && end - start <= JC_REDACTED_KIND_MAX &&
           (jc_byte_is_alnum(text.bytes[end]) || jc_byte_is_in(text.bytes[end], "-_")))
        end++;
    return end > start && jc_text_has(text, end, "]") ? end + 1 : at;
}

/* Would a find cut a mark in two, or, unless it has a form of its own, swallow one? */
static bool meets_mark(jc_str text, size_t start, size_t end, jc_secret_rank rank)
{
    size_t most = strlen(JC_REDACTED_MARK) + JC_REDACTED_KIND_MAX + 1;
    size_t first = start > most ? start - most : 0;
    for (size_t i = start; i > first; i--) {
        if (text.bytes[i - 1] == '[' && jc_mark_end(text, i - 1) > start)
            return true;
    }
    return rank == JC_SECRET_NAMED && memmem(text.bytes + start, end - start, JC_REDACTED_MARK,
                                             strlen(JC_REDACTED_MARK)) != NULL;
}

void jc_sift_found(jc_sift *sift, size_t start, size_t end, const char *kind, jc_secret_rank rank)
{
    jc_secret secret = {.start = start, .end = end, .kind = kind, .rank = rank};
    if (end <= start || sift->status < 0 || meets_mark(sift->text, start, end, rank))
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
