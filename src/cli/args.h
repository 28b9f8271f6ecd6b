/* Options: a const table a command, from which parsing, -h and the shell completions follow.
 *
 * Options and words come in any order; `--` ends the options; `-` is a word, and so is -5 where a point
 * in a past may stand. A value stands behind
 * its option (-n 5, --type feature.*) or with it (-n5, --type=feature.*). Of an option given twice
 * the last counts, but lists collect. */
#ifndef JC_CLI_ARGS_H
#define JC_CLI_ARGS_H

#include "base/auto.h"
#include "jc/status.h"
#include "jc/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum jc_option_kind {
    JC_OPTION_FLAG,   /* bool */
    JC_OPTION_TEXT,   /* const char *, NULL when absent */
    JC_OPTION_NUMBER, /* jc_number */
    JC_OPTION_LIST,   /* jc_list */
} jc_option_kind;

typedef struct jc_number {
    bool given;
    uint64_t value;
} jc_number;

#define JC_LIST_MAX 64

typedef struct jc_list {
    jc_str items[JC_LIST_MAX];
    size_t count;
} jc_list;

typedef struct jc_option {
    const char *name; /* the long one without its hyphens, or NULL */
    char letter;      /* the short one, or 0 */
    jc_option_kind kind;
    const char *value; /* what the value is called in -h; NULL for a flag */
    const char *help;
    size_t offset; /* of the field in the command's struct of options */
} jc_option;

/* Ends a table of options. */
#define JC_OPTIONS_END                                                                             \
    {                                                                                              \
        0                                                                                          \
    }

/* How large a command's struct of options may be. */
#define JC_OPTIONS_SIZE_MAX 4096

struct jc_cli;
struct jc_command;

/* What every command takes besides its own. */
extern const jc_option jc_common_options[];

/* Parse `arguments` into `options` (zeroed by the caller) and cli->words. 0, or an exit code after a
 * message. Does not count the words when -h was given. */
int jc_args_parse(struct jc_cli *cli, const struct jc_command *command, int count, char **arguments,
                  void *options);

/* Read a whole number from 0, of digits only; false when it is none, or too large to be a sequence. */
bool jc_args_number(const char *text, uint64_t *ret);

/* Print what -h prints. */
void jc_help_print(const char *name, const char *summary, const struct jc_command *command);

#endif
