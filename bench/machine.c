/* What the figures were measured on. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

#define TMPFS 0x01021994
#define RAMFS 0x858458f6

/* The first "KEY : value" of a file in /proc. */
static void read_fact(const char *path, const char *key, char *ret, size_t room)
{
    snprintf(ret, room, "unknown");
    FILE *file = fopen(path, "re");
    char line[512];
    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        char *colon = strchr(line, ':');
        if (colon == NULL || strncmp(line, key, strlen(key)) != 0)
            continue;
        char *value = colon + 1 + strspn(colon + 1, " \t");
        snprintf(ret, room, "%.*s", (int)strcspn(value, "\n"), value);
        break;
    }
    if (file != NULL)
        fclose(file);
}

/* The type of the file system that holds `folder`: the longest mount point that leads to it. */
static void read_file_system(const char *folder, char *ret, size_t room)
{
    char real[BENCH_PATH_SIZE];
    size_t longest = 0;
    snprintf(ret, room, "unknown");
    FILE *mounts = fopen("/proc/self/mounts", "re");
    char device[256];
    char point[256];
    char type[64];
    if (mounts == NULL || realpath(folder, real) == NULL)
        return;
    while (fscanf(mounts, "%255s %255s %63s %*[^\n]", device, point, type) == 3) {
        size_t size = strlen(point);
        if (size >= longest && strncmp(real, point, size) == 0) {
            longest = size;
            snprintf(ret, room, "%s on %s", type, device);
        }
    }
    fclose(mounts);
}

void bench_print_machine(const char *folder)
{
    struct statfs info;
    if (statfs(folder, &info) == 0 &&
        ((unsigned long)info.f_type == TMPFS || (unsigned long)info.f_type == RAMFS))
        bench_die("%s lies in memory; set JC_BENCH_DIR to a folder on a disk", folder);

    char processor[128];
    char memory[64];
    char file_system[384];
    struct utsname system;
    read_fact("/proc/cpuinfo", "model name", processor, sizeof(processor));
    read_fact("/proc/meminfo", "MemTotal", memory, sizeof(memory));
    read_file_system(folder, file_system, sizeof(file_system));
    uname(&system);
    printf("# %s, %ld processors, memory %s\n", processor, sysconf(_SC_NPROCESSORS_ONLN), memory);
    printf("# %s %s, %s\n", system.sysname, system.release, file_system);
    printf("# jc %s, SQLite %s, compiler %s\n", jc_version(), sqlite3_libversion(), __VERSION__);
    printf("# Ratio: the median of the rounds' ratios, jc to limit, measured in turn.\n");
}
