/* Numbers that look random and are the same for the same seed (splitmix64), so that every run can be
 * repeated. */
#ifndef JC_SIM_RANDOM_H
#define JC_SIM_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

typedef struct jc_random {
    uint64_t state;
} jc_random;

static inline uint64_t jc_random_next(jc_random *random)
{
    uint64_t mixed = random->state += UINT64_C(0x9e3779b97f4a7c15);
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ (mixed >> 31);
}

/* 0 to limit - 1; 0 when limit is 0. */
static inline uint64_t jc_random_below(jc_random *random, uint64_t limit)
{
    return limit == 0 ? 0 : jc_random_next(random) % limit;
}

/* True about `percent` times of a hundred. */
static inline bool jc_random_chance(jc_random *random, uint64_t percent)
{
    return jc_random_below(random, 100) < percent;
}

/* A seed made of two numbers. */
static inline uint64_t jc_random_mix(uint64_t a, uint64_t b)
{
    jc_random random = {.state = a};
    random.state = jc_random_next(&random) ^ b;
    return jc_random_next(&random);
}

#endif
