/* Mailboxes as they are read: the agents, and the threads by the beginning of their names. Items are
 * chosen in select.c, threads looked at in thread.c. */
#include "mailbox/mailbox.h"

#include "base/fail.h"

#include <stdlib.h>

static jc_status open_mailbox(jc_mailbox *mailbox, jc_store *store, jc_str workflow_id,
                              const jc_point *point, jc_error *reterr)
{
    jc_status status = jc_arena_keep(&mailbox->arena, workflow_id, &mailbox->workflow_id, reterr);
    if (status < 0)
        return status;
    return jc_state_read(store, jc_projection_find("mailbox"), workflow_id, point, &mailbox->state,
                         reterr);
}

jc_status jc_mailbox_read(jc_store *store, jc_str workflow_id, const jc_point *point,
                          jc_mailbox **ret_mailbox, jc_error *reterr)
{
    jc_mailbox *mailbox = calloc(1, sizeof *mailbox);
    if (mailbox == NULL)
        return jc_fail_memory(reterr);
    jc_status status = open_mailbox(mailbox, store, workflow_id, point, reterr);
    if (status < 0) {
        jc_mailbox_free(mailbox);
        return status;
    }
    *ret_mailbox = mailbox;
    return JC_OK;
}

void jc_mailbox_free(jc_mailbox *mailbox)
{
    if (mailbox == NULL)
        return;
    jc_state_free(mailbox->state);
    jc_arena_release(&mailbox->arena);
    jc_buf_release(&mailbox->json.buf);
    free(mailbox);
}

/* ---- Names ---- */

jc_status jc_mailbox_agents(jc_mailbox *mailbox, jc_mailbox_names *ret_agents, jc_error *reterr)
{
    const jc_mails *mails = jc_mailbox_mails(mailbox);
    jc_str *names = jc_arena_get(&mailbox->arena, (mails->agent_count + 1) * sizeof *names);
    if (names == NULL)
        return jc_fail_memory(reterr);
    size_t count = 0;
    for (const jc_mail_agent *agent = mails->first_agent; agent != NULL; agent = agent->next)
        names[count++] = agent->name;
    *ret_agents = (jc_mailbox_names){.items = names, .count = count};
    return JC_OK;
}

static int compare_names(const void *a, const void *b)
{
    const jc_str *left = a;
    const jc_str *right = b;
    size_t size = left->size < right->size ? left->size : right->size;
    int order = memcmp(left->bytes, right->bytes, size);
    if (order != 0)
        return order;
    return left->size < right->size ? -1 : left->size > right->size;
}

jc_status jc_mailbox_threads(jc_mailbox *mailbox, jc_mailbox_names *ret_threads, jc_error *reterr)
{
    const jc_mails *mails = jc_mailbox_mails(mailbox);
    jc_str *names = jc_arena_get(&mailbox->arena, (mails->thread_count + 1) * sizeof *names);
    if (names == NULL)
        return jc_fail_memory(reterr);
    size_t count = 0;
    for (const jc_mail_thread *thread = mails->first_thread; thread != NULL; thread = thread->next)
        names[count++] = thread->correlation_id;
    qsort(names, count, sizeof *names, compare_names);
    *ret_threads = (jc_mailbox_names){.items = names, .count = count};
    return JC_OK;
}

static bool begins_with(jc_str text, jc_str prefix)
{
    return text.size >= prefix.size && memcmp(text.bytes, prefix.bytes, prefix.size) == 0;
}

jc_status jc_mails_find(const jc_mails *mails, jc_str workflow_id, jc_str prefix,
                        const jc_mail_thread **ret_thread, jc_error *reterr)
{
    int shown = (int)(prefix.size < 80 ? prefix.size : 80);
    if (prefix.size == 0)
        return jc_fail(reterr, JC_EINVAL, "the id is empty: give a message's correlation id");
    const jc_mail_thread *found = jc_mails_thread(mails, prefix);
    size_t count = found != NULL ? 1 : 0;
    const jc_mail_thread *each = found == NULL ? mails->first_thread : NULL;
    for (; each != NULL; each = each->next) {
        if (begins_with(each->correlation_id, prefix)) {
            found = each;
            count++;
        }
    }
    if (count == 0)
        return jc_fail(reterr, JC_ENOTFOUND, "there is no message '%.*s' in workflow '%.*s'", shown,
                       prefix.bytes, (int)workflow_id.size, workflow_id.bytes);
    if (count > 1)
        return jc_fail(reterr, JC_EINVAL, "'%.*s' begins the ids of %zu messages: write more of it",
                       shown, prefix.bytes, count);
    *ret_thread = found;
    return JC_OK;
}

jc_status jc_mailbox_find(jc_mailbox *mailbox, jc_str prefix, jc_str *ret_correlation_id,
                          jc_error *reterr)
{
    const jc_mail_thread *thread = NULL;
    jc_status status =
        jc_mails_find(jc_mailbox_mails(mailbox), mailbox->workflow_id, prefix, &thread, reterr);
    if (status == JC_OK)
        *ret_correlation_id = thread->correlation_id;
    return status;
}
