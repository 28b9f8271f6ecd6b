/* Answers that stay within what a model can take: lists by the page, and cursors that go on exactly
 * where a page ended, however the log has grown meanwhile.
 *
 * A cursor is text that means nothing to its reader: eight hex digits that stand for the tool, the log
 * and the arguments that it belongs to, a hyphen, and a place. With other arguments it is refused. */
#ifndef JC_MCP_PAGE_H
#define JC_MCP_PAGE_H

#include "mcp/arguments.h"

#define JC_MCP_CHARACTERS 25000 /* of a result, when max_characters is not given */

typedef struct jc_mcp_page {
    jc_mcp_call *call;
    yyjson_mut_val *list;
    size_t limit;
    size_t count;
    size_t room; /* bytes that are left */
} jc_mcp_page;

/* How many bytes the parts of an answer may take that are not bounded otherwise. */
size_t jc_mcp_room(const jc_mcp_call *call);

/* Begin the list `name` of the result; `limit` counts where none is given. */
jc_mcp_page jc_mcp_page_begin(jc_mcp_call *call, const char *name, size_t limit);

/* Put an item into the list. false: there is no room for it any more, it begins the next page. What
 * does not fit a whole page has its longest parts cut, and names them in "shortened". */
bool jc_mcp_page_add(jc_mcp_page *page, yyjson_mut_val *item);

/* The place of the cursor that was given; absent: none was. JC_EINVAL: it is not of this question. */
JC_MUST_CHECK jc_status jc_mcp_cursor_given(const jc_mcp_call *call, jc_str *ret_place,
                                            jc_error *reterr);

/* Put next_cursor into the result. */
JC_PRINTF(2, 3)
void jc_mcp_put_cursor(jc_mcp_call *call, const char *format, ...);

/* The refusal of a cursor whose place cannot be found. */
jc_status jc_mcp_bad_cursor(jc_error *reterr);

/* ---- Places in a workflow that goes on ---- */

/* One point or two that stay what they are, and how many items were given. */
typedef struct jc_mcp_place {
    jc_point point;
    jc_point second; /* the head, where there is only one */
    uint64_t given;
} jc_mcp_place;

/* The place of the cursor, else the beginning of what the arguments `first` and `second` (NULL: there is
 * none) name. Where that is the head, or so far before it, it is fixed here, so that all pages tell of
 * one moment. */
JC_MUST_CHECK jc_status jc_mcp_place_of(const jc_mcp_call *call, jc_str workflow_id,
                                        const char *first, const char *second,
                                        jc_mcp_place *ret_place, jc_error *reterr);

/* Put the cursor of what follows the first `given` items. */
void jc_mcp_put_place(jc_mcp_call *call, const jc_mcp_place *place, uint64_t given);

#endif
