/* Agents' notes: what they found out, decided, or stumbled over. A note is an event of the type
 * agent.note.CATEGORY; jc/event_types.h has the map of the categories.
 *
 *     jc_note_draft draft = {.category = JC_STR("blocker"), .agent_id = JC_STR("coder-agent"),
 *                            .title = JC_STR("Waiting for API credentials")};
 *     jc_note_add(store, JC_STR("fix-login"), &draft, NULL, &error);
 *
 *     jc_notes notes = {0};
 *     jc_note_filter filter = {.tag = JC_STR("auth"), .limit = 10};
 *     jc_notes_read(store, JC_STR("fix-login"), NULL, &filter, &notes, &error);
 *     for (size_t i = 0; i < notes.count; i++) ...
 *     jc_notes_release(&notes);
 *
 * The projection `notes` has them as a state, with lists of those that share a category, an agent or a
 * tag. */
#ifndef JC_NOTES_H
#define JC_NOTES_H

#include "jc/event_types.h"
#include "jc/projection.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A note. All text is borrowed from whoever handed the note out; what the event does not have is
 * absent. */
typedef struct jc_note {
    jc_str workflow_id; /* absent in the state of a projection, which is of one workflow */
    jc_uuid id;         /* of its event */
    uint64_t sequence;
    int64_t created_us; /* the event's timestamp */
    jc_str category;    /* "learning" */
    jc_str agent_id;
    jc_str title;
    jc_str content;
    jc_str related_file;
    jc_str related_feature;
    const jc_str *tags;
    size_t tag_count;

    /* A question or a blocker that was answered, by a later note or message whose causation_id is `id`, or
     * by a workflow.resumed that says so; the first one counts. */
    bool answered; /* absent otherwise: */
    int64_t answered_us;
    uint64_t answered_sequence;
    jc_str answered_by; /* the agent_id of what answered; may be absent */
} jc_note;

/* A category in a listing. */
typedef struct jc_note_category {
    const char *category;
    const char *what; /* one line; "" when not given */
    int importance; /* the more, the more important; JC_NOTE_IMPORTANCE_OTHER for the project's own */
    const char *declared; /* "built in", or the path of the file that declares its type */
} jc_note_category;

/* Call `each` for the built-in categories, and for those whose type (agent.note.CATEGORY) the project
 * declares in .jc/config.json. `store` may be NULL: only the built-in ones. */
JC_API void jc_note_category_list(jc_store *store,
                                  void (*each)(void *context, const jc_note_category *category),
                                  void *context);

/* How important notes of a category are. */
JC_API int jc_note_importance(jc_str category);

/* A note to be. */
typedef struct jc_note_draft {
    jc_uuid id; /* nil: a new one. Give it (jc_uuid_new), and the call can be repeated safely */
    jc_str category;    /* one of jc_note_category_list(); absent: observation */
    jc_str agent_id;    /* who notes it */
    jc_str title;       /* not blank; white space around it is cut off, as from content and tags */
    jc_str content;     /* absent: the same as title */
    const jc_str *tags; /* none of them blank */
    size_t tag_count;
    jc_str related_file; /* absent, or blank, which is the same: none */
    jc_str related_feature;
    jc_str correlation_id; /* of the event */
    jc_str causation_id;   /* what it answers: the id that jc_note_question_find() finds */
} jc_note_draft;

/* What became of it. */
typedef struct jc_note_receipt {
    jc_uuid id;
    jc_receipt event;
} jc_note_receipt;

/* Append a note. ret_receipt may be NULL.
 *
 * JC_EINVAL  the category is unknown, title, content, agent or a tag is blank, or a text is not UTF-8
 *            or too long; nothing was written.
 * and what jc_append() says. When it is JC_EIO and the draft has an id, repeat the identical call. */
JC_API JC_MUST_CHECK jc_status jc_note_add(jc_store *store, jc_str workflow_id,
                                           const jc_note_draft *draft, jc_note_receipt *ret_receipt,
                                           jc_error *reterr);

/* The event of the question or blocker whose id starts with `prefix`, as jc_event_find() finds it, for the
 * causation_id of an answer. `workflow_id` is where the answer is to be, absent: where the question is.
 *
 * JC_ENOTFOUND  none
 * JC_EINVAL     several, or not such a prefix; what is found asks nothing; it was asked elsewhere. */
JC_API JC_MUST_CHECK jc_status jc_note_question_find(jc_store *store, jc_str prefix,
                                                     jc_str workflow_id, jc_event *ret_event,
                                                     jc_error *reterr);

/* Which notes to read: those that have all that is given. {0} is all of them, newest first. */
typedef struct jc_note_filter {
    jc_str category;
    jc_str agent_id;
    jc_str tag; /* one of its tags is this */
    jc_str related_file;
    jc_str related_feature;
    size_t limit; /* so many of those that match, from the first on; 0: no limit */
    bool oldest_first;
} jc_note_filter;

/* Notes that were read. {0} is none. */
typedef struct jc_notes {
    const jc_note *items;
    size_t count;
    const jc_str *excerpts; /* of a search: what matched of each note, see jc/query.h; else NULL */
    struct jc_notes_memory *memory; /* owns them */
} jc_notes;

JC_API void jc_notes_release(jc_notes *notes);

/* Read notes of a workflow as they were at a point of its past (NULL: now), or of all workflows when
 * workflow_id is absent; then the point can only be now or a time. "Newest" goes by the order in the
 * log, not by clocks. `filter` may be NULL. The caller releases *ret_notes.
 *
 * JC_EINVAL     workflow_id is none; or a sequence was asked of all workflows.
 * JC_ENOTFOUND  there is no such workflow, or the point lies beyond its head.
 * JC_ECORRUPT   a stored event is damaged. */
JC_API JC_MUST_CHECK jc_status jc_notes_read(jc_store *store, jc_str workflow_id,
                                             const jc_point *point, const jc_note_filter *filter,
                                             jc_notes *ret_notes, jc_error *reterr);

/* Search notes for words, as jc_search_new() does, the best match first: of a workflow, or of all when
 * workflow_id is absent. `filter` (may be NULL) narrows it down; its order is not looked at. `progress`
 * (may be NULL) is told how far the index is, while it is being built. The caller releases *ret_notes.
 * JC_EINVAL  there is no word in `text`; or workflow_id is none. */
JC_API JC_MUST_CHECK jc_status
jc_notes_search(jc_store *store, jc_str text, jc_str workflow_id, const jc_note_filter *filter,
                void (*progress)(void *context, uint64_t done, uint64_t total), void *context,
                jc_notes *ret_notes, jc_error *reterr);

/* The notes of a state of the projection `notes`, oldest first, borrowed from the state. NULL when it is
 * a state of something else. */
JC_API const jc_note *jc_notes_of_state(const jc_state *state, size_t *ret_count);

/* The notes that have a name in common, in the order of the list that they are from. */
typedef struct jc_note_group {
    jc_str name; /* a category, or an agent; absent: notes of nobody */
    const jc_note *const *notes;
    size_t count;
} jc_note_group;

typedef struct jc_note_summary {
    const jc_note_group *categories; /* the most important first, then by name */
    size_t category_count;
    const jc_note_group *agents; /* who noted most first, then by name */
    size_t agent_count;
} jc_note_summary;

/* Sort notes into groups. The summary lives as long as the notes. */
JC_API JC_MUST_CHECK jc_status jc_notes_summarize(const jc_notes *notes,
                                                  jc_note_summary *ret_summary, jc_error *reterr);

#define JC_NOTE_CONTEXT_SIZE 8000 /* bytes: a sensible room in a prompt, some 2,000 tokens */

typedef struct jc_note_context {
    jc_str text;     /* ended by a zero byte that is not counted; lives as long as the notes */
    size_t shown;    /* notes in it, some of them perhaps shortened */
    size_t left_out; /* the others */
} jc_note_context;

/* Write notes as Markdown that fits into a prompt: never more than `size_max` bytes, and of at most
 * `count_max` notes (0: any number). The most important category comes first, and in it the notes in
 * the order of the list. When not everything fits, a content takes at most a quarter of the room, the
 * last that fits in part is cut, ending in "…", and the rest is left out. The same notes always give
 * the same bytes. Control characters, and those that turn the direction of writing, become spaces. */
JC_API JC_MUST_CHECK jc_status jc_notes_context(const jc_notes *notes, size_t count_max,
                                                size_t size_max, jc_note_context *ret_context,
                                                jc_error *reterr);

#ifdef __cplusplus
}
#endif
#endif
