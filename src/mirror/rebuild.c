/* The log made anew from the mirrors: every mirror is read line by line, the line with the lowest
 * position is the next event, and its chain is checked on the way. The new log is built beside the
 * old one and takes its place only when it is whole. */
#include "base/fail.h"
#include "base/files.h"
#include "event/event.h"
#include "event/line.h"
#include "jc/project.h"
#include "mirror/file.h"
#include "base/lines.h"
#include "mirror/list.h"
#include "store/backend_sqlite/replace.h"
#include "store/backend_sqlite/schema.h"
#include "store/backend_sqlite/sqlite.h"
#include "store/chain_check.h"
#include "store/store.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define COMMIT_EVENTS 1000

/* A mirror with its next event. */
typedef struct mirror_source {
    jc_lines lines;
    jc_arena arena;
    jc_event event;
} mirror_source;

typedef struct rebuilding {
    const char *project_dir;
    bool renumber;
    jc_report *report;
    void *context;
    mirror_source **heap; /* the source with the lowest position on top */
    size_t count;
    size_t capacity;
    jc_chain_check chain;
    jc_store *store;
    jc_arena arena; /* the events that wait for the commit */
    jc_event events[COMMIT_EVENTS];
    size_t waiting;
    uint64_t position;
    jc_rebuild_result result;
    jc_error *reterr;
} rebuilding;

static void free_source(mirror_source *source)
{
    jc_lines_close(&source->lines);
    jc_arena_release(&source->arena);
    free(source);
}

static bool comes_before(const mirror_source *a, const mirror_source *b)
{
    if (a->event.position != b->event.position)
        return a->event.position < b->event.position;
    return strcmp(a->lines.path, b->lines.path) < 0;
}

static void sift_down(rebuilding *rebuild, size_t at)
{
    for (;;) {
        size_t least = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < rebuild->count; child++) {
            if (comes_before(rebuild->heap[child], rebuild->heap[least]))
                least = child;
        }
        if (least == at)
            return;
        mirror_source *moved = rebuild->heap[at];
        rebuild->heap[at] = rebuild->heap[least];
        rebuild->heap[least] = moved;
        at = least;
    }
}

static void sift_up(rebuilding *rebuild, size_t at)
{
    while (at > 0 && comes_before(rebuild->heap[at], rebuild->heap[(at - 1) / 2])) {
        mirror_source *moved = rebuild->heap[at];
        rebuild->heap[at] = rebuild->heap[(at - 1) / 2];
        rebuild->heap[(at - 1) / 2] = moved;
        at = (at - 1) / 2;
    }
}

static jc_status refuse_line(const mirror_source *source, const char *what, jc_error *reterr)
{
    return jc_fail(reterr, JC_ECORRUPT, "%s: line %" PRIu64 ": %s; nothing was changed",
                   source->lines.path, source->lines.number, what);
}

static void note_torn(rebuilding *rebuild, const mirror_source *source)
{
    jc_finding finding = {.where = source->lines.path, .what = "its torn last line was left out"};
    rebuild->report(rebuild->context, &finding);
}

/* JC_END: the mirror has no more. */
static jc_status next_event(rebuilding *rebuild, mirror_source *source)
{
    jc_str line;
    bool torn = false;
    jc_error detail;
    jc_status status = jc_lines_next(&source->lines, &line, &torn, rebuild->reterr);
    if (status != JC_OK)
        return status == JC_EINVAL ? JC_ECORRUPT : status;
    uint64_t before = source->event.position;
    jc_arena_reset(&source->arena);
    status = jc_line_decode(line, &source->arena, &source->event, &detail);
    if (status < 0 && torn) {
        note_torn(rebuild, source);
        return JC_END;
    }
    if (status < 0)
        return refuse_line(source, detail.text, rebuild->reterr);
    if (source->event.position <= before)
        return refuse_line(source, "its position does not rise", rebuild->reterr);
    return JC_OK;
}

static jc_status grow_heap(rebuilding *rebuild)
{
    if (rebuild->count < rebuild->capacity)
        return JC_OK;
    size_t capacity = rebuild->capacity > 0 ? rebuild->capacity * 2 : 16;
    mirror_source **heap = realloc(rebuild->heap, capacity * sizeof(mirror_source *));
    if (heap == NULL)
        return jc_fail_memory(rebuild->reterr);
    rebuild->heap = heap;
    rebuild->capacity = capacity;
    return JC_OK;
}

static jc_status add_mirror(void *context, jc_str workflow_id)
{
    rebuilding *rebuild = context;
    char path[JC_PATH_SIZE_MAX];
    jc_status status =
        jc_mirror_path(rebuild->project_dir, workflow_id, "events.jsonl", path, rebuild->reterr);
    if (status == JC_OK)
        status = grow_heap(rebuild);
    if (status < 0)
        return status;
    mirror_source *source = calloc(1, sizeof *source);
    if (source == NULL)
        return jc_fail_memory(rebuild->reterr);
    status = jc_lines_open(&source->lines, path, true, rebuild->reterr);
    if (status == JC_OK)
        status = next_event(rebuild, source);
    if (status == JC_OK && !jc_str_equal(source->event.workflow_id, workflow_id))
        status = refuse_line(source, "it belongs to another workflow", rebuild->reterr);
    if (status != JC_OK) {
        free_source(source);
        return status == JC_END ? JC_OK : status;
    }
    rebuild->heap[rebuild->count++] = source;
    sift_up(rebuild, rebuild->count - 1);
    rebuild->result.workflows++;
    return JC_OK;
}

static jc_status store_waiting(rebuilding *rebuild)
{
    if (rebuild->waiting == 0)
        return JC_OK;
    jc_status status =
        jc_store_restore_events(rebuild->store, rebuild->events, rebuild->waiting, rebuild->reterr);
    rebuild->result.events += rebuild->waiting;
    rebuild->waiting = 0;
    jc_arena_reset(&rebuild->arena);
    return status;
}

static jc_status take_event(rebuilding *rebuild, const mirror_source *source)
{
    jc_error detail;
    jc_event event = source->event;
    jc_status status = jc_chain_check_event(&rebuild->chain, &event, &detail);
    if (status == JC_ECORRUPT)
        return refuse_line(source, detail.text, rebuild->reterr);
    if (status < 0)
        return jc_fail(rebuild->reterr, status, "%s", detail.text);
    if (event.position == rebuild->position && !rebuild->renumber)
        return refuse_line(source,
                           "its position is also another mirror's: --renumber gives new ones",
                           rebuild->reterr);
    if (rebuild->renumber)
        event.position = rebuild->position + 1;
    if (event.position != rebuild->position + 1)
        rebuild->result.gaps = true;
    rebuild->position = event.position;
    status =
        jc_event_copy(&event, &rebuild->arena, &rebuild->events[rebuild->waiting], rebuild->reterr);
    if (status == JC_OK && ++rebuild->waiting == COMMIT_EVENTS)
        status = store_waiting(rebuild);
    return status;
}

static jc_status merge(rebuilding *rebuild)
{
    while (rebuild->count > 0) {
        mirror_source *top = rebuild->heap[0];
        jc_status status = take_event(rebuild, top);
        if (status == JC_OK)
            status = next_event(rebuild, top);
        if (status < 0)
            return status;
        if (status == JC_END) {
            free_source(top);
            rebuild->heap[0] = rebuild->heap[--rebuild->count];
        }
        sift_down(rebuild, 0);
    }
    return store_waiting(rebuild);
}

/* The new log is written without a sync for each commit: it is synced as a whole before it counts. */
static jc_status open_incoming(rebuilding *rebuild, const char *incoming)
{
    jc_options options = {.durability = JC_DURABILITY_NORMAL};
    jc_backend backend;
    jc_log_remove(incoming);
    jc_status status = jc_schema_create(incoming, rebuild->reterr);
    if (status == JC_OK)
        status = jc_sqlite_open(incoming, &options, &backend, rebuild->reterr);
    if (status == JC_OK)
        status = jc_store_new(backend, &options, NULL, &rebuild->store, rebuild->reterr);
    return status;
}

static void release(rebuilding *rebuild)
{
    for (size_t i = 0; i < rebuild->count; i++)
        free_source(rebuild->heap[i]);
    free(rebuild->heap);
    jc_chain_check_release(&rebuild->chain);
    jc_arena_release(&rebuild->arena);
    jc_close(rebuild->store);
}

static jc_status build(rebuilding *rebuild, const char *incoming)
{
    jc_status status =
        jc_mirror_list_folders(rebuild->project_dir, add_mirror, rebuild, rebuild->reterr);
    if (status == JC_OK && rebuild->count == 0)
        status = jc_fail(rebuild->reterr, JC_ENOTFOUND, "there are no mirrors in %s/agents",
                         rebuild->project_dir);
    if (status == JC_OK)
        status = open_incoming(rebuild, incoming);
    if (status == JC_OK)
        status = merge(rebuild);
    return status;
}

jc_status jc_rebuild_from_mirrors(const char *project_dir, bool renumber, jc_report *report,
                                  void *context, jc_rebuild_result *ret_result, jc_error *reterr)
{
    char log[JC_PATH_SIZE_MAX];
    char incoming[JC_PATH_SIZE_MAX];
    jc_error detail;
    jc_status status = jc_path_join(project_dir, ".jc/events.db", log, sizeof log, reterr);
    if (status == JC_OK)
        status = jc_log_incoming(project_dir, incoming, sizeof incoming, reterr);
    rebuilding *rebuild = status == JC_OK ? calloc(1, sizeof *rebuild) : NULL;
    if (rebuild == NULL)
        return status < 0 ? status : jc_fail_memory(reterr);
    *rebuild = (rebuilding){.project_dir = project_dir,
                            .renumber = renumber,
                            .report = report,
                            .context = context,
                            .reterr = &detail};
    int64_t position = jc_log_last_position(log);
    status = build(rebuild, incoming);
    jc_rebuild_result result = rebuild->result;
    release(rebuild);
    free(rebuild);
    if (status == JC_OK)
        status = jc_log_replace(log, incoming, result.gaps ? 1 : 0, position, result.kept,
                                sizeof result.kept, &detail);
    if (status < 0) {
        jc_log_remove(incoming);
        return jc_fail(reterr, status, "%s", detail.text);
    }
    *ret_result = result;
    return JC_OK;
}
