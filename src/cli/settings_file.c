/* A settings file on disk. See settings_file.h. */
#include "cli/settings_file.h"

#include "base/fail.h"
#include "base/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SIZE_MAX_HERE ((size_t)16 * 1024 * 1024)

void jc_settings_file_release(jc_settings_file *file)
{
    jc_buf_release(&file->content);
    file->exists = false;
}

jc_str jc_settings_file_text(const jc_settings_file *file)
{
    return file->exists ? jc_buf_str(&file->content) : (jc_str){0};
}

static jc_status find_target(const char *path, jc_settings_file *file, jc_error *reterr)
{
    struct stat facts;
    int size = snprintf(file->path, sizeof file->path, "%s", path);
    if (size < 0 || (size_t)size >= sizeof file->path)
        return jc_fail(reterr, JC_EINVAL, "the path %s is too long", path);
    memcpy(file->target, file->path, sizeof file->target);
    if (lstat(path, &facts) < 0)
        return errno == ENOENT ? JC_OK : jc_fail_errno(reterr, errno, "cannot look at %s", path);
    if (S_ISLNK(facts.st_mode) && realpath(path, file->target) == NULL)
        return jc_fail(reterr, JC_EINVAL,
                       "%s is a symbolic link that leads nowhere: make its target, or remove it",
                       path);
    file->exists = true;
    return JC_OK;
}

jc_status jc_settings_file_read(const char *path, jc_settings_file *file, jc_error *reterr)
{
    struct stat facts;
    *file = (jc_settings_file){0};
    jc_status status = find_target(path, file, reterr);
    if (status < 0 || !file->exists)
        return status;
    if (stat(file->target, &facts) < 0)
        return jc_fail_errno(reterr, errno, "cannot look at %s", path);
    if (!S_ISREG(facts.st_mode))
        return jc_fail(reterr, JC_EINVAL, "%s is not a file", path);
    file->mode = facts.st_mode & 07777;
    file->owner = facts.st_uid;
    file->group = facts.st_gid;
    return jc_file_read(file->target, SIZE_MAX_HERE, &file->content, reterr);
}

/* Nobody changed it since it was read. */
static jc_status check_unchanged(const jc_settings_file *file, jc_error *reterr)
{
    JC_AUTO(jc_settings_file) now = {0};
    jc_status status = jc_settings_file_read(file->path, &now, reterr);
    if (status < 0)
        return status;
    if (jc_str_equal(jc_settings_file_text(file), jc_settings_file_text(&now)) &&
        strcmp(file->target, now.target) == 0)
        return JC_OK;
    return jc_fail(reterr, JC_ECONFLICT,
                   "%s was changed by somebody else meanwhile: nothing was written; run it again",
                   file->path);
}

/* Write the new content into `fd`, as the file is to be. */
static jc_status fill(const jc_settings_file *file, int fd, jc_str content, jc_error *reterr)
{
    const jc_file_ops *ops = &jc_file_ops_system;
    if (jc_file_write_all(ops, NULL, fd, content.bytes, content.size, 0) < 0)
        return jc_fail_errno(reterr, errno, "cannot write %s", file->path);
    /* Somebody else's file, written by root, stays theirs; where that is not allowed it is ours. */
    if (file->exists && (file->owner != geteuid() || file->group != getegid()))
        (void)!fchown(fd, file->owner, file->group);
    if ((file->exists && fchmod(fd, file->mode) < 0) || fsync(fd) < 0)
        return jc_fail_errno(reterr, errno, "cannot write %s", file->path);
    return JC_OK;
}

static jc_status make_beside(const jc_settings_file *file, const char *beside, jc_str content,
                             jc_error *reterr)
{
    int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
                  file->exists ? 0600 : 0666);
    if (fd < 0)
        return jc_fail_errno(reterr, errno, "cannot make %s", beside);
    jc_status status = fill(file, fd, content, reterr);
    if (close(fd) < 0 && status == JC_OK)
        status = jc_fail_errno(reterr, errno, "cannot write %s", file->path);
    return status;
}

/* Give the finished file its name. */
static jc_status give_name(const jc_settings_file *file, const char *beside, jc_error *reterr)
{
    char folder[PATH_MAX];
    jc_status status = check_unchanged(file, reterr);
    if (status < 0)
        return status;
    if (!file->exists) {
        status = jc_file_publish(beside, file->target, reterr);
        return status == JC_EEXISTS
                   ? jc_fail(reterr, JC_ECONFLICT,
                             "%s was made by somebody else meanwhile: run it again", file->path)
                   : status;
    }
    if (rename(beside, file->target) < 0)
        return jc_fail_errno(reterr, errno, "cannot replace %s", file->path);
    jc_path_folder(file->target, folder, sizeof folder);
    return jc_folder_sync(folder, reterr);
}

jc_status jc_settings_file_write(const jc_settings_file *file, jc_str content, jc_error *reterr)
{
    char folder[PATH_MAX];
    char beside[PATH_MAX];
    int size = snprintf(beside, sizeof beside, "%s.new-%ld", file->target, (long)getpid());
    if (size < 0 || (size_t)size >= sizeof beside)
        return jc_fail(reterr, JC_EINVAL, "the path %s is too long", file->path);
    if (file->exists && access(file->target, W_OK) < 0)
        return jc_fail_errno(reterr, errno, "cannot write %s", file->path);

    jc_path_folder(file->target, folder, sizeof folder);
    jc_status status = file->exists ? JC_OK : jc_folder_make(folder, 0777, reterr);
    if (status < 0)
        return status;
    status = make_beside(file, beside, content, reterr);
    if (status == JC_OK)
        status = give_name(file, beside, reterr);
    (void)unlink(beside);
    return status;
}

jc_status jc_settings_file_remove(const jc_settings_file *file, jc_error *reterr)
{
    jc_status status = check_unchanged(file, reterr);
    if (status < 0)
        return status;
    if (unlink(file->path) < 0)
        return jc_fail_errno(reterr, errno, "cannot remove %s", file->path);
    return JC_OK;
}
