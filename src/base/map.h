/* A map from bytes to a pointer, in an arena: for the little look-ups of one operation. Keys are
 * borrowed. {0} is empty; it is gone when its arena is reset. */
#ifndef JC_BASE_MAP_H
#define JC_BASE_MAP_H

#include "base/arena.h"

struct jc_map_slot;

typedef struct jc_map {
    struct jc_map_slot *slots;
    size_t capacity; /* a power of two, or 0 */
    size_t count;
} jc_map;

/* The value under `key`, NULL when there is none. */
void *jc_map_get(const jc_map *map, jc_str key);

/* Put a value, which is not NULL, under a key that is not there yet. false: out of memory. */
bool jc_map_put(jc_map *map, jc_arena *arena, jc_str key, void *value);

/* Take a key out, with its value; false: it is not there. A map whose keys come and go is as large as
 * the most it ever held. */
bool jc_map_remove(jc_map *map, jc_str key);

#endif
