/* Payload rules: the little language of jc/event_types.h, read where it is used.
 *
 *     rule        = requirement *(" " requirement)
 *     requirement = name *("|" name)          one of them is there, a string that is not blank
 *                 | name ":bool"              it is there, true or false
 *                 | name "?" word *("|" word) it is absent, or one of these words */
#include "event/types.h"

#include "base/fail.h"

/* The piece of *rest up to `stop`, or all of it; *rest goes on behind. */
static jc_str take_until(jc_str *rest, char stop)
{
    const char *end = rest->size > 0 ? memchr(rest->bytes, stop, rest->size) : NULL;
    jc_str piece = {rest->bytes, end != NULL ? (size_t)(end - rest->bytes) : rest->size};
    size_t taken = piece.size + (end != NULL ? 1 : 0);
    rest->bytes += taken;
    rest->size -= taken;
    return piece;
}

static bool is_blank(jc_str text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.bytes[i] != ' ' && (text.bytes[i] < '\t' || text.bytes[i] > '\r'))
            return false;
    }
    return true;
}

/* These may stand on the event instead of in data. */
static jc_str field_of_event(const jc_event *event, jc_str name)
{
    if (jc_str_equal(name, JC_STR("agent_id")))
        return event->agent_id;
    if (jc_str_equal(name, JC_STR("correlation_id")))
        return event->correlation_id;
    if (jc_str_equal(name, JC_STR("causation_id")))
        return event->causation_id;
    return (jc_str){0};
}

static bool has_text(yyjson_val *data, const jc_event *event, jc_str name)
{
    jc_str on_event = field_of_event(event, name);
    if (on_event.bytes != NULL && !is_blank(on_event))
        return true;
    yyjson_val *value = yyjson_obj_getn(data, name.bytes, name.size);
    return yyjson_is_str(value) &&
           !is_blank((jc_str){yyjson_get_str(value), yyjson_get_len(value)});
}

static jc_status require_text(jc_str requirement, yyjson_val *data, const jc_event *event,
                              jc_error *reterr)
{
    jc_str rest = requirement;
    while (rest.size > 0) {
        if (has_text(data, event, take_until(&rest, '|')))
            return JC_OK;
    }
    bool choice = memchr(requirement.bytes, '|', requirement.size) != NULL;
    return jc_fail(reterr, JC_EINVAL, "data: %s%.*s must be there, a string that is not blank",
                   choice ? "one of " : "", (int)requirement.size, requirement.bytes);
}

static jc_status require_bool(jc_str name, yyjson_val *data, jc_error *reterr)
{
    if (yyjson_is_bool(yyjson_obj_getn(data, name.bytes, name.size)))
        return JC_OK;
    return jc_fail(reterr, JC_EINVAL, "data: %.*s must be there, true or false", (int)name.size,
                   name.bytes);
}

static jc_status require_word(jc_str name, jc_str words, yyjson_val *data, jc_error *reterr)
{
    yyjson_val *value = yyjson_obj_getn(data, name.bytes, name.size);
    if (value == NULL || yyjson_is_null(value))
        return JC_OK;
    jc_str rest = words;
    while (rest.size > 0 && yyjson_is_str(value)) {
        jc_str word = take_until(&rest, '|');
        if (jc_str_equal(word, (jc_str){yyjson_get_str(value), yyjson_get_len(value)}))
            return JC_OK;
    }
    return jc_fail(reterr, JC_EINVAL, "data: %.*s must be one of %.*s", (int)name.size, name.bytes,
                   (int)words.size, words.bytes);
}

jc_status jc_rule_check(const char *rule, yyjson_val *data, const jc_event *event, jc_error *reterr)
{
    jc_str rest = jc_str_of(rule);
    while (rest.size > 0) {
        jc_str requirement = take_until(&rest, ' ');
        jc_str words = requirement;
        jc_str name = take_until(&words, '?');
        jc_str kind = requirement;
        jc_str flag = take_until(&kind, ':');
        jc_status status;
        if (words.size > 0)
            status = require_word(name, words, data, reterr);
        else if (kind.size > 0)
            status = require_bool(flag, data, reterr);
        else
            status = require_text(requirement, data, event, reterr);
        if (status < 0)
            return status;
    }
    return JC_OK;
}

static bool is_name(jc_str name)
{
    for (size_t i = 0; i < name.size; i++) {
        char c = name.bytes[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '_' || c == '-' || c == '.'))
            return false;
    }
    return name.size > 0;
}

static bool are_names(jc_str names)
{
    bool good = names.size > 0 && names.bytes[names.size - 1] != '|';
    while (names.size > 0)
        good = is_name(take_until(&names, '|')) && good;
    return good;
}

jc_status jc_rule_parse(const char *rule, jc_error *reterr)
{
    jc_str rest = jc_str_of(rule);
    while (rest.size > 0) {
        jc_str requirement = take_until(&rest, ' ');
        jc_str words = requirement;
        jc_str name = take_until(&words, '?');
        jc_str kind = requirement;
        jc_str flag = take_until(&kind, ':');
        bool good = name.size < requirement.size ? is_name(name) && are_names(words)
                    : flag.size < requirement.size
                        ? is_name(flag) && jc_str_equal(kind, JC_STR("bool"))
                        : are_names(requirement);
        if (!good)
            return jc_fail(
                reterr, JC_EINVAL,
                "'%.*s' is not a rule; write name, name|other, name:bool or name?one|two",
                (int)requirement.size, requirement.bytes);
    }
    return JC_OK;
}
