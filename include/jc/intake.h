/* Other people's records into events. */
#ifndef JC_INTAKE_H
#define JC_INTAKE_H

#include "jc/store.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Events in the making, read from JSON lines: what `jc emit --batch` and a JSONL import take. Each
 * line is an object with workflow_id and event_type, and optionally id, timestamp (RFC 3339), data,
 * agent_id, correlation_id, causation_id; position, sequence and hash are ignored, so that a stored
 * line can be given again; any other member is refused. Data is kept byte for byte. */
typedef struct jc_batch jc_batch;

JC_API JC_MUST_CHECK jc_status jc_batch_new(jc_batch **ret_batch, jc_error *reterr);

/* Read one line and add its event, with a new id unless the line has one. The line is copied.
 * JC_EINVAL  the line is not such an object; the batch is unchanged. */
JC_API JC_MUST_CHECK jc_status jc_batch_add_line(jc_batch *batch, jc_str line, jc_error *reterr);

/* The events so far, in order; borrowed until the next call with this batch. */
JC_API const jc_event *jc_batch_events(const jc_batch *batch, size_t *ret_count);

/* Bytes of data so far, as given. */
JC_API size_t jc_batch_size(const jc_batch *batch);

/* Forget the events, keep the memory. */
JC_API void jc_batch_clear(jc_batch *batch);

JC_API void jc_batch_free(jc_batch *batch);

typedef enum jc_format {
    JC_FORMAT_GUESS = 0,
    JC_FORMAT_JSONL,          /* a JSON object a line: workflow_id, event_type, optional the rest */
    JC_FORMAT_MIRROR,         /* lines of a mirror or of `jc export` */
    JC_FORMAT_JEAN_CLAUDE_DB, /* the original system's SQLite file */
    JC_FORMAT_CLAUDE_TRANSCRIPT, /* a session that Claude Code wrote down, with its subagents' files */
    JC_FORMAT_CODEX_ROLLOUT,     /* a session that Codex wrote down */
    JC_FORMAT_HOOKS /* hook payloads, one a line, or {"timestamp": …, "payload": {…}} */
} jc_format;

typedef struct jc_import_options {
    jc_format format;
    bool utc;           /* times without a zone are UTC; else they are local */
    jc_str workflow_id; /* for lines that name none (absent: such a line is bad input), and for what
                           agents recorded (absent: where its session is stored already, else a
                           workflow named by the session) */

    /* Called after each commit and at times between; JC_END ends the import cleanly after what is
     * committed. May be NULL. Sizes are bytes; total is 0 when unknown. */
    jc_status (*progress)(void *context, uint64_t done_size, uint64_t total_size);
    void *progress_context;
} jc_import_options;

typedef struct jc_import_result {
    jc_format format; /* what it was taken for */
    uint64_t stored;
    uint64_t already_stored;
    uint64_t lines;    /* lines or rows read */
    uint64_t files;    /* a transcript's subagents have files of their own */
    uint64_t torn;     /* of what agents recorded: lines that cannot be read, and were skipped */
    uint64_t too_long; /* the same: lines beyond JC_TRANSCRIPT_LINE_SIZE_MAX */
    uint64_t position;
    bool interrupted; /* by `progress` */
} jc_import_result;

/* Longer lines of what agents recorded are skipped. */
#define JC_TRANSCRIPT_LINE_SIZE_MAX ((size_t)64 * 1024 * 1024)

/* Take in the events of a file ("-" is standard input). Idempotent; ids, times and order are kept;
 * committed every 1,000 events, so that what was committed stays when a later line is bad.
 * An id that is no UUID becomes a UUIDv5 of its text; an event without id a UUIDv5 of workflow,
 * bytes and occurrence (docs/FORMAT.md). *ret_result is written also on failure.
 *
 * What agents recorded (transcripts, rollouts, hooks) is read leniently: lines that cannot be read are
 * skipped and counted. Its facts have the ids that live hooks give them, and a fact that is stored
 * counts as taken in, whatever it says: recording live and importing later is one history.
 *
 * JC_EINVAL   a line breaks a rule, reterr names it; what was committed before stays.
 * JC_ECORRUPT mirror lines into an empty workflow came out with other sequences or hashes.
 * JC_EREUSED, JC_EBUSY, JC_EIO … as for jc_append(). */
JC_API JC_MUST_CHECK jc_status jc_import(jc_store *store, const char *path,
                                         const jc_import_options *options,
                                         jc_import_result *ret_result, jc_error *reterr);

/* A session that an agent's client wrote down. */
typedef struct jc_recording {
    const char *path;
    jc_format format;
    uint64_t size;    /* of its own file */
    int64_t first_us; /* the time of its first line that has one; 0: none has */
    const char *cwd;  /* where it began */
} jc_recording;

/* Where clients keep what they write. NULL: that client's are not looked for. */
typedef struct jc_recording_folders {
    const char *claude; /* holds projects/, such as ~/.claude */
    const char *codex;  /* holds sessions/, such as ~/.codex */
} jc_recording_folders;

/* Call `each` for every session that began in this project, oldest first: in its folder or one below, or in a
 * linked git worktree of it. A folder that is gone belongs to the project that its path lies in. A status
 * other than JC_OK from `each` ends it and is returned. Folders and files that cannot be read are passed
 * over. */
JC_API JC_MUST_CHECK jc_status jc_recordings_find(const char *project_dir,
                                                  const jc_recording_folders *folders,
                                                  jc_status (*each)(void *context,
                                                                    const jc_recording *recording),
                                                  void *context, jc_error *reterr);

JC_API const char *jc_format_name(jc_format format);

/* JC_EINVAL: no such format. */
JC_API JC_MUST_CHECK jc_status jc_format_parse(jc_str name, jc_format *ret, jc_error *reterr);

#ifdef __cplusplus
}
#endif
#endif
