/* The project: the folder that holds .jc/ (the log and what is derived) and agents/ (the mirrors). */
#ifndef JC_PROJECT_H
#define JC_PROJECT_H

#include "jc/status.h"

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define JC_PATH_SIZE_MAX 4096

/* Find the project of `start_dir`: the nearest folder upwards that holds .jc/; from a linked git
 * worktree, where none is found on the way, the same from the main work tree. ret_dir gets its
 * absolute path.
 * JC_ENOTFOUND  there is none. */
JC_API JC_MUST_CHECK jc_status jc_project_find(const char *start_dir,
                                               char ret_dir[JC_PATH_SIZE_MAX], jc_error *reterr);

typedef struct jc_project_made {
    bool log;                         /* .jc/events.db was made; false: it was there */
    bool ignored;                     /* lines were added to .gitignore */
    bool network_file_system;         /* the log lies on one: WAL and locks are not safe there */
    char gitignore[JC_PATH_SIZE_MAX]; /* which .gitignore, when `ignored` */
} jc_project_made;

/* Make .jc/ with an empty log in `project_dir`, which must exist. Doing it again is harmless, also
 * from two processes at once. In a git work tree the log and the mirrors are added to .gitignore. */
JC_API JC_MUST_CHECK jc_status jc_project_init(const char *project_dir, jc_project_made *ret_made,
                                               jc_error *reterr);

#ifdef __cplusplus
}
#endif
#endif
