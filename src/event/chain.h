/* The hash chain of a workflow (docs/FORMAT.md, "Chain"): tamper evidence, by bytes. */
#ifndef JC_EVENT_CHAIN_H
#define JC_EVENT_CHAIN_H

#include "base/buf.h"
#include "jc/event.h"

/* Compute the event's hash from the hash of the one before it in its workflow (all zero before the
 * first; the chain then starts with 64 digits "0"). Every field but position and hash must be set.
 * `scratch` is memory to work in. JC_ENOMEM. */
JC_MUST_CHECK jc_status jc_chain_hash(jc_hash before, const jc_event *event, jc_buf *scratch,
                                      jc_hash *ret_hash, jc_error *reterr);

#endif
