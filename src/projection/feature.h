/* The features of a workflow: how events about them fold. */
#ifndef JC_PROJECTION_FEATURE_H
#define JC_PROJECTION_FEATURE_H

#include "projection/workflow.h"

/* Take an event about a feature in; its data is read. */
JC_MUST_CHECK jc_status jc_feature_take(jc_workflow *state, const jc_event *event,
                                        jc_error *reterr);

/* What all features come to. `retries` counts attempts beyond the first of each. */
typedef struct jc_feature_totals {
    uint64_t completed;
    uint64_t retries;
    bool has_cost;
    double cost_usd;
} jc_feature_totals;

jc_feature_totals jc_feature_total(const jc_workflow *state);

/* Is it the feature that its name means? Another may have taken the name. */
bool jc_feature_has_name(const jc_workflow *state, const jc_feature *feature);

/* A feature as it was saved, behind the others. Texts are copied, and may be absent. */
JC_MUST_CHECK jc_status jc_feature_restore(jc_workflow *state, jc_str id, jc_str name,
                                           bool name_shared, jc_feature **ret_feature,
                                           jc_error *reterr);

void jc_feature_release_all(jc_workflow *state);

/* For workflow.c and feature.c: a duration in milliseconds, never negative; absent without a start. */
jc_maybe jc_duration_between(jc_maybe start_us, int64_t end_us);

/* A number from JSON in whole units; absent when it is none that fits. */
jc_maybe jc_maybe_of(double number);

/* Replace a text; absent makes it empty. */
JC_MUST_CHECK jc_status jc_text_set(jc_buf *text, jc_str value, jc_error *reterr);

#endif
