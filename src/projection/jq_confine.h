/* A process that was forked to run a program in jq gives up what it has. */
#ifndef JC_PROJECTION_JQ_CONFINE_H
#define JC_PROJECTION_JQ_CONFINE_H

#include "projection/jq_child.h"

/* Signals, environment and locale are those of a new process; of all descriptors only `fd` is left,
 * as number 0. */
void jc_jq_let_go(int fd);

/* From here on no file is opened or written, no core is dumped, and memory is limited. */
void jc_jq_confine(const jc_jq_limits *limits);

/* Allow as much processor time from now on as an answer may take, and a little more. *allowed_s is
 * what was allowed before, 0 at first. */
void jc_jq_allow_time(int timeout_ms, uint64_t *allowed_s);

#endif
