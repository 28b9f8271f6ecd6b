/* What kind of file system holds a path, where that matters to a log. */
#ifndef JC_BASE_FILE_SYSTEM_H
#define JC_BASE_FILE_SYSTEM_H

#include <stdbool.h>
#include <stdint.h>

typedef struct jc_file_system {
    uint32_t magic; /* statfs(2) */
    const char *name;
    bool network; /* other machines, or a program, stand behind it: locks may not reach them */
    bool memory;  /* gone with a restart */
} jc_file_system;

/* NULL: one that is not known here, or the system does not tell. */
const jc_file_system *jc_file_system_of(const char *path);

#endif
