/* jc version */
#include "cli/commands.h"

#include <stdio.h>

static int version(jc_cli *cli, const void *values)
{
    (void)values;
    if (!cli->json) {
        printf("jc %s (%s)\n", jc_version(), jc_version_details());
        return JC_EXIT_DONE;
    }
    printf("{\"version\":");
    jc_cli_print_json_text(jc_str_of(jc_version()));
    printf(",\"details\":");
    jc_cli_print_json_text(jc_str_of(jc_version_details()));
    printf("}\n");
    return JC_EXIT_DONE;
}

const jc_command jc_cmd_version = {
    .synopsis = "",
    .examples = "jc version",
    .words_min = 0,
    .words_max = 0,
    .run = version,
};
