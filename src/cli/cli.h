/* What every command shares: its descriptor, the run it is part of, errors and exit codes.
 *
 * A command is a const jc_command in its own file, cmd_NAME.c; main.c holds the table of them. main.c
 * parses the options into the command's own struct, calls `run`, writes out what is left of the
 * output, and closes the store. */
#ifndef JC_CLI_CLI_H
#define JC_CLI_CLI_H

#include "cli/args.h"
#include "cli/progress.h"
#include "jc/jc.h"

/* Exit codes: a promise to scripts. */
enum {
    JC_EXIT_DONE = 0,
    JC_EXIT_FAILED = 1,   /* input or output, busy */
    JC_EXIT_USAGE = 2,    /* bad usage or bad input */
    JC_EXIT_CONFLICT = 3, /* --expect, or an id used again */
    JC_EXIT_NOT_FOUND = 4,
    JC_EXIT_INTEGRITY = 5, /* damage */
};

/* One run of the program. */
typedef struct jc_cli {
    const char *command;   /* its name, with its group's ("note add"); NULL before it is known */
    const char *directory; /* -C, or NULL */
    bool json;
    bool verbose;
    bool help;

    char **words; /* the arguments that are no options */
    size_t word_count;

    char project[JC_PATH_SIZE_MAX]; /* set by jc_cli_find_project() */
    jc_store *store;                /* set by jc_cli_open(); main closes it */
    jc_progress progress;           /* the bar of the work under way */

    /* Set once something was committed: from then on a failing output is only a warning. */
    bool committed;
    bool output_failed;
    int output_errno;
} jc_cli;

typedef struct jc_command {
    const char *synopsis; /* a line for each form, without "jc NAME" */
    const char *details;  /* paragraphs for -h, or NULL */
    const char *examples; /* lines for -h */
    const jc_option *options;
    bool points; /* among its words may be points in a past: -5 is one, and no option */
    bool
        unattended; /* called by a program that must not fail: what it does not know becomes a word */
    int words_min;
    int words_max; /* JC_WORDS_ANY: no end */
    int (*run)(jc_cli *cli, const void *options);

    /* Of a group, such as `jc note`: its commands, the last without a name. A group has details; a
     * synopsis, options and run only when it does something by its name alone, as `jc hook` does. NULL
     * for others. */
    const struct jc_command_entry *group;
} jc_command;

#define JC_WORDS_ANY (-1)

typedef struct jc_command_entry {
    const char *name;
    const char *summary;
    const jc_command *command;
} jc_command_entry;

/* The table of contents, in main.c; the last entry has no name. */
extern const jc_command_entry jc_commands[];

/* A command of a table by its name; NULL: there is no such command. */
const jc_command_entry *jc_command_find(const jc_command_entry *table, const char *name);

/* Write `jc COMMAND: …` as one line on stderr, made harmless for a terminal; returns `exit_code`. */
JC_PRINTF(3, 4)
int jc_cli_fail(const jc_cli *cli, int exit_code, const char *format, ...);

/* The same for what the library said; the exit code follows from its status. */
int jc_cli_fail_error(const jc_cli *cli, const jc_error *error);

/* `jc COMMAND: warning: …`, and go on. */
JC_PRINTF(2, 3)
void jc_cli_warn(const jc_cli *cli, const char *format, ...);

/* Say on stderr that there was nothing to print: people take silence for a mistake. Not with --json,
 * where no line says it. Returns JC_EXIT_DONE. */
int jc_cli_found_nothing(const jc_cli *cli, const char *text);

/* The exit code that belongs to a status. */
int jc_cli_exit_code(jc_status status);

/* Find the project: -C, else $JC_DIR, else upwards. 0, or an exit code after a message. */
int jc_cli_find_project(jc_cli *cli);

/* Find the project and open its log; when it is to be written, with what hooks left in the spool. 0, or an
 * exit code after a message. */
int jc_cli_open(jc_cli *cli, bool read_only);

/* Open the log again, for writing, in the place of one that was replaced; cli->store is NULL when that
 * failed. */
JC_MUST_CHECK jc_status jc_cli_reopen(jc_cli *cli, jc_error *reterr);

/* Read a time given to an option; with -v, say how it was understood. 0, or an exit code. */
int jc_cli_time(const jc_cli *cli, const char *option, const char *text, int64_t *ret_us);

/* Print an event as its line, ended by a newline. False: the output failed, so stop. */
bool jc_cli_print_line(jc_cli *cli, const jc_event *event);

/* Did printing work so far? Call it now and then, and stop when it did not. */
bool jc_cli_output_works(jc_cli *cli);

/* Write out what stdio holds; false as above. */
bool jc_cli_flush(jc_cli *cli);

/* Standard output, for what the library writes (jc/json.h). */
extern const jc_sink jc_cli_output;

/* Print text as a JSON string, with its quotes. */
void jc_cli_print_json_text(jc_str text);

/* For the rare call that can only fail for want of memory: say so and exit. */
void jc_cli_must(jc_status status);

#endif
