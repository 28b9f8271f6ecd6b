/* What is left when the power goes.
 *
 * For every file: the durable content, and of the changes since either all, none, those up to a
 * moment, or any of them in any mixture, each whole, torn at a sector, torn at a byte, or gone with
 * only the growth left as zeros. A write touches no byte outside its own range, and zeros appear only
 * beyond the durable length: what disks and file systems of today promise, and SQLite relies on
 * (SQLITE_IOCAP_POWERSAFE_OVERWRITE).
 *
 * For the names of every folder: the durable ones, and of the changes since again all, none, those up
 * to a moment, or any; a rename happens wholly or not at all. */
#include "sim/disk_model.h"

#include "sim/random.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECTOR_SIZE 512
#define PAGE_SIZE 4096

typedef enum cut_fate {
    FATE_ALL,
    FATE_NONE,
    FATE_PREFIX,
    FATE_MIXTURE
} cut_fate;

static cut_fate choose_fate(jc_random *random)
{
    uint64_t number = jc_random_below(random, 10);
    return number < 2 ? FATE_ALL : number < 4 ? FATE_NONE : number < 6 ? FATE_PREFIX : FATE_MIXTURE;
}

/* Which of `count` changes survive under this fate: a moment for a prefix. */
static bool survives(jc_random *random, cut_fate fate, size_t i, size_t moment)
{
    switch (fate) {
    case FATE_ALL:
        return true;
    case FATE_NONE:
        return false;
    case FATE_PREFIX:
        return i < moment;
    case FATE_MIXTURE:
        break;
    }
    return jc_random_chance(random, 50);
}

/* Each unit of the write (a sector, a page), aligned in the file, arrives or not; what did not arrive
 * beyond the durable length becomes zeros when `grows`. */
static void apply_in_pieces(jc_random *random, jc_buf *content, const jc_disk_file *file,
                            const jc_disk_change *change, uint64_t unit, bool grows)
{
    const char *bytes = file->written.bytes + change->bytes_at;
    uint64_t end = change->offset + change->size;
    for (uint64_t at = change->offset; at < end;) {
        uint64_t next = (at / unit + 1) * unit;
        if (next > end)
            next = end;
        if (jc_random_chance(random, 50))
            jc_disk_content_write(content, bytes + (at - change->offset), (size_t)(next - at), at);
        else if (grows && at >= file->durable.size)
            jc_disk_content_write(content, NULL, (size_t)(next - at), at);
        at = next;
    }
}

/* The write arrives damaged in one of the ways that writes are. */
static void apply_torn(jc_random *random, jc_buf *content, const jc_disk_file *file,
                       const jc_disk_change *change)
{
    jc_disk_change part = *change;
    switch (jc_random_below(random, 4)) {
    case 0:
        apply_in_pieces(random, content, file, change, SECTOR_SIZE, false);
        return;
    case 1:
        apply_in_pieces(random, content, file, change, PAGE_SIZE, true);
        return;
    case 2: /* its beginning, to some byte */
        part.size = (size_t)jc_random_below(random, change->size + 1);
        break;
    default: /* its end, from some byte */
        part.size = (size_t)jc_random_below(random, change->size + 1);
        part.offset += change->size - part.size;
        part.bytes_at += change->size - part.size;
        break;
    }
    jc_disk_change_apply(content, file, &part);
}

static void apply_lost(jc_random *random, jc_buf *content, const jc_disk_file *file,
                       const jc_disk_change *change)
{
    if (change->is_truncate || !jc_random_chance(random, 30))
        return;
    /* The length arrived, the bytes did not. */
    uint64_t end = change->offset + change->size;
    if (end > content->size && end > file->durable.size)
        jc_disk_content_resize(content, end);
}

static void cut_file(jc_random *random, jc_disk_file *file)
{
    cut_fate fate = choose_fate(random);
    size_t moment = (size_t)jc_random_below(random, file->change_count + 1);
    jc_buf content = {0};
    jc_disk_content_write(&content, file->durable.bytes, file->durable.size, 0);
    for (size_t i = 0; i < file->change_count; i++) {
        const jc_disk_change *change = &file->changes[i];
        bool torn =
            !change->is_truncate && ((fate == FATE_PREFIX && i == moment) ||
                                     (fate == FATE_MIXTURE && jc_random_chance(random, 40)));
        if (torn)
            apply_torn(random, &content, file, change);
        else if (survives(random, fate, i, moment))
            jc_disk_change_apply(&content, file, change);
        else if (fate == FATE_MIXTURE)
            apply_lost(random, &content, file, change);
    }
    jc_buf_release(&file->durable);
    file->durable = content;
    file->size = content.size;
    jc_disk_file_settle(file);
}

static void apply_naming(jc_disk *disk, const jc_disk_naming *naming)
{
    jc_disk_name *name = &disk->names[naming->name];
    switch (naming->kind) {
    case JC_DISK_CREATE: /* only where the name is free: its removal may not have arrived */
        if (name->durable == NULL)
            name->durable = naming->file;
        break;
    case JC_DISK_RENAME:
        if (name->durable == naming->file)
            name->durable = NULL;
        disk->names[naming->to].durable = naming->file;
        break;
    case JC_DISK_REMOVE:
        if (name->durable == naming->file)
            name->durable = NULL;
        break;
    }
}

static void cut_names(jc_random *random, jc_disk *disk)
{
    cut_fate fate = choose_fate(random);
    size_t moment = (size_t)jc_random_below(random, disk->naming_count + 1);
    for (size_t i = 0; i < disk->naming_count; i++) {
        if (survives(random, fate, i, moment))
            apply_naming(disk, &disk->namings[i]);
    }
    disk->naming_count = 0;
}

/* Another name in its folder may have been lost, and the folder with it. */
static void make_folder(const char *path)
{
    char folder[JC_DISK_PATH_SIZE];
    strcpy(folder, path);
    *strrchr(folder, '/') = '\0';
    (void)mkdir(folder, 0700);
}

static void write_real(const char *path, const jc_buf *content)
{
    make_folder(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    size_t done = 0;
    while (fd >= 0 && done < content->size) {
        ssize_t written = pwrite(fd, content->bytes + done, content->size - done, (off_t)done);
        if (written <= 0)
            break;
        done += (size_t)written;
    }
    if (fd < 0 || done < content->size) {
        fprintf(stderr, "the simulated disk: cannot write %s: %s\n", path, strerror(errno));
        exit(99);
    }
    close(fd);
}

/* SQLite's index of the write-ahead log is memory, and gone with the power. */
static void remove_shared_memory(const char *path)
{
    char shared[JC_DISK_PATH_SIZE + 8];
    snprintf(shared, sizeof shared, "%s-shm", path);
    (void)unlink(shared);
}

/* The name of a new folder may be lost together with the only file in it. */
static void remove_folder(const char *path)
{
    char folder[JC_DISK_PATH_SIZE];
    strcpy(folder, path);
    *strrchr(folder, '/') = '\0';
    (void)rmdir(folder);
}

/* Each name has numbers of its own, so that the order in which a folder lists them does not matter. */
static jc_random random_of(const jc_disk_name *name, uint64_t seed)
{
    const char *base = strrchr(name->path, '/');
    const char *parent = base;
    while (parent > name->path && parent[-1] != '/')
        parent--;
    uint64_t hash = seed;
    for (; *parent != '\0'; parent++)
        hash = jc_random_mix(hash, (unsigned char)*parent);
    return (jc_random){.state = hash};
}

static void cut_named_file(const jc_disk_name *name, jc_disk_file *file, uint64_t seed)
{
    if (file == NULL || file->change_count == 0)
        return;
    jc_random random = random_of(name, seed);
    cut_file(&random, file);
}

void jc_disk_power_cut(jc_disk *disk, uint64_t seed)
{
    for (size_t i = 0; i < disk->name_count; i++) {
        cut_named_file(&disk->names[i], disk->names[i].file, seed);
        cut_named_file(&disk->names[i], disk->names[i].durable, seed + 1);
    }
    jc_random random = {.state = seed};
    cut_names(&random, disk);
    for (size_t i = 0; i < disk->name_count; i++) {
        (void)unlink(disk->names[i].path);
        remove_shared_memory(disk->names[i].path);
    }
    for (size_t i = 0; i < disk->name_count; i++) {
        jc_disk_name *name = &disk->names[i];
        random = random_of(name, seed + 2);
        name->file = name->durable;
        if (name->file != NULL)
            write_real(name->path, &name->file->durable);
        else if (jc_random_chance(&random, 50))
            remove_folder(name->path);
    }
    jc_disk_plan(disk, JC_DISK_SOUND, 0);
}
