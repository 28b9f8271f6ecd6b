/* JSON (RFC 8259): checked by yyjson, kept by bytes.
 *
 * A text is read once into a tree for looking at, while what is stored are its own bytes with the
 * white space outside strings left out. Numbers are never converted, so any size is good. Refused
 * besides what the RFC refuses: a raw NUL byte, duplicate keys at any depth (compared after
 * unescaping), text of more than `size_max` bytes without the white space, or nested too deep. */
#ifndef JC_BASE_JSON_H
#define JC_BASE_JSON_H

#include "base/arena.h"
#include "base/buf.h"

#include <yyjson.h>

/* Memory for reading, kept between reads. {0} is valid. */
typedef struct jc_json {
    jc_buf pool; /* yyjson's tree lives here until the next read */
    jc_buf keys; /* for finding duplicates */
    yyjson_doc *doc;
} jc_json;

void jc_json_release(jc_json *json);
JC_AUTO_DEFINE(jc_json, jc_json_release);

typedef struct jc_json_limits {
    size_t size_max; /* bytes, white space outside strings not counted */
    int depth_max;   /* levels of objects and arrays, the outermost being the first */
} jc_json_limits;

/* Read `text`. *ret_root is the tree, valid until the next read with `json`. *ret_compact is the text
 * without white space outside strings: `text` itself when there was none, else a copy in `arena`.
 * Strings in the tree are unescaped and may hold zero bytes; numbers are raw (yyjson_get_raw).
 * JC_EINVAL says what is wrong and where. */
JC_MUST_CHECK jc_status jc_json_read(jc_json *json, jc_str text, jc_json_limits limits,
                                     jc_arena *arena, yyjson_val **ret_root, jc_str *ret_compact,
                                     jc_error *reterr);

/* The grammar alone: any size and depth, raw NUL bytes refused, duplicate keys good. For records of others,
 * which are looked at and written anew. *ret_root is valid until the next read with `json`. */
JC_MUST_CHECK jc_status jc_json_read_loose(jc_json *json, jc_str text, yyjson_val **ret_root,
                                           jc_error *reterr);

/* The string that `object` has under `name`; absent when it has none, or something else there. */
jc_str jc_json_text(yyjson_val *object, const char *name);

/* Walk the members of an object that jc_json_read accepted, as written: start with *at = 0; each
 * call gives the raw key (with its quotes) and the raw value, until it returns false. */
bool jc_json_next_member(jc_str object, size_t *at, jc_str *ret_key, jc_str *ret_value);

/* A value of a tree as compact JSON, in place of what `ret_text` holds; what was raw is written as it stands.
 * JC_ENOMEM. */
JC_MUST_CHECK jc_status jc_json_write_value(yyjson_val *value, jc_buf *ret_text, jc_error *reterr);

/* Write `text` as a JSON string with its quotes: `"`, `\` and control characters below U+0020 escaped, all
 * else as it is. `text` is UTF-8 and may hold zero bytes. */
JC_MUST_CHECK jc_status jc_json_write_text(jc_buf *buf, jc_str text, jc_error *reterr);

/* The code unit of an escape `\uXXXX` at `at`, which lies in the text or at its end; -1: there is none. */
int jc_json_escaped_unit(jc_str text, size_t at);

/* How many bytes the character at the front of `text` has, which is not empty; 0: it is not UTF-8. */
size_t jc_utf8_size(jc_str text);

/* The same for the elements of an array. */
bool jc_json_next_element(jc_str array, size_t *at, jc_str *ret_value);

/* Is every byte of this valid UTF-8 (RFC 3629)? */
bool jc_utf8_valid(jc_str text);

/* Does it hold a control character: U+0000 to U+001F, or U+007F to U+009F? `text` is UTF-8. */
bool jc_utf8_has_control(jc_str text);

#endif
