/* Parsing by the table of options. Not getopt_long(): its messages are its own, it knows no table
 * that -h and the completions could share, and it takes abbreviations that a later option breaks. */
#include "cli/args.h"

#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

const jc_option jc_common_options[] = {
    {"json", 0, JC_OPTION_FLAG, NULL, "print JSON, one object a line", offsetof(jc_cli, json)},
    {"verbose", 'v', JC_OPTION_FLAG, NULL, "say more, such as how a time was understood",
     offsetof(jc_cli, verbose)},
    {NULL, 'C', JC_OPTION_TEXT, "DIR", "the project is DIR", offsetof(jc_cli, directory)},
    {"help", 'h', JC_OPTION_FLAG, NULL, "this help", offsetof(jc_cli, help)},
    JC_OPTIONS_END,
};

/* The state of one parse. */
typedef struct parse {
    jc_cli *cli;
    const jc_command *command;
    char *options; /* the command's struct */
    char **arguments;
    int count;
    int at; /* the argument being read */
} parse;

static bool is_end(const jc_option *option)
{
    return option->name == NULL && option->letter == 0;
}

/* The option of that long name (`size` bytes), or of that letter when `size` is 0. */
static const jc_option *find_in(const jc_option *options, const char *name, size_t size,
                                char letter)
{
    for (const jc_option *option = options; option != NULL && !is_end(option); option++) {
        if (size == 0 && option->letter == letter)
            return option;
        if (size > 0 && option->name != NULL && strlen(option->name) == size &&
            memcmp(option->name, name, size) == 0)
            return option;
    }
    return NULL;
}

/* Finds the option and the struct its value goes into. */
static const jc_option *find_option(const parse *parser, const char *name, size_t size, char letter,
                                    char **ret_values)
{
    *ret_values = parser->options;
    const jc_option *option = find_in(parser->command->options, name, size, letter);
    if (option != NULL)
        return option;
    *ret_values = (char *)parser->cli;
    return find_in(jc_common_options, name, size, letter);
}

static int refuse(const parse *parser, const char *what, const char *argument, size_t size)
{
    return jc_cli_fail(parser->cli, JC_EXIT_USAGE, "%s '%.*s': see 'jc %s -h'", what, (int)size,
                       argument, parser->cli->command);
}

bool jc_args_number(const char *text, uint64_t *ret)
{
    uint64_t value = 0;
    if (*text == '\0')
        return false;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9')
            return false;
        uint64_t digit = (uint64_t)(*text - '0');
        if (value > ((uint64_t)INT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *ret = value;
    return true;
}

static int set_value(const parse *parser, const jc_option *option, char *values, const char *shown,
                     const char *value)
{
    void *field = values + option->offset;
    switch (option->kind) {
    case JC_OPTION_FLAG:
        *(bool *)field = true;
        return 0;
    case JC_OPTION_TEXT:
        *(const char **)field = value;
        return 0;
    case JC_OPTION_NUMBER: {
        jc_number *number = field;
        number->given = jc_args_number(value, &number->value);
        if (number->given)
            return 0;
        return jc_cli_fail(parser->cli, JC_EXIT_USAGE,
                           "'%s' is not a number: %s takes a whole number from 0", value, shown);
    }
    case JC_OPTION_LIST: {
        jc_list *list = field;
        if (list->count == JC_LIST_MAX)
            return jc_cli_fail(parser->cli, JC_EXIT_USAGE,
                               "%s is given too often: at most %d times", shown, JC_LIST_MAX);
        list->items[list->count++] = jc_str_of(value);
        return 0;
    }
    }
    return JC_EXIT_USAGE;
}

/* The argument behind the current one, as a value. */
static const char *next_argument(parse *parser)
{
    if (parser->at + 1 >= parser->count)
        return NULL;
    return parser->arguments[++parser->at];
}

static int needs_value(const parse *parser, const jc_option *option, const char *shown)
{
    return jc_cli_fail(parser->cli, JC_EXIT_USAGE, "%s needs a value: %s %s", shown, shown,
                       option->value);
}

/* --name, --name=value, or --name value. */
static int parse_long(parse *parser, const char *argument)
{
    const char *name = argument + 2;
    const char *equals = strchr(name, '=');
    size_t size = equals != NULL ? (size_t)(equals - name) : strlen(name);
    char *values = NULL;
    const jc_option *option = size > 0 ? find_option(parser, name, size, 0, &values) : NULL;
    if (option == NULL)
        return refuse(parser, "unknown option", argument, size + 2);

    char shown[64];
    (void)snprintf(shown, sizeof shown, "--%s", option->name);
    if (option->kind == JC_OPTION_FLAG) {
        if (equals != NULL)
            return refuse(parser, "no value is taken by", argument, size + 2);
        return set_value(parser, option, values, shown, NULL);
    }
    const char *value = equals != NULL ? equals + 1 : next_argument(parser);
    if (value == NULL)
        return needs_value(parser, option, shown);
    return set_value(parser, option, values, shown, value);
}

/* -a, -ab, -n5 or -n 5. */
static int parse_short(parse *parser, const char *argument)
{
    for (const char *letter = argument + 1; *letter != '\0'; letter++) {
        char *values = NULL;
        const jc_option *option = find_option(parser, NULL, 0, *letter, &values);
        char shown[3] = {'-', *letter, '\0'};
        if (option == NULL)
            return refuse(parser, "unknown option", argument, strlen(argument));
        if (option->kind == JC_OPTION_FLAG) {
            int failed = set_value(parser, option, values, shown, NULL);
            if (failed != 0)
                return failed;
            continue;
        }
        const char *value = letter[1] != '\0' ? letter + 1 : next_argument(parser);
        if (value == NULL)
            return needs_value(parser, option, shown);
        return set_value(parser, option, values, shown, value);
    }
    return 0;
}

static int check_words(const parse *parser)
{
    const jc_command *command = parser->command;
    size_t count = parser->cli->word_count;
    if (count < (size_t)command->words_min)
        return jc_cli_fail(parser->cli, JC_EXIT_USAGE, "too few arguments: see 'jc %s -h'",
                           parser->cli->command);
    if (command->words_max != JC_WORDS_ANY && count > (size_t)command->words_max)
        return refuse(parser, "one argument too many", parser->cli->words[command->words_max],
                      strlen(parser->cli->words[command->words_max]));
    return 0;
}

int jc_args_parse(jc_cli *cli, const jc_command *command, int count, char **arguments,
                  void *options)
{
    parse parser = {
        .cli = cli, .command = command, .options = options, .arguments = arguments, .count = count};
    bool only_words = false;
    /* The words are gathered at the front of `arguments`, where there is always room for them. */
    cli->words = arguments;
    for (; parser.at < count; parser.at++) {
        char *argument = arguments[parser.at];
        int failed = 0;
        bool point =
            command->points && argument[0] == '-' && argument[1] >= '0' && argument[1] <= '9';
        if (only_words || point || argument[0] != '-' || argument[1] == '\0')
            cli->words[cli->word_count++] = argument;
        else if (strcmp(argument, "--") == 0)
            only_words = true;
        else if (argument[1] == '-')
            failed = parse_long(&parser, argument);
        else
            failed = parse_short(&parser, argument);
        if (failed != 0)
            return failed;
    }
    return cli->help ? 0 : check_words(&parser);
}
