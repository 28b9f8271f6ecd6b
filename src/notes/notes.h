/* Inside notes: what a list of notes owns, and text as notes take it. */
#ifndef JC_NOTES_NOTES_H
#define JC_NOTES_NOTES_H

#include "base/arena.h"
#include "jc/notes.h"

/* Everything that hangs on a list of notes: their text, and what was made of them. */
struct jc_notes_memory {
    jc_state *state; /* that the notes are borrowed from, or NULL */
    jc_arena arena;
    jc_note *items;
    size_t capacity;
};

#define JC_NOTE_TYPE_PREFIX "agent.note."

/* Is there such a category, built in or the project's own? JC_EINVAL names those that there are. */
JC_MUST_CHECK jc_status jc_note_category_check(jc_store *store, jc_str category, jc_error *reterr);

/* Without the white space around it. Absent text stays absent. */
jc_str jc_note_trim(jc_str text);

#endif
