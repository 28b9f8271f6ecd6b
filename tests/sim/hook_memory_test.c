/* Memory that runs out while a hook is taken in, spooled or taken up: at the Nth allocation of ours, for
 * every N. Each time the call succeeds, or says that memory is short and can be repeated; nothing leaks, and in
 * the end each fact is there once. */
#include "contract/folder.h"
#include "jc/jc.h"
#include "sim/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static int test_count;
static int failure_count;

static void result(bool good, const char *claim, uint64_t at)
{
    printf("%s %d - %s", good ? "ok" : "not ok", ++test_count, claim);
    if (!good)
        printf(" (allocation %" PRIu64 ")", at);
    printf("\n");
    failure_count += !good;
}

typedef struct shop {
    char dir[JC_TEST_PATH_SIZE];
    jc_store *store;
    jc_redactor *redactor;
} shop;

typedef jc_status step(shop *in, jc_str payload);

static jc_status take_in(shop *in, jc_str payload)
{
    jc_hook_options options = {.received_us = INT64_C(1767960000000000)};
    jc_hook_result unused;
    return jc_intake_hook(in->store, in->redactor, payload, &options, &unused, NULL);
}

static jc_status spool(shop *in, jc_str payload)
{
    jc_hook_options options = {.received_us = INT64_C(1767960000000000)};
    return jc_hook_spool(in->dir, in->redactor, payload, &options, NULL);
}

static jc_status take_up(shop *in, jc_str payload)
{
    jc_spool_result unused;
    (void)payload;
    return jc_spool_take_up(in->store, 0, &unused, NULL);
}

/* Do it with every allocation failing in turn, until none is left to fail. The allocation at which it went
 * wrong; 0: it never did. */
static uint64_t sweep(shop *in, step *work, jc_str payload)
{
    for (uint64_t at = 1;; at++) {
        jc_memory_plan(JC_MEMORY_OURS, at, false);
        jc_memory_watch(true);
        jc_status status = work(in, payload);
        jc_memory_watch(false);
        jc_memory_mend();
        if (!jc_memory_struck())
            return status == JC_OK ? 0 : at;
        if (status != JC_OK && status != JC_ENOMEM)
            return at;
    }
}

/* Everything that a record can need: duplicates among many, what has to be mended, cut, made text. */
static char *make_payload(const char *hook)
{
    static const size_t room = 200000;
    char *text = malloc(room);
    if (text == NULL)
        abort();
    size_t size = (size_t)snprintf(
        text, room,
        "{\"session_id\":\"s\",\"hook_event_name\":\"%s\",\"prompt_id\":\"p\",\"bad\":\"\xff\"",
        hook);
    for (int i = 0; i < 40; i++)
        size += (size_t)snprintf(text + size, room - size, ",\"k%d\":[%d]", i % 30, i);
    size += (size_t)snprintf(text + size, room - size, ",\"deep\":");
    for (int i = 0; i < 140; i++)
        text[size++] = i < 70 ? '[' : ']';
    size += (size_t)snprintf(text + size, room - size, ",\"long\":\"");
    while (size < 100000)
        text[size++] = 'x';
    (void)snprintf(text + size, room - size, "\",\"tool_calls\":[{\"tool_use_id\":\"u\"}]}");
    return text;
}

static uint64_t count_events(shop *in)
{
    jc_store_info info = {0};
    return jc_store_info_read(in->store, &info, NULL) == JC_OK ? info.position : UINT64_MAX;
}

int main(void)
{
    static const char *const hooks[] = {"Notification", "Stop", "PostToolBatch"};
    shop in = {.store = NULL};
    jc_memory_init();
    jc_test_project_make(in.dir);
    if (jc_open(in.dir, NULL, &in.store, NULL) < 0 ||
        jc_redactor_new(in.dir, &in.redactor, NULL) < 0)
        abort();
    for (size_t i = 0; i < sizeof hooks / sizeof hooks[0]; i++) {
        char *payload = make_payload(hooks[i]);
        uint64_t at = sweep(&in, take_in, jc_str_of(payload));
        result(at == 0, "a hook is taken in, or can be told again", at);
        result(count_events(&in) == i + 1, "it is stored once", 0);
        int64_t held = jc_memory_held(JC_MEMORY_OURS);
        at = sweep(&in, spool, jc_str_of(payload));
        result(at == 0, "a hook is spooled, or can be told again", at);
        result(jc_memory_held(JC_MEMORY_OURS) == held, "nothing leaks", 0);
        at = sweep(&in, take_up, (jc_str){0});
        result(at == 0, "the spool is taken up, or stays", at);
        result(jc_spool_count(in.dir) == 0 && count_events(&in) == i + 1,
               "nothing is lost, and nothing doubled", 0);
        free(payload);
    }
    jc_redactor_free(in.redactor);
    jc_close(in.store);
    jc_test_folder_remove(in.dir);
    result(jc_memory_held(JC_MEMORY_OURS) == 0, "nothing is held in the end", 0);
    printf("1..%d\n", test_count);
    return failure_count == 0 ? 0 : 1;
}
