/* An import: whatever the format, events come in one by one, are checked, and are committed in
 * pieces. What was committed stays; doing the same import again stores nothing twice. */
#include "intake/import.h"

#include "base/fail.h"
#include "intake/fact.h"
#include "intake/transcript.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
    jc_format format;
    const char *name;
} format_names[] = {
    {JC_FORMAT_GUESS, "guess"},
    {JC_FORMAT_JSONL, "jsonl"},
    {JC_FORMAT_MIRROR, "mirror"},
    {JC_FORMAT_JEAN_CLAUDE_DB, "jean-claude-db"},
    {JC_FORMAT_CLAUDE_TRANSCRIPT, "claude-transcript"},
    {JC_FORMAT_CODEX_ROLLOUT, "codex-rollout"},
    {JC_FORMAT_HOOKS, "hooks"},
};

const char *jc_format_name(jc_format format)
{
    for (size_t i = 0; i < sizeof format_names / sizeof format_names[0]; i++) {
        if (format_names[i].format == format)
            return format_names[i].name;
    }
    return "unknown";
}

jc_status jc_format_parse(jc_str name, jc_format *ret, jc_error *reterr)
{
    for (size_t i = 1; i < sizeof format_names / sizeof format_names[0]; i++) {
        if (jc_str_equal(name, jc_str_of(format_names[i].name))) {
            *ret = format_names[i].format;
            return JC_OK;
        }
    }
    return jc_fail(
        reterr, JC_EINVAL,
        "'%.*s' is no format; there are jsonl, mirror, claude-transcript, codex-rollout, "
        "hooks and jean-claude-db",
        (int)(name.size > 60 ? 60 : name.size), name.bytes);
}

/* Was the workflow empty before this import? Found out once, when its first event comes. */
static jc_status was_empty(jc_importing *importing, jc_str workflow_id, bool *ret_empty,
                           jc_error *reterr)
{
    static bool yes = true, no = false;
    bool *known = jc_map_get(&importing->workflows, workflow_id);
    if (known == NULL) {
        jc_head head;
        jc_status status = jc_head_read(importing->store, workflow_id, &head, reterr);
        if (status < 0)
            return status;
        known = head.sequence == 0 ? &yes : &no;
        jc_str key = jc_arena_copy(&importing->seen_arena, workflow_id);
        if (key.bytes == NULL ||
            !jc_map_put(&importing->workflows, &importing->seen_arena, key, known))
            return jc_fail_memory(reterr);
    }
    *ret_empty = *known;
    return JC_OK;
}

/* A mirror's line for an empty workflow must be a link of an intact chain, from its first event on. */
static jc_status check_claim(jc_importing *importing, const jc_event *event, jc_import_claim *claim,
                             jc_error *reterr)
{
    bool empty = false;
    jc_event claimed = *event;
    jc_status status = was_empty(importing, event->workflow_id, &empty, reterr);
    if (status < 0 || !empty)
        return status;
    claim->checked = true;
    claimed.sequence = claim->sequence;
    claimed.hash = claim->hash;
    return jc_chain_check_event(&importing->chain, &claimed, reterr);
}

static jc_status compare_claims(const jc_importing *importing, jc_error *reterr)
{
    for (size_t i = 0; i < importing->waiting; i++) {
        const jc_import_claim *claim = &importing->claims[i];
        const jc_receipt *receipt = &importing->receipts[i];
        if (claim->checked && (claim->sequence != receipt->sequence ||
                               memcmp(&claim->hash, &receipt->hash, sizeof claim->hash) != 0))
            return jc_fail(reterr, JC_ECORRUPT,
                           "line %" PRIu64 ": it came out as #%" PRIu64
                           " with another hash than the line says",
                           claim->line, receipt->sequence);
    }
    return JC_OK;
}

jc_status jc_import_tell_progress(const jc_importing *importing)
{
    const jc_import_options *options = importing->options;
    if (options->progress == NULL)
        return JC_OK;
    return options->progress(options->progress_context, importing->done_size,
                             importing->total_size);
}

/* The log names the id, since it knows nothing of lines. */
static jc_status name_reused_line(const jc_importing *importing, const jc_error *detail,
                                  jc_error *reterr)
{
    for (size_t i = 0; i < importing->waiting; i++) {
        char id[JC_UUID_TEXT_SIZE];
        jc_uuid_format(importing->events[i].id, id);
        if (strstr(detail->text, id) == NULL)
            continue;
        bool local = strstr(detail->text, "timestamp") != NULL && !importing->options->utc;
        return jc_fail(reterr, detail->status, "%s %" PRIu64 ": %s%s",
                       importing->result.format == JC_FORMAT_JEAN_CLAUDE_DB ? "row" : "line",
                       importing->lines[i], detail->text,
                       local ? " (times without a zone are local unless --utc is given)" : "");
    }
    return jc_fail(reterr, detail->status, "%s", detail->text);
}

/* Take out of what waits the facts that somebody has told already, in their words. */
static jc_status drop_stored(jc_importing *importing, jc_error *reterr)
{
    size_t kept = 0;
    for (size_t i = 0; i < importing->waiting; i++) {
        jc_event stored;
        jc_status status = jc_fact_find(importing->store, importing->events[i].id, &stored, reterr);
        if (status < 0 && status != JC_ENOTFOUND)
            return status;
        if (status == JC_OK) {
            importing->result.already_stored++;
            continue;
        }
        importing->events[kept] = importing->events[i];
        importing->lines[kept] = importing->lines[i];
        importing->claims[kept++] = importing->claims[i];
    }
    importing->waiting = kept;
    return JC_OK;
}

/* Append what waits. Facts are new in most imports, so they are looked up only when the append says that
 * one is stored in other words; a fact told by somebody else meanwhile is met by the next round. */
static jc_status append_waiting(jc_importing *importing, jc_append_result *ret_result,
                                jc_error *reterr)
{
    for (;;) {
        size_t before = importing->waiting;
        jc_unit unit = {.events = importing->events,
                        .count = importing->waiting,
                        .ret_receipts = importing->receipts};
        jc_status status = jc_append(importing->store, &unit, 1, ret_result, reterr);
        if (status != JC_EREUSED || !importing->told)
            return status;
        jc_error detail;
        if (drop_stored(importing, &detail) < 0)
            return jc_fail(reterr, detail.status, "%s", detail.text);
        if (importing->waiting == before)
            return status;
        *ret_result = (jc_append_result){.position = importing->result.position};
        if (importing->waiting == 0)
            return JC_OK;
    }
}

jc_status jc_import_commit(jc_importing *importing, jc_error *reterr)
{
    jc_append_result result;
    if (importing->waiting == 0)
        return jc_import_tell_progress(importing) == JC_OK ? JC_OK : JC_END;
    jc_error detail;
    jc_status status = append_waiting(importing, &result, &detail);
    if (status == JC_EREUSED)
        return name_reused_line(importing, &detail, reterr);
    if (status < 0)
        return jc_fail(reterr, status, "%s", detail.text);
    importing->result.stored += result.stored;
    importing->result.already_stored += result.already_stored;
    importing->result.position = result.position;
    status = compare_claims(importing, reterr);
    importing->waiting = 0;
    importing->waiting_size = 0;
    jc_arena_reset(&importing->arena);
    if (status < 0)
        return status;
    return jc_import_tell_progress(importing) == JC_OK ? JC_OK : JC_END;
}

jc_status jc_import_stop_at(jc_importing *importing, jc_status status, jc_error *reterr)
{
    jc_error detail;
    bool of_line = status == JC_EINVAL || status == JC_EUNSUPPORTED;
    if (of_line && jc_import_commit(importing, &detail) < 0)
        return jc_fail(reterr, detail.status, "%s", detail.text);
    return status;
}

/* An id twice in one piece is an id given again; the earlier piece must be stored to compare. */
static bool waits_already(const jc_importing *importing, const jc_event *event)
{
    for (size_t i = importing->waiting; i > 0; i--) {
        if (memcmp(&importing->events[i - 1].id, &event->id, sizeof event->id) == 0)
            return true;
    }
    return false;
}

static jc_status put_waiting(jc_importing *importing, const jc_event *event,
                             const jc_import_claim *claim, jc_error *reterr)
{
    importing->claims[importing->waiting] = claim != NULL ? *claim : (jc_import_claim){0};
    importing->lines[importing->waiting] = importing->line;
    importing->events[importing->waiting++] = *event;
    importing->waiting_size += event->data.size;
    if (importing->waiting == JC_IMPORT_COMMIT_EVENTS ||
        importing->waiting_size >= JC_IMPORT_COMMIT_SIZE)
        return jc_import_commit(importing, reterr);
    return JC_OK;
}

jc_status jc_import_take(jc_importing *importing, const jc_event *event,
                         const jc_import_claim *claim, jc_error *reterr)
{
    jc_event copy = *event;
    jc_import_claim claimed = claim != NULL ? *claim : (jc_import_claim){0};
    jc_status status = jc_event_check(importing->store, event, false, NULL, reterr);
    if (status == JC_OK && claim != NULL)
        status = check_claim(importing, event, &claimed, reterr);
    if (status == JC_OK && waits_already(importing, event)) {
        /* The commit empties the arena, in which this event's text lies too. */
        JC_AUTO(jc_arena) aside = {0};
        status = jc_event_copy(event, &aside, &copy, reterr);
        if (status == JC_OK)
            status = jc_import_commit(importing, reterr);
        if (status == JC_OK)
            status = jc_event_copy(&copy, &importing->arena, &copy, reterr);
    }
    return status == JC_OK ? put_waiting(importing, &copy, &claimed, reterr) : status;
}

jc_status jc_import_tell(jc_importing *importing, const jc_event *event, jc_error *reterr)
{
    jc_event copy;
    if (waits_already(importing, event)) {
        importing->result.already_stored++;
        return JC_OK;
    }
    jc_status status = jc_event_check(importing->store, event, false, NULL, reterr);
    if (status == JC_OK)
        status = jc_event_copy(event, &importing->arena, &copy, reterr);
    return status == JC_OK ? put_waiting(importing, &copy, NULL, reterr) : status;
}

static void release(jc_importing *importing)
{
    jc_json_release(&importing->json);
    jc_arena_release(&importing->arena);
    jc_arena_release(&importing->seen_arena);
    jc_chain_check_release(&importing->chain);
}

bool jc_import_is_database(const char *path)
{
    static const char magic[16] = "SQLite format 3";
    char bytes[sizeof magic] = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t size = pread(fd, bytes, sizeof bytes, 0);
    (void)close(fd);
    return size == (ssize_t)sizeof bytes && memcmp(bytes, magic, sizeof magic) == 0;
}

static jc_status import_transcript(jc_importing *importing, const char *path, jc_error *reterr)
{
    JC_AUTO(jc_lines) lines = {.fd = -1};
    jc_status status = jc_lines_open(&lines, path, false, reterr);
    return status == JC_OK ? jc_import_transcript(importing, path, &lines, reterr) : status;
}

static jc_status run(jc_importing *importing, const char *path, jc_error *reterr)
{
    struct stat facts;
    jc_format format = importing->options->format;
    bool is_stream = strcmp(path, "-") == 0;
    if (!is_stream && stat(path, &facts) < 0)
        return jc_fail_errno(reterr, errno, "cannot read %s", path);
    if (!is_stream)
        importing->total_size = (uint64_t)facts.st_size;
    if (format == JC_FORMAT_GUESS && !is_stream)
        format = jc_import_is_database(path) ? JC_FORMAT_JEAN_CLAUDE_DB : jc_transcript_guess(path);
    importing->result.format = format;
    switch (format) {
    case JC_FORMAT_JEAN_CLAUDE_DB:
        return jc_import_jean_claude_db(importing, path, reterr);
    case JC_FORMAT_CLAUDE_TRANSCRIPT:
    case JC_FORMAT_CODEX_ROLLOUT:
    case JC_FORMAT_HOOKS:
        return import_transcript(importing, path, reterr);
    default:
        return jc_import_lines(importing, path, reterr);
    }
}

jc_status jc_import(jc_store *store, const char *path, const jc_import_options *options,
                    jc_import_result *ret_result, jc_error *reterr)
{
    static const jc_import_options defaults = {0};
    jc_importing *importing = calloc(1, sizeof *importing);
    *ret_result = (jc_import_result){0};
    if (importing == NULL)
        return jc_fail_memory(reterr);
    importing->store = store;
    importing->options = options != NULL ? options : &defaults;
    jc_status status = run(importing, path, reterr);
    if (status == JC_OK)
        status = jc_import_commit(importing, reterr);
    importing->result.interrupted = status == JC_END;
    *ret_result = importing->result;
    release(importing);
    free(importing);
    return status == JC_END ? JC_OK : status;
}
