/* kill -9: kill_test [--seconds N] [--seed S]
 *
 * Four writer processes append single events and batches, to a workflow of their own and to one that
 * all share, and note in a file of their own what was acknowledged. The parent kills one after the
 * other at random moments and starts another in its place, while it follows the mirrors as `tail -f`
 * does. In the end: what was acknowledged is stored, units are whole, the chain is intact, the mirrors
 * are the log's, and whoever followed them saw each byte once.
 *
 * This program is its own writer: kill_test --writer FOLDER WRITER GENERATION */
#include "sim/sim.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WRITERS 4
#define BATCH_MAX 40
#define CALLS_A_HANDLE 30 /* then the writer closes and opens anew */
#define SECONDS_DEFAULT 5
#define WORKFLOWS (WRITERS + 1)
#define PATH_SIZE (JC_SIM_PATH_SIZE + 200)

static const char *const workflows[WORKFLOWS] = {"own-0", "own-1", "own-2", "own-3", "shared"};

/* What an id says: who made it, in which unit, which one of how many. */
typedef struct origin {
    uint32_t writer;
    uint32_t generation;
    uint32_t unit;
    uint16_t number;
    uint16_t count; /* events in the unit */
} origin;

static jc_uuid id_of(origin from)
{
    jc_uuid id = {{0}};
    memcpy(id.bytes, &from.generation, 4);
    id.bytes[4] = (uint8_t)from.writer;
    id.bytes[6] = 0x70;
    id.bytes[8] = 0x80;
    id.bytes[9] = (uint8_t)from.number;
    id.bytes[10] = (uint8_t)from.count;
    memcpy(id.bytes + 11, &from.unit, 4);
    return id;
}

static origin origin_of(jc_uuid id)
{
    origin from = {.writer = id.bytes[4], .number = id.bytes[9], .count = id.bytes[10]};
    memcpy(&from.generation, id.bytes, 4);
    memcpy(&from.unit, id.bytes + 11, 4);
    return from;
}

static void ack_path(char *ret, const char *folder, uint32_t writer)
{
    snprintf(ret, PATH_SIZE, "%s/acknowledged-%" PRIu32, folder, writer);
}

/* An acknowledged event, as the writer notes it: a record of fixed size, written in one piece. */
typedef struct ack {
    jc_uuid id;
    uint64_t position;
    uint64_t sequence;
} ack;

typedef struct writer {
    jc_store *store;
    jc_random random;
    origin next;
    int ack_fd;
} writer;

static void die(const char *what, const char *text)
{
    fprintf(stderr, "a writer: %s: %s\n", what, text);
    exit(1);
}

static void append_unit(writer *self)
{
    jc_event events[BATCH_MAX];
    jc_receipt receipts[BATCH_MAX];
    ack acks[BATCH_MAX];
    char data[BATCH_MAX][64];
    jc_append_result result;
    jc_error error = {0};
    bool single = jc_random_chance(&self->random, 60);
    size_t count = single ? 1 : 2 + (size_t)jc_random_below(&self->random, BATCH_MAX - 1);
    self->next.unit++;
    self->next.count = (uint16_t)count;
    for (size_t i = 0; i < count; i++) {
        bool shared = jc_random_chance(&self->random, 50);
        self->next.number = (uint16_t)i;
        snprintf(data[i], sizeof data[i], "{\"unit\":%" PRIu32 ",\"number\":%zu}", self->next.unit,
                 i);
        events[i] =
            (jc_event){.id = id_of(self->next),
                       .workflow_id = jc_str_of(workflows[shared ? WRITERS : self->next.writer]),
                       .event_type = JC_STR("agent.tool_use"),
                       .data = jc_str_of(data[i])};
    }
    const jc_unit unit = {.events = events, .count = count, .ret_receipts = receipts};
    jc_status status = jc_append(self->store, &unit, 1, &result, &error);
    if (status == JC_EBUSY)
        return; /* nothing was written, as the call says */
    if (status < 0)
        die(jc_status_name(status), error.text);
    for (size_t i = 0; i < count; i++)
        acks[i] = (ack){events[i].id, receipts[i].position, receipts[i].sequence};
    if (write(self->ack_fd, acks, count * sizeof *acks) != (ssize_t)(count * sizeof *acks))
        die("write", strerror(errno));
}

/* Until it is killed, or nobody is left to kill it. */
static int write_on(const char *folder, uint32_t number, uint32_t generation)
{
    writer self = {.next = {.writer = number, .generation = generation}};
    const pid_t parent = getppid();
    char path[PATH_SIZE];
    self.random.state = jc_random_mix(number, generation);
    ack_path(path, folder, number);
    self.ack_fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (self.ack_fd < 0)
        die(path, strerror(errno));
    while (getppid() == parent) {
        jc_error error = {0};
        jc_status status = jc_open(folder, NULL, &self.store, &error);
        if (status == JC_EBUSY)
            continue;
        if (status < 0)
            die("jc_open", error.text);
        for (int i = 0; i < CALLS_A_HANDLE; i++)
            append_unit(&self);
        jc_close(self.store);
    }
    return 0;
}

/* A mirror as a reader of `tail -f` knows it. */
typedef struct follower {
    int fd;
    jc_buf seen;
} follower;

typedef struct killing {
    char folder[JC_SIM_PATH_SIZE];
    const char *program;
    jc_random random;
    pid_t pids[WRITERS];
    uint32_t generations[WRITERS];
    uint64_t kills;
    uint64_t own_deaths; /* writers that ended by themselves */
    follower followers[WORKFLOWS];
    jc_store *store; /* in the end */
} killing;

static void start_writer(killing *run, uint32_t number)
{
    char numbers[2][16];
    snprintf(numbers[0], sizeof numbers[0], "%" PRIu32, number);
    snprintf(numbers[1], sizeof numbers[1], "%" PRIu32, ++run->generations[number]);
    run->pids[number] = fork();
    if (run->pids[number] < 0) {
        perror("fork");
        exit(99);
    }
    if (run->pids[number] == 0) {
        execl("/proc/self/exe", run->program, "--writer", run->folder, numbers[0], numbers[1],
              (char *)NULL);
        _exit(98);
    }
}

static void kill_writer(killing *run, uint32_t number)
{
    int result = 0;
    (void)kill(run->pids[number], SIGKILL);
    (void)waitpid(run->pids[number], &result, 0);
    run->kills++;
    if (!WIFSIGNALED(result) || WTERMSIG(result) != SIGKILL)
        run->own_deaths++;
}

static void follow(killing *run)
{
    char path[PATH_SIZE];
    char bytes[65536];
    for (size_t i = 0; i < WORKFLOWS; i++) {
        follower *mirror = &run->followers[i];
        snprintf(path, sizeof path, "%s/agents/%s/events.jsonl", run->folder, workflows[i]);
        if (mirror->fd < 0)
            mirror->fd = open(path, O_RDONLY | O_CLOEXEC);
        ssize_t count;
        while (mirror->fd >= 0 && (count = read(mirror->fd, bytes, sizeof bytes)) > 0) {
            if (jc_buf_append(&mirror->seen, bytes, (size_t)count, NULL) < 0)
                abort();
        }
    }
}

static void nap_ms(uint64_t duration_ms)
{
    const struct timespec nap = {.tv_nsec = (long)duration_ms * 1000000};
    (void)nanosleep(&nap, NULL);
}

static void kill_for(killing *run, uint64_t seconds)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    const time_t end = now.tv_sec + (time_t)seconds;
    for (uint32_t i = 0; i < WRITERS; i++)
        start_writer(run, i);
    while (now.tv_sec < end) {
        uint32_t number = (uint32_t)jc_random_below(&run->random, WRITERS);
        nap_ms(1 + jc_random_below(&run->random, 25));
        follow(run);
        kill_writer(run, number);
        start_writer(run, number);
        (void)clock_gettime(CLOCK_MONOTONIC, &now);
    }
    for (uint32_t i = 0; i < WRITERS; i++)
        kill_writer(run, i);
}

static char trouble[1200]; /* why the claim under test does not hold */

static bool fail(const char *what, const char *text)
{
    snprintf(trouble, sizeof trouble, "%s: %s", what, text);
    return false;
}

typedef struct log_events {
    ack *events;
    size_t count;
    size_t capacity;
} log_events;

static int by_id(const void *a, const void *b)
{
    return memcmp(&((const ack *)a)->id, &((const ack *)b)->id, sizeof(jc_uuid));
}

static bool read_log(killing *run, log_events *log)
{
    jc_cursor *cursor = NULL;
    jc_error error = {0};
    const jc_event *event = NULL;
    jc_status status = jc_cursor_open(run->store, NULL, &cursor, &error);
    while (status == JC_OK && (status = jc_cursor_next(cursor, &event, &error)) == JC_OK) {
        if (log->count == log->capacity) {
            log->capacity = log->capacity * 2 + 1024;
            log->events = realloc(log->events, log->capacity * sizeof *log->events);
            if (log->events == NULL)
                abort();
        }
        log->events[log->count++] = (ack){event->id, event->position, event->sequence};
    }
    jc_cursor_close(cursor);
    if (status < 0)
        return fail("reading the log", error.text);
    qsort(log->events, log->count, sizeof *log->events, by_id);
    return true;
}

static bool check_acks_of(const killing *run, const log_events *log, uint32_t number,
                          uint64_t *ret_count)
{
    char path[PATH_SIZE];
    JC_AUTO(jc_buf) bytes = {0};
    jc_error error = {0};
    ack_path(path, run->folder, number);
    if (jc_file_read(path, SIZE_MAX / 2, &bytes, &error) < 0)
        return fail("reading what was acknowledged", error.text);
    for (size_t at = 0; at + sizeof(ack) <= bytes.size; at += sizeof(ack), ++*ret_count) {
        ack given;
        char id[JC_UUID_TEXT_SIZE];
        memcpy(&given, bytes.bytes + at, sizeof given);
        jc_uuid_format(given.id, id);
        const ack *stored = bsearch(&given, log->events, log->count, sizeof *log->events, by_id);
        if (stored == NULL)
            return fail("acknowledged, but not stored", id);
        if (stored->position != given.position || stored->sequence != given.sequence)
            return fail("stored in another place than acknowledged", id);
    }
    return true;
}

static bool check_acks(const killing *run, const log_events *log, uint64_t *ret_count)
{
    for (uint32_t i = 0; i < WRITERS; i++) {
        if (!check_acks_of(run, log, i, ret_count))
            return false;
    }
    return *ret_count > 0 || fail("acknowledged", "nothing was");
}

/* Whoever is there has all the others of its unit there, too, and nobody has a double. */
static bool check_whole(const log_events *log)
{
    for (size_t i = 0; i < log->count; i++) {
        origin from = origin_of(log->events[i].id);
        for (uint16_t k = 0; k < from.count; k++) {
            from.number = k;
            const ack wanted = {.id = id_of(from)};
            if (bsearch(&wanted, log->events, log->count, sizeof *log->events, by_id) == NULL)
                return fail("a unit is there only in part", "see the ids");
        }
        if (i > 0 && by_id(&log->events[i - 1], &log->events[i]) == 0)
            return fail("an event is there twice", "see the ids");
    }
    return true;
}

static void note_damage(void *context, const jc_finding *finding)
{
    (void)context;
    if (finding->damage)
        (void)fail(finding->where, finding->what);
}

static bool check_intact(killing *run)
{
    jc_verify_result result = {0};
    jc_error error = {0};
    if (jc_verify(run->store, NULL, 0, note_damage, NULL, &result, &error) < 0)
        return fail("jc_verify", error.text);
    return result.damages == 0;
}

/* What the log says, to the byte. */
static bool log_lines(killing *run, jc_str workflow_id, jc_buf *lines)
{
    char line[8192];
    const jc_filter filter = {.workflow_ids = &workflow_id, .workflow_count = 1};
    jc_cursor *cursor = NULL;
    jc_error error = {0};
    const jc_event *event = NULL;
    jc_status status = jc_cursor_open(run->store, &filter, &cursor, &error);
    while (status == JC_OK && (status = jc_cursor_next(cursor, &event, &error)) == JC_OK) {
        size_t size = jc_event_format(event, line, sizeof line - 1);
        line[size++] = '\n';
        if (jc_buf_append(lines, line, size, NULL) < 0)
            abort();
    }
    jc_cursor_close(cursor);
    return status >= 0 || fail("reading the log", error.text);
}

/* The mirror heals, and never had to be put aside for it. */
static bool check_mirrors(killing *run)
{
    for (size_t i = 0; i < WORKFLOWS; i++) {
        JC_AUTO(jc_buf) wanted = {0};
        JC_AUTO(jc_buf) found = {0};
        jc_mirror_report report = {0};
        jc_error error = {0};
        char path[PATH_SIZE];
        snprintf(path, sizeof path, "%s/agents/%s/events.jsonl", run->folder, workflows[i]);
        if (jc_mirror_heal(run->store, jc_str_of(workflows[i]), &report, &error) < 0)
            return fail("jc_mirror_heal", error.text);
        if (report.state != JC_MIRROR_EQUAL && report.state != JC_MIRROR_BEHIND)
            return fail(workflows[i], report.text);
        if (!log_lines(run, jc_str_of(workflows[i]), &wanted) ||
            jc_file_read(path, SIZE_MAX / 2, &found, &error) < 0)
            return fail(path, "cannot be read");
        if (!jc_str_equal(jc_buf_str(&wanted), jc_buf_str(&found)))
            return fail(path, "is not what the log says");
    }
    return true;
}

/* All that was read while others wrote is what the log says, from its beginning to its end. */
static bool check_followers(killing *run)
{
    follow(run);
    for (size_t i = 0; i < WORKFLOWS; i++) {
        JC_AUTO(jc_buf) wanted = {0};
        if (!log_lines(run, jc_str_of(workflows[i]), &wanted))
            return false;
        if (!jc_str_equal(jc_buf_str(&wanted), jc_buf_str(&run->followers[i].seen)))
            return fail(workflows[i], "what tail -f has printed is not what the log says");
    }
    return true;
}

static int test_count;
static int failure_count;

static void result(bool good, const char *claim)
{
    printf("%s %d - %s\n", good ? "ok" : "not ok", ++test_count, claim);
    if (!good && trouble[0] != '\0')
        printf("# %s\n", trouble);
    trouble[0] = '\0';
    failure_count += !good;
}

static void check_all(killing *run)
{
    log_events log = {0};
    jc_error error = {0};
    uint64_t acknowledged = 0;
    result(run->kills > WRITERS && run->own_deaths == 0,
           "no writer fails when others are killed beside it");
    bool opened = jc_open(run->folder, NULL, &run->store, &error) == JC_OK;
    result(opened || fail("jc_open", error.text), "the log opens after the last one was killed");
    if (!opened)
        return;
    result(check_intact(run), "positions and sequences are dense, the chain is intact");
    result(read_log(run, &log) && check_acks(run, &log, &acknowledged),
           "every acknowledged event is stored, where it was acknowledged");
    result(check_whole(&log), "every unit is there as a whole, and once");
    result(check_mirrors(run), "every mirror heals in place and is what the log says");
    result(check_followers(run), "who followed the mirrors saw each event once, in order");
    printf("# %" PRIu64 " kills; %zu events stored, %" PRIu64 " of them acknowledged\n", run->kills,
           log.count, acknowledged);
    free(log.events);
}

int main(int count, char **words)
{
    static killing run;
    uint64_t seconds = SECONDS_DEFAULT;
    if (count == 5 && strcmp(words[1], "--writer") == 0)
        return write_on(words[2], (uint32_t)atoi(words[3]), (uint32_t)atoi(words[4]));
    run.random.state = 1;
    for (int i = 1; i + 1 < count; i += 2) {
        if (strcmp(words[i], "--seconds") == 0)
            seconds = strtoull(words[i + 1], NULL, 10);
        else if (strcmp(words[i], "--seed") == 0)
            run.random.state = strtoull(words[i + 1], NULL, 10);
    }
    jc_project_made made;
    jc_error error = {0};
    run.program = words[0];
    for (size_t i = 0; i < WORKFLOWS; i++)
        run.followers[i].fd = -1;
    jc_sim_folder_make(run.folder);
    if (jc_project_init(run.folder, &made, &error) < 0) {
        fprintf(stderr, "no project: %s\n", error.text);
        return 99;
    }
    fflush(stdout);
    kill_for(&run, seconds);
    check_all(&run);
    jc_close(run.store);
    for (size_t i = 0; i < WORKFLOWS; i++)
        jc_buf_release(&run.followers[i].seen);
    jc_sim_folder_remove(run.folder);
    printf("1..%d\n", test_count);
    return failure_count > 0;
}
