/* Full-text search as `jc search` and `jc note search` share it. */
#ifndef JC_CLI_SEARCH_H
#define JC_CLI_SEARCH_H

#include "base/buf.h"
#include "cli/cli.h"
#include "cli/term.h"

#define JC_SEARCH_HITS 20 /* how many are shown when nothing is said */

/* The words of the command line as one text, as they were typed. */
void jc_search_text(const jc_cli *cli, jc_buf *text);

/* Tells how far the index is; the context is a jc_progress. */
void jc_search_progress(void *context, uint64_t done, uint64_t total);

/* Append an excerpt in one line, made harmless, with what matched in colour. */
void jc_excerpt_append(jc_buf *line, const jc_term *term, jc_str excerpt);

#endif
