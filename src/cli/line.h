/* A line of a table for people, put together piece by piece. */
#ifndef JC_CLI_LINE_H
#define JC_CLI_LINE_H

#include "cli/term.h"

/* Append text of the program's own. */
void jc_line_add(jc_buf *line, const char *text);

JC_PRINTF(2, 3)
void jc_line_format(jc_buf *line, const char *format, ...);

/* Begin a colour; JC_COLOUR_NONE ends it. */
void jc_line_colour(jc_buf *line, const jc_term *term, jc_colour colour);

/* Append text in a colour. */
void jc_line_coloured(jc_buf *line, const jc_term *term, jc_colour colour, const char *text);

/* Append text from events, made safe, in at least `columns` and at most `columns_max` (0: no limit). */
void jc_line_column(jc_buf *line, jc_str text, size_t columns, size_t columns_max);

/* The same in a colour (JC_COLOUR_NONE: in none), and two spaces behind the column. */
void jc_line_cell(jc_buf *line, const jc_term *term, jc_colour colour, jc_str text, size_t columns,
                  size_t columns_max);

/* Append a duration in a column, to the right; "-" when it is not known (negative). */
void jc_line_duration(jc_buf *line, int64_t duration_ms, size_t columns);

/* How many columns a text takes. */
size_t jc_line_width(jc_str text, size_t columns_max);

/* Print the line without the spaces at its end, and make it empty. */
void jc_line_print(jc_buf *line);

/* Print a text from events in full, made safe, each of its lines behind `indent`. */
void jc_line_print_text(const char *indent, jc_str text);

#endif
