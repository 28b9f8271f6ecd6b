/* UUIDs (RFC 9562): the public calls are in jc/event.h; here are the ones for inner loops. */
#ifndef JC_BASE_UUID_H
#define JC_BASE_UUID_H

#include "jc/event.h"

/* Write 36 characters, no zero byte. */
void jc_uuid_encode(jc_uuid id, char *ret_text);

/* Read 36 characters; false when they are not a UUID. With `any_case` upper case is good too. */
bool jc_uuid_decode(const char *text, bool any_case, jc_uuid *ret);

/* The namespace for URLs (RFC 9562, 6.6). */
extern const jc_uuid jc_uuid_namespace_url;

#endif
