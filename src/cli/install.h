/* The manners of `jc hook install`, `jc mcp install` and what undoes them: which program an agent shall run,
 * and changing a settings file only after showing how. */
#ifndef JC_CLI_INSTALL_H
#define JC_CLI_INSTALL_H

#include "cli/cli.h"
#include "cli/settings.h"
#include "cli/settings_file.h"

/* Which jc the agent shall run. */
typedef struct jc_program {
    char path[JC_PATH_SIZE_MAX]; /* "jc" where the PATH finds this program, else absolute */
    char why[JC_PATH_SIZE_MAX + 64];
} jc_program;

/* `given` is --program's value, or NULL. 0, or an exit code after a message. */
int jc_program_choose(const jc_cli *cli, const char *given, jc_program *ret_program);

/* Append the path as one word of a shell's command. */
void jc_program_quote(const char *path, jc_buf *buf);

/* One change of one settings file. {0} is valid. */
typedef struct jc_install {
    jc_settings_file file;
    jc_setting_changes changes;
    jc_buf text;  /* what the file shall hold */
    bool remove;  /* it shall go instead */
    bool dry_run; /* only show */
    bool yes;     /* do not ask */

    const char *noun;    /* of what is put in: "hook", "server" */
    const char *command; /* what the agent shall run; NULL when things are taken out */
    const char *why;     /* why that one */
} jc_install;

void jc_install_release(jc_install *change);
JC_AUTO_DEFINE(jc_install, jc_install_release);

/* The file NAME of the project, read. With `must_exist` there must be a .jc/ (else exit 4). 0, or an exit code after a
 * message. */
int jc_install_open_project(jc_cli *cli, jc_install *change, const char *name, bool must_exist);

/* The same for any path. */
int jc_install_open(const jc_cli *cli, jc_install *change, const char *path);

/* The file is not understood, or it is another's: say so. Returns the exit code. */
int jc_install_refuse(const jc_cli *cli, const jc_install *change, const jc_error *error);

/* Show what changes, ask on a terminal, and do it. Returns the exit code. */
int jc_install_finish(jc_cli *cli, jc_install *change);

#endif
