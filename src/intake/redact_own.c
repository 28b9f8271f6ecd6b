/* The rules of a project: POSIX extended regular expressions, matched line by line, as grep does it. So a
 * text of megabytes is never one subject (which costs the C library many times its size), and zero bytes
 * and what is redacted already end a subject as well. */
#include "base/arena.h"
#include "base/fail.h"
#include "base/json.h"
#include "intake/redact.h"

#include <regex.h>
#include <stdlib.h>

#define RULES_MAX 256
#define CONFIG_LIMITS ((jc_json_limits){.size_max = (size_t)1024 * 1024, .depth_max = 64})

typedef struct own_rule {
    const char *kind;
    regex_t regex;
} own_rule;

struct jc_own_rules {
    jc_arena arena; /* owns the kinds */
    jc_buf line;    /* one line, ended by a zero byte */
    size_t count;
    own_rule rules[];
};

void jc_own_rules_free(jc_own_rules *rules)
{
    if (rules == NULL)
        return;
    for (size_t i = 0; i < rules->count; i++)
        regfree(&rules->rules[i].regex);
    jc_buf_release(&rules->line);
    jc_arena_release(&rules->arena);
    free(rules);
}

/* A kind goes into the mark that is left. */
static bool is_kind(jc_str kind)
{
    for (size_t i = 0; i < kind.size; i++) {
        if (!jc_byte_is_alnum(kind.bytes[i]) && !jc_byte_is_in(kind.bytes[i], "-_"))
            return false;
    }
    return kind.size > 0 && kind.size <= JC_REDACTED_KIND_MAX;
}

static jc_status compile(const char *pattern, int flags, regex_t *ret_regex, jc_error *reterr)
{
    int error = regcomp(ret_regex, pattern, REG_EXTENDED | flags);
    if (error != 0) {
        char text[256];
        regerror(error, ret_regex, text, sizeof text);
        return jc_fail(reterr, JC_EINVAL, "the pattern '%s' is not one: %s", pattern, text);
    }
    regmatch_t match;
    if (regexec(ret_regex, "", 1, &match, 0) == 0) {
        regfree(ret_regex);
        return jc_fail(reterr, JC_EINVAL,
                       "the pattern '%s' matches the empty text, which is no secret", pattern);
    }
    return JC_OK;
}

/* The first member that a rule cannot have; NULL: none. */
static const char *unknown_member(yyjson_val *object, const char *const known[], size_t count)
{
    size_t i, size;
    yyjson_val *key, *value;
    yyjson_obj_foreach(object, i, size, key, value) {
        size_t k = 0;
        while (k < count && !yyjson_equals_str(key, known[k]))
            k++;
        if (k == count)
            return yyjson_get_str(key);
    }
    return NULL;
}

static jc_status add_rule(jc_own_rules *rules, yyjson_val *body, jc_error *reterr)
{
    static const char *const known[] = {"kind", "pattern", "ignore_case", "description"};
    const char *unknown = unknown_member(body, known, 4);
    jc_str kind = jc_json_text(body, "kind");
    jc_str pattern = jc_json_text(body, "pattern");
    yyjson_val *any_case = yyjson_obj_get(body, "ignore_case");
    if (!yyjson_is_obj(body))
        return jc_fail(reterr, JC_EINVAL, "it must be an object with \"kind\" and \"pattern\"");
    if (!is_kind(kind))
        return jc_fail(reterr, JC_EINVAL,
                       "\"kind\" must be 1 to %d letters, digits, \"-\" or \"_\"",
                       JC_REDACTED_KIND_MAX);
    if (pattern.size == 0 || memchr(pattern.bytes, '\0', pattern.size) != NULL)
        return jc_fail(reterr, JC_EINVAL,
                       "\"pattern\" must be a POSIX extended regular expression");
    if (any_case != NULL && !yyjson_is_bool(any_case))
        return jc_fail(reterr, JC_EINVAL, "\"ignore_case\" must be true or false");
    if (unknown != NULL)
        return jc_fail(reterr, JC_EINVAL, "a rule has no member \"%s\"", unknown);
    jc_str kept = jc_arena_copy(&rules->arena, kind);
    if (kept.bytes == NULL)
        return jc_fail_memory(reterr);
    own_rule *rule = &rules->rules[rules->count];
    rule->kind = kept.bytes;
    jc_status status =
        compile(pattern.bytes, yyjson_get_bool(any_case) ? REG_ICASE : 0, &rule->regex, reterr);
    rules->count += status == JC_OK ? 1 : 0;
    return status;
}

static jc_status load_rules(yyjson_val *list, const char *path, jc_own_rules **ret_rules,
                            jc_error *reterr)
{
    size_t i, count;
    yyjson_val *body;
    jc_status result = JC_OK;
    if (!yyjson_is_arr(list) || yyjson_arr_size(list) > RULES_MAX)
        return jc_fail(reterr, JC_EINVAL, "%s: redaction: \"rules\" must be a list of at most %d",
                       path, RULES_MAX);
    jc_own_rules *rules = calloc(1, sizeof *rules + yyjson_arr_size(list) * sizeof rules->rules[0]);
    if (rules == NULL)
        return jc_fail_memory(reterr);
    yyjson_arr_foreach(list, i, count, body) {
        jc_error detail = {0};
        jc_status status = add_rule(rules, body, &detail);
        /* The first that is bad is told; the good ones behind it hold all the same. */
        if (status < 0 && result == JC_OK) {
            jc_str kind = jc_json_text(body, "kind");
            result =
                jc_fail(reterr, status, "%s: redaction: rule %zu%s%.*s%s: %s", path, i + 1,
                        kind.size > 0 ? " ('" : "", (int)(kind.size > 60 ? 60 : kind.size),
                        kind.size > 0 ? kind.bytes : "", kind.size > 0 ? "')" : "", detail.text);
        }
    }
    *ret_rules = rules;
    return result;
}

jc_status jc_own_rules_load(jc_str config, const char *path, bool *ret_enabled,
                            jc_own_rules **ret_rules, jc_error *reterr)
{
    static const char *const known[] = {"enabled", "rules"};
    JC_AUTO(jc_json) json = {0};
    JC_AUTO(jc_arena) arena = {0};
    jc_error detail = {0};
    yyjson_val *root = NULL;
    jc_str compact = {0};
    jc_status status = jc_json_read(&json, config, CONFIG_LIMITS, &arena, &root, &compact, &detail);
    if (status < 0)
        return jc_fail(reterr, status, "%s: %s", path, detail.text);
    if (!yyjson_is_obj(root))
        return jc_fail(reterr, JC_EINVAL, "%s: it must be a JSON object, {…}", path);
    yyjson_val *redaction = yyjson_obj_get(root, "redaction");
    if (redaction == NULL)
        return JC_OK;
    if (!yyjson_is_obj(redaction))
        return jc_fail(reterr, JC_EINVAL,
                       "%s: \"redaction\" must be an object with \"enabled\" or \"rules\"", path);
    yyjson_val *list = yyjson_obj_get(redaction, "rules");
    if (list != NULL)
        status = load_rules(list, path, ret_rules, reterr);
    yyjson_val *enabled = yyjson_obj_get(redaction, "enabled");
    if (enabled != NULL && !yyjson_is_bool(enabled))
        return jc_fail(reterr, JC_EINVAL, "%s: redaction: \"enabled\" must be true or false", path);
    if (enabled != NULL)
        *ret_enabled = yyjson_get_bool(enabled);
    const char *unknown = unknown_member(redaction, known, 2);
    if (status == JC_OK && unknown != NULL)
        return jc_fail(reterr, JC_EINVAL, "%s: \"redaction\" has no member \"%s\"", path, unknown);
    return status;
}

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

/* A find, widened to whole characters: in the C locale a pattern's dot is a byte. */
static void found(jc_sift *sift, size_t start, size_t end, size_t least, size_t most,
                  const char *kind)
{
    while (start > least && is_continuation(sift->text.bytes[start]))
        start--;
    while (end < most && is_continuation(sift->text.bytes[end]))
        end++;
    jc_sift_found(sift, start, end, kind, JC_SECRET_OWN);
}

/* All matches of one rule in bytes start to end of the text, which rules->line holds. */
static void match_rule(const own_rule *rule, const char *line, size_t start, size_t end, int flags,
                       jc_sift *sift)
{
    size_t size = end - start;
    for (size_t at = 0; at < size;) {
        regmatch_t match[2];
        if (regexec(&rule->regex, line + at, 2, match, at > 0 ? flags | REG_NOTBOL : flags) != 0)
            return;
        const regmatch_t *secret =
            rule->regex.re_nsub > 0 && match[1].rm_so >= 0 ? &match[1] : &match[0];
        size_t first = at + (size_t)secret->rm_so;
        size_t last = at + (size_t)secret->rm_eo;
        if (last > first) /* a group may match nothing */
            found(sift, start + first, start + last, start, end, rule->kind);
        at = last > at ? last : at + 1;
    }
}

static void sift_line(jc_own_rules *rules, jc_sift *sift, size_t start, size_t end, int flags)
{
    jc_buf_clear(&rules->line);
    jc_status status = jc_buf_append(&rules->line, sift->text.bytes + start, end - start, NULL);
    if (status == JC_OK)
        status = jc_buf_append_char(&rules->line, '\0', NULL);
    if (status < 0) {
        sift->status = status;
        return;
    }
    for (size_t i = 0; i < rules->count; i++)
        match_rule(&rules->rules[i], rules->line.bytes, start, end, flags, sift);
}

void jc_own_rules_sift(jc_own_rules *rules, jc_sift *sift)
{
    jc_str text = sift->text;
    size_t start = 0;
    int flags = 0;
    for (size_t i = 0; i <= text.size && sift->status == JC_OK; i++) {
        char c = i < text.size ? text.bytes[i] : '\n';
        size_t after = c == '[' ? jc_mark_end(text, i) : i;
        if (c != '\n' && c != '\0' && after == i)
            continue;
        /* Beside a mark or a zero byte the line goes on. */
        bool line_ends = c == '\n';
        if (i > start)
            sift_line(rules, sift, start, i, line_ends ? flags : flags | REG_NOTEOL);
        flags = line_ends ? 0 : REG_NOTBOL;
        start = after > i ? after : i + 1;
        i = start - 1;
    }
}
