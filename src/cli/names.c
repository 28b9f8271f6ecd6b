/* Lists of workflows: see names.h. They are copied out of the library's listing, because its callback
 * must not use the store. */
#include "cli/names.h"

#include <stdio.h>
#include <stdlib.h>

void jc_names_release(jc_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free((void *)(uintptr_t)names->ids[i].bytes);
    free(names->ids);
    *names = (jc_names){0};
}

void jc_names_add(jc_names *names, jc_str id)
{
    if (names->count == names->capacity) {
        names->capacity = names->capacity == 0 ? 64 : names->capacity * 2;
        jc_str *larger = realloc(names->ids, names->capacity * sizeof *larger);
        jc_cli_must(larger != NULL ? JC_OK : JC_ENOMEM);
        names->ids = larger;
    }
    char *copy = strndup(id.bytes, id.size);
    jc_cli_must(copy != NULL ? JC_OK : JC_ENOMEM);
    names->ids[names->count++] = (jc_str){copy, id.size};
}

static int compare_names(const void *a, const void *b)
{
    const jc_str *left = a;
    const jc_str *right = b;
    return strcmp(left->bytes, right->bytes);
}

bool jc_names_have(const jc_names *names, jc_str id)
{
    return names->count > 0 &&
           bsearch(&id, names->ids, names->count, sizeof *names->ids, compare_names) != NULL;
}

static jc_status add_workflow(void *context, const jc_workflow_summary *summary)
{
    jc_names_add(context, summary->workflow_id);
    return JC_OK;
}

/* The names known so far, and those found besides. */
typedef struct stranger_list {
    const jc_names *known;
    jc_names found;
} stranger_list;

static jc_status add_stranger(void *context, jc_str workflow_id)
{
    stranger_list *into = context;
    JC_AUTO(jc_names) one = {0};
    jc_names_add(&one, workflow_id); /* ends it with the zero byte that the comparison wants */
    if (!jc_names_have(into->known, one.ids[0]))
        jc_names_add(&into->found, workflow_id);
    return JC_OK;
}

int jc_cli_workflows(jc_cli *cli, bool mirrors, jc_names *ret_names)
{
    jc_error error = {0};
    if (jc_workflow_list(cli->store, add_workflow, ret_names, &error) < 0)
        return jc_cli_fail_error(cli, &error);
    if (!mirrors)
        return 0;
    stranger_list strangers = {.known = ret_names};
    jc_status status = jc_mirror_list(cli->store, add_stranger, &strangers, &error);
    for (size_t i = 0; i < strangers.found.count; i++)
        jc_names_add(ret_names, strangers.found.ids[i]);
    jc_names_release(&strangers.found);
    if (ret_names->count > 0)
        qsort(ret_names->ids, ret_names->count, sizeof *ret_names->ids, compare_names);
    return status < 0 ? jc_cli_fail_error(cli, &error) : 0;
}

int jc_cli_check_workflows(jc_cli *cli, const jc_str ids[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        jc_error error = {0};
        jc_head head = {0};
        if (jc_head_read(cli->store, ids[i], &head, &error) < 0)
            return jc_cli_fail_error(cli, &error);
        if (head.sequence == 0)
            return jc_cli_fail(cli, JC_EXIT_NOT_FOUND,
                               "there is no workflow '%.*s': 'jc workflows' lists them",
                               (int)ids[i].size, ids[i].bytes);
    }
    return 0;
}

/* The workflow that was heard of last. */
typedef struct latest {
    char workflow_id[JC_WORKFLOW_ID_SIZE_MAX + 1];
    uint64_t position;
} latest;

static jc_status keep_latest(void *context, const jc_workflow_summary *summary)
{
    latest *found = context;
    if (summary->last_position <= found->position)
        return JC_OK;
    found->position = summary->last_position;
    (void)snprintf(found->workflow_id, sizeof found->workflow_id, "%.*s",
                   (int)summary->workflow_id.size, summary->workflow_id.bytes);
    return JC_OK;
}

int jc_cli_latest_workflow(jc_cli *cli, jc_names *ret_names)
{
    latest found = {0};
    jc_error error = {0};
    if (jc_workflow_list(cli->store, keep_latest, &found, &error) < 0)
        return jc_cli_fail_error(cli, &error);
    if (found.position == 0)
        return jc_cli_fail(cli, JC_EXIT_NOT_FOUND,
                           "there are no workflows yet: 'jc emit' appends their events");
    jc_names_add(ret_names, jc_str_of(found.workflow_id));
    return 0;
}

int jc_cli_words_as_workflows(const jc_cli *cli, jc_names *ret_names)
{
    for (size_t i = 0; i < cli->word_count; i++) {
        jc_error error = {0};
        if (jc_workflow_id_check(jc_str_of(cli->words[i]), &error) < 0)
            return jc_cli_fail_error(cli, &error);
        jc_names_add(ret_names, jc_str_of(cli->words[i]));
    }
    return 0;
}
