/* The state of the projection `timeline` as JSON, and back. */
#ifndef JC_PROJECTION_TIMELINE_JSON_H
#define JC_PROJECTION_TIMELINE_JSON_H

#include "jc/projection.h"
#include "projection/timeline.h"

/* As jc_projection says; the contexts are a jc_timeline. */
JC_MUST_CHECK jc_status jc_timeline_write_json(const void *context, jc_output *output,
                                               jc_error *reterr);
JC_MUST_CHECK jc_status jc_timeline_read_json(void *context, jc_str json, jc_error *reterr);

#endif
