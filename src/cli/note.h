/* What the commands of `jc note` share. Each is in its own file, cmd_note_NAME.c; cmd_note.c holds the
 * table of them. */
#ifndef JC_CLI_NOTE_H
#define JC_CLI_NOTE_H

#include "cli/cli.h"
#include "cli/names.h"
#include "cli/term.h"

extern const jc_command jc_cmd_note_add;
extern const jc_command jc_cmd_note_list;
extern const jc_command jc_cmd_note_search;
extern const jc_command jc_cmd_note_summary;
extern const jc_command jc_cmd_note_context;

JC_AUTO_DEFINE(jc_notes, jc_notes_release);

/* The workflow that -w named, or the one heard of last. 0, or an exit code after a message. */
int jc_note_workflow(jc_cli *cli, const char *given, jc_names *ret_names);

/* Open the log, and read notes of that workflow, or of all with `names` NULL, as they were at `at`
 * (NULL: now). 0, or an exit code after a message. */
int jc_note_read(jc_cli *cli, const char *workflow, jc_names *names, const char *at,
                 const jc_note_filter *filter, jc_notes *ret_notes);

/* What to say when no note was found: that there is none, or, when there is no such category (NULL: any
 * was wanted) and no note of it in the log, which categories there are. Returns an exit code. */
int jc_note_found_nothing(jc_cli *cli, const char *category);

/* Print a note as a JSON object in a line. */
void jc_note_print_json(const jc_note *note);

/* How notes of a category look: the more important, the louder. */
jc_colour jc_note_colour(jc_str category);

#endif
