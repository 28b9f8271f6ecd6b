/* The event: an immutable fact about a workflow, and the names that belong to it.
 *
 * docs/FORMAT.md says how an event looks as a line, as a row and in the hash chain. */
#ifndef JC_EVENT_H
#define JC_EVENT_H

#include "jc/status.h"
#include "jc/str.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Limits, in bytes unless said otherwise. */
#define JC_WORKFLOW_ID_SIZE_MAX 128
#define JC_EVENT_TYPE_SIZE_MAX 128
#define JC_EVENT_TYPE_SEGMENTS_MAX 5
#define JC_AGENT_ID_SIZE_MAX 256 /* also correlation_id and causation_id */
#define JC_DATA_SIZE_MAX (1024 * 1024)
#define JC_DATA_DEPTH_MAX 64 /* levels, the data object itself being the first */

/* The first and the last timestamp that an event can have, in microseconds of UTC since 1970. */
#define JC_TIMESTAMP_US_MIN INT64_C(0)
#define JC_TIMESTAMP_US_MAX INT64_C(253402300799999999)

/* A UUID in network byte order (RFC 9562). All zeros means "none". */
typedef struct jc_uuid {
    uint8_t bytes[16];
} jc_uuid;

#define JC_UUID_TEXT_SIZE 37 /* 36 characters and the closing zero byte */

/* SHA-256 (FIPS 180-4). */
typedef struct jc_hash {
    uint8_t bytes[32];
} jc_hash;

#define JC_HASH_TEXT_SIZE 65 /* 64 hex digits and the closing zero byte */

#define JC_TIME_TEXT_SIZE 28 /* 2026-01-09T10:00:00.000000Z and the closing zero byte */

/* One event. All text is borrowed: the owner is whoever handed the event out, who says how long it
 * lives.
 *
 * For an append, the caller fills id (jc_event_prepare), workflow_id and event_type; timestamp_us
 * where has_timestamp is true; agent_id, correlation_id and causation_id where wanted; and data, a
 * JSON object (absent means {}). position, sequence and hash are ignored: the append assigns them. */
typedef struct jc_event {
    uint64_t position;
    jc_uuid id;
    jc_str workflow_id;
    uint64_t sequence;
    int64_t timestamp_us;
    bool has_timestamp;
    jc_str event_type;
    jc_str agent_id;
    jc_str correlation_id;
    jc_str causation_id;
    jc_str data;
    jc_hash hash;
} jc_event;

/* Give the event an id (UUIDv7) when it has none. Do this before the append and keep the id: an
 * append repeated with the same id never stores the event twice.
 *
 * JC_EIO  the system gave no randomness. */
JC_API JC_MUST_CHECK jc_status jc_event_prepare(jc_event *event, jc_error *reterr);

/* Is it a workflow id: 1 to 128 bytes of [A-Za-z0-9._-], not starting with '.' or '-'.
 * JC_EINVAL says what is wrong with it. */
JC_API JC_MUST_CHECK jc_status jc_workflow_id_check(jc_str workflow_id, jc_error *reterr);

/* A new UUIDv7 (RFC 9562, 5.7): milliseconds, then 12 bits of the fraction (6.2, method 3), then
 * 62 random bits. JC_EIO: the system gave no randomness. */
JC_API JC_MUST_CHECK jc_status jc_uuid_new(jc_uuid *ret, jc_error *reterr);

/* The UUIDv5 (RFC 9562, 5.5) of a name in a namespace. */
JC_API jc_uuid jc_uuid_derive(jc_uuid name_space, jc_str name);

/* Read 36 characters, either case. JC_EINVAL: not a UUID, or the nil UUID. */
JC_API JC_MUST_CHECK jc_status jc_uuid_parse(jc_str text, jc_uuid *ret, jc_error *reterr);

/* Write 36 characters in lower case and a zero byte. */
JC_API void jc_uuid_format(jc_uuid id, char ret_text[JC_UUID_TEXT_SIZE]);

JC_API bool jc_uuid_is_nil(jc_uuid id);

/* Write 64 hex digits in lower case and a zero byte. */
JC_API void jc_hash_format(jc_hash hash, char ret_text[JC_HASH_TEXT_SIZE]);

/* Read 64 hex digits in lower case. JC_EINVAL: something else. */
JC_API JC_MUST_CHECK jc_status jc_hash_parse(jc_str text, jc_hash *ret, jc_error *reterr);

/* Read an RFC 3339 time with its zone; digits past the microsecond are cut.
 * JC_EINVAL: not RFC 3339, a time that does not exist, or outside 1970 to 9999. */
JC_API JC_MUST_CHECK jc_status jc_time_parse(jc_str text, int64_t *ret_us, jc_error *reterr);

/* Write RFC 3339 in UTC with six digits: 2026-01-09T10:00:00.000000Z.
 * The time must lie within JC_TIMESTAMP_US_MIN and JC_TIMESTAMP_US_MAX. */
JC_API void jc_time_format(int64_t time_us, char ret_text[JC_TIME_TEXT_SIZE]);

/* Write a stored event as its line (docs/FORMAT.md), without a newline and without a zero byte, to at
 * most `room` bytes. Returns the line's size; when that is more than `room`, what was written is
 * only its beginning. */
JC_API size_t jc_event_format(const jc_event *event, char *ret_line, size_t room);

#ifdef __cplusplus
}
#endif
#endif
