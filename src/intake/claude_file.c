/* A file of a session, line by line: see claude.h. The reader is one line ahead, because a message goes on as
 * long as the next line has its id. Two records are kept read: this one and the next. */
#include "intake/claude.h"

#include "base/fail.h"

#include <stdlib.h>

/* Memory for reading is given back after a record of more than this. */
#define KEPT_SIZE_MAX ((size_t)8 * 1024 * 1024)

/* A glued record is looked for at so many places of a torn line. */
#define GLUED_TRIES_MAX 32

void jc_claude_file_release(jc_claude_file *file)
{
    free(file->path);
    if (file->given == &file->lines)
        jc_lines_close(&file->lines);
    jc_foreign_release(&file->reads[0]);
    jc_foreign_release(&file->reads[1]);
    jc_buf_release(&file->session_ids[0]);
    jc_buf_release(&file->session_ids[1]);
    jc_buf_release(&file->message.id);
    jc_buf_release(&file->message.text);
    jc_buf_release(&file->message.thinking);
    *file = (jc_claude_file){.lines = {.fd = -1}};
}

static jc_claude_kind kind_of(yyjson_val *root)
{
    jc_str type = jc_foreign_text(root, "type");
    if (jc_str_equal(type, JC_STR("user")))
        return JC_CLAUDE_USER;
    if (jc_str_equal(type, JC_STR("assistant")))
        return JC_CLAUDE_ASSISTANT;
    return jc_str_equal(type, JC_STR("system")) ? JC_CLAUDE_SYSTEM : JC_CLAUDE_OTHER;
}

/* A record of the conversation, and not a piece of one. */
static bool stands_alone(yyjson_val *root)
{
    return kind_of(root) != JC_CLAUDE_OTHER && jc_foreign_get(root, "parentUuid") != NULL;
}

jc_status jc_claude_read_record(jc_foreign *foreign, jc_str line, yyjson_val **ret_root,
                                bool *ret_torn, jc_error *reterr)
{
    jc_status status = jc_foreign_read(foreign, line, ret_root, reterr);
    *ret_torn = status == JC_EINVAL;
    const char *end = line.bytes + line.size;
    const char *at = line.bytes;
    for (int tries = 0; status == JC_EINVAL && tries < GLUED_TRIES_MAX && at + 1 < end; tries++) {
        at = memchr(at + 1, '{', (size_t)(end - at) - 1);
        if (at == NULL)
            break;
        jc_str rest = {at, (size_t)(end - at)};
        jc_status found = JC_EINVAL;
        if (rest.size > 2 && rest.bytes[1] == '"')
            found = jc_foreign_read(foreign, rest, ret_root, reterr);
        if (found != JC_EINVAL && (found < 0 || stands_alone(*ret_root)))
            return found;
    }
    return status;
}

/* A line that names no session is of the one before it; the first is of the one that the file is named for. */
static jc_status find_session(jc_claude_file *file, jc_claude_line *line, jc_error *reterr)
{
    jc_buf *kept = &file->session_ids[file->reading];
    jc_str before = jc_buf_str(&file->session_ids[1 - file->reading]);
    jc_str id = jc_foreign_text(line->root, "sessionId");
    if (id.bytes == NULL)
        id = before.size > 0 ? before : file->name;
    jc_buf_clear(kept);
    jc_status status = jc_buf_append_str(kept, id, reterr);
    line->session_id = jc_buf_str(kept);
    return status;
}

static jc_status read_line(jc_claude_file *file, yyjson_val *root, jc_claude_line *ret,
                           jc_error *reterr)
{
    *ret = (jc_claude_line){.root = root, .uuid = jc_foreign_text(root, "uuid")};
    if (ret->uuid.bytes != NULL)
        ret->kind = kind_of(root);
    if (ret->kind == JC_CLAUDE_OTHER)
        return JC_OK;
    ret->mended = file->reads[file->reading].mended;
    ret->message = jc_foreign_get(root, "message");
    ret->message_id = jc_foreign_text(ret->message, "id");
    ret->has_time = jc_transcript_time(jc_foreign_get(root, "timestamp"), &ret->time_us);
    return find_session(file, ret, reterr);
}

static void tell_size(jc_claude_file *file, jc_importing *importing)
{
    importing->done_size += file->given->offset - file->told_size;
    file->told_size = file->given->offset;
}

/* Large records are rare; what they needed is not kept for the small ones. */
static void give_back(jc_foreign *foreign)
{
    if (foreign->json.pool.capacity > KEPT_SIZE_MAX)
        jc_foreign_release(foreign);
}

/* Read lines until one is of interest, into `next`. */
static jc_status read_next(jc_claude_file *file, jc_importing *importing, jc_error *reterr)
{
    jc_foreign *foreign = &file->reads[file->reading];
    file->has_next = false;
    file->passed_other = false;
    give_back(foreign);
    for (;;) {
        jc_str text;
        bool torn = false;
        yyjson_val *root = NULL;
        uint64_t passed_over = file->given->passed_over;
        jc_status status = jc_lines_next(file->given, &text, &torn, reterr);
        importing->result.too_long += file->given->passed_over - passed_over;
        tell_size(file, importing);
        if (status == JC_END && file->given->interrupted &&
            jc_import_tell_progress(importing) == JC_OK)
            continue;
        if (status != JC_OK)
            return status == JC_END && !file->given->interrupted ? JC_OK : status;
        importing->result.lines++;
        importing->line = file->given->number;
        if (importing->result.lines % 256 == 0 && jc_import_tell_progress(importing) != JC_OK)
            return JC_END;
        if (jc_transcript_is_blank(text))
            continue;
        status = jc_claude_read_record(foreign, text, &root, &torn, reterr);
        importing->result.torn += torn ? 1 : 0;
        if (status == JC_EINVAL)
            continue;
        if (status == JC_OK)
            status = read_line(file, root, &file->next, reterr);
        file->has_next = status == JC_OK && file->next.kind != JC_CLAUDE_OTHER;
        if (status < 0 || file->has_next)
            return status;
        file->passed_other = true;
    }
}

jc_status jc_claude_file_next(jc_claude_file *file, jc_importing *importing, jc_error *reterr)
{
    file->has_line = file->has_next;
    if (!file->has_line)
        return JC_OK;
    file->line = file->next;
    file->reading = 1 - file->reading;
    if (file->line.has_time && file->line.time_us > file->order_us)
        file->order_us = file->line.time_us;
    return read_next(file, importing, reterr);
}

/* "agent-ID" */
static jc_str agent_of(jc_str name)
{
    static const char before[] = "agent-";
    size_t size = sizeof before - 1;
    if (name.size <= size || memcmp(name.bytes, before, size) != 0)
        return (jc_str){0};
    return (jc_str){name.bytes + size, name.size - size};
}

jc_status jc_claude_file_open(jc_claude_file *file, jc_importing *importing, const char *path,
                              jc_lines *given, jc_error *reterr)
{
    *file = (jc_claude_file){.lines = {.fd = -1}, .given = given};
    file->path = strdup(path);
    if (file->path == NULL)
        return jc_fail_memory(reterr);
    file->name = jc_transcript_name(file->path);
    file->agent_id = agent_of(file->name);
    jc_status status = JC_OK;
    if (given == NULL) {
        file->given = &file->lines;
        status = jc_lines_open(&file->lines, path, true, reterr);
    }
    if (status < 0)
        return status;
    file->given->size_max = JC_TRANSCRIPT_LINE_SIZE_MAX;
    file->given->pass_over = true;
    importing->result.files++;
    status = read_next(file, importing, reterr);
    return status == JC_OK ? jc_claude_file_next(file, importing, reterr) : status;
}
