/* An event's data, built member by member from what others recorded (foreign.h).
 *
 * Secrets are redacted, long texts are cut in the middle, what lies too deep becomes text, of duplicate keys
 * the last stands. What was done is said in three members at the end of the object:
 *
 *     "mended":["duplicate","surrogate"]      words of JC_MEND_MAP
 *     "redacted":2                            how many secrets
 *     "cut":[{"at":"/tool_response/stdout","size":70000,"sha256":"…"}]   of the text before the cut,
 *                                             redacted, in bytes
 *
 * A member of the record that has one of these names gets "_" behind it. */
#ifndef JC_INTAKE_DATA_H
#define JC_INTAKE_DATA_H

#include "intake/foreign.h"
#include "jc/redact.h"

/* Longer texts are cut to about this many bytes, half from the beginning and half from the end. */
#define JC_DATA_TEXT_MAX ((size_t)32 * 1024)

/* So many cuts are listed; `mended` says "size" when there were more. */
#define JC_DATA_CUTS_MAX 256

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
    size_t text_max;       /* 0: JC_DATA_TEXT_MAX */
    unsigned mended;       /* while reading: foreign.mended */

    jc_buf out;
    jc_buf path;  /* JSON pointer (RFC 6901) to what is written now */
    jc_buf piece; /* a text after its cut */
    jc_buf cuts;  /* elements of the list, with their commas */
    jc_str above; /* the name of a password that what is written lies below; absent: none */
    size_t cut_count;
    unsigned mended_here; /* by the writing */
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
