/* Items and threads as JSON, a line each, with the same members for a message as the state has. */
#include "mailbox/mailbox.h"
#include "projection/mailbox_json.h"

/* End the document with a zero byte; NULL when memory was short. */
static const char *finish(jc_mailbox *mailbox, jc_write *write, jc_error *reterr)
{
    jc_buf_clear(&mailbox->json.buf);
    jc_status status = jc_write_end(write, &mailbox->json, reterr);
    if (status == JC_OK)
        status = jc_buf_append_char(&mailbox->json.buf, '\0', reterr);
    return status == JC_OK ? mailbox->json.buf.bytes : NULL;
}

const char *jc_mailbox_item_json(jc_mailbox *mailbox, const jc_mailbox_item *item, jc_error *reterr)
{
    jc_write write;
    yyjson_mut_val *root = jc_write_begin(&write);
    const jc_message *message = item->message;
    bool sent = item->store != JC_MAIL_INBOX && jc_str_equal(item->agent, message->from_agent);
    bool received = item->store != JC_MAIL_OUTBOX && jc_str_equal(item->agent, message->to_agent);
    jc_write_text(&write, root, "workflow_id", mailbox->workflow_id);
    jc_write_text(&write, root, "agent", item->agent);
    jc_write_text(&write, root, "store", jc_str_of(jc_mail_store_name(item->store)));
    jc_mail_write(&write, root, message, sent, received);
    return finish(mailbox, &write, reterr);
}

static void write_id(jc_write *write, yyjson_mut_val *object, const char *name, jc_uuid id)
{
    char text[JC_UUID_TEXT_SIZE];
    jc_uuid_format(id, text);
    jc_write_text_copy(write, object, name, jc_str_of(text));
}

static void write_entries(jc_write *write, yyjson_mut_val *list, const jc_thread_entry entries[],
                          size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const jc_thread_entry *entry = &entries[i];
        yyjson_mut_val *object = jc_write_element(write, list);
        jc_write_text(write, object, "step", jc_str_of(jc_thread_step_name(entry->step)));
        jc_write_time(write, object, "timestamp", entry->time_us);
        jc_write_count(write, object, "sequence", entry->sequence);
        jc_write_text(write, object, "agent", entry->agent);
        if (entry->message != NULL)
            write_id(write, object, "message_id", entry->message->id);
        if (entry->problem != JC_PROBLEM_NONE)
            jc_write_text(write, object, "problem", jc_str_of(jc_problem_name(entry->problem)));
    }
}

static void write_counts(jc_write *write, yyjson_mut_val *root, const jc_thread *thread)
{
    jc_write_count(write, root, "message_count", thread->message_count);
    jc_write_count(write, root, "acknowledged_count", thread->acknowledged_count);
    jc_write_count(write, root, "completed_count", thread->completed_count);
    jc_write_count(write, root, "orphan_count", thread->orphan_count);
    jc_write_bool(write, root, "consistent", thread->problem_count == 0);
}

static void write_pending(jc_write *write, yyjson_mut_val *root, const jc_thread *thread)
{
    yyjson_mut_val *list = jc_write_list(write, root, "pending");
    for (size_t i = 0; i < thread->pending_count; i++) {
        const jc_thread_pending *pending = &thread->pending[i];
        yyjson_mut_val *object = jc_write_element(write, list);
        jc_write_text(write, object, "action", jc_str_of(jc_thread_action_name(pending->action)));
        jc_write_text(write, object, "agent", pending->agent);
        write_id(write, object, "message_id", pending->message->id);
    }
}

const char *jc_thread_json(jc_mailbox *mailbox, const jc_thread *thread, jc_error *reterr)
{
    jc_write write;
    yyjson_mut_val *root = jc_write_begin(&write);
    jc_write_text(&write, root, "workflow_id", mailbox->workflow_id);
    jc_write_text(&write, root, "correlation_id", thread->correlation_id);
    jc_write_text(&write, root, "status", jc_str_of(jc_thread_status_name(thread->status)));
    yyjson_mut_val *participants = jc_write_list(&write, root, "participants");
    for (size_t i = 0; i < thread->participant_count; i++)
        jc_write_element_text(&write, participants, thread->participants[i]);
    write_counts(&write, root, thread);
    yyjson_mut_val *messages = jc_write_list(&write, root, "messages");
    for (size_t i = 0; i < thread->message_count; i++)
        jc_mail_write(&write, jc_write_element(&write, messages), thread->messages[i], true, false);
    write_entries(&write, jc_write_list(&write, root, "timeline"), thread->timeline,
                  thread->timeline_count);
    write_pending(&write, root, thread);
    write_entries(&write, jc_write_list(&write, root, "problems"), thread->problems,
                  thread->problem_count);
    return finish(mailbox, &write, reterr);
}
