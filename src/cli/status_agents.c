/* The agents of a workflow, a line each: see status_agents.h. */
#include "cli/status_agents.h"

#include "base/json.h"

#include <inttypes.h>

#define NAME_COLUMNS_MAX 40
#define DEPTH_MAX 8 /* of subagents, in columns of two */

static yyjson_val *agents_of(const jc_state_document *of)
{
    return yyjson_obj_get(of->root, "agents");
}

bool jc_status_agents_any(const jc_state_document *of)
{
    return jc_status_agents_word(of).bytes != NULL;
}

jc_str jc_status_agents_word(const jc_state_document *of)
{
    return jc_json_text(yyjson_arr_get_first(agents_of(of)), "status");
}

static yyjson_val *find_agent(const jc_state_document *of, jc_str id)
{
    size_t at, count;
    yyjson_val *agent;
    yyjson_arr_foreach(agents_of(of), at, count, agent) {
        if (id.bytes != NULL && jc_str_equal(jc_json_text(agent, "agent_id"), id))
            return agent;
    }
    return NULL;
}

/* How many agents called each other to get to this one. */
static int depth_of(const jc_state_document *of, yyjson_val *agent)
{
    int depth = 0;
    while (agent != NULL && depth < DEPTH_MAX) {
        agent = find_agent(of, jc_json_text(agent, "parent_agent_id"));
        if (agent != NULL)
            depth++;
    }
    return depth;
}

static jc_colour colour_of(jc_str status)
{
    if (jc_str_equal(status, JC_STR("active")))
        return JC_COLOUR_GREEN;
    return jc_str_equal(status, JC_STR("waiting")) ? JC_COLOUR_YELLOW : JC_COLOUR_DIM;
}

static void add_count(jc_buf *line, yyjson_val *object, const char *name, const char *one,
                      const char *many)
{
    uint64_t count = yyjson_get_uint(yyjson_obj_get(object, name));
    if (count > 0)
        jc_line_format(line, "   %" PRIu64 " %s", count, count == 1 ? one : many);
}

static void add_tools(jc_buf *line, yyjson_val *agent)
{
    uint64_t calls = 0, failed = 0;
    size_t at, count;
    yyjson_val *tool;
    yyjson_arr_foreach(yyjson_obj_get(agent, "tools"), at, count, tool) {
        calls += yyjson_get_uint(yyjson_obj_get(tool, "calls"));
        failed += yyjson_get_uint(yyjson_obj_get(tool, "failed"));
    }
    if (calls > 0)
        jc_line_format(line, "   %" PRIu64 " tool call%s", calls, calls == 1 ? "" : "s");
    if (failed > 0)
        jc_line_format(line, ", %" PRIu64 " failed", failed);
}

static void add_usage(jc_buf *line, yyjson_val *agent)
{
    yyjson_val *tokens = yyjson_obj_get(agent, "tokens");
    yyjson_val *cost = yyjson_obj_get(agent, "cost_usd");
    uint64_t in = yyjson_get_uint(yyjson_obj_get(tokens, "input")) +
                  yyjson_get_uint(yyjson_obj_get(tokens, "cache_read")) +
                  yyjson_get_uint(yyjson_obj_get(tokens, "cache_creation"));
    uint64_t out = yyjson_get_uint(yyjson_obj_get(tokens, "output"));
    if (tokens != NULL)
        jc_line_format(line, "   %" PRIu64 " tokens in, %" PRIu64 " out", in, out);
    if (cost == NULL)
        return;
    jc_line_add(line, "   ");
    jc_text_append_cost(line, yyjson_get_num(cost));
}

static void print_agent(const jc_state_document *of, const jc_term *term, yyjson_val *agent)
{
    JC_AUTO(jc_buf) line = {0};
    jc_str type = jc_json_text(agent, "agent_type");
    jc_str status = jc_json_text(agent, "status");
    jc_line_format(&line, "  %*s", 2 * depth_of(of, agent), "");
    jc_line_column(&line, jc_json_text(agent, "agent_id"), 0, NAME_COLUMNS_MAX);
    if (type.bytes != NULL) {
        jc_line_add(&line, " (");
        (void)jc_text_append_safe(&line, type, NAME_COLUMNS_MAX);
        jc_line_add(&line, ")");
    }
    if (status.bytes != NULL) {
        jc_line_add(&line, "   ");
        jc_line_colour(&line, term, colour_of(status));
        (void)jc_text_append_safe(&line, status, 0);
        jc_line_colour(&line, term, JC_COLOUR_NONE);
    }
    add_count(&line, agent, "turns", "turn", "turns");
    add_tools(&line, agent);
    add_count(&line, agent, "open_calls", "call open", "calls open");
    add_count(&line, agent, "errors", "error", "errors");
    add_count(&line, agent, "notes", "note", "notes");
    add_usage(&line, agent);
    jc_line_print(&line);
}

void jc_status_agents_print(const jc_state_document *of, const jc_term *term)
{
    size_t at, count;
    yyjson_val *agent;
    yyjson_arr_foreach(agents_of(of), at, count, agent) {
        print_agent(of, term, agent);
    }
}

void jc_status_agents_sum(const jc_state_document *of, jc_buf *line)
{
    uint64_t turns = 0, calls = 0;
    size_t at, count, tool_at, tool_count;
    yyjson_val *agent, *tool;
    yyjson_arr_foreach(agents_of(of), at, count, agent) {
        turns += yyjson_get_uint(yyjson_obj_get(agent, "turns"));
        yyjson_arr_foreach(yyjson_obj_get(agent, "tools"), tool_at, tool_count, tool) {
            calls += yyjson_get_uint(yyjson_obj_get(tool, "calls"));
        }
    }
    jc_line_format(line, "%zu agent%s   %" PRIu64 " turn%s   %" PRIu64 " tool call%s", count,
                   count == 1 ? "" : "s", turns, turns == 1 ? "" : "s", calls,
                   calls == 1 ? "" : "s");
}
