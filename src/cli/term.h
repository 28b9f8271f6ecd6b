/* The terminal: whether there is one, colours, and text that cannot play tricks on it. */
#ifndef JC_CLI_TERM_H
#define JC_CLI_TERM_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum jc_colour {
    JC_COLOUR_NONE,
    JC_COLOUR_DIM,
    JC_COLOUR_BOLD,
    JC_COLOUR_RED,
    JC_COLOUR_GREEN,
    JC_COLOUR_YELLOW,
    JC_COLOUR_BLUE,
    JC_COLOUR_MAGENTA,
    JC_COLOUR_CYAN,
} jc_colour;

/* How standard output is written to. */
typedef struct jc_term {
    bool terminal;
    bool colours;
    size_t width; /* in columns; 0: no limit */
} jc_term;

/* Look at standard output, NO_COLOR, TERM and COLUMNS. */
jc_term jc_term_of_output(void);

/* The escape that starts a colour; "" without colours. JC_COLOUR_NONE ends it. */
const char *jc_term_colour(const jc_term *term, jc_colour colour);

/* How a status looks, of workflows and of features; its mark is one of ✓ ✗ → ○. */
jc_colour jc_colour_of_status(jc_str status);
const char *jc_mark_of_status(jc_str status);

/* Append text so that a terminal only ever shows it: control characters (also U+0080 to U+009F, and
 * those that turn the direction of writing) appear as \n, \t, \u001b; bytes that are not UTF-8 as
 * \xNN. At most `columns_max` columns, the last being '…' when something was cut; 0 is no limit.
 * Returns how many columns were used. */
size_t jc_text_append_safe(jc_buf *buf, jc_str text, size_t columns_max);

/* Append "3m ago", "in 2h", at most 8 columns. */
void jc_text_append_age(jc_buf *buf, int64_t time_us, int64_t now_us);

/* Append a local time: 2026-01-09 10:00:00. */
void jc_text_append_local(jc_buf *buf, int64_t time_us);

/* Append a duration: 350ms, 12s, 3m 20s, 1h 05m, 2d 3h. */
void jc_text_append_duration(jc_buf *buf, int64_t duration_ms);

/* Append an amount of money: $1.50, or $1.7e+308 when that is much too long. */
void jc_text_append_cost(jc_buf *buf, double usd);

#endif
