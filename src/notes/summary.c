/* jc_notes_summarize: notes in groups, by category and by agent. */
#include "base/fail.h"
#include "base/map.h"
#include "notes/notes.h"

#include <stdlib.h>

/* A group being made. Its place in the list never changes, so the map may point at it. */
typedef struct grouping {
    jc_arena *arena;
    jc_note_group *groups; /* room for as many as there are notes */
    size_t count;
    jc_map by_name;
} grouping;

/* The group of that name. NULL: memory is short. */
static jc_note_group *group_of(grouping *into, jc_str name)
{
    /* Absent text is no key of its own kind, and no agent is called "". */
    jc_str key = name.bytes != NULL ? name : JC_STR("");
    jc_note_group *group = jc_map_get(&into->by_name, key);
    if (group != NULL)
        return group;
    group = &into->groups[into->count];
    *group = (jc_note_group){.name = name};
    if (!jc_map_put(&into->by_name, into->arena, key, group))
        return NULL;
    into->count++;
    return group;
}

static jc_str name_of(const jc_note *note, bool by_agent)
{
    return by_agent ? note->agent_id : note->category;
}

/* Count first, then give every group its part of one array, and fill it. */
static jc_status make_groups(const jc_notes *notes, bool by_agent, grouping *into, jc_error *reterr)
{
    const jc_note **places = jc_arena_get(into->arena, (notes->count + 1) * sizeof *places);
    into->groups = jc_arena_get(into->arena, (notes->count + 1) * sizeof *into->groups);
    if (places == NULL || into->groups == NULL)
        return jc_fail_memory(reterr);
    for (size_t i = 0; i < notes->count; i++) {
        jc_note_group *group = group_of(into, name_of(&notes->items[i], by_agent));
        if (group == NULL)
            return jc_fail_memory(reterr);
        group->count++;
    }
    for (size_t i = 0; i < into->count; i++) {
        into->groups[i].notes = places;
        places += into->groups[i].count;
        into->groups[i].count = 0;
    }
    for (size_t i = 0; i < notes->count; i++) {
        jc_note_group *group = group_of(into, name_of(&notes->items[i], by_agent));
        const jc_note **mine = (const jc_note **)(uintptr_t)group->notes;
        mine[group->count++] = &notes->items[i];
    }
    return JC_OK;
}

static int compare_names(jc_str left, jc_str right)
{
    size_t size = left.size < right.size ? left.size : right.size;
    int order = size > 0 ? memcmp(left.bytes, right.bytes, size) : 0;
    return order != 0 ? order : (left.size > right.size) - (left.size < right.size);
}

static int compare_categories(const void *a, const void *b)
{
    const jc_note_group *left = a;
    const jc_note_group *right = b;
    int order = jc_note_importance(right->name) - jc_note_importance(left->name);
    return order != 0 ? order : compare_names(left->name, right->name);
}

static int compare_agents(const void *a, const void *b)
{
    const jc_note_group *left = a;
    const jc_note_group *right = b;
    if (left->count != right->count)
        return left->count < right->count ? 1 : -1;
    return compare_names(left->name, right->name);
}

jc_status jc_notes_summarize(const jc_notes *notes, jc_note_summary *ret_summary, jc_error *reterr)
{
    if (notes->count == 0) {
        *ret_summary = (jc_note_summary){0};
        return JC_OK;
    }
    grouping categories = {.arena = &notes->memory->arena};
    grouping agents = {.arena = &notes->memory->arena};
    jc_status status = make_groups(notes, false, &categories, reterr);
    if (status == JC_OK)
        status = make_groups(notes, true, &agents, reterr);
    if (status < 0)
        return status;
    qsort(categories.groups, categories.count, sizeof *categories.groups, compare_categories);
    qsort(agents.groups, agents.count, sizeof *agents.groups, compare_agents);
    *ret_summary = (jc_note_summary){.categories = categories.groups,
                                     .category_count = categories.count,
                                     .agents = agents.groups,
                                     .agent_count = agents.count};
    return JC_OK;
}
