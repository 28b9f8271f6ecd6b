/* Between SQLite and the file of its write-ahead log, events.db-wal: fewer system calls for the same
 * promises. Every other file goes to the VFS below untouched.
 *
 * Folder. SQLite syncs the folder at the first sync of every handle, in case it was this handle that
 * made the file. Here a file that holds something already is opened without making it. Then the folder
 * is synced only after this handle wrote the log's header (offset 0): a header that is in use was
 * synced, with the folder, by the one who wrote it, before any event behind it was acknowledged.
 *
 * (That holds for writers that sync. One with synchronous=OFF promised nothing, for its own events and
 * for those behind them, until somebody else begins the log anew.)
 *
 * Writes. SQLite writes a frame as 24 bytes and a page, each by a call. When `gather` is set, writes
 * that join are kept in memory, up to 64 KiB, and written at once: before anything else is done with
 * the file. That is only right where a sync comes before each commit is shown to others,
 * which is what synchronous=FULL does: a write that fails is then reported by that sync. What was
 * gathered for a transaction that is rolled back must be forgotten (jc_vfs_forget): written later, it
 * would stand where another process has committed meanwhile. */
#ifndef JC_STORE_SQLITE_VFS_H
#define JC_STORE_SQLITE_VFS_H

#include "base/files.h"

#include <sqlite3.h>

/* One for each handle, at a place that stays: the connection points to it until it is closed. */
typedef struct jc_vfs {
    sqlite3_vfs base; /* a copy of the one below, with another xOpen */
    sqlite3_vfs *below;
    char name[48];
    const jc_file_ops *ops; /* for syncing the folder */
    void *ops_context;
    bool gather;          /* now: while a transaction commits */
    char *bytes;          /* writes that were gathered; NULL until the first */
    int size;             /* how many bytes they are */
    sqlite3_int64 offset; /* where they belong in the file */
} jc_vfs;

/* Prepare a VFS over the one of that name (NULL: the system's) and make its name known to SQLite, for
 * opening a connection. JC_EINVAL: there is no such VFS. JC_ENOMEM. */
JC_MUST_CHECK jc_status jc_vfs_init(jc_vfs *vfs, const char *below, const jc_file_ops *ops,
                                    void *ops_context, jc_error *reterr);

/* Take the name back, once the connection is open. */
void jc_vfs_unname(jc_vfs *vfs);

/* Forget what was gathered and not written: the transaction is rolled back. */
void jc_vfs_forget(jc_vfs *vfs);

/* Free what it holds, once the connection is closed. */
void jc_vfs_release(jc_vfs *vfs);

#endif
