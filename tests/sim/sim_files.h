/* The mirror's files on the simulated disk: the calls of base/files.h. */
#ifndef JC_SIM_FILES_H
#define JC_SIM_FILES_H

#include "sim/disk.h"

#include "base/files.h"

/* The context of the calls: which disk, which boot of the machine, and which file each descriptor is
 * of. {0} with a disk is good to use. */
typedef struct jc_sim_files {
    jc_disk *disk;
    uint64_t boot; /* the test raises it after each cut */
    struct jc_sim_open {
        jc_disk_file *file;
        bool appends; /* opened with O_APPEND: writes go to the end, wherever they are told to */
    } open[1024];
} jc_sim_files;

/* For jc_options.file_ops, with a jc_sim_files as file_context. Descriptors are real, so that locks
 * and file facts work as ever. */
extern const jc_file_ops jc_sim_file_ops;

#endif
