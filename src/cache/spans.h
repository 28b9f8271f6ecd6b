/* Spans: the least and the greatest timestamp of every hundred events of a workflow, so that a look at
 * a past time reads only where events of that time can be. */
#ifndef JC_CACHE_SPANS_H
#define JC_CACHE_SPANS_H

#include "cache/cache.h"

#define JC_SPAN_EVENTS 100 /* events n*100+1 to n*100+100 are span n */

typedef struct jc_time_span {
    int64_t least_us;
    int64_t greatest_us;
} jc_time_span;

/* So many spans stand in a row of the table; a row is written again until it is full. */
#define JC_SPANS_ROW 100

typedef struct jc_spans_row {
    jc_time_span items[JC_SPANS_ROW];
    size_t count;
    jc_hash before_hash; /* of the event before its first one, zeros at the start of a workflow */
    jc_hash event_hash;  /* of the last event of its last span */
    bool changed;        /* since it was read */
} jc_spans_row;

/* The spans of a workflow from some row on, without a gap. {0} is none. */
typedef struct jc_spans {
    jc_spans_row *rows;
    size_t count;
    size_t capacity;
    size_t first_row; /* rows[0] begins with span first_row * JC_SPANS_ROW */
} jc_spans;

void jc_spans_release(jc_spans *spans);

/* The spans of a workflow, from the row that holds span `first` on. What is damaged, or has a gap, is
 * not there, nor what comes behind it. The hash of the last event says whether they are the log's. */
void jc_spans_get(jc_cache *cache, jc_str workflow_id, size_t first, jc_spans *ret_spans);

/* The number of the span behind the last one. */
size_t jc_spans_end(const jc_spans *spans);

/* One of them, by its number. */
jc_time_span jc_spans_at(const jc_spans *spans, size_t number);

/* Add one at the end. `before_hash` is the hash of the event before it. false: memory is short. */
bool jc_spans_add(jc_spans *spans, jc_time_span span, jc_hash before_hash, jc_hash event_hash);

/* Inside a transaction: write the rows that have changed. */
bool jc_spans_put(jc_cache *cache, jc_str workflow_id, const jc_spans *spans);

/* Inside a transaction: forget what there is of a workflow. */
bool jc_spans_remove(jc_cache *cache, jc_str workflow_id);

#endif
