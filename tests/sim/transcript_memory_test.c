/* Memory that runs out while what agents recorded is taken in: the Nth allocation of ours fails, for every N.
 * The import says so, or goes on without; nothing leaks; and the same import again makes it whole.
 *
 * The argument is the folder of the recordings. */
#include "jc/jc.h"
#include "sim/memory.h"
#include "store/backend_memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N_MAX 20000

typedef struct recording {
    const char *name;
    uint64_t events;
} recording;

static const recording recordings[] = {
    {"5e55100a-0000-4000-8000-000000000001.jsonl", 33},
    {"older-session.jsonl", 15},
    {"rollout-2026-09-02T08-00-00-0199c0de-0000-7000-8000-000000000001.jsonl", 12},
    {"5e55100a-0000-4000-8000-000000000001.hooks.jsonl", 17},
};

static uint64_t stride(void)
{
    const char *given = getenv("JC_SIM_EVERY");
    long long every = given != NULL ? strtoll(given, NULL, 10) : 1;
    return every > 0 ? (uint64_t)every : 1;
}

/* Is the failure one that a want of memory explains? */
static bool is_explained(jc_status status, const jc_error *error)
{
    return status == JC_OK || (status == JC_ENOMEM && error->text[0] != '\0');
}

/* One import with the Nth allocation failing, and one without. *ret_struck: N was reached. */
static bool try_at(const char *path, uint64_t events, uint64_t n, bool all_later, bool *ret_struck)
{
    jc_store *store = NULL;
    jc_import_result result;
    jc_error error = {0};
    if (jc_store_open_memory(NULL, &store, &error) < 0)
        return false;
    jc_memory_plan(JC_MEMORY_OURS, n, all_later);
    jc_memory_watch(true);
    jc_status status = jc_import(store, path, NULL, &result, &error);
    jc_memory_watch(false);
    *ret_struck = jc_memory_struck();
    jc_memory_mend();
    bool good = is_explained(status, &error);
    if (!good)
        printf("# N = %" PRIu64 ": %d %s\n", n, (int)status, error.text);
    jc_status again = jc_import(store, path, NULL, &result, &error);
    if (again != JC_OK || result.stored + result.already_stored != events) {
        printf("# after N = %" PRIu64 ": %s, %" PRIu64 " and %" PRIu64 "\n", n,
               again < 0 ? error.text : "done", result.stored, result.already_stored);
        good = false;
    }
    jc_close(store);
    return good;
}

static bool sweep(const char *folder, const recording *one, bool all_later)
{
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s", folder, one->name);
    bool good = true;
    bool struck = true;
    uint64_t n = 1;
    for (; good && struck && n < N_MAX; n += stride()) {
        int64_t held = jc_memory_held(JC_MEMORY_OURS);
        good = try_at(path, one->events, n, all_later, &struck);
        if (jc_memory_held(JC_MEMORY_OURS) != held) {
            printf("# N = %" PRIu64 ": %" PRId64 " blocks leak\n", n,
                   jc_memory_held(JC_MEMORY_OURS) - held);
            good = false;
        }
    }
    printf("# %s: N from 1 to %" PRIu64 "\n", one->name, n - 1);
    return good && n > 1;
}

int main(int count, char **words)
{
    int failures = 0;
    const size_t total = sizeof recordings / sizeof recordings[0];
    if (count != 2)
        return 2;
    jc_memory_init();
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (size_t i = 0; i < 2 * total; i++) {
        const recording *one = &recordings[i / 2];
        bool good = sweep(words[1], one, i % 2 == 1);
        printf(
            "%s %zu - memory runs out %s while %s is taken in: it is told, nothing leaks, the next "
            "import makes it whole\n",
            good ? "ok" : "not ok", i + 1, i % 2 == 1 ? "for good" : "once", one->name);
        failures += !good;
    }
    printf("1..%zu\n", 2 * total);
    return failures > 0;
}
