/* Writing an event's data from foreign records: see data.h.
 *
 * Text goes through three steps: redacted, cut when it is long, escaped. Each round of building cuts texts to
 * an eighth of the round before; from the second on, members that are still large become text as a whole, and
 * in the last one only the first members are kept. */
#include "intake/data.h"

#include "base/array.h"
#include "base/fail.h"
#include "base/hash.h"
#include "intake/data_members.h"
#include "intake/redact.h"

#include <inttypes.h>
#include <stdlib.h>

#define ROUNDS 5
#define TEXT_MIN ((size_t)64)
#define PATH_MAX_SIZE 256  /* a longer pointer is cut, in the list of cuts */
#define NAME_MAX_SIZE 1024 /* members with longer names are left out from the third round on */

/* The last round is small enough whatever is in it, when all that is kept has to be escaped, six bytes each. */
#define LAST_ROUND_MEMBERS 256
#define LAST_ROUND_NAME_MAX_SIZE 128

static const char *const own_names[] = {"mended", "redacted", "cut"};

void jc_data_release(jc_data *data)
{
    jc_buf_release(&data->out);
    jc_buf_release(&data->path);
    jc_buf_release(&data->piece);
    jc_buf_release(&data->cuts);
}

static size_t text_max(const jc_data *data)
{
    size_t max = (data->text_max > 0 ? data->text_max : JC_DATA_TEXT_MAX) >> (3 * data->round);
    return max > TEXT_MIN ? max : TEXT_MIN;
}

/* How large a member that holds others may be before it becomes text; 0: any. */
static size_t container_max(const jc_data *data)
{
    return data->round < 2 ? 0 : data->round < ROUNDS - 1 ? (size_t)16 * 1024 : (size_t)1024;
}

/* How long the name of a member of the record may be. */
static size_t name_max(const jc_data *data)
{
    return data->round < 2            ? SIZE_MAX
           : data->round < ROUNDS - 1 ? NAME_MAX_SIZE
                                      : LAST_ROUND_NAME_MAX_SIZE;
}

jc_status jc_data_begin(jc_data *data, jc_error *reterr)
{
    jc_buf_clear(&data->out);
    jc_buf_clear(&data->path);
    jc_buf_clear(&data->cuts);
    data->cut_count = 0;
    data->above = (jc_str){0};
    data->redacted = 0;
    data->mended_here = data->round > 0 ? JC_MENDED_SIZE : 0;
    return jc_buf_append_char(&data->out, '{', reterr);
}

/* Move `at` back, or on, to where a character begins. */
static size_t boundary(jc_str text, size_t at, bool back)
{
    while (at > 0 && at < text.size && ((unsigned char)text.bytes[at] & 0xc0) == 0x80)
        at = back ? at - 1 : at + 1;
    return at;
}

static jc_status note_cut(jc_data *data, jc_str text, jc_error *reterr)
{
    char digits[2 * sizeof(jc_hash)];
    jc_hash hash = jc_hash_of(text);
    jc_str path = jc_buf_str(&data->path);
    if (data->cut_count == JC_DATA_CUTS_MAX) {
        data->mended_here |= JC_MENDED_SIZE;
        return JC_OK;
    }
    if (path.size > PATH_MAX_SIZE)
        path.size = boundary(path, PATH_MAX_SIZE, true);
    jc_hex_encode(hash.bytes, sizeof hash.bytes, digits);
    jc_status status =
        jc_buf_append_text(&data->cuts, data->cut_count > 0 ? ",{\"at\":" : "{\"at\":", reterr);
    if (status == JC_OK)
        status = jc_json_write_text(&data->cuts, path, reterr);
    if (status == JC_OK)
        status = jc_buf_append_format(&data->cuts, reterr, ",\"size\":%zu,\"sha256\":\"%.*s\"}",
                                      text.size, (int)sizeof digits, digits);
    data->cut_count++;
    return status;
}

/* Half from the beginning and half from the end, with a line between that says how much is missing. */
static jc_status cut(jc_data *data, jc_str *text, jc_error *reterr)
{
    size_t half = text_max(data) / 2;
    size_t head = boundary(*text, half, true);
    size_t tail = boundary(*text, text->size - half, false);
    jc_status status = note_cut(data, *text, reterr);
    jc_buf_clear(&data->piece);
    if (status == JC_OK)
        status = jc_buf_append(&data->piece, text->bytes, head, reterr);
    if (status == JC_OK)
        status =
            jc_buf_append_format(&data->piece, reterr, "\n[... %zu bytes cut ...]\n", tail - head);
    if (status == JC_OK)
        status = jc_buf_append(&data->piece, text->bytes + tail, text->size - tail, reterr);
    *text = jc_buf_str(&data->piece);
    return status;
}

/* Write a text; `name` is the member that it stands under. */
static jc_status write_text(jc_data *data, jc_str name, jc_str text, jc_error *reterr)
{
    size_t count = 0;
    jc_status status = JC_OK;
    if (data->redactor != NULL)
        status = jc_redact_member(data->redactor, name, text, &text, &count, reterr);
    if (status < 0)
        return status;
    data->redacted += count;
    /* What would save less than the line that says so stays whole. */
    if (text.size > text_max(data) + TEXT_MIN)
        status = cut(data, &text, reterr);
    return status == JC_OK ? jc_json_write_text(&data->out, text, reterr) : status;
}

static void *get_memory(void *context, size_t size)
{
    (void)context;
    return malloc(size);
}

static void *change_memory(void *context, void *bytes, size_t old_size, size_t size)
{
    (void)context, (void)old_size;
    return realloc(bytes, size);
}

static void free_memory(void *context, void *bytes)
{
    (void)context;
    free(bytes);
}

/* A value as the text of its JSON. Its memory comes from this side of the library's border, as it is freed
 * here. */
static jc_status write_as_text(jc_data *data, jc_str name, yyjson_val *value, jc_error *reterr)
{
    static const yyjson_alc memory = {get_memory, change_memory, free_memory, NULL};
    size_t size = 0;
    char *json = yyjson_val_write_opts(value, YYJSON_WRITE_NOFLAG, &memory, &size, NULL);
    if (json == NULL)
        return jc_fail_memory(reterr);
    jc_status status = write_text(data, name, (jc_str){json, size}, reterr);
    free(json);
    return status;
}

/* Go down to a member or an element; the way back is to set the path's size to what it was. */
static jc_status path_into(jc_data *data, jc_str name, jc_error *reterr)
{
    jc_status status = jc_buf_append_char(&data->path, '/', reterr);
    for (size_t i = 0; status == JC_OK && i < name.size && data->path.size <= PATH_MAX_SIZE; i++) {
        char c = name.bytes[i];
        if (c == '~' || c == '/')
            status = jc_buf_append_text(&data->path, c == '~' ? "~0" : "~1", reterr);
        else
            status = jc_buf_append_char(&data->path, c, reterr);
    }
    return status;
}

static jc_status write_value(jc_data *data, jc_str name, yyjson_val *value, int depth,
                             jc_error *reterr);

/* An element has the name of its list, or that of the option before it: ["--password","…"]. */
static jc_status write_list(jc_data *data, jc_str name, yyjson_val *list, int depth,
                            jc_error *reterr)
{
    size_t i, count;
    size_t before = data->path.size;
    jc_str option = {0};
    yyjson_val *element;
    jc_status status = jc_buf_append_char(&data->out, '[', reterr);
    yyjson_arr_foreach(list, i, count, element) {
        char number[24];
        (void)snprintf(number, sizeof number, "%zu", i);
        if (status == JC_OK && i > 0)
            status = jc_buf_append_char(&data->out, ',', reterr);
        if (status == JC_OK)
            status = path_into(data, jc_str_of(number), reterr);
        if (status == JC_OK)
            status =
                write_value(data, option.bytes != NULL ? option : name, element, depth + 1, reterr);
        if (status < 0)
            return status;
        option = yyjson_is_str(element) ? jc_name_of_option(jc_member_name(element)) : (jc_str){0};
        data->path.size = before;
    }
    return status == JC_OK ? jc_buf_append_char(&data->out, ']', reterr) : status;
}

static jc_status write_name(jc_data *data, jc_str name, jc_error *reterr)
{
    jc_status status = JC_OK;
    char last = data->out.bytes[data->out.size - 1];
    if (last != '{')
        status = jc_buf_append_char(&data->out, ',', reterr);
    if (status == JC_OK)
        status = jc_json_write_text(&data->out, name, reterr);
    return status == JC_OK ? jc_buf_append_char(&data->out, ':', reterr) : status;
}

static jc_status write_object(jc_data *data, jc_str name, yyjson_val *object, int depth,
                              jc_error *reterr)
{
    jc_members walk;
    size_t before = data->path.size;
    jc_str above = data->above;
    jc_status status = jc_members_begin(&walk, object, &data->mended_here, reterr);
    if (status < 0)
        return status;
    if (data->redactor != NULL && above.bytes == NULL && jc_name_is_password(name))
        data->above = name;
    status = jc_buf_append_char(&data->out, '{', reterr);
    for (yyjson_val *key = jc_members_next(&walk); status == JC_OK && key != NULL;
         key = jc_members_next(&walk)) {
        jc_str shown;
        status = jc_members_show(&walk, data->redactor, jc_member_name(key), &data->redacted,
                                 &data->piece, &shown, reterr);
        if (status == JC_OK)
            status = write_name(data, shown, reterr);
        if (status == JC_OK)
            status = path_into(data, shown, reterr);
        if (status < 0)
            break;
        jc_str telling = jc_members_telling_name(object, jc_member_name(key));
        if (data->above.bytes != NULL)
            telling = jc_name_below(data->above, telling);
        status = write_value(data, telling, yyjson_obj_iter_get_val(key), depth + 1, reterr);
        data->path.size = before;
    }
    data->above = above;
    jc_members_end(&walk);
    return status == JC_OK ? jc_buf_append_char(&data->out, '}', reterr) : status;
}

static bool is_secret_number(const jc_data *data, jc_str name, jc_str number)
{
    return data->redactor != NULL && jc_redactor_enabled(data->redactor) &&
           jc_number_is_secret(name, number);
}

/* A number stays as it is, unless it is a password, or one of the things that make the record too large. */
static jc_status write_number(jc_data *data, jc_str name, jc_str number, jc_error *reterr)
{
    if ((data->round > 0 && number.size > text_max(data)) || is_secret_number(data, name, number))
        return write_text(data, name, number, reterr);
    return jc_buf_append_str(&data->out, number, reterr);
}

/* Recursion is bounded by JC_DATA_DEPTH_MAX. */
static jc_status write_value(jc_data *data, jc_str name, yyjson_val *value, int depth,
                             jc_error *reterr)
{
    if (yyjson_is_str(value))
        return write_text(data, name, jc_member_name(value), reterr);
    if (yyjson_is_raw(value))
        return write_number(data, name, (jc_str){yyjson_get_raw(value), yyjson_get_len(value)},
                            reterr);
    if (yyjson_is_bool(value))
        return jc_buf_append_text(&data->out, yyjson_get_bool(value) ? "true" : "false", reterr);
    if (!yyjson_is_ctn(value))
        return jc_buf_append_text(&data->out, "null", reterr);
    if (depth > JC_DATA_DEPTH_MAX) {
        data->mended_here |= JC_MENDED_DEPTH;
        return write_as_text(data, name, value, reterr);
    }
    return yyjson_is_obj(value) ? write_object(data, name, value, depth, reterr)
                                : write_list(data, name, value, depth, reterr);
}

/* A member of the outermost object, whose name is free, and shown as it is told. */
static jc_status write_member(jc_data *data, jc_str name, jc_str shown, yyjson_val *value,
                              jc_error *reterr)
{
    size_t before = data->path.size;
    jc_status status = write_name(data, shown, reterr);
    if (status == JC_OK)
        status = path_into(data, shown, reterr);
    if (status < 0)
        return status;
    size_t start = data->out.size;
    status = write_value(data, name, value, 2, reterr);
    if (status == JC_OK && yyjson_is_ctn(value) && container_max(data) > 0 &&
        data->out.size - start > container_max(data)) {
        data->out.size = start;
        status = write_as_text(data, name, value, reterr);
    }
    data->path.size = before;
    return status;
}

jc_status jc_data_value(jc_data *data, const char *name, yyjson_val *value, jc_error *reterr)
{
    jc_str text = jc_str_of(name);
    return value != NULL ? write_member(data, text, text, value, reterr) : JC_OK;
}

jc_status jc_data_text(jc_data *data, const char *name, jc_str text, jc_error *reterr)
{
    size_t before = data->path.size;
    if (text.bytes == NULL)
        return JC_OK;
    jc_status status = write_name(data, jc_str_of(name), reterr);
    if (status == JC_OK)
        status = path_into(data, jc_str_of(name), reterr);
    if (status < 0)
        return status;
    status = write_text(data, jc_str_of(name), text, reterr);
    data->path.size = before;
    return status;
}

jc_status jc_data_number(jc_data *data, const char *name, int64_t number, jc_error *reterr)
{
    jc_status status = write_name(data, jc_str_of(name), reterr);
    return status == JC_OK ? jc_buf_append_format(&data->out, reterr, "%" PRId64, number) : status;
}

jc_status jc_data_bool(jc_data *data, const char *name, bool value, jc_error *reterr)
{
    jc_status status = write_name(data, jc_str_of(name), reterr);
    return status == JC_OK ? jc_buf_append_text(&data->out, value ? "true" : "false", reterr)
                           : status;
}

/* A record's member that has a name of ours gets as many "_" behind it as make the name free. */
static bool free_name(yyjson_val *object, jc_str name, char ret_name[16])
{
    for (size_t i = 0; i < sizeof own_names / sizeof own_names[0]; i++) {
        if (!jc_str_equal(name, jc_str_of(own_names[i])))
            continue;
        (void)snprintf(ret_name, 16, "%s_", own_names[i]);
        while (jc_foreign_get(object, ret_name) != NULL && strlen(ret_name) < 15)
            strcat(ret_name, "_");
        return true;
    }
    return false;
}

jc_status jc_data_members(jc_data *data, yyjson_val *object, const char *const except[],
                          jc_error *reterr)
{
    jc_members walk;
    size_t written = 0;
    jc_status status = jc_members_begin(&walk, object, &data->mended_here, reterr);
    if (status < 0)
        return status;
    walk.except = except;
    for (yyjson_val *key = jc_members_next(&walk); status == JC_OK && key != NULL;
         key = jc_members_next(&walk)) {
        char other[16];
        jc_str name = jc_member_name(key);
        jc_str shown;
        if (name.size > name_max(data))
            continue;
        if (data->round >= ROUNDS - 1 && written == LAST_ROUND_MEMBERS)
            break;
        status = jc_members_show(&walk, data->redactor, name, &data->redacted, &data->piece, &shown,
                                 reterr);
        if (status < 0)
            break;
        if (free_name(object, name, other))
            shown = jc_str_of(other);
        status = write_member(data, name, shown, yyjson_obj_iter_get_val(key), reterr);
        written++;
    }
    jc_members_end(&walk);
    return status;
}

static jc_status write_mended(jc_data *data, unsigned mended, jc_error *reterr)
{
    static const struct {
        unsigned bit;
        const char *word;
    } words[] = {
#define MEND_WORD(name, bit, word) {bit, word},
        JC_MEND_MAP(MEND_WORD)
#undef MEND_WORD
    };
    bool first = true;
    jc_status status = write_name(data, JC_STR("mended"), reterr);
    if (status == JC_OK)
        status = jc_buf_append_char(&data->out, '[', reterr);
    for (size_t i = 0; status == JC_OK && i < sizeof words / sizeof words[0]; i++) {
        if ((mended & words[i].bit) == 0)
            continue;
        status =
            jc_buf_append_format(&data->out, reterr, "%s\"%s\"", first ? "" : ",", words[i].word);
        first = false;
    }
    return status == JC_OK ? jc_buf_append_char(&data->out, ']', reterr) : status;
}

static jc_status write_cuts(jc_data *data, jc_error *reterr)
{
    jc_status status = write_name(data, JC_STR("cut"), reterr);
    if (status == JC_OK)
        status = jc_buf_append_char(&data->out, '[', reterr);
    if (status == JC_OK)
        status = jc_buf_append_str(&data->out, jc_buf_str(&data->cuts), reterr);
    return status == JC_OK ? jc_buf_append_char(&data->out, ']', reterr) : status;
}

jc_status jc_data_end(jc_data *data, jc_str *ret_text, jc_error *reterr)
{
    unsigned mended = data->mended | data->mended_here;
    jc_status status = JC_OK;
    if (mended != 0)
        status = write_mended(data, mended, reterr);
    if (status == JC_OK && data->redacted > 0)
        status = jc_data_number(data, "redacted", (int64_t)data->redacted, reterr);
    if (status == JC_OK && data->cut_count > 0)
        status = write_cuts(data, reterr);
    if (status == JC_OK)
        status = jc_buf_append_char(&data->out, '}', reterr);
    if (status < 0)
        return status;
    if (data->out.size > JC_DATA_SIZE_MAX) {
        if (++data->round < ROUNDS)
            return JC_END;
        data->round = 0;
        return jc_fail(reterr, JC_EINVAL, "%zu bytes, and cutting does not make it small enough",
                       data->out.size);
    }
    data->round = 0;
    *ret_text = jc_buf_str(&data->out);
    return JC_OK;
}
