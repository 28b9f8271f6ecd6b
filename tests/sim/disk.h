/* A disk that loses power, fails or fills up when a test wants it to.
 *
 * The files are real ones, in a folder of the test's own, so that reading them needs no help. Beside
 * them the disk remembers what a machine without power would still have: of every file the bytes as
 * of its last sync, of every folder the names as of its last sync, and in order all that was done
 * since. Whoever writes (sim_vfs.c for SQLite, sim_files.c for the mirror) tells the disk first, and
 * does the same to the real file when the disk agrees.
 *
 *     program ── jc_disk_write() ──> disk: the operation joins those that are not synced
 *        └────── pwrite() ─────────> real file: what every reader sees
 *     program ── jc_disk_sync() ───> disk: the operations so far become durable (no real sync)
 *     test ───── jc_disk_power_cut() the real files become what might have been left
 *
 * Each call of open, write, truncate, sync, rename, remove and of a folder's sync counts as one; a
 * test plans what goes wrong at which of them. Calls return 0 or an errno. */
#ifndef JC_SIM_DISK_H
#define JC_SIM_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct jc_disk jc_disk;
typedef struct jc_disk_file jc_disk_file;

typedef enum jc_disk_fault {
    JC_DISK_SOUND = 0,
    JC_DISK_POWER_CUT, /* the planned call and all later ones fail */
    JC_DISK_ERROR,     /* the planned call fails with EIO, later ones go on */
    JC_DISK_BROKEN,    /* the planned call and all later ones fail with EIO, until a new plan */
    JC_DISK_FULL, /* from the planned call on no file grows and none is made, until a new plan */
    JC_DISK_FULL_AT_SYNC /* the same, noticed late: writes go through, syncs fail with ENOSPC */
} jc_disk_fault;

/* A disk over the files in `folder` (and below), all of them durable as they are. Ends the program
 * when memory is short: it is a test's. */
jc_disk *jc_disk_new(const char *folder);
void jc_disk_free(jc_disk *disk);

/* Look at the folder anew: what is there is durable. For after something changed the files without
 * telling the disk. What was synced once stays known as such. No file may be open. */
void jc_disk_adopt(jc_disk *disk);

/* From here on, let `fault` happen at the `at`-th call, counted from 1. */
void jc_disk_plan(jc_disk *disk, jc_disk_fault fault, uint64_t at);

/* Nothing more goes wrong (power stays off); what struck stays known. */
void jc_disk_mend(jc_disk *disk);

/* Calls since the plan; and has what was planned happened? */
uint64_t jc_disk_calls(const jc_disk *disk);
bool jc_disk_struck(const jc_disk *disk);

/* Is the power off? Then reads fail, too. */
bool jc_disk_is_off(const jc_disk *disk);

/* Syncs of files whose name ends so are ignored from now on: the call succeeds, nothing becomes
 * durable. NULL: every sync is honest. At most two endings; each call adds one. */
void jc_disk_lie(jc_disk *disk, const char *name_end);

/* Open a file. It must exist (as a real one), or `create` makes it: the caller makes the real one. */
int jc_disk_open(jc_disk *disk, const char *path, bool create, jc_disk_file **ret_file);

/* *ret_size is how much was written: on a full disk it may be less, and the call still succeed. */
int jc_disk_write(jc_disk *disk, jc_disk_file *file, const void *bytes, size_t size,
                  uint64_t offset, size_t *ret_size);
int jc_disk_truncate(jc_disk *disk, jc_disk_file *file, uint64_t size);
int jc_disk_sync(jc_disk *disk, jc_disk_file *file);
int jc_disk_rename(jc_disk *disk, const char *from, const char *to);
int jc_disk_remove(jc_disk *disk, const char *path);
int jc_disk_sync_folder(jc_disk *disk, const char *path);

/* The file's size as programs see it. */
uint64_t jc_disk_size(const jc_disk_file *file);

/* How often files whose name ends so were changed below the length that was synced, or replaced:
 * what a reader of `tail -f` had seen for certain is then gone. */
uint64_t jc_disk_unseen(const jc_disk *disk, const char *name_end);

/* The power comes back: of what was not synced, a random part is left, whole, torn, out of order or
 * as zeros. The real files are replaced by that; no file may be open. The same seed gives the same
 * files. Afterwards everything is durable, and no fault is planned. */
void jc_disk_power_cut(jc_disk *disk, uint64_t seed);

#endif
