/* Full-text search as `jc search` and `jc note search` share it. */
#ifndef JC_CLI_SEARCH_H
#define JC_CLI_SEARCH_H

#include "cli/cli.h"
#include "cli/term.h"

#define JC_SEARCH_HITS 20 /* how many are shown when nothing is said */

/* Search for the words of the command line, and call `print` for each hit, the best first, `count`
 * at most (0: all). An exit code. */
int jc_cli_search(jc_cli *cli, const jc_filter *filter, uint64_t count,
                  void (*print)(jc_cli *cli, void *context, const jc_search_hit *hit),
                  void *context);

/* Append an excerpt in one line, made harmless, with what matched in colour. */
void jc_excerpt_append(jc_buf *line, const jc_term *term, jc_str excerpt);

#endif
