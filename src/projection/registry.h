/* The descriptors of the built-in projections, each in the file of its name. */
#ifndef JC_PROJECTION_REGISTRY_H
#define JC_PROJECTION_REGISTRY_H

#include "jc/projection.h"

extern const jc_projection jc_projection_workflow;
extern const jc_projection jc_projection_notes;
extern const jc_projection jc_projection_mailbox;
extern const jc_projection jc_projection_timings;
extern const jc_projection jc_projection_agents;
extern const jc_projection jc_projection_timeline;

#endif
