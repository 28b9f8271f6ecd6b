/* Values that are no secrets, whatever their name: what stands for a value, and what is made of words. */
#include "intake/redact.h"

#define PIN_SIZE_MIN 4
#define PIN_SIZE_MAX 8

#include <strings.h>

/* Whole values, in any case. */
static const char *const words[] = {
    "null",     "none",     "nil",      "true",      "false",      "undefined", "string",
    "str",      "text",     "password", "passwd",    "pass",       "pwd",       "secret",
    "token",    "key",      "bool",     "boolean",   "int",        "integer",   "number",
    "any",      "required", "optional", "hidden",    "masked",     "empty",     "default",
    "disabled", "enabled",  "unknown",  "missing",   "invalid",    "valid",     "yes",
    "no",       "off",      "object",   "array",     "void",       "never",     "self",
    "this",     "char",     "varchar",  "bytes",     "uuid",       "basic",     "bearer",
    "digest",   "value",    "field",    "input",     "changed",    "unchanged", "unset",
    "not-set",  "unused",   "username", "user",      "passphrase", "apikey",    "api_key",
    "api-key",  "write",    "read",     "n/a",       "tbd",        "todo",      "option",
    "failed",   "passed",   "ok",       "set",       "auto",       "prompt",    "ask",
    "stdin",    "env",      "vault",    "session",   "local",      "ignore",    "encrypted",
    "hashed",   "wrong",    "short",    "weak",      "sha1",       "sha256",    "sha512",
    "base64",   "argon2id", "bcrypt",   "scrypt",    "aes256",     "utf8mb4",   "int32",
    "int64",    "uint32",   "uint64",   "strong",    "inherit",    "include",   "same-origin",
    "omit",     "redacted", "removed",  "passwort",  "sample",     "foo",       "bar",
    "baz",      "foobar",   "fail",     "anonymous",
};

/* Pieces of values that say that they are none, in lower case. */
static const char *const pieces[] = {
    "example",
    "placeholder",
    "changeme",
    "change-me",
    "change_me",
    "change-this",
    "change_this",
    "replaceme",
    "replace-",
    "replace_",
    "your-",
    "your_",
    "yourp",
    "yours",
    "yourt",
    "youra",
    "dummy",
    "xxxx",
    "****",
    "...",
    "\xe2\x80\xa6",
    "\xe2\x80\xa2\xe2\x80\xa2",
    "insert",
    "_here",
    "-here",
    "goes-here",
    "${",
    "{{",
    "<%",
    "$(",
    "%(",
    "redacted",
    "not-a-real",
    "notarealpas",
    "not_a_real",
    "1234567890abcdef",
    "0123456789abcdef",
    "abcdefghijklmnop",
    "process.env",
    "os.environ",
    "%s",
    "%d",
    "%v",
    "required",
    "import.meta",
    "to-be-",
    "tobedefined",
};

/* Beginnings of values that lead to another place. */
static const char *const beginnings[] = {"vault:", "arn:",       "ref+",     "op://",   "file:",
                                         "ssm:",   "env:",       "!ref",     "!sub",    "!vault",
                                         "enc[",   "http://",    "https://", "sha256:", "data:",
                                         "urn:",   "secretref:", "keyring:", "bws:",    "sops:"};

/* What a name and its label are made of. */
static const char *const label_words[] = {"password", "passwort", "passwd",     "passphrase",
                                          "secret",   "token",    "credential", "api key",
                                          "api-key",  "api_key",  "apikey"};

static bool is_word(jc_str value)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strlen(words[i]) == value.size && strncasecmp(value.bytes, words[i], value.size) == 0)
            return true;
    }
    return false;
}

/* Does `value` hold `piece`, which is in lower case? */
static bool holds(jc_str value, const char *piece)
{
    size_t size = strlen(piece);
    for (size_t i = 0; i + size <= value.size; i++) {
        if (jc_byte_lower(value.bytes[i]) == piece[0] &&
            strncasecmp(value.bytes + i, piece, size) == 0)
            return true;
    }
    return false;
}

static bool holds_any(jc_str value, const char *const list[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (holds(value, list[i]))
            return true;
    }
    return false;
}

static bool begins_with_any(jc_str value)
{
    for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++) {
        size_t size = strlen(beginnings[i]);
        if (value.size >= size && strncasecmp(value.bytes, beginnings[i], size) == 0)
            return true;
    }
    return false;
}

static bool is_one_byte_over_and_over(jc_str value)
{
    for (size_t i = 1; i < value.size; i++) {
        if (value.bytes[i] != value.bytes[0])
            return false;
    }
    return true;
}

/* $NAME, $1, %NAME%, <name>, {name}, [name], %s, :name, @name@. */
static bool is_variable(jc_str value)
{
    char first = value.bytes[0];
    char last = value.bytes[value.size - 1];
    char second = value.size > 1 ? value.bytes[1] : ' ';
    if (first == '$')
        return !jc_byte_is_digit(second) || value.size < 4;
    if (first == '%')
        return last == '%' || value.size < 4;
    if (first == '<')
        return last == '>' || jc_byte_is_alnum(second);
    return (first == '{' && last == '}') || (first == '[' && last == ']') ||
           (first == '@' && last == '@') || (first == '#' && second == '{') ||
           (first == '_' && second == '_' && last == '_');
}

/* Letters and what stands between words, and a word such as "password" among them: a label. */
static bool is_label(jc_str value)
{
    for (size_t i = 0; i < value.size; i++) {
        char c = value.bytes[i];
        if (!jc_byte_is_lower(jc_byte_lower(c)) && !jc_byte_is_in(c, "_- .:?!/'"))
            return false;
    }
    return holds_any(value, label_words, sizeof label_words / sizeof label_words[0]);
}

/* Words and numbers with spaces between: a sentence. */
static bool is_sentence(jc_str value)
{
    size_t spaces = 0;
    bool digits = false;
    char last = ' ';
    for (size_t i = 0; i < value.size; i++) {
        char c = value.bytes[i];
        bool letter = jc_byte_is_lower(jc_byte_lower(c));
        bool digit = jc_byte_is_digit(c);
        spaces += c == ' ' ? 1 : 0;
        digits = digits || digit;
        if ((letter && jc_byte_is_digit(last)) || (digit && jc_byte_is_lower(jc_byte_lower(last))))
            return false;
        if ((unsigned char)c < 0x80 && c != ' ' && !letter && !digit &&
            !jc_byte_is_in(c, ",.;:!?'\"()-/\n"))
            return false;
        last = c;
    }
    return spaces > (digits ? 1 : 0);
}

bool jc_value_is_placeholder(jc_str value)
{
    if (value.size == 0 || is_one_byte_over_and_over(value) || is_word(value) ||
        is_variable(value) || begins_with_any(value) || is_label(value))
        return true;
    /* Of what is long the beginning tells. */
    if (value.size > 256)
        value.size = 256;
    return holds_any(value, pieces, sizeof pieces / sizeof pieces[0]);
}

typedef enum byte_class {
    LOWER,
    UPPER,
    DIGIT,
    OTHER
} byte_class;

static byte_class letter_of(char c)
{
    return jc_byte_is_lower(c)   ? LOWER
           : jc_byte_is_upper(c) ? UPPER
           : jc_byte_is_digit(c) ? DIGIT
                                 : OTHER;
}

bool jc_value_looks_random(jc_str value, size_t size_min)
{
    size_t counts[4] = {0};
    size_t breaks = 0;
    byte_class last = OTHER;
    if (value.size < size_min)
        return false;
    for (size_t i = 0; i < value.size; i++) {
        unsigned char c = (unsigned char)value.bytes[i];
        if (c <= ' ' || c >= 0x7f)
            return false;
        byte_class now = letter_of((char)c);
        counts[now]++;
        /* A capital begins a word, which is no break of its own. */
        if (now != last && now != OTHER && last != OTHER && !(last == UPPER && now == LOWER))
            breaks++;
        last = now;
    }
    size_t alnum = counts[LOWER] + counts[UPPER] + counts[DIGIT];
    if (alnum * 2 < value.size || counts[LOWER] + counts[UPPER] == 0)
        return false;
    if (counts[DIGIT] == 0)
        return value.size >= 16 && breaks * 4 >= alnum;
    /* By chance, what is longer has fewer breaks than it should less often. */
    return breaks * (alnum >= 24 ? 6 : 5) >= alnum;
}

bool jc_value_is_identifier(jc_str value)
{
    bool begins = true;
    for (size_t i = 0; i < value.size; i++) {
        char c = value.bytes[i];
        if (c == '.' && !begins) {
            begins = true;
            continue;
        }
        bool letter = jc_byte_is_lower(jc_byte_lower(c)) || c == '_';
        if (!letter && (begins || !jc_byte_is_digit(c)))
            return false;
        begins = false;
    }
    return value.size > 0 && !begins;
}

/* Letters together with digits or with signs, as people and generators make secrets. */
static bool is_mixed(jc_str value)
{
    size_t counts[4] = {0};
    for (size_t i = 0; i < value.size; i++) {
        if (value.bytes[i] == ' ')
            return false;
        counts[letter_of(value.bytes[i])]++;
    }
    return counts[LOWER] + counts[UPPER] > 0 && counts[DIGIT] > 0;
}

/* Words with at most two digits behind each, such as "db-credentials-v2": a name of something. */
static bool is_name(jc_str value)
{
    size_t digits = 0;
    bool letters = false;
    for (size_t i = 0; i <= value.size; i++) {
        char c = i < value.size ? value.bytes[i] : '-';
        if (jc_byte_is_in(c, "-_./:")) {
            if (letters && digits > 2)
                return false;
            digits = 0;
            letters = false;
        } else if (jc_byte_is_digit(c)) {
            digits++;
        } else if (digits > 0 || !jc_byte_is_lower(c)) {
            return false;
        } else {
            letters = true;
        }
    }
    return true;
}

static bool is_path(jc_str value)
{
    char first = value.bytes[0];
    return (first == '/' || first == '~' || (first == '.' && value.size > 1)) &&
           memchr(value.bytes + 1, '/', value.size - 1) != NULL;
}

static bool is_digits(jc_str value)
{
    for (size_t i = 0; i < value.size; i++) {
        if (!jc_byte_is_digit(value.bytes[i]))
            return false;
    }
    return true;
}

bool jc_value_is_secret(jc_secret_name name, jc_str value)
{
    if (name == JC_NAME_ORDINARY || value.size > JC_SECRET_SIZE_MAX ||
        jc_value_is_placeholder(value) || is_path(value))
        return false;
    if (name == JC_NAME_PASSWORD)
        return value.size >= 3 && !is_sentence(value);
    if (name == JC_NAME_PIN)
        return value.size >= PIN_SIZE_MIN && value.size <= PIN_SIZE_MAX && is_digits(value);
    if (name == JC_NAME_SECRET)
        return value.size >= 8 && !is_name(value) &&
               (is_mixed(value) || jc_value_looks_random(value, 16));
    return (name == JC_NAME_TOKEN || name == JC_NAME_SIGNATURE) && jc_value_looks_random(value, 16);
}

bool jc_number_is_secret(jc_str name, jc_str number)
{
    const char *kind;
    /* How many tests pass is told by a number, too. */
    if (number.size < PIN_SIZE_MIN || !is_digits(number) || jc_str_equal(name, JC_STR("pass")) ||
        !jc_name_is_password(name))
        return false;
    return jc_value_is_secret(jc_secret_name_of(name, &kind), number);
}
