/* The MCP server at its pipes, its resources, and the log under it: replaced, busy, failing. */
#include "mcp_client.h"

#include "base/fail.h"
#include "contract/folder.h"
#include "store/backend_fault.h"
#include "store/backend_memory.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

#define PING "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}"
#define PONG "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n"

/* ---- Lines ---- */

/* Give a whole input, and read the whole output, both through files. */
static jc_status serve(jc_client *client, jc_str input, jc_buf *ret_output)
{
    FILE *in = tmpfile();
    FILE *out = tmpfile();
    jc_error error;
    assert_non_null(in);
    assert_non_null(out);
    assert_int_equal(fwrite(input.bytes, 1, input.size, in), input.size);
    rewind(in);
    jc_status status = jc_mcp_serve(client->mcp, fileno(in), fileno(out), -1, &error);
    rewind(out);
    char piece[4096];
    for (size_t size = fread(piece, 1, sizeof piece, out); size > 0;
         size = fread(piece, 1, sizeof piece, out))
        assert_int_equal(jc_buf_append(ret_output, piece, size, NULL), JC_OK);
    (void)fclose(in);
    (void)fclose(out);
    return status;
}

static void lines_are_answered_in_order_however_they_end(void **state)
{
    JC_AUTO(jc_buf) output = {0};
    assert_int_equal(serve(*state, JC_STR(PING "\n\n\r\n" PING "\r\n" PING), &output), JC_OK);
    assert_str(jc_buf_str(&output), PONG PONG PONG);
}

static void an_input_of_nothing_is_answered_by_nothing(void **state)
{
    JC_AUTO(jc_buf) output = {0};
    assert_int_equal(serve(*state, JC_STR(""), &output), JC_OK);
    assert_int_equal(output.size, 0);
}

static void a_line_that_is_too_long_is_refused_once_and_the_next_is_answered(void **state)
{
    JC_AUTO(jc_buf) input = {0};
    JC_AUTO(jc_buf) output = {0};
    size_t size = 2 * JC_MCP_LINE_SIZE_MAX + 12345;
    assert_int_equal(jc_buf_reserve(&input, size, NULL), JC_OK);
    memset(input.bytes, ' ', size);
    input.size = size;
    assert_int_equal(jc_buf_append_text(&input, "\n" PING "\n", NULL), JC_OK);
    assert_int_equal(serve(*state, jc_buf_str(&input), &output), JC_OK);
    const char *end = memchr(output.bytes, '\n', output.size);
    assert_non_null(end);
    assert_non_null(memmem(output.bytes, output.size, "-32600", 6));
    assert_non_null(memmem(output.bytes, output.size, "at most 8388608 bytes", 21));
    assert_str((jc_str){end + 1, output.size - (size_t)(end + 1 - output.bytes)}, PONG);
}

typedef struct conversation {
    jc_client *client;
    int in[2];
    int out[2];
    int stop[2];
    jc_status status;
    pthread_t thread;
} conversation;

static void *serve_in_thread(void *context)
{
    conversation *of = context;
    of->status = jc_mcp_serve(of->client->mcp, of->in[0], of->out[1], of->stop[0], NULL);
    return NULL;
}

static void begin(conversation *of, jc_client *client)
{
    of->client = client;
    assert_int_equal(pipe(of->in) | pipe(of->out) | pipe(of->stop), 0);
    assert_int_equal(pthread_create(&of->thread, NULL, serve_in_thread, of), 0);
}

static void end(conversation *of)
{
    assert_int_equal(pthread_join(of->thread, NULL), 0);
    int *const pipes[] = {of->in, of->out, of->stop};
    for (size_t i = 0; i < 3; i++) {
        (void)close(pipes[i][0]);
        (void)close(pipes[i][1]);
    }
    assert_int_equal(of->status, JC_OK);
}

static void put(const conversation *of, const char *text)
{
    assert_int_equal(write(of->in[1], text, strlen(text)), strlen(text));
}

static void assert_gets(const conversation *of, const char *wanted)
{
    char got[256];
    size_t size = 0;
    while (size < strlen(wanted)) {
        ssize_t more = read(of->out[0], got + size, strlen(wanted) - size);
        assert_true(more > 0);
        size += (size_t)more;
    }
    assert_str((jc_str){got, size}, wanted);
}

static void a_line_that_comes_in_pieces_is_answered_when_it_is_whole(void **state)
{
    conversation of;
    begin(&of, *state);
    put(&of, "{\"jsonrpc\":\"2.0\",");
    put(&of, "\"id\":1,\"method\":\"ping\"");
    put(&of, "}\n{");
    assert_gets(&of, PONG);
    put(&of, &PING[1]);
    put(&of, "\n");
    assert_gets(&of, PONG);
    assert_int_equal(close(of.in[1]), 0);
    of.in[1] = -1;
    end(&of);
}

static void it_stops_when_it_is_told_to(void **state)
{
    conversation of;
    begin(&of, *state);
    put(&of, PING "\n");
    assert_gets(&of, PONG);
    assert_int_equal(write(of.stop[1], "", 1), 1);
    end(&of);
}

static void it_stops_when_nobody_reads_any_more(void **state)
{
    conversation of;
    (void)signal(SIGPIPE, SIG_IGN);
    begin(&of, *state);
    assert_int_equal(close(of.out[0]), 0);
    of.out[0] = -1;
    put(&of, PING "\n");
    end(&of);
}

/* ---- Resources ---- */

static void resources_are_listed_by_workflow_and_by_the_page(void **state)
{
    char params[100] = "{}";
    size_t count = 0;
    size_t pages = 0;
    for (int i = 0; i < 150; i++) {
        char id[16];
        (void)snprintf(id, sizeof id, "w%03d", i);
        jc_client_emit(*state, id, "x.started", NULL, "{}");
    }
    for (bool more = true; more; pages++) {
        yyjson_val *list = jc_client_request(*state, "resources/list", params);
        count += jc_count_at(list, "/resources");
        more = jc_is_at(list, "/nextCursor");
        if (more)
            (void)snprintf(params, sizeof params, "{\"cursor\":\"%s\"}",
                           jc_text_at(list, "/nextCursor"));
    }
    assert_int_equal(count, 1 + 150 * 3);
    assert_int_equal(pages, 2);
}

static void every_listed_resource_can_be_read(void **state)
{
    char uris[16][100];
    size_t count = 0;
    size_t i, all;
    yyjson_val *item;
    jc_client_emit(*state, "wf", "feature.started", "a", "{\"name\":\"login\"}");
    jc_client_emit(*state, "wf", "agent.note.idea", "a", "{\"title\":\"t\",\"content\":\"c\"}");
    yyjson_val *list = jc_client_request(*state, "resources/list", NULL);
    yyjson_arr_foreach(yyjson_obj_get(list, "resources"), i, all, item) {
        assert_true(strlen(jc_text_at(item, "/name")) > 0);
        assert_string_equal(jc_text_at(item, "/mimeType"), "application/json");
        (void)snprintf(uris[count++], sizeof uris[0], "%s", jc_text_at(item, "/uri"));
    }
    assert_int_equal(count, 4);
    for (i = 0; i < count; i++) {
        char params[200];
        (void)snprintf(params, sizeof params, "{\"uri\":\"%.99s\"}", uris[i]);
        yyjson_val *read = jc_client_request(*state, "resources/read", params);
        assert_string_equal(jc_text_at(read, "/contents/0/uri"), uris[i]);
        assert_holds(jc_text_at(read, "/contents/0/text"), "\"wf\"");
    }
}

static void templates_are_what_the_listed_resources_follow(void **state)
{
    yyjson_val *list = jc_client_request(*state, "resources/templates/list", NULL);
    assert_int_equal(jc_count_at(list, "/resourceTemplates"), 3);
    assert_string_equal(jc_text_at(list, "/resourceTemplates/0/uriTemplate"),
                        "jc://workflow/{workflow_id}/state");
}

static void a_resource_that_is_not_there_has_the_code_of_its_generation(void **state)
{
    static const char *const uris[] = {"jc://nothing",
                                       "jc://workflow/nope/state",
                                       "jc://workflow/nope/notes",
                                       "jc://workflow/nope/events",
                                       "jc://workflow/wf/nothing",
                                       "jc://workflow/wf",
                                       "jc://workflow/",
                                       "jc://workflow/../state",
                                       "jc://workflow/wf/state/",
                                       "jc://workflows/",
                                       "file:///etc/passwd",
                                       ""};
    jc_client_emit(*state, "wf", "x.started", NULL, "{}");
    for (size_t i = 0; i < sizeof uris / sizeof uris[0]; i++) {
        char line[400];
        (void)snprintf(line, sizeof line,
                       "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"resources/read\","
                       "\"params\":{\"uri\":\"%s\"}}",
                       uris[i]);
        yyjson_val *answer = jc_client_ask(*state, line);
        assert_int_equal(jc_client_code(answer), -32002);
        assert_string_equal(jc_text_at(answer, "/error/data/uri"), uris[i]);
        (void)snprintf(line, sizeof line,
                       "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"resources/read\",\"params\":{"
                       "\"uri\":\"%s\",\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":"
                       "\"2026-07-28\",\"io.modelcontextprotocol/clientCapabilities\":{}}}}",
                       uris[i]);
        assert_int_equal(jc_client_code(jc_client_ask(*state, line)), -32602);
    }
}

static void resources_are_asked_for_rightly(void **state)
{
    static const struct {
        const char *method;
        const char *params;
    } cases[] = {
        {"resources/read", "{}"},
        {"resources/read", "{\"uri\":7}"},
        {"resources/list", "{\"cursor\":7}"},
        {"resources/list", "{\"cursor\":\"-\"}"},
        {"resources/list", "{\"cursor\":\"zzz\"}"},
        {"resources/templates/list", "{\"cursor\":\"zzz\"}"},
        {"tools/list", "{\"cursor\":\"x\"}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char line[200];
        (void)snprintf(line, sizeof line,
                       "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":%s}",
                       cases[i].method, cases[i].params);
        assert_int_equal(jc_client_code(jc_client_ask(*state, line)), -32602);
    }
}

/* ---- The log under it ---- */

/* A project in a folder, and the handle on it that the server may open again. */
typedef struct project {
    char folder[JC_TEST_PATH_SIZE];
    jc_store *store;
    int reopened;
    bool fails;
} project;

static jc_status reopen(void *context, jc_store **store, jc_error *reterr)
{
    project *of = context;
    jc_options options = {.busy_timeout_ms = 20};
    jc_close(of->store);
    of->store = *store = NULL;
    of->reopened++;
    if (of->fails)
        return jc_fail(reterr, JC_EIO, "it cannot be opened");
    jc_status status = jc_open(of->folder, &options, &of->store, reterr);
    *store = of->store;
    return status;
}

static void open_project(project *of, jc_client *client)
{
    jc_mcp_options options = {.reopen = reopen, .reopen_context = of};
    jc_store *none = NULL;
    jc_error error;
    *of = (project){.reopened = -1};
    jc_test_project_make(of->folder);
    if (reopen(of, &none, &error) < 0)
        fail_msg("%s", error.text);
    jc_client_init(client, of->store, &options);
    jc_client_initialize(client, "2025-11-25");
}

static void close_project(project *of, jc_client *client)
{
    jc_client_release(client);
    jc_close(of->store);
    jc_test_folder_remove(of->folder);
}

static void restore_copy(const project *of)
{
    char copy[JC_TEST_PATH_SIZE + 16];
    jc_error error;
    (void)snprintf(copy, sizeof copy, "%s/copy.db", of->folder);
    (void)unlink(copy);
    if (jc_backup(of->store, copy, NULL, NULL, &error) < 0 ||
        jc_restore(of->folder, copy, NULL, 0, &error) < 0)
        fail_msg("%s", error.text);
}

static void a_log_that_was_replaced_is_opened_again_for_reading_and_writing(void **state)
{
    project of;
    jc_client client;
    (void)state;
    open_project(&of, &client);
    jc_client_emit(&client, "wf", "x.started", NULL, "{}");
    restore_copy(&of);
    yyjson_val *events = jc_client_call(&client, "get_events", "{}");
    assert_int_equal(jc_number_at(events, "/head_sequence"), 1);
    assert_int_equal(of.reopened, 1);
    restore_copy(&of);
    yyjson_val *note = jc_client_call(&client, "take_note", "{\"title\":\"t\"}");
    assert_int_equal(jc_number_at(note, "/sequence"), 2);
    assert_int_equal(of.reopened, 2);
    close_project(&of, &client);
}

static void a_cursor_of_a_log_that_was_replaced_is_refused(void **state)
{
    char arguments[200];
    project of;
    jc_client client;
    (void)state;
    open_project(&of, &client);
    jc_client_emit(&client, "wf", "x.started", NULL, "{}");
    jc_client_emit(&client, "wf", "x.done", NULL, "{}");
    yyjson_val *page = jc_client_call(&client, "get_events", "{\"limit\":1}");
    (void)snprintf(arguments, sizeof arguments, "{\"limit\":1,\"cursor\":\"%s\"}",
                   jc_text_at(page, "/next_cursor"));
    restore_copy(&of);
    assert_holds(jc_client_failure(&client, "get_events", arguments), "cursor: ");
    close_project(&of, &client);
}

static void a_log_that_cannot_be_opened_again_is_tried_at_every_call(void **state)
{
    project of;
    jc_client client;
    (void)state;
    open_project(&of, &client);
    jc_client_emit(&client, "wf", "x.started", NULL, "{}");
    restore_copy(&of);
    of.fails = true;
    assert_holds(jc_client_failure(&client, "read_notes", "{}"), "cannot be opened");
    yyjson_val *answer =
        jc_client_ask(&client, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"resources/list\"}");
    assert_int_equal(jc_client_code(answer), -32603);
    of.fails = false;
    yyjson_val *notes = jc_client_call(&client, "read_notes", "{}");
    assert_int_equal(jc_number_at(notes, "/total"), 0);
    close_project(&of, &client);
}

static void what_others_append_is_seen_at_once(void **state)
{
    project of;
    jc_client client;
    jc_store *other = NULL;
    jc_error error;
    (void)state;
    open_project(&of, &client);
    if (jc_open(of.folder, NULL, &other, &error) < 0)
        fail_msg("%s", error.text);
    for (int i = 1; i <= 3; i++) {
        jc_client elsewhere = {.store = other};
        jc_client_emit(&elsewhere, "wf", "x.started", NULL, "{}");
        yyjson_val *events = jc_client_call(&client, "get_events", "{}");
        assert_int_equal(jc_number_at(events, "/head_sequence"), i);
    }
    jc_close(other);
    close_project(&of, &client);
}

static void a_busy_log_says_that_nothing_was_written_and_to_call_again(void **state)
{
    char path[JC_TEST_PATH_SIZE + 16];
    project of;
    jc_client client;
    sqlite3 *writer = NULL;
    (void)state;
    open_project(&of, &client);
    (void)snprintf(path, sizeof path, "%s/.jc/events.db", of.folder);
    assert_int_equal(sqlite3_open(path, &writer), SQLITE_OK);
    assert_int_equal(sqlite3_exec(writer, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    assert_holds(jc_client_failure(&client, "take_note",
                                   "{\"title\":\"t\",\"workflow_id\":\"wf\"}"),
                 "nothing was written: try again");
    assert_int_equal(sqlite3_close(writer), SQLITE_OK);
    yyjson_val *note =
        jc_client_call(&client, "take_note", "{\"title\":\"t\",\"workflow_id\":\"wf\"}");
    assert_int_equal(jc_number_at(note, "/sequence"), 1);
    close_project(&of, &client);
}

/* A log whose writes fail: the handle is good again when it was opened again. */
typedef struct faulty {
    jc_store *store;
    jc_fault fault;
    int reopened;
} faulty;

static jc_status mend(void *context, jc_store **store, jc_error *reterr)
{
    faulty *of = context;
    (void)reterr;
    of->reopened++;
    of->fault.fail_at = 0;
    *store = of->store;
    return JC_OK;
}

static void each_write_is_repeated(void (*write)(jc_client *client), jc_fault_kind kind)
{
    jc_client client;
    faulty of = {.reopened = 0};
    jc_mcp_options options = {.reopen = mend, .reopen_context = &of};
    assert_int_equal(jc_store_open_memory(NULL, &of.store, NULL), JC_OK);
    assert_int_equal(jc_store_add_fault(of.store, &of.fault, NULL), JC_OK);
    jc_client_init(&client, of.store, &options);
    jc_client_initialize(&client, "2025-11-25");
    of.fault = (jc_fault){.fail_at = 1, .kind = kind, .status = JC_ESTALE};
    write(&client);
    assert_int_equal(of.reopened, 1);
    jc_head head;
    assert_int_equal(jc_head_read(of.store, JC_STR("wf"), &head, NULL), JC_OK);
    assert_int_equal(head.sequence, 1);
    jc_client_release(&client);
    jc_close(of.store);
}

static void write_note(jc_client *client)
{
    (void)jc_client_call(client, "take_note", "{\"title\":\"t\",\"workflow_id\":\"wf\"}");
}

static void write_event(jc_client *client)
{
    (void)jc_client_call(client, "log_event", "{\"event_type\":\"a.done\",\"workflow_id\":\"wf\"}");
}

static void write_message(jc_client *client)
{
    (void)jc_client_call(client, "send_message",
                         "{\"to_agent\":\"b\",\"content\":\"c\",\"workflow_id\":\"wf\"}");
}

static void a_write_whose_outcome_is_unknown_is_repeated_and_stored_once(void **state)
{
    (void)state;
    static const jc_fault_kind kinds[] = {JC_FAULT_BEFORE, JC_FAULT_AFTER};
    for (size_t i = 0; i < 2; i++) {
        each_write_is_repeated(write_note, kinds[i]);
        each_write_is_repeated(write_event, kinds[i]);
        each_write_is_repeated(write_message, kinds[i]);
    }
}

int main(void)
{
    const struct CMUnitTest claims[] = {
        NEW_CLAIM(lines_are_answered_in_order_however_they_end),
        NEW_CLAIM(an_input_of_nothing_is_answered_by_nothing),
        NEW_CLAIM(a_line_that_is_too_long_is_refused_once_and_the_next_is_answered),
        NEW_CLAIM(a_line_that_comes_in_pieces_is_answered_when_it_is_whole),
        NEW_CLAIM(it_stops_when_it_is_told_to),
        NEW_CLAIM(it_stops_when_nobody_reads_any_more),
        AGREED_CLAIM(resources_are_listed_by_workflow_and_by_the_page),
        AGREED_CLAIM(every_listed_resource_can_be_read),
        AGREED_CLAIM(templates_are_what_the_listed_resources_follow),
        AGREED_CLAIM(a_resource_that_is_not_there_has_the_code_of_its_generation),
        AGREED_CLAIM(resources_are_asked_for_rightly),
        CLAIM(a_log_that_was_replaced_is_opened_again_for_reading_and_writing),
        CLAIM(a_cursor_of_a_log_that_was_replaced_is_refused),
        CLAIM(a_log_that_cannot_be_opened_again_is_tried_at_every_call),
        CLAIM(what_others_append_is_seen_at_once),
        CLAIM(a_busy_log_says_that_nothing_was_written_and_to_call_again),
        CLAIM(a_write_whose_outcome_is_unknown_is_repeated_and_stored_once),
    };
    return cmocka_run_group_tests(claims, NULL, NULL);
}
