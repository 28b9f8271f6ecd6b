/* Each call asks the simulated disk, then does the same to the real file. Syncs are the disk's alone. */
#include "sim/sim_files.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

static int answer(int failure)
{
    if (failure == 0)
        return 0;
    errno = failure;
    return -1;
}

/* A folder, opened to be locked or synced, is none of the disk's files. */
static struct jc_sim_open *open_of(jc_sim_files *files, int fd)
{
    static struct jc_sim_open none;
    return fd >= 0 && (size_t)fd < sizeof files->open / sizeof *files->open ? &files->open[fd]
                                                                            : &none;
}

static int sim_open(void *context, const char *path, int flags, mode_t mode)
{
    jc_sim_files *files = context;
    jc_disk_file *file = NULL;
    if ((flags & O_DIRECTORY) == 0) {
        int failure = jc_disk_open(files->disk, path, (flags & O_CREAT) != 0, &file);
        if (failure == 0 && (flags & O_TRUNC) != 0)
            failure = jc_disk_truncate(files->disk, file, 0);
        if (failure != 0)
            return answer(failure);
    }
    int fd = open(path, flags | O_CLOEXEC, mode);
    *open_of(files, fd) = (struct jc_sim_open){file, (flags & O_APPEND) != 0};
    return fd;
}

static ssize_t sim_pread(void *context, int fd, void *bytes, size_t size, off_t offset)
{
    jc_sim_files *files = context;
    if (jc_disk_is_off(files->disk))
        return answer(EIO);
    return pread(fd, bytes, size, offset);
}

static ssize_t sim_pwrite(void *context, int fd, const void *bytes, size_t size, off_t offset)
{
    jc_sim_files *files = context;
    const struct jc_sim_open *open = open_of(files, fd);
    size_t written = size;
    if (open->file != NULL) {
        uint64_t at = open->appends ? jc_disk_size(open->file) : (uint64_t)offset;
        int failure = jc_disk_write(files->disk, open->file, bytes, size, at, &written);
        if (failure != 0)
            return answer(failure);
    }
    return pwrite(fd, bytes, written, offset);
}

static int sim_truncate(void *context, int fd, off_t size)
{
    jc_sim_files *files = context;
    jc_disk_file *file = open_of(files, fd)->file;
    int failure = file != NULL ? jc_disk_truncate(files->disk, file, (uint64_t)size) : 0;
    return failure != 0 ? answer(failure) : ftruncate(fd, size);
}

static int sim_sync(void *context, int fd)
{
    jc_sim_files *files = context;
    jc_disk_file *file = open_of(files, fd)->file;
    return file != NULL ? answer(jc_disk_sync(files->disk, file)) : 0;
}

static int sim_rename(void *context, const char *from, const char *to)
{
    jc_sim_files *files = context;
    int failure = jc_disk_rename(files->disk, from, to);
    return failure != 0 ? answer(failure) : rename(from, to);
}

static int sim_sync_folder(void *context, const char *path)
{
    jc_sim_files *files = context;
    return answer(jc_disk_sync_folder(files->disk, path));
}

static int sim_close(void *context, int fd)
{
    *open_of(context, fd) = (struct jc_sim_open){0};
    return close(fd);
}

static int sim_boot_id(void *context, char ret_text[64])
{
    const jc_sim_files *files = context;
    snprintf(ret_text, 64, "simulated-boot-%" PRIu64, files->boot);
    return 0;
}

const jc_file_ops jc_sim_file_ops = {
    .open = sim_open,
    .pread = sim_pread,
    .pwrite = sim_pwrite,
    .truncate = sim_truncate,
    .sync = sim_sync,
    .rename = sim_rename,
    .sync_folder = sim_sync_folder,
    .close = sim_close,
    .boot_id = sim_boot_id,
};
