/* A note out of its event, and copied to where it stays. */
#ifndef JC_PROJECTION_NOTE_H
#define JC_PROJECTION_NOTE_H

#include "base/arena.h"
#include "jc/notes.h"
#include "projection/payload.h"

/* A note as it comes in, from an event or from JSON; its texts are borrowed, and its tags are still
 * JSON: a list, or NULL. What is no text in the list is no tag. */
typedef struct jc_note_source {
    jc_note note; /* without tags */
    yyjson_val *tags;
} jc_note_source;

/* Is the event a note, and which one? `ret` is borrowed from the event and, until the next read, from
 * the payload. JC_OK: it is; JC_END: it is none. JC_ECORRUPT, JC_ENOMEM. */
JC_MUST_CHECK jc_status jc_note_read_event(jc_payload *payload, const jc_event *event,
                                           jc_note_source *ret, jc_error *reterr);

/* Is it a note that waits for an answer: a question, or a blocker? */
bool jc_note_asks(const jc_note *note);

/* May such an event answer one: a note, a message, or the end of a pause? */
bool jc_note_may_answer(jc_str event_type);

/* Copy it with all its text into an arena; whose workflow it is of stays behind. JC_ENOMEM. */
JC_MUST_CHECK jc_status jc_note_keep(jc_arena *arena, const jc_note_source *source,
                                     jc_note *ret_note, jc_error *reterr);

#endif
