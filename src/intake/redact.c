/* A stand-in until redaction is there. */
#include "jc/redact.h"

#include <stdlib.h>

struct jc_redactor {
    int unused;
};

jc_status jc_redactor_new(const char *project_dir, jc_redactor **ret_redactor, jc_error *reterr)
{
    (void)project_dir;
    (void)reterr;
    *ret_redactor = calloc(1, sizeof **ret_redactor);
    return *ret_redactor != NULL ? JC_OK : JC_ENOMEM;
}

void jc_redactor_free(jc_redactor *redactor)
{
    free(redactor);
}

jc_status jc_redact(jc_redactor *redactor, jc_str text, jc_str *ret_text, size_t *ret_count,
                    jc_error *reterr)
{
    (void)redactor;
    (void)reterr;
    *ret_text = text;
    *ret_count = 0;
    return JC_OK;
}

jc_status jc_redact_member(jc_redactor *redactor, jc_str name, jc_str value, jc_str *ret_text,
                           size_t *ret_count, jc_error *reterr)
{
    (void)name;
    return jc_redact(redactor, value, ret_text, ret_count, reterr);
}

jc_status jc_redact_json(jc_redactor *redactor, jc_str object, jc_str *ret_object,
                         size_t *ret_count, jc_error *reterr)
{
    return jc_redact(redactor, object, ret_object, ret_count, reterr);
}
