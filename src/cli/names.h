/* Lists of workflows: those of the log, and those that the arguments name. */
#ifndef JC_CLI_NAMES_H
#define JC_CLI_NAMES_H

#include "base/auto.h"
#include "cli/cli.h"

/* Ids of workflows. {0} is empty. */
typedef struct jc_names {
    jc_str *ids;
    size_t count;
    size_t capacity;
} jc_names;

void jc_names_release(jc_names *names);
JC_AUTO_DEFINE(jc_names, jc_names_release);

/* Add a copy of a name; it is ended by a zero byte. */
void jc_names_add(jc_names *names, jc_str id);
/* Is it among them? Both must be sorted and ended by a zero byte. */
bool jc_names_have(const jc_names *names, jc_str id);

/* The workflows of the log, sorted; with `mirrors` also those that have only a mirror. 0, or an exit
 * code after a message. */
int jc_cli_workflows(jc_cli *cli, bool mirrors, jc_names *ret_names);

/* Are these workflows in the log? 0, or an exit code after naming the first that is not. */
int jc_cli_check_workflows(jc_cli *cli, const jc_str ids[], size_t count);

/* Add the workflow that was heard of last. 0, or an exit code when there is none. */
int jc_cli_latest_workflow(jc_cli *cli, jc_names *ret_names);

/* The words as workflow ids, checked for their form. 0, or an exit code. */
int jc_cli_words_as_workflows(const jc_cli *cli, jc_names *ret_names);

#endif
