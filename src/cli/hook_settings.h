/* The hooks of jc in a coding agent's settings.json, as text: put in, brought up to date, taken out. */
#ifndef JC_CLI_HOOK_SETTINGS_H
#define JC_CLI_HOOK_SETTINGS_H

#include "cli/settings.h"

typedef struct jc_hook_wanted {
    jc_str command;       /* as the agent's shell shall run it: "jc hook" */
    bool message_display; /* also the event that comes with every piece of an answer */
} jc_hook_wanted;

/* Change `text` (absent: there is no file) so that every event has exactly one hook of jc, for whatever
 * happens, run as wanted. Hooks of others stay. *ret_changes names the events; when it is empty
 * nothing changed. Appends the new text.
 * JC_EINVAL  not JSON, or of a shape that is not known: what, and where. */
JC_MUST_CHECK jc_status jc_hook_settings_install(jc_str text, const jc_hook_wanted *wanted,
                                                 jc_buf *ret_text, jc_setting_changes *ret_changes,
                                                 jc_error *reterr);

/* Take out all hooks of jc. After an install the bytes of before come back; *ret_remove: there was no
 * file, so remove it. */
JC_MUST_CHECK jc_status jc_hook_settings_uninstall(jc_str text, jc_buf *ret_text, bool *ret_remove,
                                                   jc_setting_changes *ret_changes,
                                                   jc_error *reterr);

/* Is this command, as a shell would read it, `jc WORD` by whatever path? */
bool jc_command_is_ours(jc_str command, const char *word);

/* Is the program's name jc: "jc", or a path that ends in "/jc"? */
bool jc_program_is_ours(jc_str program);

#endif
