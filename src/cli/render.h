/* Events for people: one aligned line each, or one event in full. */
#ifndef JC_CLI_RENDER_H
#define JC_CLI_RENDER_H

#include "base/arena.h"
#include "base/json.h"
#include "cli/term.h"
#include "jc/event.h"

#define JC_RENDER_ROWS_MAX 256

/* A line to be, its cells already safe to show. */
typedef struct jc_row {
    int64_t timestamp_us;
    uint64_t sequence;
    jc_str workflow_id;
    jc_str event_type;
    jc_str agent_id;
    jc_str summary;
} jc_row;

/* Lines are held back until there are JC_RENDER_ROWS_MAX, or until jc_render_flush(), so that columns
 * are as wide as what they hold. Columns only ever grow. {0} with `term` set is ready. */
typedef struct jc_render {
    jc_term term;
    bool one_workflow; /* leave its name out */
    size_t workflow_width, sequence_width, type_width, agent_width;
    jc_row rows[JC_RENDER_ROWS_MAX];
    size_t count;
    jc_arena arena; /* the cells */
    jc_json json;
    jc_arena scratch;
} jc_render;

void jc_render_release(jc_render *render);
JC_AUTO_DEFINE(jc_render, jc_render_release);

void jc_render_add(jc_render *render, const jc_event *event);

/* Print the lines that were held back. */
void jc_render_flush(jc_render *render);

/* Print one event in full, its data indented. */
void jc_render_full(const jc_term *term, const jc_event *event);

/* What matters of an event's data, in one line (summary.c): appends raw text, to be made safe. */
void jc_summary_append(jc_json *json, jc_arena *scratch, const jc_event *event, jc_buf *buf);

#endif
