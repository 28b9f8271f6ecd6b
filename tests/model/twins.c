/* Two stores in lock step: see twins.h. Differences are told as text, not asserted, so that the seed
 * and the step can be told with them. */
#include "model/twins.h"

#include "model/check_log.h"

#include "jc/mirror.h"
#include "store/backend_memory.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

JC_PRINTF(2, 3)
static bool differ(jc_twins *twins, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(twins->difference, sizeof twins->difference, format, arguments);
    va_end(arguments);
    return false;
}

static int64_t twins_now(void *context)
{
    const jc_twins *twins = context;
    return twins->now_us;
}

static void count_warning(void *context, const char *text)
{
    jc_twins *twins = context;
    if (twins->warnings++ == 0)
        printf("# first warning: %s\n", text);
}

static jc_options options_of(jc_twins *twins)
{
    return (jc_options){.durability = JC_DURABILITY_NORMAL, /* no power cuts here */
                        .warn = count_warning,
                        .warn_context = twins,
                        .now_us = twins_now,
                        .now_context = twins};
}

bool jc_twins_open_real(jc_twins *twins)
{
    const jc_options options = options_of(twins);
    if (jc_open(twins->dir, &options, &twins->real, &twins->error) < 0 ||
        jc_store_add_fault(twins->real, &twins->fault, &twins->error) < 0)
        return differ(twins, "cannot open: %s", twins->error.text);
    return true;
}

bool jc_twins_open(jc_twins *twins)
{
    jc_test_project_make(twins->dir);
    const jc_options options = options_of(twins);
    if (jc_store_open_memory(&options, &twins->twin, &twins->error) < 0)
        return differ(twins, "cannot open the twin: %s", twins->error.text);
    return jc_twins_open_real(twins);
}

static void close_cursors(jc_twins *twins, size_t at)
{
    jc_cursor_close(twins->cursors[at].real);
    jc_cursor_close(twins->cursors[at].twin);
    twins->cursors[at].real = twins->cursors[at].twin = NULL;
}

void jc_twins_close_real(jc_twins *twins)
{
    for (size_t i = 0; i < JC_TWINS_CURSORS; i++)
        close_cursors(twins, i);
    jc_close(twins->real);
    twins->real = NULL;
}

void jc_twins_close(jc_twins *twins)
{
    jc_twins_close_real(twins);
    jc_close(twins->twin);
    twins->twin = NULL;
    jc_test_folder_remove(twins->dir);
}

bool jc_twins_reopen(jc_twins *twins)
{
    jc_twins_close_real(twins);
    return jc_twins_open_real(twins);
}

static bool same_status(jc_twins *twins, const char *what, jc_status real, jc_status twin)
{
    return real == twin || differ(twins, "%s: %s, but %s in memory (%s)", what,
                                  jc_status_name(real), jc_status_name(twin), twins->error.text);
}

static bool same_receipt(jc_twins *twins, size_t unit, size_t event, const jc_receipt *real,
                         const jc_receipt *twin)
{
    if (real->position == twin->position && real->sequence == twin->sequence &&
        real->timestamp_us == twin->timestamp_us && real->already_stored == twin->already_stored &&
        memcmp(&real->hash, &twin->hash, sizeof real->hash) == 0)
        return true;
    return differ(twins,
                  "unit %zu event %zu: receipt #%" PRIu64 " at %" PRIu64 ", time %" PRId64
                  ", stored before %d; in memory #%" PRIu64 " at %" PRIu64 ", time %" PRId64
                  ", stored before %d",
                  unit, event, real->sequence, real->position, real->timestamp_us,
                  real->already_stored, twin->sequence, twin->position, twin->timestamp_us,
                  twin->already_stored);
}

static bool same_results(jc_twins *twins, const jc_request *real, const jc_request *twin)
{
    for (size_t i = 0; i < real->count; i++) {
        const jc_append_result *a = &real->results[i];
        const jc_append_result *b = &twin->results[i];
        if (!same_status(twins, "a unit", a->status, b->status))
            return false;
        if (a->stored != b->stored || a->already_stored != b->already_stored ||
            a->position != b->position)
            return differ(twins,
                          "unit %zu: %zu stored, %zu before, at %" PRIu64
                          "; in memory %zu, %zu, %" PRIu64,
                          i, a->stored, a->already_stored, a->position, b->stored,
                          b->already_stored, b->position);
        for (size_t k = 0; a->status == JC_OK && k < real->units[i].count; k++)
            if (!same_receipt(twins, i, k, &real->receipts[i][k], &twin->receipts[i][k]))
                return false;
    }
    return true;
}

bool jc_twins_append(jc_twins *twins, jc_request *request)
{
    jc_request copy = *request;
    for (size_t i = 0; i < copy.count; i++)
        copy.units[i].ret_receipts = copy.receipts[i];
    jc_status real =
        jc_append(twins->real, request->units, request->count, request->results, &twins->error);
    jc_status twin = jc_append(twins->twin, copy.units, copy.count, copy.results, &twins->error);
    return same_status(twins, "an append", real, twin) &&
           (real == JC_EINVAL || same_results(twins, request, &copy));
}

static bool last_position(jc_twins *twins, jc_store *store, uint64_t *ret_position)
{
    jc_store_info info = {0};
    if (jc_store_info_read(store, &info, &twins->error) < 0)
        return differ(twins, "cannot read the position: %s", twins->error.text);
    *ret_position = info.position;
    return true;
}

bool jc_twins_settle(jc_twins *twins, jc_request *request, bool *ret_stored)
{
    uint64_t real = 0;
    uint64_t twin = 0;
    if (!last_position(twins, twins->real, &real) || !last_position(twins, twins->twin, &twin))
        return false;
    *ret_stored = real != twin;
    if (*ret_stored) {
        (void)!jc_append(twins->twin, request->units, request->count, request->results,
                         &twins->error);
        if (!last_position(twins, twins->twin, &twin))
            return false;
        if (real != twin)
            return differ(twins,
                          "after the crash the log ends at %" PRIu64
                          ", the whole request at %" PRIu64,
                          real, twin);
    }
    return jc_twins_append(twins, request);
}

static bool same_lines(jc_twins *twins, const jc_buf *real, const jc_buf *twin)
{
    size_t at = 0;
    while (at < real->size && at < twin->size && real->bytes[at] == twin->bytes[at])
        at++;
    if (at == real->size && at == twin->size)
        return true;
    while (at > 0 && real->bytes[at - 1] != '\n')
        at--;
    return differ(twins,
                  "%zu bytes read, in memory %zu; from there on\n# %.500s\n# in memory\n# %.500s",
                  real->size, twin->size, at < real->size ? real->bytes + at : "",
                  at < twin->size ? twin->bytes + at : "");
}

bool jc_twins_read(jc_twins *twins, const jc_filter *filter)
{
    JC_AUTO(jc_buf) real = {0};
    JC_AUTO(jc_buf) twin = {0};
    jc_status real_status = jc_test_lines(twins->real, filter, &real, &twins->error);
    jc_status twin_status = jc_test_lines(twins->twin, filter, &twin, &twins->error);
    return same_status(twins, "a reading", real_status, twin_status) &&
           same_lines(twins, &real, &twin);
}

bool jc_twins_cursor_open(jc_twins *twins, size_t at, const jc_filter *filter)
{
    close_cursors(twins, at);
    jc_status real = jc_cursor_open(twins->real, filter, &twins->cursors[at].real, &twins->error);
    jc_status twin = jc_cursor_open(twins->twin, filter, &twins->cursors[at].twin, &twins->error);
    return same_status(twins, "opening a cursor", real, twin);
}

bool jc_twins_cursor_read(jc_twins *twins, size_t at, size_t count)
{
    JC_AUTO(jc_buf) real = {0};
    JC_AUTO(jc_buf) twin = {0};
    jc_status real_status = JC_OK;
    jc_status twin_status = JC_OK;
    for (size_t i = 0; i < count && twins->cursors[at].real != NULL && real_status == JC_OK; i++) {
        const jc_event *event = NULL;
        real_status = jc_cursor_next(twins->cursors[at].real, &event, &twins->error);
        if (real_status == JC_OK)
            real_status = jc_test_line_add(&real, event, &twins->error);
        twin_status = jc_cursor_next(twins->cursors[at].twin, &event, &twins->error);
        if (twin_status == JC_OK)
            twin_status = jc_test_line_add(&twin, event, &twins->error);
        if (!same_status(twins, "a cursor", real_status, twin_status))
            return false;
    }
    return same_lines(twins, &real, &twin);
}

static bool same_head(jc_twins *twins, const char *workflow_id)
{
    jc_head real = {0};
    jc_head twin = {0};
    jc_status real_status = jc_head_read(twins->real, jc_str_of(workflow_id), &real, &twins->error);
    jc_status twin_status = jc_head_read(twins->twin, jc_str_of(workflow_id), &twin, &twins->error);
    if (!same_status(twins, "a head", real_status, twin_status))
        return false;
    if (real.sequence != twin.sequence || real.position != twin.position ||
        real.timestamp_us != twin.timestamp_us ||
        memcmp(&real.hash, &twin.hash, sizeof real.hash) != 0)
        return differ(twins, "%s is at #%" PRIu64 ", in memory at #%" PRIu64, workflow_id,
                      real.sequence, twin.sequence);
    return true;
}

static bool same_store_head(jc_twins *twins, uint64_t position)
{
    jc_hash real = {0};
    jc_hash twin = {0};
    uint64_t real_position = 0;
    uint64_t twin_position = 0;
    jc_status real_status =
        jc_store_head_read(twins->real, position, &real, &real_position, &twins->error);
    jc_status twin_status =
        jc_store_head_read(twins->twin, position, &twin, &twin_position, &twins->error);
    if (!same_status(twins, "the store's head", real_status, twin_status))
        return false;
    if (real_position != twin_position || memcmp(&real, &twin, sizeof real) != 0)
        return differ(twins, "the store's head at %" PRIu64 " is another in memory", position);
    return true;
}

static jc_status list_one(void *context, const jc_workflow_summary *summary)
{
    char hash[JC_HASH_TEXT_SIZE];
    jc_hash_format(summary->hash, hash);
    return jc_buf_append_format(context, NULL,
                                "%.*s %" PRIu64 " %" PRIu64 " %" PRId64 " %" PRId64 " %s\n",
                                (int)summary->workflow_id.size, summary->workflow_id.bytes,
                                summary->events, summary->last_position, summary->first_us,
                                summary->last_us, hash);
}

static bool same_lists(jc_twins *twins)
{
    JC_AUTO(jc_buf) real = {0};
    JC_AUTO(jc_buf) twin = {0};
    jc_status real_status = jc_workflow_list(twins->real, list_one, &real, &twins->error);
    jc_status twin_status = jc_workflow_list(twins->twin, list_one, &twin, &twins->error);
    return same_status(twins, "the list", real_status, twin_status) &&
           same_lines(twins, &real, &twin);
}

static bool same_wait(jc_twins *twins, uint64_t position)
{
    uint64_t real = 0;
    uint64_t twin = 0;
    jc_status real_status = jc_wait(twins->real, position, 0, &real, &twins->error);
    jc_status twin_status = jc_wait(twins->twin, position, 0, &twin, &twins->error);
    return same_status(twins, "waiting", real_status, twin_status) &&
           (real == twin ||
            differ(twins, "waiting gave %" PRIu64 ", in memory %" PRIu64, real, twin));
}

bool jc_twins_ask(jc_twins *twins, uint64_t position)
{
    for (size_t i = 0; i < JC_REQUEST_WORKFLOWS; i++)
        if (!same_head(twins, jc_request_workflows[i]))
            return false;
    return same_head(twins, "unknown") && same_store_head(twins, 0) &&
           same_store_head(twins, position) && same_lists(twins) && same_wait(twins, position);
}

bool jc_twins_find(jc_twins *twins, jc_str prefix)
{
    jc_event real = {0};
    jc_event twin = {0};
    jc_status real_status = jc_event_find(twins->real, prefix, &real, &twins->error);
    jc_status twin_status = jc_event_find(twins->twin, prefix, &twin, &twins->error);
    if (!same_status(twins, "finding an id", real_status, twin_status))
        return false;
    if (real_status != JC_OK)
        return true;
    JC_AUTO(jc_buf) real_line = {0};
    JC_AUTO(jc_buf) twin_line = {0};
    if (jc_test_line_add(&real_line, &real, &twins->error) < 0 ||
        jc_test_line_add(&twin_line, &twin, &twins->error) < 0)
        return differ(twins, "%s", twins->error.text);
    return same_lines(twins, &real_line, &twin_line);
}

static bool heal_mirror(jc_twins *twins, const char *workflow_id)
{
    jc_head head = {0};
    jc_mirror_report report = {0};
    jc_status status = jc_head_read(twins->real, jc_str_of(workflow_id), &head, &twins->error);
    if (status == JC_OK && head.sequence == 0)
        return true;
    if (status == JC_OK)
        status = jc_mirror_heal(twins->real, jc_str_of(workflow_id), &report, &twins->error);
    if (status < 0)
        return differ(twins, "the mirror of %s: %s", workflow_id, twins->error.text);
    if (report.state != JC_MIRROR_EQUAL && report.state != JC_MIRROR_BEHIND)
        return differ(twins, "the mirror of %s was neither equal nor behind: %s", workflow_id,
                      report.text);
    return true;
}

bool jc_twins_check(jc_twins *twins)
{
    uint64_t events = 0;
    for (size_t i = 0; i < JC_REQUEST_WORKFLOWS; i++)
        if (!heal_mirror(twins, jc_request_workflows[i]))
            return false;
    if (jc_check_log(twins->real, &events, &twins->error) < 0 ||
        jc_check_mirrors(twins->real, twins->dir, &twins->error) < 0 ||
        jc_check_log(twins->twin, &events, &twins->error) < 0)
        return differ(twins, "%s", twins->error.text);
    return jc_twins_read(twins, NULL);
}
