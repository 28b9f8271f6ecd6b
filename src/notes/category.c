/* Categories: the map's, and those whose type the project declares. */
#include "base/buf.h"
#include "base/fail.h"
#include "notes/notes.h"

static const jc_note_category built_in[] = {
#define CATEGORY(name, category, importance, what) {category, what, importance, "built in"},
    JC_NOTE_CATEGORY_MAP(CATEGORY)
#undef CATEGORY
};

#define BUILT_IN_COUNT (sizeof built_in / sizeof built_in[0])

static const jc_note_category *find(jc_str category)
{
    for (size_t i = 0; i < BUILT_IN_COUNT; i++) {
        if (jc_str_equal(jc_str_of(built_in[i].category), category))
            return &built_in[i];
    }
    return NULL;
}

int jc_note_importance(jc_str category)
{
    const jc_note_category *found = find(category);
    return found != NULL ? found->importance : JC_NOTE_IMPORTANCE_OTHER;
}

typedef struct listing {
    void (*each)(void *context, const jc_note_category *category);
    void *context;
} listing;

/* A type of the project's own that is a note: agent.note.CATEGORY, in one segment. */
static void list_declared(void *context, const jc_type_info *info)
{
    static const char prefix[] = JC_NOTE_TYPE_PREFIX;
    const listing *to = context;
    if (strncmp(info->event_type, prefix, sizeof prefix - 1) != 0)
        return;
    jc_note_category category = {.category = info->event_type + sizeof prefix - 1,
                                 .what = info->what,
                                 .importance = JC_NOTE_IMPORTANCE_OTHER,
                                 .declared = info->declared};
    if (strchr(category.category, '.') == NULL && find(jc_str_of(category.category)) == NULL)
        to->each(to->context, &category);
}

void jc_note_category_list(jc_store *store,
                           void (*each)(void *context, const jc_note_category *category),
                           void *context)
{
    listing to = {.each = each, .context = context};
    for (size_t i = 0; i < BUILT_IN_COUNT; i++)
        each(context, &built_in[i]);
    if (store != NULL)
        jc_type_list(store, list_declared, &to);
}

/* The search for a category, and the names seen on the way, for the message. */
typedef struct search {
    jc_str wanted;
    bool found;
    jc_buf names;
    jc_status status;
} search;

static void look_at(void *context, const jc_note_category *category)
{
    search *of = context;
    if (jc_str_equal(jc_str_of(category->category), of->wanted))
        of->found = true;
    if (of->status == JC_OK)
        of->status = jc_buf_append_format(&of->names, NULL, "%s%s", of->names.size > 0 ? ", " : "",
                                          category->category);
}

jc_status jc_note_category_check(jc_store *store, jc_str category, jc_error *reterr)
{
    search of = {.wanted = category};
    jc_status status = JC_OK;
    jc_note_category_list(store, look_at, &of);
    if (of.status < 0)
        status = jc_fail_memory(reterr);
    else if (!of.found)
        status = jc_fail(reterr, JC_EINVAL,
                         "category: there is no '%.*s': choose one of %.*s, or declare the type "
                         "agent.note.CATEGORY in .jc/config.json",
                         (int)category.size, category.bytes, (int)of.names.size, of.names.bytes);
    jc_buf_release(&of.names);
    return status;
}
