/* The line, in and out, by bytes.
 *
 *     {"position":1,"id":"…","workflow_id":"…","sequence":1,"timestamp":"…","event_type":"…"
 *     [,"agent_id":"…"][,"correlation_id":"…"][,"causation_id":"…"],"data":{…},"hash":"…"}
 *
 * Nobody re-encodes JSON here: data goes through untouched, and in the other strings only '"' and
 * '\' are escaped, which every language and SQL writes alike. */
#include "event/line.h"

#include "base/fail.h"
#include "base/hash.h"
#include "base/uuid.h"
#include "event/event.h"

/* More than every fixed part of a line together. */
#define FIXED_SIZE_MAX 512

/* Where bytes go: to memory, as far as there is room; all of them are counted. */
typedef struct sink {
    char *bytes;
    size_t room;
    size_t size;
} sink;

static void put(sink *to, const char *bytes, size_t size)
{
    if (to->size < to->room) {
        size_t fits = size < to->room - to->size ? size : to->room - to->size;
        memcpy(to->bytes + to->size, bytes, fits);
    }
    to->size += size;
}

#define PUT_LITERAL(to, literal) put(to, literal, sizeof(literal) - 1)

static void put_number(sink *to, uint64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    put(to, digits + at, sizeof digits - at);
}

static void put_escaped(sink *to, jc_str text)
{
    size_t start = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.bytes[i] != '"' && text.bytes[i] != '\\')
            continue;
        put(to, text.bytes + start, i - start);
        PUT_LITERAL(to, "\\");
        start = i;
    }
    put(to, text.bytes + start, text.size - start);
}

static void put_optional(sink *to, const char *name, jc_str text)
{
    if (text.bytes == NULL)
        return;
    put(to, name, strlen(name));
    put_escaped(to, text);
    PUT_LITERAL(to, "\"");
}

static void put_header(sink *to, const jc_event *event)
{
    char id[36];
    char time[JC_TIME_TEXT_SIZE];
    jc_uuid_encode(event->id, id);
    jc_time_format(event->timestamp_us, time);
    PUT_LITERAL(to, "\"id\":\"");
    put(to, id, sizeof id);
    PUT_LITERAL(to, "\",\"workflow_id\":\"");
    put(to, event->workflow_id.bytes, event->workflow_id.size);
    PUT_LITERAL(to, "\",\"sequence\":");
    put_number(to, event->sequence);
    PUT_LITERAL(to, ",\"timestamp\":\"");
    put(to, time, JC_TIME_TEXT_SIZE - 1);
    PUT_LITERAL(to, "\",\"event_type\":\"");
    put(to, event->event_type.bytes, event->event_type.size);
    PUT_LITERAL(to, "\"");
    put_optional(to, ",\"agent_id\":\"", event->agent_id);
    put_optional(to, ",\"correlation_id\":\"", event->correlation_id);
    put_optional(to, ",\"causation_id\":\"", event->causation_id);
    PUT_LITERAL(to, ",");
}

static void put_line(sink *to, const jc_event *event)
{
    char hash[64];
    jc_hex_encode(event->hash.bytes, sizeof event->hash.bytes, hash);
    PUT_LITERAL(to, "{\"position\":");
    put_number(to, event->position);
    PUT_LITERAL(to, ",");
    put_header(to, event);
    PUT_LITERAL(to, "\"data\":");
    put(to, event->data.bytes, event->data.size);
    PUT_LITERAL(to, ",\"hash\":\"");
    put(to, hash, sizeof hash);
    PUT_LITERAL(to, "\"}");
}

size_t jc_event_format(const jc_event *event, char *ret_line, size_t room)
{
    sink to = {.bytes = ret_line, .room = room};
    put_line(&to, event);
    return to.size;
}

/* No event's line is longer than this: every byte of an id may be escaped. */
static size_t size_max_of(const jc_event *event)
{
    return FIXED_SIZE_MAX + event->workflow_id.size + event->event_type.size +
           2 * (event->agent_id.size + event->correlation_id.size + event->causation_id.size) +
           event->data.size;
}

static jc_status encode(void (*put_part)(sink *to, const jc_event *event), const jc_event *event,
                        jc_buf *buf, jc_error *reterr)
{
    jc_status status = jc_buf_reserve(buf, size_max_of(event), reterr);
    if (status < 0)
        return status;
    sink to = {.bytes = buf->bytes + buf->size, .room = buf->capacity - buf->size};
    put_part(&to, event);
    buf->size += to.size;
    return JC_OK;
}

jc_status jc_line_encode(const jc_event *event, jc_buf *buf, jc_error *reterr)
{
    return encode(put_line, event, buf, reterr);
}

jc_status jc_line_encode_header(const jc_event *event, jc_buf *buf, jc_error *reterr)
{
    return encode(put_header, event, buf, reterr);
}

/* Reading: a place in the line, and whether all went well so far. */
typedef struct reader {
    const char *at;
    const char *end;
    jc_arena *arena;
    bool no_memory;
} reader;

static bool take(reader *in, const char *literal)
{
    size_t size = strlen(literal);
    if ((size_t)(in->end - in->at) < size || memcmp(in->at, literal, size) != 0)
        return false;
    in->at += size;
    return true;
}

static bool take_number(reader *in, uint64_t *ret)
{
    uint64_t value = 0;
    const char *start = in->at;
    while (in->at < in->end && *in->at >= '0' && *in->at <= '9') {
        uint64_t digit = (uint64_t)(*in->at - '0');
        if (value > ((uint64_t)INT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
        in->at++;
    }
    /* A number of ours starts at 1 and has no leading zero. */
    if (in->at == start || *start == '0')
        return false;
    *ret = value;
    return true;
}

/* A string in which nothing is escaped, up to its closing quote. */
static bool take_plain(reader *in, size_t size_max, jc_str *ret)
{
    size_t left = (size_t)(in->end - in->at);
    const char *quote = left > 0 ? memchr(in->at, '"', left) : NULL;
    if (quote == NULL || (size_t)(quote - in->at) > size_max || quote == in->at ||
        memchr(in->at, '\\', (size_t)(quote - in->at)) != NULL)
        return false;
    *ret = (jc_str){in->at, (size_t)(quote - in->at)};
    in->at = quote + 1;
    return true;
}

/* A string in which '"' and '\' are escaped and nothing else. */
static bool take_escaped(reader *in, jc_str *ret)
{
    const char *start = in->at;
    size_t escapes = 0;
    while (in->at < in->end && *in->at != '"') {
        if (*in->at == '\\') {
            if (in->end - in->at < 2 || (in->at[1] != '"' && in->at[1] != '\\'))
                return false;
            escapes++;
            in->at++;
        }
        in->at++;
    }
    if (in->at >= in->end)
        return false;
    jc_str raw = {start, (size_t)(in->at - start)};
    in->at++;
    *ret = raw;
    if (escapes == 0)
        return raw.size > 0;

    char *bytes = jc_arena_get(in->arena, raw.size - escapes);
    in->no_memory = bytes == NULL;
    size_t size = 0;
    for (size_t i = 0; i < raw.size && bytes != NULL; i++) {
        if (raw.bytes[i] == '\\')
            i++;
        bytes[size++] = raw.bytes[i];
    }
    *ret = (jc_str){bytes, size};
    return bytes != NULL;
}

static bool take_optional(reader *in, const char *name, jc_str *ret)
{
    return !take(in, name) || take_escaped(in, ret);
}

static bool take_id(reader *in, jc_uuid *ret)
{
    jc_str text;
    return take_plain(in, 36, &text) && text.size == 36 && jc_uuid_decode(text.bytes, false, ret) &&
           !jc_uuid_is_nil(*ret);
}

static bool take_time(reader *in, int64_t *ret_us)
{
    jc_str text;
    char again[JC_TIME_TEXT_SIZE];
    if (!take_plain(in, JC_TIME_TEXT_SIZE - 1, &text) || jc_time_parse(text, ret_us, NULL) < 0)
        return false;
    /* Only the one way of writing a time that we use ourselves. */
    jc_time_format(*ret_us, again);
    return jc_str_equal(text, jc_str_of(again));
}

/* An object, by its braces. */
static bool take_object(reader *in, jc_str *ret)
{
    const char *start = in->at;
    int depth = 0;
    bool inside = false;
    for (; in->at < in->end; in->at++) {
        char c = *in->at;
        if (inside) {
            if (c == '\\')
                in->at++;
            else if (c == '"')
                inside = false;
        } else if (c == '"') {
            inside = true;
        } else if (c == '{' || c == '[') {
            depth++;
        } else if ((c == '}' || c == ']') && --depth <= 0) {
            in->at++;
            *ret = (jc_str){start, (size_t)(in->at - start)};
            return *start == '{' && depth == 0;
        }
    }
    return false;
}

static bool take_hash(reader *in, jc_hash *ret)
{
    jc_str text;
    return take_plain(in, 64, &text) && text.size == 64 &&
           jc_hex_decode(text.bytes, sizeof ret->bytes, ret->bytes);
}

/* The names of the fields in the order of the line; the one at which reading stopped is told. */
static const char *read_fields(reader *in, jc_event *event)
{
    if (!take(in, "{\"position\":") || !take_number(in, &event->position))
        return "position";
    if (!take(in, ",\"id\":\"") || !take_id(in, &event->id))
        return "id";
    if (!take(in, ",\"workflow_id\":\"") ||
        !take_plain(in, JC_WORKFLOW_ID_SIZE_MAX, &event->workflow_id))
        return "workflow_id";
    if (!take(in, ",\"sequence\":") || !take_number(in, &event->sequence))
        return "sequence";
    if (!take(in, ",\"timestamp\":\"") || !take_time(in, &event->timestamp_us))
        return "timestamp";
    if (!take(in, ",\"event_type\":\"") ||
        !take_plain(in, JC_EVENT_TYPE_SIZE_MAX, &event->event_type))
        return "event_type";
    if (!take_optional(in, ",\"agent_id\":\"", &event->agent_id))
        return "agent_id";
    if (!take_optional(in, ",\"correlation_id\":\"", &event->correlation_id))
        return "correlation_id";
    if (!take_optional(in, ",\"causation_id\":\"", &event->causation_id))
        return "causation_id";
    return NULL;
}

static bool is_reserved(const reader *in)
{
    reader look = *in;
    return take(&look, ",\"salt\":") || take(&look, ",\"data\":null");
}

static bool is_absent_or_valid(jc_str text)
{
    return text.bytes == NULL || jc_agent_id_valid(text);
}

static jc_status check_decoded(const jc_event *event, jc_error *reterr)
{
    jc_status status = jc_workflow_id_check(event->workflow_id, reterr);
    if (status == JC_OK)
        status = jc_event_type_check(event->event_type, reterr);
    if (status == JC_OK &&
        (!is_absent_or_valid(event->agent_id) || !is_absent_or_valid(event->correlation_id) ||
         !is_absent_or_valid(event->causation_id)))
        status = jc_fail(reterr, JC_EINVAL,
                         "not a line of jc: an agent, correlation or causation id breaks its rule");
    return status;
}

jc_status jc_line_decode(jc_str line, jc_arena *arena, jc_event *ret_event, jc_error *reterr)
{
    reader in = {.at = line.bytes, .end = line.bytes + line.size, .arena = arena};
    jc_event event = {.has_timestamp = true};
    const char *stopped = read_fields(&in, &event);
    if (stopped == NULL && is_reserved(&in))
        return jc_fail(reterr, JC_EUNSUPPORTED,
                       "an erased or salted event, which this version does not know");
    if (stopped == NULL && (!take(&in, ",\"data\":") || !take_object(&in, &event.data)))
        stopped = "data";
    if (stopped == NULL &&
        (!take(&in, ",\"hash\":\"") || !take_hash(&in, &event.hash) || !take(&in, "}")))
        stopped = "hash";
    if (stopped == NULL && in.at != in.end)
        stopped = "the end of the line";
    if (in.no_memory)
        return jc_fail_memory(reterr);
    if (stopped != NULL)
        return jc_fail(reterr, JC_EINVAL,
                       "not a line of jc: %s is missing or malformed, near byte %zu", stopped,
                       (size_t)(in.at - line.bytes) + 1);
    jc_status status = check_decoded(&event, reterr);
    if (status == JC_OK)
        *ret_event = event;
    return status;
}
