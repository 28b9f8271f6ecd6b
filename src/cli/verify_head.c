/* Looking for a kept head. When it says which position or sequence it is of, there is one place to
 * look. A hash alone is looked for where it is cheap first: the store's head now, then every event's
 * hash (the heads of workflows are among them), then the store's head as it was after each event,
 * which is computed in one pass from the first event on.
 *
 * The store's head is SHA-256 over the lines `workflow_id sequence hash`, sorted by workflow. */
#include "cli/verify_head.h"

#include "base/hash.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define WHERE_SIZE 256

/* Split off the next field, ended by spaces. */
static jc_str take_field(const char **text)
{
    while (**text == ' ' || **text == '\t' || **text == '\n')
        (*text)++;
    jc_str field = {*text, strcspn(*text, " \t\n")};
    *text += field.size;
    return field;
}

static bool parse_count(jc_str text, uint64_t *ret)
{
    uint64_t value = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.bytes[i] < '0' || text.bytes[i] > '9' || value > (uint64_t)INT64_MAX / 10 - 1)
            return false;
        value = value * 10 + (uint64_t)(text.bytes[i] - '0');
    }
    *ret = value;
    return text.size > 0;
}

static bool parse_hash(jc_str text, jc_hash *ret)
{
    return jc_hash_parse(text, ret, NULL) == JC_OK;
}

/* One field: HASH or POSITION:HASH. */
static bool parse_short(jc_str field, jc_kept_head *head)
{
    const char *colon = memchr(field.bytes, ':', field.size);
    if (colon == NULL)
        return parse_hash(field, &head->hash);
    jc_str position = {field.bytes, (size_t)(colon - field.bytes)};
    jc_str hash = {colon + 1, field.size - position.size - 1};
    head->has_position = true;
    return parse_count(position, &head->position) && parse_hash(hash, &head->hash);
}

/* Three fields: of the store, or of a workflow. */
static bool parse_long(jc_str name, jc_str place, jc_str hash, jc_kept_head *head)
{
    if (!parse_hash(hash, &head->hash))
        return false;
    if (jc_uuid_parse(name, &head->store_id, NULL) == JC_OK) {
        head->has_store_id = true;
        head->has_position = true;
        return parse_count(place, &head->position);
    }
    head->workflow_id = name;
    return jc_workflow_id_check(name, NULL) == JC_OK && parse_count(place, &head->sequence) &&
           head->sequence > 0;
}

int jc_kept_head_parse(const jc_cli *cli, const char *text, jc_kept_head *ret_head)
{
    const char *rest = text;
    jc_str fields[4];
    for (size_t i = 0; i < 4; i++)
        fields[i] = take_field(&rest);
    bool good = false;
    if (fields[1].size == 0)
        good = fields[0].size > 0 && parse_short(fields[0], ret_head);
    else if (fields[2].size > 0 && fields[3].size == 0)
        good = parse_long(fields[0], fields[1], fields[2], ret_head);
    if (good)
        return 0;
    return jc_cli_fail(
        cli, JC_EXIT_USAGE,
        "--head '%s' is no head: give what 'jc head' printed, POSITION:HASH, or the hash of 64 hex "
        "digits",
        text);
}

static bool same_hash(jc_hash a, jc_hash b)
{
    return memcmp(a.bytes, b.bytes, sizeof a.bytes) == 0;
}

/* A head that says which position it is of. */
static jc_status find_at_position(jc_cli *cli, const jc_kept_head *head, char where[WHERE_SIZE],
                                  jc_error *reterr)
{
    jc_hash hash = jc_hash_of(JC_STR(""));
    uint64_t position = 0;
    jc_status status = JC_OK;
    if (head->position > 0)
        status = jc_store_head_read(cli->store, head->position, &hash, &position, reterr);
    if (status == JC_ENOTFOUND) {
        jc_store_info info = {0};
        status = jc_store_info_read(cli->store, &info, reterr);
        if (status < 0)
            return status;
        (void)snprintf(where, WHERE_SIZE,
                       "the log ends at position %" PRIu64 ", the head is of position %" PRIu64
                       ": events were cut off",
                       info.position, head->position);
        return JC_END;
    }
    if (status < 0)
        return status;
    bool same = same_hash(hash, head->hash);
    (void)snprintf(where, WHERE_SIZE,
                   same ? "the store at position %" PRIu64
                        : "the store at position %" PRIu64 " has another head",
                   head->position);
    return same ? JC_OK : JC_END;
}

/* A head that says which event of a workflow it is of. */
static jc_status find_at_sequence(jc_cli *cli, const jc_kept_head *head, char where[WHERE_SIZE],
                                  jc_error *reterr)
{
    jc_filter filter = {.workflow_ids = &head->workflow_id,
                        .workflow_count = 1,
                        .from = head->sequence,
                        .to = head->sequence};
    jc_cursor *cursor = NULL;
    const jc_event *event = NULL;
    jc_status status = jc_cursor_open(cli->store, &filter, &cursor, reterr);
    if (status == JC_OK)
        status = jc_cursor_next(cursor, &event, reterr);
    int size = (int)head->workflow_id.size;
    const char *name = head->workflow_id.bytes;
    if (status == JC_END) {
        (void)snprintf(where, WHERE_SIZE, "%.*s does not reach #%" PRIu64 ": events were cut off",
                       size, name, head->sequence);
    } else if (status == JC_OK) {
        bool same = same_hash(event->hash, head->hash);
        (void)snprintf(where, WHERE_SIZE,
                       same ? "%.*s #%" PRIu64 : "%.*s #%" PRIu64 " has another hash", size, name,
                       head->sequence);
        status = same ? JC_OK : JC_END;
    }
    jc_cursor_close(cursor);
    return status;
}

/* The heads of the workflows while the log is walked, sorted by name. */
typedef struct walk {
    struct walk_head {
        char name[JC_WORKFLOW_ID_SIZE_MAX + 1];
        uint64_t sequence;
        jc_hash hash;
    } * heads;
    size_t count;
    size_t capacity;
} walk;

/* Where the name is, or belongs. */
static size_t place_of(const walk *heads, const char *name)
{
    size_t low = 0;
    size_t high = heads->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(heads->heads[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void put_head(walk *into, const jc_event *event)
{
    char name[JC_WORKFLOW_ID_SIZE_MAX + 1];
    (void)snprintf(name, sizeof name, "%.*s", (int)event->workflow_id.size,
                   event->workflow_id.bytes);
    size_t at = place_of(into, name);
    if (at == into->count || strcmp(into->heads[at].name, name) != 0) {
        if (into->count == into->capacity) {
            into->capacity = into->capacity == 0 ? 64 : into->capacity * 2;
            struct walk_head *larger = realloc(into->heads, into->capacity * sizeof *larger);
            jc_cli_must(larger != NULL ? JC_OK : JC_ENOMEM);
            into->heads = larger;
        }
        memmove(&into->heads[at + 1], &into->heads[at], (into->count - at) * sizeof *into->heads);
        memcpy(into->heads[at].name, name, sizeof name);
        into->count++;
    }
    into->heads[at].sequence = event->sequence;
    into->heads[at].hash = event->hash;
}

static jc_hash hash_of_walk(const walk *from)
{
    jc_hasher hasher;
    jc_hasher_begin(&hasher);
    for (size_t i = 0; i < from->count; i++) {
        char line[JC_WORKFLOW_ID_SIZE_MAX + JC_HASH_TEXT_SIZE + 32];
        char hex[JC_HASH_TEXT_SIZE];
        jc_hash_format(from->heads[i].hash, hex);
        int size = snprintf(line, sizeof line, "%s %" PRIu64 " %s\n", from->heads[i].name,
                            from->heads[i].sequence, hex);
        jc_hasher_add(&hasher, line, (size_t)size);
    }
    return jc_hasher_take(&hasher);
}

/* Does this event's hash, or the store's head after it, match? */
static bool matches(walk *heads, bool by_store, const jc_event *event, jc_hash hash,
                    char where[WHERE_SIZE])
{
    if (!by_store) {
        (void)snprintf(where, WHERE_SIZE, "%.*s #%" PRIu64, (int)event->workflow_id.size,
                       event->workflow_id.bytes, event->sequence);
        return same_hash(event->hash, hash);
    }
    (void)snprintf(where, WHERE_SIZE, "the store at position %" PRIu64, event->position);
    put_head(heads, event);
    return same_hash(hash_of_walk(heads), hash);
}

/* One pass over the log. */
static jc_status walk_log(jc_cli *cli, bool by_store, jc_hash hash, char where[WHERE_SIZE],
                          jc_error *reterr)
{
    walk heads = {0};
    jc_filter filter = {0};
    jc_cursor *cursor = NULL;
    const jc_event *event = NULL;
    jc_store_info info = {0};
    jc_progress_begin(&cli->progress, by_store ? "older heads" : "hashes");
    jc_status status = jc_store_info_read(cli->store, &info, reterr);
    if (status == JC_OK)
        status = jc_cursor_open(cli->store, &filter, &cursor, reterr);
    while (status == JC_OK) {
        status = jc_cursor_next(cursor, &event, reterr);
        if (status != JC_OK || matches(&heads, by_store, event, hash, where))
            break;
        jc_progress_show(&cli->progress, event->position, info.position);
    }
    jc_cursor_close(cursor);
    free(heads.heads);
    jc_progress_end(&cli->progress);
    return status;
}

static jc_status find_anywhere(jc_cli *cli, const jc_kept_head *head, char where[WHERE_SIZE],
                               jc_error *reterr)
{
    jc_hash now = {0};
    uint64_t position = 0;
    jc_status status = jc_store_head_read(cli->store, 0, &now, &position, reterr);
    if (status < 0)
        return status;
    (void)snprintf(where, WHERE_SIZE, "the store now, at position %" PRIu64, position);
    if (same_hash(now, head->hash))
        return JC_OK;
    status = walk_log(cli, false, head->hash, where, reterr);
    if (status == JC_END)
        status = walk_log(cli, true, head->hash, where, reterr);
    if (status == JC_END)
        (void)snprintf(where, WHERE_SIZE,
                       "no event and no earlier state of the log has this hash: events were "
                       "changed or cut off");
    return status;
}

jc_status jc_kept_head_find(jc_cli *cli, const jc_kept_head *head, char ret_where[WHERE_SIZE],
                            jc_error *reterr)
{
    jc_store_info info = {0};
    jc_status status = jc_store_info_read(cli->store, &info, reterr);
    if (status < 0)
        return status;
    if (head->has_store_id && memcmp(&head->store_id, &info.store_id, sizeof info.store_id) != 0) {
        char id[JC_UUID_TEXT_SIZE];
        jc_uuid_format(info.store_id, id);
        (void)snprintf(ret_where, WHERE_SIZE, "it is of another store; this one is %s", id);
        return JC_END;
    }
    if (head->has_position)
        return find_at_position(cli, head, ret_where, reterr);
    if (head->workflow_id.bytes != NULL)
        return find_at_sequence(cli, head, ret_where, reterr);
    return find_anywhere(cli, head, ret_where, reterr);
}
