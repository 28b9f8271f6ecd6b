/* Inside intake: what others call their sessions, agents and calls, on its way to the disk. Where such a name
 * holds a secret, by the rules of jc/redact.h, another stands for it, the same for every teller.
 *
 * What is given back is `given` itself, or lies in `arena`. `redactor` may be NULL. All fail with JC_ENOMEM
 * alone. */
#ifndef JC_INTAKE_NAME_H
#define JC_INTAKE_NAME_H

#include "base/arena.h"
#include "jc/redact.h"

/* jc_hook_workflow_id(), always copied into `arena`. */
JC_MUST_CHECK jc_status jc_name_workflow(jc_redactor *redactor, jc_str session_id, jc_arena *arena,
                                         jc_str *ret, jc_error *reterr);

/* What is good for an agent's or a correlation's id; absent when it is not. */
JC_MUST_CHECK jc_status jc_name_good(jc_redactor *redactor, jc_str given, jc_arena *arena,
                                     jc_str *ret, jc_error *reterr);

/* The same for someone who acts: he keeps a name of his own, however it has to be mended. */
JC_MUST_CHECK jc_status jc_name_agent(jc_redactor *redactor, jc_str given, jc_arena *arena,
                                      jc_str *ret, jc_error *reterr);

/* A fact's session or key (fact.h): one that holds a secret is known by the hex digits of its SHA-256. */
JC_MUST_CHECK jc_status jc_name_key(jc_redactor *redactor, jc_str given, jc_arena *arena,
                                    jc_str *ret, jc_error *reterr);

#endif
