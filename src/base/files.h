/* Files: the few calls that the mirror makes, as a table, so that a simulation can stand in for the
 * disk; and small helpers for whole files. */
#ifndef JC_BASE_FILES_H
#define JC_BASE_FILES_H

#include "base/buf.h"
#include "jc/status.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Each call is the POSIX call of that name, on one file: the same results, the same errno. `context`
 * is the caller's. What is written is durable only after `sync` on it. */
typedef struct jc_file_ops {
    int (*open)(void *context, const char *path, int flags, mode_t mode);
    ssize_t (*pread)(void *context, int fd, void *bytes, size_t size, off_t offset);
    ssize_t (*pwrite)(void *context, int fd, const void *bytes, size_t size, off_t offset);
    int (*truncate)(void *context, int fd, off_t size);
    int (*sync)(void *context, int fd); /* fdatasync */
    int (*rename)(void *context, const char *from, const char *to);
    int (*sync_folder)(void *context, const char *path); /* makes names in it durable */
    int (*close)(void *context, int fd);
    /* The name of this boot of the machine, another after every restart: at most 63 characters and a
     * zero byte. 0, or -1 when the system does not tell. */
    int (*boot_id)(void *context, char ret_text[64]);
} jc_file_ops;

/* The system's own. */
extern const jc_file_ops jc_file_ops_system;

/* What a file is. Its times are left out on purpose: see jc_file_look(). */
typedef struct jc_file_facts {
    uint64_t device;
    uint64_t inode;
    uint64_t size; /* bytes */
    bool is_regular;
} jc_file_facts;

/* Look at an open file, or at what a path leads to, without asking for its times: a file whose times
 * were asked for gets exact ones at its next write, which Linux 6.13 and later pay for with an inode
 * to write, and the next sync of any file beside it with up to half of its time (measured; see
 * docs/PERFORMANCE.md). false and errno when it cannot be looked at. */
bool jc_file_look(int fd, jc_file_facts *ret_facts);
bool jc_path_look(const char *path, jc_file_facts *ret_facts);

/* Write all of it, however often the system writes less. 0, or -1 and errno. */
int jc_file_write_all(const jc_file_ops *ops, void *context, int fd, const void *bytes, size_t size,
                      off_t offset);

/* Read up to `size` bytes, fewer only at the end of the file. The count, or -1 and errno. */
ssize_t jc_file_read_all(const jc_file_ops *ops, void *context, int fd, void *bytes, size_t size,
                         off_t offset);

/* The whole file behind what is in `buf`. JC_ENOTFOUND, JC_EIO, JC_EINVAL past `size_max`. */
JC_MUST_CHECK jc_status jc_file_read(const char *path, size_t size_max, jc_buf *buf,
                                     jc_error *reterr);

/* Replace the file at once and durably: a new file beside it, synced, renamed over it. */
JC_MUST_CHECK jc_status jc_file_replace(const char *path, mode_t mode, jc_str content,
                                        jc_error *reterr);

/* Give a finished file its name, unless somebody has taken that, and make the name durable. `made`
 * lies in the same folder; the caller removes that name. JC_EEXISTS: there is a file at `path`. */
JC_MUST_CHECK jc_status jc_file_publish(const char *made, const char *path, jc_error *reterr);

/* "dir/name" into `ret`. JC_EINVAL when it is too long. */
JC_MUST_CHECK jc_status jc_path_join(const char *dir, const char *name, char *ret, size_t ret_size,
                                     jc_error *reterr);

/* Make the folder, and its parents, unless they are there. */
JC_MUST_CHECK jc_status jc_folder_make(const char *path, mode_t mode, jc_error *reterr);

/* Sync a folder, so that names made in it survive a power cut. */
JC_MUST_CHECK jc_status jc_folder_sync(const char *path, jc_error *reterr);

/* The folder that holds `path`, into `ret`: "." when the path names none. */
void jc_path_folder(const char *path, char *ret, size_t ret_size);

/* A name beside `path` that nobody has taken, for keeping an old file: PATH.TAG-2026-01-09T10-00-00,
 * with a number behind when there is one already. */
void jc_path_keep(const char *path, const char *tag, char *ret, size_t ret_size);

#endif
