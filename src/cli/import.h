/* What the two ways of `jc import` share: one file, and every session of the project. */
#ifndef JC_CLI_IMPORT_H
#define JC_CLI_IMPORT_H

#include "cli/cli.h"

/* Its options. */
typedef struct jc_cli_import {
    const char *format;
    const char *workflow;
    const char *claude_dir;
    const char *codex_dir;
    bool utc;
    bool all;
    bool dry_run;
} jc_cli_import;

/* From here on Ctrl-C ends the import after what is committed. */
void jc_cli_import_catch_signals(void);
bool jc_cli_import_interrupted(void);

/* `, 3 torn and skipped` and the like. */
void jc_cli_import_print_skipped(const jc_import_result *result);

/* `jc import --all`. Returns an exit code. */
int jc_cli_import_all(jc_cli *cli, const jc_cli_import *given);

#endif
