/* A request's parameters: see request.h. */
#include "server/request.h"

#include "base/clock.h"
#include "base/fail.h"
#include "base/json.h"

#include <strings.h>

#define SHOWN_MAX 60 /* bytes of what was given, in a refusal */

static int shown(jc_str text)
{
    return (int)(text.size < SHOWN_MAX ? text.size : SHOWN_MAX);
}

/* ---- What was posted ---- */

bool jc_content_type_is_json(jc_str content_type)
{
    static const char json[] = "application/json";
    const char *end =
        content_type.size > 0 ? memchr(content_type.bytes, ';', content_type.size) : NULL;
    if (end != NULL)
        content_type.size = (size_t)(end - content_type.bytes);
    while (content_type.size > 0 && content_type.bytes[content_type.size - 1] == ' ')
        content_type.size--;
    return content_type.size == sizeof json - 1 &&
           strncasecmp(content_type.bytes, json, content_type.size) == 0;
}

/* ---- Decoding ---- */

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* A '%' that no two digits follow stands for itself, as browsers have it. */
static size_t decode(jc_str text, bool plus, char *ret_bytes)
{
    size_t size = 0;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.bytes[i];
        int high = c == '%' && i + 2 < text.size ? digit_of(text.bytes[i + 1]) : -1;
        int low = high >= 0 ? digit_of(text.bytes[i + 2]) : -1;
        if (low >= 0) {
            c = (char)(high * 16 + low);
            i += 2;
        } else if (plus && c == '+') {
            c = ' ';
        }
        ret_bytes[size++] = c;
    }
    return size;
}

jc_status jc_percent_decode(jc_str text, bool plus, jc_arena *arena, jc_str *ret, jc_error *reterr)
{
    char *bytes = jc_arena_get(arena, text.size + 1);
    if (bytes == NULL)
        return jc_fail_memory(reterr);
    jc_str decoded = {bytes, decode(text, plus, bytes)};
    bytes[decoded.size] = '\0';
    if (decoded.size == 0)
        return jc_fail(reterr, JC_EINVAL, "it is empty");
    if (memchr(bytes, '\0', decoded.size) != NULL)
        return jc_fail(reterr, JC_EINVAL, "it holds a zero byte");
    if (!jc_utf8_valid(decoded))
        return jc_fail(reterr, JC_EINVAL, "it is not UTF-8");
    *ret = decoded;
    return JC_OK;
}

/* ---- Reading ---- */

/* Take a piece off a text, up to a byte that is left out, or to the end. */
static jc_str next_piece(jc_str *rest, char end)
{
    const char *at = rest->size > 0 ? memchr(rest->bytes, end, rest->size) : NULL;
    size_t size = at != NULL ? (size_t)(at - rest->bytes) : rest->size;
    size_t taken = size + (at != NULL ? 1 : 0);
    jc_str piece = {rest->bytes, size};
    *rest = (jc_str){rest->bytes + taken, rest->size - taken};
    return piece;
}

static bool find_known(const char *known, jc_str name, bool *ret_repeats)
{
    jc_str rest = jc_str_of(known);
    while (rest.size > 0) {
        jc_str each = next_piece(&rest, ' ');
        *ret_repeats = each.size > 0 && each.bytes[each.size - 1] == '*';
        each.size -= *ret_repeats ? 1 : 0;
        if (each.size > 0 && jc_str_equal(each, name))
            return true;
    }
    return false;
}

static jc_status check_name(const jc_query *query, const char *known, jc_str name, jc_error *reterr)
{
    bool repeats = false;
    if (!find_known(known, name, &repeats))
        return jc_fail(reterr, JC_EINVAL, "there is no parameter '%.*s' here%s%s", shown(name),
                       name.bytes, *known != '\0' ? ": there are " : ", and no other", known);
    if (!repeats && jc_query_has(query, name.bytes))
        return jc_fail(reterr, JC_EINVAL, "%s: it is given twice", name.bytes);
    if (query->count == JC_REQUEST_PARAMETER_MAX)
        return jc_fail(reterr, JC_EINVAL, "more than %d parameters", JC_REQUEST_PARAMETER_MAX);
    return JC_OK;
}

static jc_status add(jc_query *query, const char *known, jc_str piece, jc_error *reterr)
{
    jc_parameter item;
    jc_error error = {0};
    jc_str value = piece;
    jc_str name = next_piece(&value, '=');
    jc_status status = jc_percent_decode(name, true, query->arena, &item.name, &error);
    if (status < 0)
        return jc_fail(reterr, status, "the name of a parameter: %s", error.text);
    status = check_name(query, known, item.name, reterr);
    if (status < 0)
        return status;
    status = jc_percent_decode(value, true, query->arena, &item.value, &error);
    if (status < 0)
        return jc_fail(reterr, status, "%s: %s", item.name.bytes, error.text);
    query->items[query->count++] = item;
    return JC_OK;
}

jc_status jc_query_read(jc_str text, const char *known, jc_arena *arena, jc_query *ret_query,
                        jc_error *reterr)
{
    ret_query->count = 0;
    ret_query->arena = arena;
    while (text.size > 0) {
        jc_str piece = next_piece(&text, '&');
        if (piece.size == 0)
            continue;
        jc_status status = add(ret_query, known, piece, reterr);
        if (status < 0)
            return status;
    }
    return JC_OK;
}

/* ---- Values ---- */

jc_str jc_query_text(const jc_query *query, const char *name)
{
    for (size_t i = 0; i < query->count; i++) {
        if (jc_str_equal(query->items[i].name, jc_str_of(name)))
            return query->items[i].value;
    }
    return (jc_str){0};
}

bool jc_query_has(const jc_query *query, const char *name)
{
    return jc_query_text(query, name).bytes != NULL;
}

jc_status jc_query_texts(const jc_query *query, const char *name, const jc_str **ret_texts,
                         size_t *ret_count, jc_error *reterr)
{
    size_t count = 0;
    jc_str *texts = jc_arena_get(query->arena, (query->count + 1) * sizeof *texts);
    if (texts == NULL)
        return jc_fail_memory(reterr);
    for (size_t i = 0; i < query->count; i++) {
        if (jc_str_equal(query->items[i].name, jc_str_of(name)))
            texts[count++] = query->items[i].value;
    }
    *ret_texts = texts;
    *ret_count = count;
    return JC_OK;
}

bool jc_digits_read(jc_str text, uint64_t max, uint64_t *ret)
{
    uint64_t number = 0;
    for (size_t i = 0; i < text.size; i++) {
        uint64_t digit = (uint64_t)(text.bytes[i] - '0');
        if (text.bytes[i] < '0' || text.bytes[i] > '9' || digit > max ||
            number > (max - digit) / 10)
            return false;
        number = number * 10 + digit;
    }
    *ret = number;
    return text.size > 0;
}

jc_status jc_query_number(const jc_query *query, const char *name, uint64_t min, uint64_t max,
                          uint64_t *ret, jc_error *reterr)
{
    uint64_t number = 0;
    jc_str text = jc_query_text(query, name);
    if (text.bytes == NULL)
        return JC_OK;
    if (!jc_digits_read(text, INT64_MAX, &number))
        return jc_fail(reterr, JC_EINVAL, "%s: '%.*s' is no number", name, shown(text), text.bytes);
    if (number < min || number > max)
        return jc_fail(reterr, JC_EINVAL, "%s: %s is not between %llu and %llu", name, text.bytes,
                       (unsigned long long)min, (unsigned long long)max);
    *ret = number;
    return JC_OK;
}

static jc_status read_time(const char *name, jc_str text, int64_t *ret_us, jc_error *reterr)
{
    jc_str zone;
    jc_error error = {0};
    if (jc_time_parse(text, ret_us, &error) == JC_OK)
        return JC_OK;
    if (jc_time_parse_local(text, ret_us, &zone, NULL) == JC_OK && zone.size == 0)
        return JC_OK;
    return jc_fail(reterr, JC_EINVAL, "%s: '%.*s' is no time in RFC 3339%s", name, shown(text),
                   text.bytes,
                   text.size > 0 && memchr(text.bytes, ' ', text.size) != NULL
                       ? "; a + is written %2B"
                       : "");
}

jc_status jc_query_time(const jc_query *query, const char *name, bool *ret_given, int64_t *ret_us,
                        jc_error *reterr)
{
    jc_str text = jc_query_text(query, name);
    *ret_given = text.bytes != NULL;
    return *ret_given ? read_time(name, text, ret_us, reterr) : JC_OK;
}

jc_status jc_query_point(const jc_query *query, const char *name, jc_point *ret_point,
                         jc_error *reterr)
{
    jc_str text = jc_query_text(query, name);
    jc_point point = {.kind = JC_POINT_HEAD};
    if (text.bytes != NULL) {
        bool backwards = text.bytes[0] == '-';
        jc_str digits = {text.bytes + (backwards ? 1 : 0), text.size - (backwards ? 1 : 0)};
        point.kind = backwards ? JC_POINT_BEFORE_HEAD : JC_POINT_SEQUENCE;
        if (!jc_digits_read(digits, INT64_MAX, &point.number)) {
            point.kind = JC_POINT_TIME;
            if (read_time(name, text, &point.time_us, NULL) < 0)
                return jc_fail(
                    reterr, JC_EINVAL,
                    "%s: '%.*s' is no point: write a sequence, -N, or a time in RFC 3339", name,
                    shown(text), text.bytes);
        }
    }
    *ret_point = point;
    return JC_OK;
}
