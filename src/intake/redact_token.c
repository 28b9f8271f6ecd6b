/* Tokens that tell what they are: a mark, then so many bytes of an alphabet. A row is a token; the table
 * of docs/REDACTION.md has the same kinds. */
#include "intake/redact.h"

static jc_sift_scan scan_token;
static jc_sift_scan scan_aws_id;
static jc_sift_scan scan_jwt;
static jc_sift_scan scan_sendgrid;
static jc_sift_scan scan_telegram;

#define WORD (JC_TOKEN_ALNUM | JC_TOKEN_UNDER)
#define URL64 (JC_TOKEN_ALNUM | JC_TOKEN_UNDER | JC_TOKEN_DASH)
#define DOTTED (URL64 | JC_TOKEN_DOT)
#define LONG 1024

#define TOKEN(mark, anchor, kind, bytes, min, max)                                                 \
    {                                                                                              \
        mark, anchor, false, scan_token, kind, bytes, min, max                                     \
    }

const jc_sift_rule jc_token_rules[] = {
    {"AKIA", 1, false, scan_aws_id, "aws-access-key", JC_TOKEN_UPPER, 16, 16},
    {"ASIA", 2, false, scan_aws_id, "aws-access-key", JC_TOKEN_UPPER, 16, 16},
    {"eyJ", 2, false, scan_jwt, "jwt", URL64, 10, 16384},
    {"SG.", 2, false, scan_sendgrid, "sendgrid-key", URL64, 16, 64},
    {":AA", 0, true, scan_telegram, "telegram-token", URL64, 33, 33},
    TOKEN("ghp_", 3, "github-token", JC_TOKEN_ALNUM, 36, 255),
    TOKEN("gho_", 3, "github-token", JC_TOKEN_ALNUM, 36, 255),
    TOKEN("ghu_", 3, "github-token", JC_TOKEN_ALNUM, 36, 255),
    TOKEN("ghs_", 3, "github-token", DOTTED, 36, LONG),
    TOKEN("ghr_", 3, "github-token", JC_TOKEN_ALNUM, 36, 255),
    TOKEN("github_pat_", 6, "github-token", WORD, 36, 255),
    TOKEN("glpat-", 5, "gitlab-token", DOTTED, 20, 300),
    TOKEN("gldt-", 4, "gitlab-token", URL64, 20, 64),
    TOKEN("glrt-", 4, "gitlab-token", DOTTED, 20, 300),
    TOKEN("glptt-", 5, "gitlab-token", URL64, 20, 64),
    TOKEN("glcbt-", 5, "gitlab-token", URL64, 20, 64),
    TOKEN("glsoat-", 6, "gitlab-token", URL64, 20, 64),
    TOKEN("glft-", 4, "gitlab-token", URL64, 20, 64),
    TOKEN("gloas-", 5, "gitlab-token", URL64, 40, 80),
    TOKEN("sk-ant-", 2, "anthropic-key", URL64, 24, 255),
    TOKEN("sk-proj-", 2, "openai-key", URL64, 20, 300),
    TOKEN("sk-svcacct-", 2, "openai-key", URL64, 20, 300),
    TOKEN("sk-admin-", 2, "openai-key", URL64, 20, 300),
    TOKEN("sk-or-v1-", 2, "openrouter-key", JC_TOKEN_HEX, 64, 64),
    TOKEN("sk-lf-", 2, "langfuse-key", JC_TOKEN_HEX | JC_TOKEN_DASH, 36, 36),
    TOKEN("sk-", 2, "openai-key", JC_TOKEN_ALNUM, 32, 64),
    TOKEN("AIza", 2, "google-key", URL64, 35, 35),
    TOKEN("ya29.", 4, "google-token", URL64, 20, LONG),
    TOKEN("GOCSPX-", 6, "google-secret", URL64, 24, 40),
    TOKEN("xoxa-", 4, "slack-token", JC_TOKEN_ALNUM | JC_TOKEN_DASH, 20, 255),
    TOKEN("xoxb-", 4, "slack-token", JC_TOKEN_ALNUM | JC_TOKEN_DASH, 20, 255),
    TOKEN("xoxc-", 4, "slack-token", JC_TOKEN_ALNUM | JC_TOKEN_DASH, 20, 255),
    TOKEN("xoxd-", 4, "slack-token", JC_TOKEN_ALNUM | JC_TOKEN_DASH, 20, 255),
    TOKEN("xoxe-", 4, "slack-token", JC_TOKEN_ALNUM | JC_TOKEN_DASH, 20, 255),
    TOKEN("xoxe.xox", 4, "slack-token", JC_TOKEN_ALNUM | JC_TOKEN_DASH, 20, 300),
    TOKEN("xoxp-", 4, "slack-token", JC_TOKEN_ALNUM | JC_TOKEN_DASH, 20, 255),
    TOKEN("xoxr-", 4, "slack-token", JC_TOKEN_ALNUM | JC_TOKEN_DASH, 20, 255),
    TOKEN("xoxs-", 4, "slack-token", JC_TOKEN_ALNUM | JC_TOKEN_DASH, 20, 255),
    TOKEN("xapp-", 4, "slack-token", JC_TOKEN_ALNUM | JC_TOKEN_DASH, 20, 255),
    TOKEN("sk_live_", 2, "stripe-key", JC_TOKEN_ALNUM, 16, 255),
    TOKEN("sk_test_", 2, "stripe-key", JC_TOKEN_ALNUM, 16, 255),
    TOKEN("rk_live_", 2, "stripe-key", JC_TOKEN_ALNUM, 16, 255),
    TOKEN("rk_test_", 2, "stripe-key", JC_TOKEN_ALNUM, 16, 255),
    TOKEN("whsec_", 5, "webhook-secret", JC_TOKEN_ALNUM, 24, 255),
    TOKEN("npm_", 3, "npm-token", JC_TOKEN_ALNUM, 36, 64),
    TOKEN("pypi-", 4, "pypi-token", URL64, 50, LONG),
    TOKEN("hf_", 2, "huggingface-token", JC_TOKEN_ALNUM, 30, 64),
    TOKEN("api_org_", 3, "huggingface-token", JC_TOKEN_ALNUM, 30, 64),
    TOKEN("SK", 1, "twilio-key", JC_TOKEN_HEX, 32, 32),
    TOKEN("dckr_pat_", 4, "docker-token", URL64, 24, 64),
    TOKEN("dop_v1_", 3, "digitalocean-token", JC_TOKEN_HEX, 64, 64),
    TOKEN("doo_v1_", 3, "digitalocean-token", JC_TOKEN_HEX, 64, 64),
    TOKEN("shpat_", 5, "shopify-token", JC_TOKEN_ALNUM, 32, 64),
    TOKEN("shpss_", 5, "shopify-token", JC_TOKEN_ALNUM, 32, 64),
    TOKEN("shpca_", 5, "shopify-token", JC_TOKEN_ALNUM, 32, 64),
    TOKEN("shppa_", 5, "shopify-token", JC_TOKEN_ALNUM, 32, 64),
    TOKEN("lin_api_", 3, "linear-key", JC_TOKEN_ALNUM, 32, 64),
    TOKEN("ntn_", 3, "notion-token", JC_TOKEN_ALNUM, 40, 64),
    TOKEN("secret_", 6, "notion-token", JC_TOKEN_ALNUM, 43, 43),
    TOKEN("hvs.", 3, "vault-token", URL64, 24, 255),
    TOKEN("hvb.", 3, "vault-token", URL64, 24, 300),
    TOKEN("gsk_", 3, "groq-key", JC_TOKEN_ALNUM, 48, 64),
    TOKEN("xai-", 3, "xai-key", JC_TOKEN_ALNUM, 60, 100),
    TOKEN("pplx-", 4, "perplexity-key", JC_TOKEN_ALNUM, 40, 64),
    TOKEN("r8_", 2, "replicate-token", JC_TOKEN_ALNUM, 37, 40),
    TOKEN("tvly-", 4, "tavily-key", URL64, 28, 64),
    TOKEN("sbp_", 3, "supabase-token", JC_TOKEN_HEX, 40, 40),
    TOKEN("sb_secret_", 2, "supabase-token", URL64, 24, 64),
    TOKEN("glsa_", 4, "grafana-token", WORD, 32, 64),
    TOKEN("sntrys_", 6, "sentry-token", JC_TOKEN_ALNUM | JC_TOKEN_UNDER, 40, LONG),
    TOKEN("sntryu_", 6, "sentry-token", JC_TOKEN_HEX, 64, 64),
    TOKEN("NRAK-", 4, "newrelic-key", JC_TOKEN_ALNUM, 27, 27),
    TOKEN("PMAK-", 4, "postman-key", JC_TOKEN_HEX | JC_TOKEN_DASH, 59, 59),
    TOKEN("figd_", 4, "figma-token", URL64, 36, 64),
    TOKEN("rubygems_", 8, "rubygems-key", JC_TOKEN_HEX, 48, 48),
    TOKEN("ATATT3", 5, "atlassian-token", URL64, 100, 300),
    TOKEN("pul-", 3, "pulumi-token", JC_TOKEN_HEX, 40, 40),
    TOKEN("pscale_tkn_", 6, "planetscale-token", URL64, 32, 64),
    TOKEN("pscale_pw_", 6, "planetscale-token", URL64, 32, 64),
    TOKEN("AGE-SECRET-KEY-1", 3, "age-key", JC_TOKEN_UPPER, 58, 58),
};

const size_t jc_token_rule_count = sizeof jc_token_rules / sizeof jc_token_rules[0];

static bool is_token_byte(char c, unsigned bytes)
{
    if (jc_byte_is_digit(c))
        return true;
    if (jc_byte_is_lower(c))
        return (bytes & JC_TOKEN_ALNUM) != 0 || ((bytes & JC_TOKEN_HEX) != 0 && c <= 'f');
    if (jc_byte_is_upper(c))
        return (bytes & (JC_TOKEN_ALNUM | JC_TOKEN_UPPER)) != 0;
    return (c == '-' && (bytes & JC_TOKEN_DASH) != 0) ||
           (c == '_' && (bytes & JC_TOKEN_UNDER) != 0) || (c == '.' && (bytes & JC_TOKEN_DOT) != 0);
}

/* The index behind the run of such bytes at `at`, which is at most one longer than `most`. */
static size_t run_end(jc_str text, size_t at, unsigned bytes, size_t most)
{
    size_t end = at;
    while (end < text.size && end - at <= most && is_token_byte(text.bytes[end], bytes))
        end++;
    return end;
}

/* A dot or a dash at its end belongs to the sentence. */
static size_t without_punctuation(jc_str text, size_t start, size_t end)
{
    while (end > start && (text.bytes[end - 1] == '.' || text.bytes[end - 1] == '-'))
        end--;
    return end;
}

/* Documentation has tokens that are made of one letter, or say so. */
static bool is_real(jc_str body)
{
    bool digit = false;
    size_t changes = 0;
    for (size_t i = 0; i < body.size; i++) {
        digit = digit || jc_byte_is_digit(body.bytes[i]);
        changes += i > 0 && body.bytes[i] != body.bytes[i - 1] ? 1 : 0;
    }
    return (digit || jc_value_looks_random(body, 1)) && changes * 2 > body.size &&
           !jc_value_is_placeholder(body);
}

static void scan_token(jc_sift *sift, const jc_sift_rule *rule, size_t at)
{
    size_t start = at + strlen(rule->mark);
    size_t end = run_end(sift->text, start, rule->bytes, rule->size_max);
    size_t after = end;
    end = without_punctuation(sift->text, start, end);
    if (end - start < rule->size_min || end - start > rule->size_max)
        return;
    /* Longer words in a smaller alphabet are something else. */
    if (after < sift->text.size && jc_byte_is_alnum(sift->text.bytes[after]))
        return;
    if (is_real(jc_text_part(sift->text, start, end)))
        jc_sift_found(sift, at, end, rule->kind, JC_SECRET_EXACT);
}

static void scan_aws_id(jc_sift *sift, const jc_sift_rule *rule, size_t at)
{
    jc_str text = sift->text;
    size_t end = run_end(text, at + 4, rule->bytes, rule->size_max);
    if (end - at - 4 != rule->size_max || (end < text.size && (jc_byte_is_lower(text.bytes[end]))))
        return;
    if (!jc_text_has(text, end - 7, "EXAMPLE") &&
        !jc_value_is_placeholder(jc_text_part(text, at, end)))
        jc_sift_found(sift, at, end, rule->kind, JC_SECRET_EXACT);
}

/* Header, claims and signature in base64url, the first two of them JSON objects. */
static void scan_jwt(jc_sift *sift, const jc_sift_rule *rule, size_t at)
{
    jc_str text = sift->text;
    size_t end = run_end(text, at, rule->bytes, rule->size_max);
    if (end - at < rule->size_min || !jc_text_has(text, end, "."))
        return;
    size_t claims = end + 1;
    end = run_end(text, claims, rule->bytes, rule->size_max);
    if (end - claims < 4 || !jc_text_has(text, claims, "eyJ") || !jc_text_has(text, end, "."))
        return;
    size_t signature = end + 1;
    end = run_end(text, signature, rule->bytes, rule->size_max);
    if (end - signature >= rule->size_min && end - signature <= rule->size_max)
        jc_sift_found(sift, at, end, rule->kind, JC_SECRET_EXACT);
}

static void scan_sendgrid(jc_sift *sift, const jc_sift_rule *rule, size_t at)
{
    jc_str text = sift->text;
    size_t middle = run_end(text, at + 3, rule->bytes, rule->size_max);
    if (middle - at - 3 < rule->size_min || !jc_text_has(text, middle, "."))
        return;
    size_t end = run_end(text, middle + 1, rule->bytes, rule->size_max);
    if (end - middle - 1 >= 32 && end - middle - 1 <= rule->size_max &&
        is_real(jc_text_part(text, at + 3, end)))
        jc_sift_found(sift, at, end, rule->kind, JC_SECRET_EXACT);
}

/* The number of a bot, 8 to 10 digits, then 35 bytes that begin with AA. */
static void scan_telegram(jc_sift *sift, const jc_sift_rule *rule, size_t at)
{
    jc_str text = sift->text;
    size_t start = at;
    while (start > sift->resume && at - start < 11 && jc_byte_is_digit(text.bytes[start - 1]))
        start--;
    size_t end = run_end(text, at + 3, rule->bytes, rule->size_max);
    if (at - start >= 8 && at - start <= 10 && end - at - 3 == rule->size_max)
        jc_sift_found(sift, start, end, rule->kind, JC_SECRET_EXACT);
}
