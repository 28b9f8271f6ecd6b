/* jc note: the group of what agents and people do with notes. */
#include "cli/commands.h"
#include "cli/note.h"

static const jc_command_entry note_commands[] = {
    {"add", "take a note", &jc_cmd_note_add},
    {"list", "list notes, newest first", &jc_cmd_note_list},
    {"search", "find notes by words, the best match first", &jc_cmd_note_search},
    {"summary", "count notes, and group them by category", &jc_cmd_note_summary},
    {"context", "write notes as Markdown that fits into a prompt", &jc_cmd_note_context},
    {0},
};

const jc_command jc_cmd_note = {
    .details = "A note is an event of the type agent.note.CATEGORY; 'jc note add -h' has the\n"
               "categories. Without -w, they are about the workflow heard of last; a search is in\n"
               "all workflows.",
    .examples = "jc note add 'argon2 needs its own library' -t learning --tags build\n"
                "jc note list -t blocker --json\n"
                "jc note context >> prompt.md",
    .group = note_commands,
};
