/* The file of the write-ahead log: see vfs.h.
 *
 * A file here is ours and, behind it in the same memory, the one of the VFS below. */
#include "store/backend_sqlite/vfs.h"

#include "base/fail.h"
#include "jc/project.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define GATHER_SIZE_MAX (64 * 1024)

typedef struct wal_file {
    sqlite3_file base;
    jc_vfs *vfs;
    const char *path;    /* SQLite keeps it as long as the file is open */
    bool was_there;      /* opened without making it: the folder is ours to sync */
    bool header_written; /* since the last sync of the folder */
} wal_file;

static sqlite3_file *below(sqlite3_file *file)
{
    return (sqlite3_file *)((char *)file + sizeof(wal_file));
}

/* Write what was gathered. What failed is gone: SQLite rolls the transaction back. */
static int flush(wal_file *wal)
{
    sqlite3_file *file = below(&wal->base);
    jc_vfs *vfs = wal->vfs;
    int size = vfs->size;
    vfs->size = 0;
    return size > 0 ? file->pMethods->xWrite(file, vfs->bytes, size, vfs->offset) : SQLITE_OK;
}

static int wal_close(sqlite3_file *file)
{
    jc_vfs_forget(((wal_file *)file)->vfs);
    return below(file)->pMethods->xClose(below(file));
}

static int wal_read(sqlite3_file *file, void *bytes, int size, sqlite3_int64 offset)
{
    int code = flush((wal_file *)file);
    return code != SQLITE_OK ? code
                             : below(file)->pMethods->xRead(below(file), bytes, size, offset);
}

static bool joins(const jc_vfs *vfs, int size, sqlite3_int64 offset)
{
    return vfs->size > 0 && offset == vfs->offset + vfs->size &&
           size <= GATHER_SIZE_MAX - vfs->size;
}

static int wal_write(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 offset)
{
    wal_file *wal = (wal_file *)file;
    jc_vfs *vfs = wal->vfs;
    wal->header_written = wal->header_written || offset == 0;
    if (!joins(vfs, size, offset)) {
        int code = flush(wal);
        if (code != SQLITE_OK)
            return code;
        vfs->offset = offset;
    }
    if (vfs->gather && vfs->bytes == NULL)
        vfs->bytes = malloc(GATHER_SIZE_MAX);
    if (!vfs->gather || vfs->bytes == NULL || size > GATHER_SIZE_MAX)
        return below(file)->pMethods->xWrite(below(file), bytes, size, offset);
    memcpy(vfs->bytes + vfs->size, bytes, (size_t)size);
    vfs->size += size;
    return SQLITE_OK;
}

static int wal_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    int code = flush((wal_file *)file);
    return code != SQLITE_OK ? code : below(file)->pMethods->xTruncate(below(file), size);
}

static int sync_folder(wal_file *wal)
{
    char folder[JC_PATH_SIZE_MAX];
    jc_path_folder(wal->path, folder, sizeof folder);
    if (wal->vfs->ops->sync_folder(wal->vfs->ops_context, folder) < 0)
        return SQLITE_IOERR_DIR_FSYNC;
    wal->header_written = false;
    return SQLITE_OK;
}

static int wal_sync(sqlite3_file *file, int flags)
{
    wal_file *wal = (wal_file *)file;
    int code = flush(wal);
    if (code == SQLITE_OK)
        code = below(file)->pMethods->xSync(below(file), flags);
    if (code == SQLITE_OK && wal->was_there && wal->header_written)
        code = sync_folder(wal);
    return code;
}

static int wal_file_size(sqlite3_file *file, sqlite3_int64 *ret_size)
{
    int code = flush((wal_file *)file);
    return code != SQLITE_OK ? code : below(file)->pMethods->xFileSize(below(file), ret_size);
}

static int wal_lock(sqlite3_file *file, int level)
{
    return below(file)->pMethods->xLock(below(file), level);
}

static int wal_unlock(sqlite3_file *file, int level)
{
    return below(file)->pMethods->xUnlock(below(file), level);
}

static int wal_check_reserved_lock(sqlite3_file *file, int *ret_locked)
{
    return below(file)->pMethods->xCheckReservedLock(below(file), ret_locked);
}

static int wal_file_control(sqlite3_file *file, int operation, void *argument)
{
    return below(file)->pMethods->xFileControl(below(file), operation, argument);
}

static int wal_sector_size(sqlite3_file *file)
{
    return below(file)->pMethods->xSectorSize(below(file));
}

static int wal_device_characteristics(sqlite3_file *file)
{
    return below(file)->pMethods->xDeviceCharacteristics(below(file));
}

/* Version 1: shared memory belongs to the database's own file, and nothing maps this one. */
static const sqlite3_io_methods wal_methods = {
    .iVersion = 1,
    .xClose = wal_close,
    .xRead = wal_read,
    .xWrite = wal_write,
    .xTruncate = wal_truncate,
    .xSync = wal_sync,
    .xFileSize = wal_file_size,
    .xLock = wal_lock,
    .xUnlock = wal_unlock,
    .xCheckReservedLock = wal_check_reserved_lock,
    .xFileControl = wal_file_control,
    .xSectorSize = wal_sector_size,
    .xDeviceCharacteristics = wal_device_characteristics,
};

/* Open the file if it is there and holds something. An empty file counts as none: whoever made it may
 * not have synced its name. */
static bool open_existing(jc_vfs *vfs, const char *path, sqlite3_file *file, int flags,
                          int *ret_flags)
{
    int there = 0;
    sqlite3_int64 size = 0;
    if (vfs->below->xAccess(vfs->below, path, SQLITE_ACCESS_EXISTS, &there) != SQLITE_OK || !there)
        return false;
    flags &= ~SQLITE_OPEN_CREATE;
    if (vfs->below->xOpen(vfs->below, path, file, flags, ret_flags) != SQLITE_OK)
        return false;
    if (file->pMethods->xFileSize(file, &size) == SQLITE_OK && size > 0)
        return true;
    (void)file->pMethods->xClose(file);
    return false;
}

static int open_wal(jc_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *ret_flags)
{
    wal_file *wal = (wal_file *)file;
    *wal = (wal_file){.vfs = vfs, .path = path};
    wal->was_there = open_existing(vfs, path, below(file), flags, ret_flags);
    int code = wal->was_there ? SQLITE_OK
                              : vfs->below->xOpen(vfs->below, path, below(file), flags, ret_flags);
    if (code == SQLITE_OK)
        wal->base.pMethods = &wal_methods;
    return code;
}

static int vfs_open(sqlite3_vfs *self, const char *path, sqlite3_file *file, int flags,
                    int *ret_flags)
{
    jc_vfs *vfs = (jc_vfs *)self;
    if ((flags & SQLITE_OPEN_WAL) != 0 && path != NULL)
        return open_wal(vfs, path, file, flags, ret_flags);
    return vfs->below->xOpen(vfs->below, path, file, flags, ret_flags);
}

jc_status jc_vfs_init(jc_vfs *vfs, const char *below_name, const jc_file_ops *ops,
                      void *ops_context, jc_error *reterr)
{
    sqlite3_vfs *found = sqlite3_vfs_find(below_name);
    if (found == NULL)
        return jc_fail(reterr, JC_EINVAL, "SQLite has no VFS '%s'",
                       below_name != NULL ? below_name : "of the system");
    *vfs = (jc_vfs){.base = *found, .below = found, .ops = ops, .ops_context = ops_context};
    (void)snprintf(vfs->name, sizeof vfs->name, "jc-%" PRIxPTR, (uintptr_t)vfs);
    vfs->base.pNext = NULL;
    vfs->base.zName = vfs->name;
    vfs->base.szOsFile = (int)sizeof(wal_file) + found->szOsFile;
    vfs->base.xOpen = vfs_open;
    return sqlite3_vfs_register(&vfs->base, 0) == SQLITE_OK ? JC_OK : jc_fail_memory(reterr);
}

void jc_vfs_unname(jc_vfs *vfs)
{
    (void)sqlite3_vfs_unregister(&vfs->base);
}

void jc_vfs_forget(jc_vfs *vfs)
{
    vfs->size = 0;
}

void jc_vfs_release(jc_vfs *vfs)
{
    free(vfs->bytes);
    vfs->bytes = NULL;
}
