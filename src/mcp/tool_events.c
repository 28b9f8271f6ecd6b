/* log_event, get_events. */
#include "base/fail.h"
#include "mcp/event_json.h"
#include "mcp/page.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define EVENT_COUNT 50
#define SCAN_MAX 200000 /* events that one call looks at */
#define DAMAGES_MAX 10  /* rows that are passed by */

/* ---- Logging ---- */

/* The event's id: the one that is given, so that the call can be repeated, else a new one. */
static jc_status id_of(const jc_mcp_call *call, jc_uuid *ret_id, jc_error *reterr)
{
    jc_error error = {0};
    *ret_id = call->id;
    if (!jc_mcp_has(call, "id") || jc_uuid_parse(jc_mcp_text_of(call, "id"), ret_id, &error) >= 0)
        return JC_OK;
    return jc_fail(reterr, JC_EINVAL, "id: %s", error.text);
}

static jc_status event_of(jc_mcp_call *call, jc_event *ret_event, jc_error *reterr)
{
    jc_event event = {.event_type = jc_mcp_text_of(call, "event_type"),
                      .agent_id = jc_mcp_agent_of(call),
                      .correlation_id = jc_mcp_text_of(call, "correlation_id"),
                      .causation_id = jc_mcp_text_of(call, "causation_id")};
    if (event.correlation_id.bytes == NULL)
        event.correlation_id = call->correlation_id;
    jc_status status = jc_mcp_workflow_to_write(call, &event.workflow_id, reterr);
    if (status == JC_OK)
        status = id_of(call, &event.id, reterr);
    if (status == JC_OK)
        status =
            jc_mcp_time_of(call, "timestamp", &event.timestamp_us, &event.has_timestamp, reterr);
    if (status == JC_OK)
        status = jc_mcp_written_object(call, "data", &event.data, reterr);
    if (status == JC_OK)
        *ret_event = event;
    return status;
}

static jc_status append(const jc_mcp_call *call, const jc_event *event, jc_receipt *ret_receipt,
                        jc_error *reterr)
{
    jc_append_result result;
    jc_expected expected = {.workflow_id = event->workflow_id,
                            .sequence = jc_mcp_number_of(call, "expected_sequence", 0)};
    jc_unit unit = {.events = event,
                    .count = 1,
                    .expected = &expected,
                    .expected_count = jc_mcp_has(call, "expected_sequence") ? 1 : 0,
                    .ret_receipts = ret_receipt};
    return jc_append(call->store, &unit, 1, &result, reterr);
}

/* The same event told again is stored, whichever trace the call belongs to now. */
static jc_status append_as_stored(const jc_mcp_call *call, jc_event *event, jc_receipt *ret_receipt,
                                  jc_error *reterr)
{
    char id[JC_UUID_TEXT_SIZE];
    jc_event stored;
    jc_uuid_format(event->id, id);
    if (jc_event_find(call->store, jc_str_of(id), &stored, NULL) < 0)
        return JC_EREUSED;
    jc_status status =
        jc_arena_keep(&call->mcp->arena, stored.correlation_id, &event->correlation_id, reterr);
    return status == JC_OK ? append(call, event, ret_receipt, reterr) : status;
}

static void put_receipt(jc_mcp_call *call, const jc_event *event, const jc_receipt *receipt)
{
    jc_mcp_json *out = call->out;
    jc_mcp_put_uuid(out, call->result, "id", event->id);
    jc_mcp_put_text(out, call->result, "workflow_id", event->workflow_id);
    jc_mcp_put_number(out, call->result, "sequence", receipt->sequence);
    jc_mcp_put_number(out, call->result, "position", receipt->position);
    jc_mcp_put_time(out, call->result, "timestamp", receipt->timestamp_us);
    jc_mcp_put_text(out, call->result, "event_type", event->event_type);
    jc_mcp_put_bool(out, call->result, "already_stored", receipt->already_stored);
    jc_mcp_put_number(out, call->result, "redacted", call->redacted);
}

jc_status jc_mcp_log_event(jc_mcp_call *call, jc_error *reterr)
{
    jc_event event = {0};
    jc_receipt receipt = {0};
    jc_error advice = {0};
    jc_status status = event_of(call, &event, reterr);
    if (status == JC_OK)
        status = jc_event_check(call->store, &event, false, &advice, reterr);
    if (status == JC_OK)
        status = append(call, &event, &receipt, reterr);
    if (status == JC_EREUSED && !jc_mcp_has(call, "correlation_id"))
        status = append_as_stored(call, &event, &receipt, reterr);
    if (status < 0)
        return status;
    put_receipt(call, &event, &receipt);
    if (advice.text[0] != '\0')
        jc_mcp_put_word(call->out, call->result, "advice", advice.text);
    return JC_OK;
}

/* ---- Reading ---- */

/* What get_events looks for. */
typedef struct reading {
    jc_mcp_call *call;
    jc_str workflow_id;
    jc_filter filter;
    jc_match *match; /* NULL: every event of the filter */
    bool with_data;
    uint64_t scanned;
    yyjson_mut_val *damaged;
} reading;

static void end_reading(reading *of)
{
    jc_match_free(of->match);
}
JC_AUTO_DEFINE(reading, end_reading);

/* The number that pages go by: of one workflow the sequence, of all the position. */
static uint64_t number_of(const reading *of, const jc_event *event)
{
    return of->filter.workflow_count == 1 ? event->sequence : event->position;
}

static jc_status set_content(reading *of, jc_error *reterr)
{
    const jc_str *where = NULL;
    size_t where_count = 0;
    jc_str text = jc_mcp_text_of(of->call, "text");
    jc_status status = jc_mcp_texts_of(of->call, "where", &where, &where_count, reterr);
    if (status < 0 || (text.bytes == NULL && where_count == 0))
        return status;
    return jc_match_new(text, where, where_count, &of->match, reterr);
}

static jc_status set_filter(reading *of, jc_error *reterr)
{
    jc_filter *filter = &of->filter;
    jc_mcp_call *call = of->call;
    filter->agent_id = jc_mcp_text_of(call, "agent_id");
    filter->correlation_id = jc_mcp_text_of(call, "correlation_id");
    filter->from = jc_mcp_number_of(call, "from", 0);
    filter->to = jc_mcp_number_of(call, "to", 0);
    filter->reverse = !jc_str_equal(jc_mcp_text_of(call, "order"), JC_STR("oldest"));
    jc_status status = jc_mcp_workflows_of(call, false, &of->workflow_id, reterr);
    filter->workflow_ids = &of->workflow_id;
    filter->workflow_count = of->workflow_id.bytes != NULL ? 1 : 0;
    if (status == JC_OK)
        status = jc_mcp_texts_of(call, "event_type", &filter->event_types,
                                 &filter->event_type_count, reterr);
    if (status == JC_OK)
        status = jc_mcp_time_of(call, "since", &filter->since_us, &filter->has_since, reterr);
    if (status == JC_OK)
        status = jc_mcp_time_of(call, "until", &filter->until_us, &filter->has_until, reterr);
    return status;
}

/* The cursor's place is where the next page begins. */
static jc_status set_start(reading *of, jc_error *reterr)
{
    char copy[32];
    char *end = NULL;
    jc_str place;
    jc_status status = jc_mcp_cursor_given(of->call, &place, reterr);
    if (status < 0 || place.bytes == NULL)
        return status;
    (void)snprintf(copy, sizeof copy, "%.*s", (int)place.size, place.bytes);
    unsigned long long number = strtoull(copy, &end, 10);
    if (number == 0 || *end != '\0')
        return jc_mcp_bad_cursor(reterr);
    if (of->filter.reverse)
        of->filter.to = number;
    else
        of->filter.from = number;
    return JC_OK;
}

static jc_status check_workflow(const reading *of, jc_error *reterr)
{
    jc_head head;
    if (of->filter.workflow_count == 0)
        return JC_OK;
    jc_status status = jc_head_read(of->call->store, of->workflow_id, &head, reterr);
    if (status == JC_OK && head.sequence == 0)
        return jc_fail(reterr, JC_ENOTFOUND, "there is no workflow '%.*s'",
                       (int)of->workflow_id.size, of->workflow_id.bytes);
    if (status == JC_OK)
        jc_mcp_put_number(of->call->out, of->call->result, "head_sequence", head.sequence);
    return status;
}

/* A damaged row is told, and does not hide the rest. */
static void tell_damage(reading *of, const jc_error *error)
{
    jc_mcp_json *out = of->call->out;
    if (of->damaged == NULL)
        of->damaged = jc_mcp_put_list(out, of->call->result, "damaged");
    jc_mcp_add(out, of->damaged, jc_mcp_text(out, jc_str_of(error->text)));
}

static jc_status next_row(reading *of, jc_cursor *cursor, const jc_event **ret_event,
                          jc_error *reterr)
{
    jc_error error = {0};
    jc_status status = jc_cursor_next(cursor, ret_event, &error);
    for (int damages = 0; status == JC_ECORRUPT && damages < DAMAGES_MAX; damages++) {
        tell_damage(of, &error);
        status = jc_cursor_next(cursor, ret_event, &error);
    }
    return status < 0 ? jc_fail(reterr, status, "%s", error.text) : status;
}

/* The next event that is wanted. JC_END: there is none (*ret_event is NULL), or enough was looked at
 * (*ret_event is then the last). */
static jc_status next_event(reading *of, jc_cursor *cursor, const jc_event **ret_event,
                            jc_error *reterr)
{
    jc_status status = JC_END;
    for (; of->scanned < SCAN_MAX; of->scanned++) {
        status = next_row(of, cursor, ret_event, reterr);
        if (status != JC_OK)
            *ret_event = NULL;
        if (status == JC_OK && of->match != NULL)
            status = jc_match_test(of->match, *ret_event, reterr);
        else
            return status;
        if (status != JC_END)
            return status;
    }
    return JC_END;
}

static jc_status read_page(reading *of, jc_cursor *cursor, jc_error *reterr)
{
    const jc_event *event = NULL; /* where the next page begins */
    jc_mcp_page page = jc_mcp_page_begin(of->call, "events", EVENT_COUNT);
    jc_status status;
    while ((status = next_event(of, cursor, &event, reterr)) == JC_OK) {
        if (!jc_mcp_page_add(&page, jc_mcp_event_item(of->call->out, event, of->with_data)))
            break;
    }
    if (status < 0)
        return status;
    if (event != NULL)
        jc_mcp_put_cursor(of->call, "%" PRIu64, number_of(of, event));
    return JC_OK;
}

static jc_status read_events(reading *of, jc_error *reterr)
{
    jc_cursor *cursor = NULL;
    jc_status status = jc_cursor_open(of->call->store, &of->filter, &cursor, reterr);
    if (status < 0)
        return status;
    jc_mcp_put_text(of->call->out, of->call->result, "workflow_id", of->workflow_id);
    status = read_page(of, cursor, reterr);
    jc_cursor_close(cursor);
    return status;
}

/* One event by its id, in full unless that is declined. */
static jc_status read_one(jc_mcp_call *call, jc_error *reterr)
{
    jc_event event;
    jc_status status = jc_event_find(call->store, jc_mcp_text_of(call, "id"), &event, reterr);
    if (status < 0)
        return status;
    jc_mcp_page page = jc_mcp_page_begin(call, "events", 1);
    (void)jc_mcp_page_add(&page, jc_mcp_event_item(call->out, &event,
                                                   jc_mcp_flag_of(call, "include_data", true)));
    return JC_OK;
}

jc_status jc_mcp_get_events(jc_mcp_call *call, jc_error *reterr)
{
    JC_AUTO(reading) of = {.call = call, .with_data = jc_mcp_flag_of(call, "include_data", false)};
    if (jc_mcp_has(call, "id"))
        return read_one(call, reterr);
    jc_status status = set_filter(&of, reterr);
    if (status == JC_OK)
        status = set_content(&of, reterr);
    if (status == JC_OK)
        status = set_start(&of, reterr);
    if (status == JC_OK)
        status = check_workflow(&of, reterr);
    return status == JC_OK ? read_events(&of, reterr) : status;
}
