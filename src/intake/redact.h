/* Inside of redaction: looking through a text, and what the parts of that share.
 *
 *     redact.c         the API: look, replace, look again until nothing is found
 *     redact_sift.c    one look: the table of rules, the pass over the bytes, what overlaps is united
 *     redact_token.c   tokens that tell what they are by a mark: "ghp_…", "AKIA…", JWTs
 *     redact_key.c     blocks of private keys
 *     redact_url.c     passwords in URLs, webhooks
 *     redact_assign.c  name = value, <name>value</name>, PASSWORD 'value'
 *     redact_option.c  --password VALUE, curl -u USER:VALUE
 *     redact_header.c  Authorization, Cookie
 *     redact_name.c    names that say that their value is a secret
 *     redact_value.c   values that are none: placeholders, variables, code
 *     redact_own.c     the project's rules from .jc/config.json
 *     redact_json.c    every string of a JSON object
 *
 * A rule is tried where one byte of its mark stands, a rare one, so that ordinary text costs one look-up
 * in a table a byte. What a rule looks at is bounded, so that no text costs more than its size. */
#ifndef JC_INTAKE_REDACT_H
#define JC_INTAKE_REDACT_H

#include "base/buf.h"
#include "jc/redact.h"

#include <stdint.h>

/* Longer values are no secrets; nor are longer names. */
#define JC_SECRET_SIZE_MAX ((size_t)4096)
#define JC_SECRET_NAME_MAX ((size_t)80)

#define JC_REDACTED_MARK "[redacted:"
#define JC_REDACTED_KIND_MAX 40

/* Which of two names a secret gets that two rules found: the later. */
typedef enum jc_secret_rank {
    JC_SECRET_NAMED, /* by what stands beside it */
    JC_SECRET_EXACT, /* by its own form */
    JC_SECRET_OWN    /* by a rule of the project */
} jc_secret_rank;

typedef struct jc_secret {
    size_t start;
    size_t end;
    const char *kind;
    jc_secret_rank rank;
} jc_secret;

/* One look through a text. */
typedef struct jc_sift {
    jc_str text;
    size_t resume; /* what lies before is part of an exact find, and not looked at again */
    /* Up to here nothing begins again, so that a text made of beginnings costs no more than another. */
    size_t run_end;    /* of a long value without quotes */
    size_t cookie_end; /* of a header */
    jc_buf found;      /* of jc_secret, as they come */
    jc_status status;
} jc_sift;

/* Bytes of which a token is made. */
enum jc_token_bytes {
    JC_TOKEN_ALNUM = 1,
    JC_TOKEN_HEX = 2, /* in lower case */
    JC_TOKEN_UPPER = 4,
    JC_TOKEN_DASH = 8,   /* - */
    JC_TOKEN_UNDER = 16, /* _ */
    JC_TOKEN_DOT = 32
};

typedef struct jc_sift_rule jc_sift_rule;

/* `at` is where the mark stands. */
typedef void jc_sift_scan(jc_sift *sift, const jc_sift_rule *rule, size_t at);

struct jc_sift_rule {
    const char *mark;
    uint8_t anchor; /* the index in it of the byte that is looked for */
    bool anywhere;  /* also in the middle of a word */
    jc_sift_scan *scan;
    const char *kind;
    unsigned bytes; /* of jc_token_bytes; how many of them follow the mark: */
    uint16_t size_min;
    uint16_t size_max;
};

#define JC_SIFT_RULES_MAX 128

#define JC_SIFT_PAIRS 1024 /* a power of two */

/* Where to look for rules: numbers of rules, from 1, each followed by next[] of it; 0 ends. A rule whose
 * anchor is not its first byte is found by that and the byte before, since there are many for "_". */
typedef struct jc_sift_table {
    bool starts[256]; /* is it an anchor at all? */
    uint8_t singles[256];
    uint8_t pairs[JC_SIFT_PAIRS];
    uint8_t next[JC_SIFT_RULES_MAX + 1];
    uint8_t sizes[JC_SIFT_RULES_MAX + 1]; /* of the marks */
} jc_sift_table;

void jc_sift_table_make(jc_sift_table *ret_table);

/* Begin with a text; the memory is kept. */
void jc_sift_begin(jc_sift *sift, jc_str text);

/* Look through it with the built-in rules. */
void jc_sift_text(jc_sift *sift, const jc_sift_table *table);

/* The index behind the mark "[redacted:KIND]" at `at`; `at` itself when there is none. */
size_t jc_mark_end(jc_str text, size_t at);

/* A find: bytes start to end are a secret. One that meets a mark is left out: it was found before. */
void jc_sift_found(jc_sift *sift, size_t start, size_t end, const char *kind, jc_secret_rank rank);

/* Sort what was found, and unite what overlaps. */
void jc_sift_unite(jc_sift *sift);

static inline size_t jc_sift_count(const jc_sift *sift)
{
    return sift->found.size / sizeof(jc_secret);
}

static inline const jc_secret *jc_sift_secrets(const jc_sift *sift)
{
    return (const jc_secret *)(const void *)sift->found.bytes;
}

/* The marked tokens, for the table. */
extern const jc_sift_rule jc_token_rules[];
extern const size_t jc_token_rule_count;

jc_sift_scan jc_sift_private_key;
jc_sift_scan jc_sift_url;
jc_sift_scan jc_sift_assignment;
jc_sift_scan jc_sift_option;
jc_sift_scan jc_sift_element;
jc_sift_scan jc_sift_sql;
jc_sift_scan jc_sift_bearer;

/* Is there a place where a word may begin: at the beginning of the text, behind what is no letter and no
 * digit, or behind an escape such as \n or %3D? */
bool jc_sift_word_begins(const jc_sift *sift, size_t at);

/* What a name says of its value. */
typedef enum jc_secret_name {
    JC_NAME_ORDINARY,
    JC_NAME_PASSWORD, /* whatever it is, unless it is a placeholder */
    JC_NAME_PIN,      /* when it is four to eight digits */
    JC_NAME_SECRET,   /* when it is no plain word: api_key, client_secret */
    JC_NAME_TOKEN,    /* when it looks random */
    JC_NAME_AUTHORIZATION,
    JC_NAME_COOKIE,
    JC_NAME_SIGNATURE /* in the query of a URL, which it opens */
} jc_secret_name;

/* *ret_kind is what such a value is called. */
jc_secret_name jc_secret_name_of(jc_str name, const char **ret_kind);

/* The name that an option gives to the element behind it in a list: "--password" to "password"; absent: it
 * is none. */
jc_str jc_name_of_option(jc_str element);

/* {"name":"DB_PASSWORD","value":"…"}: a member that names what the member beside it is the value of. */
bool jc_name_is_label(jc_str name);
bool jc_name_is_value(jc_str name);

/* Does it stand for a value: "", "null", "${VAR}", "<your key>", "xxxx", a label, a sentence …? */
bool jc_value_is_placeholder(jc_str value);

/* Letters, digits and cases in no order that a word or an identifier has. */
bool jc_value_looks_random(jc_str value, size_t size_min);

/* One identifier, or several with dots between. */
bool jc_value_is_identifier(jc_str value);

/* Is it a secret, given that it stands by itself (in quotes, or as a JSON string) under such a name? */
bool jc_value_is_secret(jc_secret_name name, jc_str value);

/* Is a JSON number a secret under that name? Under those of passwords, from four digits on; under those of
 * tokens stand counts. */
bool jc_number_is_secret(jc_str name, jc_str number);

/* The name of a member that lies below one of the name `above`, that of a password: `above`, unless its own
 * says something of its value, as those of a schema do. */
bool jc_name_is_password(jc_str name);
jc_str jc_name_below(jc_str above, jc_str name);

/* Find what is secret in the value of an Authorization header, which begins at `start`. */
void jc_sift_authorization(jc_sift *sift, size_t start);

/* The same for that of a Cookie header, bytes start to end. */
void jc_sift_cookie(jc_sift *sift, size_t start, size_t end);

/* The rules of a project. {0} is none. */
typedef struct jc_own_rules jc_own_rules;

/* Read the "redaction" of a config.json; `path` is for messages. *ret_rules (NULL when there are none) has
 * what is good also when the call fails; the caller frees it. JC_EINVAL names the first that is not. */
JC_MUST_CHECK jc_status jc_own_rules_load(jc_str config, const char *path, bool *ret_enabled,
                                          jc_own_rules **ret_rules, jc_error *reterr);
void jc_own_rules_free(jc_own_rules *rules);

/* Look through sift->text, line by line. */
void jc_own_rules_sift(jc_own_rules *rules, jc_sift *sift);

/* jc_redact_json() with the memory for its result. */
JC_MUST_CHECK jc_status jc_redact_json_into(jc_redactor *redactor, jc_buf *out, jc_str object,
                                            jc_str *ret_object, size_t *ret_count,
                                            jc_error *reterr);

static inline bool jc_byte_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool jc_byte_is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static inline bool jc_byte_is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static inline bool jc_byte_is_alnum(char c)
{
    return jc_byte_is_digit(c) || jc_byte_is_lower(c) || jc_byte_is_upper(c);
}

static inline char jc_byte_lower(char c)
{
    return jc_byte_is_upper(c) ? (char)(c | 0x20) : c;
}

/* Is it one of these? strchr() would find the zero byte, too. */
static inline bool jc_byte_is_in(char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

/* Does the text go on with this at `at`? */
static inline bool jc_text_has(jc_str text, size_t at, const char *piece)
{
    size_t size = strlen(piece);
    return at <= text.size && text.size - at >= size && memcmp(text.bytes + at, piece, size) == 0;
}

static inline jc_str jc_text_part(jc_str text, size_t start, size_t end)
{
    return (jc_str){text.bytes + start, end - start};
}

#endif
