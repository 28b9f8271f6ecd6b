/* What the benchmarks share: time, rounds in turn, sample events, and the limits they are held
 * against (raw.c: SQLite without jc; disk.c: the disk without SQLite).
 *
 * Every figure is a ratio of two things measured in one run, in turn (A B A B …), because the speed
 * of a disk drifts between runs far more than jc differs from its limit. */
#ifndef JC_BENCH_H
#define JC_BENCH_H

#include "jc/jc.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#define BENCH_ROUNDS_MAX 64
#define BENCH_PATH_SIZE 4096

/* What the command line asks for. */
typedef struct bench_options {
    const char *jc;     /* the program */
    const char *folder; /* a new folder on a real disk, removed at the end */
    int rounds;
    bool full;
} bench_options;

/* Report a failed benchmark and exit: a figure that could not be measured is not printed. */
_Noreturn void bench_die(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same with the detail of jc's error. */
void bench_must(jc_status status, const jc_error *error, const char *what);

double bench_seconds(void);

/* Print "FOLDER/NAME" into `ret`. */
void bench_path(char ret[BENCH_PATH_SIZE], const char *folder, const char *name);

/* The median; sorts `values`. */
double bench_median(double *values, int count);

/* The least value that at least this share of the values do not exceed; sorts `values`. */
double bench_quantile(double *values, int count, double share);

/* One side of a comparison: do the work, return how much was done a second (or any figure where
 * the ratio of two sides makes sense). */
typedef double bench_measure(void *context);

/* How a ratio is judged. */
typedef enum bench_sense {
    BENCH_AT_LEAST, /* jc / limit must reach the target */
    BENCH_AT_MOST,  /* jc / limit must stay under it */
    BENCH_FACT      /* there is no target */
} bench_sense;

typedef struct bench_row {
    const char *name;
    const char *limit;
    const char *unit;
    bench_measure *jc_side;
    void *jc_context;
    bench_measure *limit_side;
    void *limit_context;
    bench_sense sense;
    double target;
} bench_row;

/* Print the heading of a table. */
void bench_heading(const char *title);

/* Measure both sides in turn and print the row: the medians of both, the median of the rounds'
 * ratios, and whether that meets the target. Returns the ratio. */
double bench_run(const bench_row *row, int rounds);

/* The same for times that are looked at one by one: both sides measure a single time each call, `count`
 * times a round, in turn. Prints two rows, of the p50 and of the p99 of all rounds' times; the target is
 * the p50's. */
void bench_run_times(const bench_row *row, int rounds, int count);

/* Print that there is no such row, and why. */
void bench_print_absent(const char *name, const char *why);

/* Print a row from figures that were measured elsewhere. */
void bench_print(const bench_row *row, double jc, double limit, double ratio);

/* How many printed rows missed their target. */
int bench_misses(void);

/* Sample events: about 280 bytes of data, as agents write them. The text is borrowed until the next
 * call. `number` makes id and data differ; ids are UUIDv7, or v5 when `derived`. */
jc_event bench_event(const char *workflow_id, uint64_t number, bool derived);

/* A project of jc in FOLDER/NAME, made and opened. */
jc_store *bench_store(const char *folder, const char *name, bool without_mirror);

/* Append events number … number + count - 1 as one unit. */
void bench_append(jc_store *store, const char *workflow_id, uint64_t number, size_t count,
                  bool derived);

/* Append `total` events in big units, as fast as that goes. */
void bench_fill(jc_store *store, const char *workflow_id, uint64_t total, bool derived);

/* Append `total` notes to a workflow, four categories in turn, about 250 bytes of data each; `total`
 * in thousands. */
void bench_fill_notes(jc_store *store, const char *workflow_id, uint64_t total);

/* Write a transcript of a coding agent of about `size` bytes; returns its size. */
uint64_t bench_transcript(const char *path, uint64_t size);

/* SQLite without jc, on jc's table, in WAL mode with FULL. */
typedef struct bench_raw {
    sqlite3 *db;
    sqlite3_stmt *begin;
    sqlite3_stmt *insert;
    sqlite3_stmt *commit;
    uint64_t position;
} bench_raw;

/* Make a project in FOLDER/NAME and open its log for the raw side alone: without triggers. */
void bench_raw_make(bench_raw *raw, const char *folder, const char *name);

/* Open the log of a project as it is. */
void bench_raw_open(bench_raw *raw, const char *folder, const char *name);
void bench_raw_close(bench_raw *raw);

/* Insert `count` rows of a workflow as one transaction. */
void bench_raw_append(bench_raw *raw, const char *workflow_id, size_t count);

/* Step over a whole workflow and fetch every column; returns the number of rows. */
uint64_t bench_raw_read(bench_raw *raw, const char *workflow_id);

/* Rewrite a log with another page size; nobody has it open. */
void bench_page_size(const char *folder, const char *name, int page_size);

/* Run SQL that gives no rows. */
void bench_sql(sqlite3 *db, const char *sql);

/* The disk without SQLite: overwrite 4 KB in place and sync, `count` times; a second. */
double bench_disk_overwrite(const char *folder, int count);

/* Run a program to its end; `input` and `output` are the paths of what it reads and writes, NULL: nothing.
 * Returns the milliseconds it took. A program that fails ends the benchmark. */
double bench_process(char *const arguments[], const char *input, const char *output);

/* Run a program without its output; does it succeed? */
bool bench_try(char *const arguments[]);

/* Does jc know the command? */
bool bench_has_command(const bench_options *options, const char *command);

/* A program that is talked to through pipes. */
typedef struct bench_talk {
    pid_t pid;
    FILE *to;
    FILE *from;
    char *line;
    size_t room;
} bench_talk;

void bench_talk_open(bench_talk *talk, char *const arguments[]);
void bench_talk_close(bench_talk *talk);

/* Send a line, and read the one that answers it, which is borrowed until the next call. */
const char *bench_talk_ask(bench_talk *talk, const char *line);

/* Machine, system, file system and versions, as comment lines. Dies on a file system in memory. */
void bench_print_machine(const char *folder);

/* The tables. */
void bench_appends(const bench_options *options);
void bench_page_sizes(const bench_options *options);
void bench_reads(const bench_options *options);
void bench_states(const bench_options *options);
void bench_past(const bench_options *options);
void bench_read_page_sizes(const bench_options *options, const int *sizes, size_t count);
void bench_processes(const bench_options *options);
void bench_growth(const bench_options *options);
void bench_writers(const bench_options *options);
void bench_hook(const bench_options *options);
void bench_mcp(const bench_options *options);
void bench_import(const bench_options *options);
void bench_redact(const bench_options *options);
void bench_api(const bench_options *options);
void bench_live(const bench_options *options);

#endif
