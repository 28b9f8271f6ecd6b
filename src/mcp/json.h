/* JSON in the making: a tree whose first failure is remembered, so that it is asked for once, at the end.
 * Names are literals; text is copied, and what is no UTF-8 in it becomes U+FFFD. */
#ifndef JC_MCP_JSON_H
#define JC_MCP_JSON_H

#include "base/buf.h"
#include "jc/event.h"

#include <yyjson.h>

typedef struct jc_mcp_json {
    yyjson_mut_doc *doc;
    bool failed; /* memory was short: the tree lacks something */
} jc_mcp_json;

void jc_mcp_json_init(jc_mcp_json *json);
void jc_mcp_json_release(jc_mcp_json *json);
JC_AUTO_DEFINE(jc_mcp_json, jc_mcp_json_release);

/* ---- Values ---- */

yyjson_mut_val *jc_mcp_object(jc_mcp_json *json);
yyjson_mut_val *jc_mcp_list(jc_mcp_json *json);
yyjson_mut_val *jc_mcp_text(jc_mcp_json *json, jc_str text);
yyjson_mut_val *jc_mcp_copy(jc_mcp_json *json, yyjson_val *value);
/* What `text` says as JSON; a text when it is none. */
yyjson_mut_val *jc_mcp_parsed(jc_mcp_json *json, jc_str text);

/* ---- Members of an object ---- */

void jc_mcp_put(jc_mcp_json *json, yyjson_mut_val *object, const char *name, yyjson_mut_val *value);
yyjson_mut_val *jc_mcp_put_object(jc_mcp_json *json, yyjson_mut_val *object, const char *name);
yyjson_mut_val *jc_mcp_put_list(jc_mcp_json *json, yyjson_mut_val *object, const char *name);
/* Absent text, and times and durations that are JC_UNKNOWN, are left out. */
void jc_mcp_put_text(jc_mcp_json *json, yyjson_mut_val *object, const char *name, jc_str text);
void jc_mcp_put_word(jc_mcp_json *json, yyjson_mut_val *object, const char *name, const char *word);
void jc_mcp_put_time(jc_mcp_json *json, yyjson_mut_val *object, const char *name, int64_t time_us);
void jc_mcp_put_duration(jc_mcp_json *json, yyjson_mut_val *object, const char *name,
                         int64_t duration_ms);
void jc_mcp_put_number(jc_mcp_json *json, yyjson_mut_val *object, const char *name,
                       uint64_t number);
void jc_mcp_put_bool(jc_mcp_json *json, yyjson_mut_val *object, const char *name, bool value);
void jc_mcp_put_uuid(jc_mcp_json *json, yyjson_mut_val *object, const char *name, jc_uuid id);

/* ---- Elements of a list ---- */

void jc_mcp_add(jc_mcp_json *json, yyjson_mut_val *list, yyjson_mut_val *value);

/* ---- As text ---- */

/* Put the value's text, one line, behind what is in `text`. JC_ENOMEM: also when the tree failed. */
JC_MUST_CHECK jc_status jc_mcp_write(jc_mcp_json *json, const yyjson_mut_val *value, jc_buf *text,
                                     jc_error *reterr);

/* How many bytes that would be. */
size_t jc_mcp_size(jc_mcp_json *json, const yyjson_mut_val *value);

/* The beginning of a text, at most `size_max` bytes, without half a character at its end. */
jc_str jc_mcp_cut(jc_str text, size_t size_max);

#endif
