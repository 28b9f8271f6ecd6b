/* Inside notes: what a list of notes owns, and text as notes take it. */
#ifndef JC_NOTES_NOTES_H
#define JC_NOTES_NOTES_H

#include "base/arena.h"
#include "jc/notes.h"
#include "projection/payload.h"

/* Everything that hangs on a list of notes: their text, and what was made of them. */
struct jc_notes_memory {
    jc_state *state; /* that the notes are borrowed from, or NULL */
    jc_arena arena;
    jc_note *items;
    size_t capacity;
    jc_str *excerpts;
    size_t excerpt_capacity;
};

/* Notes being gathered. */
typedef struct jc_note_reading {
    jc_store *store;
    const jc_note_filter *filter;
    struct jc_notes_memory *memory;
    size_t count;
} jc_note_reading;

/* Are there as many as the filter lets through? */
bool jc_note_reading_is_full(const jc_note_reading *to);

/* Take in the note that an event is, when the filter lets it through. */
JC_MUST_CHECK jc_status jc_note_reading_take(jc_note_reading *to, jc_payload *payload,
                                             const jc_event *event, jc_error *reterr);

/* Find out which of them were answered by then; of events alone that is not known. */
JC_MUST_CHECK jc_status jc_note_reading_see_answers(jc_note_reading *to, const jc_point *point,
                                                    jc_error *reterr);

#define JC_NOTE_TYPE_PREFIX "agent.note."

/* Is there such a category, built in or the project's own? JC_EINVAL names those that there are. */
JC_MUST_CHECK jc_status jc_note_category_check(jc_store *store, jc_str category, jc_error *reterr);

/* Without the white space around it. Absent text stays absent. */
jc_str jc_note_trim(jc_str text);

#endif
