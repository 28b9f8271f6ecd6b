/* A project in a temporary folder with an open store, for tests of what lies around the log. */
#ifndef JC_TEST_WORKSHOP_H
#define JC_TEST_WORKSHOP_H

#include "unit.h"

#include "base/buf.h"
#include "base/files.h"
#include "contract/events.h"
#include "contract/folder.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct workshop {
    char dir[JC_TEST_PATH_SIZE];
    char mirror[JC_TEST_PATH_SIZE + 64]; /* of workflow "w" */
    jc_store *store;
    int warnings;
    char warning[JC_ERROR_SIZE_MAX];
} workshop;

static void workshop_warn(void *context, const char *text)
{
    workshop *shop = context;
    shop->warnings++;
    (void)snprintf(shop->warning, sizeof shop->warning, "%s", text);
}

static inline void workshop_reopen(workshop *shop)
{
    jc_options options = {.warn = workshop_warn, .warn_context = shop};
    jc_error error;
    jc_close(shop->store);
    shop->store = NULL;
    if (jc_open(shop->dir, &options, &shop->store, &error) != JC_OK)
        fail_msg("%s", error.text);
}

static inline int workshop_open(void **state)
{
    static workshop shop;
    shop = (workshop){.warnings = 0};
    jc_test_project_make(shop.dir);
    (void)snprintf(shop.mirror, sizeof shop.mirror, "%s/agents/w/events.jsonl", shop.dir);
    workshop_reopen(&shop);
    *state = &shop;
    return 0;
}

static inline int workshop_close(void **state)
{
    workshop *shop = *state;
    jc_close(shop->store);
    jc_test_folder_remove(shop->dir);
    return 0;
}

/* Append `count` events to workflow "w"; the first has the id of `number`. */
static inline void workshop_append(workshop *shop, uint64_t number, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        jc_error error;
        jc_event event = jc_test_event(number + i, "w", "step.done",
                                       "{\"text\":\"some words to fill the line\"}");
        if (jc_test_append(shop->store, &event, 1, NULL, &error) != JC_OK)
            fail_msg("%s", error.text);
    }
}

static inline void workshop_read(const char *path, jc_buf *content)
{
    jc_error error;
    jc_buf_clear(content);
    if (jc_file_read(path, (size_t)64 << 20, content, &error) != JC_OK)
        fail_msg("%s", error.text);
}

static inline void workshop_write(const char *path, jc_str content)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(content.bytes, 1, content.size, file), content.size);
    assert_int_equal(fclose(file), 0);
}

/* Fail unless the mirror is byte for byte what the log says. */
static inline void workshop_assert_mirror(workshop *shop)
{
    JC_AUTO(jc_buf) wanted = {0};
    JC_AUTO(jc_buf) got = {0};
    jc_str workflow_id = JC_STR("w");
    jc_filter filter = {.workflow_ids = &workflow_id, .workflow_count = 1};
    assert_int_equal(jc_test_lines(shop->store, &filter, &wanted, NULL), JC_OK);
    workshop_read(shop->mirror, &got);
    assert_int_equal(got.size, wanted.size);
    assert_memory_equal(got.bytes, wanted.bytes, wanted.size);
}

static inline jc_mirror_report workshop_check(workshop *shop)
{
    jc_mirror_report report;
    jc_error error;
    if (jc_mirror_check(shop->store, JC_STR("w"), &report, &error) != JC_OK)
        fail_msg("%s", error.text);
    return report;
}

static inline jc_mirror_report workshop_heal(workshop *shop)
{
    jc_mirror_report report;
    jc_error error;
    if (jc_mirror_heal(shop->store, JC_STR("w"), &report, &error) != JC_OK)
        fail_msg("%s", error.text);
    return report;
}

#define WORKSHOP_CLAIM(function)                                                                   \
    cmocka_unit_test_setup_teardown(function, workshop_open, workshop_close)

#endif
