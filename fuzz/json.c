/* jc_json_read against yyjson by itself and the plainest possible code for the rest: it accepts
 * exactly what is JSON without NUL, duplicate keys and too much depth; what it keeps is the text
 * without the white space outside strings, and keeping that again changes nothing. */
#include "base/json.h"
#include "fuzz.h"

#define DEPTH_MAX 8
#define SIZE_MAX_HERE 4096

/* Levels of objects and arrays. */
static int depth_of(yyjson_val *value)
{
    int deepest = 0;
    size_t i, count;
    yyjson_val *key, *member;
    yyjson_obj_foreach(value, i, count, key, member) {
        int depth = depth_of(member);
        deepest = depth > deepest ? depth : deepest;
    }
    yyjson_arr_foreach(value, i, count, member) {
        int depth = depth_of(member);
        deepest = depth > deepest ? depth : deepest;
    }
    return yyjson_is_ctn(value) ? deepest + 1 : 0;
}

static bool has_key_before(yyjson_val *object, yyjson_val *wanted, size_t before)
{
    size_t i, count;
    yyjson_val *key, *member;
    yyjson_obj_foreach(object, i, count, key, member) {
        if (i >= before)
            return false;
        if (yyjson_get_len(key) == yyjson_get_len(wanted) &&
            memcmp(yyjson_get_str(key), yyjson_get_str(wanted), yyjson_get_len(key)) == 0)
            return true;
    }
    return false;
}

static bool has_duplicates(yyjson_val *value)
{
    size_t i, count;
    yyjson_val *key, *member;
    yyjson_obj_foreach(value, i, count, key, member) {
        if (has_key_before(value, key, i) || has_duplicates(member))
            return true;
    }
    yyjson_arr_foreach(value, i, count, member) {
        if (has_duplicates(member))
            return true;
    }
    return false;
}

/* Remove white space outside strings, the plain way. The caller frees. */
static char *compact_plainly(jc_str text, size_t *ret_size)
{
    char *result = malloc(text.size + 1);
    FUZZ_MUST(result != NULL);
    bool in_string = false;
    size_t used = 0;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.bytes[i];
        if (!in_string && strchr(" \t\r\n", c) != NULL)
            continue;
        result[used++] = c;
        if (in_string && c == '\\' && i + 1 < text.size)
            result[used++] = text.bytes[++i];
        else if (c == '"')
            in_string = !in_string;
    }
    *ret_size = used;
    return result;
}

/* What jc_json_read must say of it. */
static bool is_acceptable(jc_str text)
{
    yyjson_doc *doc = yyjson_read(text.bytes, text.size, YYJSON_READ_NUMBER_AS_RAW);
    if (doc == NULL)
        return false;
    yyjson_val *root = yyjson_doc_get_root(doc);
    size_t size = 0;
    free(compact_plainly(text, &size));
    /* Depth first: has_duplicates() costs the square of the members, and is safe at any depth here. */
    bool acceptable = depth_of(root) <= DEPTH_MAX && size <= SIZE_MAX_HERE && !has_duplicates(root);
    yyjson_doc_free(doc);
    return acceptable;
}

/* The raw members must be those that the tree has, in the same order. */
static void check_members(jc_str object, yyjson_val *root)
{
    size_t at = 0;
    jc_str raw_key;
    jc_str raw_value;
    yyjson_obj_iter iter = yyjson_obj_iter_with(root);
    while (jc_json_next_member(object, &at, &raw_key, &raw_value)) {
        yyjson_val *key = yyjson_obj_iter_next(&iter);
        FUZZ_MUST(key != NULL);
        yyjson_doc *doc = yyjson_read(raw_key.bytes, raw_key.size, 0);
        FUZZ_MUST(doc != NULL && yyjson_equals(yyjson_doc_get_root(doc), key));
        yyjson_doc_free(doc);
        doc = yyjson_read(raw_value.bytes, raw_value.size, YYJSON_READ_NUMBER_AS_RAW);
        FUZZ_MUST(doc != NULL);
        FUZZ_MUST(yyjson_get_type(yyjson_doc_get_root(doc)) ==
                  yyjson_get_type(yyjson_obj_iter_get_val(key)));
        yyjson_doc_free(doc);
    }
    FUZZ_MUST(!yyjson_obj_iter_has_next(&iter));
}

static void check_compact(jc_json *json, jc_str text, jc_str compact, jc_json_limits limits)
{
    size_t size = 0;
    char *plain = compact_plainly(text, &size);
    FUZZ_MUST(jc_str_equal(compact, (jc_str){plain, size}));
    free(plain);

    JC_AUTO(jc_arena) arena = {0};
    yyjson_val *root = NULL;
    jc_str again = {0};
    jc_error error;
    FUZZ_MUST(jc_json_read(json, compact, limits, &arena, &root, &again, &error) == JC_OK);
    FUZZ_MUST(again.bytes == compact.bytes && again.size == compact.size);
    if (yyjson_is_obj(root))
        check_members(compact, root);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    jc_json_limits limits = {.size_max = SIZE_MAX_HERE, .depth_max = DEPTH_MAX};
    jc_str text = fuzz_input(bytes, size);
    JC_AUTO(jc_json) json = {0};
    JC_AUTO(jc_arena) arena = {0};
    yyjson_val *root = NULL;
    jc_str compact = {0};
    jc_error error;
    jc_status status = jc_json_read(&json, text, limits, &arena, &root, &compact, &error);
    bool acceptable = memchr(text.bytes, '\0', text.size) == NULL && is_acceptable(text);
    FUZZ_MUST((status == JC_OK) == acceptable);
    if (status < 0) {
        FUZZ_MUST(status == JC_EINVAL);
        fuzz_must_explain(status, &error);
        return 0;
    }
    if (yyjson_is_obj(root))
        check_members(text, root);
    check_compact(&json, text, compact, limits);
    FUZZ_MUST(jc_utf8_valid(text));
    return 0;
}
