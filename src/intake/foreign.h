/* Foreign JSON, made fit for an event's `data`.
 *
 * Others' records break the rules of docs/FORMAT.md in known ways, and hold more than a record needs. So
 * they are read leniently and written anew, member by member: lone surrogates and bytes that are no UTF-8
 * become U+FFFD, of duplicate keys the last stands, what lies too deep becomes text, secrets are redacted,
 * and long texts are cut in the middle. What was done is said in three members at the end of the object:
 *
 *     "mended":["duplicate","surrogate"]      words of JC_MEND_MAP
 *     "redacted":2                            how many secrets
 *     "cut":[{"at":"/tool_response/stdout","size":70000,"sha256":"…"}]   of the text before the cut,
 *                                             redacted, in bytes
 *
 * A member of the record that has one of these names gets "_" behind it. */
#ifndef JC_INTAKE_FOREIGN_H
#define JC_INTAKE_FOREIGN_H

#include "base/json.h"
#include "jc/redact.h"

/* Longer texts are cut to about this many bytes, half from the beginning and half from the end. */
#define JC_FOREIGN_TEXT_MAX ((size_t)32 * 1024)

#define JC_MEND_MAP(X)                                                                             \
    X(JC_MENDED_DUPLICATE, 1, "duplicate") /* the last of duplicate keys stands */                 \
    X(JC_MENDED_SURROGATE, 2, "surrogate") /* a lone half became U+FFFD */                         \
    X(JC_MENDED_UTF8, 4, "utf8")           /* a byte that is no UTF-8 became U+FFFD */             \
    X(JC_MENDED_CONTROL, 8, "control")     /* a raw control character in a string was escaped */   \
    X(JC_MENDED_DEPTH, 16, "depth")        /* what lay too deep became text */                     \
    X(JC_MENDED_SIZE, 32, "size")          /* it was too large: parts became text, and were cut */

enum jc_mended {
#define JC_MEND_ENUM(name, bit, word) name = (bit),
    JC_MEND_MAP(JC_MEND_ENUM)
#undef JC_MEND_ENUM
};

/* Memory for reading, kept from record to record. {0} is valid. */
typedef struct jc_foreign {
    jc_json json;
    jc_buf text;     /* the record as mended */
    unsigned mended; /* while reading the last record: bits of enum jc_mended */
} jc_foreign;

void jc_foreign_release(jc_foreign *foreign);
JC_AUTO_DEFINE(jc_foreign, jc_foreign_release);

/* Read a record. *ret_root is an object, valid until the next read; numbers are raw, and of duplicate keys
 * jc_foreign_get() gives the last.
 * JC_EINVAL  it is no JSON object, however leniently one looks at it. */
JC_MUST_CHECK jc_status jc_foreign_read(jc_foreign *foreign, jc_str text, yyjson_val **ret_root,
                                        jc_error *reterr);

/* The last member of that name; NULL: none, or `object` is none. */
yyjson_val *jc_foreign_get(yyjson_val *object, const char *name);

/* The same, when it is a string that is not empty; else absent. */
jc_str jc_foreign_text(yyjson_val *object, const char *name);

/* An event's data in the making. Fill in the first three, then:
 *
 *     do {
 *         status = jc_data_begin(&data, reterr);
 *         … jc_data_text(&data, "session_id", id, reterr) …
 *         status = jc_data_end(&data, &text, reterr);
 *     } while (status == JC_END);
 *
 * JC_END says that it came out too large: it is then built again, cut harder. */
typedef struct jc_data {
    jc_redactor *redactor; /* NULL: nothing is redacted */
    size_t text_max;       /* 0: JC_FOREIGN_TEXT_MAX */
    unsigned mended;       /* while reading: foreign.mended */

    jc_buf out;
    jc_buf cuts;
    jc_buf room;
    jc_buf path; /* JSON pointer (RFC 6901) to what is written now */
    unsigned mended_now;
    size_t redacted;
    int round; /* 0, and one more each time it came out too large */
} jc_data;

void jc_data_release(jc_data *data);
JC_AUTO_DEFINE(jc_data, jc_data_release);

JC_MUST_CHECK jc_status jc_data_begin(jc_data *data, jc_error *reterr);
/* Members. Absent text and NULL values are left out. A name is given once. */
JC_MUST_CHECK jc_status jc_data_text(jc_data *data, const char *name, jc_str text,
                                     jc_error *reterr);
JC_MUST_CHECK jc_status jc_data_number(jc_data *data, const char *name, int64_t number,
                                       jc_error *reterr);
JC_MUST_CHECK jc_status jc_data_bool(jc_data *data, const char *name, bool value, jc_error *reterr);
JC_MUST_CHECK jc_status jc_data_value(jc_data *data, const char *name, yyjson_val *value,
                                      jc_error *reterr);
/* Every member of a foreign object, except those whose names are in `except` (NULL-ended; may be NULL). */
JC_MUST_CHECK jc_status jc_data_members(jc_data *data, yyjson_val *object,
                                        const char *const except[], jc_error *reterr);
/* *ret_text is borrowed until the next begin. JC_END: begin again. */
JC_MUST_CHECK jc_status jc_data_end(jc_data *data, jc_str *ret_text, jc_error *reterr);

#endif
