/* Inside projections: what an output is. */
#ifndef JC_PROJECTION_STATE_H
#define JC_PROJECTION_STATE_H

#include "base/buf.h"
#include "jc/projection.h"

struct jc_output {
    jc_buf buf;
};

#endif
