/* A settings file on disk: read, and replaced at once, unless somebody changed it in between. */
#ifndef JC_CLI_SETTINGS_FILE_H
#define JC_CLI_SETTINGS_FILE_H

#include "base/buf.h"

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

typedef struct jc_settings_file {
    char path[PATH_MAX];   /* as it was asked for */
    char target[PATH_MAX]; /* the file itself: where a symbolic link leads */
    bool exists;
    mode_t mode;
    uid_t owner;
    gid_t group;
    jc_buf content;
} jc_settings_file;

void jc_settings_file_release(jc_settings_file *file);
JC_AUTO_DEFINE(jc_settings_file, jc_settings_file_release);

/* Read it; one that is not there is no mistake. JC_EINVAL: no file, too large, or a symbolic link that leads
 * nowhere. */
JC_MUST_CHECK jc_status jc_settings_file_read(const char *path, jc_settings_file *file,
                                              jc_error *reterr);

/* What it holds; absent when there is no file. */
jc_str jc_settings_file_text(const jc_settings_file *file);

/* Give it this content, durably and at once, with the mode and owner that it has. A symbolic link stays one. Its
 * folder is made when it is missing.
 * JC_ECONFLICT   somebody changed it since it was read; nothing was written.
 * JC_EREADONLY   it is not to be written. */
JC_MUST_CHECK jc_status jc_settings_file_write(const jc_settings_file *file, jc_str content,
                                               jc_error *reterr);

/* Remove it. JC_ECONFLICT as above. */
JC_MUST_CHECK jc_status jc_settings_file_remove(const jc_settings_file *file, jc_error *reterr);

#endif
