/* GET /api/head and /api/verify: what was recorded, by one hash, and whether it still is what it was. */
#include "base/array.h"
#include "base/fail.h"
#include "server/routes.h"

#include <inttypes.h>
#include <stdlib.h>

jc_status jc_api_head(jc_call *call, jc_error *reterr)
{
    jc_store_info info = {0};
    jc_hash hash = {0};
    uint64_t position = 0;
    char id[JC_UUID_TEXT_SIZE];
    char hex[JC_HASH_TEXT_SIZE];
    jc_status status = jc_store_info_read(call->store, &info, reterr);
    if (status == JC_OK)
        status = jc_store_head_read(call->store, 0, &hash, &position, reterr);
    if (status < 0)
        return status;
    jc_uuid_format(info.store_id, id);
    jc_hash_format(hash, hex);
    jc_put_format(&call->out, "{\"store_id\":\"%s\",\"position\":%" PRIu64 ",\"hash\":\"%s\"}", id,
                  position, hex);
    return JC_OK;
}

/* A check under way: the log, then what hangs on it, workflow by workflow. */
typedef struct checking {
    jc_call *call;
    jc_str *ids; /* of the workflows */
    size_t count;
    size_t capacity;
    jc_answer findings; /* with commas between */
    jc_buf found;
    uint64_t damages;
} checking;

static void end_checking(checking *of)
{
    free(of->ids);
    jc_buf_release(&of->found);
}
JC_AUTO_DEFINE(checking, end_checking);

static void report(void *context, const jc_finding *finding)
{
    checking *of = context;
    if (finding->damage)
        of->damages++;
    if (of->found.size > 0)
        jc_put(&of->findings, ",");
    jc_finding_write(&of->findings.sink, finding);
}

static jc_status add_id(checking *of, jc_str id)
{
    jc_str *ids = jc_array_grow(of->ids, sizeof *ids, of->count, &of->capacity);
    if (ids == NULL)
        return JC_ENOMEM;
    of->ids = ids;
    jc_status status = jc_arena_keep(of->call->arena, id, &ids[of->count], NULL);
    if (status == JC_OK)
        of->count++;
    return status;
}

static jc_status add_workflow(void *context, const jc_workflow_summary *summary)
{
    return add_id(context, summary->workflow_id);
}

/* Mirrors may be there whose workflows the log has lost. */
static jc_status add_mirror(void *context, jc_str workflow_id)
{
    checking *of = context;
    for (size_t i = 0; i < of->count; i++) {
        if (jc_str_equal(of->ids[i], workflow_id))
            return JC_OK;
    }
    return add_id(of, workflow_id);
}

static jc_status list_workflows(checking *of, const jc_str given[], size_t count, jc_error *reterr)
{
    jc_status status = JC_OK;
    for (size_t i = 0; status == JC_OK && i < count; i++) {
        jc_head head;
        status = jc_workflow_id_check(given[i], reterr);
        if (status == JC_OK)
            status = jc_call_head(of->call, given[i], &head, reterr);
        if (status == JC_OK)
            status = add_id(of, given[i]);
    }
    if (count > 0 || status < 0)
        return status;
    status = jc_workflow_list(of->call->store, add_workflow, of, reterr);
    return status == JC_OK ? jc_mirror_list(of->call->store, add_mirror, of, reterr) : status;
}

/* What cannot go past a damaged row that was found already is not told twice. */
static jc_status check_derived(checking *of, jc_error *reterr)
{
    bool is_damaged = of->damages > 0;
    for (size_t i = 0; i < of->count; i++) {
        uint64_t checked = 0;
        jc_status status = jc_mirror_verify(of->call->store, of->ids[i], report, of, reterr);
        if (status == JC_OK || (status == JC_ECORRUPT && is_damaged))
            status = jc_cache_check(of->call->store, of->ids[i], report, of, &checked, reterr);
        if (status < 0 && (status != JC_ECORRUPT || !is_damaged))
            return status;
    }
    return JC_OK;
}

jc_status jc_api_verify(jc_call *call, jc_error *reterr)
{
    JC_AUTO(checking) of = {.call = call};
    jc_verify_result checked = {0};
    const jc_str *given = NULL;
    size_t count = 0;
    jc_answer_init(&of.findings, &of.found);
    jc_status status = jc_query_texts(&call->query, "workflow", &given, &count, reterr);
    if (status == JC_OK)
        status = list_workflows(&of, given, count, reterr);
    if (status == JC_OK)
        status = jc_verify(call->store, given, count, report, &of, &checked, reterr);
    if (status == JC_OK)
        status = check_derived(&of, reterr);
    if (status < 0)
        return status;
    jc_put_format(&call->out,
                  "{\"events\":%" PRIu64 ",\"workflows\":%" PRIu64 ",\"damages\":%" PRIu64
                  ",\"findings\":[",
                  checked.events, checked.workflows, of.damages);
    jc_put_str(&call->out, jc_buf_str(&of.found));
    jc_put(&call->out, "]}");
    return jc_answer_status(&of.findings, reterr);
}
