/* Lines of the assistant into facts: see claude.h.
 *
 * One answer of the model comes as several lines, one for each block, with the same message.id and, as far as
 * it was known when the line was written, the same usage. It is told once, at its last line; its tool calls
 * are told at their lines. */
#include "intake/claude.h"

#include "base/fail.h"

#include <inttypes.h>
#include <stdio.h>

static bool is_type(yyjson_val *block, const char *type)
{
    return jc_str_equal(jc_foreign_text(block, "type"), jc_str_of(type));
}

/* Take the line's blocks into the message that the file is telling. */
static jc_status add_blocks(const jc_claude_about *about, jc_error *reterr)
{
    jc_claude_message *message = &about->file->message;
    yyjson_val *content = jc_foreign_get(about->line->message, "content");
    size_t at, count;
    yyjson_val *block;
    jc_status status = JC_OK;
    if (!jc_str_equal(jc_buf_str(&message->id), about->line->message_id)) {
        about->file->lacks_reasons = message->id.size > 0 && !message->has_reason;
        jc_buf_clear(&message->id);
        jc_buf_clear(&message->text);
        jc_buf_clear(&message->thinking);
        message->spoke = false;
        message->has_reason = false;
        message->ended = false;
        status = jc_buf_append_str(&message->id, about->line->message_id, reterr);
    }
    if (jc_foreign_text(about->line->message, "stop_reason").bytes != NULL)
        message->has_reason = true;
    if (yyjson_is_str(content) && status == JC_OK) {
        message->spoke = true;
        return jc_claude_content_text(content, &message->text, reterr);
    }
    yyjson_arr_foreach(content, at, count, block) {
        bool is_thinking = is_type(block, "thinking");
        message->spoke = message->spoke || !is_thinking;
        if (status == JC_OK && is_thinking)
            status = jc_transcript_add_paragraph(&message->thinking,
                                                 jc_foreign_text(block, "thinking"), reterr);
        else if (status == JC_OK && is_type(block, "text"))
            status =
                jc_transcript_add_paragraph(&message->text, jc_foreign_text(block, "text"), reterr);
    }
    return status;
}

/* Is this the last line of its message, as far as the file tells? At the end of a file, which may still be
 * written, one without a reason to stop may go on, unless its client never writes reasons, or wrote something
 * else behind it. */
static bool is_last_line(const jc_claude_about *about)
{
    const jc_claude_file *file = about->file;
    if (file->has_next)
        return file->next.kind != JC_CLAUDE_ASSISTANT ||
               !jc_str_equal(file->next.message_id, about->line->message_id);
    return jc_foreign_text(about->line->message, "stop_reason").bytes != NULL ||
           (file->message.spoke && (file->lacks_reasons || file->passed_other));
}

typedef struct response {
    const jc_claude_about *about;
    jc_str model;
    yyjson_val *usage;
    char cost[40]; /* a JSON number; "" when it is not known */
    const char *basis;
} response;

static jc_status write_cost(const response *answer, jc_data *data, jc_error *reterr)
{
    yyjson_val cost;
    if (answer->cost[0] == '\0')
        return JC_OK;
    (void)yyjson_set_raw(&cost, answer->cost, strlen(answer->cost));
    jc_status status = jc_data_value(data, "cost_usd", &cost, reterr);
    return status == JC_OK ? jc_data_text(data, "cost_basis", jc_str_of(answer->basis), reterr)
                           : status;
}

static jc_status write_response(void *context, jc_data *data, jc_error *reterr)
{
    const response *answer = context;
    const jc_claude_about *about = answer->about;
    const jc_claude_message *message = &about->file->message;
    yyjson_val *said = about->line->message;
    jc_status status = jc_claude_write_about(about, data, reterr);
    if (status == JC_OK)
        status = jc_data_text(data, "message_id", about->line->message_id, reterr);
    if (status == JC_OK)
        status = jc_data_text(data, "request_id", jc_foreign_text(about->line->root, "requestId"),
                              reterr);
    if (status == JC_OK)
        status = jc_data_text(data, "model", answer->model, reterr);
    if (status == JC_OK)
        status = jc_data_text(data, "stop_reason", jc_foreign_text(said, "stop_reason"), reterr);
    if (status == JC_OK)
        status = jc_data_value(data, "usage", answer->usage, reterr);
    if (status == JC_OK)
        status = write_cost(answer, data, reterr);
    if (status == JC_OK && message->text.size > 0)
        status = jc_data_text(data, "text", jc_buf_str(&message->text), reterr);
    if (status == JC_OK && message->thinking.size > 0)
        status = jc_data_text(data, "thinking", jc_buf_str(&message->thinking), reterr);
    return status == JC_OK ? jc_claude_write_line(about, data, reterr) : status;
}

static void find_cost(const jc_claude *claude, response *answer)
{
    yyjson_val *written = jc_foreign_get(answer->usage, "cache_creation");
    double all = (double)jc_transcript_number(answer->usage, "cache_creation_input_tokens");
    jc_price_tokens tokens = {
        .input = (double)jc_transcript_number(answer->usage, "input_tokens"),
        .output = (double)jc_transcript_number(answer->usage, "output_tokens"),
        .cache_read = (double)jc_transcript_number(answer->usage, "cache_read_input_tokens"),
        .cache_write_1h = (double)jc_transcript_number(written, "ephemeral_1h_input_tokens")};
    if (tokens.cache_write_1h > all)
        tokens.cache_write_1h = all;
    tokens.cache_write = all - tokens.cache_write_1h;
    jc_transcript_cost(claude->telling, answer->model, &tokens, answer->cost, &answer->basis);
}

static jc_status tell_response(const jc_claude_about *about, jc_error *reterr)
{
    JC_AUTO(jc_buf) key = {0};
    response answer = {.about = about,
                       .model = jc_foreign_text(about->line->message, "model"),
                       .usage = jc_foreign_get(about->line->message, "usage")};
    if (about->line->message_id.bytes == NULL || answer.usage == NULL)
        return JC_OK;
    jc_status status = jc_buf_append_str(&key, about->line->message_id, reterr);
    if (status == JC_OK)
        status = jc_buf_append_format(&key, reterr, ",%" PRId64,
                                      jc_transcript_number(answer.usage, "output_tokens"));
    if (status < 0)
        return status;
    find_cost(about->claude, &answer);
    jc_told told =
        jc_claude_told(about, "agent.response.received", JC_FACT_RESPONSE, jc_buf_str(&key), 0);
    told.of_the_world = about->line->message_id.size >= JC_TRANSCRIPT_WORLD_ID_SIZE_MIN;
    return jc_tell(about->claude->telling, &told, write_response, &answer, reterr);
}

typedef struct tool_start {
    const jc_claude_about *about;
    yyjson_val *block;
    jc_str id;
} tool_start;

static jc_status write_tool_start(void *context, jc_data *data, jc_error *reterr)
{
    const tool_start *start = context;
    jc_status status = jc_claude_write_about(start->about, data, reterr);
    if (status == JC_OK)
        status = jc_data_text(data, "tool_name", jc_foreign_text(start->block, "name"), reterr);
    if (status == JC_OK)
        status = jc_data_value(data, "tool_input", jc_foreign_get(start->block, "input"), reterr);
    if (status == JC_OK)
        status = jc_data_text(data, "tool_use_id", start->id, reterr);
    return status == JC_OK ? jc_claude_write_line(start->about, data, reterr) : status;
}

static jc_status tell_tool_starts(const jc_claude_about *about, jc_error *reterr)
{
    yyjson_val *content = jc_foreign_get(about->line->message, "content");
    size_t at, count;
    yyjson_val *block;
    yyjson_arr_foreach(content, at, count, block) {
        tool_start start = {about, block, jc_foreign_text(block, "id")};
        if (start.id.bytes == NULL || !is_type(block, "tool_use"))
            continue;
        jc_told told =
            jc_claude_told(about, "agent.tool.started", JC_FACT_TOOL_STARTED, start.id, 0);
        jc_status status =
            jc_claude_open_call(about->claude, start.id, block, told.agent_id, about->line, reterr);
        if (status == JC_OK)
            status = jc_tell(about->claude->telling, &told, write_tool_start, &start, reterr);
        if (status != JC_OK)
            return status;
    }
    return JC_OK;
}

static bool ends_turn(jc_str stop_reason)
{
    return jc_str_equal(stop_reason, JC_STR("end_turn")) ||
           jc_str_equal(stop_reason, JC_STR("stop_sequence")) ||
           jc_str_equal(stop_reason, JC_STR("refusal"));
}

static jc_status set_text(jc_buf *buf, jc_str text, jc_error *reterr)
{
    jc_buf_clear(buf);
    return jc_buf_append_str(buf, text, reterr);
}

/* The newest that the turn has said, should nothing else tell that it is over. */
static jc_status note_answer(const jc_claude_about *about, jc_error *reterr)
{
    const jc_claude_message *message = &about->file->message;
    jc_claude_prompt *prompt = about->prompt;
    prompt->answered = message->text.size > 0;
    prompt->answered_us = about->line->time_us;
    jc_status status = set_text(&prompt->answer, jc_buf_str(&message->text), reterr);
    return status == JC_OK ? set_text(&prompt->answered_uuid, about->line->uuid, reterr) : status;
}

static jc_status end_message(const jc_claude_about *about, jc_error *reterr)
{
    jc_claude_message *message = &about->file->message;
    bool ends = ends_turn(jc_foreign_text(about->line->message, "stop_reason")) && !message->ended;
    jc_status status = JC_OK;
    if (about->agent != NULL && ends)
        status = jc_claude_complete_agent(about, about->agent, jc_buf_str(&message->text), reterr);
    else if (about->agent == NULL && about->prompt != NULL && ends)
        status = jc_claude_complete_turn(about, reterr);
    message->ended = message->ended || ends;
    return status;
}

typedef struct failure {
    const jc_claude_about *about;
    jc_str text;
} failure;

static jc_status write_failure(void *context, jc_data *data, jc_error *reterr)
{
    const failure *failed = context;
    jc_status status = jc_claude_write_about(failed->about, data, reterr);
    if (status == JC_OK)
        status = jc_data_value(data, "error", jc_foreign_get(failed->about->line->root, "error"),
                               reterr);
    if (status == JC_OK && failed->text.size > 0)
        status = jc_data_text(data, "last_assistant_message", failed->text, reterr);
    return status == JC_OK ? jc_claude_write_line(failed->about, data, reterr) : status;
}

/* What the client says in the model's place when the service refused. */
static jc_status take_failure(const jc_claude_about *about, jc_error *reterr)
{
    JC_AUTO(jc_buf) text = {0};
    failure failed = {.about = about};
    jc_status status =
        jc_claude_content_text(jc_foreign_get(about->line->message, "content"), &text, reterr);
    if (status < 0)
        return status;
    failed.text = jc_buf_str(&text);
    jc_told told = jc_claude_told(about, "agent.error", JC_FACT_LINE, about->line->uuid, 0);
    if (about->agent == NULL && about->prompt != NULL) {
        about->prompt->is_open = false;
        told = jc_claude_told(about, "turn.failed", JC_FACT_TURN_FAILED, about->prompt->id,
                              ++about->prompt->failed);
    }
    return jc_tell(about->claude->telling, &told, write_failure, &failed, reterr);
}

jc_status jc_claude_take_assistant(const jc_claude_about *about, jc_error *reterr)
{
    const jc_claude_line *line = about->line;
    if (yyjson_get_bool(jc_foreign_get(line->root, "isApiErrorMessage")))
        return take_failure(about, reterr);
    if (jc_str_equal(jc_foreign_text(line->message, "model"), JC_STR("<synthetic>")))
        return JC_OK;
    jc_status status = add_blocks(about, reterr);
    bool is_last = is_last_line(about);
    if (status == JC_OK && about->agent == NULL && about->prompt != NULL)
        status = note_answer(about, reterr);
    if (status == JC_OK && is_last)
        status = tell_response(about, reterr);
    if (status == JC_OK)
        status = tell_tool_starts(about, reterr);
    return status == JC_OK && is_last ? end_message(about, reterr) : status;
}
