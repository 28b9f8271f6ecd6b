/* What the disk remembers, for disk.c, which writes it down, and disk_cut.c, which decides what of it
 * is left when the power goes. */
#ifndef JC_SIM_DISK_MODEL_H
#define JC_SIM_DISK_MODEL_H

#include "sim/disk.h"

#include "base/buf.h"

#define JC_DISK_PATH_SIZE 512
#define JC_DISK_LIES_MAX 2

/* One change of a file since its last sync: a write, or a cut (or growth) to `offset` bytes. */
typedef struct jc_disk_change {
    bool is_truncate;
    uint64_t offset;
    size_t size;
    size_t bytes_at; /* of a write: where in jc_disk_file.written its bytes are */
} jc_disk_change;

struct jc_disk_file {
    jc_buf durable; /* the content as of the last sync */
    jc_buf written; /* the bytes of all changes, one behind the other */
    jc_disk_change *changes;
    size_t change_count;
    size_t change_capacity;
    uint64_t size;        /* as programs see it */
    uint64_t synced_size; /* bytes at the start that a sync has promised */
    bool lies;            /* its syncs are ignored */
    struct jc_disk_file *next;
};

/* A name, what it means to programs, and what it means on the disk. NULL: no such file. */
typedef struct jc_disk_name {
    char path[JC_DISK_PATH_SIZE];
    jc_disk_file *file;
    jc_disk_file *durable;
    uint64_t unseen; /* see jc_disk_unseen() */
} jc_disk_name;

typedef enum jc_disk_naming_kind {
    JC_DISK_CREATE,
    JC_DISK_RENAME,
    JC_DISK_REMOVE
} jc_disk_naming_kind;

/* One change of names that its folder's sync has not made durable yet. Names are indexes into
 * jc_disk.names. */
typedef struct jc_disk_naming {
    jc_disk_naming_kind kind;
    size_t name;
    size_t to; /* of a rename */
    jc_disk_file *file;
} jc_disk_naming;

struct jc_disk {
    char folder[JC_DISK_PATH_SIZE];
    jc_disk_file *files; /* every file there ever was */
    jc_disk_name *names;
    size_t name_count;
    size_t name_capacity;
    jc_disk_naming *namings;
    size_t naming_count;
    size_t naming_capacity;
    const char *lies[JC_DISK_LIES_MAX];
    size_t lie_count;
    jc_disk_fault fault;
    uint64_t fault_at;
    uint64_t calls;
    bool struck;
};

/* Memory or the end of the program. */
void *jc_disk_room(void *items, size_t item_size, size_t count, size_t *capacity);

/* Do the change to a content. */
void jc_disk_change_apply(jc_buf *content, const jc_disk_file *file, const jc_disk_change *change);

/* Write `size` bytes (NULL: zeros) at `offset`, or cut or grow to `size`. Growth is zeros. */
void jc_disk_content_write(jc_buf *content, const char *bytes, size_t size, uint64_t offset);
void jc_disk_content_resize(jc_buf *content, uint64_t size);

/* Forget the changes of a file. */
void jc_disk_file_settle(jc_disk_file *file);

/* Does `path` end with `end`? */
bool jc_disk_path_ends(const char *path, const char *end);

#endif
