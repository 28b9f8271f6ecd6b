/* `.jc/mirror.sync`: see synced.h. */
#include "mirror/synced.h"

#include "base/fail.h"
#include "store/store.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#define FILE_SIZE_MAX ((size_t)4 * 1024 * 1024)
#define FILE_SIZE_COMPACT ((size_t)256 * 1024) /* from here on, old lines are dropped at loading */
#define BOOT_SIZE 64

struct jc_synced_entry {
    jc_str workflow_id;
    uint64_t size;
    char boot[BOOT_SIZE];
    struct jc_synced_entry *next;
};

jc_status jc_synced_init(jc_synced *synced, const jc_store *store, jc_error *reterr)
{
    char path[4096];
    *synced = (jc_synced){.ops = store->options.file_ops != NULL ? store->options.file_ops
                                                                 : &jc_file_ops_system,
                          .context = store->options.file_context};
    jc_status status =
        jc_path_join(store->project_dir, ".jc/mirror.sync", path, sizeof path, reterr);
    if (status < 0)
        return status;
    synced->path = strdup(path);
    return synced->path != NULL ? JC_OK : jc_fail_memory(reterr);
}

void jc_synced_release(jc_synced *synced)
{
    jc_arena_release(&synced->arena);
    free(synced->path);
    *synced = (jc_synced){0};
}

static struct jc_synced_entry *entry_of(jc_synced *synced, jc_str workflow_id)
{
    struct jc_synced_entry *entry = jc_map_get(&synced->entries, workflow_id);
    if (entry != NULL)
        return entry;
    entry = jc_arena_get(&synced->arena, sizeof *entry);
    jc_str key = jc_arena_copy(&synced->arena, workflow_id);
    if (entry == NULL || key.bytes == NULL ||
        !jc_map_put(&synced->entries, &synced->arena, key, entry))
        return NULL;
    *entry = (struct jc_synced_entry){.workflow_id = key, .next = synced->first};
    synced->first = entry;
    return entry;
}

/* "BOOT SIZE WORKFLOW .", its newline already cut off. After a power cut a line may be torn or hold
 * zeros: only one that is whole up to its full stop counts. */
static void read_entry(jc_synced *synced, const char *line, size_t length)
{
    char boot[BOOT_SIZE];
    char name[JC_WORKFLOW_ID_SIZE_MAX + 1];
    uint64_t size = 0;
    int end = 0;
    if (sscanf(line, "%63s %" SCNu64 " %128s .%n", boot, &size, name, &end) != 3 ||
        (size_t)end != length || jc_workflow_id_check(jc_str_of(name), NULL) < 0)
        return;
    struct jc_synced_entry *entry = entry_of(synced, jc_str_of(name));
    if (entry == NULL)
        return;
    entry->size = size;
    memcpy(entry->boot, boot, sizeof boot);
}

static void read_whole(const jc_synced *synced, jc_buf *content)
{
    int fd = synced->ops->open(synced->context, synced->path, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0)
        return;
    off_t end = lseek(fd, 0, SEEK_END);
    size_t size = end > 0 && (size_t)end <= FILE_SIZE_MAX ? (size_t)end : 0;
    if (size > 0 && jc_buf_reserve(content, size + 1, NULL) == JC_OK) {
        ssize_t count = jc_file_read_all(synced->ops, synced->context, fd, content->bytes, size, 0);
        content->size = count > 0 ? (size_t)count : 0;
    }
    (void)synced->ops->close(synced->context, fd);
}

/* Write the entries anew. A line that another process adds meanwhile may be lost, which costs it a
 * comparison and nothing else. */
static void compact(const jc_synced *synced)
{
    char beside[4096 + 32];
    JC_AUTO(jc_buf) lines = {0};
    for (const struct jc_synced_entry *entry = synced->first; entry != NULL; entry = entry->next) {
        if (jc_buf_append_format(&lines, NULL, "%s %" PRIu64 " %.*s .\n", entry->boot, entry->size,
                                 (int)entry->workflow_id.size, entry->workflow_id.bytes) < 0)
            return;
    }
    (void)snprintf(beside, sizeof beside, "%s.new-%ld", synced->path, (long)getpid());
    int fd =
        synced->ops->open(synced->context, beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    bool written =
        jc_file_write_all(synced->ops, synced->context, fd, lines.bytes, lines.size, 0) == 0 &&
        synced->ops->sync(synced->context, fd) == 0;
    (void)synced->ops->close(synced->context, fd);
    if (!written || synced->ops->rename(synced->context, beside, synced->path) < 0) {
        (void)unlink(beside);
        return;
    }
    jc_path_folder(synced->path, beside, sizeof beside);
    (void)synced->ops->sync_folder(synced->context, beside);
}

static void load(jc_synced *synced)
{
    if (synced->loaded)
        return;
    synced->loaded = true;
    if (synced->ops->boot_id(synced->context, synced->boot) < 0)
        synced->boot[0] = '\0';
    JC_AUTO(jc_buf) content = {0};
    read_whole(synced, &content);
    for (size_t at = 0; at < content.size;) {
        char *newline = memchr(content.bytes + at, '\n', content.size - at);
        if (newline == NULL)
            break;
        *newline = '\0';
        read_entry(synced, content.bytes + at, (size_t)(newline - content.bytes) - at);
        at = (size_t)(newline - content.bytes) + 1;
    }
    if (content.size > FILE_SIZE_COMPACT)
        compact(synced);
}

void jc_synced_get(jc_synced *synced, jc_str workflow_id, uint64_t *ret_size, bool *ret_this_boot)
{
    load(synced);
    const struct jc_synced_entry *entry = jc_map_get(&synced->entries, workflow_id);
    *ret_size = entry != NULL ? entry->size : 0;
    *ret_this_boot =
        entry != NULL && synced->boot[0] != '\0' && strcmp(entry->boot, synced->boot) == 0;
}

void jc_synced_put(jc_synced *synced, jc_str workflow_id, uint64_t size)
{
    char line[BOOT_SIZE + JC_WORKFLOW_ID_SIZE_MAX + 32];
    load(synced);
    if (synced->boot[0] == '\0')
        return;
    struct jc_synced_entry *entry = entry_of(synced, workflow_id);
    bool less = entry != NULL && size < entry->size;
    if (entry != NULL) {
        entry->size = size;
        memcpy(entry->boot, synced->boot, sizeof entry->boot);
    }
    /* The line before may have been torn: a line starts by ending it. */
    int length = snprintf(line, sizeof line, "\n%s %" PRIu64 " %.*s .\n", synced->boot, size,
                          (int)workflow_id.size, workflow_id.bytes);
    int fd = synced->ops->open(synced->context, synced->path,
                               O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0 || length < 0)
        return;
    /* Not every system appends with pwrite(), so others are kept off meanwhile; it happens rarely. */
    (void)flock(fd, LOCK_EX);
    off_t end = lseek(fd, 0, SEEK_END);
    (void)jc_file_write_all(synced->ops, synced->context, fd, line, (size_t)length,
                            end > 0 ? end : 0);
    /* A line that takes something back must not be lost, or the older one would vouch for a file that
     * is another now. A line that promises more may: then more is compared. */
    if (less)
        (void)synced->ops->sync(synced->context, fd);
    (void)synced->ops->close(synced->context, fd);
}
