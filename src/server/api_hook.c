/* POST /hook: what `jc hook` takes on its standard input, for agents that can post their hooks. An agent waits
 * for the answer, so what the log does not take in time goes to .jc/spool/. The project is the server's own,
 * whatever the payload says. */
#include "base/clock.h"
#include "base/fail.h"
#include "base/files.h"
#include "server/routes.h"

#include <stdlib.h>
#include <sys/stat.h>

#define HOOK_TIMEOUT_MS 100

/* The project's redactor, and what its rules were read from; a handle of the log that waits no longer than an
 * agent may. */
typedef struct jc_hook_memory {
    jc_store *store; /* NULL: it is to be opened */
    jc_redactor *redactor;
    struct stat config; /* of .jc/config.json; st_size -1: there was none */
} jc_hook_memory;

void jc_hook_memory_free(jc_hook_memory *memory)
{
    if (memory == NULL)
        return;
    jc_close(memory->store);
    jc_redactor_free(memory->redactor);
    free(memory);
}

static struct stat look_at_config(const char *project_dir)
{
    char path[JC_PATH_SIZE_MAX];
    struct stat facts;
    if (jc_path_join(project_dir, ".jc/config.json", path, sizeof path, NULL) < 0 ||
        stat(path, &facts) < 0)
        return (struct stat){.st_size = -1};
    return facts;
}

static bool is_same(const struct stat *a, const struct stat *b)
{
    return a->st_size == b->st_size && a->st_ino == b->st_ino &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* The redactor of the rules that hold now. Without one nothing is recorded; a rule that is no good takes no
 * other with it, and is told to .jc/hook.log. */
static jc_status ready_redactor(jc_api *api, jc_redactor **ret_redactor, jc_error *reterr)
{
    jc_error error = {0};
    struct stat config = look_at_config(api->project_dir);
    if (api->hooks == NULL)
        api->hooks = calloc(1, sizeof *api->hooks);
    jc_hook_memory *memory = api->hooks;
    if (memory == NULL)
        return jc_fail_memory(reterr);
    if (memory->redactor == NULL || !is_same(&config, &memory->config)) {
        jc_redactor_free(memory->redactor);
        memory->redactor = NULL;
        memory->config = config;
        if (jc_redactor_new(api->project_dir, &memory->redactor, &error) < 0)
            jc_hook_log(api->project_dir, error.text, (jc_str){0});
    }
    *ret_redactor = memory->redactor;
    return memory->redactor != NULL ? JC_OK : jc_fail_memory(reterr);
}

/* To wait in the spool because others write is no problem to tell of. */
static jc_status keep_for_later(jc_call *call, jc_redactor *redactor,
                                const jc_hook_options *options, const jc_error *why,
                                jc_error *reterr)
{
    const char *project_dir = call->api->project_dir;
    if (why->status != JC_EBUSY)
        jc_hook_log(project_dir, why->text, (jc_str){0});
    return jc_hook_spool(project_dir, redactor, call->request->body, options, reterr);
}

static jc_status append_once(jc_call *call, jc_redactor *redactor, const jc_hook_options *options,
                             jc_error *reterr)
{
    jc_hook_result result;
    jc_hook_memory *memory = call->api->hooks;
    const jc_options quick = {.busy_timeout_ms = HOOK_TIMEOUT_MS};
    jc_status status = jc_store_ready(call->api->project_dir, &quick, &memory->store, reterr);
    if (status == JC_OK)
        status =
            jc_intake_hook(memory->store, redactor, call->request->body, options, &result, reterr);
    if (status == JC_EIO || status == JC_ESTALE) {
        jc_close(memory->store);
        memory->store = NULL;
    }
    return status;
}

/* A log that was replaced meanwhile is opened again, and asked once more. */
static jc_status take_in(jc_call *call, jc_redactor *redactor, const jc_hook_options *options,
                         jc_error *reterr)
{
    jc_error error = {0};
    jc_status status = append_once(call, redactor, options, &error);
    if (status == JC_ESTALE)
        status = append_once(call, redactor, options, &error);
    if (status == JC_OK)
        return JC_OK;
    if (status == JC_EINVAL || status == JC_ENOMEM)
        return jc_fail(reterr, status, "%s", error.text);
    return keep_for_later(call, redactor, options, &error, reterr);
}

jc_status jc_api_hook(jc_call *call, jc_error *reterr)
{
    jc_redactor *redactor = NULL;
    jc_hook_options options = {.workflow_id = jc_query_text(&call->query, "workflow"),
                               .agent_id = jc_query_text(&call->query, "agent"),
                               .received_us = jc_clock_now_us(),
                               .timeout_ms = HOOK_TIMEOUT_MS};
    jc_status status = JC_OK;
    if (options.workflow_id.bytes != NULL)
        status = jc_workflow_id_check(options.workflow_id, reterr);
    if (status == JC_OK)
        status = ready_redactor(call->api, &redactor, reterr);
    if (status == JC_OK)
        status = take_in(call, redactor, &options, reterr);
    if (status == JC_OK)
        call->response->status = 204;
    return status;
}
