/* What the formats of agents have in common, and how they are told apart: see transcript.h. */
#include "intake/transcript.h"

#include "base/fail.h"
#include "intake/claude.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* So many lines of a file are looked at. */
#define GUESS_LINES_MAX 20

#define TELL_LINES 256
#define US_PER_MS INT64_C(1000)

static bool is_one_of(jc_str text, const char *const list[])
{
    for (; *list != NULL; list++) {
        if (jc_str_equal(text, jc_str_of(*list)))
            return true;
    }
    return false;
}

static bool has_text(yyjson_val *object, const char *name)
{
    return jc_foreign_text(object, name).bytes != NULL;
}

static bool is_codex(yyjson_val *root)
{
    static const char *const types[] = {"session_meta", "turn_context", "response_item",
                                        "event_msg",    "compacted",    NULL};
    return yyjson_is_obj(jc_foreign_get(root, "payload")) &&
           is_one_of(jc_foreign_text(root, "type"), types);
}

static bool is_hook(yyjson_val *root)
{
    return has_text(root, "hook_event_name") ||
           has_text(jc_foreign_get(root, "payload"), "hook_event_name");
}

/* Lines without an id of their own that stand at the beginning of a transcript. */
static bool is_claude(yyjson_val *root)
{
    static const char *const types[] = {
        "file-history-snapshot", "summary", "queue-operation", "ai-title", "custom-title",
        "last-prompt",           NULL};
    jc_str type = jc_foreign_text(root, "type");
    if (type.bytes == NULL || has_text(root, "event_type"))
        return false;
    return has_text(root, "sessionId") || jc_foreign_get(root, "parentUuid") != NULL ||
           is_one_of(type, types);
}

jc_format jc_transcript_guess_line(jc_str line)
{
    JC_AUTO(jc_foreign) foreign = {0};
    yyjson_val *root = NULL;
    if (jc_foreign_read(&foreign, line, &root, NULL) < 0)
        return JC_FORMAT_GUESS;
    if (is_hook(root))
        return JC_FORMAT_HOOKS;
    if (is_codex(root))
        return JC_FORMAT_CODEX_ROLLOUT;
    return is_claude(root) ? JC_FORMAT_CLAUDE_TRANSCRIPT : JC_FORMAT_GUESS;
}

jc_format jc_transcript_guess(const char *path)
{
    JC_AUTO(jc_lines) lines = {.fd = -1};
    jc_format format = JC_FORMAT_GUESS;
    jc_str line;
    bool torn = false;
    if (jc_lines_open(&lines, path, false, NULL) < 0)
        return JC_FORMAT_GUESS;
    lines.pass_over = true;
    for (int i = 0; format == JC_FORMAT_GUESS && i < GUESS_LINES_MAX; i++) {
        if (jc_lines_next(&lines, &line, &torn, NULL) != JC_OK)
            break;
        format = jc_transcript_guess_line(line);
    }
    return format;
}

jc_status jc_import_transcript(jc_importing *importing, const char *path, jc_lines *lines,
                               jc_error *reterr)
{
    JC_AUTO(jc_telling) telling = {0};
    jc_status status = jc_telling_begin(&telling, importing, reterr);
    if (status < 0)
        return status;
    switch (importing->result.format) {
    case JC_FORMAT_CODEX_ROLLOUT:
        return jc_import_codex(&telling, path, lines, reterr);
    case JC_FORMAT_HOOKS:
        return jc_import_hooks(&telling, lines, reterr);
    default:
        return jc_import_claude(&telling, path, lines, reterr);
    }
}

/* Now and then the caller is asked whether to go on, also where nothing is stored. */
static jc_status count_line(jc_importing *importing, const jc_lines *lines)
{
    importing->result.lines++;
    importing->line = lines->number;
    importing->done_size = lines->offset;
    return importing->result.lines % TELL_LINES == 0 ? jc_import_tell_progress(importing) : JC_OK;
}

jc_status jc_transcript_next(jc_importing *importing, jc_lines *lines, jc_foreign *foreign,
                             yyjson_val **ret_root, jc_error *reterr)
{
    lines->size_max = JC_TRANSCRIPT_LINE_SIZE_MAX;
    lines->pass_over = true;
    for (;;) {
        jc_str text;
        bool torn = false;
        uint64_t passed_over = lines->passed_over;
        jc_status status = jc_lines_next(lines, &text, &torn, reterr);
        importing->result.too_long += lines->passed_over - passed_over;
        *ret_root = NULL;
        if (status == JC_END && !lines->interrupted)
            return JC_OK;
        if (status == JC_END && jc_import_tell_progress(importing) == JC_OK)
            continue;
        if (status == JC_OK)
            status = count_line(importing, lines);
        if (status != JC_OK)
            return status;
        if (jc_transcript_is_blank(text))
            continue;
        status = jc_foreign_read(foreign, text, ret_root, reterr);
        if (status != JC_EINVAL)
            return status;
        importing->result.torn++;
    }
}

jc_str jc_transcript_name(const char *path)
{
    static const char extension[] = ".jsonl";
    const char *slash = strrchr(path, '/');
    jc_str name = jc_str_of(slash != NULL ? slash + 1 : path);
    size_t size = sizeof extension - 1;
    if (name.size > size && memcmp(name.bytes + name.size - size, extension, size) == 0)
        name.size -= size;
    if (jc_str_equal(name, JC_STR("-")))
        name = JC_STR("standard-input");
    return name;
}

static bool fits(int64_t time_us)
{
    return time_us >= JC_TIMESTAMP_US_MIN && time_us <= JC_TIMESTAMP_US_MAX;
}

jc_status jc_transcript_add_paragraph(jc_buf *buf, jc_str text, jc_error *reterr)
{
    jc_status status = JC_OK;
    if (text.bytes == NULL)
        return JC_OK;
    if (buf->size > 0)
        status = jc_buf_append_text(buf, "\n\n", reterr);
    return status == JC_OK ? jc_buf_append_str(buf, text, reterr) : status;
}

bool jc_transcript_time(yyjson_val *value, int64_t *ret_us)
{
    if (yyjson_is_str(value))
        return jc_time_parse((jc_str){yyjson_get_str(value), yyjson_get_len(value)}, ret_us,
                             NULL) == JC_OK;
    if (!yyjson_is_raw(value))
        return false;
    errno = 0;
    long long milliseconds = strtoll(yyjson_get_raw(value), NULL, 10);
    if (errno != 0 || milliseconds < 0 || milliseconds > INT64_MAX / US_PER_MS)
        return false;
    *ret_us = milliseconds * US_PER_MS;
    return fits(*ret_us);
}

bool jc_transcript_is_blank(jc_str line)
{
    for (size_t i = 0; i < line.size; i++) {
        if (line.bytes[i] != ' ' && line.bytes[i] != '\t' && line.bytes[i] != '\r')
            return false;
    }
    return true;
}

int64_t jc_transcript_number(yyjson_val *object, const char *name)
{
    yyjson_val *value = jc_foreign_get(object, name);
    char digits[24];
    size_t size = yyjson_is_raw(value) ? yyjson_get_len(value) : 0;
    if (size == 0 || size >= sizeof digits)
        return 0;
    memcpy(digits, yyjson_get_raw(value), size);
    digits[size] = '\0';
    errno = 0;
    long long number = strtoll(digits, NULL, 10);
    return errno == 0 && number > 0 ? number : 0;
}

/* Nine digits are what a state keeps of a cost. */
void jc_transcript_cost(const jc_telling *telling, jc_str model, const jc_price_tokens *tokens,
                        char ret_cost[40], const char **ret_basis)
{
    double usd = 0;
    jc_price_basis basis = jc_prices_cost(telling->prices, model, tokens, &usd);
    ret_cost[0] = '\0';
    *ret_basis = jc_price_basis_name(basis);
    if (basis == JC_PRICE_UNKNOWN || !(usd < 1e12))
        return;
    size_t size = (size_t)snprintf(ret_cost, 40, "%.9f", usd);
    while (size > 0 && ret_cost[size - 1] == '0')
        size--;
    if (size > 0 && ret_cost[size - 1] == '.')
        size--;
    ret_cost[size] = '\0';
}
