/* JSON as jc's own tools write it: what `jc … --json` prints, and the server answers, by one hand.
 *
 *     static void put(void *context, jc_str piece) { fwrite(piece.bytes, 1, piece.size, context); }
 *
 *     const jc_sink out = {.put = put, .context = stdout};
 *     jc_note_write(&out, &notes.items[0]);
 *
 * What is written has no newline behind it. Members that are absent are left out. Texts are written with `"`,
 * `\` and control characters escaped, all else as it is. */
#ifndef JC_JSON_H
#define JC_JSON_H

#include "jc/notes.h"
#include "jc/query.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Where text goes, piece by piece; a piece is borrowed for the call. What fails is the sink's own to remember. */
typedef struct jc_sink {
    void (*put)(void *context, jc_str piece);
    void *context;
} jc_sink;

/* A text as a JSON string, with its quotes. */
JC_API void jc_text_write(const jc_sink *sink, jc_str text);

/* A stored event's line. */
JC_API void jc_event_write(const jc_sink *sink, const jc_event *event);

/* {"workflow_id","projection","version","revision","sequence","events","timestamp","state"} */
JC_API JC_MUST_CHECK jc_status jc_state_write(const jc_sink *sink, jc_str workflow_id,
                                              jc_state *state, jc_error *reterr);

/* Of a state of the projection `workflow`: {"workflow_id","sequence","progress_percentage","state"} */
JC_API JC_MUST_CHECK jc_status jc_status_write(const jc_sink *sink, jc_str workflow_id,
                                               jc_state *state, jc_error *reterr);

/* {"kind":"added|removed|changed","path","pointer","before","after"} */
JC_API void jc_change_write(const jc_sink *sink, const jc_change *change);

/* {"sequence","differs","first":LINE,"second":LINE} */
JC_API void jc_parting_write(const jc_sink *sink, const jc_parting *parting);

/* {"depth","offset_ms","cause","since_cause_ms","event":LINE} */
JC_API void jc_trace_event_write(const jc_sink *sink, const jc_trace_event *each);

/* A feature's times with its attempts, and what they all come to. */
JC_API void jc_feature_timing_write(const jc_sink *sink, const jc_feature_timing *feature);
JC_API void jc_timings_summary_write(const jc_sink *sink, jc_str workflow_id,
                                     const jc_timings *timings);

JC_API void jc_note_write(const jc_sink *sink, const jc_note *note);

/* {"key","kind","severity","sequence","at","agent_id","title","text"} */
JC_API void jc_attention_write(const jc_sink *sink, const jc_attention *attention);

/* {"damage":true,"where","what"} */
JC_API void jc_finding_write(const jc_sink *sink, const jc_finding *finding);

#ifdef __cplusplus
}
#endif
#endif
