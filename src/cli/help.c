/* What -h prints, made from a command's descriptor. */
#include "cli/cli.h"

#include <stdio.h>

#define OPTION_COLUMN 28

/* Print each line of `text` behind `prefix`. */
static void print_lines(const char *prefix, const char *text)
{
    while (*text != '\0') {
        const char *end = strchr(text, '\n');
        size_t size = end != NULL ? (size_t)(end - text) : strlen(text);
        printf("%s%.*s\n", size > 0 ? prefix : "", (int)size, text);
        text += size + (end != NULL ? 1 : 0);
    }
}

static void print_synopsis(const char *name, const char *synopsis)
{
    char prefix[64];
    (void)snprintf(prefix, sizeof prefix, "  jc %s ", name);
    if (*synopsis == '\0')
        printf("  jc %s\n", name);
    else
        print_lines(prefix, synopsis);
}

static void print_option(const jc_option *option)
{
    char left[64];
    const char *value = option->value != NULL ? option->value : "";
    char letter[8] = "    ";
    if (option->letter != 0)
        (void)snprintf(letter, sizeof letter, "-%c%s", option->letter,
                       option->name != NULL ? ", " : "");
    (void)snprintf(left, sizeof left, "%s%s%s%s%s", letter, option->name != NULL ? "--" : "",
                   option->name != NULL ? option->name : "", *value != '\0' ? " " : "", value);
    printf("  %-*s %s\n", OPTION_COLUMN, left, option->help);
}

static void print_options(const jc_option *options)
{
    for (; options != NULL && (options->name != NULL || options->letter != 0); options++)
        print_option(options);
}

static void print_group(const char *name, const jc_command *command)
{
    if (command->synopsis != NULL)
        print_synopsis(name, command->synopsis);
    printf("  jc %s COMMAND [ARGUMENT]...\n\nCommands:\n", name);
    for (const jc_command_entry *entry = command->group; entry->name != NULL; entry++)
        printf("  %-11s %s\n", entry->name, entry->summary);
    printf("\n'jc %s COMMAND -h' explains a command.\n", name);
}

void jc_help_print(const char *name, const char *summary, const jc_command *command)
{
    printf("jc %s: %s\n\nUsage:\n", name, summary);
    if (command->group != NULL)
        print_group(name, command);
    else
        print_synopsis(name, command->synopsis);
    if (command->details != NULL) {
        printf("\n");
        print_lines("", command->details);
    }
    if (command->run != NULL) {
        printf("\nOptions:\n");
        print_options(command->options);
        print_options(jc_common_options);
    }
    printf("\nExamples:\n");
    print_lines("  ", command->examples);
}
