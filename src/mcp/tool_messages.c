/* send_message, read_inbox, complete_message. */
#include "base/fail.h"
#include "mcp/page.h"

#define MESSAGE_COUNT 50

static void put_receipt(jc_mcp_call *call, jc_str workflow_id, const jc_message_receipt *receipt)
{
    jc_mcp_json *out = call->out;
    jc_mcp_put_uuid(out, call->result, "id", receipt->id);
    jc_mcp_put_text(out, call->result, "workflow_id", workflow_id);
    jc_mcp_put_number(out, call->result, "sequence", receipt->sequence);
    jc_mcp_put_word(out, call->result, "correlation_id", receipt->correlation_id);
    jc_mcp_put_number(out, call->result, "redacted", call->redacted);
}

jc_status jc_mcp_send_message(jc_mcp_call *call, jc_error *reterr)
{
    jc_message_receipt receipt;
    jc_message_draft draft = {.from_agent = jc_mcp_agent_of(call),
                              .to_agent = jc_mcp_text_of(call, "to_agent"),
                              .message_type = jc_mcp_text_of(call, "message_type"),
                              .priority = jc_priority_of(jc_mcp_text_of(call, "priority")),
                              .awaiting_response = jc_mcp_flag_of(call, "awaiting_response", false),
                              .reply_to = jc_mcp_text_of(call, "reply_to"),
                              .id = call->id};
    jc_status status = jc_mcp_workflow_of(call, &draft.workflow_id, reterr);
    if (status == JC_OK)
        status = jc_mcp_written_text(call, "content", &draft.content, reterr);
    if (status == JC_OK)
        status = jc_message_send(call->store, &draft, &receipt, reterr);
    if (status == JC_OK) {
        put_receipt(call, draft.workflow_id, &receipt);
        jc_mcp_put_text(call->out, call->result, "from_agent", draft.from_agent);
    }
    return status;
}

jc_status jc_mcp_complete_message(jc_mcp_call *call, jc_error *reterr)
{
    jc_message_receipt receipt;
    jc_message_answer answer = {.correlation_id = jc_mcp_text_of(call, "correlation_id"),
                                .agent = jc_mcp_agent_of(call),
                                .failed = !jc_mcp_flag_of(call, "success", true)};
    jc_status status = jc_mcp_workflow_of(call, &answer.workflow_id, reterr);
    if (status == JC_OK)
        status = jc_mcp_written_text(call, "result", &answer.result, reterr);
    if (status == JC_OK)
        status = jc_message_complete(call->store, &answer, &receipt, reterr);
    if (status == JC_OK) {
        put_receipt(call, answer.workflow_id, &receipt);
        jc_mcp_put_number(call->out, call->result, "completed", receipt.messages);
    }
    return status;
}

/* ---- Reading ---- */

/* An inbox under way. */
typedef struct inbox {
    jc_mcp_call *call;
    jc_str workflow_id;
    jc_str agent;
    jc_mcp_place place;
    jc_mailbox *mailbox;
    jc_mailbox_items items;
} inbox;

static jc_status read_mailbox(inbox *of, jc_error *reterr)
{
    bool all = jc_mcp_flag_of(of->call, "include_completed", false);
    jc_mailbox_query query = {.agent = of->agent,
                              .stores = all ? JC_MAIL_INBOX | JC_MAIL_HISTORY : JC_MAIL_INBOX,
                              .unread = jc_mcp_flag_of(of->call, "unread_only", false),
                              .received = true,
                              .priority_min = jc_priority_of(jc_mcp_text_of(of->call, "priority")),
                              .by_priority = true};
    jc_status status =
        jc_mailbox_read(of->call->store, of->workflow_id, &of->place.point, &of->mailbox, reterr);
    if (status == JC_OK)
        status = jc_mailbox_select(of->mailbox, &query, &of->items, reterr);
    return status;
}

/* The text of an item is what `jc message inbox --json` prints. */
static jc_status put_items(inbox *of, size_t *ret_end, jc_error *reterr)
{
    size_t at = (size_t)of->place.given;
    jc_mcp_page page = jc_mcp_page_begin(of->call, "messages", MESSAGE_COUNT);
    for (; at < of->items.count; at++) {
        const char *json = jc_mailbox_item_json(of->mailbox, &of->items.items[at], reterr);
        if (json == NULL)
            return JC_ENOMEM;
        if (!jc_mcp_page_add(&page, jc_mcp_parsed(of->call->out, jc_str_of(json))))
            break;
    }
    if (at < of->items.count)
        jc_mcp_put_place(of->call, &of->place, at);
    *ret_end = at;
    return JC_OK;
}

/* Acknowledge the threads of what was given. One of them that was already is none that fails. */
static jc_status acknowledge(inbox *of, size_t end, jc_error *reterr)
{
    size_t count = 0;
    for (size_t i = (size_t)of->place.given; i < end; i++) {
        const jc_message *message = of->items.items[i].message;
        jc_message_receipt receipt;
        jc_message_answer answer = {.workflow_id = of->workflow_id,
                                    .correlation_id = message->correlation_id,
                                    .agent = of->agent};
        if (message->acknowledged)
            continue;
        jc_status status = jc_message_acknowledge(of->call->store, &answer, &receipt, reterr);
        if (status < 0)
            return status;
        count += receipt.messages;
    }
    jc_mcp_put_number(of->call->out, of->call->result, "acknowledged", count);
    return JC_OK;
}

static jc_status put_inbox(inbox *of, jc_error *reterr)
{
    size_t end = 0;
    jc_mcp_json *out = of->call->out;
    jc_priority_summary summary = jc_mailbox_priorities(of->mailbox, of->agent, JC_MAIL_INBOX);
    jc_mcp_put_text(out, of->call->result, "workflow_id", of->workflow_id);
    jc_mcp_put_text(out, of->call->result, "agent_id", of->agent);
    jc_mcp_put_number(out, of->call->result, "unread", summary.unread);
    jc_mcp_put_number(out, of->call->result, "total", of->items.count);
    jc_status status = put_items(of, &end, reterr);
    if (status == JC_OK && jc_mcp_flag_of(of->call, "acknowledge", false))
        status = acknowledge(of, end, reterr);
    return status;
}

jc_status jc_mcp_read_inbox(jc_mcp_call *call, jc_error *reterr)
{
    inbox of = {.call = call, .agent = jc_mcp_agent_of(call)};
    jc_status status = jc_mcp_workflow_of(call, &of.workflow_id, reterr);
    if (status == JC_OK)
        status = jc_mcp_place_of(call, of.workflow_id, "at", NULL, &of.place, reterr);
    if (status == JC_OK)
        status = read_mailbox(&of, reterr);
    if (status == JC_OK)
        status = put_inbox(&of, reterr);
    jc_mailbox_free(of.mailbox);
    return status;
}
