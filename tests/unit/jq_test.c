/* Programs in jq: projections and filters, what they may not do, and the processes that run them. */
#include "saved_states.h"

#include "base/files.h"
#include "contract/events.h"
#include "contract/folder.h"
#include "history.h"
#include "projection/jq.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#define FILE_NAME ".jc/projections/test.jq"
#define COUNTS "def init: {count: 0}; def apply($event): .count += 1;"

static const jc_jq_limits quick = {.timeout_ms = 200, .memory_size_max = (size_t)64 << 20};

static bool is_sanitized(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return true;
#elif defined(__has_feature)
    return __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
    return false;
#endif
}

static jc_projection *make_with(const char *text, const jc_jq_limits *limits)
{
    jc_projection *made = NULL;
    jc_error error;
    if (jc_jq_projection_make("test", FILE_NAME, jc_str_of(text), limits, &made, &error) < 0)
        fail_msg("%s", error.text);
    return made;
}

static jc_projection *make(const char *text)
{
    return make_with(text, &jc_jq_limits_default);
}

static jc_state *begin(const jc_projection *projection)
{
    jc_state *state = NULL;
    jc_error error;
    if (jc_state_new(projection, &state, &error) < 0)
        fail_msg("%s", error.text);
    return state;
}

static jc_event event_of(uint64_t sequence, const char *type, const char *data)
{
    jc_event event = jc_test_event(sequence, "wf", type, data);
    event.sequence = sequence;
    event.position = sequence;
    event.has_timestamp = true;
    event.timestamp_us = JC_HISTORY_START_US;
    return event;
}

static void apply(jc_state *state, uint64_t sequence, const char *type, const char *data)
{
    jc_error error;
    jc_event event = event_of(sequence, type, data);
    if (jc_state_apply(state, &event, &error) < 0)
        fail_msg("%s", error.text);
}

static void assert_json(jc_state *state, const char *wanted)
{
    jc_error error = {0};
    const char *json = jc_state_json(state, &error);
    if (json == NULL)
        fail_msg("%s", error.text);
    assert_string_equal(json, wanted);
}

/* A program's first event, of data {"name":"x"}, must end like this. */
static void assert_apply_fails(const char *text, const jc_jq_limits *limits, jc_status wanted,
                               const char *message)
{
    jc_projection *projection = make_with(text, limits);
    jc_state *state = begin(projection);
    jc_event event = event_of(12, "a.happened", "{\"name\":\"x\"}");
    jc_error error;
    jc_status status = jc_state_apply(state, &event, &error);
    if (status != wanted)
        fail_msg("%s: status %d, %s", text, status, status < 0 ? error.text : "");
    assert_holds(error.text, message);
    assert_null(jc_state_json(state, &error));
    jc_state_free(state);
    jc_projection_unload(projection);
}

/* The program is refused, when it is read or when its first state is made. */
static void assert_refused(const char *text, const jc_jq_limits *limits, const char *message)
{
    jc_projection *projection = NULL;
    jc_state *none = NULL;
    jc_error error;
    jc_status status =
        jc_jq_projection_make("test", FILE_NAME, jc_str_of(text), limits, &projection, &error);
    if (status == JC_OK)
        status = jc_state_new(projection, &none, &error);
    if (status != JC_EINVAL)
        fail_msg("%s: status %d", text, status);
    assert_holds(error.text, FILE_NAME ": ");
    assert_holds(error.text, message);
    assert_null(none);
    jc_projection_unload(projection);
}

static jc_projection *example(const char *name)
{
    JC_AUTO(jc_buf) text = {0};
    char path[512];
    snprintf(path, sizeof path, JC_EXAMPLES "/%s.jq", name);
    assert_int_equal(jc_file_read(path, JC_JQ_TEXT_SIZE_MAX, &text, NULL), JC_OK);
    assert_int_equal(jc_buf_append_char(&text, '\0', NULL), JC_OK);
    return make(text.bytes);
}

static void the_example_that_counts_retries_counts_them(void **unused)
{
    (void)unused;
    jc_projection *projection = example("retries");
    jc_state *state = begin(projection);
    assert_json(state, "{\"features\":{},\"retries\":0}");
    apply(state, 1, "feature.started", "{\"name\":\"auth\"}");
    apply(state, 2, "feature.failed", "{\"name\":\"auth\"}");
    apply(state, 3, "feature.started", "{\"name\":\"auth\"}");
    apply(state, 4, "feature.started", "{\"feature_name\":\"api\"}");
    apply(state, 5, "feature.started", "{\"name\":7}");
    assert_json(state, "{\"features\":{\"auth\":2,\"api\":1},\"retries\":1}");
    jc_state_free(state);
    jc_projection_unload(projection);
}

static void the_example_that_lists_files_lists_them(void **unused)
{
    (void)unused;
    jc_projection *projection = example("files");
    jc_state *state = begin(projection);
    jc_event edit = event_of(1, "agent.tool.completed",
                             "{\"tool_name\":\"Edit\",\"tool_input\":{\"file_path\":\"a.c\"}}");
    edit.agent_id = JC_STR("coder");
    assert_int_equal(jc_state_apply(state, &edit, NULL), JC_OK);
    edit.sequence = 2;
    assert_int_equal(jc_state_apply(state, &edit, NULL), JC_OK);
    apply(state, 3, "agent.tool.completed",
          "{\"tool_name\":\"Write\",\"tool_input\":{\"file_path\":\"b.c\"}}");
    apply(state, 4, "agent.tool.completed",
          "{\"tool_name\":\"Read\",\"tool_input\":{\"file_path\":\"c.c\"}}");
    apply(state, 5, "agent.tool.completed", "{\"tool_name\":\"Edit\",\"tool_input\":\"odd\"}");
    assert_json(state, "{\"agents\":{\"coder\":{\"a.c\":2},\"unknown\":{\"b.c\":1}}}");
    jc_state_free(state);
    jc_projection_unload(projection);
}

static void an_event_is_given_as_its_line_is(void **unused)
{
    (void)unused;
    jc_projection *projection =
        make("def init: {}; def apply($event): {e: ($event | del(.hash, .id))};");
    jc_state *state = begin(projection);
    jc_event event = event_of(3, "a.happened", "{\"x\":[1,\"\xc3\xa9\"]}");
    event.agent_id = JC_STR("co\"der");
    assert_int_equal(jc_state_apply(state, &event, NULL), JC_OK);
    assert_json(state,
                "{\"e\":{\"position\":3,\"workflow_id\":\"wf\",\"sequence\":3,"
                "\"timestamp\":\"2026-01-09T09:00:00.000000Z\",\"event_type\":\"a.happened\","
                "\"agent_id\":\"co\\\"der\",\"data\":{\"x\":[1,\"\xc3\xa9\"]}}}");
    jc_state_free(state);
    jc_projection_unload(projection);
}

static void an_event_of_the_greatest_size_is_taken(void **unused)
{
    (void)unused;
    JC_AUTO(jc_buf) data = {0};
    jc_projection *projection =
        make("def init: {size: 0}; def apply($event): .size += ($event.data.x | length);");
    jc_state *state = begin(projection);
    assert_int_equal(jc_buf_append_text(&data, "{\"x\":\"", NULL), JC_OK);
    while (data.size < 1000006)
        assert_int_equal(jc_buf_append_char(&data, 'y', NULL), JC_OK);
    assert_int_equal(jc_buf_append(&data, "\"}", 3, NULL), JC_OK);
    apply(state, 1, "a.happened", data.bytes);
    apply(state, 2, "a.happened", data.bytes);
    assert_json(state, "{\"size\":2000000}");
    jc_state_free(state);
    jc_projection_unload(projection);
}

static void what_is_not_pure_is_refused(void **unused)
{
    static const char *const calls[] = {"now",
                                        "env",
                                        "input",
                                        "inputs",
                                        "debug",
                                        "stderr",
                                        "halt",
                                        "halt_error",
                                        "halt_error(1)",
                                        "input_filename",
                                        "localtime",
                                        "modulemeta",
                                        "get_search_list",
                                        "get_prog_origin",
                                        "get_jq_origin",
                                        "debug(\"x\")",
                                        "env.PATH",
                                        "[limit(1; inputs)]",
                                        "input_line_number",
                                        "strflocaltime(\"%Z\")"};
    (void)unused;
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        char text[256];
        snprintf(text, sizeof text, "def init: {}; def apply($event): {x: (1 | %s)};", calls[i]);
        assert_apply_fails(text, &jc_jq_limits_default, JC_EINVAL,
                           "is not allowed: a program sees");
    }
}

static void words_that_no_program_may_hold_are_refused_with_their_line(void **unused)
{
    static const struct {
        const char *text;
        const char *message;
    } cases[] = {
        {"def init: {};\ndef apply($event): $ENV;", "line 2: $ENV is not allowed"},
        {"def init: $ # and then\n ENV;", "line 2: $ENV is not allowed"},
        {"def init: \"a \\( {b: $ENV} ) c\";", "line 1: $ENV is not allowed"},
        {"def init: \"\\(\"\\(\"(\")\")\" | $ENV;", "line 1: $ENV is not allowed"},
        {"\n\ndef init: $__prog_args;", "line 3: $__prog_args is not allowed"},
        {"import \"a\" as a; def init: {};", "line 1: import is not allowed"},
        {"# first\ninclude \"a\"; def init: {};", "line 2: include is not allowed"},
    };
    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_refused(cases[i].text, &jc_jq_limits_default, cases[i].message);
}

static void words_that_mean_something_else_are_none(void **unused)
{
    (void)unused;
    jc_projection *projection =
        make("# import $ENV \"\n"
             "def now: 5; # its own\n"
             "def init: {import: 1, \"include\": \"$ENV \\\"import\\\" \\(\"import\")\", x: now};\n"
             "def apply($event): .import += $event.data.import;\n"
             "# the end");
    jc_state *state = begin(projection);
    apply(state, 1, "a.happened", "{\"import\":2}");
    assert_json(state, "{\"import\":3,\"include\":\"$ENV \\\"import\\\" import\",\"x\":5}");
    jc_state_free(state);
    jc_projection_unload(projection);
}

static void a_program_that_is_no_jq_is_refused_with_its_line(void **unused)
{
    (void)unused;
    assert_refused("def init: {};\ndef apply($event): .a |;\n", &jc_jq_limits_default,
                   FILE_NAME ": line 2: syntax error");
    assert_refused("def init: nothing_such; def apply($event): .;", &jc_jq_limits_default,
                   "line 1: nothing_such/0 is not defined");
    assert_refused("def init: {};", &jc_jq_limits_default,
                   "it must define init and apply($event): apply/1 is not defined");
    assert_refused("def apply($event): .;\n", &jc_jq_limits_default,
                   "it must define init and apply($event): init/0 is not defined");
    assert_refused("def init: {}; def apply($event): \"", &jc_jq_limits_default, "syntax error");
    assert_refused("def init: {}; def apply($event): if . then", &jc_jq_limits_default,
                   "at its end: syntax error");
}

static void a_program_gives_one_object(void **unused)
{
    (void)unused;
    assert_refused("def init: empty; def apply($event): .;", &jc_jq_limits_default,
                   "init gives nothing; it must give an object");
    assert_refused("def init: {}, {}; def apply($event): .;", &jc_jq_limits_default,
                   "init gives more than one value");
    assert_refused("def init: [1]; def apply($event): .;", &jc_jq_limits_default,
                   "init gives an array; it must give an object");
    assert_refused("def init: error({a: 1}); def apply($event): .;", &jc_jq_limits_default,
                   "init: {\"a\":1}");
    assert_apply_fails("def init: {}; def apply($event): empty;", &jc_jq_limits_default, JC_EINVAL,
                       "apply gives nothing");
    assert_apply_fails("def init: {}; def apply($event): ., .;", &jc_jq_limits_default, JC_EINVAL,
                       "apply gives more than one value");
    assert_apply_fails("def init: {}; def apply($event): 5;", &jc_jq_limits_default, JC_EINVAL,
                       "apply gives a number");
    assert_apply_fails("def init: {}; def apply($event): ., error(\"late\");",
                       &jc_jq_limits_default, JC_EINVAL, "late");
}

static void a_mistake_names_the_file_and_the_event(void **unused)
{
    (void)unused;
    assert_apply_fails("def init: {a: 1};\ndef apply($event): .a[$event.data.name] = 1;",
                       &jc_jq_limits_default, JC_EINVAL,
                       "wf #12: " FILE_NAME ": Cannot index number with");
}

static void a_program_that_loops_is_ended(void **unused)
{
    (void)unused;
    assert_apply_fails("def init: {}; def apply($event): def f: f; f;", &quick, JC_EINVAL,
                       "took longer than 0.2 s");
    assert_refused("def init: def f: f; f; def apply($event): .;", &quick,
                   "took longer than 0.2 s");
}

static bool count_outputs(void *context, jc_str output)
{
    (void)output;
    ++*(size_t *)context;
    return true;
}

static void outputs_without_end_are_ended(void **unused)
{
    (void)unused;
    size_t count = 0;
    jc_error error;
    assert_int_equal(jc_jq_filter(JC_STR("{}"), "repeat(1)", &quick, count_outputs, &count, &error),
                     JC_EINVAL);
    assert_holds(error.text, "processor time");
    assert_true(count > 0);
}

static void a_program_that_eats_memory_is_ended(void **unused)
{
    (void)unused;
    /* There is no limit to memory under a sanitizer, which maps more than any machine has. */
    if (is_sanitized())
        return;
    static const jc_jq_limits small = {.timeout_ms = 30000, .memory_size_max = (size_t)64 << 20};
    jc_projection *projection =
        make_with("def init: {}; def apply($event): .x = ($event.event_type * 10000000 | length);",
                  &small);
    jc_state *state = begin(projection);
    jc_event event = event_of(1, "a.happened", "{}");
    jc_error error;
    assert_true(jc_state_apply(state, &event, &error) < 0);
    assert_non_null(strstr(error.text, "memory") != NULL ? strstr(error.text, "memory")
                                                         : strstr(error.text, "ended"));
    jc_state_free(state);
    jc_projection_unload(projection);
}

static void what_breaks_libjq_breaks_nothing_else(void **unused)
{
    (void)unused;
    jc_error error;
    size_t count = 0;
    jc_status status =
        jc_jq_filter(JC_STR("{}"), "reduce range(300000) as $i (null; [.]) | tojson | length",
                     &jc_jq_limits_default, count_outputs, &count, &error);
    assert_true(status == JC_EINVAL || status == JC_EIO || (status == JC_OK && count == 1));
}

static void a_process_killed_by_somebody_is_an_error(void **unused)
{
    (void)unused;
    jc_projection *projection = make(COUNTS);
    jc_state *state = begin(projection);
    jc_event event = event_of(1, "a.happened", "{}");
    jc_error error;
    assert_int_equal(kill(jc_jq_child_of(state)->pid, SIGKILL), 0);
    assert_int_equal(jc_state_apply(state, &event, &error), JC_EIO);
    assert_holds(error.text, "was ended by signal 9");
    assert_true(jc_state_apply(state, &event, &error) < 0);
    assert_holds(error.text, "has ended after an error");
    jc_state_free(state);
    jc_projection_unload(projection);
}

static void a_stopped_process_is_given_up(void **unused)
{
    (void)unused;
    jc_projection *projection = make_with(COUNTS, &quick);
    jc_state *state = begin(projection);
    jc_event event = event_of(1, "a.happened", "{}");
    jc_error error;
    assert_int_equal(kill(jc_jq_child_of(state)->pid, SIGSTOP), 0);
    assert_int_equal(jc_state_apply(state, &event, &error), JC_EINVAL);
    assert_holds(error.text, "took longer");
    jc_state_free(state);
    jc_projection_unload(projection);
}

/* Make a state, say which process keeps it, and go without freeing anything. */
static _Noreturn void make_and_go(int to)
{
    jc_state *state = begin(make(COUNTS));
    pid_t pid = jc_jq_child_of(state)->pid;
    _exit(write(to, &pid, sizeof pid) == sizeof pid ? 0 : 1);
}

static void a_process_ends_with_its_parent(void **unused)
{
    (void)unused;
#ifdef __linux__
    int ends[2];
    pid_t orphan = 0;
    int status = 0;
    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    assert_int_equal(pipe(ends), 0);
    pid_t parent = fork();
    if (parent == 0)
        make_and_go(ends[1]);
    assert_int_equal(read(ends[0], &orphan, sizeof orphan), sizeof orphan);
    assert_int_equal(waitpid(parent, &status, 0), parent);
    assert_int_equal(waitpid(orphan, &status, 0), orphan);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 0), 0);
    close(ends[0]);
    close(ends[1]);
#else
    skip();
#endif
}

static int lowest_free_descriptor(void)
{
    int fd = open("/dev/null", O_RDONLY);
    assert_true(fd >= 0);
    close(fd);
    return fd;
}

static void no_process_and_no_descriptor_is_left(void **unused)
{
    (void)unused;
    int before = lowest_free_descriptor();
    jc_projection *projection = make(COUNTS);
    jc_state *states[3];
    for (size_t i = 0; i < 3; i++)
        states[i] = begin(projection);
    assert_int_equal(kill(jc_jq_child_of(states[1])->pid, SIGKILL), 0);
    for (size_t i = 0; i < 3; i++)
        jc_state_free(states[i]);
    jc_projection_unload(projection);
    assert_refused("def init: 1; def apply($event): .;", &jc_jq_limits_default, "a number");
    assert_refused("def init", &jc_jq_limits_default, "syntax error");
    assert_int_equal(lowest_free_descriptor(), before);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

/* A process that has only its socket: what its parent opens, even by accident of an embedder, is not
 * kept open by it. */
static void the_process_has_no_descriptor_but_its_socket(void **unused)
{
    (void)unused;
    char path[64];
    int pipe_ends[2];
    assert_int_equal(pipe(pipe_ends), 0);
    jc_projection *projection = make(COUNTS);
    jc_state *state = begin(projection);
    close(pipe_ends[1]);
    assert_int_equal(fcntl(pipe_ends[0], F_SETFL, O_NONBLOCK), 0);
    char byte = 0;
    assert_int_equal(read(pipe_ends[0], &byte, 1), 0);
    close(pipe_ends[0]);

    snprintf(path, sizeof path, "/proc/%ld/fd", (long)jc_jq_child_of(state)->pid);
    DIR *folder = opendir(path);
    const struct dirent *entry;
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        /* valgrind has some of its own, far up. */
        if (entry->d_name[0] != '.' && strtoul(entry->d_name, NULL, 10) < 1000)
            assert_string_equal(entry->d_name, "0");
    }
    if (folder != NULL)
        closedir(folder);
    jc_state_free(state);
    jc_projection_unload(projection);
}

/* jq would take what it finds in the home folder and the locale of the parent. */
static void the_parents_surroundings_do_not_matter(void **unused)
{
    (void)unused;
    char dir[JC_TEST_PATH_SIZE];
    char path[JC_TEST_PATH_SIZE + 8];
    jc_test_folder_make(dir);
    snprintf(path, sizeof path, "%s/.jq", dir);
    assert_int_equal(jc_file_replace(path, 0600, JC_STR("def from_home: 1;"), NULL), JC_OK);
    assert_int_equal(setenv("HOME", dir, 1), 0);
    assert_int_equal(setenv("TZ", "America/New_York", 1), 0);
    assert_refused("def init: {a: from_home}; def apply($event): .;", &jc_jq_limits_default,
                   "from_home/0 is not defined");
    jc_projection *projection =
        make("def init: {zone: (0 | gmtime | strftime(\"%H %Z\"))}; def apply($event): .;");
    jc_state *state = begin(projection);
    const char *json = jc_state_json(state, NULL);
    assert_non_null(json);
    assert_holds(json, "{\"zone\":\"00 UTC\"}");
    jc_state_free(state);
    jc_projection_unload(projection);
    unsetenv("TZ");
    jc_test_folder_remove(dir);
}

static void a_number_that_json_does_not_have_is_not_written(void **unused)
{
    (void)unused;
    jc_projection *projection =
        make("def init: {a: {mean: 1}}; def apply($event): .a.mean = $event.data.n * 10;");
    jc_state *state = begin(projection);
    jc_error error;
    apply(state, 1, "a.happened", "{\"n\":1e308}");
    assert_null(jc_state_json(state, &error));
    assert_int_equal(error.status, JC_EINVAL);
    assert_holds(error.text, "a number that JSON does not have (infinite) in mean");
    apply(state, 2, "a.happened", "{\"n\":2}");
    assert_json(state, "{\"a\":{\"mean\":20}}");
    jc_state_free(state);
    jc_projection_unload(projection);
}

static void a_state_that_is_too_deep_is_not_written(void **unused)
{
    (void)unused;
    jc_projection *projection =
        make("def init: {}; def apply($event): .x = reduce range(250) as $i (1; [.]);");
    jc_state *state = begin(projection);
    jc_error error;
    apply(state, 1, "a.happened", "{}");
    assert_null(jc_state_json(state, &error));
    assert_holds(error.text, "nested too deeply");
    jc_state_free(state);
    jc_projection_unload(projection);
}

/* How many digits are written differs between versions of jq; whether it is a double does not. */
static void numbers_are_doubles(void **unused)
{
    (void)unused;
    jc_projection *projection =
        make("def init: {n: []}; def apply($event): .n += [$event.data.n, $event.data.n - 1];");
    jc_state *state = begin(projection);
    jc_error error;
    size_t count = 0;
    apply(state, 1, "a.happened", "{\"n\":100000000000000000001}");
    apply(state, 2, "a.happened", "{\"n\":-1e400}");
    const char *json = jc_state_json(state, &error);
    assert_non_null(json);
    assert_null(strstr(json, "0001"));
    assert_holds(json, "-1.7976931348623157e+308,-1.7976931348623157e+308]");
    assert_int_equal(jc_json_filter(jc_str_of(json), "select(.n[0] == 1e20 and .n[1] == 1e20)",
                                    count_outputs, &count, &error),
                     JC_OK);
    assert_int_equal(count, 1);
    jc_state_free(state);
    jc_projection_unload(projection);
}

static void saved_states_go_on(void **unused)
{
    (void)unused;
    jc_projection *projections[] = {
        example("retries"), example("files"),
        make("def init: {n: 0, types: {}, last: []};"
             "def apply($event): .n += 1 | .types[$event.event_type] += 1"
             " | .last = (.last + [$event.data])[-3:] | .types |= (del(.[keys_unsorted[0]]) // {})"
             " | .[$event.agent_id // \"none\"] = $event.timestamp"
             " | .sum = ((.sum // 0) / 3 + ([$event.data[] | numbers | . / 1e10] | add // 0));")};
    for (uint64_t seed = 1; seed <= 4; seed++) {
        jc_history history;
        jc_history_make(&history, seed, 100);
        for (size_t i = 0; i < 3; i++)
            assert_saved_states_go_on(projections[i], history.events, history.count, 23);
        jc_history_release(&history);
    }
    for (size_t i = 0; i < 3; i++)
        jc_projection_unload(projections[i]);
}

static void what_is_no_saved_state_is_refused(void **unused)
{
    static const char *const texts[] = {"", "[]", "7", "{", "{} {}"};
    (void)unused;
    jc_projection *projection = make(COUNTS);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        jc_state_info info = {0};
        jc_state *none = NULL;
        assert_int_equal(jc_state_restore(projection, jc_str_of(texts[i]), &info, &none, NULL),
                         JC_ECORRUPT);
        assert_null(none);
    }
    jc_projection_unload(projection);
}

static void a_filter_gives_its_outputs_in_order(void **unused)
{
    (void)unused;
    size_t count = 0;
    jc_error error;
    assert_int_equal(jc_json_filter(JC_STR("{\"a\":[1,2,3]}"), ".a[], \"x\"", count_outputs, &count,
                                    &error),
                     JC_OK);
    assert_int_equal(count, 4);
    assert_int_equal(jc_json_filter(JC_STR("{\"a\":1}"), ".a, .a.b", count_outputs, &count, &error),
                     JC_EINVAL);
    assert_int_equal(count, 5);
    assert_holds(error.text, "Cannot index number with");
    assert_int_equal(jc_json_filter(JC_STR("{}"), ".a |", count_outputs, &count, &error),
                     JC_EINVAL);
    assert_holds(error.text, "line 1: syntax error");
    assert_int_equal(jc_json_filter(JC_STR("{}"), "now", count_outputs, &count, &error), JC_EINVAL);
    assert_holds(error.text, "now is not allowed");
    assert_int_equal(jc_json_filter(JC_STR("{"), ".", count_outputs, &count, &error), JC_EINVAL);
}

static bool take_two(void *context, jc_str output)
{
    char *text = context;
    snprintf(text + strlen(text), 16, "%.*s ", (int)output.size, output.bytes);
    return strlen(text) < 4;
}

static void a_filter_is_ended_when_nobody_wants_more(void **unused)
{
    (void)unused;
    char text[64] = "";
    assert_int_equal(jc_json_filter(JC_STR("7"), "range(1; infinite)", take_two, text, NULL),
                     JC_OK);
    assert_string_equal(text, "1 2 ");
}

static void list_name(void *context, const char *name)
{
    char *list = context;
    snprintf(list + strlen(list), 64, "%s ", name);
}

static void put_file(const char *dir, const char *name, jc_str text)
{
    char path[JC_TEST_PATH_SIZE + 64];
    snprintf(path, sizeof path, "%s/.jc/projections/%s", dir, name);
    assert_int_equal(jc_file_replace(path, 0600, text, NULL), JC_OK);
}

static void the_projects_own_are_loaded_by_name(void **unused)
{
    (void)unused;
    char dir[JC_TEST_PATH_SIZE];
    char path[JC_TEST_PATH_SIZE + 64];
    char list[256] = "";
    jc_store *store = NULL;
    jc_projection *projection = NULL;
    jc_error error;
    jc_test_project_make(dir);
    assert_int_equal(jc_open(dir, NULL, &store, &error), JC_OK);
    assert_int_equal(jc_projection_custom_list(store, list_name, list, &error), JC_OK);
    assert_string_equal(list, "");
    snprintf(path, sizeof path, "%s/.jc/projections", dir);
    assert_int_equal(mkdir(path, 0700), 0);
    put_file(dir, "zeta.jq", JC_STR(COUNTS));
    put_file(dir, "alpha-2.jq", JC_STR("def init: $ENV;"));
    put_file(dir, "workflow.jq", JC_STR(COUNTS));
    put_file(dir, "Upper.jq", JC_STR(COUNTS));
    put_file(dir, "notes.txt", JC_STR(COUNTS));
    put_file(dir, ".jq", JC_STR(COUNTS));
    assert_int_equal(jc_projection_custom_list(store, list_name, list, &error), JC_OK);
    assert_string_equal(list, "alpha-2 zeta ");

    assert_int_equal(jc_projection_load(store, "zeta", &projection, &error), JC_OK);
    assert_string_equal(projection->name, "zeta");
    assert_string_equal(projection->revision,
                        "715df67a1a7f2485be1af4d73d3c171b4c84bf57e4898d3073e25c3240b638f4");
    jc_projection_unload(projection);
    projection = NULL;
    assert_int_equal(jc_projection_load(store, "alpha-2", &projection, &error), JC_EINVAL);
    assert_holds(error.text, ".jc/projections/alpha-2.jq: line 1: $ENV is not allowed");
    assert_int_equal(jc_projection_load(store, "none", &projection, &error), JC_ENOTFOUND);
    assert_int_equal(jc_projection_load(store, "workflow", &projection, &error), JC_EINVAL);
    assert_holds(error.text, "built in");
    assert_int_equal(jc_projection_load(store, "../x", &projection, &error), JC_EINVAL);
    assert_holds(error.text, "no name of a projection");
    snprintf(path, sizeof path, "%s/.jc/projections/pipe.jq", dir);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(jc_projection_load(store, "pipe", &projection, &error), JC_EINVAL);
    assert_null(projection);
    jc_close(store);
    jc_test_folder_remove(dir);
}

static void a_program_that_is_too_long_or_no_text_is_refused(void **unused)
{
    (void)unused;
    jc_projection *none = NULL;
    jc_error error;
    char *text = calloc(1, JC_JQ_TEXT_SIZE_MAX + 1);
    assert_non_null(text);
    memset(text, ' ', JC_JQ_TEXT_SIZE_MAX + 1);
    assert_int_equal(jc_jq_projection_make("test", FILE_NAME,
                                           (jc_str){text, JC_JQ_TEXT_SIZE_MAX + 1},
                                           &jc_jq_limits_default, &none, &error),
                     JC_EINVAL);
    free(text);
    assert_int_equal(jc_jq_projection_make("test", FILE_NAME, JC_STR("def init: {};\0"),
                                           &jc_jq_limits_default, &none, &error),
                     JC_EINVAL);
    assert_holds(error.text, "NUL");
}

static void *count_to_ten(void *context)
{
    const jc_projection *projection = context;
    for (int round = 0; round < 3; round++) {
        jc_state *state = NULL;
        if (jc_state_new(projection, &state, NULL) < 0)
            return NULL;
        for (uint64_t i = 1; i <= 10; i++) {
            jc_event event = event_of(i, "a.happened", "{}");
            if (jc_state_apply(state, &event, NULL) < 0)
                return NULL;
        }
        const char *json = jc_state_json(state, NULL);
        bool right = json != NULL && strcmp(json, "{\"count\":10}") == 0;
        jc_state_free(state);
        if (!right)
            return NULL;
    }
    return context;
}

static void threads_share_a_projection(void **unused)
{
    (void)unused;
    /* A sanitizer's allocator may be locked by another thread at the moment of the fork, for good. */
    if (is_sanitized())
        return;
    pthread_t threads[4];
    jc_projection *projection = make(COUNTS);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, count_to_ten, projection), 0);
    for (size_t i = 0; i < 4; i++) {
        void *result = NULL;
        assert_int_equal(pthread_join(threads[i], &result), 0);
        assert_non_null(result);
    }
    jc_projection_unload(projection);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(the_example_that_counts_retries_counts_them),
        CLAIM(the_example_that_lists_files_lists_them),
        CLAIM(an_event_is_given_as_its_line_is),
        CLAIM(an_event_of_the_greatest_size_is_taken),
        CLAIM(what_is_not_pure_is_refused),
        CLAIM(words_that_no_program_may_hold_are_refused_with_their_line),
        CLAIM(words_that_mean_something_else_are_none),
        CLAIM(a_program_that_is_no_jq_is_refused_with_its_line),
        CLAIM(a_program_gives_one_object),
        CLAIM(a_mistake_names_the_file_and_the_event),
        CLAIM(a_program_that_loops_is_ended),
        CLAIM(outputs_without_end_are_ended),
        CLAIM(a_program_that_eats_memory_is_ended),
        CLAIM(what_breaks_libjq_breaks_nothing_else),
        CLAIM(a_process_killed_by_somebody_is_an_error),
        CLAIM(a_stopped_process_is_given_up),
        CLAIM(a_process_ends_with_its_parent),
        CLAIM(no_process_and_no_descriptor_is_left),
        CLAIM(the_process_has_no_descriptor_but_its_socket),
        CLAIM(the_parents_surroundings_do_not_matter),
        CLAIM(a_number_that_json_does_not_have_is_not_written),
        CLAIM(a_state_that_is_too_deep_is_not_written),
        CLAIM(numbers_are_doubles),
        CLAIM(saved_states_go_on),
        CLAIM(what_is_no_saved_state_is_refused),
        CLAIM(a_filter_gives_its_outputs_in_order),
        CLAIM(a_filter_is_ended_when_nobody_wants_more),
        CLAIM(the_projects_own_are_loaded_by_name),
        CLAIM(a_program_that_is_too_long_or_no_text_is_refused),
        CLAIM(threads_share_a_projection),
    };
    return cmocka_run_group_tests_name("jq", tests, NULL, NULL);
}
