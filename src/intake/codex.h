/* Inside intake: a session as Codex wrote it down. codex_rollout.c reads the lines; codex_calls.c takes the calls
 * of tools and what came back of them. */
#ifndef JC_INTAKE_CODEX_H
#define JC_INTAKE_CODEX_H

#include "intake/transcript.h"

/* A call that has not come back. */
typedef struct jc_codex_call {
    jc_buf key;
    jc_buf name;
    jc_buf input; /* JSON */
    struct jc_codex_call *before;
    struct jc_codex_call *next;
} jc_codex_call;

typedef struct jc_codex {
    jc_telling *telling;
    jc_foreign foreign;
    jc_json json; /* for JSON within text */
    jc_buf session_id;
    jc_buf cwd;
    jc_buf branch;
    jc_buf model;
    bool session_started;

    jc_buf turn_id; /* of the turn under way; "" before the first */
    jc_uuid turn_start;
    bool turn_named;  /* by the client, and no prompt has been seen of it */
    bool names_turns; /* the client does */
    bool names_none;  /* it had the chance */
    bool turn_open;
    jc_buf prompt;
    bool prompt_waits; /* to be told, until it is known what its turn is called */
    bool prompt_has_time;
    int64_t prompt_us;
    jc_buf answer; /* the last that was said */
    uint64_t prompts;
    uint64_t completed; /* how often this turn's answer ended */
    uint64_t moments;   /* errors and compactions, which have no ids */

    jc_buf text; /* said and thought since the last answer was counted */
    jc_buf thinking;
    int64_t total; /* tokens so far, when they were told last */
    uint64_t responses;

    jc_map calls;
    jc_codex_call *first_call;
} jc_codex;

/* The line under way. */
typedef struct jc_codex_line {
    jc_codex *in;
    yyjson_val *payload;
    bool has_time;
    int64_t time_us;
    yyjson_val *value; /* what the fact at hand is about */
    yyjson_val *input;
    yyjson_val *usage;
    jc_str id;
    jc_str name;
    bool flag;
    char cost[40];
    const char *basis;
} jc_codex_line;

/* A fact of the line, with its time and turn. It is caused by the turn. */
jc_told jc_codex_told(const jc_codex_line *line, const char *event_type, jc_fact_kind kind,
                      jc_str key, uint64_t ordinal);

/* The members that come first in every fact's data. */
JC_MUST_CHECK jc_status jc_codex_write_about(const jc_codex *in, jc_data *data, jc_error *reterr);

/* Tell the prompt that waits, before anything that answers it. */
JC_MUST_CHECK jc_status jc_codex_tell_prompt(jc_codex_line *line, jc_error *reterr);

/* A call; `input` is the member that holds what the tool was given. */
JC_MUST_CHECK jc_status jc_codex_take_call(jc_codex_line *line, const char *input, jc_str name,
                                           jc_error *reterr);

/* What came back of a call. */
JC_MUST_CHECK jc_status jc_codex_take_output(jc_codex_line *line, jc_error *reterr);

void jc_codex_forget_calls(jc_codex *in);

#endif
