/* jc_open: the log with its followers. Above everything that follows it, so that the arrows between
 * layers keep pointing down. */
#include "base/clock.h"
#include "base/fail.h"
#include "base/files.h"
#include "jc/jc.h"
#include "mirror/follower.h"
#include "projection/follower.h"
#include "store/backend_sqlite/sqlite.h"
#include "store/store.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define CONFIG_SIZE_MAX ((size_t)1024 * 1024)
#define LOOKS_MAX 10
#define LOOK_NAP_US 10000

/* The project's own event types. A file that cannot be understood must not keep events from being
 * recorded: it is one warning, and the types stay undeclared. */
static void load_config(jc_store *store)
{
    char path[JC_PATH_SIZE_MAX];
    JC_AUTO(jc_buf) config = {0};
    jc_error error;
    if (jc_path_join(store->project_dir, ".jc/config.json", path, sizeof path, NULL) < 0 ||
        access(path, F_OK) < 0)
        return;
    jc_status status = jc_file_read(path, CONFIG_SIZE_MAX, &config, &error);
    if (status == JC_OK)
        status = jc_types_load(&store->types, jc_buf_str(&config), path, &error);
    if (status < 0) {
        jc_types_release(&store->types);
        jc_store_warn(store, "%s; its types are not declared", error.text);
    }
}

/* While a log is being replaced there is no file of its name for an instant. */
static bool log_exists(const char *log)
{
    for (int looks = 0; looks < LOOKS_MAX; looks++) {
        if (access(log, F_OK) == 0)
            return true;
        if (errno != ENOENT)
            return false;
        jc_clock_sleep_us(LOOK_NAP_US);
    }
    errno = ENOENT;
    return false;
}

static jc_status check_log_exists(const char *project_dir, const char *log, jc_error *reterr)
{
    char folder[JC_PATH_SIZE_MAX];
    jc_status status = jc_path_join(project_dir, ".jc", folder, sizeof folder, reterr);
    if (status < 0)
        return status;
    if (access(log, F_OK) == 0 || (access(folder, F_OK) == 0 && log_exists(log)))
        return JC_OK;
    if (errno != ENOENT && errno != ENOTDIR)
        return jc_fail(reterr, JC_EIO, "cannot open %s: %s", log, strerror(errno));
    if (access(folder, F_OK) < 0)
        return jc_fail(reterr, JC_ENOTFOUND, "there is no .jc/ in %s: make it with jc init",
                       project_dir);
    return jc_fail(reterr, JC_ENOTFOUND,
                   "%s is missing: jc restore FILE puts a backup or a kept "
                   ".jc/events.db.before-TIME there, jc "
                   "rebuild --from-mirror makes it from the mirrors, jc init starts anew",
                   log);
}

jc_status jc_open(const char *project_dir, const jc_options *options, jc_store **ret_store,
                  jc_error *reterr)
{
    char log[JC_PATH_SIZE_MAX];
    jc_backend backend;
    jc_store *store = NULL;
    jc_status status = jc_path_join(project_dir, ".jc/events.db", log, sizeof log, reterr);
    if (status == JC_OK)
        status = check_log_exists(project_dir, log, reterr);
    if (status == JC_OK)
        status = jc_sqlite_open(log, options, &backend, reterr);
    if (status == JC_OK)
        status = jc_store_new(backend, options, project_dir, &store, reterr);
    if (status < 0)
        return status;
    load_config(store);
    if (!store->options.without_mirror && !store->options.read_only) {
        status = jc_mirror_follow(store, reterr);
        if (status < 0) {
            jc_close(store);
            return status;
        }
    }
    if (!store->options.without_cache && !store->options.read_only)
        jc_snapshots_follow(store);
    *ret_store = store;
    return JC_OK;
}
