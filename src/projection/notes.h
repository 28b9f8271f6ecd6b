/* The state of the projection `notes`, for those who read it typed. */
#ifndef JC_PROJECTION_NOTES_H
#define JC_PROJECTION_NOTES_H

#include "base/arena.h"
#include "base/map.h"
#include "projection/payload.h"

typedef struct jc_note {
    jc_uuid id; /* of its event */
    uint64_t sequence;
    int64_t created_us;
    jc_str category; /* "learning" */
    jc_str agent_id;
    jc_str title;
    jc_str content;
    jc_str related_file;
    jc_str related_feature;
    jc_str *tags;
    size_t tag_count;
} jc_note;

/* The notes that have one value in common, as places in the array of notes. */
typedef struct jc_note_list {
    jc_str name;
    size_t *places;
    size_t count;
    size_t capacity;
    struct jc_note_list *next;
} jc_note_list;

/* Lists by name, in the order in which the names came up. */
typedef struct jc_note_index {
    jc_map by_name; /* to jc_note_list */
    jc_note_list *first;
    jc_note_list *last;
} jc_note_index;

typedef struct jc_notes {
    jc_arena arena; /* owns all text and the lists; notes never change */
    jc_payload payload;
    jc_note *notes;
    size_t count;
    size_t capacity;
    jc_note_index by_category;
    jc_note_index by_agent;
    jc_note_index by_tag;
} jc_notes;

#endif
