/* A store of its own, so that a look waits for no request; kept open, because a look comes every few
 * seconds where somebody watches. */
#include "server/health.h"

#include <pthread.h>
#include <stdlib.h>

struct jc_health {
    const char *project_dir;
    pthread_mutex_t lock;
    jc_store *store; /* NULL: opened by the next look */
};

jc_health *jc_health_new(const char *project_dir)
{
    jc_health *health = calloc(1, sizeof *health);
    if (health == NULL)
        return NULL;
    health->project_dir = project_dir;
    (void)pthread_mutex_init(&health->lock, NULL);
    return health;
}

void jc_health_free(jc_health *health)
{
    if (health == NULL)
        return;
    jc_close(health->store);
    (void)pthread_mutex_destroy(&health->lock);
    free(health);
}

static jc_status look(jc_health *health, jc_store_info *ret_info, jc_error *reterr)
{
    jc_options options = {.read_only = true, .without_cache = true};
    uint64_t position;
    jc_status status = JC_OK;
    if (health->store == NULL)
        status = jc_open(health->project_dir, &options, &health->store, reterr);
    /* Waiting for no time is what notices a log that was replaced. */
    if (status == JC_OK)
        status = jc_wait(health->store, UINT64_MAX, 0, &position, reterr);
    if (status >= 0)
        status = jc_store_info_read(health->store, ret_info, reterr);
    if (status < 0) {
        jc_close(health->store);
        health->store = NULL;
    }
    return status;
}

void jc_health_look(jc_health *health, jc_health_report *ret_report)
{
    *ret_report = (jc_health_report){0};
    (void)pthread_mutex_lock(&health->lock);
    jc_status status = look(health, &ret_report->info, &ret_report->error);
    if (status == JC_ESTALE)
        status = look(health, &ret_report->info, &ret_report->error);
    (void)pthread_mutex_unlock(&health->lock);
    ret_report->status = status;
    ret_report->spool_files = jc_spool_count(health->project_dir);
}
