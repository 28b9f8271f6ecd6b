/* The API: look through a text, replace what was found, and look at the result again, until there is
 * nothing. So what was redacted is never changed by redacting it again, whatever the rules are: each round
 * leaves less of the text's own bytes. */
#include "base/fail.h"
#include "base/files.h"
#include "intake/redact.h"
#include "jc/project.h"

#include <stdlib.h>
#include <unistd.h>

#define CONFIG_SIZE_MAX ((size_t)1024 * 1024)

struct jc_redactor {
    bool enabled;
    jc_sift_table table;
    jc_own_rules *own;
    jc_sift sift;    /* its memory */
    jc_buf texts[2]; /* the result, and what it is made from */
    jc_buf object;   /* of jc_redact_json() */
};

static jc_status load_config(jc_redactor *redactor, const char *project_dir, jc_error *reterr)
{
    char path[JC_PATH_SIZE_MAX];
    JC_AUTO(jc_buf) config = {0};
    jc_status status = jc_path_join(project_dir, ".jc/config.json", path, sizeof path, reterr);
    if (status < 0 || access(path, F_OK) < 0)
        return status;
    status = jc_file_read(path, CONFIG_SIZE_MAX, &config, reterr);
    if (status < 0)
        return status;
    return jc_own_rules_load(jc_buf_str(&config), path, &redactor->enabled, &redactor->own, reterr);
}

jc_status jc_redactor_new(const char *project_dir, jc_redactor **ret_redactor, jc_error *reterr)
{
    jc_redactor *redactor = calloc(1, sizeof *redactor);
    if (redactor == NULL)
        return jc_fail_memory(reterr);
    redactor->enabled = true;
    jc_sift_table_make(&redactor->table);
    jc_status status = project_dir != NULL ? load_config(redactor, project_dir, reterr) : JC_OK;
    if (status == JC_ENOMEM)
        jc_redactor_free(redactor);
    else
        *ret_redactor = redactor;
    return status;
}

void jc_redactor_free(jc_redactor *redactor)
{
    if (redactor == NULL)
        return;
    jc_own_rules_free(redactor->own);
    jc_buf_release(&redactor->sift.found);
    jc_buf_release(&redactor->texts[0]);
    jc_buf_release(&redactor->texts[1]);
    jc_buf_release(&redactor->object);
    free(redactor);
}

bool jc_redactor_enabled(const jc_redactor *redactor)
{
    return redactor->enabled;
}

/* Write the text with a mark in place of each secret. */
static jc_status replace(const jc_sift *sift, jc_buf *out, jc_error *reterr)
{
    const jc_secret *secrets = jc_sift_secrets(sift);
    jc_status status = JC_OK;
    size_t at = 0;
    jc_buf_clear(out);
    for (size_t i = 0; i < jc_sift_count(sift) && status == JC_OK; i++) {
        status = jc_buf_append_str(out, jc_text_part(sift->text, at, secrets[i].start), reterr);
        if (status == JC_OK)
            status = jc_buf_append_format(out, reterr, JC_REDACTED_MARK "%s]", secrets[i].kind);
        at = secrets[i].end;
    }
    if (status == JC_OK)
        status = jc_buf_append_str(out, jc_text_part(sift->text, at, sift->text.size), reterr);
    return status;
}

/* One look; the finds are in redactor->sift. What the text is the value of may be a header. */
static jc_status look(jc_redactor *redactor, jc_secret_name name, jc_str text, jc_error *reterr)
{
    jc_sift *sift = &redactor->sift;
    jc_sift_begin(sift, text);
    if (name == JC_NAME_COOKIE)
        jc_sift_cookie(sift, 0, text.size);
    if (name == JC_NAME_AUTHORIZATION)
        jc_sift_authorization(sift, 0);
    jc_sift_text(sift, &redactor->table);
    if (redactor->own != NULL)
        jc_own_rules_sift(redactor->own, sift);
    jc_sift_unite(sift);
    return sift->status < 0 ? jc_fail_memory(reterr) : JC_OK;
}

static jc_status redact(jc_redactor *redactor, jc_secret_name name, jc_str text, jc_str *ret_text,
                        size_t *ret_count, jc_error *reterr)
{
    size_t count = 0;
    for (size_t round = 0;; round++) {
        jc_status status = look(redactor, name, text, reterr);
        size_t found = jc_sift_count(&redactor->sift);
        if (status == JC_OK && found > 0) {
            status = replace(&redactor->sift, &redactor->texts[round % 2], reterr);
            text = jc_buf_str(&redactor->texts[round % 2]);
        }
        if (status < 0)
            return status;
        if (found == 0)
            break;
        count += found;
    }
    *ret_text = text;
    *ret_count = count;
    return JC_OK;
}

jc_status jc_redact(jc_redactor *redactor, jc_str text, jc_str *ret_text, size_t *ret_count,
                    jc_error *reterr)
{
    return jc_redact_member(redactor, JC_STR(""), text, ret_text, ret_count, reterr);
}

jc_status jc_redact_member(jc_redactor *redactor, jc_str name, jc_str value, jc_str *ret_text,
                           size_t *ret_count, jc_error *reterr)
{
    if (!redactor->enabled || value.size == 0) {
        *ret_text = value;
        *ret_count = 0;
        return JC_OK;
    }
    const char *kind = NULL;
    jc_secret_name means = jc_secret_name_of(name, &kind);
    if (means == JC_NAME_SIGNATURE || !jc_value_is_secret(means, value))
        return redact(redactor, means, value, ret_text, ret_count, reterr);
    jc_buf_clear(&redactor->texts[0]);
    jc_status status =
        jc_buf_append_format(&redactor->texts[0], reterr, JC_REDACTED_MARK "%s]", kind);
    if (status < 0)
        return status;
    *ret_text = jc_buf_str(&redactor->texts[0]);
    *ret_count = 1;
    return JC_OK;
}

jc_status jc_redact_json(jc_redactor *redactor, jc_str object, jc_str *ret_object,
                         size_t *ret_count, jc_error *reterr)
{
    return jc_redact_json_into(redactor, &redactor->object, object, ret_object, ret_count, reterr);
}
