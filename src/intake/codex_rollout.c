/* A session as Codex wrote it down: lines {"timestamp", "type", "payload"}.
 *
 *     session_meta    which session this is, and where
 *     turn_context    the model from here on
 *     response_item   what went to the model and came from it: messages, reasoning, calls and their outputs
 *     event_msg       what its user saw: much of the same again, and what an answer cost in tokens
 *     compacted       the context was shortened
 *
 * What stands in both logs is told once. The tokens are those of the last answer; the running totals tell
 * which answer it was, so that a count that is repeated counts once. Facts have the ids that Codex's hooks
 * give them: a turn by its turn_id (older files name none: "prompt-N"), a call by its call_id. */
#include "intake/codex.h"

#include "base/fail.h"
#include "intake/prompt.h"

#include <inttypes.h>
#include <stdio.h>

static void codex_release(jc_codex *in)
{
    jc_buf *bufs[] = {&in->session_id, &in->cwd,    &in->branch, &in->model,   &in->turn_id,
                      &in->prompt,     &in->answer, &in->text,   &in->thinking};
    jc_codex_forget_calls(in);
    for (size_t i = 0; i < sizeof bufs / sizeof bufs[0]; i++)
        jc_buf_release(bufs[i]);
    jc_foreign_release(&in->foreign);
    jc_json_release(&in->json);
}
JC_AUTO_DEFINE(jc_codex, codex_release);

static jc_status set_text(jc_buf *buf, jc_str text, jc_error *reterr)
{
    jc_buf_clear(buf);
    return jc_buf_append_str(buf, text, reterr);
}

/* A text that may be there is kept until another comes. */
static jc_status replace(jc_buf *buf, jc_str text, jc_error *reterr)
{
    return text.bytes != NULL ? set_text(buf, text, reterr) : JC_OK;
}

static bool is(yyjson_val *object, const char *name, const char *value)
{
    return jc_str_equal(jc_foreign_text(object, name), jc_str_of(value));
}

/* The texts of a list of {"type", "text"}, a blank line between. */
static jc_status list_text(yyjson_val *list, jc_buf *ret, jc_error *reterr)
{
    size_t at, count;
    yyjson_val *each;
    jc_status status = JC_OK;
    if (yyjson_is_str(list))
        return jc_buf_append(ret, yyjson_get_str(list), yyjson_get_len(list), reterr);
    yyjson_arr_foreach(list, at, count, each) {
        if (status == JC_OK)
            status = jc_transcript_add_paragraph(ret, jc_foreign_text(each, "text"), reterr);
    }
    return status;
}

/* "" as absent. */
static jc_str text_of(const jc_buf *buf)
{
    return buf->size > 0 ? jc_buf_str(buf) : (jc_str){0};
}

jc_told jc_codex_told(const jc_codex_line *line, const char *event_type, jc_fact_kind kind,
                      jc_str key, uint64_t ordinal)
{
    const jc_codex *in = line->in;
    jc_told told = {.event_type = event_type,
                    .kind = kind,
                    .key = key,
                    .ordinal = ordinal,
                    .session_id = jc_buf_str(&in->session_id),
                    .agent_id = JC_STR("main"),
                    .correlation_id = text_of(&in->turn_id),
                    .has_time = line->has_time,
                    .time_us = line->time_us,
                    .mended = in->foreign.mended};
    if (in->turn_id.size > 0)
        told.cause = in->turn_start;
    return told;
}

jc_status jc_codex_write_about(const jc_codex *in, jc_data *data, jc_error *reterr)
{
    jc_status status = jc_data_text(data, "session_id", jc_buf_str(&in->session_id), reterr);
    if (status == JC_OK)
        status = jc_data_text(data, "turn_id", text_of(&in->turn_id), reterr);
    if (status == JC_OK)
        status = jc_data_text(data, "cwd", text_of(&in->cwd), reterr);
    if (status == JC_OK)
        status = jc_data_text(data, "git_branch", text_of(&in->branch), reterr);
    return status;
}

static jc_status write_session(void *context, jc_data *data, jc_error *reterr)
{
    const jc_codex_line *line = context;
    static const char *const kept[] = {"originator", "cli_version", "source", "model_provider",
                                       "forked_from_id"};
    jc_status status = jc_codex_write_about(line->in, data, reterr);
    for (size_t i = 0; status == JC_OK && i < sizeof kept / sizeof kept[0]; i++)
        status = jc_data_value(data, kept[i], jc_foreign_get(line->payload, kept[i]), reterr);
    return status;
}

/* The first line that tells a fact begins the session, unless a hook told so. */
static jc_status start_session(jc_codex_line *line, jc_error *reterr)
{
    jc_codex *in = line->in;
    bool told_already = false;
    if (in->session_started)
        return JC_OK;
    in->session_started = true;
    jc_status status = jc_telling_met(in->telling, jc_buf_str(&in->session_id), "session.started",
                                      JC_TELLER_ANY, NULL, &told_already, reterr);
    if (status < 0 || told_already)
        return status;
    jc_told told = jc_codex_told(line, "session.started", JC_FACT_LINE, JC_STR("session"), 0);
    return jc_tell(in->telling, &told, write_session, line, reterr);
}

static jc_status take_meta(jc_codex_line *line, jc_error *reterr)
{
    jc_codex *in = line->in;
    jc_str id = jc_foreign_text(line->payload, "id");
    /* A fork's file begins with its own, and goes on with those that it comes from. */
    if (in->session_started)
        return JC_OK;
    jc_status status = replace(&in->session_id, id, reterr);
    if (status == JC_OK)
        status = replace(&in->cwd, jc_foreign_text(line->payload, "cwd"), reterr);
    if (status == JC_OK)
        status = replace(&in->branch,
                         jc_foreign_text(jc_foreign_get(line->payload, "git"), "branch"), reterr);
    return status == JC_OK ? start_session(line, reterr) : status;
}

/* The turn that the lines belong to from here on. */
static jc_status set_turn(jc_codex *in, jc_str id, bool named, jc_error *reterr)
{
    in->names_turns = in->names_turns || named;
    if (jc_str_equal(id, jc_buf_str(&in->turn_id)))
        return JC_OK;
    in->completed = 0;
    in->turn_named = named;
    in->turn_open = false;
    jc_buf_clear(&in->answer);
    jc_status status = set_text(&in->turn_id, id, reterr);
    return status == JC_OK ? jc_telling_id(in->telling, jc_buf_str(&in->session_id),
                                           JC_FACT_TURN_STARTED, id, 1, &in->turn_start, reterr)
                           : status;
}

static jc_status write_end(void *context, jc_data *data, jc_error *reterr)
{
    const jc_codex_line *line = context;
    jc_status status = jc_codex_write_about(line->in, data, reterr);
    return status == JC_OK
               ? jc_data_text(data, "last_assistant_message", text_of(&line->in->answer), reterr)
               : status;
}

static jc_status complete_turn(jc_codex_line *line, jc_error *reterr)
{
    jc_codex *in = line->in;
    in->turn_open = false;
    jc_told told = jc_codex_told(line, "turn.completed", JC_FACT_TURN_COMPLETED,
                                 jc_buf_str(&in->turn_id), ++in->completed);
    return jc_tell(in->telling, &told, write_end, line, reterr);
}

static jc_status write_prompt(void *context, jc_data *data, jc_error *reterr)
{
    const jc_codex_line *line = context;
    jc_status status = jc_codex_write_about(line->in, data, reterr);
    if (status == JC_OK)
        status = jc_data_text(data, "prompt", jc_buf_str(&line->in->prompt), reterr);
    return status == JC_OK ? jc_data_bool(data, "human", true, reterr) : status;
}

/* A turn that its client does not name is named by the number of its prompt, and ends with the next. */
static jc_status name_turn(jc_codex_line *line, jc_error *reterr)
{
    jc_codex *in = line->in;
    char id[40];
    jc_status status = JC_OK;
    if (in->turn_open && in->answer.size > 0)
        status = complete_turn(line, reterr);
    (void)snprintf(id, sizeof id, "prompt-%" PRIu64, in->prompts);
    return status == JC_OK ? set_turn(in, jc_str_of(id), false, reterr) : status;
}

/* Tell the prompt that waits. One that comes while a named turn is under way starts none. */
jc_status jc_codex_tell_prompt(jc_codex_line *line, jc_error *reterr)
{
    jc_codex *in = line->in;
    jc_status status = JC_OK;
    if (!in->prompt_waits)
        return JC_OK;
    in->prompt_waits = false;
    if (in->names_turns && !in->turn_named)
        return JC_OK;
    if (!in->turn_named)
        status = name_turn(line, reterr);
    in->turn_named = false;
    in->turn_open = true;
    if (status != JC_OK)
        return status;
    jc_told told =
        jc_codex_told(line, "turn.started", JC_FACT_TURN_STARTED, jc_buf_str(&in->turn_id), 1);
    told.cause = (jc_uuid){0};
    told.has_time = in->prompt_has_time;
    told.time_us = in->prompt_us;
    return jc_tell(in->telling, &told, write_prompt, line, reterr);
}

static jc_status take_context(jc_codex_line *line, jc_error *reterr)
{
    jc_codex *in = line->in;
    jc_str turn_id = jc_foreign_text(line->payload, "turn_id");
    jc_status status = replace(&in->model, jc_foreign_text(line->payload, "model"), reterr);
    if (status == JC_OK)
        status = replace(&in->cwd, jc_foreign_text(line->payload, "cwd"), reterr);
    in->names_none = turn_id.bytes == NULL;
    if (status == JC_OK && turn_id.bytes != NULL)
        status = set_turn(in, turn_id, true, reterr);
    return status;
}

/* A prompt stands in both logs, one right behind the other. What clients put around it is none. */
static jc_status take_prompt(jc_codex_line *line, jc_str prompt, jc_error *reterr)
{
    jc_codex *in = line->in;
    bool again = (in->prompt_waits || (in->turn_open && in->answer.size == 0)) &&
                 jc_str_equal(prompt, jc_buf_str(&in->prompt));
    if (prompt.size == 0 || again || !jc_prompt_is_human((jc_str){0}, prompt))
        return JC_OK;
    jc_status status = jc_codex_tell_prompt(line, reterr);
    if (status == JC_OK)
        status = set_text(&in->prompt, prompt, reterr);
    in->prompts++;
    in->prompt_waits = true;
    in->prompt_has_time = line->has_time;
    in->prompt_us = line->time_us;
    return status;
}

static jc_status take_message(jc_codex_line *line, jc_error *reterr)
{
    jc_codex *in = line->in;
    JC_AUTO(jc_buf) text = {0};
    jc_status status = list_text(jc_foreign_get(line->payload, "content"), &text, reterr);
    if (status < 0 || text.size == 0)
        return status;
    if (is(line->payload, "role", "user"))
        return take_prompt(line, jc_buf_str(&text), reterr);
    if (!is(line->payload, "role", "assistant"))
        return JC_OK;
    status = jc_codex_tell_prompt(line, reterr);
    if (status == JC_OK)
        status = set_text(&in->answer, jc_buf_str(&text), reterr);
    return status == JC_OK ? jc_transcript_add_paragraph(&in->text, jc_buf_str(&text), reterr)
                           : status;
}

static jc_status take_item(jc_codex_line *line, jc_error *reterr)
{
    yyjson_val *item = line->payload;
    if (is(item, "type", "message"))
        return take_message(line, reterr);
    if (is(item, "type", "reasoning"))
        return list_text(jc_foreign_get(item, "summary"), &line->in->thinking, reterr);
    if (is(item, "type", "function_call"))
        return jc_codex_take_call(line, "arguments", jc_foreign_text(item, "name"), reterr);
    if (is(item, "type", "custom_tool_call"))
        return jc_codex_take_call(line, "input", jc_foreign_text(item, "name"), reterr);
    if (is(item, "type", "local_shell_call"))
        return jc_codex_take_call(line, "action", JC_STR("local_shell"), reterr);
    if (is(item, "type", "function_call_output") || is(item, "type", "custom_tool_call_output") ||
        is(item, "type", "local_shell_call_output"))
        return jc_codex_take_output(line, reterr);
    return JC_OK;
}

static jc_status write_response(void *context, jc_data *data, jc_error *reterr)
{
    const jc_codex_line *line = context;
    const jc_codex *in = line->in;
    yyjson_val cost;
    jc_status status = jc_codex_write_about(in, data, reterr);
    if (status == JC_OK)
        status = jc_data_text(data, "message_id", line->id, reterr);
    if (status == JC_OK)
        status = jc_data_text(data, "model", line->name, reterr);
    if (status == JC_OK)
        status = jc_data_value(data, "usage", line->usage, reterr);
    if (status == JC_OK && line->cost[0] != '\0') {
        (void)yyjson_set_raw(&cost, line->cost, strlen(line->cost));
        status = jc_data_value(data, "cost_usd", &cost, reterr);
        if (status == JC_OK)
            status = jc_data_text(data, "cost_basis", jc_str_of(line->basis), reterr);
    }
    if (status == JC_OK)
        status = jc_data_text(data, "text", text_of(&in->text), reterr);
    return status == JC_OK ? jc_data_text(data, "thinking", text_of(&in->thinking), reterr)
                           : status;
}

/* The counts of one answer as other agents have them: input without what came from the cache, output with
 * what was thought. */
static jc_status make_usage(jc_codex_line *line, yyjson_val *last, jc_price_tokens *tokens,
                            jc_error *reterr)
{
    char json[320];
    int64_t input = jc_transcript_number(last, "input_tokens");
    int64_t cached = jc_transcript_number(last, "cached_input_tokens");
    int64_t output = jc_transcript_number(last, "output_tokens");
    int64_t thought = jc_transcript_number(last, "reasoning_output_tokens");
    int64_t total = jc_transcript_number(last, "total_tokens");
    if (cached > input)
        cached = input;
    /* Most count what was thought as output; where the total says otherwise, it is added. */
    if (thought > 0 && thought <= total && total - thought == input + output)
        output += thought;
    *tokens = (jc_price_tokens){.input = (double)(input - cached),
                                .output = (double)output,
                                .cache_read = (double)cached};
    (void)snprintf(json, sizeof json,
                   "{\"input_tokens\":%" PRId64 ",\"cache_read_input_tokens\":%" PRId64
                   ",\"output_tokens\":%" PRId64 ",\"reasoning_output_tokens\":%" PRId64 "}",
                   input - cached, cached, output, thought);
    return jc_json_read_loose(&line->in->json, jc_str_of(json), &line->usage, reterr);
}

static jc_status tell_response(jc_codex_line *line, jc_str message_id, int64_t output,
                               jc_error *reterr)
{
    jc_codex *in = line->in;
    JC_AUTO(jc_buf) key = {0};
    line->id = message_id;
    jc_status status = jc_buf_append_format(&key, reterr, "%.*s,%" PRId64, (int)message_id.size,
                                            message_id.bytes, output);
    if (status < 0)
        return status;
    jc_told told =
        jc_codex_told(line, "agent.response.received", JC_FACT_RESPONSE, jc_buf_str(&key), 0);
    status = jc_tell(in->telling, &told, write_response, line, reterr);
    jc_buf_clear(&in->text);
    jc_buf_clear(&in->thinking);
    return status;
}

static jc_status take_tokens(jc_codex_line *line, jc_error *reterr)
{
    jc_codex *in = line->in;
    yyjson_val *info = jc_foreign_get(line->payload, "info");
    yyjson_val *last = jc_foreign_get(info, "last_token_usage");
    int64_t total = jc_transcript_number(jc_foreign_get(info, "total_token_usage"), "total_tokens");
    JC_AUTO(jc_buf) id = {0};
    jc_price_tokens tokens;
    if (!yyjson_is_obj(last) || (total > 0 && total == in->total))
        return JC_OK;
    in->total = total;
    in->responses++;
    jc_str model = jc_foreign_text(info, "model");
    line->name = model.bytes != NULL ? model : text_of(&in->model);
    jc_status status = jc_codex_tell_prompt(line, reterr);
    if (status == JC_OK)
        status = make_usage(line, last, &tokens, reterr);
    if (status == JC_OK)
        status = jc_buf_append_format(&id, reterr, "%.*s/%s%" PRIu64, (int)in->session_id.size,
                                      in->session_id.bytes, total > 0 ? "" : "#",
                                      total > 0 ? (uint64_t)total : in->responses);
    if (status < 0)
        return status;
    jc_transcript_cost(in->telling, line->name, &tokens, line->cost, &line->basis);
    return tell_response(line, jc_buf_str(&id), (int64_t)tokens.output, reterr);
}

static jc_status write_moment(void *context, jc_data *data, jc_error *reterr)
{
    const jc_codex_line *line = context;
    jc_status status = jc_codex_write_about(line->in, data, reterr);
    return status == JC_OK
               ? jc_data_value(data, line->flag ? "compact_summary" : "error", line->value, reterr)
               : status;
}

/* What has no id is known by how many came before it in the file. */
static jc_status tell_moment(jc_codex_line *line, const char *event_type, bool is_compaction,
                             jc_error *reterr)
{
    jc_codex *in = line->in;
    char key[40];
    bool told_already = false;
    jc_status status = jc_codex_tell_prompt(line, reterr);
    (void)snprintf(key, sizeof key, "moment-%" PRIu64, ++in->moments);
    line->flag = is_compaction;
    line->value = jc_foreign_get(line->payload, "message");
    if (status == JC_OK && is_compaction && line->has_time)
        status = jc_telling_met(in->telling, jc_buf_str(&in->session_id), event_type,
                                JC_TELLER_HOOK, &line->time_us, &told_already, reterr);
    if (status < 0 || told_already)
        return status;
    jc_told told = jc_codex_told(line, event_type, JC_FACT_LINE, jc_str_of(key), 0);
    return jc_tell(in->telling, &told, write_moment, line, reterr);
}

static jc_status take_event(jc_codex_line *line, jc_error *reterr)
{
    jc_codex *in = line->in;
    yyjson_val *event = line->payload;
    jc_str turn_id = jc_foreign_text(event, "turn_id");
    if (is(event, "type", "task_started") || is(event, "type", "turn_started"))
        return turn_id.bytes != NULL ? set_turn(in, turn_id, true, reterr) : JC_OK;
    if (is(event, "type", "user_message"))
        return take_prompt(line, jc_foreign_text(event, "message"), reterr);
    if (is(event, "type", "token_count"))
        return take_tokens(line, reterr);
    if (is(event, "type", "error"))
        return tell_moment(line, "agent.error", false, reterr);
    if (is(event, "type", "turn_aborted")) {
        jc_status status = jc_codex_tell_prompt(line, reterr);
        in->turn_open = false;
        return status;
    }
    if (!is(event, "type", "task_complete") && !is(event, "type", "turn_complete"))
        return JC_OK;
    jc_status status = jc_codex_tell_prompt(line, reterr);
    if (status == JC_OK)
        status = replace(&in->answer, jc_foreign_text(event, "last_agent_message"), reterr);
    return status == JC_OK && in->turn_id.size > 0 ? complete_turn(line, reterr) : status;
}

static jc_status take_line(jc_codex *in, yyjson_val *root, jc_error *reterr)
{
    jc_codex_line line = {.in = in, .payload = jc_foreign_get(root, "payload")};
    line.has_time = jc_transcript_time(jc_foreign_get(root, "timestamp"), &line.time_us);
    if (!yyjson_is_obj(line.payload))
        return JC_OK;
    if (is(root, "type", "session_meta"))
        return take_meta(&line, reterr);
    jc_status status = start_session(&line, reterr);
    if (status != JC_OK)
        return status;
    if (is(root, "type", "turn_context"))
        return take_context(&line, reterr);
    if (is(root, "type", "response_item"))
        return take_item(&line, reterr);
    if (is(root, "type", "event_msg"))
        return take_event(&line, reterr);
    return is(root, "type", "compacted") ? tell_moment(&line, "context.compacted", true, reterr)
                                         : JC_OK;
}

/* "rollout-TIME-UUID" is named for its session. */
static jc_str session_of_name(jc_str name)
{
    jc_uuid id;
    const size_t size = JC_UUID_TEXT_SIZE - 1;
    if (name.size <= size)
        return name;
    jc_str tail = {name.bytes + name.size - size, size};
    return jc_uuid_parse(tail, &id, NULL) == JC_OK ? tail : name;
}

jc_status jc_import_codex(jc_telling *telling, const char *path, jc_lines *lines, jc_error *reterr)
{
    JC_AUTO(jc_codex) in = {.telling = telling};
    yyjson_val *root = NULL;
    telling->importing->result.files++;
    jc_status status = set_text(&in.session_id, session_of_name(jc_transcript_name(path)), reterr);
    if (status == JC_OK)
        status = jc_transcript_next(telling->importing, lines, &in.foreign, &root, reterr);
    while (status == JC_OK && root != NULL) {
        status = take_line(&in, root, reterr);
        if (status == JC_OK)
            status = jc_transcript_next(telling->importing, lines, &in.foreign, &root, reterr);
    }
    /* The last prompt has no answer yet: a client that names its turns will do so in what is to come. */
    jc_codex_line none = {.in = &in};
    return status == JC_OK && in.names_none && !in.names_turns ? jc_codex_tell_prompt(&none, reterr)
                                                               : status;
}
