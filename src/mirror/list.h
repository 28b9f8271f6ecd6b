/* The folders of a project that hold mirrors, without a log. */
#ifndef JC_MIRROR_LIST_H
#define JC_MIRROR_LIST_H

#include "jc/mirror.h"

/* As jc_mirror_list(). */
JC_MUST_CHECK jc_status jc_mirror_list_folders(const char *project_dir,
                                               jc_status (*each)(void *context, jc_str workflow_id),
                                               void *context, jc_error *reterr);

#endif
