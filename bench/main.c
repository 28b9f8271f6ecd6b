/* bench: jc against this machine's own limits. `bench --help` says how to call it.
 *
 * Works in a new folder on a real disk ($JC_BENCH_DIR, else the working directory) and removes it.
 * Exit 0 also when a target was missed: machines differ, and figures are for people. */
#include "bench.h"

#include <ftw.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Each table by its name on the command line. */
static const struct {
    const char *name;
    void (*run)(const bench_options *options);
    bool by_default;
    bool needs_program;
} tables[] = {
    {"appends", bench_appends, true, false},
    {"reads", bench_reads, true, false},
    {"states", bench_states, true, false},
    {"past", bench_past, true, false},
    {"processes", bench_processes, true, true},
    {"hook", bench_hook, true, true},
    {"mcp", bench_mcp, true, true},
    {"import", bench_import, true, true},
    {"api", bench_api, true, true},
    {"redact", bench_redact, true, false},
    {"live", bench_live, true, false},
    {"writers", bench_writers, true, false},
    {"growth", bench_growth, true, false},
    {"page-sizes", bench_page_sizes, false, false},
};

#define TABLE_COUNT ((int)(sizeof(tables) / sizeof(tables[0])))

static char folder[BENCH_PATH_SIZE];

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *place)
{
    (void)info;
    (void)kind;
    (void)place;
    return remove(path);
}

/* Only the process that made the folder removes it, not a forked writer. */
static pid_t folder_owner;

static void remove_folder(void)
{
    if (folder[0] != '\0' && getpid() == folder_owner)
        nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static void stop(int signal_number)
{
    (void)signal_number;
    exit(130);
}

static void make_folder(void)
{
    const char *base = getenv("JC_BENCH_DIR");
    char cwd[BENCH_PATH_SIZE - 32];
    if (base == NULL || base[0] == '\0')
        base = getcwd(cwd, sizeof(cwd));
    if (base == NULL)
        bench_die("there is no working directory");
    bench_path(folder, base, "jc-bench-XXXXXX");
    if (mkdtemp(folder) == NULL) {
        folder[0] = '\0';
        bench_die("cannot make a folder in %s", base);
    }
    folder_owner = getpid();
    atexit(remove_folder);
    signal(SIGINT, stop);
    signal(SIGTERM, stop);
}

static void print_help(void)
{
    puts("usage: bench [OPTION…] [TABLE…]\n\n"
         "  --jc=PATH      the jc program to measure whole processes with\n"
         "  --rounds=N     rounds a row (7)\n"
         "  --full         growth up to 5 M events\n"
         "  --page-sizes   the same as the table page-sizes\n\n"
         "Tables (all but page-sizes unless named):");
    for (int i = 0; i < TABLE_COUNT; i++)
        printf("  %s\n", tables[i].name);
}

static int parse_options(int argc, char **argv, bench_options *options, bool *chosen)
{
    static const struct option known[] = {
        {"jc", required_argument, NULL, 'j'}, {"rounds", required_argument, NULL, 'r'},
        {"full", no_argument, NULL, 'f'},     {"page-sizes", no_argument, NULL, 'p'},
        {"help", no_argument, NULL, 'h'},     {NULL, 0, NULL, 0},
    };
    int count = 0;
    for (int c; (c = getopt_long(argc, argv, "h", known, NULL)) != -1;) {
        if (c == 'j')
            options->jc = optarg;
        else if (c == 'r')
            options->rounds = atoi(optarg);
        else if (c == 'f')
            options->full = true;
        else if (c == 'p')
            chosen[TABLE_COUNT - 1] = (bool)++count;
        else {
            print_help();
            exit(c == 'h' ? 0 : 2);
        }
    }
    if (options->rounds < 1 || options->rounds > BENCH_ROUNDS_MAX - 1)
        bench_die("--rounds must be 1 to %d", BENCH_ROUNDS_MAX - 1);
    return count;
}

static int choose_tables(int argc, char **argv, bool *chosen)
{
    int count = 0;
    for (int i = optind; i < argc; i++) {
        int table = 0;
        while (table < TABLE_COUNT && strcmp(tables[table].name, argv[i]) != 0)
            table++;
        if (table == TABLE_COUNT)
            bench_die("there is no table '%s'; see --help", argv[i]);
        chosen[table] = (bool)++count;
    }
    return count;
}

int main(int argc, char **argv)
{
    bench_options options = {.rounds = 7};
    bool chosen[TABLE_COUNT] = {false};
    int count = parse_options(argc, argv, &options, chosen);
    count += choose_tables(argc, argv, chosen);
    for (int i = 0; count == 0 && i < TABLE_COUNT; i++)
        chosen[i] = tables[i].by_default;

    make_folder();
    options.folder = folder;
    bench_print_machine(folder);
    for (int i = 0; i < TABLE_COUNT; i++) {
        if (!chosen[i])
            continue;
        if (tables[i].needs_program && options.jc == NULL)
            bench_die("the table %s needs --jc=PATH", tables[i].name);
        tables[i].run(&options);
    }
    printf("\n%d of the targets missed\n", bench_misses());
    return 0;
}
