/* Whether a mirror is behind is seen cheaply: its last bytes must hold the hash of the workflow's last event.
 * One that does not may be about to be written, so it is looked at a round later once more, and only then
 * compared as a whole, and completed. A mirror that is another than the log says is told of, and left to
 * `jc mirror`: it may be somebody's edit.
 *
 * Rounds begin when the log has grown, at most every ROUND_MS. */
#include "server/upkeep.h"

#include "base/array.h"
#include "base/clock.h"
#include "base/files.h"
#include "base/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define ROUND_MS 10000
#define SLICE_US 100000
#define SPOOL_FILES 64 /* taken up by one job */
#define TAIL_SIZE ((size_t)128)

typedef struct mirror {
    char workflow_id[JC_WORKFLOW_ID_SIZE_MAX + 1];
    jc_hash hash;   /* of the workflow's last event, when it was last looked at */
    bool suspected; /* it did not hold that */
    bool told;      /* that it is another than the log */
} mirror;

struct jc_upkeep {
    const char *project_dir;
    void (*warn)(void *context, const char *text);
    void *warn_context;
    jc_store *store;
    mirror *mirrors; /* sorted by name, as the log lists them */
    size_t count;
    size_t capacity;
    size_t listed;       /* while they are listed */
    size_t next;         /* to be looked at; count: the round is over */
    size_t suspects;     /* of this round */
    uint64_t position;   /* that the last whole round began with */
    int64_t round_at_us; /* when it began; 0: there was none */
};

jc_upkeep *jc_upkeep_new(const char *project_dir, void (*warn)(void *context, const char *text),
                         void *warn_context)
{
    jc_upkeep *upkeep = calloc(1, sizeof *upkeep);
    if (upkeep == NULL)
        return NULL;
    upkeep->project_dir = project_dir;
    upkeep->warn = warn;
    upkeep->warn_context = warn_context;
    return upkeep;
}

void jc_upkeep_free(jc_upkeep *upkeep)
{
    if (upkeep == NULL)
        return;
    jc_close(upkeep->store);
    free(upkeep->mirrors);
    free(upkeep);
}

static void tell(jc_upkeep *upkeep, const char *text)
{
    if (upkeep->warn != NULL)
        upkeep->warn(upkeep->warn_context, text);
}

/* Keep what is known of mirrors that are listed again. */
static jc_status list_one(void *context, const jc_workflow_summary *summary)
{
    jc_upkeep *upkeep = context;
    mirror one = {.hash = summary->hash};
    memcpy(one.workflow_id, summary->workflow_id.bytes, summary->workflow_id.size);
    if (upkeep->listed < upkeep->count &&
        strcmp(upkeep->mirrors[upkeep->listed].workflow_id, one.workflow_id) == 0) {
        mirror *known = &upkeep->mirrors[upkeep->listed++];
        known->suspected = known->suspected && jc_hash_equal(&known->hash, &one.hash);
        known->hash = one.hash;
        return JC_OK;
    }
    mirror *moved = jc_array_grow(upkeep->mirrors, sizeof one, upkeep->count, &upkeep->capacity);
    if (moved == NULL)
        return JC_ENOMEM;
    upkeep->mirrors = moved;
    memmove(&moved[upkeep->listed + 1], &moved[upkeep->listed],
            (upkeep->count - upkeep->listed) * sizeof one);
    moved[upkeep->listed++] = one;
    upkeep->count++;
    return JC_OK;
}

/* Does the mirror end with the line of that event? */
static bool ends_with(const jc_upkeep *upkeep, const mirror *one)
{
    char path[JC_PATH_SIZE_MAX + JC_WORKFLOW_ID_SIZE_MAX + 32];
    char tail[TAIL_SIZE];
    char wanted[2 * sizeof(jc_hash) + 4];
    size_t size = 2 * sizeof(jc_hash);
    (void)snprintf(path, sizeof path, "%s/agents/%s/events.jsonl", upkeep->project_dir,
                   one->workflow_id);
    jc_hex_encode(one->hash.bytes, sizeof one->hash.bytes, wanted);
    memcpy(wanted + size, "\"}\n", 4);
    size += 3;

    int fd = open(path, O_RDONLY | O_CLOEXEC);
    off_t end = fd >= 0 ? lseek(fd, 0, SEEK_END) : -1;
    bool equal = end >= (off_t)size && pread(fd, tail, size, end - (off_t)size) == (ssize_t)size &&
                 memcmp(tail, wanted, size) == 0;
    if (fd >= 0)
        (void)close(fd);
    return equal;
}

static void heal(jc_upkeep *upkeep, mirror *one)
{
    char text[JC_ERROR_SIZE_MAX];
    jc_error error = {0};
    jc_mirror_report report = {0};
    jc_str workflow_id = jc_str_of(one->workflow_id);
    jc_status status = jc_mirror_check(upkeep->store, workflow_id, &report, &error);
    if (status == JC_OK && report.state == JC_MIRROR_BEHIND)
        status = jc_mirror_heal(upkeep->store, workflow_id, &report, &error);
    else if (status == JC_OK && report.state != JC_MIRROR_EQUAL && !one->told) {
        (void)snprintf(text, sizeof text,
                       "the mirror of '%s' is not what the log says: see 'jc doctor'",
                       one->workflow_id);
        tell(upkeep, text);
        one->told = true;
    }
    if (status < 0 && status != JC_EBUSY)
        tell(upkeep, error.text);
}

static void look_at(jc_upkeep *upkeep, mirror *one)
{
    bool equal = ends_with(upkeep, one);
    one->told = one->told && !equal;
    if (equal || one->told)
        one->suspected = false;
    else if (one->suspected) {
        one->suspected = false;
        heal(upkeep, one);
    } else {
        one->suspected = true;
        upkeep->suspects++;
    }
}

/* Begin a round when there is something new, or something suspected. */
static jc_status begin_round(jc_upkeep *upkeep, jc_error *reterr)
{
    jc_store_info info;
    int64_t now_us = jc_clock_monotonic_us();
    jc_status status = jc_store_info_read(upkeep->store, &info, reterr);
    if (status < 0 || info.read_only)
        return status;
    bool due = upkeep->round_at_us == 0 || upkeep->suspects > 0 ||
               (info.position != upkeep->position &&
                now_us - upkeep->round_at_us >= ROUND_MS * INT64_C(1000));
    if (!due)
        return JC_OK;
    upkeep->listed = 0;
    upkeep->suspects = 0;
    upkeep->position = info.position;
    upkeep->round_at_us = now_us;
    status = jc_workflow_list(upkeep->store, list_one, upkeep, reterr);
    upkeep->count = upkeep->listed;
    upkeep->next = 0;
    return status;
}

static jc_status look_after_mirrors(jc_upkeep *upkeep, jc_error *reterr)
{
    int64_t until_us = jc_clock_monotonic_us() + SLICE_US;
    jc_status status = JC_OK;
    if (upkeep->next >= upkeep->count)
        status = begin_round(upkeep, reterr);
    while (status == JC_OK && upkeep->next < upkeep->count && jc_clock_monotonic_us() < until_us)
        look_at(upkeep, &upkeep->mirrors[upkeep->next++]);
    return status;
}

static jc_status take_up(jc_upkeep *upkeep, jc_error *reterr)
{
    jc_spool_result result;
    if (jc_spool_count(upkeep->project_dir) == 0)
        return JC_OK;
    return jc_spool_take_up(upkeep->store, SPOOL_FILES, &result, reterr);
}

/* A log that cannot be opened, or was replaced, is tried again by the next job; requests tell of it. */
void jc_upkeep_do(jc_upkeep *upkeep)
{
    jc_error error = {0};
    uint64_t position;
    jc_status status = JC_OK;
    if (upkeep->store == NULL)
        status = jc_open(upkeep->project_dir, NULL, &upkeep->store, &error);
    if (status == JC_OK)
        status = jc_wait(upkeep->store, UINT64_MAX, 0, &position, &error);
    if (status >= 0)
        status = take_up(upkeep, &error);
    if (status >= 0 || status == JC_EBUSY)
        status = look_after_mirrors(upkeep, &error);
    if (status == JC_ESTALE || status == JC_EIO || status == JC_ECORRUPT) {
        jc_close(upkeep->store);
        upkeep->store = NULL;
        upkeep->round_at_us = 0;
        upkeep->next = upkeep->count;
    }
}
