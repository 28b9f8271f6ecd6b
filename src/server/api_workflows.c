/* GET /api/workflows: one object a workflow, the one heard of last first. */
#include "base/array.h"
#include "base/clock.h"
#include "base/fail.h"
#include "server/routes.h"

#include <inttypes.h>
#include <stdlib.h>

/* The workflows that there are, sorted by id. */
typedef struct listing {
    jc_arena *arena; /* owns ids */
    jc_workflow_summary *items;
    size_t count;
    size_t capacity;
    size_t *order; /* places of items, the one heard of last first */
} listing;

static void end_listing(listing *list)
{
    free(list->items);
    free(list->order);
}
JC_AUTO_DEFINE(listing, end_listing);

static jc_status add(void *context, const jc_workflow_summary *summary)
{
    listing *list = context;
    jc_workflow_summary *items =
        jc_array_grow(list->items, sizeof *items, list->count, &list->capacity);
    if (items == NULL)
        return JC_ENOMEM;
    list->items = items;
    items[list->count] = *summary;
    jc_status status =
        jc_arena_keep(list->arena, summary->workflow_id, &items[list->count].workflow_id, NULL);
    if (status == JC_OK)
        list->count++;
    return status;
}

static int by_last_position(const void *a, const void *b, void *context)
{
    const listing *list = context;
    uint64_t one = list->items[*(const size_t *)a].last_position;
    uint64_t other = list->items[*(const size_t *)b].last_position;
    return (one < other) - (one > other);
}

static jc_status sort(listing *list, jc_error *reterr)
{
    list->order = calloc(list->count + 1, sizeof *list->order);
    if (list->order == NULL)
        return jc_fail_memory(reterr);
    for (size_t i = 0; i < list->count; i++)
        list->order[i] = i;
    if (list->count > 0)
        qsort_r(list->order, list->count, sizeof *list->order, by_last_position, list);
    return JC_OK;
}

/* What is due now: the states stay the same, and time goes on. */
static void put_attention(jc_answer *out, const jc_row *row, int64_t now_us)
{
    size_t due = 0;
    bool bad = false;
    for (size_t i = 0; i < row->matter_count; i++) {
        if (row->matters[i].due_us > now_us)
            continue;
        due++;
        bad = bad || row->matters[i].bad;
    }
    jc_put_format(out, ",\"attention\":{\"count\":%zu", due);
    if (due > 0)
        jc_put_format(out, ",\"severity\":\"%s\"", bad ? "bad" : "warn");
    jc_put(out, "}");
}

static jc_status put_row(jc_call *call, const listing *list, size_t place, int64_t now_us,
                         jc_error *reterr)
{
    jc_row *row = &call->api->rows.items[place];
    jc_status status = JC_OK;
    if (!row->made)
        status = jc_row_make(row, call->store, &list->items[place], reterr);
    if (status < 0)
        return status;
    jc_put_comma(&call->out);
    jc_put(&call->out, "{");
    jc_put_str(&call->out, jc_buf_str(&row->json));
    put_attention(&call->out, row, now_us);
    jc_put(&call->out, "}");
    if (place >= JC_ROWS_MAX)
        jc_row_clear(row);
    return JC_OK;
}

static jc_status read_listing(jc_call *call, listing *ret, jc_error *reterr)
{
    jc_status status = jc_workflow_list(call->store, add, ret, reterr);
    if (status == JC_OK)
        status = sort(ret, reterr);
    return status == JC_OK ? jc_rows_match(&call->api->rows, ret->items, ret->count, reterr)
                           : status;
}

jc_status jc_api_workflows(jc_call *call, jc_error *reterr)
{
    JC_AUTO(listing) list = {.arena = call->arena};
    jc_store_info info;
    char id[JC_UUID_TEXT_SIZE];
    int64_t now_us = jc_clock_now_us();
    /* The position first: what comes meanwhile is told again by who asks for what lies behind it. */
    jc_status status = jc_store_info_read(call->store, &info, reterr);
    if (status == JC_OK)
        status = read_listing(call, &list, reterr);
    if (status < 0)
        return status;
    jc_put(&call->out, "{\"workflows\":[");
    for (size_t i = 0; status == JC_OK && i < list.count; i++)
        status = put_row(call, &list, list.order[i], now_us, reterr);
    jc_uuid_format(info.store_id, id);
    jc_put_format(&call->out,
                  "],\"position\":%" PRIu64 ",\"store_id\":\"%s\",\"epoch\":%" PRIu64 "}",
                  info.position, id, info.epoch);
    return status;
}
