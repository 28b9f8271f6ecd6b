/* Files: the system's calls as a table, and helpers for whole files. */
#include "base/files.h"

#include "base/fail.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#ifdef __linux__
#include <sys/sysmacros.h>
#else
#include <sys/sysctl.h>
#include <sys/time.h>
#endif
#include <time.h>
#include <unistd.h>

static int system_open(void *context, const char *path, int flags, mode_t mode)
{
    (void)context;
    return open(path, flags | O_CLOEXEC, mode);
}

static ssize_t system_pread(void *context, int fd, void *bytes, size_t size, off_t offset)
{
    (void)context;
    return pread(fd, bytes, size, offset);
}

static ssize_t system_pwrite(void *context, int fd, const void *bytes, size_t size, off_t offset)
{
    (void)context;
    return pwrite(fd, bytes, size, offset);
}

static int system_truncate(void *context, int fd, off_t size)
{
    (void)context;
    return ftruncate(fd, size);
}

/* What has been written is on the disk when this returns. On macOS fsync() leaves it in the drive. */
static int sync_data(int fd)
{
#if defined(__APPLE__)
    return fcntl(fd, F_FULLFSYNC) == 0 ? 0 : fsync(fd);
#else
    return fdatasync(fd);
#endif
}

static int system_sync(void *context, int fd)
{
    (void)context;
    return sync_data(fd);
}

static int system_rename(void *context, const char *from, const char *to)
{
    (void)context;
    return rename(from, to);
}

static int system_sync_folder(void *context, const char *path)
{
    (void)context;
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    int result = fsync(fd);
    int error_number = errno;
    close(fd);
    errno = error_number;
    /* Some file systems have no such thing as a folder that can be synced. */
    return result < 0 && (errno == EINVAL || errno == ENOTSUP) ? 0 : result;
}

static int system_close(void *context, int fd)
{
    (void)context;
    return close(fd);
}

#if defined(__APPLE__) || defined(__FreeBSD__) || defined(__NetBSD__) || defined(__OpenBSD__)
/* These have no id of a boot, but know when it was. */
static int system_boot_id(void *context, char ret_text[64])
{
    struct timeval boot;
    size_t size = sizeof boot;
    int name[] = {CTL_KERN, KERN_BOOTTIME};
    (void)context;
    if (sysctl(name, 2, &boot, &size, NULL, 0) < 0)
        return -1;
    (void)snprintf(ret_text, 64, "boot-%lld", (long long)boot.tv_sec);
    return 0;
}
#else
static int system_boot_id(void *context, char ret_text[64])
{
    (void)context;
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    ssize_t size = read(fd, ret_text, 63);
    close(fd);
    if (size <= 0)
        return -1;
    ret_text[size] = '\0';
    ret_text[strcspn(ret_text, "\n")] = '\0';
    return 0;
}
#endif

const jc_file_ops jc_file_ops_system = {
    .open = system_open,
    .pread = system_pread,
    .pwrite = system_pwrite,
    .truncate = system_truncate,
    .sync = system_sync,
    .rename = system_rename,
    .sync_folder = system_sync_folder,
    .close = system_close,
    .boot_id = system_boot_id,
};

static jc_file_facts facts_of(const struct stat *facts)
{
    return (jc_file_facts){.device = (uint64_t)facts->st_dev,
                           .inode = (uint64_t)facts->st_ino,
                           .size = (uint64_t)facts->st_size,
                           .is_regular = S_ISREG(facts->st_mode)};
}

/* The same with its times. */
static bool look_at_all(int fd, const char *path, jc_file_facts *ret_facts)
{
    struct stat facts;
    int result = path[0] != '\0' ? stat(path, &facts) : fstat(fd, &facts);
    if (result == 0)
        *ret_facts = facts_of(&facts);
    return result == 0;
}

#ifdef STATX_INO
static bool look(int fd, const char *path, int flags, jc_file_facts *ret_facts)
{
    struct statx facts;
    if (statx(fd, path, flags, STATX_TYPE | STATX_INO | STATX_SIZE, &facts) < 0) {
        /* Old kernels do not have the call, and some containers forbid it. */
        bool refused = errno == ENOSYS || errno == EPERM || errno == EINVAL;
        return refused && look_at_all(fd, path, ret_facts);
    }
    *ret_facts = (jc_file_facts){.device = makedev(facts.stx_dev_major, facts.stx_dev_minor),
                                 .inode = facts.stx_ino,
                                 .size = facts.stx_size,
                                 .is_regular = S_ISREG(facts.stx_mode)};
    return true;
}

bool jc_file_look(int fd, jc_file_facts *ret_facts)
{
    return look(fd, "", AT_EMPTY_PATH, ret_facts);
}

bool jc_path_look(const char *path, jc_file_facts *ret_facts)
{
    return look(AT_FDCWD, path, 0, ret_facts);
}
#else
bool jc_file_look(int fd, jc_file_facts *ret_facts)
{
    return look_at_all(fd, "", ret_facts);
}

bool jc_path_look(const char *path, jc_file_facts *ret_facts)
{
    return look_at_all(-1, path, ret_facts);
}
#endif

int jc_file_write_all(const jc_file_ops *ops, void *context, int fd, const void *bytes, size_t size,
                      off_t offset)
{
    const char *next = bytes;
    while (size > 0) {
        ssize_t written = ops->pwrite(context, fd, next, size, offset);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0) {
            if (written == 0)
                errno = ENOSPC;
            return -1;
        }
        next += written;
        size -= (size_t)written;
        offset += written;
    }
    return 0;
}

ssize_t jc_file_read_all(const jc_file_ops *ops, void *context, int fd, void *bytes, size_t size,
                         off_t offset)
{
    char *next = bytes;
    size_t total = 0;
    while (total < size) {
        ssize_t count = ops->pread(context, fd, next + total, size - total, offset + (off_t)total);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return -1;
        if (count == 0)
            break;
        total += (size_t)count;
    }
    return (ssize_t)total;
}

static jc_status read_fd(int fd, const char *path, size_t size_max, jc_buf *buf, jc_error *reterr)
{
    size_t start = buf->size;
    for (;;) {
        jc_status status = jc_buf_reserve(buf, 8192, reterr);
        if (status < 0)
            return status;
        ssize_t count = read(fd, buf->bytes + buf->size, buf->capacity - buf->size);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return jc_fail_errno(reterr, errno, "cannot read %s", path);
        if (count == 0)
            return JC_OK;
        buf->size += (size_t)count;
        if (buf->size - start > size_max)
            return jc_fail(reterr, JC_EINVAL, "%s has more than %zu bytes", path, size_max);
    }
}

jc_status jc_file_read(const char *path, size_t size_max, jc_buf *buf, jc_error *reterr)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return jc_fail_errno(reterr, errno, "cannot open %s", path);
    jc_status status = read_fd(fd, path, size_max, buf, reterr);
    close(fd);
    return status;
}

static jc_status write_new_file(const char *path, mode_t mode, jc_str content, jc_error *reterr)
{
    const jc_file_ops *ops = &jc_file_ops_system;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (fd < 0)
        return jc_fail_errno(reterr, errno, "cannot make %s", path);
    jc_status status = JC_OK;
    if (jc_file_write_all(ops, NULL, fd, content.bytes, content.size, 0) < 0 || sync_data(fd) < 0)
        status = jc_fail_errno(reterr, errno, "cannot write %s", path);
    if (close(fd) < 0 && status == JC_OK)
        status = jc_fail_errno(reterr, errno, "cannot write %s", path);
    return status;
}

jc_status jc_file_replace(const char *path, mode_t mode, jc_str content, jc_error *reterr)
{
    char beside[PATH_MAX];
    int size = snprintf(beside, sizeof beside, "%s.new-%ld", path, (long)getpid());
    if (size < 0 || (size_t)size >= sizeof beside)
        return jc_fail(reterr, JC_EINVAL, "the path %s is too long", path);
    jc_status status = write_new_file(beside, mode, content, reterr);
    if (status == JC_OK && rename(beside, path) < 0)
        status = jc_fail_errno(reterr, errno, "cannot replace %s", path);
    if (status < 0) {
        (void)unlink(beside);
        return status;
    }
    jc_path_folder(path, beside, sizeof beside);
    return jc_folder_sync(beside, reterr);
}

jc_status jc_file_publish(const char *made, const char *path, jc_error *reterr)
{
    char folder[PATH_MAX];
    if (link(made, path) < 0) {
        /* Some file systems have no links; there, of two makers, the second is caught by a look. */
        if (errno == EEXIST || access(path, F_OK) == 0)
            return jc_fail(reterr, JC_EEXISTS, "%s exists", path);
        if (rename(made, path) < 0)
            return jc_fail_errno(reterr, errno, "cannot make %s", path);
    }
    jc_path_folder(path, folder, sizeof folder);
    return jc_folder_sync(folder, reterr);
}

jc_status jc_path_join(const char *dir, const char *name, char *ret, size_t ret_size,
                       jc_error *reterr)
{
    size_t length = strlen(dir);
    const char *slash = length > 0 && dir[length - 1] == '/' ? "" : "/";
    int size = snprintf(ret, ret_size, "%s%s%s", dir, slash, name);
    if (size < 0 || (size_t)size >= ret_size)
        return jc_fail(reterr, JC_EINVAL, "the path %s%s%s is too long", dir, slash, name);
    return JC_OK;
}

jc_status jc_folder_make(const char *path, mode_t mode, jc_error *reterr)
{
    char partial[PATH_MAX];
    size_t length = strlen(path);
    if (length == 0 || length >= sizeof partial)
        return jc_fail(reterr, JC_EINVAL, "the path %s is too long", path);
    memcpy(partial, path, length + 1);
    for (size_t i = 1; i <= length; i++) {
        if (partial[i] != '/' && partial[i] != '\0')
            continue;
        char kept = partial[i];
        partial[i] = '\0';
        if (mkdir(partial, mode) < 0 && errno != EEXIST) {
            /* A parent that exists may refuse with another word than EEXIST (read-only, no access). */
            struct stat facts;
            int error_number = errno;
            if (stat(partial, &facts) < 0 || !S_ISDIR(facts.st_mode))
                return jc_fail_errno(reterr, error_number, "cannot make the folder %s", partial);
        }
        partial[i] = kept;
    }
    struct stat facts;
    if (stat(path, &facts) < 0 || !S_ISDIR(facts.st_mode))
        return jc_fail_errno(reterr, ENOTDIR, "cannot make the folder %s", path);
    return JC_OK;
}

jc_status jc_folder_sync(const char *path, jc_error *reterr)
{
    if (system_sync_folder(NULL, path) < 0)
        return jc_fail_errno(reterr, errno, "cannot sync the folder %s", path);
    return JC_OK;
}

void jc_path_folder(const char *path, char *ret, size_t ret_size)
{
    (void)snprintf(ret, ret_size, "%s", path);
    char *slash = strrchr(ret, '/');
    if (slash == NULL)
        (void)snprintf(ret, ret_size, ".");
    else
        slash[slash == ret ? 1 : 0] = '\0';
}

void jc_path_keep(const char *path, const char *tag, char *ret, size_t ret_size)
{
    time_t now = time(NULL);
    struct tm utc;
    char moment[32];
    (void)strftime(moment, sizeof moment, "%Y-%m-%dT%H-%M-%S", gmtime_r(&now, &utc));
    (void)snprintf(ret, ret_size, "%s.%s-%s", path, tag, moment);
    for (int i = 1; access(ret, F_OK) == 0; i++)
        (void)snprintf(ret, ret_size, "%s.%s-%s-%d", path, tag, moment, i);
}
