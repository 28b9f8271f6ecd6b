/* A line of a table for people: see line.h. */
#include "cli/line.h"

#include "cli/cli.h"

#include <stdarg.h>
#include <stdio.h>

void jc_line_add(jc_buf *line, const char *text)
{
    jc_cli_must(jc_buf_append_text(line, text, NULL));
}

void jc_line_format(jc_buf *line, const char *format, ...)
{
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    jc_line_add(line, text);
}

void jc_line_colour(jc_buf *line, const jc_term *term, jc_colour colour)
{
    jc_line_add(line, jc_term_colour(term, colour));
}

void jc_line_coloured(jc_buf *line, const jc_term *term, jc_colour colour, const char *text)
{
    jc_line_colour(line, term, colour);
    jc_line_add(line, text);
    jc_line_colour(line, term, JC_COLOUR_NONE);
}

static void add_spaces(jc_buf *line, size_t used, size_t columns)
{
    for (; used < columns; used++)
        jc_line_add(line, " ");
}

void jc_line_column(jc_buf *line, jc_str text, size_t columns, size_t columns_max)
{
    add_spaces(line, jc_text_append_safe(line, text, columns_max), columns);
}

void jc_line_cell(jc_buf *line, const jc_term *term, jc_colour colour, jc_str text, size_t columns,
                  size_t columns_max)
{
    if (colour != JC_COLOUR_NONE)
        jc_line_colour(line, term, colour);
    size_t used = jc_text_append_safe(line, text, columns_max);
    if (colour != JC_COLOUR_NONE)
        jc_line_colour(line, term, JC_COLOUR_NONE);
    add_spaces(line, used, columns);
    jc_line_add(line, "  ");
}

void jc_line_duration(jc_buf *line, int64_t duration_ms, size_t columns)
{
    JC_AUTO(jc_buf) text = {0};
    if (duration_ms >= 0)
        jc_text_append_duration(&text, duration_ms);
    else
        jc_line_add(&text, "-");
    add_spaces(line, text.size, columns);
    jc_cli_must(jc_buf_append_str(line, jc_buf_str(&text), NULL));
}

size_t jc_line_width(jc_str text, size_t columns_max)
{
    JC_AUTO(jc_buf) scratch = {0};
    return jc_text_append_safe(&scratch, text, columns_max);
}

void jc_line_print(jc_buf *line)
{
    while (line->size > 0 && line->bytes[line->size - 1] == ' ')
        line->size--;
    jc_line_add(line, "\n");
    (void)fwrite(line->bytes, 1, line->size, stdout);
    jc_buf_clear(line);
}

void jc_line_print_text(const char *indent, jc_str text)
{
    JC_AUTO(jc_buf) line = {0};
    while (text.size > 0) {
        const char *end = memchr(text.bytes, '\n', text.size);
        size_t size = end != NULL ? (size_t)(end - text.bytes) : text.size;
        jc_line_add(&line, indent);
        (void)jc_text_append_safe(&line, (jc_str){text.bytes, size}, 0);
        jc_line_print(&line);
        size += end != NULL ? 1 : 0;
        text.bytes += size;
        text.size -= size;
    }
}
