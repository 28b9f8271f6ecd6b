/* jc show: one event in full. */
#include "cli/commands.h"
#include "cli/render.h"

static int show(jc_cli *cli, const void *values)
{
    (void)values;
    char prefix[64];
    size_t size = strlen(cli->words[0]);
    if (size >= sizeof prefix)
        return jc_cli_fail(cli, JC_EXIT_USAGE, "'%s' is no id: an id has 36 characters",
                           cli->words[0]);
    for (size_t i = 0; i <= size; i++) {
        char c = cli->words[0][i];
        prefix[i] = (char)(c >= 'A' && c <= 'F' ? c + ('a' - 'A') : c);
    }
    int failed = jc_cli_open(cli, true);
    if (failed != 0)
        return failed;

    jc_event event = {0};
    jc_error error = {0};
    if (jc_event_find(cli->store, jc_str_of(prefix), &event, &error) < 0)
        return jc_cli_fail_error(cli, &error);
    if (cli->json) {
        (void)jc_cli_print_line(cli, &event);
        return JC_EXIT_DONE;
    }
    jc_term term = jc_term_of_output();
    jc_render_full(&term, &event);
    return JC_EXIT_DONE;
}

const jc_command jc_cmd_show = {
    .synopsis = "ID",
    .details = "An unambiguous beginning of the id is enough, of at least 4 characters.",
    .examples = "jc show 0197a3b2\n"
                "jc show 0197a3b2-6c1e-7000-8000-0242ac120002 --json",
    .words_min = 1,
    .words_max = 1,
    .run = show,
};
