/* Facts of an agent's session as its client wrote them down, on their way into an import: each gets the id
 * that a live hook gives it (fact.h), its data (data.h), and the workflow that its session belongs to. */
#ifndef JC_INTAKE_TELLING_H
#define JC_INTAKE_TELLING_H

#include "base/map.h"
#include "intake/data.h"
#include "intake/fact.h"
#include "intake/import.h"
#include "intake/prices.h"

/* {0}, then jc_telling_begin(). */
typedef struct jc_telling {
    jc_importing *importing;
    jc_redactor *redactor;
    jc_prices *prices;
    jc_data data;
    jc_arena arena;   /* for the life of the import */
    jc_map workflows; /* session id to the workflow that its facts go to, a jc_str */
} jc_telling;

void jc_telling_release(jc_telling *telling);
JC_AUTO_DEFINE(jc_telling, jc_telling_release);

/* Read the project's rules for secrets and its prices. What is wrong with its config.json is a warning of the
 * store, and the built-in ones hold. */
JC_MUST_CHECK jc_status jc_telling_begin(jc_telling *telling, jc_importing *importing,
                                         jc_error *reterr);

/* The id of a fact, as jc_fact_id(): what holds a secret is not in it. */
JC_MUST_CHECK jc_status jc_telling_id(jc_telling *telling, jc_str session_id, jc_fact_kind kind,
                                      jc_str key, uint64_t ordinal, jc_uuid *ret_id,
                                      jc_error *reterr);

/* Whose facts go where is decided by the first fact of a session that is stored already, of those that are
 * asked for; else it is named by its session. */
JC_MUST_CHECK jc_status jc_telling_look(jc_telling *telling, jc_str session_id, jc_fact_kind kind,
                                        jc_str key, uint64_t ordinal, jc_error *reterr);

/* Where the session's facts go. *ret_workflow_id lives as long as the telling. */
JC_MUST_CHECK jc_status jc_telling_workflow(jc_telling *telling, jc_str session_id,
                                            jc_str *ret_workflow_id, jc_error *reterr);

/* Is a fact of that id stored? */
JC_MUST_CHECK jc_status jc_telling_is_stored(jc_telling *telling, jc_str session_id,
                                             jc_fact_kind kind, jc_str key, uint64_t ordinal,
                                             bool *ret_stored, jc_error *reterr);

/* Has the session's workflow an event of that type: see jc_fact_look(). What waits for the commit is not
 * looked at; what is found counts as taken in. */
JC_MUST_CHECK jc_status jc_telling_met(jc_telling *telling, jc_str session_id,
                                       const char *event_type, jc_teller teller,
                                       const int64_t *near_us, bool *ret_met, jc_error *reterr);

/* A fact to be told. */
typedef struct jc_told {
    const char *event_type;
    jc_fact_kind kind;
    jc_str key;
    uint64_t ordinal; /* 0: there is one of its key */
    jc_str session_id;
    bool
        of_the_world; /* its key is good beyond the session: two sessions that tell it tell the same */
    jc_str agent_id;
    jc_str correlation_id; /* left out when it cannot be one; so is agent_id */
    jc_uuid cause;         /* nil: none */
    bool has_time;
    int64_t time_us;
    unsigned mended; /* bits of enum jc_mended, of what it was read from */
} jc_told;

/* Writes the members of its data. Called again when it came out too large. */
typedef jc_status jc_told_write(void *context, jc_data *data, jc_error *reterr);

/* Hand it to the import. What breaks a rule of events all the same is passed over, and counted as torn.
 * JC_END: the import is to stop. */
JC_MUST_CHECK jc_status jc_tell(jc_telling *telling, const jc_told *told, jc_told_write *write,
                                void *context, jc_error *reterr);

#endif
