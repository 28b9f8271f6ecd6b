/* jc help: the table of commands, or the help of one. */
#include "cli/commands.h"
#include "cli/term.h"

#include <stdio.h>

static void print_table(void)
{
    jc_term term = jc_term_of_output();
    printf("jc: the flight recorder of AI agent workflows\n\n"
           "Usage: jc [-C DIR] COMMAND [ARGUMENT]...\n\n"
           "Commands:\n");
    for (const jc_command_entry *entry = jc_commands; entry->name != NULL; entry++)
        printf("  %s%-11s%s %s\n", jc_term_colour(&term, JC_COLOUR_BOLD), entry->name,
               jc_term_colour(&term, JC_COLOUR_NONE), entry->summary);
    printf(
        "\nThe project is -C DIR, else $JC_DIR, else the nearest folder upwards that holds .jc/.\n"
        "'jc COMMAND -h' explains a command; 'man jc' everything.\n\n"
        "Exit codes: 0 done, 1 failed, 2 bad usage or input, 3 conflict, 4 not found, 5 damage.\n\n"
        "A minute's tour:\n"
        "  jc init\n"
        "  jc emit fix-login workflow.started\n"
        "  jc emit fix-login feature.completed -d '{\"name\":\"login form\"}' --agent coder\n"
        "  jc log -f\n");
}

static int help(jc_cli *cli, const void *values)
{
    (void)values;
    const jc_command_entry *table = jc_commands;
    const jc_command_entry *entry = NULL;
    char name[64] = "";
    if (cli->word_count == 0) {
        print_table();
        return JC_EXIT_DONE;
    }
    for (size_t i = 0; i < cli->word_count; i++) {
        size_t used = strlen(name);
        entry = table != NULL ? jc_command_find(table, cli->words[i]) : NULL;
        if (entry == NULL)
            return jc_cli_fail(cli, JC_EXIT_USAGE, "unknown command '%s': 'jc help%s%s' lists them",
                               cli->words[i], used > 0 ? " " : "", name);
        (void)snprintf(name + used, sizeof name - used, "%s%s", used > 0 ? " " : "", entry->name);
        table = entry->command->group;
    }
    jc_help_print(name, entry->summary, entry->command);
    return JC_EXIT_DONE;
}

const jc_command jc_cmd_help = {
    .synopsis = "[COMMAND [COMMAND]]",
    .examples = "jc help\n"
                "jc help emit",
    .words_min = 0,
    .words_max = 2,
    .run = help,
};
