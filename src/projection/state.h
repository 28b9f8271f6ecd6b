/* Inside projections: what an output is, and states that were saved. */
#ifndef JC_PROJECTION_STATE_H
#define JC_PROJECTION_STATE_H

#include "base/buf.h"
#include "jc/projection.h"

struct jc_output {
    jc_buf buf;
};

/* A state as it was saved: the JSON that its projection wrote then, and where it stood
 * (info->projection is not looked at). The caller frees it.
 * JC_ECORRUPT       it is not what the projection writes.
 * JC_EUNSUPPORTED   the projection reads none. */
JC_MUST_CHECK jc_status jc_state_restore(const jc_projection *projection, jc_str json,
                                         const jc_state_info *info, jc_state **ret_state,
                                         jc_error *reterr);

#endif
