/* How the log is: looked at from workers' threads, one at a time. */
#ifndef JC_SERVER_HEALTH_H
#define JC_SERVER_HEALTH_H

#include "jc/jc.h"

typedef struct jc_health jc_health;

typedef struct jc_health_report {
    jc_status status; /* of looking: JC_OK, or why the log cannot be read */
    jc_store_info info;
    size_t spool_files;
    jc_error error;
} jc_health_report;

/* Opens nothing yet; the folder's name is borrowed. NULL: no memory. */
jc_health *jc_health_new(const char *project_dir);
void jc_health_free(jc_health *health);

/* Look now. A log that was replaced is opened again. */
void jc_health_look(jc_health *health, jc_health_report *ret_report);

#endif
