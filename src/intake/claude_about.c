/* Whom a line is about, and what every fact says of that: see claude.h. */
#include "intake/claude.h"

#include "base/fail.h"

jc_told jc_claude_told(const jc_claude_about *about, const char *event_type, jc_fact_kind kind,
                       jc_str key, uint64_t ordinal)
{
    jc_told told = {.event_type = event_type,
                    .kind = kind,
                    .key = key,
                    .ordinal = ordinal,
                    .session_id = about->session->id,
                    .agent_id = about->agent != NULL ? about->agent->id : JC_STR("main"),
                    .has_time = about->line->has_time,
                    .time_us = about->line->time_us,
                    .mended = about->line->mended};
    if (about->prompt != NULL) {
        told.correlation_id = about->prompt->id;
        told.cause = about->prompt->start;
    }
    if (about->agent != NULL)
        told.cause = about->agent->start;
    return told;
}

jc_status jc_claude_write_about(const jc_claude_about *about, jc_data *data, jc_error *reterr)
{
    yyjson_val *root = about->line->root;
    jc_status status = jc_data_text(data, "session_id", about->session->id, reterr);
    if (status == JC_OK && about->prompt != NULL)
        status = jc_data_text(data, "prompt_id", about->prompt->id, reterr);
    if (status == JC_OK && about->agent != NULL)
        status = jc_data_text(data, "agent_id", about->agent->id, reterr);
    if (status == JC_OK && about->agent != NULL)
        status = jc_data_text(data, "agent_type", about->agent->type, reterr);
    if (status == JC_OK)
        status = jc_data_text(data, "cwd", jc_foreign_text(root, "cwd"), reterr);
    if (status == JC_OK)
        status = jc_data_text(data, "git_branch", jc_foreign_text(root, "gitBranch"), reterr);
    return status;
}

jc_status jc_claude_write_line(const jc_claude_about *about, jc_data *data, jc_error *reterr)
{
    return jc_data_text(data, "transcript_uuid", about->line->uuid, reterr);
}

static jc_status write_session(void *context, jc_data *data, jc_error *reterr)
{
    const jc_claude_about *about = context;
    yyjson_val *root = about->line->root;
    jc_status status = jc_claude_write_about(about, data, reterr);
    if (status == JC_OK)
        status = jc_data_text(data, "version", jc_foreign_text(root, "version"), reterr);
    if (status == JC_OK)
        status = jc_data_text(data, "entrypoint", jc_foreign_text(root, "entrypoint"), reterr);
    return status == JC_OK ? jc_claude_write_line(about, data, reterr) : status;
}

/* The session began with the first line of its own, unless a hook told so. */
static jc_status start_session(const jc_claude_about *about, jc_error *reterr)
{
    bool told_already = false;
    jc_claude_about whole = *about;
    whole.prompt = NULL;
    whole.agent = NULL;
    about->session->started = true;
    jc_status status = jc_telling_met(about->claude->telling, about->session->id, "session.started",
                                      JC_TELLER_ANY, NULL, &told_already, reterr);
    if (status < 0 || told_already)
        return status;
    jc_told told = jc_claude_told(&whole, "session.started", JC_FACT_LINE, about->line->uuid, 0);
    return jc_tell(about->claude->telling, &told, write_session, &whole, reterr);
}

/* Lines of a subagent in its session's own file have no agent's name: they hang together by parentUuid. */
static jc_status find_side_agent(jc_claude *claude, const jc_claude_line *line, jc_str *ret_id,
                                 jc_error *reterr)
{
    jc_str parent = jc_foreign_text(line->root, "parentUuid");
    jc_claude_agent *agent = parent.bytes != NULL ? jc_map_get(&claude->side_lines, parent) : NULL;
    jc_status status = JC_OK;
    if (agent == NULL) {
        JC_AUTO(jc_buf) id = {0};
        status = jc_buf_append_text(&id, "sidechain-", reterr);
        if (status == JC_OK)
            status = jc_buf_append_str(&id, line->uuid, reterr);
        if (status == JC_OK)
            status = jc_claude_find_agent(claude, jc_buf_str(&id), &agent, reterr);
    }
    if (status < 0)
        return status;
    *ret_id = agent->id;
    if (line->uuid.bytes == NULL || jc_map_get(&claude->side_lines, line->uuid) != NULL)
        return JC_OK;
    jc_str uuid = jc_arena_copy(claude->arena, line->uuid);
    if (uuid.bytes == NULL || !jc_map_put(&claude->side_lines, claude->arena, uuid, agent))
        return jc_fail_memory(reterr);
    return JC_OK;
}

/* Whose line it is; absent: the session's own. */
static jc_status agent_of_line(jc_claude *claude, const jc_claude_file *file, jc_str *ret_id,
                               jc_error *reterr)
{
    const jc_claude_line *line = &file->line;
    *ret_id = jc_foreign_text(line->root, "agentId");
    if (ret_id->bytes == NULL)
        *ret_id = file->agent_id;
    if (ret_id->bytes != NULL || !yyjson_get_bool(jc_foreign_get(line->root, "isSidechain")))
        return JC_OK;
    return find_side_agent(claude, line, ret_id, reterr);
}

/* A line of the user names its prompt; what answers it follows it. */
static jc_status find_prompt(jc_claude_about *about, jc_error *reterr)
{
    jc_str id = jc_foreign_text(about->line->root, "promptId");
    if (id.bytes != NULL)
        return jc_claude_find_prompt(about->claude, about->session, id, &about->prompt, reterr);
    about->prompt = about->session->prompt;
    if (about->agent != NULL && about->agent->prompt != NULL)
        about->prompt = about->agent->prompt;
    return JC_OK;
}

static jc_status find_agent(jc_claude_about *about, jc_str id, jc_error *reterr)
{
    jc_status status = jc_claude_find_agent(about->claude, id, &about->agent, reterr);
    if (status == JC_OK)
        status = find_prompt(about, reterr);
    if (status < 0)
        return status;
    about->agent->prompt = about->prompt;
    return about->agent->started ? JC_OK : jc_claude_start_agent(about, about->agent, reterr);
}

jc_status jc_claude_about_line(jc_claude *claude, jc_claude_file *file, jc_claude_about *ret,
                               jc_error *reterr)
{
    jc_str agent_id;
    *ret = (jc_claude_about){.claude = claude, .file = file, .line = &file->line};
    jc_status status = jc_claude_find_session(claude, file->line.session_id, &ret->session, reterr);
    if (status == JC_OK)
        status = agent_of_line(claude, file, &agent_id, reterr);
    if (status == JC_OK && agent_id.bytes == NULL && !ret->session->started)
        status = start_session(ret, reterr);
    if (status != JC_OK)
        return status;
    return agent_id.bytes != NULL ? find_agent(ret, agent_id, reterr) : find_prompt(ret, reterr);
}

/* An agent's start or end, told by a line of its own or of whoever started it. */
typedef struct agent_fact {
    jc_claude_about about;
    jc_str answer;
} agent_fact;

static jc_status write_agent_start(void *context, jc_data *data, jc_error *reterr)
{
    const agent_fact *fact = context;
    const jc_claude_agent *agent = fact->about.agent;
    jc_status status = jc_claude_write_about(&fact->about, data, reterr);
    if (status == JC_OK)
        status = jc_data_text(data, "description", agent->description, reterr);
    if (status == JC_OK)
        status = jc_data_text(data, "model", agent->model, reterr);
    if (status == JC_OK)
        status = jc_data_text(data, "parent_agent_id", agent->parent_id, reterr);
    if (status == JC_OK)
        status = jc_data_text(data, "parent_tool_use_id", agent->parent_call, reterr);
    return status == JC_OK ? jc_claude_write_line(&fact->about, data, reterr) : status;
}

/* Who started it is known by its meta file, else by the call that told it what its first line says. */
static jc_status find_parent(const jc_claude_about *about, jc_claude_agent *agent, jc_error *reterr)
{
    JC_AUTO(jc_buf) text = {0};
    jc_claude_call *call = jc_claude_find_call(about->claude, agent->parent_call);
    if (call == NULL && about->line->kind == JC_CLAUDE_USER) {
        jc_status status =
            jc_claude_content_text(jc_foreign_get(about->line->message, "content"), &text, reterr);
        if (status < 0)
            return status;
        call = text.size > 0 ? jc_claude_find_launch(about->claude, jc_buf_str(&text)) : NULL;
    }
    return call != NULL ? jc_claude_join(about->claude, agent, call, reterr) : JC_OK;
}

jc_status jc_claude_start_agent(const jc_claude_about *about, jc_claude_agent *agent,
                                jc_error *reterr)
{
    agent_fact fact = {.about = *about};
    fact.about.agent = agent;
    agent->started = true;
    jc_status status = jc_telling_id(about->claude->telling, about->session->id,
                                     JC_FACT_SUBAGENT_STARTED, agent->id, 1, &agent->start, reterr);
    if (status == JC_OK)
        status = find_parent(about, agent, reterr);
    if (status < 0)
        return status;
    jc_told told =
        jc_claude_told(&fact.about, "subagent.started", JC_FACT_SUBAGENT_STARTED, agent->id, 1);
    told.cause = about->prompt != NULL ? about->prompt->start : (jc_uuid){0};
    if (agent->parent_call.bytes != NULL)
        status = jc_telling_id(about->claude->telling, about->session->id, JC_FACT_TOOL_STARTED,
                               agent->parent_call, 0, &told.cause, reterr);
    return status == JC_OK
               ? jc_tell(about->claude->telling, &told, write_agent_start, &fact, reterr)
               : status;
}

static jc_status write_answer(void *context, jc_data *data, jc_error *reterr)
{
    const agent_fact *fact = context;
    jc_status status = jc_claude_write_about(&fact->about, data, reterr);
    if (status == JC_OK && fact->answer.size > 0)
        status = jc_data_text(data, "last_assistant_message", fact->answer, reterr);
    return status == JC_OK ? jc_claude_write_line(&fact->about, data, reterr) : status;
}

jc_status jc_claude_complete_agent(const jc_claude_about *about, jc_claude_agent *agent,
                                   jc_str answer, jc_error *reterr)
{
    agent_fact fact = {.about = *about, .answer = answer};
    fact.about.agent = agent;
    jc_told told = jc_claude_told(&fact.about, "subagent.completed", JC_FACT_SUBAGENT_COMPLETED,
                                  agent->id, ++agent->completed);
    return jc_tell(about->claude->telling, &told, write_answer, &fact, reterr);
}

jc_status jc_claude_complete_turn(const jc_claude_about *about, jc_error *reterr)
{
    jc_claude_prompt *prompt = about->prompt;
    jc_claude_line line = *about->line;
    agent_fact fact = {.about = *about};
    if (prompt->answered) {
        fact.answer = jc_buf_str(&prompt->answer);
        line.time_us = prompt->answered_us;
        line.uuid = jc_buf_str(&prompt->answered_uuid);
    }
    fact.about.line = &line;
    fact.about.agent = NULL;
    prompt->is_open = false;
    jc_told told = jc_claude_told(&fact.about, "turn.completed", JC_FACT_TURN_COMPLETED, prompt->id,
                                  ++prompt->completed);
    return jc_tell(about->claude->telling, &told, write_answer, &fact, reterr);
}
