/* Lines of the user, which are prompts and what tools gave back, and lines of the system, into facts. */
#include "intake/claude.h"

#include "base/fail.h"
#include "base/scan.h"
#include "intake/prompt.h"

static bool begins_with_one_of(jc_str text, const char *const list[])
{
    for (; *list != NULL; list++) {
        if (jc_scan_begins(text, *list))
            return true;
    }
    return false;
}

/* What people do without the model: it starts no turn. */
static const char *const no_prompts[] = {"<local-command-", "<bash-", NULL};

static const char *const interruptions[] = {"[Request interrupted by user", NULL};

/* What the model is told when a call was not allowed. */
static const char *const denials[] = {"The user doesn't want to proceed with this tool use",
                                      "The user doesn't want to take this action",
                                      "Permission to use ",
                                      "Claude requested permissions to ",
                                      "This command requires approval",
                                      NULL};

jc_status jc_claude_content_text(yyjson_val *content, jc_buf *text, jc_error *reterr)
{
    size_t at, count;
    yyjson_val *block;
    if (yyjson_is_str(content))
        return jc_buf_append(text, yyjson_get_str(content), yyjson_get_len(content), reterr);
    yyjson_arr_foreach(content, at, count, block) {
        jc_str piece = jc_foreign_text(block, "text");
        jc_status status = JC_OK;
        if (piece.bytes == NULL || !jc_str_equal(jc_foreign_text(block, "type"), JC_STR("text")))
            continue;
        if (text->size > 0)
            status = jc_buf_append_text(text, "\n\n", reterr);
        if (status == JC_OK)
            status = jc_buf_append_str(text, piece, reterr);
        if (status < 0)
            return status;
    }
    return JC_OK;
}

/* A tool's end. */
typedef struct tool_end {
    const jc_claude_about *about;
    jc_str id;
    jc_claude_call *call; /* NULL: nobody saw it begin */
    yyjson_val *input;    /* of the call; NULL: not known */
    yyjson_val *result;   /* what the client keeps of it, else what the model was told */
    jc_str error;         /* of one that failed */
    bool denied;
} tool_end;

static jc_status write_tool_end(void *context, jc_data *data, jc_error *reterr)
{
    const tool_end *end = context;
    jc_status status = jc_claude_write_about(end->about, data, reterr);
    if (status == JC_OK && end->call != NULL)
        status = jc_data_text(data, "tool_name", jc_buf_str(&end->call->name), reterr);
    if (status == JC_OK)
        status = jc_data_value(data, "tool_input", end->input, reterr);
    if (status == JC_OK && end->error.bytes == NULL)
        status = jc_data_value(data, "tool_response", end->result, reterr);
    if (status == JC_OK)
        status = jc_data_text(data, "tool_use_id", end->id, reterr);
    if (status == JC_OK)
        status = jc_data_text(data, end->denied ? "reason" : "error", end->error, reterr);
    if (status == JC_OK && !end->denied)
        status = jc_data_bool(data, "success", end->error.bytes == NULL, reterr);
    return status == JC_OK ? jc_claude_write_line(end->about, data, reterr) : status;
}

/* A hook may have told another end of the call than the transcript does. */
static jc_status ended_otherwise(const tool_end *end, jc_fact_kind kind, bool *ret_ended,
                                 jc_error *reterr)
{
    static const jc_fact_kind ends[] = {JC_FACT_TOOL_COMPLETED, JC_FACT_TOOL_FAILED,
                                        JC_FACT_PERMISSION_DENIED};
    jc_status status = JC_OK;
    *ret_ended = false;
    for (size_t i = 0; status == JC_OK && !*ret_ended && i < sizeof ends / sizeof ends[0]; i++) {
        if (ends[i] != kind)
            status = jc_telling_is_stored(end->about->claude->telling, end->about->session->id,
                                          ends[i], end->id, 0, ret_ended, reterr);
    }
    return status;
}

static jc_status tell_tool_end(tool_end *end, jc_error *reterr)
{
    jc_telling *telling = end->about->claude->telling;
    bool ended = false;
    bool failed = end->error.bytes != NULL;
    jc_fact_kind kind = end->denied ? JC_FACT_PERMISSION_DENIED
                        : failed    ? JC_FACT_TOOL_FAILED
                                    : JC_FACT_TOOL_COMPLETED;
    const char *type = end->denied ? "permission.denied"
                       : failed    ? "agent.tool.failed"
                                   : "agent.tool.completed";
    jc_status status = ended_otherwise(end, kind, &ended, reterr);
    if (status < 0)
        return status;
    if (ended) {
        telling->importing->result.already_stored++;
        return JC_OK;
    }
    jc_told told = jc_claude_told(end->about, type, kind, end->id, 0);
    status = jc_telling_id(telling, end->about->session->id, JC_FACT_TOOL_STARTED, end->id, 0,
                           &told.cause, reterr);
    return status == JC_OK ? jc_tell(telling, &told, write_tool_end, end, reterr) : status;
}

/* Whom a call started: its result names the agent, or its agent's first line said so. */
static jc_status find_launched(const tool_end *end, jc_claude_agent **ret, jc_error *reterr)
{
    jc_claude *claude = end->about->claude;
    jc_str id = jc_foreign_text(end->result, "agentId");
    *ret = end->call->launched;
    if (id.bytes == NULL)
        return JC_OK;
    jc_status status = jc_claude_find_agent(claude, id, ret, reterr);
    return status == JC_OK ? jc_claude_join(claude, *ret, end->call, reterr) : status;
}

/* A call that waited for its agent tells the agent's end, should the agent's own lines not do so. */
static jc_status see_agent(const tool_end *end, jc_str answer, jc_error *reterr)
{
    jc_str state = jc_foreign_text(end->result, "status");
    jc_claude_agent *agent = NULL;
    jc_claude_about about = *end->about;
    jc_claude_line began = *about.line;
    if (end->call == NULL || !end->call->launches)
        return JC_OK;
    jc_status status = find_launched(end, &agent, reterr);
    if (status < 0 || agent == NULL ||
        (state.bytes != NULL && !jc_str_equal(state, JC_STR("completed"))))
        return status;
    began.has_time = end->call->has_time;
    began.time_us = end->call->started_us;
    about.line = &began;
    if (!agent->started)
        status = jc_claude_start_agent(&about, agent, reterr);
    if (status == JC_OK && agent->completed == 0)
        status = jc_claude_complete_agent(end->about, agent, answer, reterr);
    return status;
}

static jc_status take_result(const jc_claude_about *about, yyjson_val *block, bool only,
                             jc_error *reterr)
{
    jc_claude *claude = about->claude;
    JC_AUTO(jc_buf) text = {0};
    yyjson_val *content = jc_foreign_get(block, "content");
    tool_end end = {.about = about, .id = jc_foreign_text(block, "tool_use_id")};
    jc_claude_call *call = jc_claude_find_call(claude, end.id);
    jc_status status = JC_OK;
    if (end.id.bytes == NULL)
        return JC_OK;
    end.call = call;
    end.result = only ? jc_foreign_get(about->line->root, "toolUseResult") : NULL;
    if (end.result == NULL)
        end.result = content;
    if (call != NULL && call->input.size > 0)
        status = jc_json_read_loose(&claude->json, jc_buf_str(&call->input), &end.input, reterr);
    if (status == JC_OK)
        status = jc_claude_content_text(content, &text, reterr);
    if (status < 0)
        return status;
    if (yyjson_get_bool(jc_foreign_get(block, "is_error"))) {
        end.error = jc_buf_str(&text);
        end.denied = begins_with_one_of(end.error, denials);
    }
    status = see_agent(&end, jc_buf_str(&text), reterr);
    if (status == JC_OK)
        status = tell_tool_end(&end, reterr);
    if (call != NULL)
        jc_claude_close_call(claude, call);
    return status;
}

static bool is_result(yyjson_val *block)
{
    return jc_str_equal(jc_foreign_text(block, "type"), JC_STR("tool_result"));
}

/* *ret_count: how many results the line held. */
static jc_status take_results(const jc_claude_about *about, yyjson_val *content, size_t *ret_count,
                              jc_error *reterr)
{
    size_t at, count;
    yyjson_val *block;
    *ret_count = 0;
    yyjson_arr_foreach(content, at, count, block) {
        *ret_count += is_result(block) ? 1 : 0;
    }
    yyjson_arr_foreach(content, at, count, block) {
        if (!is_result(block))
            continue;
        jc_status status = take_result(about, block, *ret_count == 1, reterr);
        if (status != JC_OK)
            return status;
    }
    return JC_OK;
}

typedef struct turn_start {
    const jc_claude_about *about;
    jc_str prompt;
    bool human;
} turn_start;

static jc_status write_turn_start(void *context, jc_data *data, jc_error *reterr)
{
    const turn_start *start = context;
    jc_status status = jc_claude_write_about(start->about, data, reterr);
    if (status == JC_OK)
        status = jc_data_text(data, "permission_mode",
                              jc_foreign_text(start->about->line->root, "permissionMode"), reterr);
    if (status == JC_OK)
        status = jc_data_text(data, "prompt", start->prompt, reterr);
    if (status == JC_OK)
        status = jc_data_bool(data, "human", start->human, reterr);
    return status == JC_OK ? jc_claude_write_line(start->about, data, reterr) : status;
}

/* "<command-name>/fix</command-name> … <command-args>it</command-args>" is what was typed: "/fix it". */
static jc_status unwrap_command(jc_str prompt, jc_buf *ret, jc_error *reterr)
{
    static const char *const tags[] = {"command-name", "command-args"};
    jc_status status = JC_OK;
    for (size_t i = 0; status == JC_OK && i < 2; i++) {
        char open[32], close[32];
        (void)snprintf(open, sizeof open, "<%s>", tags[i]);
        (void)snprintf(close, sizeof close, "</%s>", tags[i]);
        const char *from = memmem(prompt.bytes, prompt.size, open, strlen(open));
        if (from == NULL)
            continue;
        from += strlen(open);
        size_t left = prompt.size - (size_t)(from - prompt.bytes);
        const char *to = memmem(from, left, close, strlen(close));
        if (to == NULL || to == from)
            continue;
        if (ret->size > 0)
            status = jc_buf_append_char(ret, ' ', reterr);
        if (status == JC_OK)
            status = jc_buf_append(ret, from, (size_t)(to - from), reterr);
    }
    return status;
}

/* A command of the client's own is followed by what it printed. */
static jc_status is_local_command(const jc_claude_about *about, jc_str prompt, bool *ret_local,
                                  jc_error *reterr)
{
    JC_AUTO(jc_buf) text = {0};
    const jc_claude_file *file = about->file;
    jc_status status = JC_OK;
    *ret_local = false;
    if (!jc_scan_begins(prompt, "<command-") || !file->has_next ||
        file->next.kind != JC_CLAUDE_USER)
        return JC_OK;
    status = jc_claude_content_text(jc_foreign_get(file->next.message, "content"), &text, reterr);
    *ret_local = begins_with_one_of(jc_buf_str(&text), no_prompts);
    return status;
}

/* The newest turn ends when the next begins, should nothing have said so. */
static jc_status end_answered(const jc_claude_about *about, jc_error *reterr)
{
    jc_claude_about last = *about;
    last.prompt = about->session->prompt;
    if (last.prompt == NULL || !last.prompt->is_open || !last.prompt->answered)
        return JC_OK;
    return jc_claude_complete_turn(&last, reterr);
}

/* Who asked, as hooks say it. Transcripts say it in other words: an origin is the machine's unless it is
 * "human", and of a promptSource only what hooks know as the machine's is taken for it. */
static jc_str source_of(const jc_claude_line *line)
{
    static const char *const machines[] = {"system", "loop_wakeup", "schedule_wakeup", "poll_event",
                                           NULL};
    jc_str origin = jc_foreign_text(jc_foreign_get(line->root, "origin"), "kind");
    jc_str source = jc_foreign_text(line->root, "promptSource");
    if (origin.bytes != NULL)
        return jc_str_equal(origin, JC_STR("human")) ? JC_STR("user") : origin;
    return source.bytes != NULL && begins_with_one_of(source, machines) ? source : (jc_str){0};
}

static jc_status start_turn(const jc_claude_about *given, jc_str prompt, jc_error *reterr)
{
    JC_AUTO(jc_buf) typed = {0};
    jc_claude_about about = *given;
    jc_str id = jc_foreign_text(about.line->root, "promptId");
    if (id.bytes == NULL)
        id = about.line->uuid;
    jc_status status = JC_OK;
    if (id.bytes == NULL)
        return JC_OK;
    status = jc_claude_find_prompt(about.claude, about.session, id, &about.prompt, reterr);
    if (status < 0 || about.prompt->started)
        return status;
    status = end_answered(&about, reterr);
    if (status == JC_OK && jc_scan_begins(prompt, "<command-"))
        status = unwrap_command(prompt, &typed, reterr);
    if (status != JC_OK)
        return status;
    about.session->prompt = about.prompt;
    about.prompt->started = true;
    about.prompt->is_open = true;
    turn_start start = {.about = &about,
                        .prompt = typed.size > 0 ? jc_buf_str(&typed) : prompt,
                        .human = jc_prompt_is_human(source_of(about.line), prompt)};
    jc_told told = jc_claude_told(&about, "turn.started", JC_FACT_TURN_STARTED, id, 1);
    told.cause = (jc_uuid){0};
    return jc_tell(about.claude->telling, &told, write_turn_start, &start, reterr);
}

static bool is_set(const jc_claude_line *line, const char *name)
{
    return yyjson_get_bool(jc_foreign_get(line->root, name));
}

jc_status jc_claude_take_user(const jc_claude_about *about, jc_error *reterr)
{
    JC_AUTO(jc_buf) text = {0};
    yyjson_val *content = jc_foreign_get(about->line->message, "content");
    size_t results = 0;
    bool local = false;
    jc_status status = take_results(about, content, &results, reterr);
    if (status != JC_OK || results > 0 || about->agent != NULL || is_set(about->line, "isMeta") ||
        is_set(about->line, "isCompactSummary") || is_set(about->line, "isVisibleInTranscriptOnly"))
        return status;
    status = jc_claude_content_text(content, &text, reterr);
    jc_str prompt = jc_buf_str(&text);
    if (status == JC_OK)
        status = is_local_command(about, prompt, &local, reterr);
    if (status < 0 || local || prompt.size == 0 || begins_with_one_of(prompt, no_prompts))
        return status;
    if (begins_with_one_of(prompt, interruptions)) {
        if (about->prompt != NULL)
            about->prompt->is_open = false;
        return JC_OK;
    }
    return start_turn(about, prompt, reterr);
}

static jc_status write_compaction(void *context, jc_data *data, jc_error *reterr)
{
    const jc_claude_about *about = context;
    const jc_claude_line *next = &about->file->next;
    JC_AUTO(jc_buf) summary = {0};
    yyjson_val *about_it = jc_foreign_get(about->line->root, "compactMetadata");
    jc_status status = jc_claude_write_about(about, data, reterr);
    if (status == JC_OK)
        status = jc_data_text(data, "trigger", jc_foreign_text(about_it, "trigger"), reterr);
    if (status == JC_OK)
        status = jc_data_value(data, "pre_tokens", jc_foreign_get(about_it, "preTokens"), reterr);
    if (status == JC_OK && about->file->has_next && next->kind == JC_CLAUDE_USER &&
        is_set(next, "isCompactSummary"))
        status = jc_claude_content_text(jc_foreign_get(next->message, "content"), &summary, reterr);
    if (status == JC_OK && summary.size > 0)
        status = jc_data_text(data, "compact_summary", jc_buf_str(&summary), reterr);
    return status == JC_OK ? jc_claude_write_line(about, data, reterr) : status;
}

/* A hook tells it without a key, so that the two are known to be one by their time. */
static jc_status take_compaction(const jc_claude_about *about, jc_error *reterr)
{
    jc_telling *telling = about->claude->telling;
    bool told_already = false;
    jc_status status = JC_OK;
    if (about->line->has_time)
        status = jc_telling_met(telling, about->session->id, "context.compacted", JC_TELLER_HOOK,
                                &about->line->time_us, &told_already, reterr);
    if (status < 0 || told_already)
        return status;
    jc_claude_about copy = *about;
    jc_told told = jc_claude_told(about, "context.compacted", JC_FACT_LINE, about->line->uuid, 0);
    return jc_tell(telling, &told, write_compaction, &copy, reterr);
}

static jc_status write_api_error(void *context, jc_data *data, jc_error *reterr)
{
    const jc_claude_about *about = context;
    yyjson_val *root = about->line->root;
    jc_status status = jc_claude_write_about(about, data, reterr);
    if (status == JC_OK)
        status = jc_data_value(data, "error", jc_foreign_get(root, "error"), reterr);
    if (status == JC_OK)
        status = jc_data_value(data, "retry_attempt", jc_foreign_get(root, "retryAttempt"), reterr);
    if (status == JC_OK)
        status = jc_data_value(data, "max_retries", jc_foreign_get(root, "maxRetries"), reterr);
    if (status == JC_OK)
        status = jc_data_value(data, "retry_in_ms", jc_foreign_get(root, "retryInMs"), reterr);
    return status == JC_OK ? jc_claude_write_line(about, data, reterr) : status;
}

jc_status jc_claude_take_system(const jc_claude_about *about, jc_error *reterr)
{
    jc_str subtype = jc_foreign_text(about->line->root, "subtype");
    jc_claude_about copy = *about;
    if (about->line->uuid.bytes == NULL)
        return JC_OK;
    if (jc_str_equal(subtype, JC_STR("compact_boundary")))
        return take_compaction(about, reterr);
    if (jc_str_equal(subtype, JC_STR("api_error"))) {
        jc_told told = jc_claude_told(about, "agent.error", JC_FACT_LINE, about->line->uuid, 0);
        return jc_tell(about->claude->telling, &told, write_api_error, &copy, reterr);
    }
    if (jc_str_equal(subtype, JC_STR("turn_duration")) && about->agent == NULL &&
        about->prompt != NULL && about->prompt->is_open)
        return jc_claude_complete_turn(about, reterr);
    return JC_OK;
}
