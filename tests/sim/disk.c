/* What programs do to the disk: counted, refused when the plan says so, and remembered until a sync
 * makes it durable. disk_cut.c decides what is left of the rest.
 *
 * The call at which the power goes fails, but is remembered like one that went through: it was on its
 * way to the disk, and may have arrived. */
#include "sim/disk_model.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void give_up(const char *what)
{
    fprintf(stderr, "the simulated disk: %s\n", what);
    exit(99);
}

void *jc_disk_room(void *items, size_t item_size, size_t count, size_t *capacity)
{
    if (count < *capacity)
        return items;
    *capacity = *capacity == 0 ? 16 : *capacity * 2;
    items = realloc(items, *capacity * item_size);
    if (items == NULL)
        give_up("out of memory");
    return items;
}

static void add_bytes(jc_buf *buf, const void *bytes, size_t size)
{
    if (jc_buf_append(buf, bytes, size, NULL) < 0)
        give_up("out of memory");
}

bool jc_disk_path_ends(const char *path, const char *end)
{
    size_t path_length = strlen(path);
    size_t end_length = strlen(end);
    return path_length >= end_length && strcmp(path + path_length - end_length, end) == 0;
}

void jc_disk_content_resize(jc_buf *content, uint64_t size)
{
    if (size > content->size) {
        size_t growth = (size_t)size - content->size;
        if (jc_buf_reserve(content, growth, NULL) < 0)
            give_up("out of memory");
        memset(content->bytes + content->size, 0, growth);
    }
    content->size = (size_t)size;
}

void jc_disk_content_write(jc_buf *content, const char *bytes, size_t size, uint64_t offset)
{
    if (size == 0)
        return;
    if (offset + size > content->size)
        jc_disk_content_resize(content, offset + size);
    if (bytes != NULL)
        memcpy(content->bytes + offset, bytes, size);
    else
        memset(content->bytes + offset, 0, size);
}

void jc_disk_change_apply(jc_buf *content, const jc_disk_file *file, const jc_disk_change *change)
{
    if (change->is_truncate)
        jc_disk_content_resize(content, change->offset);
    else
        jc_disk_content_write(content, file->written.bytes + change->bytes_at, change->size,
                              change->offset);
}

void jc_disk_file_settle(jc_disk_file *file)
{
    file->change_count = 0;
    jc_buf_clear(&file->written);
}

static jc_disk_file *new_file(jc_disk *disk)
{
    jc_disk_file *file = calloc(1, sizeof *file);
    if (file == NULL)
        give_up("out of memory");
    file->next = disk->files;
    disk->files = file;
    return file;
}

/* The real file's bytes become the durable ones. */
static void load_file(jc_disk_file *file, const char *path)
{
    FILE *stream = fopen(path, "rb");
    if (stream == NULL)
        give_up("a file cannot be read");
    jc_disk_file_settle(file);
    jc_buf_clear(&file->durable);
    char bytes[16384];
    size_t size;
    while ((size = fread(bytes, 1, sizeof bytes, stream)) > 0)
        add_bytes(&file->durable, bytes, size);
    fclose(stream);
    file->size = file->durable.size;
}

/* The index of a name, which is entered when it is new. */
static size_t name_index(jc_disk *disk, const char *path)
{
    for (size_t i = 0; i < disk->name_count; i++) {
        if (strcmp(disk->names[i].path, path) == 0)
            return i;
    }
    if (strlen(path) >= JC_DISK_PATH_SIZE)
        give_up("a path is too long");
    disk->names =
        jc_disk_room(disk->names, sizeof *disk->names, disk->name_count, &disk->name_capacity);
    jc_disk_name *name = &disk->names[disk->name_count];
    memset(name, 0, sizeof *name);
    strcpy(name->path, path);
    return disk->name_count++;
}

static void add_naming(jc_disk *disk, jc_disk_naming naming)
{
    disk->namings = jc_disk_room(disk->namings, sizeof *disk->namings, disk->naming_count,
                                 &disk->naming_capacity);
    disk->namings[disk->naming_count++] = naming;
}

static bool lies_about(const jc_disk *disk, const char *path)
{
    for (size_t i = 0; i < disk->lie_count; i++) {
        if (jc_disk_path_ends(path, disk->lies[i]))
            return true;
    }
    return false;
}

/* Is the name directly in that folder? */
static bool lies_in(const jc_disk_name *name, const char *folder)
{
    const char *slash = strrchr(name->path, '/');
    size_t length = strlen(folder);
    return slash != NULL && (size_t)(slash - name->path) == length &&
           strncmp(name->path, folder, length) == 0;
}

/* The name means another file, or none, to programs from now on. */
static void rebind(jc_disk_name *name, jc_disk_file *file)
{
    if (name->file != NULL && name->file != file && name->file->synced_size > 0)
        name->unseen++;
    name->file = file;
}

static jc_disk *walked; /* nftw() takes no context */

static int adopt_one(const char *path, const struct stat *facts, int type, struct FTW *walk)
{
    (void)facts;
    (void)walk;
    if (type != FTW_F || jc_disk_path_ends(path, "-shm"))
        return 0;
    size_t index = name_index(walked, path); /* may move the names */
    jc_disk_name *name = &walked->names[index];
    if (name->durable == NULL)
        name->durable = name->file != NULL ? name->file : new_file(walked);
    load_file(name->durable, path);
    name->file = name->durable;
    return 0;
}

static bool is_there(const char *path)
{
    struct stat facts;
    return stat(path, &facts) == 0;
}

void jc_disk_adopt(jc_disk *disk)
{
    for (size_t i = 0; i < disk->name_count; i++) {
        jc_disk_name *name = &disk->names[i];
        name->durable = is_there(name->path) ? name->file : NULL;
        name->file = name->durable;
    }
    disk->naming_count = 0;
    walked = disk;
    if (nftw(disk->folder, adopt_one, 16, FTW_PHYS) != 0)
        give_up("the folder cannot be read");
}

jc_disk *jc_disk_new(const char *folder)
{
    jc_disk *disk = calloc(1, sizeof *disk);
    if (disk == NULL || strlen(folder) >= sizeof disk->folder)
        give_up("no memory, or a path that is too long");
    strcpy(disk->folder, folder);
    jc_disk_adopt(disk);
    return disk;
}

void jc_disk_free(jc_disk *disk)
{
    if (disk == NULL)
        return;
    while (disk->files != NULL) {
        jc_disk_file *file = disk->files;
        disk->files = file->next;
        jc_buf_release(&file->durable);
        jc_buf_release(&file->written);
        free(file->changes);
        free(file);
    }
    free(disk->names);
    free(disk->namings);
    free(disk);
}

void jc_disk_plan(jc_disk *disk, jc_disk_fault fault, uint64_t at)
{
    disk->fault = fault;
    disk->fault_at = at;
    disk->calls = 0;
    disk->struck = false;
}

void jc_disk_mend(jc_disk *disk)
{
    if (disk->fault != JC_DISK_POWER_CUT)
        disk->fault = JC_DISK_SOUND;
}

uint64_t jc_disk_calls(const jc_disk *disk)
{
    return disk->calls;
}

bool jc_disk_struck(const jc_disk *disk)
{
    return disk->struck;
}

bool jc_disk_is_off(const jc_disk *disk)
{
    return disk->struck && disk->fault == JC_DISK_POWER_CUT;
}

void jc_disk_lie(jc_disk *disk, const char *name_end)
{
    if (name_end == NULL) {
        disk->lie_count = 0;
    } else {
        if (disk->lie_count == JC_DISK_LIES_MAX)
            give_up("too many lies");
        disk->lies[disk->lie_count++] = name_end;
    }
    for (size_t i = 0; i < disk->name_count; i++) {
        if (disk->names[i].file != NULL)
            disk->names[i].file->lies = lies_about(disk, disk->names[i].path);
    }
}

/* What matters of a call to the plan. */
enum call_kind {
    CALL_OTHER,
    CALL_GROWS,
    CALL_SYNCS
};

/* Count a call. Returns the errno that it fails with, or 0; *ret_arrives says whether the disk hears
 * of it all the same. */
static int count_call(jc_disk *disk, enum call_kind kind, bool *ret_arrives)
{
    bool was_off = jc_disk_is_off(disk);
    disk->calls++;
    *ret_arrives = false;
    if (was_off)
        return EIO;

    bool due = disk->calls >= disk->fault_at;
    switch (disk->fault) {
    case JC_DISK_POWER_CUT:
        disk->struck = due;
        *ret_arrives = true;
        return due ? EIO : 0;
    case JC_DISK_ERROR:
    case JC_DISK_BROKEN:
        if (due && (disk->fault == JC_DISK_BROKEN || !disk->struck)) {
            disk->struck = true;
            return EIO;
        }
        break;
    case JC_DISK_FULL:
    case JC_DISK_FULL_AT_SYNC:
        if (due && kind == (disk->fault == JC_DISK_FULL ? CALL_GROWS : CALL_SYNCS)) {
            disk->struck = true;
            return ENOSPC;
        }
        break;
    case JC_DISK_SOUND:
        break;
    }
    *ret_arrives = true;
    return 0;
}

static bool has_folder(const char *path)
{
    char folder[JC_DISK_PATH_SIZE];
    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (slash != NULL)
        *slash = '\0';
    return slash != NULL && is_there(folder);
}

int jc_disk_open(jc_disk *disk, const char *path, bool create, jc_disk_file **ret_file)
{
    size_t index = name_index(disk, path);
    jc_disk_name *name = &disk->names[index];
    bool exists = is_there(path);
    if (!exists && name->file != NULL)
        name->file = NULL;
    bool arrives;
    int failure = count_call(disk, create && !exists ? CALL_GROWS : CALL_OTHER, &arrives);
    if (!arrives)
        return failure;
    if (!exists && (!create || !has_folder(path)))
        return failure != 0 ? failure : ENOENT;

    if (exists && name->file == NULL) {
        /* Somebody made it without telling the disk: then it is as good as durable. */
        name->file = new_file(disk);
        name->durable = name->file;
        load_file(name->file, path);
    } else if (!exists) {
        rebind(name, new_file(disk));
        add_naming(disk, (jc_disk_naming){JC_DISK_CREATE, index, 0, name->file});
    }
    name->file->lies = lies_about(disk, path);
    *ret_file = name->file;
    return failure;
}

static void add_change(jc_disk_file *file, jc_disk_change change)
{
    file->changes = jc_disk_room(file->changes, sizeof *file->changes, file->change_count,
                                 &file->change_capacity);
    file->changes[file->change_count++] = change;
}

/* A change at `offset` takes back what a sync had promised to readers. */
static void note_unseen(jc_disk *disk, const jc_disk_file *file, uint64_t offset)
{
    if (offset >= file->synced_size)
        return;
    for (size_t i = 0; i < disk->name_count; i++) {
        if (disk->names[i].file == file)
            disk->names[i].unseen++;
    }
}

int jc_disk_write(jc_disk *disk, jc_disk_file *file, const void *bytes, size_t size,
                  uint64_t offset, size_t *ret_size)
{
    bool arrives;
    bool grows = offset + size > file->size;
    int failure = count_call(disk, grows ? CALL_GROWS : CALL_OTHER, &arrives);
    size_t written = size;
    if (failure == ENOSPC && size > 1 && disk->calls == disk->fault_at) {
        /* The write that meets the end of the disk still fills what was left. */
        written = size / 2;
        failure = 0;
        arrives = true;
    }
    if (!arrives)
        return failure;

    note_unseen(disk, file, offset);
    add_change(file, (jc_disk_change){false, offset, written, file->written.size});
    add_bytes(&file->written, bytes, written);
    if (failure == 0 && offset + written > file->size)
        file->size = offset + written;
    *ret_size = written;
    return failure;
}

int jc_disk_truncate(jc_disk *disk, jc_disk_file *file, uint64_t size)
{
    bool arrives;
    int failure = count_call(disk, CALL_OTHER, &arrives);
    if (!arrives)
        return failure;
    note_unseen(disk, file, size);
    add_change(file, (jc_disk_change){true, size, 0, 0});
    if (failure == 0)
        file->size = size;
    return failure;
}

int jc_disk_sync(jc_disk *disk, jc_disk_file *file)
{
    bool arrives;
    int failure = count_call(disk, CALL_SYNCS, &arrives);
    if (failure != 0 || file->lies)
        return failure;
    for (size_t i = 0; i < file->change_count; i++)
        jc_disk_change_apply(&file->durable, file, &file->changes[i]);
    jc_disk_file_settle(file);
    file->synced_size = file->durable.size;
    return 0;
}

int jc_disk_rename(jc_disk *disk, const char *from, const char *to)
{
    size_t from_index = name_index(disk, from);
    size_t to_index = name_index(disk, to);
    jc_disk_file *file = disk->names[from_index].file;
    bool arrives;
    int failure = count_call(disk, CALL_OTHER, &arrives);
    if (!arrives || file == NULL)
        return failure != 0 ? failure : ENOENT;
    add_naming(disk, (jc_disk_naming){JC_DISK_RENAME, from_index, to_index, file});
    if (failure == 0) {
        rebind(&disk->names[from_index], NULL);
        rebind(&disk->names[to_index], file);
        file->lies = lies_about(disk, to);
    }
    return failure;
}

int jc_disk_remove(jc_disk *disk, const char *path)
{
    size_t index = name_index(disk, path);
    jc_disk_file *file = disk->names[index].file;
    bool arrives;
    int failure = count_call(disk, CALL_OTHER, &arrives);
    if (!arrives || file == NULL)
        return failure;
    add_naming(disk, (jc_disk_naming){JC_DISK_REMOVE, index, 0, file});
    if (failure == 0)
        rebind(&disk->names[index], NULL);
    return failure;
}

int jc_disk_sync_folder(jc_disk *disk, const char *path)
{
    bool arrives;
    int failure = count_call(disk, CALL_SYNCS, &arrives);
    if (failure != 0)
        return failure;
    for (size_t i = 0; i < disk->name_count; i++) {
        if (lies_in(&disk->names[i], path))
            disk->names[i].durable = disk->names[i].file;
    }
    size_t kept = 0;
    for (size_t i = 0; i < disk->naming_count; i++) {
        if (!lies_in(&disk->names[disk->namings[i].name], path))
            disk->namings[kept++] = disk->namings[i];
    }
    disk->naming_count = kept;
    return 0;
}

uint64_t jc_disk_size(const jc_disk_file *file)
{
    return file->size;
}

uint64_t jc_disk_unseen(const jc_disk *disk, const char *name_end)
{
    uint64_t total = 0;
    for (size_t i = 0; i < disk->name_count; i++) {
        if (jc_disk_path_ends(disk->names[i].path, name_end))
            total += disk->names[i].unseen;
    }
    return total;
}
