/* Every string of a JSON object, by its bytes: what has no secret is copied as it stands.
 *
 * yyjson checks the grammar and unescapes the strings; its values lie in the order of the text, so that
 * the string at hand in the bytes is the next string in its tree. */
#include "base/fail.h"
#include "intake/redact.h"

#include <stdlib.h>
#include <yyjson.h>

/* An object or a list around another, and the name that stands before that. */
typedef struct level {
    jc_str name;
    bool in_object;
} level;

/* Where we are in an object. A name is the last one in force: an element of a list has that of the list. */
typedef struct walk {
    jc_redactor *redactor;
    jc_str text;
    size_t at;
    size_t copied; /* up to here the text is written */
    jc_buf *out;
    yyjson_val *next; /* the next value of yyjson's tree */
    yyjson_val *end;
    jc_str name;       /* absent: none */
    jc_buf outer;      /* the names, jc_str, of the objects and lists that we are in */
    jc_str above;      /* the name of a password that we are below; absent: none */
    size_t above_size; /* of `outer`, when that began */
    bool in_object;    /* not in a list */
    jc_str option;     /* the name that the element before gives; absent: none */
    yyjson_val *label; /* of {"name":"DB_PASSWORD","value":"…"} */
    size_t count;
} walk;

static jc_str text_of(yyjson_val *string)
{
    if (string == NULL)
        return (jc_str){"", 0};
    return (jc_str){yyjson_get_str(string), yyjson_get_len(string)};
}

static size_t string_end(jc_str text, size_t at)
{
    for (at++; text.bytes[at] != '"'; at++)
        at += text.bytes[at] == '\\' ? 1 : 0;
    return at + 1;
}

static bool is_white(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static bool is_key(jc_str text, size_t end)
{
    while (end < text.size && is_white(text.bytes[end]))
        end++;
    return end < text.size && text.bytes[end] == ':';
}

static yyjson_val *next_string(walk *walking)
{
    while (walking->next < walking->end && !yyjson_is_str(walking->next))
        walking->next++;
    return walking->next < walking->end ? walking->next++ : NULL;
}

static jc_status write_string(jc_buf *out, jc_str text, jc_error *reterr)
{
    jc_status status = JC_ENOMEM;
    size_t size = 0;
    char *json = NULL;
    yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
    if (doc != NULL) {
        yyjson_mut_doc_set_root(doc, yyjson_mut_strn(doc, text.bytes, text.size));
        json = yyjson_mut_write(doc, YYJSON_WRITE_ALLOW_INVALID_UNICODE, &size);
    }
    if (json != NULL)
        status = jc_buf_append(out, json, size, reterr);
    else
        status = jc_fail_memory(reterr);
    free(json);
    yyjson_mut_doc_free(doc);
    return status;
}

/* The name whose value this string is: a member's, or that of the option before it in a list. */
static jc_str name_in_force(const walk *walking)
{
    if (walking->option.bytes != NULL)
        return walking->option;
    jc_str name = walking->name;
    if (walking->label != NULL && jc_name_is_value(name))
        name = text_of(walking->label);
    if (walking->above.bytes != NULL && walking->in_object)
        name = jc_name_below(walking->above, name);
    return name;
}

/* As two names must not become one, a number stands behind the mark in a key. */
static jc_status write_key(jc_buf *out, jc_str redacted, size_t number, jc_error *reterr)
{
    JC_AUTO(jc_buf) numbered = {0};
    jc_status status = jc_buf_append_str(&numbered, redacted, reterr);
    if (status == JC_OK)
        status = jc_buf_append_format(&numbered, reterr, " %zu", number);
    return status == JC_OK ? write_string(out, jc_buf_str(&numbered), reterr) : status;
}

/* Write what stands up to here, and leave out what goes on to `end`. */
static jc_status replace(walk *walking, size_t end, size_t count, jc_error *reterr)
{
    jc_str before = jc_text_part(walking->text, walking->copied, walking->at);
    walking->copied = end;
    walking->count += count;
    return jc_buf_append_str(walking->out, before, reterr);
}

static jc_status redact_string(walk *walking, bool key, yyjson_val *string, size_t end,
                               jc_error *reterr)
{
    jc_str is = text_of(string);
    jc_str name = key ? (jc_str){0} : name_in_force(walking);
    jc_str redacted;
    size_t count = 0;
    jc_status status = jc_redact_member(walking->redactor, name, is, &redacted, &count, reterr);
    if (status < 0 || count == 0)
        return status;
    status = replace(walking, end, count, reterr);
    if (status < 0)
        return status;
    return key ? write_key(walking->out, redacted, walking->count, reterr)
               : write_string(walking->out, redacted, reterr);
}

static jc_status take_string(walk *walking, jc_error *reterr)
{
    size_t end = string_end(walking->text, walking->at);
    yyjson_val *string = next_string(walking);
    bool key = is_key(walking->text, end);
    jc_status status = redact_string(walking, key, string, end, reterr);
    if (key)
        walking->name = text_of(string);
    else if (jc_name_is_label(walking->name))
        walking->label = string;
    walking->option = key ? (jc_str){0} : jc_name_of_option(text_of(string));
    walking->at = end;
    return status;
}

static bool begins_number(char c)
{
    return c == '-' || jc_byte_is_digit(c);
}

static jc_status take_number(walk *walking, jc_error *reterr)
{
    size_t end = walking->at;
    while (end < walking->text.size && (begins_number(walking->text.bytes[end]) ||
                                        jc_byte_is_in(walking->text.bytes[end], "+.eE")))
        end++;
    jc_str number = jc_text_part(walking->text, walking->at, end);
    jc_str name = name_in_force(walking);
    jc_status status = JC_OK;
    jc_str redacted;
    size_t count = 0;
    if (jc_number_is_secret(name, number))
        status = jc_redact_member(walking->redactor, name, number, &redacted, &count, reterr);
    if (status == JC_OK && count > 0)
        status = replace(walking, end, count, reterr);
    if (status == JC_OK && count > 0)
        status = write_string(walking->out, redacted, reterr);
    walking->option = (jc_str){0};
    walking->at = end;
    return status;
}

/* Into an object or a list. Its elements have the name that it has itself. */
static jc_status enter(walk *walking, bool object, jc_error *reterr)
{
    level outer = {name_in_force(walking), walking->in_object};
    if (object && walking->above.bytes == NULL && jc_name_is_password(outer.name)) {
        walking->above = outer.name;
        walking->above_size = walking->outer.size;
    }
    walking->name = object ? (jc_str){0} : outer.name;
    walking->in_object = object;
    walking->option = (jc_str){0};
    return jc_buf_append(&walking->outer, &outer, sizeof outer, reterr);
}

static void leave(walk *walking)
{
    level outer;
    walking->outer.size -= sizeof outer;
    memcpy(&outer, walking->outer.bytes + walking->outer.size, sizeof outer);
    walking->name = outer.name;
    walking->in_object = outer.in_object;
    walking->option = (jc_str){0};
    if (walking->above.bytes != NULL && walking->outer.size == walking->above_size)
        walking->above = (jc_str){0};
}

static jc_status walk_text(walk *walking, jc_error *reterr)
{
    jc_status status = JC_OK;
    while (status == JC_OK && walking->at < walking->text.size) {
        char c = walking->text.bytes[walking->at];
        if (c == '"') {
            status = take_string(walking, reterr);
            continue;
        }
        if (begins_number(c)) {
            status = take_number(walking, reterr);
            continue;
        }
        if (c == '{' || c == '[')
            status = enter(walking, c == '{', reterr);
        if (c == '}' || c == ']')
            leave(walking);
        if (c == '{' || c == '}')
            walking->label = NULL;
        walking->at++;
    }
    if (status == JC_OK && walking->count > 0)
        status = jc_buf_append_str(walking->out,
                                   jc_text_part(walking->text, walking->copied, walking->text.size),
                                   reterr);
    return status;
}

jc_status jc_redact_json_into(jc_redactor *redactor, jc_buf *out, jc_str object, jc_str *ret_object,
                              size_t *ret_count, jc_error *reterr)
{
    const yyjson_read_flag flags = YYJSON_READ_NUMBER_AS_RAW | YYJSON_READ_ALLOW_INVALID_UNICODE;
    yyjson_read_err error = {0};
    /* yyjson's parameter is not const for its in-place mode, which is not used here. */
    yyjson_doc *doc =
        yyjson_read_opts((char *)(uintptr_t)object.bytes, object.size, flags, NULL, &error);
    if (doc == NULL && error.code == YYJSON_READ_ERROR_MEMORY_ALLOCATION)
        return jc_fail_memory(reterr);
    if (doc == NULL)
        return jc_fail(reterr, JC_EINVAL, "not JSON: %s at byte %zu", error.msg, error.pos + 1);
    yyjson_val *root = yyjson_doc_get_root(doc);
    jc_status status = JC_OK;
    walk walking = {.redactor = redactor, .text = object, .out = out, .next = root};
    walking.end = root + yyjson_doc_get_val_count(doc);
    jc_buf_clear(out);
    if (!yyjson_is_obj(root))
        status = jc_fail(reterr, JC_EINVAL, "it must be a JSON object, {…}");
    else
        status = walk_text(&walking, reterr);
    yyjson_doc_free(doc);
    jc_buf_release(&walking.outer);
    if (status < 0)
        return status;
    *ret_object = walking.count > 0 ? jc_buf_str(out) : object;
    *ret_count = walking.count;
    return JC_OK;
}
