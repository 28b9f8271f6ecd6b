/* Inside intake: a hook's payload becomes a fact. The public side is jc/hook.h. */
#ifndef JC_INTAKE_HOOK_H
#define JC_INTAKE_HOOK_H

#include "intake/data.h"
#include "intake/fact.h"
#include "jc/hook.h"

/* Whose events say who they are about, when no session does. */
#define JC_HOOK_NO_SESSION "unknown-session"
#define JC_HOOK_MAIN_AGENT "main"

/* Memory for mapping, kept from payload to payload. {0} is valid. */
typedef struct jc_hook_mapper {
    jc_foreign foreign;
    jc_data data;
    jc_arena arena;
    jc_buf head; /* the whole members at the head of a payload that is not whole */
} jc_hook_mapper;

void jc_hook_mapper_release(jc_hook_mapper *mapper);
JC_AUTO_DEFINE(jc_hook_mapper, jc_hook_mapper_release);

/* The whole members at the beginning of a JSON object that breaks off, as an object of their own. What is
 * no object comes out as no JSON. */
JC_MUST_CHECK jc_status jc_hook_head(jc_str payload, jc_buf *ret_object, jc_error *reterr);

/* What does a payload say? No store is needed for that. The fact is borrowed until the next call with this
 * mapper; `redactor` may be NULL. A fact that is a moment has got its id.
 * JC_EINVAL  it is no JSON object. */
JC_MUST_CHECK jc_status jc_hook_map(jc_hook_mapper *mapper, jc_redactor *redactor, jc_str payload,
                                    const jc_hook_options *options, jc_fact *ret_fact,
                                    jc_error *reterr);

/* The same for an object that jc_foreign_read() gave, or that lies within one; `mended` says what was mended
 * then. It is borrowed too. */
JC_MUST_CHECK jc_status jc_hook_map_object(jc_hook_mapper *mapper, jc_redactor *redactor,
                                           yyjson_val *payload, unsigned mended,
                                           const jc_hook_options *options, jc_fact *ret_fact,
                                           jc_error *reterr);

#endif
