/* What adds up: see tally.h. */
#include "projection/tally.h"

#include "base/fail.h"
#include "projection/read.h"

#include <math.h>

#define NANO 1e9
#define NANO_USD_MAX 2e15 /* a double still tells such a number from the next one */

jc_tool_tally *jc_tally_tool(jc_tally *tally, jc_arena *arena, jc_str name)
{
    jc_tool_tally *tool = jc_map_get(&tally->tool_by_name, name);
    if (tool != NULL)
        return tool;
    tool = jc_arena_get(arena, sizeof *tool);
    if (tool == NULL || !jc_map_put(&tally->tool_by_name, arena, name, tool))
        return NULL;
    *tool = (jc_tool_tally){.name = name};
    if (tally->last_tool != NULL)
        tally->last_tool->next = tool;
    else
        tally->first_tool = tool;
    tally->last_tool = tool;
    return tool;
}

static uint64_t tokens_under(yyjson_val *usage, const char *name)
{
    yyjson_val *value = yyjson_obj_get(usage, name);
    jc_maybe number = yyjson_is_num(value) ? jc_maybe_of(yyjson_get_num(value)) : (jc_maybe){0};
    return number.given && number.value > 0 ? (uint64_t)number.value : 0;
}

jc_tokens jc_tokens_of(const jc_payload *payload)
{
    yyjson_val *usage = yyjson_obj_get(payload->root, "usage");
    return (jc_tokens){.input = tokens_under(usage, "input_tokens"),
                       .output = tokens_under(usage, "output_tokens"),
                       .cache_read = tokens_under(usage, "cache_read_input_tokens"),
                       .cache_creation = tokens_under(usage, "cache_creation_input_tokens")};
}

static jc_cost cost_from(double usd)
{
    if (!(fabs(usd) * NANO <= NANO_USD_MAX))
        return (jc_cost){0};
    double nearest = usd * NANO + (usd < 0 ? -0.5 : 0.5);
    return (jc_cost){.given = true, .nano_usd = (int64_t)nearest};
}

jc_cost jc_cost_of(const jc_payload *payload)
{
    double usd = 0;
    return jc_payload_amount(payload, "cost_usd", &usd) ? cost_from(usd) : (jc_cost){0};
}

void jc_tokens_add(jc_tokens *sum, const jc_tokens *more)
{
#define ADD(name) sum->name += more->name;
    JC_TOKEN_COUNTS(ADD)
#undef ADD
}

void jc_tokens_subtract(jc_tokens *sum, const jc_tokens *less)
{
#define SUBTRACT(name) sum->name -= less->name;
    JC_TOKEN_COUNTS(SUBTRACT)
#undef SUBTRACT
}

void jc_cost_add(jc_cost *sum, jc_cost more, jc_cost *ret_added)
{
    *ret_added = (jc_cost){0};
    if (!more.given || fabs((double)(sum->nano_usd + more.nano_usd)) > NANO_USD_MAX)
        return;
    sum->given = true;
    sum->nano_usd += more.nano_usd;
    *ret_added = more;
}

void jc_cost_subtract(jc_cost *sum, jc_cost less)
{
    sum->nano_usd -= less.nano_usd;
}

static void write_count(jc_write *write, yyjson_mut_val *object, const char *name, uint64_t count)
{
    if (count > 0)
        jc_write_count(write, object, name, count);
}

static void read_count(yyjson_val *object, const char *name, uint64_t *ret)
{
    (void)jc_read_count(object, name, ret);
}

void jc_tokens_write(const jc_tokens *tokens, jc_write *write, yyjson_mut_val *object)
{
    yyjson_mut_val *made = jc_write_object(write, object, "tokens");
#define WRITE(name) write_count(write, made, #name, tokens->name);
    JC_TOKEN_COUNTS(WRITE)
#undef WRITE
}

jc_tokens jc_tokens_read(yyjson_val *object)
{
    jc_tokens tokens = {0};
    yyjson_val *made = yyjson_obj_get(object, "tokens");
#define READ(name) read_count(made, #name, &tokens.name);
    JC_TOKEN_COUNTS(READ)
#undef READ
    return tokens;
}

void jc_cost_write(jc_cost cost, jc_write *write, yyjson_mut_val *object, const char *name)
{
    if (cost.given)
        jc_write_number(write, object, name, (double)cost.nano_usd / NANO);
}

jc_cost jc_cost_read(yyjson_val *object, const char *name)
{
    double usd = 0;
    return jc_read_number(object, name, &usd) ? cost_from(usd) : (jc_cost){0};
}

static void write_tools(const jc_tally *tally, jc_write *write, yyjson_mut_val *object)
{
    if (tally->first_tool == NULL)
        return;
    yyjson_mut_val *tools = jc_write_list(write, object, "tools");
    for (const jc_tool_tally *tool = tally->first_tool; tool != NULL; tool = tool->next) {
        yyjson_mut_val *made = jc_write_element(write, tools);
        jc_write_text(write, made, "name", tool->name);
#define WRITE(name) write_count(write, made, #name, tool->name);
        JC_TOOL_COUNTS(WRITE)
#undef WRITE
    }
}

void jc_tally_write(const jc_tally *tally, jc_write *write, yyjson_mut_val *object)
{
    jc_write_maybe_time(write, object, "first_seen", tally->first_us);
    jc_write_maybe_time(write, object, "last_seen", tally->last_us);
#define WRITE(name) write_count(write, object, #name, tally->name);
    JC_TALLY_COUNTS(WRITE)
#undef WRITE
    if (tally->responses > 0)
        jc_tokens_write(&tally->tokens, write, object);
    jc_cost_write(tally->cost, write, object, "cost_usd");
    jc_cost_write(tally->feature_cost, write, object, "feature_cost_usd");
    write_tools(tally, write, object);
}

static jc_status read_tool(jc_tally *tally, jc_arena *arena, yyjson_val *object, jc_error *reterr)
{
    jc_str name = jc_read_text(object, "name");
    if (name.size == 0)
        return jc_read_fail("a tool", reterr);
    jc_str kept = jc_arena_copy(arena, name);
    jc_tool_tally *tool = kept.bytes != NULL ? jc_tally_tool(tally, arena, kept) : NULL;
    if (tool == NULL)
        return jc_fail_memory(reterr);
#define READ(name) read_count(object, #name, &tool->name);
    JC_TOOL_COUNTS(READ)
#undef READ
    return JC_OK;
}

jc_status jc_tally_read(jc_tally *tally, jc_arena *arena, yyjson_val *object, jc_error *reterr)
{
    tally->first_us = jc_read_maybe_time(object, "first_seen");
    tally->last_us = jc_read_maybe_time(object, "last_seen");
#define READ(name) read_count(object, #name, &tally->name);
    JC_TALLY_COUNTS(READ)
#undef READ
    tally->tokens = jc_tokens_read(object);
    tally->cost = jc_cost_read(object, "cost_usd");
    tally->feature_cost = jc_cost_read(object, "feature_cost_usd");
    size_t at = 0;
    size_t count = 0;
    yyjson_val *tool;
    yyjson_arr_foreach(yyjson_obj_get(object, "tools"), at, count, tool) {
        jc_status status = read_tool(tally, arena, tool, reterr);
        if (status < 0)
            return status;
    }
    return JC_OK;
}
