/* JSON: one pass over the bytes (depth, NUL, white space), then yyjson for the grammar, then a walk
 * over its tree for duplicate keys. See json.h. */
#include "base/json.h"

#include "base/fail.h"

#include <stdlib.h>

#define KEYS_LINEAR_MAX 8 /* up to so many keys are compared each with each */

void jc_json_release(jc_json *json)
{
    jc_buf_release(&json->pool);
    jc_buf_release(&json->keys);
    json->doc = NULL;
}

static bool is_white(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* What the pass over the bytes found. */
typedef struct scan {
    size_t white; /* bytes of white space outside strings */
    int depth;    /* deepest level */
} scan;

/* The index behind the string that starts at `at`; the text's size when it does not end. */
static size_t skip_string(jc_str text, size_t at)
{
    for (at++; at < text.size; at++) {
        if (text.bytes[at] == '"')
            return at + 1;
        if (text.bytes[at] == '\\')
            at++;
    }
    return text.size;
}

static scan scan_bytes(jc_str text)
{
    scan found = {0};
    int depth = 0;
    for (size_t i = 0; i < text.size;) {
        char c = text.bytes[i];
        if (c == '"') {
            i = skip_string(text, i);
            continue;
        }
        if (is_white(c))
            found.white++;
        else if (c == '{' || c == '[')
            depth++;
        else if (c == '}' || c == ']')
            depth--;
        if (depth > found.depth)
            found.depth = depth;
        i++;
    }
    return found;
}

static jc_str without_white(jc_str text, size_t white, jc_arena *arena)
{
    if (white == 0)
        return text;
    char *bytes = jc_arena_get(arena, text.size - white + 1);
    if (bytes == NULL)
        return (jc_str){0};
    size_t size = 0;
    for (size_t i = 0; i < text.size;) {
        size_t end = i + 1;
        if (text.bytes[i] == '"')
            end = skip_string(text, i);
        else if (is_white(text.bytes[i]))
            end = i;
        if (end == i) {
            i++;
            continue;
        }
        memcpy(bytes + size, text.bytes + i, end - i);
        size += end - i;
        i = end;
    }
    return (jc_str){bytes, size};
}

static bool keys_equal(yyjson_val *a, yyjson_val *b)
{
    size_t size = yyjson_get_len(a);
    return size == yyjson_get_len(b) && memcmp(yyjson_get_str(a), yyjson_get_str(b), size) == 0;
}

static int compare_keys(const void *a, const void *b)
{
    yyjson_val *const *left = a;
    yyjson_val *const *right = b;
    size_t left_size = yyjson_get_len(*left);
    size_t right_size = yyjson_get_len(*right);
    if (left_size != right_size)
        return left_size < right_size ? -1 : 1;
    return memcmp(yyjson_get_str(*left), yyjson_get_str(*right), left_size);
}

/* The keys of an object, in `json->keys`; the count is the object's size. */
static jc_status collect_keys(jc_json *json, yyjson_val *object, jc_error *reterr)
{
    jc_buf_clear(&json->keys);
    yyjson_obj_iter iter;
    (void)yyjson_obj_iter_init(object, &iter);
    for (yyjson_val *key = yyjson_obj_iter_next(&iter); key != NULL;
         key = yyjson_obj_iter_next(&iter)) {
        jc_status status = jc_buf_append(&json->keys, &key, sizeof(yyjson_val *), reterr);
        if (status < 0)
            return status;
    }
    return JC_OK;
}

static jc_status refuse_duplicate(yyjson_val *key, jc_error *reterr)
{
    size_t size = yyjson_get_len(key);
    return jc_fail(reterr, JC_EINVAL, "duplicate key \"%.*s\"", (int)(size > 60 ? 60 : size),
                   yyjson_get_str(key));
}

static jc_status check_keys(jc_json *json, yyjson_val *object, jc_error *reterr)
{
    size_t count = yyjson_obj_size(object);
    if (count < 2)
        return JC_OK;
    jc_status status = collect_keys(json, object, reterr);
    if (status < 0)
        return status;
    yyjson_val **keys = (yyjson_val **)(void *)json->keys.bytes;
    if (count > KEYS_LINEAR_MAX) {
        qsort(keys, count, sizeof *keys, compare_keys);
        for (size_t i = 1; i < count; i++) {
            if (keys_equal(keys[i - 1], keys[i]))
                return refuse_duplicate(keys[i], reterr);
        }
        return JC_OK;
    }
    for (size_t i = 1; i < count; i++) {
        for (size_t k = 0; k < i; k++) {
            if (keys_equal(keys[k], keys[i]))
                return refuse_duplicate(keys[i], reterr);
        }
    }
    return JC_OK;
}

/* Recursion is bounded: the depth was checked before. */
static jc_status check_all_keys(jc_json *json, yyjson_val *value, jc_error *reterr)
{
    size_t i, count;
    yyjson_val *key, *member;
    if (yyjson_is_obj(value)) {
        jc_status status = check_keys(json, value, reterr);
        yyjson_obj_foreach(value, i, count, key, member) {
            if (status == JC_OK && yyjson_is_ctn(member))
                status = check_all_keys(json, member, reterr);
        }
        return status;
    }
    jc_status status = JC_OK;
    yyjson_arr_foreach(value, i, count, member) {
        if (status == JC_OK && yyjson_is_ctn(member))
            status = check_all_keys(json, member, reterr);
    }
    return status;
}

/* yyjson says which half it missed, and sometimes the wrong one. */
static const char *what_is_wrong(const yyjson_read_err *error)
{
    return strstr(error->msg, "surrogate") != NULL
               ? "a surrogate without its other half (\\uD800 to \\uDFFF) in a string"
               : error->msg;
}

static jc_status read_tree(jc_json *json, jc_str text, jc_error *reterr)
{
    const yyjson_read_flag flags = YYJSON_READ_NUMBER_AS_RAW;
    size_t memory = yyjson_read_max_memory_usage(text.size, flags);
    if (memory == 0)
        return jc_fail(reterr, JC_EINVAL, "not JSON: empty");
    jc_buf_clear(&json->pool);
    jc_status status = jc_buf_reserve(&json->pool, memory, reterr);
    if (status < 0)
        return status;

    yyjson_alc allocator;
    yyjson_read_err error = {0};
    if (!yyjson_alc_pool_init(&allocator, json->pool.bytes, json->pool.capacity))
        return jc_fail_memory(reterr);
    /* yyjson's parameter is not const for its in-place mode, which is not used here. */
    json->doc =
        yyjson_read_opts((char *)(uintptr_t)text.bytes, text.size, flags, &allocator, &error);
    if (json->doc == NULL)
        return jc_fail(reterr, JC_EINVAL, "not JSON: %s at byte %zu", what_is_wrong(&error),
                       error.pos + 1);
    return JC_OK;
}

jc_status jc_json_read(jc_json *json, jc_str text, jc_json_limits limits, jc_arena *arena,
                       yyjson_val **ret_root, jc_str *ret_compact, jc_error *reterr)
{
    if (text.size > 0 && memchr(text.bytes, '\0', text.size) != NULL)
        return jc_fail(reterr, JC_EINVAL, "not JSON: a raw NUL byte (write it as \\u0000)");
    scan found = scan_bytes(text);
    if (text.size - found.white > limits.size_max)
        return jc_fail(reterr, JC_EINVAL, "%zu bytes, at most %zu are allowed",
                       text.size - found.white, limits.size_max);
    if (found.depth > limits.depth_max)
        return jc_fail(reterr, JC_EINVAL, "%d levels deep, at most %d are allowed", found.depth,
                       limits.depth_max);

    jc_str compact = without_white(text, found.white, arena);
    if (compact.bytes == NULL && found.white > 0)
        return jc_fail_memory(reterr);
    jc_status status = read_tree(json, text, reterr);
    if (status < 0)
        return status;
    yyjson_val *root = yyjson_doc_get_root(json->doc);
    status = yyjson_is_ctn(root) ? check_all_keys(json, root, reterr) : JC_OK;
    if (status < 0)
        return status;
    *ret_root = root;
    *ret_compact = compact;
    return JC_OK;
}

jc_status jc_json_read_loose(jc_json *json, jc_str text, yyjson_val **ret_root, jc_error *reterr)
{
    jc_status status = read_tree(json, text, reterr);
    if (status == JC_OK)
        *ret_root = yyjson_doc_get_root(json->doc);
    return status;
}

static void *allocate(void *context, size_t size)
{
    (void)context;
    return malloc(size);
}

static void *reallocate(void *context, void *bytes, size_t old_size, size_t size)
{
    (void)context, (void)old_size;
    return realloc(bytes, size);
}

static void give_back(void *context, void *bytes)
{
    (void)context;
    free(bytes);
}

jc_status jc_json_write_value(yyjson_val *value, jc_buf *ret_text, jc_error *reterr)
{
    static const yyjson_alc allocator = {allocate, reallocate, give_back, NULL};
    size_t size = 0;
    char *json = yyjson_val_write_opts(value, YYJSON_WRITE_NOFLAG, &allocator, &size, NULL);
    if (json == NULL)
        return jc_fail_memory(reterr);
    /* The writer's memory becomes the buffer's. */
    jc_buf_release(ret_text);
    ret_text->bytes = json;
    ret_text->size = size;
    ret_text->capacity = size;
    return JC_OK;
}

/* The letter behind the backslash; 0: there is none for this character. */
static char escape_letter(unsigned char c)
{
    switch (c) {
    case '"':
    case '\\':
        return (char)c;
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return 0;
    }
}

static jc_status write_escape(jc_buf *buf, unsigned char c, jc_error *reterr)
{
    const char escape[2] = {'\\', escape_letter(c)};
    if (escape[1] != 0)
        return jc_buf_append(buf, escape, sizeof escape, reterr);
    return jc_buf_append_format(buf, reterr, "\\u%04x", c);
}

jc_status jc_json_write_text(jc_buf *buf, jc_str text, jc_error *reterr)
{
    jc_status status = jc_buf_append_char(buf, '"', reterr);
    size_t from = 0;
    for (size_t i = 0; status == JC_OK && i < text.size; i++) {
        unsigned char c = (unsigned char)text.bytes[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        status = jc_buf_append(buf, text.bytes + from, i - from, reterr);
        if (status == JC_OK)
            status = write_escape(buf, c, reterr);
        from = i + 1;
    }
    if (status == JC_OK)
        status = jc_buf_append(buf, text.bytes + from, text.size - from, reterr);
    return status == JC_OK ? jc_buf_append_char(buf, '"', reterr) : status;
}

jc_str jc_json_text(yyjson_val *object, const char *name)
{
    yyjson_val *value = yyjson_obj_get(object, name);
    if (!yyjson_is_str(value))
        return (jc_str){0};
    return (jc_str){yyjson_get_str(value), yyjson_get_len(value)};
}

/* The index behind the value that starts at `at`. */
static size_t skip_value(jc_str text, size_t at)
{
    int depth = 0;
    while (at < text.size) {
        char c = text.bytes[at];
        if (c == '"') {
            at = skip_string(text, at);
            if (depth == 0)
                return at;
            continue;
        }
        if (c == '{' || c == '[')
            depth++;
        else if ((c == '}' || c == ']') && --depth <= 0)
            return depth == 0 ? at + 1 : at;
        else if (depth == 0 && (c == ',' || is_white(c)))
            return at;
        at++;
    }
    return at;
}

static size_t skip_between(jc_str text, size_t at)
{
    while (at < text.size &&
           (is_white(text.bytes[at]) || text.bytes[at] == ',' || text.bytes[at] == ':'))
        at++;
    return at;
}

bool jc_json_next_member(jc_str object, size_t *at, jc_str *ret_key, jc_str *ret_value)
{
    /* The first call starts behind the opening brace. */
    size_t key = *at > 0 ? *at : skip_between(object, 0) + 1;
    key = skip_between(object, key);
    if (key >= object.size || object.bytes[key] != '"')
        return false;
    size_t key_end = skip_string(object, key);
    size_t value = skip_between(object, key_end);
    size_t value_end = skip_value(object, value);
    *ret_key = (jc_str){object.bytes + key, key_end - key};
    *ret_value = (jc_str){object.bytes + value, value_end - value};
    *at = value_end;
    return true;
}

bool jc_json_next_element(jc_str array, size_t *at, jc_str *ret_value)
{
    size_t value = skip_between(array, *at > 0 ? *at : skip_between(array, 0) + 1);
    if (value >= array.size || array.bytes[value] == ']')
        return false;
    *at = skip_value(array, value);
    *ret_value = (jc_str){array.bytes + value, *at - value};
    return true;
}

/* How many bytes the character at the start of `bytes` has; 0 when it is not UTF-8. */
static size_t utf8_character(const uint8_t *bytes, size_t size)
{
    uint8_t first = bytes[0];
    if (first < 0x80)
        return 1;
    size_t length = first >= 0xc2 && first <= 0xdf   ? 2
                    : (first & 0xf0) == 0xe0         ? 3
                    : first >= 0xf0 && first <= 0xf4 ? 4
                                                     : 0;
    if (length == 0 || length > size)
        return 0;
    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xc0) != 0x80)
            return 0;
    }
    bool overlong = (first == 0xe0 && bytes[1] < 0xa0) || (first == 0xf0 && bytes[1] < 0x90);
    bool surrogate = first == 0xed && bytes[1] >= 0xa0;
    bool beyond = first == 0xf4 && bytes[1] >= 0x90;
    return overlong || surrogate || beyond ? 0 : length;
}

int jc_json_escaped_unit(jc_str text, size_t at)
{
    int unit = 0;
    if (text.size - at < 6 || text.bytes[at] != '\\' || text.bytes[at + 1] != 'u')
        return -1;
    for (size_t i = at + 2; i < at + 6; i++) {
        char c = text.bytes[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0)
            return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

size_t jc_utf8_size(jc_str text)
{
    return utf8_character((const uint8_t *)text.bytes, text.size);
}

bool jc_utf8_valid(jc_str text)
{
    const uint8_t *bytes = (const uint8_t *)text.bytes;
    for (size_t i = 0; i < text.size;) {
        size_t length = utf8_character(bytes + i, text.size - i);
        if (length == 0)
            return false;
        i += length;
    }
    return true;
}

bool jc_utf8_has_control(jc_str text)
{
    const uint8_t *bytes = (const uint8_t *)text.bytes;
    for (size_t i = 0; i < text.size; i++) {
        if (bytes[i] < 0x20 || bytes[i] == 0x7f)
            return true;
        if (bytes[i] == 0xc2 && i + 1 < text.size && bytes[i + 1] >= 0x80 && bytes[i + 1] <= 0x9f)
            return true;
    }
    return false;
}
