/* A progress bar on standard error: only on a terminal, only for work of more than a second. */
#ifndef JC_CLI_PROGRESS_H
#define JC_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct jc_progress {
    const char *what; /* "importing" */
    int64_t started_us;
    int64_t drawn_us;
    bool terminal;
    bool drawn;
} jc_progress;

/* What takes a bar off the terminal, for a message in its place. */
#define JC_PROGRESS_CLEAR "\r\033[K"

void jc_progress_begin(jc_progress *progress, const char *what);

/* `done` of `total`; a total of 0 is unknown. */
void jc_progress_show(jc_progress *progress, uint64_t done, uint64_t total);

/* Take the bar away, for a while or for good. */
void jc_progress_end(jc_progress *progress);

#endif
