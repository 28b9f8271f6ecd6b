/* A progress bar on standard error: only on a terminal, only for work of more than a second. */
#ifndef JC_CLI_PROGRESS_H
#define JC_CLI_PROGRESS_H

#include "base/auto.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct jc_progress {
    const char *what; /* "importing" */
    int64_t started_us;
    int64_t drawn_us;
    bool terminal;
    bool drawn;
} jc_progress;

void jc_progress_begin(jc_progress *progress, const char *what);

/* `done` of `total`; a total of 0 is unknown. */
void jc_progress_show(jc_progress *progress, uint64_t done, uint64_t total);

/* Take the bar away. */
void jc_progress_end(jc_progress *progress);
JC_AUTO_DEFINE(jc_progress, jc_progress_end);

#endif
