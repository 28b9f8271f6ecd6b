/* jc_notes_context: notes as Markdown, within a size.
 *
 *     # Notes of fix-login
 *
 *     ## blocker
 *
 *     - **Waiting for API credentials** (coder-agent, 2026-01-09 10:00 UTC; auth; src/auth.c)
 *       Cannot test the OAuth flow without production API keys
 *
 *     (3 more notes were left out)
 *
 * It is written whole when that fits. Else again, with contents of at most a quarter of the room and
 * some room kept for the last line: whatever does not fit is cut, or left out, and what comes behind
 * it is tried all the same. A title or content is indented, and has its control characters taken out,
 * so that it cannot look like anything but a part of its note. */
#include "base/buf.h"
#include "base/fail.h"
#include "notes/notes.h"

#include <stdlib.h>

#define TITLE_SIZE_MAX 200
#define LAST_LINE_SIZE 64
#define CONTENT_SHARE 4 /* the part of the room that one content may take, when not all fit */

static const char ellipsis[] = "…";

#define ELLIPSIS_SIZE (sizeof ellipsis - 1)

/* Text under way, never beyond `size_max`. */
typedef struct writing {
    const jc_notes *notes;
    const jc_note_group *groups;
    size_t group_count;
    size_t count_max;
    jc_buf text;
    jc_buf piece; /* the note being tried */
    size_t size_max;
    size_t content_max;
    size_t shown;
    size_t cut;
} writing;

/* How many bytes the character at the front of valid UTF-8 takes. */
static size_t character_size(jc_str text)
{
    uint8_t first = (uint8_t)text.bytes[0];
    size_t size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    return size < text.size ? size : text.size;
}

/* Control characters, and those that turn the direction of writing or end a line unseen. */
static bool is_harmful(const char *bytes, size_t size)
{
    const uint8_t *at = (const uint8_t *)bytes;
    if (size == 1)
        return at[0] < 0x20 || at[0] == 0x7f;
    if (size == 2)
        return (at[0] == 0xc2 && at[1] <= 0x9f) || (at[0] == 0xd8 && at[1] == 0x9c);
    if (size != 3 || at[0] != 0xe2)
        return false;
    return (at[1] == 0x80 &&
            (at[2] == 0x8e || at[2] == 0x8f || (at[2] >= 0xa8 && at[2] <= 0xae))) ||
           (at[1] == 0x81 && at[2] >= 0xa6 && at[2] <= 0xa9);
}

/* Append text as one line, at most `size_max` bytes, ending in "…" when something was cut. */
static jc_status add_line(jc_buf *to, jc_str text, size_t size_max, bool *ret_cut, jc_error *reterr)
{
    size_t start = to->size;
    size_t mark = start; /* where to cut so that "…" still fits */
    *ret_cut = false;
    while (text.size > 0) {
        size_t size = character_size(text);
        bool harmful = is_harmful(text.bytes, size);
        jc_status status =
            jc_buf_append(to, harmful ? " " : text.bytes, harmful ? 1 : size, reterr);
        if (status < 0)
            return status;
        if (to->size - start > size_max) {
            to->size = mark;
            *ret_cut = true;
            return size_max >= ELLIPSIS_SIZE ? jc_buf_append_text(to, ellipsis, reterr) : JC_OK;
        }
        if (to->size - start + ELLIPSIS_SIZE <= size_max)
            mark = to->size;
        text.bytes += size;
        text.size -= size;
    }
    return JC_OK;
}

static jc_str take_line(jc_str *rest)
{
    const char *end = memchr(rest->bytes, '\n', rest->size);
    jc_str line = {rest->bytes, end != NULL ? (size_t)(end - rest->bytes) : rest->size};
    size_t taken = line.size + (end != NULL ? 1 : 0);
    rest->bytes += taken;
    rest->size -= taken;
    if (line.size > 0 && line.bytes[line.size - 1] == '\r')
        line.size--;
    return line;
}

/* The content behind the title, each line indented, in at most `size_max` bytes; cut at the end, or
 * behind the title when not even the first line's beginning fits. */
static jc_status add_content(jc_buf *to, jc_str content, size_t size_max, bool *ret_cut,
                             jc_error *reterr)
{
    static const char indent[] = "\n  ";
    const size_t indent_size = sizeof indent - 1;
    const size_t least = indent_size + ELLIPSIS_SIZE + 4; /* a character of any size, and "…" */
    size_t start = to->size;
    content = jc_note_trim(content);
    *ret_cut = false;
    while (content.size > 0 && !*ret_cut) {
        size_t room = size_max - (to->size - start);
        jc_str line = take_line(&content);
        /* Behind the last line of all there is no "…" to come. */
        size_t reserve = content.size > 0 ? ELLIPSIS_SIZE : 0;
        if (room < least + reserve && room < indent_size + line.size + reserve) {
            *ret_cut = true;
            return room >= ELLIPSIS_SIZE ? jc_buf_append_text(to, ellipsis, reterr) : JC_OK;
        }
        bool blank = jc_note_trim(line).size == 0;
        jc_status status = jc_buf_append(to, indent, blank ? 1 : indent_size, reterr);
        if (status == JC_OK && !blank)
            status = add_line(to, line, room - indent_size - reserve, ret_cut, reterr);
        if (status < 0)
            return status;
    }
    return JC_OK;
}

static jc_status add_item(jc_buf *to, const char *before, jc_str text, jc_error *reterr)
{
    bool cut = false;
    if (text.size == 0)
        return JC_OK;
    jc_status status = jc_buf_append_text(to, before, reterr);
    return status == JC_OK ? add_line(to, text, TITLE_SIZE_MAX, &cut, reterr) : status;
}

/* Who, when, and what it is about, in parentheses. */
static jc_status add_details(jc_buf *to, const jc_note *note, jc_error *reterr)
{
    char time[JC_TIME_TEXT_SIZE];
    jc_time_format(note->created_us, time);
    jc_status status = add_item(to, " (", note->agent_id, reterr);
    if (status == JC_OK)
        status = jc_buf_append_format(to, reterr, "%s%.10s %.5s UTC",
                                      note->agent_id.size > 0 ? ", " : " (", time, time + 11);
    for (size_t i = 0; status == JC_OK && i < note->tag_count; i++)
        status = add_item(to, i == 0 ? "; tags: " : ", ", note->tags[i], reterr);
    if (status == JC_OK)
        status = add_item(to, "; file: ", note->related_file, reterr);
    if (status == JC_OK)
        status = add_item(to, "; feature: ", note->related_feature, reterr);
    return status == JC_OK ? jc_buf_append_char(to, ')', reterr) : status;
}

/* The note's first line into `piece`, with its category's heading when it is the first to be shown. */
static jc_status begin_note(writing *to, const jc_note_group *group, bool heading,
                            const jc_note *note, jc_error *reterr)
{
    jc_buf_clear(&to->piece);
    jc_status status = JC_OK;
    if (heading)
        status = jc_buf_append_format(&to->piece, reterr, "\n## %.*s\n\n", (int)group->name.size,
                                      group->name.bytes);
    if (status == JC_OK)
        status = jc_buf_append_text(&to->piece, "- ", reterr);
    if (status == JC_OK)
        status = add_item(&to->piece, "**", note->title, reterr);
    if (status == JC_OK && note->title.size > 0)
        status = jc_buf_append_text(&to->piece, "**", reterr);
    return status == JC_OK ? add_details(&to->piece, note, reterr) : status;
}

/* Add a note when at least its first line fits. */
static jc_status try_note(writing *to, const jc_note_group *group, bool *heading,
                          const jc_note *note, jc_error *reterr)
{
    bool cut = false;
    /* What only repeats the title is not written twice. */
    bool repeats = note->title.size <= TITLE_SIZE_MAX && jc_str_equal(note->title, note->content);
    jc_str content = repeats ? (jc_str){0} : note->content;
    jc_status status = begin_note(to, group, *heading, note, reterr);
    size_t used = to->text.size + to->piece.size + (content.size > 0 ? ELLIPSIS_SIZE : 0) + 1;
    if (status < 0 || used > to->size_max)
        return status;
    size_t room = to->size_max - to->text.size - to->piece.size - 1;
    if (room > to->content_max)
        room = to->content_max;
    status = add_content(&to->piece, content, room, &cut, reterr);
    if (status == JC_OK)
        status = jc_buf_append_char(&to->piece, '\n', reterr);
    if (status == JC_OK)
        status = jc_buf_append_str(&to->text, jc_buf_str(&to->piece), reterr);
    if (status < 0)
        return status;
    *heading = false;
    to->shown++;
    to->cut += cut;
    return JC_OK;
}

/* The one workflow that all notes are of; absent when there are several. */
static jc_str workflow_of(const jc_notes *notes)
{
    for (size_t i = 1; i < notes->count; i++) {
        if (!jc_str_equal(notes->items[i].workflow_id, notes->items[0].workflow_id))
            return (jc_str){0};
    }
    return notes->items[0].workflow_id;
}

static jc_status write_notes(writing *to, jc_error *reterr)
{
    jc_str workflow_id = workflow_of(to->notes);
    jc_buf_clear(&to->text);
    to->shown = 0;
    to->cut = 0;
    jc_status status = jc_buf_append_format(&to->text, reterr, "# Notes%s%.*s\n",
                                            workflow_id.bytes != NULL ? " of " : "",
                                            (int)workflow_id.size, workflow_id.bytes);
    size_t tried = 0;
    for (size_t i = 0; i < to->group_count; i++) {
        const jc_note_group *group = &to->groups[i];
        bool heading = true;
        for (size_t j = 0; status == JC_OK && j < group->count && tried < to->count_max; j++) {
            tried++;
            status = try_note(to, group, &heading, group->notes[j], reterr);
        }
    }
    return status;
}

/* Say what is missing, where there is room for saying it. */
static jc_status write_last_line(writing *to, size_t left_out, size_t size_max, jc_error *reterr)
{
    size_t size = to->text.size;
    jc_status status = jc_buf_append_format(&to->text, reterr, "\n(%zu more note%s left out)\n",
                                            left_out, left_out == 1 ? " was" : "s were");
    if (status == JC_OK && to->text.size > size_max)
        to->text.size = size;
    return status;
}

static jc_status write_within(writing *to, size_t size_max, jc_error *reterr)
{
    to->size_max = size_max;
    to->content_max = size_max;
    jc_status status = write_notes(to, reterr);
    if (status < 0 || (to->shown == to->notes->count && to->cut == 0))
        return status;
    if (to->cut > 0 || (to->shown < to->notes->count && to->shown < to->count_max)) {
        to->size_max = size_max > 4 * LAST_LINE_SIZE ? size_max - LAST_LINE_SIZE : size_max;
        to->content_max = to->size_max / CONTENT_SHARE;
        status = write_notes(to, reterr);
    }
    /* A heading without notes says nothing. */
    if (to->shown == 0)
        jc_buf_clear(&to->text);
    else if (status == JC_OK && to->shown < to->notes->count)
        status = write_last_line(to, to->notes->count - to->shown, size_max, reterr);
    return status;
}

jc_status jc_notes_context(const jc_notes *notes, size_t count_max, size_t size_max,
                           jc_note_context *ret_context, jc_error *reterr)
{
    jc_note_context context = {.text = JC_STR("")};
    jc_note_summary summary;
    jc_status status = jc_notes_summarize(notes, &summary, reterr);
    if (status < 0 || notes->count == 0) {
        if (status == JC_OK)
            *ret_context = context;
        return status;
    }
    writing to = {.notes = notes,
                  .groups = summary.categories,
                  .group_count = summary.category_count,
                  .count_max = count_max > 0 ? count_max : SIZE_MAX};
    status = write_within(&to, size_max, reterr);
    if (status == JC_OK)
        status = jc_arena_keep(&notes->memory->arena, jc_buf_str(&to.text), &context.text, reterr);
    context.shown = to.shown;
    context.left_out = notes->count - to.shown;
    jc_buf_release(&to.text);
    jc_buf_release(&to.piece);
    if (status == JC_OK)
        *ret_context = context;
    return status;
}
