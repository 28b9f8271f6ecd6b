/* Redaction: secrets are taken out of text before it reaches the disk.
 *
 * What looks like a token, a key, a password, a private key or the password of a connection string
 * becomes "[redacted:KIND]"; the rest stays byte for byte. The built-in rules are made to have few false
 * alarms; a project adds its own, or turns redaction off, in .jc/config.json:
 *
 *     {"redaction": {"enabled": true, "rules": [{"kind": "badge", "pattern": "corp-[0-9]{8}"}]}}
 *
 * A pattern is a POSIX extended regular expression, matched line by line; when it has a group, only the
 * first group's text is the secret. Text that was redacted is not changed by redacting it again.
 * docs/REDACTION.md says what is found. */
#ifndef JC_REDACT_H
#define JC_REDACT_H

#include "jc/status.h"
#include "jc/str.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The rules that hold in a project, and memory for the last result. Belongs to one thread at a time. */
typedef struct jc_redactor jc_redactor;

/* Read the rules of the project in `project_dir`; NULL: the built-in ones alone. The caller frees it.
 * JC_EINVAL  .jc/config.json is no JSON, or a rule in it is none; reterr names it.
 * JC_EIO … of reading it. With these, *ret_redactor is set all the same, with the rules that are good, so
 *            that a recorder can go on.
 * JC_ENOMEM  it is not set. */
JC_API JC_MUST_CHECK jc_status jc_redactor_new(const char *project_dir, jc_redactor **ret_redactor,
                                               jc_error *reterr);

JC_API void jc_redactor_free(jc_redactor *redactor);

/* false: the project turned redaction off, and nothing is ever found. */
JC_API bool jc_redactor_enabled(const jc_redactor *redactor);

/* Redact one text. *ret_text is `text` itself when nothing was found, else borrowed until the next call
 * with this redactor; *ret_count says how many secrets were replaced. */
JC_API JC_MUST_CHECK jc_status jc_redact(jc_redactor *redactor, jc_str text, jc_str *ret_text,
                                         size_t *ret_count, jc_error *reterr);

/* The same for the value of a JSON member: a name such as "password" or "api_key" makes the whole value a
 * secret, unless it is a placeholder ("", "null", "${VAR}", "<your key>", "changeme" …). */
JC_API JC_MUST_CHECK jc_status jc_redact_member(jc_redactor *redactor, jc_str name, jc_str value,
                                                jc_str *ret_text, size_t *ret_count,
                                                jc_error *reterr);

/* The same for every string of a JSON object, keys too, members by their names. The mark in a key has a
 * number behind it, "[redacted:KIND] 1", so that keys stay different. What has no secret stays byte for
 * byte; duplicate keys, any depth and bytes that are no UTF-8 are left to others.
 * JC_EINVAL  it is no JSON object. */
JC_API JC_MUST_CHECK jc_status jc_redact_json(jc_redactor *redactor, jc_str object,
                                              jc_str *ret_object, size_t *ret_count,
                                              jc_error *reterr);

#ifdef __cplusplus
}
#endif
#endif
