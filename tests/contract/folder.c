/* Temporary folders for tests. What fails here is the machine's fault and not a finding, so it ends
 * the program with the reason instead of failing one claim. */
#include "contract/folder.h"

#include "jc/project.h"

#include "base/buf.h"
#include "base/files.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void give_up(const char *what, const char *path)
{
    fprintf(stderr, "cannot %s %s\n", what, path);
    exit(99);
}

void jc_test_folder_make(char ret_path[JC_TEST_PATH_SIZE])
{
    const char *parent = getenv("TMPDIR");
    if (parent == NULL || parent[0] == '\0')
        parent = "/tmp";
    int length = snprintf(ret_path, JC_TEST_PATH_SIZE, "%s/jc-test-XXXXXX", parent);
    if (length < 0 || length >= JC_TEST_PATH_SIZE || mkdtemp(ret_path) == NULL)
        give_up("make a folder in", parent);
}

void jc_test_project_make(char ret_path[JC_TEST_PATH_SIZE])
{
    jc_test_folder_make(ret_path);
    jc_project_made made;
    jc_error error = {0};
    if (jc_project_init(ret_path, &made, &error) < 0)
        give_up(error.text, ret_path);
}

static int remove_one(const char *path, const struct stat *stat, int type, struct FTW *walk)
{
    (void)stat;
    (void)type;
    (void)walk;
    return remove(path);
}

void jc_test_folder_remove(const char *path)
{
    if (path[0] != '\0')
        (void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void jc_test_file_copy(const char *from, const char *to)
{
    JC_AUTO(jc_buf) bytes = {0};
    jc_error error = {0};
    if (jc_file_read(from, SIZE_MAX, &bytes, &error) < 0)
        give_up("read", from);
    FILE *file = fopen(to, "wb");
    if (file == NULL || fwrite(bytes.bytes, 1, bytes.size, file) != bytes.size || fclose(file) != 0)
        give_up("write", to);
}
