/* SQLite's files on the simulated disk: an SQLite VFS named "jcsim" over the default one of Unix. */
#ifndef JC_SIM_VFS_H
#define JC_SIM_VFS_H

#include "sim/disk.h"

#include <stdbool.h>

#define JC_SIM_VFS_NAME "jcsim"

/* What happens to the PRAGMA statements of whoever opens a database through this VFS. */
typedef struct jc_sim_vfs_options {
    bool synchronous_off;  /* the connection runs with synchronous=OFF whatever it asks for */
    int cache_pages;       /* of SQLite's page cache; 0: as it is. Few make transactions spill */
    int checkpoint_frames; /* > 0: it checkpoints after so many frames, whatever it asks for */
} jc_sim_vfs_options;

/* Register the VFS, and let it tell `disk` from now on. May be called again with another disk, while
 * no database is open through it; NULL options are all off. Ends the program when SQLite refuses. */
void jc_sim_vfs_use(jc_disk *disk, const jc_sim_vfs_options *options);

#endif
