/* Inside intake: a session as Claude Code wrote it down.
 *
 *     SESSION.jsonl                             one JSON object a line
 *     SESSION/subagents/agent-ID.jsonl          the same for each subagent; and what is known of it:
 *     SESSION/subagents/agent-ID.meta.json      {"agentType", "description", "toolUseId", …}
 *
 * claude_file.c reads a file line by line and sees one line ahead. claude_transcript.c merges the files of a
 * session by time. claude_state.c knows what was begun and by whom. claude_user.c and claude_assistant.c make
 * facts of the lines. */
#ifndef JC_INTAKE_CLAUDE_H
#define JC_INTAKE_CLAUDE_H

#include "intake/transcript.h"

typedef enum jc_claude_kind {
    JC_CLAUDE_OTHER, /* of no interest */
    JC_CLAUDE_USER,
    JC_CLAUDE_ASSISTANT,
    JC_CLAUDE_SYSTEM
} jc_claude_kind;

/* A line of interest. Everything is borrowed from its file until two lines later. */
typedef struct jc_claude_line {
    jc_claude_kind kind;
    yyjson_val *root;
    yyjson_val *message;
    jc_str uuid;
    jc_str session_id;
    jc_str message_id;
    bool has_time;
    int64_t time_us;
    unsigned mended;
} jc_claude_line;

/* The message that a file's lines are telling, block by block. */
typedef struct jc_claude_message {
    jc_buf id;
    jc_buf text;     /* of its text blocks, a blank line between */
    jc_buf thinking; /* the same of what it thought */
    bool spoke;      /* it had a block of text or a tool call */
    bool has_reason; /* to stop */
    bool ended;      /* its turn was completed already */
} jc_claude_message;

typedef struct jc_claude_file {
    char *path;
    jc_str name;           /* of the file; names the session of lines that name none */
    jc_str agent_id;       /* of the file's name; absent: it is the session's own */
    jc_buf session_ids[2]; /* of the lines in `reads` */
    jc_lines lines;
    jc_lines *given; /* the lines to read: `lines`, or the caller's */
    jc_foreign reads[2];
    int reading; /* which of them holds `next` */
    jc_claude_line line;
    jc_claude_line next;
    bool has_line;
    bool has_next;
    int64_t
        order_us; /* the greatest time of its lines up to this one: where it stands among others */
    jc_claude_message message;
    bool
        lacks_reasons; /* the message before was over without a reason to stop: its client writes none */
    bool passed_other;  /* between `line` and `next`, or the end, there are lines of no interest */
    uint64_t told_size; /* of its bytes, to the progress */
} jc_claude_file;

void jc_claude_file_release(jc_claude_file *file);

/* Open a file, or take over what is open, and read up to its first line of interest. */
JC_MUST_CHECK jc_status jc_claude_file_open(jc_claude_file *file, jc_importing *importing,
                                            const char *path, jc_lines *given, jc_error *reterr);

/* Go on to the next line of interest; has_line says whether there is one. JC_END: the import is to stop. */
JC_MUST_CHECK jc_status jc_claude_file_next(jc_claude_file *file, jc_importing *importing,
                                            jc_error *reterr);

/* Read a line's record. A whole record that is glued to a torn one is found behind it, and *ret_torn is then
 * true. JC_EINVAL: it is torn, and nothing else. */
JC_MUST_CHECK jc_status jc_claude_read_record(jc_foreign *foreign, jc_str line,
                                              yyjson_val **ret_root, bool *ret_torn,
                                              jc_error *reterr);

/* What is known of a prompt. */
typedef struct jc_claude_prompt {
    jc_str id;
    jc_uuid start; /* the id of its turn.started */
    bool started;
    bool is_open;         /* it started, and its answer has not ended */
    bool answered;        /* the last that was said is text, in `answer` */
    int64_t answered_us;  /* when */
    jc_buf answered_uuid; /* in which line */
    jc_buf answer;
    uint64_t completed; /* how often its answer ended */
    uint64_t failed;
    struct jc_claude_prompt *next;
} jc_claude_prompt;

typedef struct jc_claude_session {
    jc_str id;
    bool started;
    jc_map prompts;
    jc_claude_prompt *prompt; /* the newest of the session's own lines; NULL: none yet */
} jc_claude_session;

typedef struct jc_claude_agent {
    jc_str id;
    jc_str type;
    jc_str description;
    jc_str model;
    jc_str parent_call; /* the tool_use_id that started it */
    jc_str parent_id;   /* whose call that was */
    jc_claude_prompt *prompt;
    jc_uuid start; /* the id of its subagent.started */
    bool started;
    uint64_t completed;
} jc_claude_agent;

/* A tool call. Those that start agents are remembered, the others until they end. */
typedef struct jc_claude_call {
    jc_buf key; /* tool_use_id */
    jc_buf name;
    jc_buf input; /* JSON */
    jc_str agent_id;
    int64_t started_us;
    bool has_time;
    bool launches;
    jc_hash prompt; /* of `launches`: what it told the agent */
    jc_str agent_type;
    jc_str description;
    struct jc_claude_agent *launched; /* NULL: not known */
    struct jc_claude_call *before;
    struct jc_claude_call *next;
} jc_claude_call;

typedef struct jc_claude {
    jc_telling *telling;
    jc_arena *arena; /* the telling's */
    jc_map sessions;
    jc_claude_session *session; /* the last that was asked for */
    jc_map agents;
    jc_map calls;
    jc_claude_call *first_call; /* newest first */
    jc_claude_prompt *first_prompt;
    jc_map side_lines; /* uuid of a line of a subagent without a file of its own, to the agent */
    jc_json json;      /* for a call's input */
} jc_claude;

void jc_claude_release(jc_claude *claude);
JC_AUTO_DEFINE(jc_claude, jc_claude_release);

JC_MUST_CHECK jc_status jc_claude_find_session(jc_claude *claude, jc_str id,
                                               jc_claude_session **ret, jc_error *reterr);
JC_MUST_CHECK jc_status jc_claude_find_prompt(jc_claude *claude, jc_claude_session *session,
                                              jc_str id, jc_claude_prompt **ret, jc_error *reterr);
JC_MUST_CHECK jc_status jc_claude_find_agent(jc_claude *claude, jc_str id, jc_claude_agent **ret,
                                             jc_error *reterr);

/* Remember a call; one that is known stays as it is. */
JC_MUST_CHECK jc_status jc_claude_open_call(jc_claude *claude, jc_str id, yyjson_val *block,
                                            jc_str agent_id, const jc_claude_line *line,
                                            jc_error *reterr);
/* NULL: there is none. */
jc_claude_call *jc_claude_find_call(const jc_claude *claude, jc_str id);
void jc_claude_close_call(jc_claude *claude, jc_claude_call *call);

/* The call that told an agent this; NULL: none. */
jc_claude_call *jc_claude_find_launch(const jc_claude *claude, jc_str prompt);

/* What is known of an agent by the call that started it. */
JC_MUST_CHECK jc_status jc_claude_join(jc_claude *claude, jc_claude_agent *agent,
                                       jc_claude_call *call, jc_error *reterr);

/* A line and whom it is about. */
typedef struct jc_claude_about {
    jc_claude *claude;
    jc_claude_file *file;
    const jc_claude_line *line;
    jc_claude_session *session;
    jc_claude_prompt *prompt; /* NULL: not known */
    jc_claude_agent *agent;   /* NULL: the session's own */
} jc_claude_about;

/* Who a line is about; a subagent that is seen first is told to have started. */
JC_MUST_CHECK jc_status jc_claude_about_line(jc_claude *claude, jc_claude_file *file,
                                             jc_claude_about *ret, jc_error *reterr);

/* A fact about it, with its agent, time and correlation. It is caused by the turn, or the subagent's start. */
jc_told jc_claude_told(const jc_claude_about *about, const char *event_type, jc_fact_kind kind,
                       jc_str key, uint64_t ordinal);

/* The members that come first in every fact's data, and the last. */
JC_MUST_CHECK jc_status jc_claude_write_about(const jc_claude_about *about, jc_data *data,
                                              jc_error *reterr);
JC_MUST_CHECK jc_status jc_claude_write_line(const jc_claude_about *about, jc_data *data,
                                             jc_error *reterr);

JC_MUST_CHECK jc_status jc_claude_start_agent(const jc_claude_about *about, jc_claude_agent *agent,
                                              jc_error *reterr);
JC_MUST_CHECK jc_status jc_claude_complete_agent(const jc_claude_about *about,
                                                 jc_claude_agent *agent, jc_str answer,
                                                 jc_error *reterr);

/* The turn's answer is complete. */
JC_MUST_CHECK jc_status jc_claude_complete_turn(const jc_claude_about *about, jc_error *reterr);

/* Lines into facts. */
JC_MUST_CHECK jc_status jc_claude_take_user(const jc_claude_about *about, jc_error *reterr);
JC_MUST_CHECK jc_status jc_claude_take_assistant(const jc_claude_about *about, jc_error *reterr);
JC_MUST_CHECK jc_status jc_claude_take_system(const jc_claude_about *about, jc_error *reterr);

/* The text of a message's content: a string, or the text blocks of a list, a blank line between them. */
JC_MUST_CHECK jc_status jc_claude_content_text(yyjson_val *content, jc_buf *text, jc_error *reterr);

#endif
