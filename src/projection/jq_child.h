/* A process that runs one program in jq: started by a fork, asked over a socket, one answer a request,
 * each by a deadline. It shares nothing with its parent but that socket. */
#ifndef JC_PROJECTION_JQ_CHILD_H
#define JC_PROJECTION_JQ_CHILD_H

#include "projection/jq_program.h"

#include <sys/types.h>

/* How long an answer may take, and libjq's loading and compiling before the first. */
#define JC_JQ_TIMEOUT_MS 5000
#define JC_JQ_START_TIMEOUT_MS 30000

/* How much memory a program may use, and how large and how deep a state may be as JSON. */
#define JC_JQ_MEMORY_SIZE_MAX ((size_t)512 * 1024 * 1024)
#define JC_JQ_JSON_SIZE_MAX ((size_t)64 * 1024 * 1024)
#define JC_JQ_JSON_DEPTH_MAX 200

typedef struct jc_jq_limits {
    int timeout_ms;
    size_t memory_size_max; /* beyond what is mapped when it starts */
} jc_jq_limits;

extern const jc_jq_limits jc_jq_limits_default;

/* What it is asked: the first byte of a request. */
typedef enum jc_jq_request {
    JC_JQ_INIT = 'I',  /* make the state that `init` gives */
    JC_JQ_APPLY = 'A', /* an event's line: apply it to the state */
    JC_JQ_READ = 'R',  /* a state that was written: go on from it */
    JC_JQ_WRITE = 'W', /* the state as JSON */
    JC_JQ_OUTPUTS =
        'O' /* JSON: all that the filter gives for it, one JSON answer each, then done */
} jc_jq_request;

/* What it says: the first byte of an answer. */
typedef enum jc_jq_answer {
    JC_JQ_DONE = 'd',
    JC_JQ_JSON = 'j',
    JC_JQ_FAILED = 'f',     /* a text: the program made a mistake */
    JC_JQ_UNWRITABLE = 'u', /* a text: the state cannot be written as it is now */
    JC_JQ_CORRUPT = 'c',    /* a text: what was to be read is no state, or no event */
    JC_JQ_MISSING = 'm'     /* a text: libjq is */
} jc_jq_answer;

/* Requests and answers are this, then `size` bytes. Both ends are one program, so that bytes lie alike. */
typedef struct jc_jq_frame {
    uint32_t size;
    uint32_t kind;
} jc_jq_frame;

/* How the process says, by its exit code, that it may have no more memory. */
#define JC_JQ_EXIT_MEMORY 12

/* {.fd = -1} is ended. */
typedef struct jc_jq_child {
    pid_t pid;
    int fd;
    jc_jq_limits limits;
    jc_buf request; /* being made, its frame in front */
    jc_buf input;   /* received; what lies before `input_at` is used up */
    size_t input_at;
} jc_jq_child;

/* End it, and wait for its end. Harmless when it has ended. */
void jc_jq_child_release(jc_jq_child *child);

/* Start a process and have it compile the program. Nothing of the program is needed afterwards.
 * JC_EINVAL       it is no valid jq.
 * JC_EUNSUPPORTED there is no libjq.
 * JC_EIO, JC_ENOMEM the system refused. */
JC_MUST_CHECK jc_status jc_jq_child_start(const jc_jq_program *program, const jc_jq_limits *limits,
                                          jc_jq_child *ret_child, jc_error *reterr);

/* Begin a request; its body is what the caller appends to child->request then. */
JC_MUST_CHECK jc_status jc_jq_child_begin(jc_jq_child *child, jc_jq_request kind, jc_error *reterr);

/* Send it. */
JC_MUST_CHECK jc_status jc_jq_child_send(jc_jq_child *child, jc_error *reterr);

/* The next answer: JC_OK with JSON, borrowed until the next call; JC_END: done. A failure ends the
 * process, unless it is about what was to be read or written.
 * JC_EINVAL    the program failed, or went beyond a limit.
 * JC_ECORRUPT  JC_JQ_READ was given no state, JC_JQ_APPLY no event.
 * JC_EIO       somebody else ended the process. */
JC_MUST_CHECK jc_status jc_jq_child_answer(jc_jq_child *child, jc_str *ret_json, jc_error *reterr);

/* Ask for what has no JSON as its answer. */
JC_MUST_CHECK jc_status jc_jq_child_do(jc_jq_child *child, jc_jq_request kind, jc_str body,
                                       jc_error *reterr);

#endif
