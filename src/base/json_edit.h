/* Changing a JSON text that people keep: members and elements are added, replaced and taken out, and
 * every other byte stays as it was (order, white space, numbers, keys given twice). Nothing is printed
 * anew from a tree.
 *
 * A text is checked once (jc_json_check). Containers are then read where they stand; what shall change is
 * noted in a jc_json_edit, and applied in one go. Texts and values are borrowed throughout. */
#ifndef JC_BASE_JSON_EDIT_H
#define JC_BASE_JSON_EDIT_H

#include "base/buf.h"

#include <stdbool.h>

/* Is `text`, but for white space around it, one JSON value? JC_EINVAL says what is wrong, by line and
 * column. Keys given twice are no mistake here. */
JC_MUST_CHECK jc_status jc_json_check(jc_str text, jc_error *reterr);

/* Is this a value of that kind? By its first byte: `value` is what was found in a checked text. */
static inline bool jc_json_is_object(jc_str value)
{
    return value.size > 0 && value.bytes[0] == '{';
}

static inline bool jc_json_is_array(jc_str value)
{
    return value.size > 0 && value.bytes[0] == '[';
}

/* A member of an object or an element of an array, as written. */
typedef struct jc_json_child {
    jc_str whole; /* the key, the colon and the value; in an array the value */
    jc_str key;   /* with its quotes; absent in an array */
    jc_str value;
    bool drop; /* set by the caller: to be taken out */
} jc_json_child;

/* An object or array. {0} is valid. */
typedef struct jc_json_container {
    jc_str whole; /* from bracket to bracket */
    jc_json_child *children;
    size_t count;
    size_t capacity;
} jc_json_container;

void jc_json_container_release(jc_json_container *container);
JC_AUTO_DEFINE(jc_json_container, jc_json_container_release);

/* Read an object or array that stands in a checked text. JC_ENOMEM. */
JC_MUST_CHECK jc_status jc_json_container_read(jc_str value, jc_json_container *ret_container,
                                               jc_error *reterr);

/* The member of that name, however its key is written; of several the last, which is the one that
 * counts. *ret_count (may be NULL): how many there are. NULL: none. */
jc_json_child *jc_json_container_find(const jc_json_container *object, const char *name,
                                      size_t *ret_count);

/* How many of its children shall be taken out? */
size_t jc_json_container_dropped(const jc_json_container *container);

/* The white space between the opening bracket and the first child; between the brackets of an empty one. */
jc_str jc_json_container_lead(const jc_json_container *container);

/* How a text is laid out. */
typedef struct jc_json_style {
    char newline[3]; /* "\n", "\r\n", or "" when all is on one line */
    char indent[17]; /* of one level */
    char colon[3];   /* ":" or ": " */
    char comma[3];   /* "," or ", ": between two on one line */
} jc_json_style;

/* The style of an object, by its first member; two spaces a level where it does not tell. */
jc_json_style jc_json_style_of(const jc_json_container *root);

/* Append what stands between two children of `container`: as before its last one; with `own_line`, or when
 * there is none yet, a line of its own, `depth` levels in, unless the style has no lines. */
JC_MUST_CHECK jc_status jc_json_between(const jc_json_container *container,
                                        const jc_json_style *style, int depth, bool own_line,
                                        jc_buf *buf, jc_error *reterr);

/* Append a line break and the indentation of `depth` levels; nothing when all is on one line. */
JC_MUST_CHECK jc_status jc_json_line(const jc_json_style *style, int depth, jc_buf *buf,
                                     jc_error *reterr);

/* Append text as a JSON string, with its quotes. `text` is UTF-8. */
JC_MUST_CHECK jc_status jc_json_append_string(jc_buf *buf, jc_str text, jc_error *reterr);

/* What shall change in one text. {0} with `text` set is valid. */
typedef struct jc_json_edit {
    jc_str text;
    struct jc_json_splice *splices;
    size_t count;
    size_t capacity;
    jc_buf inserted; /* the new bytes of all splices */
} jc_json_edit;

void jc_json_edit_release(jc_json_edit *edit);
JC_AUTO_DEFINE(jc_json_edit, jc_json_edit_release);

/* Put `bytes` in place of `old`, a part of the text. No two changes may overlap. */
JC_MUST_CHECK jc_status jc_json_edit_replace(jc_json_edit *edit, jc_str old, jc_str bytes,
                                             jc_error *reterr);

/* Take the dropped children out of a container, and put `added` behind the others: one child, or several
 * with what stands between them. `between` is a comma and white space. Into an empty container goes
 * `first` (white space) and then `added`; what stood between its brackets stays behind them. Taking out
 * what was put in gives the bytes of before. */
JC_MUST_CHECK jc_status jc_json_edit_children(jc_json_edit *edit,
                                              const jc_json_container *container, jc_str added,
                                              jc_str between, const char *first, jc_error *reterr);

/* Append the changed text. */
JC_MUST_CHECK jc_status jc_json_edit_apply(jc_json_edit *edit, jc_buf *ret_text, jc_error *reterr);

#endif
