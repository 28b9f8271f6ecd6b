/* Foreign JSON, read leniently.
 *
 * Others' records break the rules of docs/FORMAT.md in known ways: lone surrogates and bytes that are no
 * UTF-8 become U+FFFD here, raw control characters in strings are escaped, and duplicate keys and any depth
 * are good. data.h writes what was read into an event's data. */
#ifndef JC_INTAKE_FOREIGN_H
#define JC_INTAKE_FOREIGN_H

#include "base/json.h"

/* What was mended, by reading or by writing. */
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

#endif
