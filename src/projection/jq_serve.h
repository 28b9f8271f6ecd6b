/* What the process does that runs a program in jq. */
#ifndef JC_PROJECTION_JQ_SERVE_H
#define JC_PROJECTION_JQ_SERVE_H

#include "projection/jq_child.h"

/* Let go of everything that the parent had but the socket `fd`, submit to the limits, compile the
 * program, say so (JC_JQ_DONE, or why not), and answer requests until the socket is closed. */
_Noreturn void jc_jq_serve(int fd, const jc_jq_program *program, const jc_jq_limits *limits);

#endif
