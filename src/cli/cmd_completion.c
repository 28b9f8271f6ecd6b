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
           "    case $command in\n"
           "    '') words='");
    for (const jc_command_entry *entry = jc_commands; entry->name != NULL; entry++)
        printf("%s%s", entry == jc_commands ? "" : " ", entry->name);
    printf("' ;;\n");
    for (const jc_command_entry *entry = jc_commands; entry->name != NULL; entry++) {
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
        printf("        %s) _arguments", entry->name);
        print_zsh_options(entry->command->options);
        print_zsh_options(jc_common_options);
        const char *action = speaks_of(entry->command, "WORKFLOW") ? "_jc_workflows" : "_files";
        if (speaks_of(entry->command, "bash|zsh|fish"))
            action = "(bash zsh fish)";
        printf(" \\\n            '*:argument:%s' ;;\n", action);
    }
    printf("        esac ;;\n"
           "    esac\n"
           "}\n"
           "_jc \"$@\"\n");
}

static void print_fish_options(const char *command, const jc_option *option)
{
    for (; !is_end(option); option++) {
        printf("complete -c jc -n '__fish_seen_subcommand_from %s'", command);
        if (option->letter != 0)
            printf(" -s %c", option->letter);
        if (option->name != NULL)
            printf(" -l %s", option->name);
        printf("%s -d '", option->value != NULL ? " -r" : "");
        print_quoted(option->help, "\\");
        printf("'\n");
    }
}

static void print_fish(void)
{
    printf("# fish completion for jc\n");
    for (const jc_command_entry *entry = jc_commands; entry->name != NULL; entry++) {
        printf("complete -c jc -n __fish_use_subcommand -f -a %s -d '", entry->name);
        print_quoted(entry->summary, "\\");
        printf("'\n");
    }
    for (const jc_command_entry *entry = jc_commands; entry->name != NULL; entry++) {
        print_fish_options(entry->name, entry->command->options);
        print_fish_options(entry->name, jc_common_options);
        if (speaks_of(entry->command, "WORKFLOW"))
            printf("complete -c jc -n '__fish_seen_subcommand_from %s' -f -a '(jc workflows --json "
                   "2>/dev/null | "
                   "string match -rg \"^.\\\\\"workflow_id\\\\\":\\\\\"([^\\\\\"]*)\")'\n",
                   entry->name);
        if (speaks_of(entry->command, "bash|zsh|fish"))
            printf("complete -c jc -n '__fish_seen_subcommand_from %s' -f -a 'bash zsh fish'\n",
                   entry->name);
    }
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
