/* Full-text search: see search.h. */
#include "cli/search.h"

void jc_search_progress(void *context, uint64_t done, uint64_t total)
{
    jc_progress_show(context, done, total);
}

void jc_search_text(const jc_cli *cli, jc_buf *text)
{
    for (size_t i = 0; i < cli->word_count; i++)
        jc_cli_must(jc_buf_append_format(text, NULL, "%s%s", i > 0 ? " " : "", cli->words[i]));
}

void jc_excerpt_append(jc_buf *line, const jc_term *term, jc_str excerpt)
{
    size_t from = 0;
    for (size_t i = 0; i <= excerpt.size; i++) {
        char c = i < excerpt.size ? excerpt.bytes[i] : '\n';
        bool mark = c == JC_SEARCH_MARK_BEGIN || c == JC_SEARCH_MARK_END;
        if (!mark && c != '\n')
            continue;
        (void)jc_text_append_safe(line, (jc_str){excerpt.bytes + from, i - from}, 0);
        from = i + 1;
        if (mark)
            jc_cli_must(
                jc_buf_append_text(line,
                                   jc_term_colour(term, c == JC_SEARCH_MARK_BEGIN ? JC_COLOUR_YELLOW
                                                                                  : JC_COLOUR_NONE),
                                   NULL));
        else if (i + 1 < excerpt.size)
            jc_cli_must(jc_buf_append_text(line, " · ", NULL));
    }
}
