/* One mirror file: its path, its lock, its bytes.
 *
 * The lock is flock() on the file itself. Whoever waited for it may hold the lock of a file that was
 * renamed away meanwhile, so after locking the path must still lead to the same inode. */
#ifndef JC_MIRROR_FILE_H
#define JC_MIRROR_FILE_H

#include "base/files.h"
#include "jc/project.h"
#include "jc/store.h"

typedef struct jc_mirror_file {
    const jc_file_ops *ops;
    void *context;
    char path[JC_PATH_SIZE_MAX];
    int fd;                 /* -1: not open */
    uint64_t device, inode; /* of the open file */
    uint64_t size;          /* when it was locked */
    bool locked;
} jc_mirror_file;

/* The path of a workflow's mirror. JC_EINVAL: too long. */
JC_MUST_CHECK jc_status jc_mirror_path(const char *project_dir, jc_str workflow_id,
                                       const char *name, char ret[JC_PATH_SIZE_MAX],
                                       jc_error *reterr);

/* Prepare {fd = -1} for a workflow; nothing is opened. */
JC_MUST_CHECK jc_status jc_mirror_file_init(jc_mirror_file *file, const jc_store *store,
                                            jc_str workflow_id, jc_error *reterr);

/* Open it for writing, with its folder, unless it is open. */
JC_MUST_CHECK jc_status jc_mirror_file_open(jc_mirror_file *file, jc_error *reterr);

/* Open it for writing and lock it; *ret_fresh says that it is another file than before, or a new one.
 * JC_EBUSY: another process holds it for longer than `timeout_ms`. */
JC_MUST_CHECK jc_status jc_mirror_file_lock(jc_mirror_file *file, int timeout_ms, bool *ret_fresh,
                                            jc_error *reterr);
void jc_mirror_file_unlock(jc_mirror_file *file);

/* Close, which also unlocks. */
void jc_mirror_file_close(jc_mirror_file *file);
JC_AUTO_DEFINE(jc_mirror_file, jc_mirror_file_close);

JC_MUST_CHECK jc_status jc_mirror_file_size(const jc_mirror_file *file, uint64_t *ret_size,
                                            jc_error *reterr);
JC_MUST_CHECK jc_status jc_mirror_file_write(const jc_mirror_file *file, uint64_t offset,
                                             jc_str bytes, jc_error *reterr);

/* Up to `size` bytes from `offset` into `buf`, which is cleared; fewer only at the end of the file. */
JC_MUST_CHECK jc_status jc_mirror_file_read(const jc_mirror_file *file, uint64_t offset,
                                            size_t size, jc_buf *buf, jc_error *reterr);
JC_MUST_CHECK jc_status jc_mirror_file_cut(const jc_mirror_file *file, uint64_t size,
                                           jc_error *reterr);
JC_MUST_CHECK jc_status jc_mirror_file_sync(const jc_mirror_file *file, jc_error *reterr);

#endif
