/* jc head: the hash that stands for everything recorded so far. Kept elsewhere (in a git trailer, say),
 * it later proves with `jc verify --head` that nothing was cut off. */
#include "cli/commands.h"
#include "cli/names.h"

#include <inttypes.h>
#include <stdio.h>

static int store_head(jc_cli *cli)
{
    jc_store_info info = {0};
    jc_hash hash = {0};
    uint64_t position = 0;
    jc_error error = {0};
    if (jc_store_info_read(cli->store, &info, &error) < 0 ||
        jc_store_head_read(cli->store, 0, &hash, &position, &error) < 0)
        return jc_cli_fail_error(cli, &error);
    char id[JC_UUID_TEXT_SIZE];
    char hex[JC_HASH_TEXT_SIZE];
    jc_uuid_format(info.store_id, id);
    jc_hash_format(hash, hex);
    if (cli->json)
        printf("{\"store_id\":\"%s\",\"position\":%" PRIu64 ",\"hash\":\"%s\"}\n", id, position,
               hex);
    else
        printf("%s %" PRIu64 " %s\n", id, position, hex);
    return JC_EXIT_DONE;
}

static int workflow_head(jc_cli *cli, jc_str workflow_id)
{
    jc_head head = {0};
    jc_error error = {0};
    int failed = jc_cli_check_workflows(cli, &workflow_id, 1);
    if (failed != 0)
        return failed;
    if (jc_head_read(cli->store, workflow_id, &head, &error) < 0)
        return jc_cli_fail_error(cli, &error);
    char hex[JC_HASH_TEXT_SIZE];
    jc_hash_format(head.hash, hex);
    if (cli->json)
        printf("{\"workflow_id\":\"%s\",\"sequence\":%" PRIu64 ",\"hash\":\"%s\"}\n",
               workflow_id.bytes, head.sequence, hex);
    else
        printf("%s %" PRIu64 " %s\n", workflow_id.bytes, head.sequence, hex);
    return JC_EXIT_DONE;
}

static int head(jc_cli *cli, const void *values)
{
    (void)values;
    int failed = jc_cli_open(cli, true);
    if (failed != 0)
        return failed;
    return cli->word_count > 0 ? workflow_head(cli, jc_str_of(cli->words[0])) : store_head(cli);
}

const jc_command jc_cmd_head = {
    .synopsis = "[WORKFLOW]",
    .details = "Prints STORE_ID POSITION HASH, or WORKFLOW SEQUENCE HASH. Keep it outside of\n"
               "the project; `jc verify --head` checks it later.",
    .examples = "jc head\n"
                "git commit --trailer \"Jc-Head: $(jc head)\"",
    .words_min = 0,
    .words_max = 1,
    .run = head,
};
