/* The commands, each in its own file cmd_NAME.c. */
#ifndef JC_CLI_COMMANDS_H
#define JC_CLI_COMMANDS_H

#include "cli/cli.h"

extern const jc_command jc_cmd_init;
extern const jc_command jc_cmd_emit;
extern const jc_command jc_cmd_log;
extern const jc_command jc_cmd_show;
extern const jc_command jc_cmd_workflows;
extern const jc_command jc_cmd_state;
extern const jc_command jc_cmd_status;
extern const jc_command jc_cmd_diff;
extern const jc_command jc_cmd_search;
extern const jc_command jc_cmd_note;
extern const jc_command jc_cmd_message;
extern const jc_command jc_cmd_hook;
extern const jc_command jc_cmd_hook_install;
extern const jc_command jc_cmd_hook_uninstall;
extern const jc_command jc_cmd_mcp;
extern const jc_command jc_cmd_mcp_install;
extern const jc_command jc_cmd_mcp_uninstall;
extern const jc_command jc_cmd_dashboard;
extern const jc_command jc_cmd_timings;
extern const jc_command jc_cmd_trace;
extern const jc_command jc_cmd_types;
extern const jc_command jc_cmd_export;
extern const jc_command jc_cmd_import;
extern const jc_command jc_cmd_verify;
extern const jc_command jc_cmd_head;
extern const jc_command jc_cmd_mirror;
extern const jc_command jc_cmd_rebuild;
extern const jc_command jc_cmd_backup;
extern const jc_command jc_cmd_restore;
extern const jc_command jc_cmd_doctor;
extern const jc_command jc_cmd_completion;
extern const jc_command jc_cmd_version;
extern const jc_command jc_cmd_help;

#endif
