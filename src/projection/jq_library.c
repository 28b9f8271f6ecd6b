/* libjq by dlopen(): see jq_library.h. It stays loaded until the process ends. */
#include "projection/jq_library.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

/* C does not convert a pointer to data into one to a function; POSIX says that both look the same. */
static bool find(void *handle, const char *name, void *ret_function)
{
    void *found = dlsym(handle, name);
    memcpy(ret_function, &found, sizeof found);
    return found != NULL;
}

bool jc_jq_library_load(jc_jq_library *ret_library, char *ret_problem, size_t size)
{
    void *handle = dlopen(JC_LIBJQ_NAME, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) {
        const char *why = dlerror();
        (void)snprintf(ret_problem, size,
                       "cannot load jq's library (%s): install it (Debian and Ubuntu: libjq1; "
                       "elsewhere: jq)",
                       why != NULL ? why : JC_LIBJQ_NAME);
        return false;
    }
    jc_jq_library library = {0};
#define FIND(name)                                                                                 \
    if (!find(handle, #name, &library.name)) {                                                     \
        (void)snprintf(ret_problem, size,                                                          \
                       JC_LIBJQ_NAME " has no " #name ": install jq 1.6 or later");                \
        return false;                                                                              \
    }
    JC_JQ_FUNCTION_MAP(FIND)
#undef FIND
    (void)find(handle, "jv_nomem_handler", &library.nomem_handler);
    (void)find(handle, "jv_number_has_literal", &library.number_has_literal);
    *ret_library = library;
    return true;
}
