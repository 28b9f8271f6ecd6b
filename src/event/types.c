/* The types of events. The built-in ones are a sorted table made from the map, found by halving;
 * the project's own are a short list from .jc/config.json. Rules are in rule.c, advice on names in
 * advice.c. */
#include "event/types.h"

#include "base/fail.h"
#include "event/event.h"

static const jc_type_info built_in[] = {
#define TYPE_INFO(name, type, rule, what) {type, rule, what, "built in"},
    JC_EVENT_TYPE_MAP(TYPE_INFO)
#undef TYPE_INFO
};

#define BUILT_IN_COUNT (sizeof built_in / sizeof built_in[0])

static int compare_type(jc_str event_type, const char *name)
{
    size_t size = strlen(name);
    int order = memcmp(event_type.bytes, name, event_type.size < size ? event_type.size : size);
    return order != 0 ? order : (event_type.size > size) - (event_type.size < size);
}

jc_event_type jc_event_type_of(jc_str event_type)
{
    size_t low = 0;
    size_t high = BUILT_IN_COUNT;
    while (low < high && event_type.size > 0) {
        size_t middle = (low + high) / 2;
        int order = compare_type(event_type, built_in[middle].event_type);
        if (order == 0)
            return (jc_event_type)middle;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return JC_TYPE_OTHER;
}

const char *jc_types_rule(const jc_types *types, jc_str event_type, bool *ret_known)
{
    *ret_known = true;
    jc_event_type type = jc_event_type_of(event_type);
    if (type != JC_TYPE_OTHER)
        return built_in[type].rule;
    for (size_t i = 0; types != NULL && i < types->declared_count; i++) {
        if (jc_str_equal(jc_str_of(types->declared[i].event_type), event_type))
            return types->declared[i].rule;
    }
    *ret_known = false;
    return "";
}

void jc_types_release(jc_types *types)
{
    jc_arena_release(&types->arena);
    *types = (jc_types){0};
}

static const char *keep_text(jc_types *types, jc_str text)
{
    return text.bytes != NULL ? jc_arena_copy(&types->arena, text).bytes : "";
}

static jc_status declare_type(jc_types *types, jc_str name, yyjson_val *body, const char *path,
                              jc_type_info *ret_info, jc_error *reterr)
{
    jc_error detail = {0};
    jc_status status = jc_event_type_check(name, &detail);
    if (status == JC_OK && jc_event_type_of(name) != JC_TYPE_OTHER)
        status = jc_fail(&detail, JC_EINVAL, "it is built in and cannot be declared again");
    yyjson_val *required = yyjson_obj_get(body, "required");
    if (status == JC_OK && required != NULL && !yyjson_is_str(required))
        status = jc_fail(&detail, JC_EINVAL,
                         "\"required\" must be a string such as \"name|id ok:bool\"");
    if (status == JC_OK && !yyjson_is_obj(body))
        status = jc_fail(&detail, JC_EINVAL,
                         "it must be an object with \"required\" and \"description\"");
    jc_type_info info = {.event_type = keep_text(types, name),
                         .rule = keep_text(types, jc_json_text(body, "required")),
                         .what = keep_text(types, jc_json_text(body, "description")),
                         .declared = keep_text(types, jc_str_of(path))};
    if (info.event_type == NULL || info.rule == NULL || info.what == NULL || info.declared == NULL)
        return jc_fail_memory(reterr);
    if (status == JC_OK)
        status = jc_rule_parse(info.rule, &detail);
    if (status < 0)
        return jc_fail(reterr, status, "%s: types: '%s': %s", path, info.event_type, detail.text);
    *ret_info = info;
    return JC_OK;
}

static jc_status load_types(jc_types *types, yyjson_val *declared, const char *path,
                            jc_error *reterr)
{
    size_t i, count;
    yyjson_val *key, *body;
    jc_type_info *infos =
        jc_arena_get(&types->arena, (yyjson_obj_size(declared) + 1) * sizeof *infos);
    if (infos == NULL)
        return jc_fail_memory(reterr);
    yyjson_obj_foreach(declared, i, count, key, body) {
        jc_str name = {yyjson_get_str(key), yyjson_get_len(key)};
        jc_status status = declare_type(types, name, body, path, &infos[i], reterr);
        if (status < 0)
            return status;
    }
    types->declared = infos;
    types->declared_count = yyjson_obj_size(declared);
    return JC_OK;
}

jc_status jc_types_load(jc_types *types, jc_str config, const char *path, jc_error *reterr)
{
    JC_AUTO(jc_json) json = {0};
    jc_error detail = {0};
    yyjson_val *root = NULL;
    jc_str compact = {0};
    jc_status status =
        jc_json_read(&json, config, JC_DATA_LIMITS, &types->arena, &root, &compact, &detail);
    if (status < 0)
        return jc_fail(reterr, status, "%s: %s", path, detail.text);
    if (!yyjson_is_obj(root))
        return jc_fail(reterr, JC_EINVAL, "%s: it must be a JSON object, {…}", path);
    yyjson_val *declared = yyjson_obj_get(root, "types");
    if (declared == NULL)
        return JC_OK;
    if (!yyjson_is_obj(declared))
        return jc_fail(reterr, JC_EINVAL, "%s: \"types\" must be an object of types", path);
    return load_types(types, declared, path, reterr);
}

void jc_types_each(const jc_types *types, void (*each)(void *context, const jc_type_info *info),
                   void *context)
{
    for (size_t i = 0; i < BUILT_IN_COUNT; i++)
        each(context, &built_in[i]);
    for (size_t i = 0; types != NULL && i < types->declared_count; i++)
        each(context, &types->declared[i]);
}
