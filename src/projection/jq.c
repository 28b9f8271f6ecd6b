/* Projections in jq: a descriptor whose state is a process (jq_child.h), and expressions over JSON.
 *
 * Each state has a process of its own, which keeps the state as jq has it; JSON crosses the socket
 * when it is written and read, and events as their lines. */
#include "projection/jq.h"

#include "base/fail.h"
#include "base/hash.h"

#include <stdio.h>
#include <stdlib.h>

#define NAME_SIZE_MAX 63
#define FILE_SIZE_MAX 128
#define REVISION_SIZE (2 * sizeof(jc_hash) + 1)

typedef struct jq_projection {
    jc_projection descriptor; /* first: what the caller holds is this */
    char name[NAME_SIZE_MAX + 1];
    char file[FILE_SIZE_MAX];
    char revision[REVISION_SIZE];
    jc_jq_program program;
    jc_jq_limits limits;
} jq_projection;

typedef struct jq_projection_state {
    const jq_projection *projection;
    jc_jq_child *child; /* NULL: it did not start */
} jq_projection_state;

/* Put the file's name in front of what went wrong. */
static jc_status fail_in_file(const jq_projection *projection, jc_status status,
                              const jc_error *detail, jc_error *reterr)
{
    if (status >= 0)
        return status;
    return jc_fail(reterr, status, "%s: %s", projection->file, detail->text);
}

static jc_status jq_init(const jc_projection *self, void *context, jc_error *reterr)
{
    jq_projection_state *state = context;
    jc_error detail = {0};
    state->projection = self->context;
    jc_jq_child *child = malloc(sizeof *child);
    if (child == NULL)
        return jc_fail_memory(reterr);
    *child = (jc_jq_child){.fd = -1};
    state->child = child;
    jc_status status =
        jc_jq_child_start(&state->projection->program, &state->projection->limits, child, &detail);
    if (status == JC_OK)
        status = jc_jq_child_do(child, JC_JQ_INIT, JC_STR(""), &detail);
    return fail_in_file(state->projection, status, &detail, reterr);
}

/* Put an event's line behind the request. */
static jc_status add_line(jc_buf *request, const jc_event *event, jc_error *reterr)
{
    size_t size = request->capacity - request->size;
    size_t needed = jc_event_format(event, request->bytes + request->size, size);
    if (needed > size) {
        jc_status status = jc_buf_reserve(request, needed, reterr);
        if (status < 0)
            return status;
        needed = jc_event_format(event, request->bytes + request->size, needed);
    }
    request->size += needed;
    return JC_OK;
}

static jc_status jq_apply(void *context, const jc_event *event, jc_error *reterr)
{
    jq_projection_state *state = context;
    jc_error detail = {0};
    jc_str none = {0};
    jc_status status = jc_jq_child_begin(state->child, JC_JQ_APPLY, &detail);
    if (status == JC_OK)
        status = add_line(&state->child->request, event, &detail);
    if (status == JC_OK)
        status = jc_jq_child_send(state->child, &detail);
    if (status == JC_OK)
        status = jc_jq_child_answer(state->child, &none, &detail);
    return status == JC_END ? JC_OK : fail_in_file(state->projection, status, &detail, reterr);
}

static jc_status jq_write_json(const void *context, jc_output *output, jc_error *reterr)
{
    const jq_projection_state *state = context;
    jc_error detail = {0};
    jc_str json = {0};
    jc_status status = jc_jq_child_begin(state->child, JC_JQ_WRITE, &detail);
    if (status == JC_OK)
        status = jc_jq_child_send(state->child, &detail);
    if (status == JC_OK)
        status = jc_jq_child_answer(state->child, &json, &detail);
    if (status < 0)
        return fail_in_file(state->projection, status, &detail, reterr);
    return jc_output_add(output, json, reterr);
}

static jc_status jq_read_json(void *context, jc_str json, jc_error *reterr)
{
    jq_projection_state *state = context;
    jc_error detail = {0};
    jc_status status = jc_jq_child_do(state->child, JC_JQ_READ, json, &detail);
    return fail_in_file(state->projection, status, &detail, reterr);
}

static void jq_release(void *context)
{
    jq_projection_state *state = context;
    if (state->child != NULL)
        jc_jq_child_release(state->child);
    free(state->child);
}

const jc_jq_child *jc_jq_child_of(const jc_state *state)
{
    return ((const jq_projection_state *)jc_state_get(state))->child;
}

jc_status jc_jq_projection_make(const char *name, const char *file, jc_str text,
                                const jc_jq_limits *limits, jc_projection **ret_projection,
                                jc_error *reterr)
{
    jc_error detail = {0};
    jq_projection *made = calloc(1, sizeof *made);
    if (made == NULL)
        return jc_fail_memory(reterr);
    (void)snprintf(made->name, sizeof made->name, "%s", name);
    (void)snprintf(made->file, sizeof made->file, "%s", file);
    made->limits = *limits;
    jc_hash hash = jc_hash_of(text);
    jc_hex_encode(hash.bytes, sizeof hash.bytes, made->revision);
    made->descriptor = (jc_projection){.name = made->name,
                                       .version = JC_JQ_PROJECTION_VERSION,
                                       .state_size = sizeof(jq_projection_state),
                                       .summary = "the project's own",
                                       .revision = made->revision,
                                       .context = made,
                                       .init = jq_init,
                                       .apply = jq_apply,
                                       .write_json = jq_write_json,
                                       .read_json = jq_read_json,
                                       .release = jq_release};
    jc_status status = jc_jq_program_make(JC_JQ_PROJECTION, text, &made->program, &detail);
    if (status < 0) {
        status = fail_in_file(made, status, &detail, reterr);
        free(made);
        return status;
    }
    *ret_projection = &made->descriptor;
    return JC_OK;
}

void jc_projection_unload(jc_projection *projection)
{
    if (projection == NULL)
        return;
    jq_projection *made = (jq_projection *)projection;
    jc_jq_program_release(&made->program);
    free(made);
}

static jc_status give_outputs(jc_jq_child *child, jc_str json,
                              bool (*each)(void *context, jc_str output), void *context,
                              jc_error *reterr)
{
    jc_str output = {0};
    jc_status status = jc_jq_child_begin(child, JC_JQ_OUTPUTS, reterr);
    if (status == JC_OK)
        status = jc_buf_append_str(&child->request, json, reterr);
    if (status == JC_OK)
        status = jc_jq_child_send(child, reterr);
    while (status == JC_OK) {
        status = jc_jq_child_answer(child, &output, reterr);
        if (status == JC_OK && !each(context, output))
            status = JC_END;
    }
    return status == JC_END ? JC_OK : status;
}

jc_status jc_jq_filter(jc_str json, const char *expression, const jc_jq_limits *limits,
                       bool (*each)(void *context, jc_str output), void *context, jc_error *reterr)
{
    JC_AUTO(jc_jq_program) program = {0};
    jc_jq_child child = {.fd = -1};
    jc_status status = jc_jq_program_make(JC_JQ_FILTER, jc_str_of(expression), &program, reterr);
    if (status == JC_OK)
        status = jc_jq_child_start(&program, limits, &child, reterr);
    if (status == JC_OK)
        status = give_outputs(&child, json, each, context, reterr);
    jc_jq_child_release(&child);
    return status;
}

jc_status jc_json_filter(jc_str json, const char *expression,
                         bool (*each)(void *context, jc_str output), void *context,
                         jc_error *reterr)
{
    return jc_jq_filter(json, expression, &jc_jq_limits_default, each, context, reterr);
}
