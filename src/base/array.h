/* Arrays that double when they are full. */
#ifndef JC_BASE_ARRAY_H
#define JC_BASE_ARRAY_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#define JC_ARRAY_CAPACITY_MIN 16

/* Room for one more of `count` items: the array, moved when it had to grow. NULL: memory is short, and
 * the array is as it was. The caller frees it. */
static inline void *jc_array_grow(void *items, size_t item_size, size_t count, size_t *capacity)
{
    if (count < *capacity)
        return items;
    size_t larger = *capacity > 0 ? *capacity * 2 : JC_ARRAY_CAPACITY_MIN;
    if (larger > SIZE_MAX / 2 / item_size)
        return NULL;
    void *moved = realloc(items, larger * item_size);
    if (moved != NULL)
        *capacity = larger;
    return moved;
}

#endif
