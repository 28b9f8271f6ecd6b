/* The built-in projections. A new one is a file beside this, a line in registry.h and one here. */
#include "projection/registry.h"

#include <string.h>

static const jc_projection *const built_in[] = {
    &jc_projection_workflow, &jc_projection_notes,    &jc_projection_timings,
    &jc_projection_agents,   &jc_projection_timeline, &jc_projection_mailbox,
};

const jc_projection *const *jc_projection_list(size_t *ret_count)
{
    *ret_count = sizeof built_in / sizeof built_in[0];
    return built_in;
}

const jc_projection *jc_projection_find(const char *name)
{
    for (size_t i = 0; i < sizeof built_in / sizeof built_in[0]; i++) {
        if (strcmp(built_in[i]->name, name) == 0)
            return built_in[i];
    }
    return NULL;
}
