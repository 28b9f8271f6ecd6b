/* Events and notes as items of an answer. */
#ifndef JC_MCP_EVENT_JSON_H
#define JC_MCP_EVENT_JSON_H

#include "mcp/json.h"
#include "jc/notes.h"

/* An event: with its data, or with a line of what it is about. */
yyjson_mut_val *jc_mcp_event_item(jc_mcp_json *out, const jc_event *event, bool with_data);

yyjson_mut_val *jc_mcp_note_item(jc_mcp_json *out, const jc_note *note);

/* Put an excerpt of a search, what matched between ** and **. */
void jc_mcp_put_excerpt(jc_mcp_json *out, yyjson_mut_val *item, jc_str excerpt);

#endif
