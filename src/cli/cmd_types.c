/* jc types: the event types that are known, what their data must hold, and where they are declared.
 * Outside of a project it lists the built-in ones. */
#include "cli/commands.h"
#include "cli/term.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct listing {
    const jc_cli *cli;
    jc_term term;
    const char *declared; /* of the group being printed */
} listing;

static void print_json(const jc_type_info *info)
{
    printf("{\"event_type\":");
    jc_cli_print_json_text(jc_str_of(info->event_type));
    printf(",\"required\":");
    jc_cli_print_json_text(jc_str_of(info->rule));
    printf(",\"description\":");
    jc_cli_print_json_text(jc_str_of(info->what));
    printf(",\"declared\":");
    jc_cli_print_json_text(jc_str_of(info->declared));
    printf("}\n");
}

static void print_safe(const char *text)
{
    JC_AUTO(jc_buf) safe = {0};
    (void)jc_text_append_safe(&safe, jc_str_of(text), 0);
    printf("%.*s", (int)safe.size, safe.bytes != NULL ? safe.bytes : "");
}

static void print_type(void *context, const jc_type_info *info)
{
    listing *all = context;
    if (all->cli->json) {
        print_json(info);
        return;
    }
    const char *dim = jc_term_colour(&all->term, JC_COLOUR_DIM);
    const char *end = jc_term_colour(&all->term, JC_COLOUR_NONE);
    if (all->declared == NULL || strcmp(all->declared, info->declared) != 0) {
        printf("%s%s", all->declared != NULL ? "\n" : "", dim);
        print_safe(info->declared);
        printf(":%s\n", end);
    }
    all->declared = info->declared;
    printf("  %s%-28s%s  ", jc_term_colour(&all->term, JC_COLOUR_BOLD), info->event_type, end);
    print_safe(info->what);
    if (info->rule[0] != '\0') {
        printf("  %s[", dim);
        print_safe(info->rule);
        printf("]%s", end);
    }
    printf("\n");
}

static void print_built_in(listing *all)
{
    static const jc_type_info built_in[] = {
#define TYPE_INFO(name, type, rule, what) {type, rule, what, "built in"},
        JC_EVENT_TYPE_MAP(TYPE_INFO)
#undef TYPE_INFO
    };
    for (size_t i = 0; i < sizeof built_in / sizeof built_in[0]; i++)
        print_type(all, &built_in[i]);
}

/* Somewhere below a project, or told of one? */
static bool has_project(const jc_cli *cli)
{
    char folder[JC_PATH_SIZE_MAX];
    const char *given = getenv("JC_DIR");
    return cli->directory != NULL || (given != NULL && *given != '\0') ||
           jc_project_find(".", folder, NULL) != JC_ENOTFOUND;
}

static int types(jc_cli *cli, const void *values)
{
    (void)values;
    listing all = {.cli = cli, .term = jc_term_of_output()};
    if (!has_project(cli)) {
        print_built_in(&all);
        return JC_EXIT_DONE;
    }
    int failed = jc_cli_open(cli, true);
    if (failed != 0)
        return failed;
    jc_type_list(cli->store, print_type, &all);
    return JC_EXIT_DONE;
}

const jc_command jc_cmd_types = {
    .synopsis = "",
    .details =
        "In brackets: what data must hold. `a|b` is at least one of them, `:bool` true\n"
        "or false, `priority?low|high` may be absent. Other types are good too and have\n"
        "no rule. A project declares its own in .jc/config.json:\n"
        "  {\"types\": {\"deploy.finished\": {\"required\": \"target\", \"description\": \"…\"}}}",
    .examples = "jc types\n"
                "jc types --json | jq -r .event_type",
    .words_min = 0,
    .words_max = 0,
    .run = types,
};
