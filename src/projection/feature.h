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

/* Room for the feature that was named last, behind the others. */
JC_MUST_CHECK jc_status jc_feature_add(jc_workflow *state, jc_feature **ret_feature,
                                       jc_error *reterr);

void jc_feature_release_all(jc_workflow *state);

#endif
