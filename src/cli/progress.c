/* See progress.h. Drawn ten times a second at most, over itself, with a carriage return. */
#include "cli/progress.h"

#include "base/clock.h"

#include <stdio.h>
#include <unistd.h>

#define SHOWN_AFTER_US (1 * JC_US_PER_SECOND)
#define DRAWN_EVERY_US (JC_US_PER_SECOND / 10)
#define BAR_COLUMNS 30

void jc_progress_begin(jc_progress *progress, const char *what)
{
    progress->what = what;
    progress->terminal = isatty(STDERR_FILENO) == 1;
    progress->started_us = jc_clock_monotonic_us();
}

static void draw(const jc_progress *progress, uint64_t done, uint64_t total)
{
    if (total == 0) {
        (void)fprintf(stderr, "\r%s … %llu", progress->what, (unsigned long long)done);
        return;
    }
    if (done > total)
        done = total;
    double part = (double)done / (double)total;
    int filled = (int)(part * BAR_COLUMNS);
    char bar[BAR_COLUMNS + 1];
    for (int i = 0; i < BAR_COLUMNS; i++)
        bar[i] = i < filled ? '#' : '.';
    bar[BAR_COLUMNS] = '\0';
    (void)fprintf(stderr, "\r%s [%s] %3d %%", progress->what, bar, (int)(part * 100));
}

void jc_progress_show(jc_progress *progress, uint64_t done, uint64_t total)
{
    if (!progress->terminal)
        return;
    int64_t now = jc_clock_monotonic_us();
    if (now - progress->started_us < SHOWN_AFTER_US || now - progress->drawn_us < DRAWN_EVERY_US)
        return;
    progress->drawn_us = now;
    progress->drawn = true;
    draw(progress, done, total);
}

void jc_progress_end(jc_progress *progress)
{
    if (progress->drawn)
        (void)fputs(JC_PROGRESS_CLEAR, stderr);
    progress->drawn = false;
}
