/* The state of the projection `timings`, for those who read it typed. */
#ifndef JC_PROJECTION_TIMINGS_H
#define JC_PROJECTION_TIMINGS_H

#include "jc/query.h"
#include "projection/feature_names.h"
#include "projection/maybe.h"

typedef struct jc_timed_attempt {
    jc_attempt_status status;
    jc_maybe started_us;
    jc_maybe ended_us;
} jc_timed_attempt;

typedef struct jc_timed_feature {
    jc_feature_state status;
    jc_maybe planned_us; /* the first time */
    jc_timed_attempt *attempts;
    size_t count;
    size_t capacity;
} jc_timed_feature;

typedef struct jc_timings_state {
    jc_payload payload;
    jc_feature_names names;
    jc_timed_feature *features; /* by their place among the names */
    size_t count;
    size_t capacity;
} jc_timings_state;

#endif
