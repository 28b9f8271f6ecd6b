/* Options of programs: --password VALUE, curl -u USER:VALUE, sshpass -p VALUE, mysql -pVALUE. */
#include "intake/redact.h"

#define LINE_BACK 240
#define WORD_MAX ((size_t)1024)

/* Programs whose short options hold a password. */
static const struct {
    const char *program;
    char option;
    bool attached;     /* directly behind the letter */
    bool behind_colon; /* user:password */
} short_options[] = {
    {"curl ", 'u', false, true},          {"http ", 'a', false, true},
    {"https ", 'a', false, true},         {"sshpass ", 'p', false, false},
    {"sshpass ", 'p', true, false},       {"docker login ", 'p', false, false},
    {"podman login ", 'p', false, false}, {"mysql ", 'p', true, false},
    {"mysqldump ", 'p', true, false},     {"mysqladmin ", 'p', true, false},
    {"mariadb ", 'p', true, false},       {"redis-cli ", 'a', false, false},
    {"ldapsearch ", 'w', false, false},   {"zip ", 'P', false, false},
};

/* The word at `at`, without its quotes. */
static jc_str word_at(jc_str text, size_t at)
{
    char quote =
        at < text.size && (text.bytes[at] == '"' || text.bytes[at] == '\'') ? text.bytes[at] : '\0';
    size_t start = quote != '\0' ? at + 1 : at;
    size_t end = start;
    while (end < text.size && end - start < WORD_MAX) {
        char c = text.bytes[end];
        if (c == quote || c == '\n' || c == '"' || c == '\'' || c == '`' ||
            (quote == '\0' && ((unsigned char)c <= ' ' || c == ';' || c == '|' || c == '&' ||
                               c == '\\' || c == ')')))
            break;
        end++;
    }
    return jc_text_part(text, start, end);
}

static bool is_strange(jc_str word)
{
    for (size_t i = 0; i < word.size; i++) {
        if (jc_byte_is_digit(word.bytes[i]) || jc_byte_is_in(word.bytes[i], "!@#$%^&*+="))
            return true;
    }
    return false;
}

static void found_word(jc_sift *sift, jc_str word, const char *kind)
{
    size_t start = (size_t)(word.bytes - sift->text.bytes);
    jc_sift_found(sift, start, start + word.size, kind, JC_SECRET_NAMED);
}

/* user:VALUE */
static void sift_user(jc_sift *sift, jc_str word)
{
    const char *colon = word.size > 0 ? memchr(word.bytes, ':', word.size) : NULL;
    if (colon == NULL)
        return;
    word.size -= (size_t)(colon + 1 - word.bytes);
    word.bytes = colon + 1;
    if (jc_value_is_secret(JC_NAME_PASSWORD, word))
        found_word(sift, word, "password");
}

/* Is this program on the line before `at`? */
static bool is_on_line(const jc_sift *sift, size_t at, const char *program)
{
    size_t least = at > sift->resume + LINE_BACK ? at - LINE_BACK : sift->resume;
    size_t start = at;
    while (start > least && sift->text.bytes[start - 1] != '\n')
        start--;
    return memmem(sift->text.bytes + start, at + 1 - start, program, strlen(program)) != NULL;
}

static void sift_long(jc_sift *sift, size_t at)
{
    jc_str text = sift->text;
    size_t end = at;
    while (end < text.size && end - at <= JC_SECRET_NAME_MAX &&
           (jc_byte_is_alnum(text.bytes[end]) || text.bytes[end] == '-' || text.bytes[end] == '_'))
        end++;
    if (jc_text_has(text, at, "user ") && is_on_line(sift, at, "curl "))
        sift_user(sift, word_at(text, end + 1));
    const char *kind = NULL;
    jc_secret_name name = jc_text_has(text, end, " ")
                              ? jc_secret_name_of(jc_text_part(text, at, end), &kind)
                              : JC_NAME_ORDINARY;
    if (name == JC_NAME_ORDINARY)
        return;
    jc_str word = word_at(text, end + 1);
    bool quoted = word.bytes != text.bytes + end + 1;
    if (name == JC_NAME_COOKIE)
        jc_sift_cookie(sift, (size_t)(word.bytes - text.bytes),
                       (size_t)(word.bytes - text.bytes) + word.size);
    else if (word.size > 0 && word.bytes[0] != '-' && (quoted || is_strange(word)) &&
             jc_value_is_secret(name, word))
        found_word(sift, word, kind);
}

static void sift_short(jc_sift *sift, size_t at, size_t row)
{
    jc_str text = sift->text;
    size_t start = at + 1;
    if (!short_options[row].attached) {
        if (!jc_text_has(text, start, " "))
            return;
        start++;
    } else if (jc_text_has(text, start, " ")) {
        return;
    }
    jc_str word = word_at(text, start);
    if (short_options[row].behind_colon)
        sift_user(sift, word);
    else if (word.size > 0 && word.bytes[0] != '-' && jc_value_is_secret(JC_NAME_PASSWORD, word))
        found_word(sift, word, "password");
}

void jc_sift_option(jc_sift *sift, const jc_sift_rule *rule, size_t at)
{
    size_t letter = at + strlen(rule->mark);
    if (letter >= sift->text.size)
        return;
    char option = sift->text.bytes[letter];
    if (option == '-') {
        sift_long(sift, letter + 1);
        return;
    }
    for (size_t i = 0; i < sizeof short_options / sizeof short_options[0]; i++) {
        if (short_options[i].option == option && is_on_line(sift, at, short_options[i].program))
            sift_short(sift, letter, i);
    }
}
