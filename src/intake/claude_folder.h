/* Inside intake: where Claude Code keeps what. */
#ifndef JC_INTAKE_CLAUDE_FOLDER_H
#define JC_INTAKE_CLAUDE_FOLDER_H

#include "intake/claude.h"

/* A file of a subagent. */
typedef struct jc_claude_path {
    char *path;
    uint64_t size;
    int64_t first_us; /* the time of its first line that has one; 0: none has */
} jc_claude_path;

typedef struct jc_claude_paths {
    jc_claude_path *paths; /* in order of their first lines, then of their names */
    size_t count;
    size_t capacity;
} jc_claude_paths;

void jc_claude_paths_release(jc_claude_paths *paths);

/* The files of a session's subagents: below the folder that is named like the session's file, and, where older
 * versions put them, beside it. */
JC_MUST_CHECK jc_status jc_claude_find_subagents(const char *session_path,
                                                 jc_claude_paths *ret_paths, jc_error *reterr);

/* Read what agent-ID.meta.json says of the agent whose file that is, where there is such a file. */
JC_MUST_CHECK jc_status jc_claude_read_meta(jc_claude *claude, const char *path, jc_error *reterr);

#endif
