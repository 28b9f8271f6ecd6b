/* One mirror file: see file.h. */
#include "mirror/file.h"

#include "base/clock.h"
#include "base/fail.h"
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#define LOCK_NAP_US_MIN 50
#define LOCK_NAP_US_MAX 2000

jc_status jc_mirror_path(const char *project_dir, jc_str workflow_id, const char *name,
                         char ret[JC_PATH_SIZE_MAX], jc_error *reterr)
{
    int size = snprintf(ret, JC_PATH_SIZE_MAX, "%s/agents/%.*s/%s", project_dir,
                        (int)workflow_id.size, workflow_id.bytes, name);
    if (size < 0 || size >= JC_PATH_SIZE_MAX)
        return jc_fail(reterr, JC_EINVAL, "the path of the mirror in %s is too long", project_dir);
    return JC_OK;
}

jc_status jc_mirror_file_init(jc_mirror_file *file, const jc_store *store, jc_str workflow_id,
                              jc_error *reterr)
{
    const jc_options *options = &store->options;
    *file =
        (jc_mirror_file){.ops = options->file_ops != NULL ? options->file_ops : &jc_file_ops_system,
                         .context = options->file_context,
                         .fd = -1};
    return jc_mirror_path(store->project_dir, workflow_id, "events.jsonl", file->path, reterr);
}

static jc_status make_folder_of(const char *path, jc_error *reterr)
{
    char folder[JC_PATH_SIZE_MAX];
    jc_path_folder(path, folder, sizeof folder);
    return jc_folder_make(folder, 0700, reterr);
}

jc_status jc_mirror_file_open(jc_mirror_file *file, jc_error *reterr)
{
    if (file->fd >= 0)
        return JC_OK;
    /* A link in a cloned repository could lead anywhere, so none is followed. */
    const int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
    int fd = file->ops->open(file->context, file->path, flags, 0600);
    if (fd < 0 && errno == ENOENT) {
        jc_status status = make_folder_of(file->path, reterr);
        if (status < 0)
            return status;
        fd = file->ops->open(file->context, file->path, flags, 0600);
    }
    if (fd < 0)
        return jc_fail_errno(reterr, errno, "cannot open the mirror %s", file->path);
    jc_file_facts facts;
    bool seen = jc_file_look(fd, &facts);
    int look_errno = errno;
    if (!seen || !facts.is_regular) {
        (void)file->ops->close(file->context, fd);
        return seen ? jc_fail(reterr, JC_EIO, "the mirror %s is not a file", file->path)
                    : jc_fail_errno(reterr, look_errno, "cannot look at the mirror %s", file->path);
    }
    file->fd = fd;
    file->device = facts.device;
    file->inode = facts.inode;
    return JC_OK;
}

/* Does the path still lead to the open file? Then its size is noted too. */
static bool is_same_file(jc_mirror_file *file)
{
    jc_file_facts facts;
    if (!jc_path_look(file->path, &facts) || facts.inode != file->inode ||
        facts.device != file->device)
        return false;
    file->size = facts.size;
    return true;
}

/* flock() has no time-out of its own, so it is tried until the deadline. */
static jc_status lock_fd(const jc_mirror_file *file, int64_t deadline_us, jc_error *reterr)
{
    int64_t nap_us = LOCK_NAP_US_MIN;
    while (flock(file->fd, LOCK_EX | LOCK_NB) < 0) {
        if (errno == EINTR)
            continue;
        if (errno != EWOULDBLOCK)
            return jc_fail_errno(reterr, errno, "cannot lock the mirror %s", file->path);
        if (jc_clock_monotonic_us() >= deadline_us)
            return jc_fail(reterr, JC_EBUSY, "another process holds the mirror %s", file->path);
        jc_clock_sleep_us(nap_us);
        nap_us = nap_us * 2 < LOCK_NAP_US_MAX ? nap_us * 2 : LOCK_NAP_US_MAX;
    }
    return JC_OK;
}

jc_status jc_mirror_file_lock(jc_mirror_file *file, int timeout_ms, bool *ret_fresh,
                              jc_error *reterr)
{
    int64_t deadline_us = jc_clock_monotonic_us() + (int64_t)timeout_ms * 1000;
    *ret_fresh = false;
    for (;;) {
        *ret_fresh = *ret_fresh || file->fd < 0;
        jc_status status = jc_mirror_file_open(file, reterr);
        if (status == JC_OK)
            status = lock_fd(file, deadline_us, reterr);
        if (status < 0)
            return status;
        file->locked = true;
        if (is_same_file(file))
            return JC_OK;
        jc_mirror_file_close(file);
    }
}

void jc_mirror_file_unlock(jc_mirror_file *file)
{
    if (file->locked)
        (void)flock(file->fd, LOCK_UN);
    file->locked = false;
}

void jc_mirror_file_close(jc_mirror_file *file)
{
    if (file->fd >= 0 && file->ops != NULL) {
        jc_mirror_file_unlock(file);
        (void)file->ops->close(file->context, file->fd);
    }
    file->fd = -1;
}

jc_status jc_mirror_file_size(const jc_mirror_file *file, uint64_t *ret_size, jc_error *reterr)
{
    jc_file_facts facts;
    if (!jc_file_look(file->fd, &facts))
        return jc_fail_errno(reterr, errno, "the mirror %s", file->path);
    *ret_size = facts.size;
    return JC_OK;
}

jc_status jc_mirror_file_write(const jc_mirror_file *file, uint64_t offset, jc_str bytes,
                               jc_error *reterr)
{
    if (jc_file_write_all(file->ops, file->context, file->fd, bytes.bytes, bytes.size,
                          (off_t)offset) < 0)
        return jc_fail_errno(reterr, errno, "cannot write the mirror %s", file->path);
    return JC_OK;
}

jc_status jc_mirror_file_read(const jc_mirror_file *file, uint64_t offset, size_t size, jc_buf *buf,
                              jc_error *reterr)
{
    jc_buf_clear(buf);
    jc_status status = jc_buf_reserve(buf, size, reterr);
    if (status < 0)
        return status;
    ssize_t count =
        jc_file_read_all(file->ops, file->context, file->fd, buf->bytes, size, (off_t)offset);
    if (count < 0)
        return jc_fail_errno(reterr, errno, "cannot read the mirror %s", file->path);
    buf->size = (size_t)count;
    return JC_OK;
}

jc_status jc_mirror_file_cut(const jc_mirror_file *file, uint64_t size, jc_error *reterr)
{
    if (file->ops->truncate(file->context, file->fd, (off_t)size) < 0)
        return jc_fail_errno(reterr, errno, "cannot cut the mirror %s", file->path);
    return JC_OK;
}

jc_status jc_mirror_file_sync(const jc_mirror_file *file, jc_error *reterr)
{
    if (file->ops->sync(file->context, file->fd) < 0)
        return jc_fail_errno(reterr, errno, "cannot sync the mirror %s", file->path);
    return JC_OK;
}
