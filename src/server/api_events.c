/* GET /api/events, /api/events/{workflow}, /api/event/{id}: events by the page, through the log's filter and
 * a test of their content. Lines are copied as they are stored.
 *
 * A page ends at its limit, at PAGE_SIZE_MAX bytes, or when SCAN_MAX events were looked at; the cursor that
 * it then gives is the number that pages go by, of the last event that was given or looked at: the sequence
 * in one workflow, the position in all of them. */
#include "base/fail.h"
#include "server/routes.h"

#include <inttypes.h>

#define LIMIT 100
#define LIMIT_MAX 1000
#define PAGE_SIZE_MAX ((size_t)4 * 1024 * 1024)
#define SCAN_MAX 200000

typedef struct page {
    jc_call *call;
    jc_filter filter;
    jc_match *match; /* NULL: every event of the filter */
    jc_cursor *cursor;
    jc_head head;
    uint64_t limit;
    uint64_t count;
    uint64_t scanned;
    uint64_t last; /* number of the last event that was given, or passed over behind it */
    bool more;
    bool nothing; /* lies behind the cursor */
} page;

static void end_page(page *of)
{
    jc_cursor_close(of->cursor);
    jc_match_free(of->match);
}
JC_AUTO_DEFINE(page, end_page);

static bool is_of_one(const page *of)
{
    return of->filter.workflow_count == 1;
}

static uint64_t number_of(const page *of, const jc_event *event)
{
    return is_of_one(of) ? event->sequence : event->position;
}

/* ---- What is asked for ---- */

static jc_status set_match(page *of, jc_error *reterr)
{
    const jc_str *where = NULL;
    size_t count = 0;
    const jc_query *query = &of->call->query;
    jc_str grep = jc_query_text(query, "grep");
    jc_status status = jc_query_texts(query, "where", &where, &count, reterr);
    if (status < 0 || (grep.bytes == NULL && count == 0))
        return status;
    return jc_match_new(grep, where, count, &of->match, reterr);
}

static jc_status set_order(page *of, jc_error *reterr)
{
    jc_str order = jc_query_text(&of->call->query, "order");
    of->filter.reverse = jc_str_equal(order, JC_STR("desc"));
    if (order.bytes != NULL && !of->filter.reverse && !jc_str_equal(order, JC_STR("asc")))
        return jc_fail(reterr, JC_EINVAL, "order: it is asc or desc");
    return JC_OK;
}

/* Only what lies behind the cursor, within the bounds that were given. */
static jc_status set_place(page *of, jc_error *reterr)
{
    jc_filter *filter = &of->filter;
    const jc_query *query = &of->call->query;
    uint64_t after = 0;
    jc_status status = jc_query_number(query, "from", 1, INT64_MAX, &filter->from, reterr);
    if (status == JC_OK)
        status = jc_query_number(query, "to", 1, INT64_MAX, &filter->to, reterr);
    if (status == JC_OK)
        status = jc_query_number(query, "after", 0, INT64_MAX - 1, &after, reterr);
    if (status < 0 || !jc_query_has(query, "after"))
        return status;
    if (filter->to != 0 && filter->from > filter->to)
        return jc_fail(reterr, JC_EINVAL, "from: it lies behind 'to'");
    if (filter->reverse && (filter->to == 0 || filter->to >= after))
        filter->to = after > 0 ? after - 1 : 0;
    if (!filter->reverse && filter->from <= after)
        filter->from = after + 1;
    of->nothing = filter->reverse ? after <= 1 || filter->from > filter->to
                                  : filter->to != 0 && filter->from > filter->to;
    return JC_OK;
}

static jc_status set_filter(page *of, jc_error *reterr)
{
    jc_filter *filter = &of->filter;
    const jc_query *query = &of->call->query;
    filter->workflow_ids = &of->call->name;
    filter->workflow_count = of->call->name.bytes != NULL ? 1 : 0;
    filter->agent_id = jc_query_text(query, "agent");
    filter->correlation_id = jc_query_text(query, "correlation");
    jc_status status =
        jc_query_texts(query, "type", &filter->event_types, &filter->event_type_count, reterr);
    if (status == JC_OK)
        status = jc_query_time(query, "since", &filter->has_since, &filter->since_us, reterr);
    if (status == JC_OK)
        status = jc_query_time(query, "until", &filter->has_until, &filter->until_us, reterr);
    if (status == JC_OK)
        status = jc_query_number(query, "limit", 1, LIMIT_MAX, &of->limit, reterr);
    if (status == JC_OK)
        status = set_order(of, reterr);
    return status == JC_OK ? set_place(of, reterr) : status;
}

static jc_status read_head(page *of, jc_error *reterr)
{
    jc_store_info info;
    if (is_of_one(of))
        return jc_call_head(of->call, of->call->name, &of->head, reterr);
    jc_status status = jc_store_info_read(of->call->store, &info, reterr);
    if (status == JC_OK)
        of->head.position = info.position;
    return status;
}

/* Of a workflow that nothing else is asked of, the last events. */
static void set_defaults(page *of)
{
    if (!is_of_one(of) || of->call->query.count > 0)
        return;
    of->limit = LIMIT_MAX;
    if (of->head.sequence > LIMIT_MAX)
        of->filter.from = of->head.sequence - LIMIT_MAX + 1;
}

/* ---- Reading ---- */

/* The next event that is wanted. JC_END: there is none; or, with of->more, enough was looked at. */
static jc_status next_event(page *of, const jc_event **ret_event, jc_error *reterr)
{
    for (;;) {
        jc_status status = jc_cursor_next(of->cursor, ret_event, reterr);
        if (status != JC_OK || of->match == NULL)
            return status;
        status = jc_match_test(of->match, *ret_event, reterr);
        if (status != JC_END)
            return status;
        if (++of->scanned >= SCAN_MAX) {
            of->more = true;
            of->last = number_of(of, *ret_event);
            return JC_END;
        }
    }
}

static void put_event(page *of, const jc_event *event)
{
    if (of->count++ > 0)
        jc_put(&of->call->out, ",");
    jc_put_event(&of->call->out, event);
    of->last = number_of(of, event);
    if (event->position > of->head.position)
        of->head = (jc_head){.sequence = event->sequence, .position = event->position};
}

/* One event more than is given tells whether there is anything behind it. */
static jc_status put_page(page *of, jc_error *reterr)
{
    const jc_event *event = NULL;
    jc_status status;
    while ((status = next_event(of, &event, reterr)) == JC_OK) {
        of->more = of->count == of->limit ||
                   (of->count > 0 && of->call->out.body->size + event->data.size > PAGE_SIZE_MAX);
        if (of->more)
            return JC_OK;
        put_event(of, event);
    }
    return status == JC_END ? JC_OK : status;
}

static void put_end(page *of)
{
    jc_answer *out = &of->call->out;
    if (of->more)
        jc_put_format(out, "],\"next\":\"%" PRIu64 "\",\"head\":{", of->last);
    else
        jc_put(out, "],\"next\":null,\"head\":{");
    if (is_of_one(of))
        jc_put_format(out, "\"sequence\":%" PRIu64 ",", of->head.sequence);
    jc_put_format(out, "\"position\":%" PRIu64 "}}", of->head.position);
}

jc_status jc_api_events(jc_call *call, jc_error *reterr)
{
    JC_AUTO(page) of = {.call = call, .limit = LIMIT};
    jc_status status = set_filter(&of, reterr);
    if (status == JC_OK)
        status = set_match(&of, reterr);
    if (status == JC_OK)
        status = read_head(&of, reterr);
    if (status < 0)
        return status;
    set_defaults(&of);
    jc_put(&call->out, "{\"events\":[");
    if (!of.nothing) {
        status = jc_cursor_open(call->store, &of.filter, &of.cursor, reterr);
        if (status == JC_OK)
            status = put_page(&of, reterr);
    }
    put_end(&of);
    return status;
}

jc_status jc_api_event(jc_call *call, jc_error *reterr)
{
    jc_event event;
    jc_status status = jc_event_find(call->store, call->name, &event, reterr);
    if (status == JC_OK)
        jc_put_event(&call->out, &event);
    return status;
}
