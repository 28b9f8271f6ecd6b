/* Changing a JSON text by splices. A splice is a run of bytes of the text that is replaced by others;
 * all are made from the same unchanged text, sorted by place and applied together. See json_edit.h. */
#include "base/json_edit.h"

#include "base/array.h"
#include "base/fail.h"
#include "base/json.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

typedef struct jc_json_splice {
    size_t at;       /* in the text */
    size_t removed;  /* bytes */
    size_t inserted; /* in edit->inserted */
    size_t size;     /* bytes */
    size_t order;    /* of those at one place, the first made comes first */
} jc_json_splice;

static bool is_white(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static jc_str slice(const char *from, const char *to)
{
    return (jc_str){from, (size_t)(to - from)};
}

static const char *end_of(jc_str text)
{
    return text.bytes + text.size;
}

jc_status jc_json_check(jc_str text, jc_error *reterr)
{
    yyjson_read_err error = {0};
    /* yyjson's parameter is not const for its in-place mode, which is not used here. */
    yyjson_doc *doc = yyjson_read_opts((char *)(uintptr_t)text.bytes, text.size,
                                       YYJSON_READ_NUMBER_AS_RAW, NULL, &error);
    if (doc != NULL) {
        yyjson_doc_free(doc);
        return JC_OK;
    }
    if (error.code == YYJSON_READ_ERROR_MEMORY_ALLOCATION)
        return jc_fail_memory(reterr);
    size_t line = 1;
    size_t column = 1;
    for (size_t i = 0; i < error.pos && i < text.size; i++) {
        column = text.bytes[i] == '\n' ? 1 : column + 1;
        line += text.bytes[i] == '\n';
    }
    return jc_fail(reterr, JC_EINVAL, "not JSON: %s at line %zu, column %zu",
                   error.msg != NULL ? error.msg : "empty", line, column);
}

void jc_json_container_release(jc_json_container *container)
{
    free(container->children);
    *container = (jc_json_container){0};
}

static jc_status add_child(jc_json_container *container, jc_str key, jc_str value, jc_error *reterr)
{
    jc_json_child *children = jc_array_grow(container->children, sizeof *children, container->count,
                                            &container->capacity);
    if (children == NULL)
        return jc_fail_memory(reterr);
    container->children = children;
    const char *from = key.bytes != NULL ? key.bytes : value.bytes;
    children[container->count++] =
        (jc_json_child){.whole = slice(from, end_of(value)), .key = key, .value = value};
    return JC_OK;
}

jc_status jc_json_container_read(jc_str value, jc_json_container *ret_container, jc_error *reterr)
{
    JC_AUTO(jc_json_container) container = {.whole = value};
    bool is_object = jc_json_is_object(value);
    size_t at = 0;
    jc_str key = {0};
    jc_str found;
    while (is_object ? jc_json_next_member(value, &at, &key, &found)
                     : jc_json_next_element(value, &at, &found)) {
        jc_status status = add_child(&container, key, found, reterr);
        if (status < 0)
            return status;
    }
    *ret_container = container;
    container = (jc_json_container){0};
    return JC_OK;
}

/* Is `key`, as written, this name? */
static bool key_is(jc_str key, const char *name)
{
    size_t size = strlen(name);
    if (memchr(key.bytes, '\\', key.size) == NULL)
        return key.size == size + 2 && memcmp(key.bytes + 1, name, size) == 0;
    yyjson_doc *doc = yyjson_read(key.bytes, key.size, 0);
    bool same = yyjson_equals_strn(yyjson_doc_get_root(doc), name, size);
    yyjson_doc_free(doc);
    return same;
}

jc_json_child *jc_json_container_find(const jc_json_container *object, const char *name,
                                      size_t *ret_count)
{
    jc_json_child *found = NULL;
    size_t count = 0;
    for (size_t i = 0; i < object->count; i++) {
        if (object->children[i].key.bytes != NULL && key_is(object->children[i].key, name)) {
            found = &object->children[i];
            count++;
        }
    }
    if (ret_count != NULL)
        *ret_count = count;
    return found;
}

size_t jc_json_container_dropped(const jc_json_container *container)
{
    size_t count = 0;
    for (size_t i = 0; i < container->count; i++)
        count += container->children[i].drop;
    return count;
}

jc_str jc_json_container_lead(const jc_json_container *container)
{
    const char *from = container->whole.bytes + 1;
    const char *to =
        container->count > 0 ? container->children[0].whole.bytes : end_of(container->whole) - 1;
    return slice(from, to);
}

/* The white space before a child. */
static jc_str white_before(const jc_json_container *container, const jc_json_child *child)
{
    const char *from = child->whole.bytes;
    while (from > container->whole.bytes + 1 && is_white(from[-1]))
        from--;
    return slice(from, child->whole.bytes);
}

/* From the last line break on, "" when there is none. */
static jc_str last_line(jc_str white)
{
    const char *at = end_of(white);
    while (at > white.bytes && at[-1] != '\n')
        at--;
    if (at == white.bytes)
        return (jc_str){white.bytes, 0};
    at--;
    if (at > white.bytes && at[-1] == '\r')
        at--;
    return slice(at, end_of(white));
}

jc_json_style jc_json_style_of(const jc_json_container *root)
{
    jc_json_style style = {.newline = "\n", .indent = "  ", .colon = ": ", .comma = ", "};
    jc_str line = last_line(jc_json_container_lead(root));
    if (line.size > 0 && line.bytes[0] == '\r')
        memcpy(style.newline, "\r\n", 3);
    if (root->count == 0)
        return style;

    size_t break_size = strlen(style.newline);
    if (line.size == 0)
        style.newline[0] = '\0';
    else if (line.size - break_size < sizeof style.indent) {
        memcpy(style.indent, line.bytes + break_size, line.size - break_size);
        style.indent[line.size - break_size] = '\0';
    }
    const jc_json_child *first = &root->children[0];
    if (end_of(first->key) + 1 == first->value.bytes) {
        memcpy(style.colon, ":", 2);
        memcpy(style.comma, ",", 2);
    }
    return style;
}

jc_status jc_json_line(const jc_json_style *style, int depth, jc_buf *buf, jc_error *reterr)
{
    if (style->newline[0] == '\0')
        return JC_OK;
    jc_status status = jc_buf_append_text(buf, style->newline, reterr);
    for (int i = 0; i < depth && status == JC_OK; i++)
        status = jc_buf_append_text(buf, style->indent, reterr);
    return status;
}

jc_status jc_json_between(const jc_json_container *container, const jc_json_style *style, int depth,
                          bool own_line, jc_buf *buf, jc_error *reterr)
{
    jc_str line = {0};
    if (container->count > 0)
        line = last_line(white_before(container, &container->children[container->count - 1]));
    bool breaks = style->newline[0] != '\0' && (own_line || container->count == 0);
    if (line.size == 0 && !breaks)
        return jc_buf_append_text(buf, style->comma, reterr);
    jc_status status = jc_buf_append_char(buf, ',', reterr);
    if (status < 0)
        return status;
    return line.size > 0 ? jc_buf_append_str(buf, line, reterr)
                         : jc_json_line(style, depth, buf, reterr);
}

jc_status jc_json_append_string(jc_buf *buf, jc_str text, jc_error *reterr)
{
    jc_status status = jc_buf_append_char(buf, '"', reterr);
    for (size_t i = 0; i < text.size && status == JC_OK; i++) {
        unsigned char c = (unsigned char)text.bytes[i];
        if (c == '"' || c == '\\')
            status = jc_buf_append_format(buf, reterr, "\\%c", c);
        else if (c < 0x20 || c == 0x7f)
            status = jc_buf_append_format(buf, reterr, "\\u%04x", c);
        else
            status = jc_buf_append_char(buf, (char)c, reterr);
    }
    return status == JC_OK ? jc_buf_append_char(buf, '"', reterr) : status;
}

void jc_json_edit_release(jc_json_edit *edit)
{
    free(edit->splices);
    jc_buf_release(&edit->inserted);
    *edit = (jc_json_edit){0};
}

jc_status jc_json_edit_replace(jc_json_edit *edit, jc_str old, jc_str bytes, jc_error *reterr)
{
    assert(old.bytes >= edit->text.bytes && end_of(old) <= end_of(edit->text));
    jc_json_splice *splices =
        jc_array_grow(edit->splices, sizeof *splices, edit->count, &edit->capacity);
    if (splices == NULL)
        return jc_fail_memory(reterr);
    edit->splices = splices;
    jc_json_splice splice = {.at = (size_t)(old.bytes - edit->text.bytes),
                             .removed = old.size,
                             .inserted = edit->inserted.size,
                             .size = bytes.size,
                             .order = edit->count};
    jc_status status = jc_buf_append_str(&edit->inserted, bytes, reterr);
    if (status == JC_OK)
        splices[edit->count++] = splice;
    return status;
}

/* Take out the dropped children of a container of which some stay. Each goes with the comma before it;
 * those before the first that stays, with the comma behind. */
static jc_status take_out(jc_json_edit *edit, const jc_json_container *container, jc_error *reterr)
{
    bool stays = false;
    jc_status status = JC_OK;
    for (size_t i = 0; i < container->count && status == JC_OK; i++) {
        const jc_json_child *child = &container->children[i];
        if (!child->drop) {
            stays = true;
            continue;
        }
        jc_str part = stays ? slice(end_of(child[-1].whole), end_of(child->whole))
                            : slice(child->whole.bytes, child[1].whole.bytes);
        status = jc_json_edit_replace(edit, part, (jc_str){"", 0}, reterr);
    }
    return status;
}

jc_status jc_json_edit_children(jc_json_edit *edit, const jc_json_container *container,
                                jc_str added, jc_str between, const char *first, jc_error *reterr)
{
    JC_AUTO(jc_buf) text = {0};
    bool all_go = jc_json_container_dropped(container) == container->count;
    jc_status status = JC_OK;
    if (!all_go) {
        status = take_out(edit, container, reterr);
        if (status < 0 || added.size == 0)
            return status;
        status = jc_buf_append_str(&text, between, reterr);
    } else if (container->count == 0) {
        status = jc_buf_append_text(&text, first, reterr);
    }
    if (status == JC_OK)
        status = jc_buf_append_str(&text, added, reterr);
    if (status < 0)
        return status;

    const jc_json_child *children = container->children;
    size_t last = container->count - 1;
    jc_str place = {container->whole.bytes + 1, 0};
    if (container->count > 0 && all_go)
        place = slice(added.size > 0 ? children[0].whole.bytes : place.bytes,
                      end_of(children[last].whole));
    else if (container->count > 0)
        place = (jc_str){end_of(children[last].whole), 0};
    return jc_json_edit_replace(edit, place, jc_buf_str(&text), reterr);
}

static int by_place(const void *a, const void *b)
{
    const jc_json_splice *left = a;
    const jc_json_splice *right = b;
    if (left->at != right->at)
        return left->at < right->at ? -1 : 1;
    return left->order < right->order ? -1 : 1;
}

jc_status jc_json_edit_apply(jc_json_edit *edit, jc_buf *ret_text, jc_error *reterr)
{
    size_t size = ret_text->size;
    size_t at = 0;
    jc_status status = jc_buf_reserve(ret_text, edit->text.size + edit->inserted.size, reterr);
    if (edit->count > 0)
        qsort(edit->splices, edit->count, sizeof *edit->splices, by_place);
    for (size_t i = 0; i < edit->count && status == JC_OK; i++) {
        const jc_json_splice *splice = &edit->splices[i];
        assert(splice->at >= at);
        status = jc_buf_append(ret_text, edit->text.bytes + at, splice->at - at, reterr);
        if (status == JC_OK && splice->size > 0)
            status = jc_buf_append(ret_text, edit->inserted.bytes + splice->inserted, splice->size,
                                   reterr);
        at = splice->at + splice->removed;
    }
    if (status == JC_OK)
        status = jc_buf_append(ret_text, edit->text.bytes + at, edit->text.size - at, reterr);
    if (status < 0)
        ret_text->size = size;
    return status;
}
