/* Full-text search: see search.h. */
#include "cli/search.h"

#include "base/buf.h"

#include <stdio.h>

static void show_progress(void *context, uint64_t done, uint64_t total)
{
    jc_progress_show(context, done, total);
}

/* The words of the command line as one text, as they were typed. */
static void join_words(const jc_cli *cli, jc_buf *text)
{
    for (size_t i = 0; i < cli->word_count; i++)
        jc_cli_must(jc_buf_append_format(text, NULL, "%s%s", i > 0 ? " " : "", cli->words[i]));
}

int jc_cli_search(jc_cli *cli, const jc_filter *filter, uint64_t count,
                  void (*print)(jc_cli *cli, void *context, const jc_search_hit *hit),
                  void *context)
{
    jc_error error = {0};
    jc_search *search = NULL;
    jc_search_hit hit;
    JC_AUTO(jc_buf) text = {0};
    join_words(cli, &text);
    jc_progress_begin(&cli->progress, "indexing");
    jc_status status = jc_search_new(cli->store, jc_buf_str(&text), filter, show_progress,
                                     &cli->progress, &search, &error);
    jc_progress_end(&cli->progress);
    for (uint64_t i = 0; status == JC_OK && (count == 0 || i < count); i++) {
        status = jc_search_next(search, &hit, &error);
        if (status == JC_OK)
            print(cli, context, &hit);
        if (!jc_cli_output_works(cli))
            break;
    }
    jc_search_free(search);
    return status < 0 ? jc_cli_fail_error(cli, &error) : JC_EXIT_DONE;
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
