/* Names that say that their value is a secret. A name is split into words at "_", "-", "." and at capitals;
 * the last ones decide: "db_password" and "clientSecret" are such, "password_hash" and "secretName" are not. */
#include "intake/redact.h"

/* A name in lower case without what separates its words. */
typedef struct plain_name {
    char bytes[JC_SECRET_NAME_MAX + 1];
    bool begins[JC_SECRET_NAME_MAX + 1]; /* does a word begin here? */
    size_t size;
} plain_name;

/* The ends that names have. `whole`: where a word begins, so that "compass" is none. */
static const struct {
    const char *end;
    jc_secret_name name;
    const char *kind;
    bool whole;
} ends[] = {
    {"password", JC_NAME_PASSWORD, "password", false},
    {"passwd", JC_NAME_PASSWORD, "password", false},
    {"passphrase", JC_NAME_PASSWORD, "password", false},
    {"passcode", JC_NAME_PASSWORD, "password", true},
    {"kennwort", JC_NAME_PASSWORD, "password", false},
    {"passwort", JC_NAME_PASSWORD, "password", false},
    {"pwd", JC_NAME_PASSWORD, "password", true},
    {"pass", JC_NAME_PASSWORD, "password", true},
    {"pin", JC_NAME_PIN, "password", true},
    {"secretaccesskey", JC_NAME_SECRET, "aws-secret-key", false},
    {"awssecretkey", JC_NAME_SECRET, "aws-secret-key", false},
    {"awssecret", JC_NAME_SECRET, "aws-secret-key", false},
    {"accountkey", JC_NAME_SECRET, "azure-key", false},
    {"sharedaccesskey", JC_NAME_SECRET, "azure-key", false},
    {"storagekey", JC_NAME_SECRET, "azure-key", false},
    {"apikey", JC_NAME_SECRET, "api-key", false},
    {"appkey", JC_NAME_TOKEN, "api-key", true},
    {"apisecret", JC_NAME_SECRET, "secret", false},
    {"secretkey", JC_NAME_SECRET, "secret", false},
    {"secretkeybase", JC_NAME_SECRET, "secret", false},
    {"secret", JC_NAME_SECRET, "secret", true},
    {"privatekey", JC_NAME_TOKEN, "secret", false},
    {"signingkey", JC_NAME_SECRET, "secret", false},
    {"signaturekey", JC_NAME_SECRET, "secret", false},
    {"encryptionkey", JC_NAME_SECRET, "secret", false},
    {"masterkey", JC_NAME_SECRET, "secret", false},
    {"accesskey", JC_NAME_TOKEN, "secret", false},
    {"authkey", JC_NAME_SECRET, "secret", false},
    {"hmackey", JC_NAME_SECRET, "secret", false},
    {"servicerolekey", JC_NAME_SECRET, "secret", false},
    {"servicekey", JC_NAME_TOKEN, "secret", true},
    {"subscriptionkey", JC_NAME_TOKEN, "secret", true},
    {"credential", JC_NAME_TOKEN, "secret", true},
    {"credentials", JC_NAME_TOKEN, "secret", true},
    {"token", JC_NAME_TOKEN, "token", true},
    {"accesstoken", JC_NAME_TOKEN, "token", false},
    {"authtoken", JC_NAME_TOKEN, "token", false},
    {"apitoken", JC_NAME_TOKEN, "token", false},
    {"pat", JC_NAME_TOKEN, "token", true},
    {"auth", JC_NAME_TOKEN, "authorization", true},
    {"authorization", JC_NAME_AUTHORIZATION, "authorization", true},
    {"cookie", JC_NAME_COOKIE, "cookie", true},
    {"sig", JC_NAME_SIGNATURE, "signed-url", true},
    {"xamzsignature", JC_NAME_SIGNATURE, "signed-url", true},
    {"xgoogsignature", JC_NAME_SIGNATURE, "signed-url", true},
};

#define END_COUNT (sizeof ends / sizeof ends[0])

/* Tokens that open nothing: places in lists, words of a language model, marks in a parser. */
static const char *const open_names[] = {
    "nexttoken",   "pagetoken",       "nextpagetoken",    "continuationtoken",
    "synctoken",   "padtoken",        "eostoken",         "bostoken",
    "unktoken",    "masktoken",       "septoken",         "clstoken",
    "stoptoken",   "lasttoken",       "firsttoken",       "newtoken",
    "prevtoken",   "maxtoken",        "pertoken",         "cancellationtoken",
    "canceltoken", "publictoken",     "idempotencytoken", "clienttoken",
    "designtoken", "unexpectedtoken", "prevpagetoken",    "resumetoken",
};

/* Words behind the one that decides. */
static const char *const tails[] = {"confirmation", "confirm", "again", "repeat",
                                    "base64",       "value",   "plain"};

static bool is_separator(char c)
{
    return c == '_' || c == '-' || c == '.' || c == ' ' || c == '[' || c == ']' || c == '"' ||
           c == '\'';
}

static bool make_plain(jc_str name, plain_name *ret_plain)
{
    size_t size = 0;
    bool begins = true;
    if (name.size > JC_SECRET_NAME_MAX)
        return false;
    for (size_t i = 0; i < name.size; i++) {
        char c = name.bytes[i];
        if (is_separator(c)) {
            begins = true;
            continue;
        }
        bool next_lower = i + 1 < name.size && jc_byte_is_lower(name.bytes[i + 1]);
        bool last_upper = i > 0 && jc_byte_is_upper(name.bytes[i - 1]);
        if (jc_byte_is_upper(c) && (!last_upper || next_lower))
            begins = true;
        ret_plain->bytes[size] = jc_byte_lower(c);
        ret_plain->begins[size++] = begins;
        begins = false;
    }
    ret_plain->size = size;
    return true;
}

/* Does it end so? Gives where that begins. */
static bool ends_with(const plain_name *plain, const char *end, size_t *ret_start)
{
    size_t size = strlen(end);
    if (plain->size < size || memcmp(plain->bytes + plain->size - size, end, size) != 0)
        return false;
    *ret_start = plain->size - size;
    return true;
}

static void cut_tails(plain_name *plain)
{
    size_t start = 0;
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
        if (ends_with(plain, tails[i], &start) && start > 0 && plain->begins[start])
            plain->size = start;
    }
    while (plain->size > 1 && jc_byte_is_digit(plain->bytes[plain->size - 1]))
        plain->size--;
}

static bool is_open(const plain_name *plain)
{
    size_t start = 0;
    for (size_t i = 0; i < sizeof open_names / sizeof open_names[0]; i++) {
        if (ends_with(plain, open_names[i], &start))
            return true;
    }
    return false;
}

/* The last three letters of all ends and tails: most names have others, and are done with early. */
static bool may_tell(jc_str name)
{
    static const char lasts[][4] = {"ord", "swd", "ase", "ode", "ort", "pwd", "ass", "key",
                                    "ret", "ial", "als", "ken", "pat", "uth", "ion", "kie",
                                    "sig", "ure", "irm", "ain", "eat", "lue", "pin"};
    size_t size = name.size;
    while (size > 0 && !jc_byte_is_lower(jc_byte_lower(name.bytes[size - 1])))
        size--;
    if (size < 3)
        return false;
    char last[3] = {jc_byte_lower(name.bytes[size - 3]), jc_byte_lower(name.bytes[size - 2]),
                    jc_byte_lower(name.bytes[size - 1])};
    for (size_t i = 0; i < sizeof lasts / sizeof lasts[0]; i++) {
        if (memcmp(last, lasts[i], 3) == 0)
            return true;
    }
    return false;
}

jc_secret_name jc_secret_name_of(jc_str name, const char **ret_kind)
{
    plain_name plain;
    if (!may_tell(name) || !make_plain(name, &plain))
        return JC_NAME_ORDINARY;
    cut_tails(&plain);
    size_t longest = 0;
    jc_secret_name found = JC_NAME_ORDINARY;
    for (size_t i = 0; i < END_COUNT; i++) {
        size_t start = 0;
        if (strlen(ends[i].end) > longest && ends_with(&plain, ends[i].end, &start) &&
            (!ends[i].whole || plain.begins[start])) {
            longest = strlen(ends[i].end);
            found = ends[i].name;
            *ret_kind = ends[i].kind;
        }
    }
    if (found == JC_NAME_TOKEN && is_open(&plain))
        return JC_NAME_ORDINARY;
    return found;
}

jc_str jc_name_of_option(jc_str element)
{
    if (element.size <= 2 || memcmp(element.bytes, "--", 2) != 0)
        return (jc_str){0};
    return (jc_str){element.bytes + 2, element.size - 2};
}

static bool is_one_of(jc_str name, const char *const list[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (jc_str_equal(name, jc_str_of(list[i])))
            return true;
    }
    return false;
}

bool jc_name_is_label(jc_str name)
{
    static const char *const names[] = {"name", "Name", "key", "Key", "variable"};
    return is_one_of(name, names, sizeof names / sizeof names[0]);
}

bool jc_name_is_value(jc_str name)
{
    static const char *const names[] = {"value", "Value"};
    return is_one_of(name, names, sizeof names / sizeof names[0]);
}

bool jc_name_is_password(jc_str name)
{
    const char *kind;
    jc_secret_name means = jc_secret_name_of(name, &kind);
    return means == JC_NAME_PASSWORD || means == JC_NAME_PIN;
}

jc_str jc_name_below(jc_str above, jc_str name)
{
    /* What stands under "password" in a schema, a form or an answer about one. */
    static const char *const names[] = {
        "type",   "title",   "description", "format",      "pattern",      "name",  "key",
        "label",  "in",      "id",          "placeholder", "autocomplete", "hint",  "message",
        "error",  "errors",  "status",      "kind",        "code",         "rule",  "help",
        "class",  "reason",  "required",    "minLength",   "maxLength",    "$ref",  "role",
        "widget", "visible", "locator",     "selector",    "created_at",   "source"};
    const char *kind;
    if (is_one_of(name, names, sizeof names / sizeof names[0]) ||
        jc_secret_name_of(name, &kind) != JC_NAME_ORDINARY)
        return name;
    return above;
}
