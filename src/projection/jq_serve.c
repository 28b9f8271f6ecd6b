/* The process that runs a program in jq: compiles it, then answers requests (jq_child.h).
 *
 * The state is a jv that lives here from request to request. It is handed to jq in an array with the
 * event and not kept beside it, so that jq may change it in place. After a mistake of the program
 * there is none any more, and the parent ends the process.
 *
 * Nothing here is given back: the process ends with _exit(), which runs nothing of the parent's. */
#include "projection/jq_serve.h"

#include "projection/jq_confine.h"
#include "projection/jq_library.h"
#include "projection/jq_values.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define SOCKET 0
#define PROBLEM_SIZE 800
#define RECEIVE_SIZE 65536

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

typedef struct server {
    const jc_jq_program *program;
    jc_jq_library lib;
    jq_state *jq;
    jv state;                   /* invalid: there is none */
    jc_buf request;             /* its frame and its body */
    char problem[PROBLEM_SIZE]; /* what went wrong, one line */
} server;

static void send_all(const void *bytes, size_t size)
{
    const char *next = bytes;
    while (size > 0) {
        ssize_t sent = send(SOCKET, next, size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            _exit(0);
        next += sent;
        size -= (size_t)sent;
    }
}

static void answer(jc_jq_answer kind, const char *body, size_t size)
{
    jc_jq_frame frame = {.size = (uint32_t)size, .kind = kind};
    send_all(&frame, sizeof frame);
    send_all(body, size);
}

static void answer_problem(server *self, jc_jq_answer kind)
{
    for (char *c = self->problem; *c != '\0'; c++) {
        if ((unsigned char)*c < ' ')
            *c = ' ';
    }
    answer(kind, self->problem, strlen(self->problem));
}

static void end_for_memory(void *context)
{
    (void)context;
    _exit(JC_JQ_EXIT_MEMORY);
}

/* The next request; ends the process when there will be none. The parent sends one and waits, so that
 * there are never bytes of another behind it. */
static jc_jq_frame receive(server *self)
{
    jc_buf *request = &self->request;
    jc_jq_frame frame = {0};
    jc_buf_clear(request);
    while (request->size < sizeof frame || request->size < sizeof frame + frame.size) {
        if (jc_buf_reserve(request, RECEIVE_SIZE, NULL) < 0)
            end_for_memory(NULL);
        ssize_t count =
            recv(SOCKET, request->bytes + request->size, request->capacity - request->size, 0);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            _exit(0);
        request->size += (size_t)count;
        if (request->size >= sizeof frame)
            memcpy(&frame, request->bytes, sizeof frame);
    }
    return frame;
}

/* Note what went wrong; false. */
JC_PRINTF(2, 3)
static bool fail(server *self, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(self->problem, sizeof self->problem, format, arguments);
    va_end(arguments);
    return false;
}

/* What jq says about an invalid value, in front of it `prefix`; uses the value up. */
static bool fail_with(server *self, const char *prefix, jv invalid)
{
    jv message = self->lib.jv_invalid_get_msg(invalid);
    if (self->lib.jv_get_kind(message) != JV_KIND_STRING)
        message = self->lib.jv_dump_string(message, 0);
    return fail(self, "%s%s", prefix, self->lib.jv_string_value(message));
}

/* Compile errors come one by one; the first says where. */
static void note_compile_error(void *context, jv message)
{
    server *self = context;
    if (self->problem[0] == '\0' && self->lib.jv_get_kind(message) == JV_KIND_STRING)
        (void)fail(self, "%s", self->lib.jv_string_value(message));
    self->lib.jv_free(message);
}

/* Cut a piece out of a text. */
static void cut(char *text, const char *piece)
{
    char *found = strstr(text, piece);
    if (found != NULL)
        memmove(found, found + strlen(piece), strlen(found + strlen(piece)) + 1);
}

/* From "jq: error: WHAT at <top-level>, line N:" and more lines to "line N: WHAT". Lines behind the
 * user's are ours. */
static void explain_compile_error(server *self)
{
    static const char place[] = " at <top-level>, line ";
    char what[PROBLEM_SIZE];
    size_t line = 0;
    (void)snprintf(what, sizeof what, "%s", self->problem);
    what[strcspn(what, "\n")] = '\0';
    cut(what, "jq: error: ");
    cut(what, " (Unix shell quoting issues?)");
    char *found = strstr(what, place);
    if (found != NULL) {
        line = strtoul(found + sizeof place - 1, NULL, 10);
        *found = '\0';
    }
    if (line > 0 && line <= self->program->line_count)
        (void)fail(self, "line %zu: %s", line, what);
    else if (strncmp(what, "init/0 ", 7) == 0 || strncmp(what, "apply/1 ", 8) == 0)
        (void)fail(self, "it must define init and apply($event): %s", what);
    else
        (void)fail(self, "%s%s", line > 0 ? "at its end: " : "", what);
}

static bool compile(server *self)
{
    self->jq = self->lib.jq_init();
    if (self->jq == NULL)
        return fail(self, "libjq does not start");
    self->lib.jq_set_error_cb(self->jq, note_compile_error, self);
    if (self->lib.jq_compile(self->jq, self->program->text.bytes) != 0)
        return true;
    explain_compile_error(self);
    return false;
}

/* The one state that the program gives for its input. */
static bool run(server *self, const char *what, jv input)
{
    const jc_jq_library *lib = &self->lib;
    const char *prefix = strcmp(what, "init") == 0 ? "init: " : "";
    lib->jq_start(self->jq, input, 0);
    jv state = lib->jq_next(self->jq);
    if (lib->jv_get_kind(state) == JV_KIND_INVALID) {
        if (lib->jv_invalid_has_msg(lib->jv_copy(state)))
            return fail_with(self, prefix, state);
        return fail(self, "%s gives nothing; it must give an object", what);
    }
    jv more = lib->jq_next(self->jq);
    if (lib->jv_get_kind(more) != JV_KIND_INVALID)
        return fail(self, "%s gives more than one value; it must give one object", what);
    if (lib->jv_invalid_has_msg(lib->jv_copy(more)))
        return fail_with(self, prefix, more);
    if (lib->jv_get_kind(state) != JV_KIND_OBJECT)
        return fail(self, "%s gives %s; it must give an object", what,
                    jc_jq_value_kind(lib, state));
    self->state = state;
    return true;
}

static void answer_init(server *self)
{
    if (run(self, "init", self->lib.jv_null()))
        answer(JC_JQ_DONE, NULL, 0);
    else
        answer_problem(self, JC_JQ_FAILED);
}

static void answer_apply(server *self, jc_str body)
{
    const jc_jq_library *lib = &self->lib;
    jv event = jc_jq_value_read(lib, body.bytes, (int)body.size);
    if (lib->jv_get_kind(event) != JV_KIND_OBJECT) {
        (void)fail(self, "data: not a JSON object");
        answer_problem(self, JC_JQ_CORRUPT);
        return;
    }
    jv input = lib->jv_array_append(lib->jv_array_append(lib->jv_array(), self->state), event);
    self->state = lib->jv_invalid();
    if (run(self, "apply", input))
        answer(JC_JQ_DONE, NULL, 0);
    else
        answer_problem(self, JC_JQ_FAILED);
}

static void answer_read(server *self, jc_str body)
{
    jv state = jc_jq_value_read(&self->lib, body.bytes, (int)body.size);
    if (self->lib.jv_get_kind(state) != JV_KIND_OBJECT) {
        (void)fail(self, "a saved state is not what its projection writes: it is no JSON object");
        answer_problem(self, JC_JQ_CORRUPT);
        return;
    }
    self->lib.jv_free(self->state);
    self->state = state;
    answer(JC_JQ_DONE, NULL, 0);
}

/* Answer with a value as JSON, which is used up; false: it is too large. */
static bool answer_json(server *self, jv value)
{
    const jc_jq_library *lib = &self->lib;
    jv json = jc_jq_value_write(lib, value);
    size_t size = (size_t)lib->jv_string_length_bytes(lib->jv_copy(json));
    bool fits = size <= JC_JQ_JSON_SIZE_MAX;
    if (fits)
        answer(JC_JQ_JSON, lib->jv_string_value(json), size);
    else
        (void)fail(self, "%zu bytes of JSON; at most %zu are allowed", size, JC_JQ_JSON_SIZE_MAX);
    lib->jv_free(json);
    return fits;
}

static void answer_write(server *self)
{
    char text[256];
    const char *objection =
        jc_jq_value_objection(&self->lib, self->state, JC_JQ_JSON_DEPTH_MAX, text, sizeof text);
    if (objection != NULL)
        (void)fail(self, "%s", objection);
    if (objection != NULL || !answer_json(self, self->lib.jv_copy(self->state)))
        answer_problem(self, JC_JQ_UNWRITABLE);
}

static void answer_outputs(server *self, jc_str body)
{
    const jc_jq_library *lib = &self->lib;
    jv input = jc_jq_value_read(lib, body.bytes, (int)body.size);
    if (lib->jv_get_kind(input) == JV_KIND_INVALID) {
        (void)fail(self, "what it is given is no JSON");
        answer_problem(self, JC_JQ_FAILED);
        return;
    }
    lib->jq_start(self->jq, input, 0);
    bool works = true;
    jv output = lib->jq_next(self->jq);
    while (works && lib->jv_get_kind(output) != JV_KIND_INVALID) {
        works = answer_json(self, output);
        output = lib->jq_next(self->jq);
    }
    if (works && lib->jv_invalid_has_msg(lib->jv_copy(output)))
        works = fail_with(self, "", output);
    if (works)
        answer(JC_JQ_DONE, NULL, 0);
    else
        answer_problem(self, JC_JQ_FAILED);
}

static void answer_request(server *self)
{
    jc_jq_frame frame = receive(self);
    jc_str body = {self->request.bytes + sizeof frame, frame.size};
    switch ((jc_jq_request)frame.kind) {
    case JC_JQ_INIT:
        answer_init(self);
        break;
    case JC_JQ_APPLY:
        answer_apply(self, body);
        break;
    case JC_JQ_READ:
        answer_read(self, body);
        break;
    case JC_JQ_WRITE:
        answer_write(self);
        break;
    case JC_JQ_OUTPUTS:
        answer_outputs(self, body);
        break;
    }
}

_Noreturn void jc_jq_serve(int fd, const jc_jq_program *program, const jc_jq_limits *limits)
{
    server self = {.program = program};
    uint64_t allowed_s = 0;
    jc_jq_let_go(fd);
    if (!jc_jq_library_load(&self.lib, self.problem, sizeof self.problem)) {
        answer_problem(&self, JC_JQ_MISSING);
        _exit(0);
    }
    jc_jq_confine(limits);
    if (self.lib.nomem_handler != NULL)
        self.lib.nomem_handler(end_for_memory, NULL);
    self.state = self.lib.jv_invalid();
    jc_jq_allow_time(JC_JQ_START_TIMEOUT_MS, &allowed_s);
    if (!compile(&self)) {
        answer_problem(&self, JC_JQ_FAILED);
        _exit(0);
    }
    answer(JC_JQ_DONE, NULL, 0);
    for (;;) {
        jc_jq_allow_time(limits->timeout_ms, &allowed_s);
        answer_request(&self);
    }
}
