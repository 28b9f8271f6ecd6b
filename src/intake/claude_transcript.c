/* A session's files in order of time: see claude.h.
 *
 * The session's own file is open from the beginning; a subagent's is opened when its first line is due, so
 * that few are open at once, however many there are. Of the lines that are due the earliest is taken; within a
 * file the order of its lines stands. */
#include "intake/claude.h"

#include "base/array.h"
#include "base/fail.h"
#include "intake/claude_folder.h"

#include <stdlib.h>

/* So much of the beginning of a file is looked at for facts that are stored already. */
#define LOOK_LINES_MAX 200

/* The files of a session. */
typedef struct files {
    jc_claude_paths subagents;
    size_t next; /* the subagent that is due next */
    jc_claude_file **open;
    size_t open_count;
    size_t open_capacity;
} files;

static void close_file(jc_claude_file *file)
{
    jc_claude_file_release(file);
    free(file);
}

static void files_release(files *of)
{
    for (size_t i = 0; i < of->open_count; i++)
        close_file(of->open[i]);
    free(of->open);
    jc_claude_paths_release(&of->subagents);
}
JC_AUTO_DEFINE(files, files_release);

static jc_status open_file(files *of, jc_importing *importing, const char *path, jc_lines *given,
                           jc_error *reterr)
{
    jc_claude_file **open =
        jc_array_grow(of->open, sizeof *open, of->open_count, &of->open_capacity);
    if (open == NULL)
        return jc_fail_memory(reterr);
    of->open = open;
    jc_claude_file *file = calloc(1, sizeof *file);
    if (file == NULL)
        return jc_fail_memory(reterr);
    of->open[of->open_count++] = file;
    return jc_claude_file_open(file, importing, path, given, reterr);
}

/* The open file whose line is the earliest; of several the one that was opened first. */
static size_t earliest(const files *of)
{
    size_t found = 0;
    for (size_t i = 1; i < of->open_count; i++) {
        if (of->open[i]->order_us < of->open[found]->order_us)
            found = i;
    }
    return found;
}

static void drop_ended(files *of)
{
    size_t kept = 0;
    for (size_t i = 0; i < of->open_count; i++) {
        if (of->open[i]->has_line)
            of->open[kept++] = of->open[i];
        else
            close_file(of->open[i]);
    }
    of->open_count = kept;
}

/* Open what is due before the earliest of the lines that are there. A file that cannot be opened any more
 * tells nothing. */
static jc_status open_due(files *of, jc_claude *claude, jc_error *reterr)
{
    jc_importing *importing = claude->telling->importing;
    while (of->next < of->subagents.count) {
        const jc_claude_path *path = &of->subagents.paths[of->next];
        if (of->open_count > 0 && path->first_us >= of->open[earliest(of)]->order_us)
            return JC_OK;
        of->next++;
        jc_status status = jc_claude_read_meta(claude, path->path, reterr);
        if (status == JC_OK)
            status = open_file(of, importing, path->path, NULL, reterr);
        if (status == JC_ENOTFOUND)
            status = JC_OK;
        if (status != JC_OK)
            return status;
        drop_ended(of);
    }
    return JC_OK;
}

static jc_status take_line(jc_claude *claude, jc_claude_file *file, jc_error *reterr)
{
    jc_claude_about about;
    jc_status status = jc_claude_about_line(claude, file, &about, reterr);
    if (status != JC_OK)
        return status;
    switch (file->line.kind) {
    case JC_CLAUDE_USER:
        return jc_claude_take_user(&about, reterr);
    case JC_CLAUDE_ASSISTANT:
        return jc_claude_take_assistant(&about, reterr);
    case JC_CLAUDE_SYSTEM:
        return jc_claude_take_system(&about, reterr);
    case JC_CLAUDE_OTHER:
        break;
    }
    return JC_OK;
}

/* Look for a fact of the line that is stored: it says which workflow its session belongs to. */
static jc_status look_for_line(jc_telling *telling, yyjson_val *root, jc_str name, jc_error *reterr)
{
    jc_str session_id = jc_foreign_text(root, "sessionId");
    jc_str prompt_id = jc_foreign_text(root, "promptId");
    yyjson_val *content = jc_foreign_get(jc_foreign_get(root, "message"), "content");
    size_t at, count;
    yyjson_val *block;
    jc_status status = JC_OK;
    if (session_id.bytes == NULL)
        session_id = name;
    if (prompt_id.bytes != NULL)
        status = jc_telling_look(telling, session_id, JC_FACT_TURN_STARTED, prompt_id, 1, reterr);
    yyjson_arr_foreach(content, at, count, block) {
        jc_str id = jc_foreign_text(block, "id");
        if (status == JC_OK && id.bytes != NULL &&
            jc_str_equal(jc_foreign_text(block, "type"), JC_STR("tool_use")))
            status = jc_telling_look(telling, session_id, JC_FACT_TOOL_STARTED, id, 0, reterr);
    }
    return status;
}

/* The beginning of the file is read once more for this; a stream cannot be. */
static jc_status look_for_workflow(jc_telling *telling, const char *path, jc_error *reterr)
{
    JC_AUTO(jc_lines) lines = {.fd = -1};
    JC_AUTO(jc_foreign) foreign = {0};
    jc_str text;
    bool torn = false;
    jc_status status = jc_lines_open(&lines, path, false, reterr);
    lines.pass_over = true;
    for (int i = 0; status == JC_OK && i < LOOK_LINES_MAX; i++) {
        yyjson_val *root = NULL;
        status = jc_lines_next(&lines, &text, &torn, reterr);
        if (status == JC_OK)
            status = jc_claude_read_record(&foreign, text, &root, &torn, reterr);
        if (status == JC_OK)
            status = look_for_line(telling, root, jc_transcript_name(path), reterr);
        if (status == JC_EINVAL)
            status = JC_OK;
    }
    return status == JC_END ? JC_OK : status;
}

static jc_status take_files(jc_claude *claude, files *of, jc_error *reterr)
{
    jc_status status = open_due(of, claude, reterr);
    while (status == JC_OK && of->open_count > 0) {
        jc_claude_file *file = of->open[earliest(of)];
        status = take_line(claude, file, reterr);
        if (status == JC_OK)
            status = jc_claude_file_next(file, claude->telling->importing, reterr);
        if (status != JC_OK)
            return status;
        if (!file->has_line)
            drop_ended(of);
        status = open_due(of, claude, reterr);
    }
    return status;
}

jc_status jc_import_claude(jc_telling *telling, const char *path, jc_lines *lines, jc_error *reterr)
{
    JC_AUTO(jc_claude) claude = {.telling = telling, .arena = &telling->arena};
    JC_AUTO(files) of = {0};
    bool is_stream = strcmp(path, "-") == 0;
    jc_status status = JC_OK;
    if (!is_stream) {
        status = look_for_workflow(telling, path, reterr);
        if (status == JC_OK)
            status = jc_claude_find_subagents(path, &of.subagents, reterr);
        if (status == JC_OK)
            status = jc_claude_read_meta(&claude, path, reterr);
    }
    for (size_t i = 0; i < of.subagents.count; i++)
        telling->importing->total_size += of.subagents.paths[i].size;
    if (status == JC_OK)
        status = open_file(&of, telling->importing, path, lines, reterr);
    if (status != JC_OK)
        return status;
    drop_ended(&of);
    return take_files(&claude, &of, reterr);
}
