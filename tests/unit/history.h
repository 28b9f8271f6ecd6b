/* Made-up histories of one workflow: every built-in type, fields in every mixture, few names so that
 * they meet again; times mostly rising, with ties, some late, some early, one from 2099. The same seed
 * makes the same history. */
#ifndef JC_TEST_HISTORY_H
#define JC_TEST_HISTORY_H

#include "base/arena.h"
#include "jc/event.h"

/* When histories begin: 2026-01-09T09:00:00Z. */
#define JC_HISTORY_START_US INT64_C(1767949200000000)

typedef struct jc_history {
    jc_arena arena;   /* owns all text */
    jc_event *events; /* with sequences from 1 on, and positions the same */
    size_t count;
} jc_history;

void jc_history_release(jc_history *history);

/* Fails the test when memory is short. */
void jc_history_make(jc_history *history, uint64_t seed, size_t count);

/* A number below `limit` from a seed that moves on. */
uint64_t jc_history_draw(uint64_t *seed, uint64_t limit);

#endif
