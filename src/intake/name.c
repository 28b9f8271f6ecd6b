/* Names that others gave: see name.h. */
#include "intake/name.h"

#include "base/fail.h"
#include "base/hash.h"
#include "base/json.h"
#include "jc/hook.h"

#define HASH_DIGITS 8

/* `text` with every byte that a workflow's id cannot have as '-', and a digest of `given` behind it. */
static void mend_name(jc_str text, jc_str given, char ret_name[JC_WORKFLOW_ID_SIZE_MAX + 1])
{
    jc_hash hash = jc_hash_of(given);
    size_t kept = text.size < JC_WORKFLOW_ID_SIZE_MAX - HASH_DIGITS - 1
                      ? text.size
                      : JC_WORKFLOW_ID_SIZE_MAX - HASH_DIGITS - 1;
    for (size_t i = 0; i < kept; i++) {
        char c = text.bytes[i];
        bool is_good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '_' || (i > 0 && (c == '.' || c == '-'));
        ret_name[i] = is_good ? c : i > 0 ? '-' : '_';
    }
    ret_name[kept] = kept > 0 ? '-' : '_';
    jc_hex_encode(hash.bytes, HASH_DIGITS / 2, ret_name + kept + 1);
    ret_name[kept + 1 + HASH_DIGITS] = '\0';
}

/* *ret_shown is borrowed from the redactor when it holds a mark, else it is `given`. */
static jc_status look(jc_redactor *redactor, jc_str given, jc_str *ret_shown, bool *ret_secret,
                      jc_error *reterr)
{
    size_t count = 0;
    jc_status status = JC_OK;
    *ret_shown = given;
    if (redactor != NULL)
        status = jc_redact(redactor, given, ret_shown, &count, reterr);
    *ret_secret = count > 0;
    return status;
}

jc_status jc_hook_workflow_id(jc_redactor *redactor, jc_str session_id,
                              char ret_workflow_id[JC_WORKFLOW_ID_SIZE_MAX + 1], jc_error *reterr)
{
    jc_str shown;
    bool secret;
    jc_status status = look(redactor, session_id, &shown, &secret, reterr);
    if (status < 0)
        return status;
    if (secret || jc_workflow_id_check(session_id, NULL) < 0) {
        mend_name(shown, session_id, ret_workflow_id);
        return JC_OK;
    }
    memcpy(ret_workflow_id, session_id.bytes, session_id.size);
    ret_workflow_id[session_id.size] = '\0';
    return JC_OK;
}

jc_status jc_name_workflow(jc_redactor *redactor, jc_str session_id, jc_arena *arena, jc_str *ret,
                           jc_error *reterr)
{
    char id[JC_WORKFLOW_ID_SIZE_MAX + 1];
    jc_status status = jc_hook_workflow_id(redactor, session_id, id, reterr);
    return status == JC_OK ? jc_arena_keep(arena, jc_str_of(id), ret, reterr) : status;
}

static bool is_good(jc_str text)
{
    return text.size > 0 && text.size <= JC_AGENT_ID_SIZE_MAX && jc_utf8_valid(text) &&
           !jc_utf8_has_control(text);
}

static jc_status name(jc_redactor *redactor, jc_str given, bool acts, jc_arena *arena, jc_str *ret,
                      jc_error *reterr)
{
    char mended[JC_WORKFLOW_ID_SIZE_MAX + 1];
    jc_str shown;
    bool secret;
    jc_status status = look(redactor, given, &shown, &secret, reterr);
    if (status < 0)
        return status;
    if (!secret && is_good(given)) {
        *ret = given;
        return JC_OK;
    }
    *ret = (jc_str){0};
    if (!acts && !is_good(given))
        return JC_OK;
    mend_name(shown, given, mended);
    return jc_arena_keep(arena, jc_str_of(mended), ret, reterr);
}

jc_status jc_name_good(jc_redactor *redactor, jc_str given, jc_arena *arena, jc_str *ret,
                       jc_error *reterr)
{
    return name(redactor, given, false, arena, ret, reterr);
}

jc_status jc_name_agent(jc_redactor *redactor, jc_str given, jc_arena *arena, jc_str *ret,
                        jc_error *reterr)
{
    return name(redactor, given, true, arena, ret, reterr);
}

jc_status jc_name_key(jc_redactor *redactor, jc_str given, jc_arena *arena, jc_str *ret,
                      jc_error *reterr)
{
    char digits[2 * sizeof(jc_hash)];
    jc_str shown;
    bool secret;
    jc_status status = look(redactor, given, &shown, &secret, reterr);
    *ret = given;
    if (status < 0 || !secret)
        return status;
    jc_hash hash = jc_hash_of(given);
    jc_hex_encode(hash.bytes, sizeof hash.bytes, digits);
    return jc_arena_keep(arena, (jc_str){digits, sizeof digits}, ret, reterr);
}
