/* An SQLite VFS that asks the simulated disk before it does what the Unix VFS does.
 *
 * A file here is the disk's file and, behind it in the same memory, the real one. Locks, shared
 * memory and file facts pass through; writes, truncations and syncs go to the disk first. Real syncs
 * are left out: what is durable is the disk's to know. Like the Unix VFS, the first sync of a new
 * journal or write-ahead log also syncs its folder.
 *
 * Two settings replace what a connection asks for in a PRAGMA. SQLite shows each PRAGMA to the VFS,
 * which can call it done; the value that the simulation wants is set when the connection opens. */
#include "sim/sim_vfs.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct sim_file {
    sqlite3_file base;
    jc_disk_file *file; /* NULL for SQLite's own temporary files, which no cut needs to respect */
    bool sync_folder;   /* the next sync is the first of a new journal */
    char folder[512];
} sim_file;

static jc_disk *disk_in_use;
static jc_sim_vfs_options options_in_use;
static sqlite3_vfs *unix_vfs;
static sqlite3_vfs sim_vfs;
static bool opening; /* our own PRAGMA at the opening of a connection is let through */

static sim_file *sim(sqlite3_file *file)
{
    return (sim_file *)file;
}

static sqlite3_file *real(sqlite3_file *file)
{
    return (sqlite3_file *)((char *)file + sizeof(sim_file));
}

/* SQLite's word for an errno of the disk. */
static int code_of(int failure, int otherwise)
{
    return failure == 0 ? SQLITE_OK : failure == ENOSPC ? SQLITE_FULL : otherwise;
}

static int sim_close(sqlite3_file *file)
{
    return real(file)->pMethods->xClose(real(file));
}

static int sim_read(sqlite3_file *file, void *bytes, int size, sqlite3_int64 offset)
{
    if (sim(file)->file != NULL && jc_disk_is_off(disk_in_use))
        return SQLITE_IOERR_READ;
    return real(file)->pMethods->xRead(real(file), bytes, size, offset);
}

static int sim_write(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 offset)
{
    size_t written = (size_t)size;
    if (sim(file)->file != NULL) {
        int failure = jc_disk_write(disk_in_use, sim(file)->file, bytes, (size_t)size,
                                    (uint64_t)offset, &written);
        if (failure != 0)
            return code_of(failure, SQLITE_IOERR_WRITE);
    }
    int code = real(file)->pMethods->xWrite(real(file), bytes, (int)written, offset);
    return code == SQLITE_OK && written < (size_t)size ? SQLITE_FULL : code;
}

static int sim_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    if (sim(file)->file != NULL) {
        int failure = jc_disk_truncate(disk_in_use, sim(file)->file, (uint64_t)size);
        if (failure != 0)
            return code_of(failure, SQLITE_IOERR_TRUNCATE);
    }
    return real(file)->pMethods->xTruncate(real(file), size);
}

static int sim_sync(sqlite3_file *file, int flags)
{
    (void)flags;
    if (sim(file)->file == NULL)
        return SQLITE_OK;
    int failure = jc_disk_sync(disk_in_use, sim(file)->file);
    if (failure == 0 && sim(file)->sync_folder) {
        failure = jc_disk_sync_folder(disk_in_use, sim(file)->folder);
        sim(file)->sync_folder = failure != 0;
    }
    /* Whatever the reason; SQLite asks errno for it. */
    errno = failure;
    return failure == 0 ? SQLITE_OK : SQLITE_IOERR_FSYNC;
}

static int sim_file_size(sqlite3_file *file, sqlite3_int64 *ret_size)
{
    return real(file)->pMethods->xFileSize(real(file), ret_size);
}

static int sim_lock(sqlite3_file *file, int level)
{
    return real(file)->pMethods->xLock(real(file), level);
}

static int sim_unlock(sqlite3_file *file, int level)
{
    return real(file)->pMethods->xUnlock(real(file), level);
}

static int sim_check_reserved_lock(sqlite3_file *file, int *ret_locked)
{
    return real(file)->pMethods->xCheckReservedLock(real(file), ret_locked);
}

/* Is this PRAGMA, which sets something, one that the simulation has set already? */
static bool is_overruled(char *const *pragma)
{
    const char *name = pragma[1];
    if (opening || pragma[2] == NULL)
        return false;
    return (options_in_use.synchronous_off && sqlite3_stricmp(name, "synchronous") == 0) ||
           (options_in_use.checkpoint_frames > 0 &&
            sqlite3_stricmp(name, "wal_autocheckpoint") == 0);
}

static int sim_file_control(sqlite3_file *file, int operation, void *argument)
{
    switch (operation) {
    case SQLITE_FCNTL_PRAGMA:
        if (is_overruled(argument))
            return SQLITE_OK;
        break;
    case SQLITE_FCNTL_VFSNAME:
        *(char **)argument = sqlite3_mprintf("%s", JC_SIM_VFS_NAME);
        return SQLITE_OK;
    case SQLITE_FCNTL_SIZE_HINT: /* these would change a file without a write */
    case SQLITE_FCNTL_CHUNK_SIZE:
        return SQLITE_OK;
    default:
        break;
    }
    return real(file)->pMethods->xFileControl(real(file), operation, argument);
}

static int sim_sector_size(sqlite3_file *file)
{
    return real(file)->pMethods->xSectorSize(real(file));
}

static int sim_device_characteristics(sqlite3_file *file)
{
    return real(file)->pMethods->xDeviceCharacteristics(real(file));
}

static int sim_shm_map(sqlite3_file *file, int region, int size, int extend, void volatile **ret)
{
    return real(file)->pMethods->xShmMap(real(file), region, size, extend, ret);
}

static int sim_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
    return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
}

static void sim_shm_barrier(sqlite3_file *file)
{
    real(file)->pMethods->xShmBarrier(real(file));
}

static int sim_shm_unmap(sqlite3_file *file, int remove)
{
    return real(file)->pMethods->xShmUnmap(real(file), remove);
}

/* Version 2: without the calls that hand out memory-mapped pages, whose reads no cut would reach. */
static const sqlite3_io_methods sim_methods = {
    .iVersion = 2,
    .xClose = sim_close,
    .xRead = sim_read,
    .xWrite = sim_write,
    .xTruncate = sim_truncate,
    .xSync = sim_sync,
    .xFileSize = sim_file_size,
    .xLock = sim_lock,
    .xUnlock = sim_unlock,
    .xCheckReservedLock = sim_check_reserved_lock,
    .xFileControl = sim_file_control,
    .xSectorSize = sim_sector_size,
    .xDeviceCharacteristics = sim_device_characteristics,
    .xShmMap = sim_shm_map,
    .xShmLock = sim_shm_lock,
    .xShmBarrier = sim_shm_barrier,
    .xShmUnmap = sim_shm_unmap,
};

static void note_folder(sim_file *file, const char *path)
{
    const char *slash = strrchr(path, '/');
    snprintf(file->folder, sizeof file->folder, "%.*s", slash != NULL ? (int)(slash - path) : 0,
             path);
}

static int sim_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags,
                    int *ret_flags)
{
    (void)vfs;
    memset(file, 0, sizeof(sim_file));
    if (path != NULL) {
        int failure =
            jc_disk_open(disk_in_use, path, (flags & SQLITE_OPEN_CREATE) != 0, &sim(file)->file);
        if (failure != 0)
            return code_of(failure, SQLITE_CANTOPEN);
        const int journals = SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL;
        sim(file)->sync_folder = (flags & SQLITE_OPEN_CREATE) != 0 && (flags & journals) != 0;
        note_folder(sim(file), path);
    }
    int code = unix_vfs->xOpen(unix_vfs, path, real(file), flags, ret_flags);
    if (code == SQLITE_OK)
        sim(file)->base.pMethods = &sim_methods;
    return code;
}

static int sim_delete(sqlite3_vfs *vfs, const char *path, int sync_folder)
{
    (void)vfs;
    sim_file named = {0};
    note_folder(&named, path);
    int failure = jc_disk_remove(disk_in_use, path);
    if (failure != 0)
        return SQLITE_IOERR_DELETE;
    int code = unix_vfs->xDelete(unix_vfs, path, 0);
    if (code == SQLITE_OK && sync_folder)
        code = code_of(jc_disk_sync_folder(disk_in_use, named.folder), SQLITE_IOERR_DIR_FSYNC);
    return code;
}

static int sim_access(sqlite3_vfs *vfs, const char *path, int flags, int *ret)
{
    (void)vfs;
    if (jc_disk_is_off(disk_in_use))
        return SQLITE_IOERR_ACCESS;
    return unix_vfs->xAccess(unix_vfs, path, flags, ret);
}

/* The VFS of a connection may be one that stands upon ours, so its file is asked. */
static bool opened_here(sqlite3 *db)
{
    char *name = NULL;
    (void)sqlite3_file_control(db, "main", SQLITE_FCNTL_VFSNAME, &name);
    bool here = name != NULL && strcmp(name, JC_SIM_VFS_NAME) == 0;
    sqlite3_free(name);
    return here;
}

/* SQLite calls this for every connection that is opened. */
static int on_connection(sqlite3 *db, char **ret_message, const sqlite3_api_routines *api)
{
    (void)ret_message;
    (void)api;
    if (!opened_here(db))
        return SQLITE_OK;
    opening = true;
    int code = SQLITE_OK;
    if (options_in_use.synchronous_off)
        code = sqlite3_exec(db, "PRAGMA synchronous = OFF", NULL, NULL, NULL);
    if (code == SQLITE_OK && options_in_use.checkpoint_frames > 0)
        code = sqlite3_wal_autocheckpoint(db, options_in_use.checkpoint_frames);
    if (code == SQLITE_OK && options_in_use.cache_pages > 0) {
        char sql[64];
        (void)snprintf(sql, sizeof sql, "PRAGMA cache_size = %d", options_in_use.cache_pages);
        code = sqlite3_exec(db, sql, NULL, NULL, NULL);
    }
    opening = false;
    return code;
}

static void register_once(void)
{
    unix_vfs = sqlite3_vfs_find("unix");
    if (unix_vfs == NULL) {
        fprintf(stderr, "SQLite has no VFS named unix\n");
        exit(99);
    }
    sim_vfs = *unix_vfs;
    sim_vfs.pNext = NULL;
    sim_vfs.zName = JC_SIM_VFS_NAME;
    sim_vfs.szOsFile = (int)sizeof(sim_file) + unix_vfs->szOsFile;
    sim_vfs.xOpen = sim_open;
    sim_vfs.xDelete = sim_delete;
    sim_vfs.xAccess = sim_access;
    if (sqlite3_vfs_register(&sim_vfs, 0) != SQLITE_OK ||
        sqlite3_auto_extension((void (*)(void))on_connection) != SQLITE_OK) {
        fprintf(stderr, "SQLite does not take the VFS of the simulation\n");
        exit(99);
    }
}

void jc_sim_vfs_use(jc_disk *disk, const jc_sim_vfs_options *options)
{
    if (unix_vfs == NULL)
        register_once();
    disk_in_use = disk;
    options_in_use = options != NULL ? *options : (jc_sim_vfs_options){0};
    /* The salts of write-ahead logs are the same in every run. */
    (void)sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, 1, NULL);
}
