/* Many clients of live streams in one loop, each with habits of its own: it drops its connection now and then, reads
 * slowly, or not at all. Whoever lost its stream comes back with Last-Event-ID. What each one saw is noted, and held
 * against the log in the end.
 *
 * Nothing here asserts: jc_audience_check says what is wrong. */
#ifndef JC_TEST_LIVE_AUDIENCE_H
#define JC_TEST_LIVE_AUDIENCE_H

#include "live/reader.h"
#include "sim/random.h"

typedef enum jc_habit {
    JC_HABIT_STEADY,
    JC_HABIT_DROPS, /* closes at random, in the middle of anything */
    JC_HABIT_SLOW,  /* little at a time, with pauses, through a small window */
    JC_HABIT_NEVER  /* nothing, until it is told to */
} jc_habit;

typedef struct jc_seen {
    uint64_t position;
    uint64_t sum; /* of the line; 0: only a head */
} jc_seen;

typedef struct jc_member {
    jc_reader reader;
    jc_habit habit;
    char path[160];
    int workflow; /* -1: all */
    bool heads;
    bool one_type;
    bool from_start;
    bool started; /* behind this position: */
    uint64_t start;
    bool has_id;
    uint64_t id;    /* the last one */
    uint64_t epoch; /* of the log that it has seen, as it tells the server */
    jc_seen *seen;
    size_t count;
    size_t capacity;
    int64_t open_at_us;
    int64_t read_at_us;
    bool polled;
    const char *trouble;
} jc_member;

typedef struct jc_audience {
    jc_member *members;
    size_t count;
    int poll_fd;
    int port;
    jc_random random;
    bool everybody_reads; /* nobody drops, pauses or keeps from reading any more */
    uint64_t opened;
    uint64_t received;
    uint64_t replaced;
} jc_audience;

#define JC_AUDIENCE_WORKFLOWS 4
extern const char *const jc_audience_workflows[JC_AUDIENCE_WORKFLOWS];

/* `idle`: all steady, on the stream of all workflows, from now on. */
void jc_audience_init(jc_audience *audience, size_t count, int port, uint64_t seed, bool idle);
void jc_audience_release(jc_audience *audience);

/* Let them read for so long. */
void jc_audience_run(jc_audience *audience, int64_t duration_us);

/* Let everybody read until all have seen the last events of their streams, which nobody filters out: their positions,
 * one a workflow, the log's last one last. false: not in time. */
bool jc_audience_finish(jc_audience *audience, const uint64_t ends[JC_AUDIENCE_WORKFLOWS],
                        int64_t time_us);

/* Did each see what it had to see of the log, once and in order? What is wrong goes into `ret`. */
bool jc_audience_check(const jc_audience *audience, jc_store *store, char *ret, size_t size);

#endif
