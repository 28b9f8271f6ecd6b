/* jc_map: open addressing, linear probing, at most half full. */
#include "base/map.h"

#include <stdint.h>

#define CAPACITY_MIN 16

struct jc_map_slot {
    jc_str key;
    void *value;
};

/* FNV-1a, 64 bits. */
static uint64_t hash_of(jc_str key)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < key.size; i++)
        hash = (hash ^ (uint8_t)key.bytes[i]) * UINT64_C(1099511628211);
    return hash;
}

static struct jc_map_slot *slot_of(struct jc_map_slot *slots, size_t capacity, jc_str key)
{
    size_t at = (size_t)hash_of(key) & (capacity - 1);
    while (slots[at].value != NULL && !jc_str_equal(slots[at].key, key))
        at = (at + 1) & (capacity - 1);
    return &slots[at];
}

void *jc_map_get(const jc_map *map, jc_str key)
{
    return map->capacity > 0 ? slot_of(map->slots, map->capacity, key)->value : NULL;
}

static bool grow(jc_map *map, jc_arena *arena)
{
    size_t capacity = map->capacity > 0 ? map->capacity * 2 : CAPACITY_MIN;
    struct jc_map_slot *slots = jc_arena_get(arena, capacity * sizeof *slots);
    if (slots == NULL)
        return false;
    memset(slots, 0, capacity * sizeof *slots);
    for (size_t i = 0; i < map->capacity; i++) {
        if (map->slots[i].value != NULL)
            *slot_of(slots, capacity, map->slots[i].key) = map->slots[i];
    }
    map->slots = slots;
    map->capacity = capacity;
    return true;
}

bool jc_map_put(jc_map *map, jc_arena *arena, jc_str key, void *value)
{
    if (map->count * 2 >= map->capacity && !grow(map, arena))
        return false;
    *slot_of(map->slots, map->capacity, key) = (struct jc_map_slot){.key = key, .value = value};
    map->count++;
    return true;
}

/* What was put behind the gap because its own place was taken moves into it, so that no search ends
 * too early. */
static void close_gap(jc_map *map, size_t gap)
{
    const size_t mask = map->capacity - 1;
    for (size_t at = (gap + 1) & mask; map->slots[at].value != NULL; at = (at + 1) & mask) {
        size_t home = (size_t)hash_of(map->slots[at].key) & mask;
        if (((at - home) & mask) < ((at - gap) & mask))
            continue;
        map->slots[gap] = map->slots[at];
        gap = at;
    }
    map->slots[gap] = (struct jc_map_slot){0};
}

bool jc_map_remove(jc_map *map, jc_str key)
{
    if (map->capacity == 0)
        return false;
    struct jc_map_slot *slot = slot_of(map->slots, map->capacity, key);
    if (slot->value == NULL)
        return false;
    map->count--;
    close_gap(map, (size_t)(slot - map->slots));
    return true;
}
