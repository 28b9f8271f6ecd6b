/* jc_arena: see arena.h. Chunks double, so the newest is the largest and is the one that is kept. */
#include "base/arena.h"

#include "base/fail.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>

#define CHUNK_SIZE_MIN ((size_t)16 * 1024)

struct jc_arena_chunk {
    struct jc_arena_chunk *before;
    size_t size;
    alignas(max_align_t) char bytes[];
};

static void free_chunks(struct jc_arena_chunk *chunk)
{
    while (chunk != NULL) {
        struct jc_arena_chunk *before = chunk->before;
        free(chunk);
        chunk = before;
    }
}

void jc_arena_release(jc_arena *arena)
{
    free_chunks(arena->chunk);
    *arena = (jc_arena){0};
}

void jc_arena_reset(jc_arena *arena)
{
    if (arena->chunk != NULL) {
        free_chunks(arena->chunk->before);
        arena->chunk->before = NULL;
    }
    arena->used = 0;
}

static bool add_chunk(jc_arena *arena, size_t size_min)
{
    size_t size = arena->chunk != NULL ? arena->chunk->size * 2 : CHUNK_SIZE_MIN;
    if (size < size_min)
        size = size_min;
    struct jc_arena_chunk *chunk = malloc(sizeof *chunk + size);
    if (chunk == NULL)
        return false;
    chunk->before = arena->chunk;
    chunk->size = size;
    arena->chunk = chunk;
    arena->used = 0;
    return true;
}

void *jc_arena_get(jc_arena *arena, size_t size)
{
    const size_t unit = alignof(max_align_t);
    if (size > SIZE_MAX / 4)
        return NULL;
    size = (size + unit - 1) / unit * unit;
    if (arena->chunk == NULL || size > arena->chunk->size - arena->used) {
        if (!add_chunk(arena, size))
            return NULL;
    }
    void *piece = arena->chunk->bytes + arena->used;
    arena->used += size;
    return piece;
}

jc_str jc_arena_copy(jc_arena *arena, jc_str text)
{
    char *bytes = jc_arena_get(arena, text.size + 1);
    if (bytes == NULL)
        return (jc_str){0};
    if (text.size > 0)
        memcpy(bytes, text.bytes, text.size);
    bytes[text.size] = '\0';
    return (jc_str){bytes, text.size};
}

jc_status jc_arena_keep(jc_arena *arena, jc_str text, jc_str *ret_copy, jc_error *reterr)
{
    *ret_copy = (jc_str){0};
    if (text.bytes == NULL)
        return JC_OK;
    *ret_copy = jc_arena_copy(arena, text);
    return ret_copy->bytes != NULL ? JC_OK : jc_fail_memory(reterr);
}
