/* See audience.h. */
#include "live/audience.h"

#include "base/array.h"
#include "base/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define WINDOW_SIZE 4096
#define SLOW_READ_SIZE 4096
#define BETWEEN_US 20000
#define LINE_SIZE 65536

const char *const jc_audience_workflows[JC_AUDIENCE_WORKFLOWS] = {"w0", "w1", "w2", "w3"};

static uint64_t sum_of(jc_str text)
{
    uint64_t sum = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < text.size; i++)
        sum = (sum ^ (uint8_t)text.bytes[i]) * UINT64_C(1099511628211);
    return sum | 1;
}

static void choose_stream(jc_audience *audience, jc_member *member)
{
    jc_random *random = &audience->random;
    member->workflow =
        jc_random_chance(random, 30) ? -1 : (int)jc_random_below(random, JC_AUDIENCE_WORKFLOWS);
    member->heads = member->workflow >= 0 && jc_random_chance(random, 40);
    member->one_type = jc_random_chance(random, 25);
    member->from_start = jc_random_chance(random, 80);
    uint64_t habit = jc_random_below(random, 100);
    member->habit = habit < 55   ? JC_HABIT_STEADY
                    : habit < 80 ? JC_HABIT_DROPS
                    : habit < 90 ? JC_HABIT_SLOW
                                 : JC_HABIT_NEVER;
}

static void write_path(jc_member *member)
{
    char stream[80] = "/api/stream";
    if (member->workflow >= 0)
        (void)snprintf(stream, sizeof stream, "/api/events/%s/stream",
                       jc_audience_workflows[member->workflow]);
    (void)snprintf(member->path, sizeof member->path, "%s?%s%s%s", stream,
                   member->from_start ? "after=0" : "last=0", member->heads ? "&heads=1" : "",
                   member->one_type ? "&type=odd.*" : "");
}

void jc_audience_init(jc_audience *audience, size_t count, int port, uint64_t seed, bool idle)
{
    *audience = (jc_audience){.count = count, .port = port, .random = {.state = seed}};
    audience->members = calloc(count, sizeof *audience->members);
    audience->poll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (audience->members == NULL || audience->poll_fd < 0)
        abort();
    for (size_t i = 0; i < count; i++) {
        jc_member *member = &audience->members[i];
        member->reader.fd = -1;
        member->workflow = -1;
        member->epoch = 1;
        if (!idle)
            choose_stream(audience, member);
        write_path(member);
    }
}

void jc_audience_release(jc_audience *audience)
{
    for (size_t i = 0; i < audience->count; i++) {
        jc_reader_close(&audience->members[i].reader);
        free(audience->members[i].seen);
    }
    free(audience->members);
    (void)close(audience->poll_fd);
}

static void set_polled(jc_audience *audience, jc_member *member, bool polled)
{
    struct epoll_event interest = {.events = EPOLLIN, .data.ptr = member};
    if (member->polled != polled &&
        epoll_ctl(audience->poll_fd, polled ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, member->reader.fd,
                  &interest) < 0)
        abort();
    member->polled = polled;
}

static void leave(jc_audience *audience, jc_member *member)
{
    if (member->reader.fd < 0)
        return;
    set_polled(audience, member, false);
    if (member->reader.trouble != NULL)
        member->trouble = member->reader.trouble;
    if (member->reader.status != 0 && member->reader.status != 200 && member->reader.status != 503)
        member->trouble = "it was refused";
    jc_reader_close(&member->reader);
    member->open_at_us =
        jc_clock_monotonic_us() + (int64_t)jc_random_below(&audience->random, BETWEEN_US);
}

static void enter(jc_audience *audience, jc_member *member)
{
    char request[512];
    char id[64] = "";
    bool small = member->habit == JC_HABIT_SLOW || member->habit == JC_HABIT_NEVER;
    if (member->has_id)
        (void)snprintf(id, sizeof id, "Last-Event-ID: %" PRIu64 "\r\n", member->id);
    (void)snprintf(request, sizeof request,
                   "GET %s&epoch=%" PRIu64 " HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\n", member->path,
                   member->epoch, id);
    if (!jc_reader_ask(&member->reader, audience->port, small ? WINDOW_SIZE : 0, request)) {
        jc_reader_close(&member->reader);
        member->open_at_us = jc_clock_monotonic_us() + BETWEEN_US;
        return;
    }
    audience->opened++;
    member->polled = false;
    member->read_at_us = 0;
}

static void note(jc_audience *audience, jc_member *member, const jc_said *said)
{
    bool line = jc_str_equal(said->event, JC_STR("log"));
    if (!line && !jc_str_equal(said->event, JC_STR("head"))) {
        member->trouble = "an event of no known name";
        return;
    }
    jc_seen *seen = jc_array_grow(member->seen, sizeof *seen, member->count, &member->capacity);
    if (seen == NULL)
        abort();
    if (!member->started) {
        member->started = true;
        member->start = member->from_start ? 0 : said->id - 1;
    }
    member->seen = seen;
    seen[member->count++] = (jc_seen){said->id, line ? sum_of(said->data) : 0};
    audience->received++;
}

static void start_over(jc_audience *audience, jc_member *member, jc_str data)
{
    const char *epoch = memmem(data.bytes, data.size, "\"epoch\":", 8);
    member->epoch = epoch != NULL ? strtoull(epoch + 8, NULL, 10) : 0;
    audience->replaced++;
    member->count = 0;
    member->has_id = false;
    member->started = false;
}

static void hear(jc_audience *audience, jc_member *member, const jc_said *said)
{
    if (said->event.bytes == NULL)
        return;
    if (jc_str_equal(said->event, JC_STR("replaced"))) {
        start_over(audience, member, said->data);
        return;
    }
    member->has_id = true;
    member->id = said->id;
    if (!jc_str_equal(said->event, JC_STR("ready"))) {
        note(audience, member, said);
        return;
    }
    if (!member->started) {
        member->started = true;
        member->start = member->from_start ? 0 : said->id;
    }
}

static void listen_to(jc_audience *audience, jc_member *member)
{
    jc_said said;
    bool slow = member->habit == JC_HABIT_SLOW && !audience->everybody_reads;
    bool drops = member->habit == JC_HABIT_DROPS && !audience->everybody_reads;
    bool open = jc_reader_read(&member->reader, slow ? SLOW_READ_SIZE : LINE_SIZE);
    while (jc_reader_take(&member->reader, &said)) {
        hear(audience, member, &said);
        if (drops && jc_random_below(&audience->random, 100) == 0) {
            open = false;
            break;
        }
    }
    if (!open || member->reader.trouble != NULL)
        leave(audience, member);
    else if (slow && jc_random_chance(&audience->random, 50))
        member->read_at_us =
            jc_clock_monotonic_us() + (int64_t)jc_random_below(&audience->random, 100000);
}

/* Who comes, who pauses, and who reads on. */
static void look_round(jc_audience *audience)
{
    int64_t now_us = jc_clock_monotonic_us();
    for (size_t i = 0; i < audience->count; i++) {
        jc_member *member = &audience->members[i];
        if (member->reader.fd < 0 && member->open_at_us <= now_us && member->trouble == NULL)
            enter(audience, member);
        if (member->reader.fd < 0)
            continue;
        bool reads = audience->everybody_reads ||
                     (member->habit != JC_HABIT_NEVER && member->read_at_us <= now_us);
        set_polled(audience, member, reads);
    }
}

static void read_once(jc_audience *audience)
{
    struct epoll_event events[256];
    look_round(audience);
    int count = epoll_wait(audience->poll_fd, events, 256, 5);
    for (int i = 0; i < count; i++)
        listen_to(audience, events[i].data.ptr);
}

void jc_audience_run(jc_audience *audience, int64_t duration_us)
{
    int64_t end_us = jc_clock_monotonic_us() + duration_us;
    while (jc_clock_monotonic_us() < end_us)
        read_once(audience);
}

static bool has_reached(const jc_member *member, const uint64_t ends[JC_AUDIENCE_WORKFLOWS])
{
    bool one = member->workflow >= 0 && !member->heads;
    uint64_t end = ends[one ? member->workflow : JC_AUDIENCE_WORKFLOWS - 1];
    return member->trouble != NULL || (member->has_id && member->id >= end);
}

bool jc_audience_finish(jc_audience *audience, const uint64_t ends[JC_AUDIENCE_WORKFLOWS],
                        int64_t time_us)
{
    int64_t end_us = jc_clock_monotonic_us() + time_us;
    audience->everybody_reads = true;
    for (size_t reached = 0; reached < audience->count;) {
        if (jc_clock_monotonic_us() >= end_us)
            return false;
        jc_audience_run(audience, 20000);
        reached = 0;
        for (size_t i = 0; i < audience->count; i++)
            reached += has_reached(&audience->members[i], ends);
    }
    return true;
}

/* What the log says that a member sees of an event; false: nothing. */
static bool is_for(const jc_member *member, const jc_event *event, uint64_t sum, jc_seen *ret)
{
    bool own = member->workflow < 0 ||
               jc_str_equal(event->workflow_id, jc_str_of(jc_audience_workflows[member->workflow]));
    bool odd = event->event_type.bytes[0] == 'o';
    *ret = (jc_seen){event->position, own ? sum : 0};
    return event->position > member->start && (own || member->heads) && (odd || !member->one_type);
}

static bool complain(char *ret, size_t size, size_t member, const jc_member *of, const char *what,
                     uint64_t position)
{
    (void)snprintf(ret, size, "member %zu, %s: %s at position %" PRIu64 " (%zu seen)", member,
                   of->path, what, position, of->count);
    return false;
}

/* One event of the log against what each saw next; `next` is how far each was looked at. */
static bool check_event(const jc_audience *audience, const jc_event *event, size_t next[],
                        char *ret, size_t size)
{
    char line[LINE_SIZE];
    size_t length = jc_event_format(event, line, sizeof line);
    uint64_t sum = sum_of((jc_str){line, length});
    for (size_t i = 0; i < audience->count; i++) {
        const jc_member *member = &audience->members[i];
        jc_seen wanted;
        if (!is_for(member, event, sum, &wanted))
            continue;
        if (next[i] == member->count)
            return complain(ret, size, i, member, "nothing was seen", event->position);
        const jc_seen *seen = &member->seen[next[i]++];
        if (seen->position != wanted.position)
            return complain(ret, size, i, member,
                            seen->position < wanted.position ? "an event came twice, or late"
                                                             : "an event is missing",
                            event->position);
        if (seen->sum != wanted.sum)
            return complain(ret, size, i, member, "other bytes were sent", event->position);
    }
    return true;
}

static bool check_members(const jc_audience *audience, const size_t next[], char *ret, size_t size)
{
    for (size_t i = 0; i < audience->count; i++) {
        const jc_member *member = &audience->members[i];
        if (member->trouble != NULL)
            return complain(ret, size, i, member, member->trouble, member->id);
        if (!member->started)
            return complain(ret, size, i, member, "it never was ready", member->id);
        if (next != NULL && next[i] != member->count)
            return complain(ret, size, i, member, "more came than there is", member->id);
    }
    return true;
}

bool jc_audience_check(const jc_audience *audience, jc_store *store, char *ret, size_t size)
{
    size_t *next = calloc(audience->count, sizeof *next);
    jc_cursor *cursor = NULL;
    const jc_event *event = NULL;
    jc_error error = {0};
    bool good = next != NULL && check_members(audience, NULL, ret, size);
    jc_status status = jc_cursor_open(store, NULL, &cursor, &error);
    while (good && status == JC_OK && (status = jc_cursor_next(cursor, &event, &error)) == JC_OK)
        good = check_event(audience, event, next, ret, size);
    if (good && status < 0) {
        (void)snprintf(ret, size, "%s", error.text);
        good = false;
    }
    good = good && check_members(audience, next, ret, size);
    jc_cursor_close(cursor);
    free(next);
    return good;
}
