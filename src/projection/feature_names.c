/* Which feature an event speaks of: see feature_names.h.
 *
 * A slot of the maps outlives what it points to: a feature that is renamed leaves its old name free
 * for another. */
#include "projection/feature_names.h"

#include "base/array.h"
#include "base/fail.h"
#include "projection/maybe.h"
#include "projection/read.h"

typedef struct name_slot {
    jc_feature_name *feature; /* NULL: the name is free */
} name_slot;

static jc_feature_name *find(const jc_map *map, jc_str key)
{
    const name_slot *slot = key.bytes != NULL ? jc_map_get(map, key) : NULL;
    return slot != NULL ? slot->feature : NULL;
}

/* Let a key mean a feature from now on (NULL: none). */
static jc_status point_to(jc_feature_names *names, jc_map *map, jc_str key,
                          jc_feature_name *feature, jc_error *reterr)
{
    name_slot *slot = jc_map_get(map, key);
    if (slot == NULL) {
        jc_str kept = jc_arena_copy(&names->arena, key);
        slot = jc_arena_get(&names->arena, sizeof *slot);
        if (kept.bytes == NULL || slot == NULL || !jc_map_put(map, &names->arena, kept, slot))
            return jc_fail_memory(reterr);
    }
    slot->feature = feature;
    return JC_OK;
}

static jc_status add(jc_feature_names *names, jc_feature_name **ret, jc_error *reterr)
{
    jc_feature_name **items =
        jc_array_grow(names->items, sizeof(jc_feature_name *), names->count, &names->capacity);
    if (items == NULL)
        return jc_fail_memory(reterr);
    names->items = items;
    jc_feature_name *feature = calloc(1, sizeof *feature);
    if (feature == NULL)
        return jc_fail_memory(reterr);
    feature->place = names->count;
    names->items[names->count++] = feature;
    *ret = feature;
    return JC_OK;
}

static jc_status give_name(jc_feature_names *names, jc_feature_name *feature, jc_str name,
                           jc_error *reterr)
{
    jc_str before = jc_buf_str(&feature->name);
    jc_status status = JC_OK;
    if (before.size > 0 && find(&names->by_name, before) == feature)
        status = point_to(names, &names->by_name, before, NULL, reterr);
    if (status == JC_OK)
        status = point_to(names, &names->by_name, name, feature, reterr);
    return status == JC_OK ? jc_text_set(&feature->name, name, reterr) : status;
}

static jc_status give_id(jc_feature_names *names, jc_feature_name *feature, jc_str id,
                         jc_error *reterr)
{
    jc_status status = point_to(names, &names->by_id, id, feature, reterr);
    return status == JC_OK ? jc_text_set(&feature->id, id, reterr) : status;
}

jc_status jc_feature_names_find(jc_feature_names *names, const jc_payload *payload,
                                size_t *ret_place, jc_error *reterr)
{
    jc_str id = jc_payload_text(payload, "feature_id");
    jc_str name = jc_payload_text(payload, "name|feature_name");
    jc_status status = JC_OK;
    jc_feature_name *feature = find(&names->by_id, id);
    if (feature == NULL) {
        jc_feature_name *named = find(&names->by_name, name);
        /* A name that another id has taken is another feature's. */
        if (named != NULL && (id.bytes == NULL || named->id.size == 0))
            feature = named;
    }
    if (feature == NULL && (id.bytes != NULL || name.bytes != NULL))
        status = add(names, &feature, reterr);
    if (status == JC_OK && feature != NULL && id.bytes != NULL && feature->id.size == 0)
        status = give_id(names, feature, id, reterr);
    if (status == JC_OK && feature != NULL && name.bytes != NULL && feature->name.size == 0)
        status = give_name(names, feature, name, reterr);
    *ret_place = feature != NULL ? feature->place : JC_FEATURE_NONE;
    return status;
}

jc_status jc_feature_names_change(jc_feature_names *names, size_t place, const jc_payload *payload,
                                  jc_error *reterr)
{
    jc_str name = jc_payload_text(payload, "new_name");
    return name.bytes != NULL ? give_name(names, names->items[place], name, reterr) : JC_OK;
}

static jc_str text_or_absent(const jc_buf *text)
{
    return text->size > 0 ? jc_buf_str(text) : (jc_str){0};
}

jc_str jc_feature_names_name(const jc_feature_names *names, size_t place)
{
    return text_or_absent(&names->items[place]->name);
}

jc_str jc_feature_names_id(const jc_feature_names *names, size_t place)
{
    return text_or_absent(&names->items[place]->id);
}

void jc_feature_names_write(const jc_feature_names *names, size_t place, jc_write *write,
                            yyjson_mut_val *object)
{
    const jc_feature_name *feature = names->items[place];
    jc_write_text(write, object, "name", jc_buf_str(&feature->name));
    jc_write_text(write, object, "feature_id", jc_buf_str(&feature->id));
    if (feature->name.size > 0 && find(&names->by_name, jc_buf_str(&feature->name)) != feature)
        jc_write_bool(write, object, "name_shared", true);
}

jc_status jc_feature_names_read(jc_feature_names *names, yyjson_val *object, jc_error *reterr)
{
    jc_feature_name *feature = NULL;
    jc_str id = jc_read_text(object, "feature_id");
    jc_str name = jc_read_text(object, "name");
    bool name_shared = jc_read_true(object, "name_shared");
    jc_status status = add(names, &feature, reterr);
    if (status == JC_OK && id.bytes != NULL)
        status = give_id(names, feature, id, reterr);
    if (status == JC_OK && name.bytes != NULL && !name_shared)
        status = give_name(names, feature, name, reterr);
    if (status == JC_OK && name_shared)
        status = jc_text_set(&feature->name, name, reterr);
    return status;
}

void jc_feature_names_release(jc_feature_names *names)
{
    for (size_t i = 0; i < names->count; i++) {
        jc_buf_release(&names->items[i]->id);
        jc_buf_release(&names->items[i]->name);
        free(names->items[i]);
    }
    free(names->items);
    jc_arena_release(&names->arena);
    *names = (jc_feature_names){0};
}
