/* Inside intake: one JSON line read into an event, with what only an import cares for. */
#ifndef JC_INTAKE_BATCH_H
#define JC_INTAKE_BATCH_H

#include "base/json.h"
#include "event/event.h"
#include "jc/intake.h"

/* How lines are read. {0} is for `jc emit --batch`. */
typedef struct jc_line_rules {
    bool foreign_ids; /* an id that is no UUID is good, and is handed out as text */
    bool local_times; /* a time without a zone is good: local, or UTC with `utc` */
    bool utc;
    jc_str workflow_id; /* for lines that name none */
} jc_line_rules;

/* What a line said besides the event itself. */
typedef struct jc_line_extra {
    jc_str id_text;    /* as given; absent when the line has no id */
    bool id_is_number; /* it was a JSON number, which counts within its workflow */
    bool has_id;       /* event.id is set: the text is a UUID */
} jc_line_extra;

/* Read one line. The event borrows from `arena`, into which everything is copied. */
JC_MUST_CHECK jc_status jc_intake_line(jc_json *json, jc_str line, const jc_line_rules *rules,
                                       jc_arena *arena, jc_event *ret_event,
                                       jc_line_extra *ret_extra, jc_error *reterr);

/* Read a time; without a zone it is local, or UTC. JC_EINVAL: none, or one that does not exist. */
JC_MUST_CHECK jc_status jc_intake_time(jc_str text, bool utc, int64_t *ret_us, jc_error *reterr);

#endif
