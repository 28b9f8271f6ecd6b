/* The arguments of a tool: see arguments.h. */
#include "mcp/arguments.h"

#include "base/clock.h"
#include "base/fail.h"
#include "base/when.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define NAMED_MAX 20 /* workflows in an error */

static yyjson_val *argument(const jc_mcp_call *call, const char *name)
{
    yyjson_val *value = yyjson_obj_get(call->arguments, name);
    bool empty = yyjson_is_null(value) || (yyjson_is_str(value) && yyjson_get_len(value) == 0);
    return empty ? NULL : value;
}

bool jc_mcp_has(const jc_mcp_call *call, const char *name)
{
    return argument(call, name) != NULL;
}

/* The bytes of a text, or of a number. */
static jc_str bytes_of(yyjson_val *value)
{
    if (yyjson_is_str(value))
        return (jc_str){yyjson_get_str(value), yyjson_get_len(value)};
    if (yyjson_is_raw(value))
        return (jc_str){yyjson_get_raw(value), yyjson_get_len(value)};
    return (jc_str){0};
}

jc_str jc_mcp_text_of(const jc_mcp_call *call, const char *name)
{
    return bytes_of(argument(call, name));
}

bool jc_mcp_digits(jc_str text, uint64_t *ret_number)
{
    uint64_t number = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.bytes[i] < '0' || text.bytes[i] > '9' || number > (UINT64_MAX - 9) / 10)
            return false;
        number = number * 10 + (uint64_t)(text.bytes[i] - '0');
    }
    if (text.size > 0)
        *ret_number = number;
    return text.size > 0;
}

uint64_t jc_mcp_number_of(const jc_mcp_call *call, const char *name, uint64_t otherwise)
{
    uint64_t number = otherwise;
    (void)jc_mcp_digits(jc_mcp_text_of(call, name), &number);
    return number;
}

bool jc_mcp_flag_of(const jc_mcp_call *call, const char *name, bool otherwise)
{
    yyjson_val *value = argument(call, name);
    if (yyjson_is_bool(value))
        return yyjson_get_bool(value);
    return value == NULL ? otherwise : yyjson_equals_str(value, "true");
}

/* ---- Lists ---- */

static jc_str trimmed(jc_str text)
{
    const char *const white = " \t\r\n";
    while (text.size > 0 && memchr(white, text.bytes[text.size - 1], 4) != NULL)
        text.size--;
    while (text.size > 0 && memchr(white, text.bytes[0], 4) != NULL)
        text = (jc_str){text.bytes + 1, text.size - 1};
    return text;
}

static void split(jc_str list, jc_str items[], size_t *count)
{
    while (list.size > 0) {
        const char *comma = memchr(list.bytes, ',', list.size);
        size_t size = comma != NULL ? (size_t)(comma - list.bytes) : list.size;
        jc_str item = trimmed((jc_str){list.bytes, size});
        if (item.size > 0)
            items[(*count)++] = item;
        size += comma != NULL ? 1 : 0;
        list = (jc_str){list.bytes + size, list.size - size};
    }
}

jc_status jc_mcp_texts_of(const jc_mcp_call *call, const char *name, const jc_str **ret_items,
                          size_t *ret_count, jc_error *reterr)
{
    size_t i, count;
    yyjson_val *value = argument(call, name);
    yyjson_val *element;
    size_t most = yyjson_is_arr(value) ? yyjson_arr_size(value) : yyjson_get_len(value) / 2 + 1;
    jc_str *items = jc_arena_get(&call->mcp->arena, (most + 1) * sizeof *items);
    if (items == NULL)
        return jc_fail_memory(reterr);
    size_t found = 0;
    if (yyjson_is_str(value))
        split(bytes_of(value), items, &found);
    yyjson_arr_foreach(value, i, count, element) {
        jc_str item = trimmed(bytes_of(element));
        if (item.size > 0)
            items[found++] = item;
    }
    *ret_items = items;
    *ret_count = found;
    return JC_OK;
}

/* ---- What is to be written ---- */

static jc_status without_secrets(jc_mcp_call *call, jc_str text, jc_str *ret_text, jc_error *reterr)
{
    jc_str redacted = text;
    size_t count = 0;
    jc_status status = JC_OK;
    if (text.bytes != NULL && call->mcp->options.redactor != NULL)
        status = jc_redact(call->mcp->options.redactor, text, &redacted, &count, reterr);
    call->redacted += count;
    return status == JC_OK ? jc_arena_keep(&call->mcp->arena, redacted, ret_text, reterr) : status;
}

jc_status jc_mcp_written_text(jc_mcp_call *call, const char *name, jc_str *ret_text,
                              jc_error *reterr)
{
    return without_secrets(call, jc_mcp_text_of(call, name), ret_text, reterr);
}

jc_status jc_mcp_written_texts(jc_mcp_call *call, const char *name, const jc_str **ret_items,
                               size_t *ret_count, jc_error *reterr)
{
    const jc_str *items = NULL;
    size_t count = 0;
    jc_status status = jc_mcp_texts_of(call, name, &items, &count, reterr);
    jc_str *written = jc_arena_get(&call->mcp->arena, (count + 1) * sizeof *written);
    if (status == JC_OK && written == NULL)
        status = jc_fail_memory(reterr);
    for (size_t i = 0; i < count && status == JC_OK; i++)
        status = without_secrets(call, items[i], &written[i], reterr);
    if (status < 0)
        return status;
    *ret_items = written;
    *ret_count = count;
    return JC_OK;
}

jc_status jc_mcp_written_object(jc_mcp_call *call, const char *name, jc_str *ret_object,
                                jc_error *reterr)
{
    size_t count = 0;
    yyjson_val *value = argument(call, name);
    if (!yyjson_is_obj(value)) {
        *ret_object = JC_STR("{}");
        return JC_OK;
    }
    jc_str object = {0};
    char *text = yyjson_val_write(value, YYJSON_WRITE_NOFLAG, &object.size);
    object.bytes = text;
    jc_status status = text != NULL ? JC_OK : jc_fail_memory(reterr);
    if (status == JC_OK && call->mcp->options.redactor != NULL)
        status = jc_redact_json(call->mcp->options.redactor, object, &object, &count, reterr);
    call->redacted += count;
    if (status == JC_OK)
        status = jc_arena_keep(&call->mcp->arena, object, ret_object, reterr);
    free(text);
    return status;
}

/* ---- Times and points ---- */

jc_status jc_mcp_time_of(const jc_mcp_call *call, const char *name, int64_t *ret_us,
                         bool *ret_given, jc_error *reterr)
{
    jc_error error = {0};
    jc_str text = jc_mcp_text_of(call, name);
    *ret_given = text.bytes != NULL;
    if (!*ret_given)
        return JC_OK;
    jc_status status = jc_when_parse(text, jc_clock_now_us(), ret_us, &error);
    return status < 0 ? jc_fail(reterr, status, "%s: %s", name, error.text) : JC_OK;
}

jc_status jc_mcp_point_of(const jc_mcp_call *call, const char *name, jc_point *ret_point,
                          jc_error *reterr)
{
    bool given = false;
    jc_point point = {.kind = JC_POINT_HEAD};
    jc_str text = jc_mcp_text_of(call, name);
    jc_status status = JC_OK;
    if (text.bytes != NULL) {
        size_t sign = text.bytes[0] == '-' ? 1 : 0;
        if (jc_mcp_digits((jc_str){text.bytes + sign, text.size - sign}, &point.number)) {
            point.kind = sign > 0 ? JC_POINT_BEFORE_HEAD : JC_POINT_SEQUENCE;
        } else {
            point.kind = JC_POINT_TIME;
            status = jc_mcp_time_of(call, name, &point.time_us, &given, reterr);
        }
    }
    if (status == JC_OK)
        *ret_point = point;
    return status;
}

/* ---- Workflows and agents ---- */

/* The workflows, newest first as far as they are named in an error. */
typedef struct roll {
    size_t count;
    char only[JC_WORKFLOW_ID_SIZE_MAX + 1];
    size_t named;
    struct {
        char id[JC_WORKFLOW_ID_SIZE_MAX + 1];
        uint64_t position;
    } latest[NAMED_MAX];
} roll;

static void set_id(char ret[JC_WORKFLOW_ID_SIZE_MAX + 1], jc_str id)
{
    (void)snprintf(ret, JC_WORKFLOW_ID_SIZE_MAX + 1, "%.*s", (int)id.size, id.bytes);
}

static jc_status call_the_roll(void *context, const jc_workflow_summary *summary)
{
    roll *of = context;
    of->count++;
    set_id(of->only, summary->workflow_id);
    size_t at = of->named;
    while (at > 0 && of->latest[at - 1].position < summary->last_position)
        at--;
    if (at == NAMED_MAX)
        return JC_OK;
    of->named += of->named < NAMED_MAX ? 1 : 0;
    memmove(&of->latest[at + 1], &of->latest[at], (of->named - at - 1) * sizeof of->latest[0]);
    set_id(of->latest[at].id, summary->workflow_id);
    of->latest[at].position = summary->last_position;
    return JC_OK;
}

static void name_them(const roll *of, jc_error *error)
{
    size_t size = strlen(error->text);
    for (size_t i = 0; i < of->named && size < sizeof error->text - 1; i++) {
        int more = snprintf(error->text + size, sizeof error->text - size, "%s%s",
                            i > 0 ? ", " : ": there are ", of->latest[i].id);
        size += more > 0 ? (size_t)more : 0;
    }
    if (of->count > of->named && size < sizeof error->text - 1)
        (void)snprintf(error->text + size, sizeof error->text - size, " and %zu others",
                       of->count - of->named);
}

void jc_mcp_name_workflows(jc_store *store, jc_error *error)
{
    roll all = {0};
    if (store != NULL && jc_workflow_list(store, call_the_roll, &all, NULL) == JC_OK)
        name_them(&all, error);
}

/* The only workflow there is. JC_EINVAL: there are none, or several. */
static jc_status only_workflow(const jc_mcp_call *call, jc_str *ret_workflow_id, jc_error *reterr)
{
    roll all = {0};
    jc_status status = jc_workflow_list(call->store, call_the_roll, &all, reterr);
    if (status < 0)
        return status;
    if (all.count == 1)
        return jc_arena_keep(&call->mcp->arena, jc_str_of(all.only), ret_workflow_id, reterr);
    jc_error error;
    if (all.count == 0)
        return jc_fail(reterr, JC_EINVAL,
                       "workflow_id: name one; there are no workflows yet, and the first take_note "
                       "or log_event with a workflow_id of your choice begins one");
    status =
        jc_fail(&error, JC_EINVAL, "workflow_id: say which of %zu workflows is meant", all.count);
    name_them(&all, &error);
    return jc_fail(reterr, status, "%s", error.text);
}

/* What is named, else the server's own; absent: neither. */
static jc_status workflow_told(const jc_mcp_call *call, jc_str *ret_workflow_id, jc_error *reterr)
{
    jc_str given = jc_mcp_text_of(call, "workflow_id");
    if (given.bytes == NULL)
        given = call->mcp->options.workflow_id;
    jc_status status = given.bytes != NULL ? jc_workflow_id_check(given, reterr) : JC_OK;
    if (status == JC_OK)
        *ret_workflow_id = given;
    return status;
}

jc_status jc_mcp_workflow_of(const jc_mcp_call *call, jc_str *ret_workflow_id, jc_error *reterr)
{
    jc_head head = {.sequence = 0};
    jc_str session = call->mcp->options.session_workflow_id;
    jc_status status = workflow_told(call, ret_workflow_id, reterr);
    if (status < 0 || ret_workflow_id->bytes != NULL)
        return status;
    if (session.bytes != NULL)
        status = jc_head_read(call->store, session, &head, reterr);
    if (status < 0)
        return status;
    if (head.sequence == 0)
        return only_workflow(call, ret_workflow_id, reterr);
    *ret_workflow_id = session;
    return JC_OK;
}

jc_status jc_mcp_workflow_to_write(const jc_mcp_call *call, jc_str *ret_workflow_id,
                                   jc_error *reterr)
{
    jc_status status = workflow_told(call, ret_workflow_id, reterr);
    if (status < 0 || ret_workflow_id->bytes != NULL)
        return status;
    if (call->mcp->options.session_workflow_id.bytes == NULL)
        return only_workflow(call, ret_workflow_id, reterr);
    *ret_workflow_id = call->mcp->options.session_workflow_id;
    return JC_OK;
}

jc_status jc_mcp_workflows_of(const jc_mcp_call *call, bool or_all, jc_str *ret_workflow_id,
                              jc_error *reterr)
{
    *ret_workflow_id = (jc_str){0};
    if (jc_mcp_flag_of(call, "all_workflows", false)) {
        if (jc_mcp_has(call, "workflow_id"))
            return jc_fail(reterr, JC_EINVAL,
                           "workflow_id and all_workflows exclude each other: leave one out");
        return JC_OK;
    }
    if (!or_all)
        return jc_mcp_workflow_of(call, ret_workflow_id, reterr);
    jc_status status = workflow_told(call, ret_workflow_id, reterr);
    if (status < 0 || ret_workflow_id->bytes != NULL)
        return status;
    status = only_workflow(call, ret_workflow_id, NULL);
    return status == JC_EINVAL ? JC_OK : status;
}

void jc_mcp_put_scope(const jc_mcp_call *call, jc_str workflow_id)
{
    if (workflow_id.bytes != NULL)
        jc_mcp_put_text(call->out, call->result, "workflow_id", workflow_id);
    else
        jc_mcp_put_bool(call->out, call->result, "all_workflows", true);
}

jc_str jc_mcp_agent_of(const jc_mcp_call *call)
{
    jc_str given = jc_mcp_text_of(call, "agent_id");
    if (given.bytes == NULL)
        given = call->mcp->options.agent_id;
    return given.bytes != NULL ? given : JC_STR("main");
}
