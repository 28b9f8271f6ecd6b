/* jc completion: a script for a shell, made from the tables of commands and options, so that it never
 * says anything else than `-h` does.
 *
 * Words are workflows, event types or files, by what the synopsis calls them; workflows and types are
 * asked of jc itself when the Tab key is pressed. */
#include "cli/commands.h"

#include <stdio.h>

static bool is_end(const jc_option *option)
{
    return option == NULL || (option->name == NULL && option->letter == 0);
}

static bool speaks_of(const jc_command *command, const char *word)
{
    return strstr(command->synopsis, word) != NULL;
}

/* Print text for inside of single quotes: a quote in it would end them. */
static void print_quoted(const char *text, const char *escaped)
{
    for (; *text != '\0'; text++) {
        if (strchr(escaped, *text) != NULL)
            (void)putchar('\\');
        if (*text == '\'')
            printf("'\\''");
        else
            (void)putchar(*text);
    }
}

static void print_bash_options(const jc_option *option)
{
    for (; !is_end(option); option++) {
        if (option->letter != 0)
            printf(" -%c", option->letter);
        if (option->name != NULL)
            printf(" --%s", option->name);
    }
}

/* The names of a table's commands, a space between. */
static void print_names(const jc_command_entry *table)
{
    for (const jc_command_entry *entry = table; entry->name != NULL; entry++)
        printf("%s%s", entry == table ? "" : " ", entry->name);
}

/* Call `each` for every command that is no group, with the group that it is of, or NULL. */
static void for_each_command(void (*each)(const jc_command_entry *group,
                                          const jc_command_entry *entry))
{
    for (const jc_command_entry *entry = jc_commands; entry->name != NULL; entry++) {
        const jc_command_entry *member = entry->command->group;
        if (member == NULL)
            each(NULL, entry);
        for (; member != NULL && member->name != NULL; member++)
            each(entry, member);
    }
}

static void print_bash_command(const jc_command_entry *group, const jc_command_entry *entry)
{
    if (group != NULL)
        printf("    '%s %s') options='", group->name, entry->name);
    else
        printf("    %s) options='", entry->name);
    print_bash_options(entry->command->options);
    print_bash_options(jc_common_options);
    printf("'");
    if (speaks_of(entry->command, "WORKFLOW"))
        printf("; words=$(jc workflows --json 2>/dev/null | sed "
               "'s/^{\"workflow_id\":\"\\([^\"]*\\)\".*/\\1/')");
    if (speaks_of(entry->command, "TYPE "))
        printf("; ((COMP_CWORD == i + 2)) && "
               "words=$(jc types --json 2>/dev/null | sed "
               "'s/^{\"event_type\":\"\\([^\"]*\\)\".*/\\1/')");
    if (speaks_of(entry->command, "bash|zsh|fish"))
        printf("; words='bash zsh fish'");
    printf(" ;;\n");
}

static void print_bash(void)
{
    printf("# bash completion for jc\n"
           "_jc() {\n"
           "    local cur=${COMP_WORDS[COMP_CWORD]} command= options= words= i\n"
           "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
           "        case ${COMP_WORDS[i]} in\n"
           "        -C) i=$((i + 1)) ;;\n"
           "        -*) ;;\n"
           "        *) command=${COMP_WORDS[i]}; break ;;\n"
           "        esac\n"
           "    done\n"
           "    case $command in\n");
    for (const jc_command_entry *entry = jc_commands; entry->name != NULL; entry++) {
        if (entry->command->group == NULL)
            continue;
        printf("    %s)\n        words='", entry->name);
        print_names(entry->command->group);
        printf("'\n        if ((i + 1 < COMP_CWORD)); then\n"
               "            words=\n"
               "            command=\"$command ${COMP_WORDS[i + 1]}\"\n"
               "        fi ;;\n");
    }
    printf("    esac\n"
           "    case $command in\n"
           "    '') words='");
    print_names(jc_commands);
    printf("' ;;\n");
    for_each_command(print_bash_command);
    printf("    esac\n"
           "    [[ $cur == -* ]] && words=$options\n"
           "    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
           "}\n"
           "complete -o default -F _jc jc\n");
}

static void print_zsh_options(const jc_option *option)
{
    for (; !is_end(option); option++) {
        char names[2][64] = {"", ""};
        if (option->letter != 0)
            (void)snprintf(names[0], sizeof names[0], "-%c", option->letter);
        if (option->name != NULL)
            (void)snprintf(names[1], sizeof names[1], "--%s", option->name);
        for (size_t i = 0; i < 2; i++) {
            if (names[i][0] == '\0')
                continue;
            printf(" \\\n            '%s%s[", option->kind == JC_OPTION_LIST ? "*" : "", names[i]);
            print_quoted(option->help, "[]:\\");
            printf("]%s%s%s'", option->value != NULL ? ":" : "",
                   option->value != NULL ? option->value : "",
                   option->value != NULL ? ":_files" : "");
        }
    }
}

static void print_zsh_command(const jc_command_entry *entry)
{
    printf("        %s) _arguments", entry->name);
    print_zsh_options(entry->command->options);
    print_zsh_options(jc_common_options);
    const char *action = speaks_of(entry->command, "WORKFLOW") ? "_jc_workflows" : "_files";
    if (speaks_of(entry->command, "bash|zsh|fish"))
        action = "(bash zsh fish)";
    printf(" \\\n            '*:argument:%s' ;;\n", action);
}

static void print_zsh_group(const jc_command_entry *group)
{
    printf("        %s)\n"
           "        if ((CURRENT == 2)); then\n"
           "            compadd ",
           group->name);
    print_names(group->command->group);
    printf("\n"
           "        else\n"
           "        shift words\n"
           "        ((CURRENT--))\n"
           "        case $words[1] in\n");
    for (const jc_command_entry *entry = group->command->group; entry->name != NULL; entry++)
        print_zsh_command(entry);
    printf("        esac\n"
           "        fi ;;\n");
}

static void print_zsh(void)
{
    printf("#compdef jc\n"
           "_jc_workflows() {\n"
           "    compadd -- ${(f)\"$(jc workflows --json 2>/dev/null | "
           "sed 's/^{\"workflow_id\":\"\\([^\"]*\\)\".*/\\1/')\"}\n"
           "}\n"
           "_jc() {\n"
           "    local context state state_descr line\n"
           "    typeset -A opt_args\n"
           "    _arguments -C '-C[the project is DIR]:DIR:_files -/' '1:command:->command' "
           "'*::argument:->argument'\n"
           "    case $state in\n"
           "    command)\n"
           "        local -a commands=(\n");
    for (const jc_command_entry *entry = jc_commands; entry->name != NULL; entry++) {
        printf("            '%s:", entry->name);
        print_quoted(entry->summary, ":\\");
        printf("'\n");
    }
    printf("        )\n"
           "        _describe command commands ;;\n"
           "    argument)\n"
           "        case $words[1] in\n");
    for (const jc_command_entry *entry = jc_commands; entry->name != NULL; entry++) {
        if (entry->command->group == NULL)
            print_zsh_command(entry);
        else
            print_zsh_group(entry);
    }
    printf("        esac ;;\n"
           "    esac\n"
           "}\n"
           "_jc \"$@\"\n");
}

/* The condition under which a command's words and options are offered. */
static void print_fish_condition(const jc_command_entry *group, const jc_command_entry *entry)
{
    printf("complete -c jc -n '");
    if (group != NULL)
        printf("__fish_seen_subcommand_from %s; and ", group->name);
    printf("__fish_seen_subcommand_from %s'", entry->name);
}

static void print_fish_options(const jc_command_entry *group, const jc_command_entry *entry,
                               const jc_option *option)
{
    for (; !is_end(option); option++) {
        print_fish_condition(group, entry);
        if (option->letter != 0)
            printf(" -s %c", option->letter);
        if (option->name != NULL)
            printf(" -l %s", option->name);
        printf("%s -d '", option->value != NULL ? " -r" : "");
        print_quoted(option->help, "\\");
        printf("'\n");
    }
}

static void print_fish_command(const jc_command_entry *group, const jc_command_entry *entry)
{
    print_fish_options(group, entry, entry->command->options);
    print_fish_options(group, entry, jc_common_options);
    if (speaks_of(entry->command, "WORKFLOW")) {
        print_fish_condition(group, entry);
        printf(" -f -a '(jc workflows --json 2>/dev/null | "
               "string match -rg \"^.\\\\\"workflow_id\\\\\":\\\\\"([^\\\\\"]*)\")'\n");
    }
    if (speaks_of(entry->command, "bash|zsh|fish")) {
        print_fish_condition(group, entry);
        printf(" -f -a 'bash zsh fish'\n");
    }
}

static void print_fish(void)
{
    printf("# fish completion for jc\n");
    for (const jc_command_entry *entry = jc_commands; entry->name != NULL; entry++) {
        printf("complete -c jc -n __fish_use_subcommand -f -a %s -d '", entry->name);
        print_quoted(entry->summary, "\\");
        printf("'\n");
        const jc_command_entry *member = entry->command->group;
        for (; member != NULL && member->name != NULL; member++) {
            printf("complete -c jc -n '__fish_seen_subcommand_from %s; and not "
                   "__fish_seen_subcommand_from ",
                   entry->name);
            print_names(entry->command->group);
            printf("' -f -a %s -d '", member->name);
            print_quoted(member->summary, "\\");
            printf("'\n");
        }
    }
    for_each_command(print_fish_command);
}

static int completion(jc_cli *cli, const void *values)
{
    (void)values;
    const char *shell = cli->words[0];
    if (strcmp(shell, "bash") == 0)
        print_bash();
    else if (strcmp(shell, "zsh") == 0)
        print_zsh();
    else if (strcmp(shell, "fish") == 0)
        print_fish();
    else
        return jc_cli_fail(cli, JC_EXIT_USAGE,
                           "no completion for '%s': bash, zsh and fish have one", shell);
    return JC_EXIT_DONE;
}

const jc_command jc_cmd_completion = {
    .synopsis = "bash|zsh|fish",
    .examples = "jc completion bash > ~/.local/share/bash-completion/completions/jc\n"
                "jc completion zsh > ~/.zfunc/_jc\n"
                "jc completion fish > ~/.config/fish/completions/jc.fish",
    .words_min = 1,
    .words_max = 1,
    .run = completion,
};
