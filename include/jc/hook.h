/* Hooks: what a coding agent tells while it works, one JSON object a call, becomes events.
 *
 * The mapping knows the hooks of Claude Code and of Codex (docs/AGENTS.md lists what becomes what); any
 * other object with a session is kept as agent.hook.received. What the payload says is the event's data,
 * with the payload's own names; secrets are redacted (jc/redact.h) and long texts cut on the way. */
#ifndef JC_HOOK_H
#define JC_HOOK_H

#include "jc/project.h"
#include "jc/redact.h"
#include "jc/store.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A payload is at most this many bytes; of a longer one, this much of its head is taken in. */
#define JC_HOOK_PAYLOAD_SIZE_MAX ((size_t)64 * 1024 * 1024)

/* How a payload is taken in. {0} is the default of everything. */
typedef struct jc_hook_options {
    jc_str workflow_id;  /* absent: named by the session */
    jc_str agent_id;     /* of the session's main agent; absent: "main" */
    int64_t received_us; /* when it arrived, UTC; 0: now */
    int timeout_ms;      /* how long to wait for other writers, over all; 0: as the store's */
    uint64_t
        size; /* bytes of the whole payload, where what is given is only its head; 0: it is whole */
} jc_hook_options;

typedef struct jc_hook_result {
    jc_uuid id;          /* of the event */
    uint64_t position;   /* of the event */
    bool already_stored; /* the same fact was there already, told by a hook or a transcript */
} jc_hook_result;

/* Take in one payload. Of a head (options->size) an agent.hook.received is kept, with the members that are
 * whole within its first 64 KiB, a beginning of it as text, and the size. Idempotent: the same fact told again is stored once (docs/FORMAT.md says which
 * facts are the same).
 *
 * JC_EINVAL  the payload is no JSON object; nothing was written.
 * JC_EBUSY, JC_EIO … as for jc_append(): keep the payload with jc_hook_spool(). */
JC_API JC_MUST_CHECK jc_status jc_intake_hook(jc_store *store, jc_redactor *redactor,
                                              jc_str payload, const jc_hook_options *options,
                                              jc_hook_result *ret_result, jc_error *reterr);

/* The workflow of a session where no workflow is given: its own id where that is good for one; else what
 * is not good is replaced, a secret too (`redactor` may be NULL), and 8 hex digits of its SHA-256 keep it
 * from meeting another. JC_ENOMEM. */
JC_API JC_MUST_CHECK jc_status
jc_hook_workflow_id(jc_redactor *redactor, jc_str session_id,
                    char ret_workflow_id[JC_WORKFLOW_ID_SIZE_MAX + 1], jc_error *reterr);

/* Find the project that a payload, or the head of one, belongs to: upwards from its `cwd`, which may no
 * longer be there, then from `other_dir`. A payload that names no `cwd` is looked for from `working_dir` first: for a program that
 * an agent starts, its own working directory; for a server, NULL. Both may be NULL. Also from a linked git
 * worktree, as jc_project_find() does.
 * JC_ENOTFOUND  there is none. */
JC_API JC_MUST_CHECK jc_status jc_hook_project_find(jc_str payload, const char *working_dir,
                                                    const char *other_dir,
                                                    char ret_dir[JC_PATH_SIZE_MAX],
                                                    jc_error *reterr);

/* Keep a payload for later in .jc/spool/, redacted, with its time and, where the mapping fixes one, its
 * id. Durable when it returns. Needs no store.
 * JC_EINVAL  the payload is no JSON object. */
JC_API JC_MUST_CHECK jc_status jc_hook_spool(const char *project_dir, jc_redactor *redactor,
                                             jc_str payload, const jc_hook_options *options,
                                             jc_error *reterr);

typedef struct jc_spool_result {
    size_t taken; /* files that are in the log now, and gone */
    size_t left;  /* files that are not: see .jc/hook.log */
} jc_spool_result;

/* Append what lies in .jc/spool/, oldest first, and remove it; at most `count_max` files (0: all). Any
 * number of processes may do this at once. A file that makes no sense is renamed to NAME.bad and told to
 * .jc/hook.log. JC_EBUSY, JC_EIO …: what is left waits for the next time; a file that cannot be read
 * keeps no other from being taken up. */
JC_API JC_MUST_CHECK jc_status jc_spool_take_up(jc_store *store, size_t count_max,
                                                jc_spool_result *ret_result, jc_error *reterr);

/* How many payloads wait in .jc/spool/, without opening the log. */
JC_API size_t jc_spool_count(const char *project_dir);

/* Write one line to .jc/hook.log: the time, then the text, redacted and cut; unless the last line says the
 * same. The log is kept below 1 MiB:
 * a full one becomes hook.log.old. What goes wrong here is nobody's business. */
JC_API void jc_hook_log(const char *project_dir, const char *what, jc_str detail);

#ifdef __cplusplus
}
#endif
#endif
