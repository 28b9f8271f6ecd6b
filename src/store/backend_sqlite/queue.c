/* The writers' queue: see queue.h. */
#include "store/backend_sqlite/queue.h"

#include "base/clock.h"
#include "base/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#endif

#ifdef F_OFD_SETLK
#define SET_LOCK F_OFD_SETLK
#else
#define SET_LOCK F_SETLK
#endif

#define FILE_SIZE 4096
#define NAP_US 2000 /* the longest sleep between two tries of the one whose turn is next */
#define NAP_BEHIND_US                                                                              \
    20000             /* the same of those behind it, who have all those before them to wait for */
#define QUIET_TURNS 3 /* so many turns without waiting, and nobody else is here */
#define BLIND_NAP_US 200 /* the same where nobody can wake us */

enum lock {
    BUSY = 0,
    NEXT = 1,
    LOCK_COUNT
};

/* What the file holds: for each lock, a number that changes when it is given up, and how many may be
 * asleep waiting for that. */
struct jc_queue_words {
    struct {
        _Atomic uint32_t turn;
        _Atomic uint32_t sleepers;
    } lock[LOCK_COUNT];
};

void jc_queue_open(jc_queue *queue, const char *path)
{
    *queue = (jc_queue){.fd = -1, .path = strdup(path)};
}

static void unmap_words(jc_queue *queue)
{
    (void)munmap(queue->words, sizeof *queue->words);
    queue->words = NULL;
}

void jc_queue_close(jc_queue *queue)
{
    if (queue->words != NULL)
        unmap_words(queue);
    if (queue->fd >= 0)
        (void)close(queue->fd);
    free(queue->path);
    *queue = (jc_queue){.fd = -1};
}

/* The words are mapped once; the mapping outlives the descriptor. */
static void map_words(jc_queue *queue)
{
    jc_file_facts facts;
    if (!jc_file_look(queue->fd, &facts) || !facts.is_regular)
        return;
    /* On a full disk a hole in the file could not be filled when the words are written. */
    static const char zeros[FILE_SIZE];
    if (facts.size < FILE_SIZE && pwrite(queue->fd, zeros, (size_t)(FILE_SIZE - facts.size),
                                         (off_t)facts.size) != (ssize_t)(FILE_SIZE - facts.size))
        return;
    void *words =
        mmap(NULL, sizeof *queue->words, PROT_READ | PROT_WRITE, MAP_SHARED, queue->fd, 0);
    queue->words = words != MAP_FAILED ? words : NULL;
}

static bool open_file(jc_queue *queue)
{
    if (queue->path == NULL)
        return false;
    queue->fd = open(queue->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (queue->fd < 0)
        return false;
    jc_file_facts facts;
    bool whole = jc_file_look(queue->fd, &facts) && facts.size >= FILE_SIZE;
    if (!whole && queue->words != NULL)
        unmap_words(queue);
    if (queue->words == NULL)
        map_words(queue);
    return true;
}

static void close_file(jc_queue *queue)
{
    (void)close(queue->fd);
    queue->fd = -1;
}

/* false with errno EAGAIN or EACCES: somebody else has it. */
static bool set_lock(const jc_queue *queue, enum lock lock, short type)
{
    struct flock range = {.l_type = type, .l_whence = SEEK_SET, .l_start = lock, .l_len = 1};
    int result;
    do
        result = fcntl(queue->fd, SET_LOCK, &range);
    while (result < 0 && errno == EINTR);
    return result == 0;
}

#ifdef __linux__
static void sleep_on(struct jc_queue_words *words, enum lock lock, uint32_t turn, int64_t nap_us)
{
    struct timespec nap = {.tv_nsec = (long)nap_us * 1000};
    (void)syscall(SYS_futex, &words->lock[lock].turn, FUTEX_WAIT, turn, &nap, NULL, 0);
}

/* Was there one? */
static bool wake_one(struct jc_queue_words *words, enum lock lock)
{
    return syscall(SYS_futex, &words->lock[lock].turn, FUTEX_WAKE, 1, NULL, NULL, 0) > 0;
}
#else
static void sleep_on(struct jc_queue_words *words, enum lock lock, uint32_t turn, int64_t nap_us)
{
    (void)words, (void)lock, (void)turn;
    jc_clock_sleep_us(nap_us < BLIND_NAP_US ? nap_us : BLIND_NAP_US);
}

static bool wake_one(struct jc_queue_words *words, enum lock lock)
{
    (void)words, (void)lock;
    return false;
}
#endif

/* One sleeper less, but never below none: the number is a hint, and may have been put right before. */
static void uncount_sleeper(struct jc_queue_words *words, enum lock lock)
{
    uint32_t count = atomic_load(&words->lock[lock].sleepers);
    while (count > 0 &&
           !atomic_compare_exchange_weak(&words->lock[lock].sleepers, &count, count - 1))
        ;
}

/* Try, sleep until somebody leaves, try again. */
static bool acquire(jc_queue *queue, enum lock lock, int64_t deadline_us)
{
    if (set_lock(queue, lock, F_WRLCK))
        return true;
    struct jc_queue_words *words = queue->words;
    queue->waited = true;
    if (words != NULL)
        atomic_fetch_add(&words->lock[lock].sleepers, 1);
    bool acquired = false;
    for (;;) {
        uint32_t turn = words != NULL ? atomic_load(&words->lock[lock].turn) : 0;
        acquired = set_lock(queue, lock, F_WRLCK);
        int64_t left_us = deadline_us - jc_clock_monotonic_us();
        if (acquired || left_us <= 0 || (errno != EAGAIN && errno != EACCES))
            break;
        int64_t nap_us = lock == NEXT ? NAP_BEHIND_US : NAP_US;
        if (nap_us > left_us)
            nap_us = left_us;
        if (words != NULL)
            sleep_on(words, lock, turn, nap_us);
        else
            jc_clock_sleep_us(nap_us < BLIND_NAP_US ? nap_us : BLIND_NAP_US);
    }
    if (words != NULL)
        uncount_sleeper(words, lock);
    return acquired;
}

static void give_up(jc_queue *queue, enum lock lock)
{
    (void)set_lock(queue, lock, F_UNLCK);
    struct jc_queue_words *words = queue->words;
    if (words == NULL || atomic_load(&words->lock[lock].sleepers) == 0)
        return;
    atomic_fetch_add(&words->lock[lock].turn, 1);
    /* Nobody sleeps, and nobody was in the way for some turns: the number is of those who were killed
     * asleep, or garbage. */
    if (!wake_one(words, lock) && queue->quiet_turns >= QUIET_TURNS)
        atomic_store(&words->lock[lock].sleepers, 0);
}

static bool is_idle(const jc_queue *queue)
{
    const struct jc_queue_words *words = queue->words;
    return words != NULL && atomic_load(&words->lock[NEXT].sleepers) == 0 &&
           atomic_load(&words->lock[BUSY].sleepers) == 0;
}

bool jc_queue_enter(jc_queue *queue, int64_t deadline_us)
{
    if (!open_file(queue))
        return false;
    queue->waited = false;
    /* Where nobody waits there is no turn to keep. */
    if (is_idle(queue) && set_lock(queue, BUSY, F_WRLCK)) {
        queue->inside = true;
    } else if (acquire(queue, NEXT, deadline_us)) {
        queue->inside = acquire(queue, BUSY, deadline_us);
        give_up(queue, NEXT);
    }
    queue->quiet_turns = queue->waited ? 0 : queue->quiet_turns + 1;
    if (!queue->inside)
        close_file(queue);
    return queue->inside;
}

void jc_queue_leave(jc_queue *queue)
{
    if (!queue->inside)
        return;
    queue->inside = false;
    give_up(queue, BUSY);
    close_file(queue);
}
