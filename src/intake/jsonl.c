/* Lines of JSON: ours (a mirror, an export) and anybody's that name a workflow and a type. */
#include "intake/derived_id.h"
#include "intake/import.h"
#include "intake/transcript.h"

#include "base/fail.h"
#include "base/lines.h"
#include "event/line.h"

#include <inttypes.h>
#include <stdio.h>

static bool is_mirror_line(jc_str line)
{
    JC_AUTO(jc_arena) arena = {0};
    jc_event event;
    return jc_line_decode(line, &arena, &event, NULL) == JC_OK;
}

static jc_status take_mirror_line(jc_importing *importing, jc_str line, uint64_t number,
                                  jc_error *reterr)
{
    jc_event event;
    jc_str copy = jc_arena_copy(&importing->arena, line);
    if (copy.bytes == NULL)
        return jc_fail_memory(reterr);
    jc_status status = jc_line_decode(copy, &importing->arena, &event, reterr);
    if (status < 0)
        return status;
    jc_import_claim claim = {.sequence = event.sequence, .hash = event.hash, .line = number};
    return jc_import_take(importing, &event, &claim, reterr);
}

/* How often exactly this line came for this workflow, this time included: the same line twice is two
 * events, and the same file twice is not four. */
static jc_status count_occurrence(jc_importing *importing, jc_str workflow_id, jc_str line,
                                  uint64_t *ret_count, jc_error *reterr)
{
    jc_uuid key;
    jc_str parts[] = {workflow_id, line};
    jc_status status = jc_derive_id(JC_URN_IMPORT, parts, 2, &key, reterr);
    if (status < 0)
        return status;
    jc_str bytes = {(const char *)key.bytes, sizeof key.bytes};
    uint64_t *count = jc_map_get(&importing->occurrences, bytes);
    if (count == NULL) {
        jc_str kept = jc_arena_copy(&importing->seen_arena, bytes);
        count = jc_arena_get(&importing->seen_arena, sizeof *count);
        if (kept.bytes == NULL || count == NULL ||
            !jc_map_put(&importing->occurrences, &importing->seen_arena, kept, count))
            return jc_fail_memory(reterr);
        *count = 0;
    }
    *ret_count = ++*count;
    return JC_OK;
}

static jc_status give_id(jc_importing *importing, jc_str line, const jc_line_extra *extra,
                         jc_event *event, jc_error *reterr)
{
    if (extra->has_id)
        return JC_OK;
    if (extra->id_text.bytes != NULL && !extra->id_is_number)
        return jc_derive_id(JC_URN_IMPORT, &extra->id_text, 1, &event->id, reterr);
    if (extra->id_text.bytes != NULL) {
        jc_str parts[] = {event->workflow_id, extra->id_text};
        return jc_derive_id(JC_URN_IMPORT, parts, 2, &event->id, reterr);
    }
    uint64_t count = 0;
    char text[24];
    jc_status status = count_occurrence(importing, event->workflow_id, line, &count, reterr);
    if (status < 0)
        return status;
    (void)snprintf(text, sizeof text, "%" PRIu64, count);
    jc_str parts[] = {event->workflow_id, line, jc_str_of(text)};
    return jc_derive_id(JC_URN_IMPORT, parts, 3, &event->id, reterr);
}

static jc_status take_json_line(jc_importing *importing, jc_str line, jc_error *reterr)
{
    jc_line_rules rules = {.foreign_ids = true,
                           .local_times = true,
                           .utc = importing->options->utc,
                           .workflow_id = importing->options->workflow_id};
    jc_line_extra extra;
    jc_event event;
    jc_status status =
        jc_intake_line(&importing->json, line, &rules, &importing->arena, &event, &extra, reterr);
    if (status == JC_OK)
        status = give_id(importing, line, &extra, &event, reterr);
    return status == JC_OK ? jc_import_take(importing, &event, NULL, reterr) : status;
}

static jc_status take_line(jc_importing *importing, jc_str line, uint64_t number, jc_error *reterr)
{
    jc_error detail;
    jc_format *format = &importing->result.format;
    if (*format == JC_FORMAT_GUESS)
        *format = is_mirror_line(line) ? JC_FORMAT_MIRROR : JC_FORMAT_JSONL;
    importing->result.lines++;
    importing->line = number;
    jc_status status = *format == JC_FORMAT_MIRROR
                           ? take_mirror_line(importing, line, number, &detail)
                           : take_json_line(importing, line, &detail);
    if (status == JC_EINVAL || status == JC_EUNSUPPORTED || status == JC_ECORRUPT)
        return jc_fail(reterr, status, "line %" PRIu64 ": %s", number, detail.text);
    if (status < 0)
        return jc_fail(reterr, status, "%s", detail.text);
    return status;
}

/* A stream cannot be looked at before: its first line says whether an agent recorded it. */
static bool is_told(jc_importing *importing, jc_str line)
{
    jc_format *format = &importing->result.format;
    if (*format == JC_FORMAT_GUESS)
        *format = jc_transcript_guess_line(line);
    return *format == JC_FORMAT_CLAUDE_TRANSCRIPT || *format == JC_FORMAT_CODEX_ROLLOUT ||
           *format == JC_FORMAT_HOOKS;
}

jc_status jc_import_lines(jc_importing *importing, const char *path, jc_error *reterr)
{
    JC_AUTO(jc_lines) lines = {.fd = -1};
    jc_status status = jc_lines_open(&lines, path, false, reterr);
    while (status == JC_OK) {
        jc_str line;
        bool torn = false;
        status = jc_lines_next(&lines, &line, &torn, reterr);
        if (status == JC_END && lines.interrupted) {
            status = jc_import_commit(importing, reterr);
            continue;
        }
        if (status != JC_OK)
            break;
        importing->done_size = lines.offset;
        if (jc_transcript_is_blank(line))
            continue;
        if (is_told(importing, line)) {
            jc_lines_put_back(&lines, line, torn);
            return jc_import_transcript(importing, path, &lines, reterr);
        }
        status = take_line(importing, line, lines.number, reterr);
        if (status == JC_END)
            return JC_END;
    }
    return status == JC_END ? JC_OK : jc_import_stop_at(importing, status, reterr);
}
