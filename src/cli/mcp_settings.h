/* The server of jc in a project's .mcp.json, as text: put in, brought up to date, taken out. */
#ifndef JC_CLI_MCP_SETTINGS_H
#define JC_CLI_MCP_SETTINGS_H

#include "cli/settings.h"

typedef struct jc_mcp_wanted {
    jc_str program;
    jc_str workflow_id; /* absent: as it is */
    jc_str agent_id;    /* absent: as it is */
} jc_mcp_wanted;

/* Change `text` (absent: there is no file) so that "mcpServers" has the server "jc". What it has besides
 * (its arguments, variables of others) stays when it is ours. *ret_changes is empty when nothing changed.
 * Appends the new text.
 * JC_EINVAL    not JSON, or of a shape that is not known.
 * JC_ECONFLICT there is a server called jc that is another. */
JC_MUST_CHECK jc_status jc_mcp_settings_install(jc_str text, const jc_mcp_wanted *wanted,
                                                jc_buf *ret_text, jc_setting_changes *ret_changes,
                                                jc_error *reterr);

/* Take the server out. After an install that put it in, the bytes of before come back; *ret_remove:
 * there was no file, so remove it. JC_ECONFLICT as above. */
JC_MUST_CHECK jc_status jc_mcp_settings_uninstall(jc_str text, jc_buf *ret_text, bool *ret_remove,
                                                  jc_setting_changes *ret_changes,
                                                  jc_error *reterr);

#endif
