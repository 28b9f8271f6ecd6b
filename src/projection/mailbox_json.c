/* The state of the projection `mailbox` as JSON, and back: see mailbox_json.h.
 *
 *     {"agents":{"coder":{"inbox":[…],"outbox":[…],"conversation_history":[…]}, …},"strays":[…]}
 *
 * A message stands there at both of its ends; it is known by its sequence. Threads are not written,
 * they follow from the messages in their order. `strays` are the answers that changed nothing; the
 * member is left out when there are none. */
#include "projection/mailbox_json.h"

#include "base/array.h"
#include "base/fail.h"
#include "projection/read.h"

static const char *const step_names[] = {[JC_THREAD_SENT] = "agent.message.sent",
                                         [JC_THREAD_ACKNOWLEDGED] = "agent.message.acknowledged",
                                         [JC_THREAD_COMPLETION] = "agent.message.completed"};

static void write_id(jc_write *write, yyjson_mut_val *object, jc_uuid id)
{
    char text[JC_UUID_TEXT_SIZE];
    jc_uuid_format(id, text);
    jc_write_text_copy(write, object, "id", jc_str_of(text));
}

void jc_mail_write(jc_write *write, yyjson_mut_val *object, const jc_message *message, bool sent,
                   bool received)
{
    write_id(write, object, message->id);
    jc_write_count(write, object, "sequence", message->sequence);
    jc_write_text(write, object, "correlation_id", message->correlation_id);
    jc_write_text(write, object, "causation_id", message->causation_id);
    jc_write_text(write, object, "from_agent", message->from_agent);
    jc_write_text(write, object, "to_agent", message->to_agent);
    jc_write_text(write, object, "message_type", message->message_type);
    jc_write_text(write, object, "priority", jc_str_of(jc_priority_name(message->priority)));
    jc_write_text(write, object, "content", message->content);
    jc_write_bool(write, object, "awaiting_response", message->awaiting_response);
    if (sent)
        jc_write_time(write, object, "sent_at", message->sent_us);
    if (received)
        jc_write_time(write, object, "received_at", message->sent_us);
    if (message->acknowledged) {
        jc_write_time(write, object, "acknowledged_at", message->acknowledged_us);
        jc_write_count(write, object, "acknowledged_sequence", message->acknowledged_sequence);
    }
    if (message->completed) {
        jc_write_time(write, object, "completed_at", message->completed_us);
        jc_write_count(write, object, "completed_sequence", message->completed_sequence);
        jc_write_text(write, object, "completed_by", message->completed_by);
        jc_write_bool(write, object, "success", message->success);
        jc_write_text(write, object, "result", message->result);
    }
}

static void write_box(jc_write *write, yyjson_mut_val *object, const char *name,
                      const jc_mail_agent *agent, const jc_mail_box *box)
{
    yyjson_mut_val *list = jc_write_list(write, object, name);
    for (const jc_mail_place *place = box->first; place != NULL; place = place->next) {
        const jc_mail *mail = place->mail;
        bool sent = mail->from == agent && box != &agent->inbox;
        bool received = mail->to == agent && box != &agent->outbox;
        jc_mail_write(write, jc_write_element(write, list), &mail->message, sent, received);
    }
}

static void write_agent(jc_write *write, yyjson_mut_val *agents, const jc_mail_agent *agent)
{
    yyjson_mut_val *key = yyjson_mut_strn(write->doc, agent->name.bytes, agent->name.size);
    yyjson_mut_val *object = yyjson_mut_obj(write->doc);
    write->failed = !yyjson_mut_obj_add(agents, key, object) || write->failed;
    write_box(write, object, "inbox", agent, &agent->inbox);
    write_box(write, object, "outbox", agent, &agent->outbox);
    write_box(write, object, "conversation_history", agent, &agent->history);
}

static void write_stray(jc_write *write, yyjson_mut_val *list, const jc_mail_stray *stray)
{
    yyjson_mut_val *object = jc_write_element(write, list);
    write_id(write, object, stray->id);
    jc_write_count(write, object, "sequence", stray->sequence);
    jc_write_text(write, object, "event_type", jc_str_of(step_names[stray->step]));
    jc_write_text(write, object, "correlation_id", stray->thread->correlation_id);
    jc_write_text(write, object, "from_agent", stray->agent);
    jc_write_text(write, object, "problem", jc_str_of(jc_problem_name(stray->problem)));
    jc_write_time(write, object, "created_at", stray->time_us);
}

jc_status jc_mails_write_json(const void *context, jc_output *output, jc_error *reterr)
{
    const jc_mails *state = context;
    jc_write write;
    yyjson_mut_val *root = jc_write_begin(&write);
    yyjson_mut_val *agents = jc_write_object(&write, root, "agents");
    for (const jc_mail_agent *agent = state->first_agent; agent != NULL; agent = agent->next)
        write_agent(&write, agents, agent);
    if (state->first_stray != NULL) {
        yyjson_mut_val *strays = jc_write_list(&write, root, "strays");
        for (const jc_mail_stray *each = state->first_stray; each != NULL; each = each->next)
            write_stray(&write, strays, each);
    }
    return jc_write_end(&write, output, reterr);
}

/* ---- Back ---- */

/* A state being read: the messages so far, each once. */
typedef struct reading {
    jc_mails *state;
    jc_arena arena; /* for the map alone */
    jc_map mail_by_sequence;
    jc_mail **mails;
    size_t count;
    size_t capacity;
} reading;

static void read_answers(yyjson_val *object, jc_message *message)
{
    message->acknowledged = jc_read_time(object, "acknowledged_at", &message->acknowledged_us);
    (void)jc_read_count(object, "acknowledged_sequence", &message->acknowledged_sequence);
    message->completed = jc_read_time(object, "completed_at", &message->completed_us);
    (void)jc_read_count(object, "completed_sequence", &message->completed_sequence);
    message->completed_by = jc_read_text(object, "completed_by");
    message->success = jc_read_true(object, "success");
    message->result = jc_read_text(object, "result");
}

static bool is_id(jc_str text)
{
    return text.size > 0 && text.size <= JC_AGENT_ID_SIZE_MAX;
}

/* Texts are borrowed. False: it is no message. */
static bool read_message(yyjson_val *object, jc_message *message)
{
    *message = (jc_message){.correlation_id = jc_read_text(object, "correlation_id"),
                            .causation_id = jc_read_text(object, "causation_id"),
                            .from_agent = jc_read_text(object, "from_agent"),
                            .to_agent = jc_read_text(object, "to_agent"),
                            .message_type = jc_read_text(object, "message_type"),
                            .priority = jc_priority_of(jc_read_text(object, "priority")),
                            .content = jc_read_text(object, "content"),
                            .awaiting_response = jc_read_true(object, "awaiting_response")};
    read_answers(object, message);
    return jc_uuid_parse(jc_read_text(object, "id"), &message->id, NULL) == JC_OK &&
           jc_read_count(object, "sequence", &message->sequence) &&
           (jc_read_time(object, "sent_at", &message->sent_us) ||
            jc_read_time(object, "received_at", &message->sent_us)) &&
           is_id(message->correlation_id) && message->priority != JC_PRIORITY_ANY;
}

/* The agents are known by now: a message of others belongs to no state. */
static jc_status add_mail(reading *from, const jc_message *message, jc_mail **ret, jc_error *reterr)
{
    if (jc_mails_agent(from->state, message->from_agent) == NULL ||
        jc_mails_agent(from->state, message->to_agent) == NULL)
        return jc_read_fail("a message of an agent that is not there", reterr);
    jc_mail **mails = jc_array_grow(from->mails, sizeof(jc_mail *), from->count, &from->capacity);
    if (mails == NULL)
        return jc_fail_memory(reterr);
    from->mails = mails;
    jc_status status = jc_mail_new(from->state, message, ret, reterr);
    if (status < 0)
        return status;
    /* The correlation id is copied when the mail joins its thread; until then the JSON holds it. */
    mails[from->count++] = *ret;
    jc_str key = {(const char *)&(*ret)->message.sequence, sizeof(*ret)->message.sequence};
    return jc_map_put(&from->mail_by_sequence, &from->arena, key, *ret) ? JC_OK
                                                                        : jc_fail_memory(reterr);
}

/* The place of a message in a box of that agent; NULL: it cannot be in it. */
static jc_mail_place *place_in(const jc_mail_agent *agent, const jc_mail_box *box, jc_mail *mail)
{
    const jc_message *message = &mail->message;
    jc_mail_place *place = NULL;
    bool fits = box == &agent->inbox    ? !message->completed || !message->acknowledged
                : box == &agent->outbox ? !message->completed
                                        : message->completed;
    if (!fits)
        return NULL;
    if (mail->from == agent && box != &agent->inbox)
        place = &mail->sent;
    else if (mail->to == agent && box != &agent->outbox)
        place = &mail->received;
    return place != NULL && place->box == NULL ? place : NULL;
}

static jc_status read_item(reading *from, yyjson_val *object, jc_mail_agent *agent,
                           jc_mail_box *box, jc_error *reterr)
{
    jc_message message;
    if (!read_message(object, &message))
        return jc_read_fail("a message", reterr);
    jc_str key = {(const char *)&message.sequence, sizeof message.sequence};
    jc_mail *mail = jc_map_get(&from->mail_by_sequence, key);
    jc_status status = mail == NULL ? add_mail(from, &message, &mail, reterr) : JC_OK;
    if (status < 0)
        return status;
    jc_mail_place *place = place_in(agent, box, mail);
    if (place == NULL)
        return jc_read_fail("a message in a box that is not its own", reterr);
    jc_mail_put(box, place);
    return JC_OK;
}

static jc_status read_box(reading *from, yyjson_val *list, jc_mail_agent *agent, jc_mail_box *box,
                          jc_error *reterr)
{
    size_t at = 0;
    size_t count = 0;
    yyjson_val *object;
    if (!yyjson_is_arr(list))
        return jc_read_fail("an agent's boxes", reterr);
    yyjson_arr_foreach(list, at, count, object) {
        jc_status status = read_item(from, object, agent, box, reterr);
        if (status < 0)
            return status;
    }
    return JC_OK;
}

/* All agents first: messages name two of them, and their order is that of the JSON. */
static jc_status read_agents(reading *from, yyjson_val *agents, jc_error *reterr)
{
    size_t at = 0;
    size_t count = 0;
    yyjson_val *key;
    yyjson_val *object;
    jc_mail_agent *agent = NULL;
    if (!yyjson_is_obj(agents))
        return jc_read_fail("it has no agents", reterr);
    yyjson_obj_foreach(agents, at, count, key, object) {
        jc_str name = jc_read_element_text(key);
        jc_status status = name.size > 0 ? jc_mails_get_agent(from->state, name, &agent, reterr)
                                         : jc_read_fail("an agent without a name", reterr);
        if (status < 0)
            return status;
    }
    yyjson_obj_foreach(agents, at, count, key, object) {
        agent = jc_mails_agent(from->state, jc_read_element_text(key));
        jc_status status =
            read_box(from, yyjson_obj_get(object, "inbox"), agent, &agent->inbox, reterr);
        if (status == JC_OK)
            status =
                read_box(from, yyjson_obj_get(object, "outbox"), agent, &agent->outbox, reterr);
        if (status == JC_OK)
            status = read_box(from, yyjson_obj_get(object, "conversation_history"), agent,
                              &agent->history, reterr);
        if (status < 0)
            return status;
    }
    return JC_OK;
}

static int compare_mails(const void *a, const void *b)
{
    uint64_t left = (*(jc_mail *const *)a)->message.sequence;
    uint64_t right = (*(jc_mail *const *)b)->message.sequence;
    return left < right ? -1 : left > right;
}

static jc_status join_threads(reading *from, jc_error *reterr)
{
    if (from->count > 0)
        qsort(from->mails, from->count, sizeof(jc_mail *), compare_mails);
    for (size_t i = 0; i < from->count; i++) {
        jc_status status = jc_mail_join(from->state, from->mails[i], reterr);
        if (status < 0)
            return status;
    }
    return JC_OK;
}

static jc_status read_stray(jc_mails *state, yyjson_val *object, jc_error *reterr)
{
    jc_mail_stray stray = {.agent = jc_read_text(object, "from_agent")};
    jc_str correlation_id = jc_read_text(object, "correlation_id");
    jc_str type = jc_read_text(object, "event_type");
    jc_str problem = jc_read_text(object, "problem");
    stray.step = jc_str_equal(type, jc_str_of(step_names[JC_THREAD_COMPLETION]))
                     ? JC_THREAD_COMPLETION
                     : JC_THREAD_ACKNOWLEDGED;
    for (jc_problem each = JC_PROBLEM_NONE; each <= JC_PROBLEM_CLOCK; each++) {
        if (jc_str_equal(problem, jc_str_of(jc_problem_name(each))))
            stray.problem = each;
    }
    if (jc_uuid_parse(jc_read_text(object, "id"), &stray.id, NULL) < 0 ||
        !jc_read_count(object, "sequence", &stray.sequence) ||
        !jc_read_time(object, "created_at", &stray.time_us) || !is_id(correlation_id) ||
        stray.agent.size == 0 || stray.problem == JC_PROBLEM_NONE)
        return jc_read_fail("a stray", reterr);
    return jc_mails_add_stray(state, &stray, correlation_id, reterr);
}

static jc_status read_strays(jc_mails *state, yyjson_val *strays, jc_error *reterr)
{
    size_t at = 0;
    size_t count = 0;
    yyjson_val *object;
    yyjson_arr_foreach(strays, at, count, object) {
        jc_status status = read_stray(state, object, reterr);
        if (status < 0)
            return status;
    }
    return JC_OK;
}

jc_status jc_mails_read_json(void *context, jc_str json, jc_error *reterr)
{
    JC_AUTO(jc_read) read = {0};
    reading from = {.state = context};
    yyjson_val *root = NULL;
    jc_status status = jc_read_begin(&read, json, &root, reterr);
    if (status < 0)
        return status;
    status = read_agents(&from, yyjson_obj_get(root, "agents"), reterr);
    if (status == JC_OK)
        status = join_threads(&from, reterr);
    if (status == JC_OK)
        status = read_strays(context, yyjson_obj_get(root, "strays"), reterr);
    jc_arena_release(&from.arena);
    free(from.mails);
    return status;
}
