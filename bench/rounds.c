/* Time, rounds in turn, medians, and the table that they are printed in. */
#include "bench.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static int misses;

void bench_die(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("bench: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

void bench_must(jc_status status, const jc_error *error, const char *what)
{
    if (status < 0)
        bench_die("%s: %s: %s", what, jc_status_name(status), error->text);
}

double bench_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int compare_doubles(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;
    return (left > right) - (left < right);
}

double bench_median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof(values[0]), compare_doubles);
    int middle = count / 2;
    return count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

double bench_quantile(double *values, int count, double share)
{
    qsort(values, (size_t)count, sizeof(values[0]), compare_doubles);
    int place = (int)ceil(share * count) - 1;
    return values[place < 0 ? 0 : place];
}

void bench_heading(const char *title)
{
    printf("\n%s\n", title);
    printf("%-44s %11s  %11s  %-31s %7s  %-9s\n", "work", "jc", "limit", "the limit is", "ratio",
           "target");
}

/* Three digits of a figure, whatever its size. */
static void print_figure(double value, const char *unit)
{
    if (value >= 1e6)
        printf(" %7.2f M%-2s", value / 1e6, unit);
    else if (value >= 1e4)
        printf(" %7.1f k%-2s", value / 1e3, unit);
    else if (value >= 100)
        printf(" %7.0f  %-2s", value, unit);
    else
        printf(" %7.2f  %-2s", value, unit);
}

static const char *verdict(const bench_row *row, double ratio)
{
    switch (row->sense) {
    case BENCH_AT_LEAST:
        return ratio >= row->target ? "ok" : "MISS";
    case BENCH_AT_MOST:
        return ratio <= row->target ? "ok" : "MISS";
    case BENCH_FACT:
        break;
    }
    return "";
}

void bench_print(const bench_row *row, double jc, double limit, double ratio)
{
    printf("%-44s", row->name);
    print_figure(jc, row->unit);
    printf(" ");
    print_figure(limit, row->unit);
    printf("  %-31s %7.2f", row->limit, ratio);
    if (row->sense != BENCH_FACT)
        printf("  %s %.2f", row->sense == BENCH_AT_LEAST ? ">=" : "<=", row->target);
    const char *text = verdict(row, ratio);
    printf("  %s\n", text);
    fflush(stdout);
    if (text[0] == 'M')
        misses++;
}

double bench_run(const bench_row *row, int rounds)
{
    double jc[BENCH_ROUNDS_MAX];
    double limit[BENCH_ROUNDS_MAX];
    double ratio[BENCH_ROUNDS_MAX];

    /* The first round of each side warms caches and is not counted. */
    row->limit_side(row->limit_context);
    row->jc_side(row->jc_context);
    for (int i = 0; i < rounds; i++) {
        limit[i] = row->limit_side(row->limit_context);
        jc[i] = row->jc_side(row->jc_context);
        ratio[i] = jc[i] / limit[i];
    }
    double middle = bench_median(ratio, rounds);
    bench_print(row, bench_median(jc, rounds), bench_median(limit, rounds), middle);
    return middle;
}

static void print_quantile(const bench_row *row, double *jc, double *limit, int count, double share)
{
    char name[96];
    bench_row shown = *row;
    snprintf(name, sizeof(name), "%s, p%.0f", row->name, share * 100);
    shown.name = name;
    double jc_value = bench_quantile(jc, count, share);
    double limit_value = bench_quantile(limit, count, share);
    bench_print(&shown, jc_value, limit_value, jc_value / limit_value);
}

void bench_run_times(const bench_row *row, int rounds, int count)
{
    int total = rounds * count;
    double *jc = calloc((size_t)total, sizeof(jc[0]));
    double *limit = calloc((size_t)total, sizeof(limit[0]));
    if (jc == NULL || limit == NULL)
        bench_die("out of memory");

    row->limit_side(row->limit_context);
    row->jc_side(row->jc_context);
    for (int i = 0; i < total; i++) {
        limit[i] = row->limit_side(row->limit_context);
        jc[i] = row->jc_side(row->jc_context);
    }
    print_quantile(row, jc, limit, total, 0.5);
    bench_row tail = *row;
    tail.sense = BENCH_FACT;
    print_quantile(&tail, jc, limit, total, 0.99);
    free(jc);
    free(limit);
}

void bench_print_absent(const char *name, const char *why)
{
    printf("%-44s  %s\n", name, why);
    fflush(stdout);
}

int bench_misses(void)
{
    return misses;
}
