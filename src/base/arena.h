/* Memory that is given piece by piece and taken back all at once. Pieces never move. jc_arena_reset
 * keeps the largest chunk, so that a steady state allocates nothing. */
#ifndef JC_BASE_ARENA_H
#define JC_BASE_ARENA_H

#include "base/auto.h"
#include "jc/status.h"
#include "jc/str.h"

struct jc_arena_chunk;

typedef struct jc_arena {
    struct jc_arena_chunk *chunk; /* the newest, which points to the ones before */
    size_t used;                  /* of the newest */
} jc_arena;

void jc_arena_release(jc_arena *arena);
JC_AUTO_DEFINE(jc_arena, jc_arena_release);

/* Forget every piece. */
void jc_arena_reset(jc_arena *arena);

/* A piece of `size` bytes, aligned for any type; NULL when memory is short. */
void *jc_arena_get(jc_arena *arena, size_t size);

/* A copy of `text` with a zero byte behind it; bytes NULL when memory is short. */
jc_str jc_arena_copy(jc_arena *arena, jc_str text);

/* The same; absent text stays absent. JC_ENOMEM. */
JC_MUST_CHECK jc_status jc_arena_keep(jc_arena *arena, jc_str text, jc_str *ret_copy,
                                      jc_error *reterr);

#endif
