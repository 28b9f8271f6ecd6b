/* jc doctor: look at everything that can be wrong around a project, and say for each thing what to do.
 *
 * A check is a function that says what it found with say(): a good fact, a note (worth acting on, but
 * the record is sound), or damage. They stand in one table, in the order in which they are printed. */
#include "base/auto.h"
#include "base/file_system.h"
#include "cli/commands.h"
#include "cli/names.h"
#include "cli/term.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define WAL_LARGE_BYTES (64 * 1024 * 1024)
#define SPACE_LOW_BYTES (100 * 1024 * 1024)

typedef enum verdict {
    GOOD,
    NOTE,
    DAMAGE
} verdict;

/* One run. */
typedef struct examination {
    jc_cli *cli;
    jc_term term;
    jc_error open_error; /* why the log could not be opened; status JC_OK when it is open */
    char warning[JC_ERROR_SIZE_MAX]; /* the last one of opening it, "" when there was none */
    uint64_t notes;
    uint64_t damages;
} examination;

static void print_json(const char *check, verdict found, const char *text, const char *advice)
{
    static const char *const names[] = {"good", "note", "damage"};
    printf("{\"check\":\"%s\",\"state\":\"%s\",\"text\":", check, names[found]);
    jc_cli_print_json_text(jc_str_of(text));
    if (advice != NULL) {
        printf(",\"advice\":");
        jc_cli_print_json_text(jc_str_of(advice));
    }
    printf("}\n");
}

/* What a check found; `advice` (NULL: none needed) says what to do. */
JC_PRINTF(5, 6)
static void say(examination *all, const char *check, verdict found, const char *advice,
                const char *format, ...)
{
    static const struct {
        const char *mark;
        jc_colour colour;
    } looks[] = {{"ok", JC_COLOUR_GREEN}, {"note", JC_COLOUR_YELLOW}, {"BAD", JC_COLOUR_RED}};
    char text[2 * JC_ERROR_SIZE_MAX];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);

    all->notes += found == NOTE ? 1 : 0;
    all->damages += found == DAMAGE ? 1 : 0;
    if (all->cli->json) {
        print_json(check, found, text, advice);
        return;
    }
    JC_AUTO(jc_buf) safe = {0};
    (void)jc_text_append_safe(&safe, jc_str_of(text), 0);
    printf("%s%-4s%s  %-11s  %.*s\n", jc_term_colour(&all->term, looks[found].colour),
           looks[found].mark, jc_term_colour(&all->term, JC_COLOUR_NONE), check, (int)safe.size,
           safe.bytes != NULL ? safe.bytes : "");
    if (advice != NULL)
        printf("%19s%s\n", "→ ", advice);
}

/* A path below the project; always ended, cut when it is too long. */
static const char *below(const examination *all, const char *name,
                         char ret_path[2 * JC_PATH_SIZE_MAX])
{
    (void)snprintf(ret_path, 2 * JC_PATH_SIZE_MAX, "%s/%s", all->cli->project, name);
    return ret_path;
}

/* The size of a file below the project; -1 when there is none. */
static int64_t size_of(const examination *all, const char *name)
{
    char path[2 * JC_PATH_SIZE_MAX];
    struct stat info;
    return stat(below(all, name, path), &info) == 0 ? (int64_t)info.st_size : -1;
}

static const char *shown_size(int64_t size, char ret_text[32])
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    double value = (double)size;
    size_t unit = 0;
    for (; value >= 1024 && unit + 1 < sizeof units / sizeof units[0]; unit++)
        value /= 1024;
    (void)snprintf(ret_text, 32, unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
    return ret_text;
}

static void check_versions(examination *all)
{
    say(all, "version", GOOD, NULL, "jc %s (%s)", jc_version(), jc_version_details());
}

static void check_file_system(examination *all)
{
    char path[2 * JC_PATH_SIZE_MAX];
    struct statvfs info;
    if (statvfs(below(all, ".jc", path), &info) != 0) {
        say(all, "disk", NOTE, "check the permissions of the folder", "cannot look at %s: %s", path,
            strerror(errno));
        return;
    }
    const jc_file_system *found = jc_file_system_of(path);
    const char *name = found != NULL ? found->name : "unknown file system";
    char room[32];
    int64_t available = (int64_t)info.f_bavail * (int64_t)info.f_frsize;
    shown_size(available, room);
    if (found != NULL && found->network)
        say(all, "disk", NOTE,
            "move the project to a local disk: locks and shared memory cannot be relied on here",
            "%s: a network or user-space file system", name);
    else if (found != NULL && found->memory)
        say(all, "disk", NOTE, "move the project to a disk if its events are to outlive a restart",
            "%s: it lives in memory only", name);
    else if (available < SPACE_LOW_BYTES)
        say(all, "disk", NOTE, "make room before appends fail", "%s, only %s free", name, room);
    else
        say(all, "disk", GOOD, NULL, "%s, %s free", name, room);
}

static void check_access(examination *all)
{
    char path[2 * JC_PATH_SIZE_MAX];
    if (access(below(all, ".jc", path), R_OK | W_OK | X_OK) == 0)
        say(all, "access", GOOD, NULL, "%s can be written", path);
    else
        say(all, "access", NOTE, "give yourself write permission if you want to append", "%s: %s",
            path, strerror(errno));
}

static void check_log(examination *all)
{
    if (all->cli->store == NULL) {
        bool damaged =
            all->open_error.status == JC_ECORRUPT || all->open_error.status == JC_ENOTFOUND;
        say(all, "log", damaged ? DAMAGE : NOTE,
            damaged ? "'jc restore FILE' from a backup, or 'jc rebuild --from-mirror'"
                    : "see the message",
            "cannot be opened: %s", all->open_error.text);
        return;
    }
    jc_store_info info = {0};
    jc_error error = {0};
    if (jc_store_info_read(all->cli->store, &info, &error) < 0) {
        say(all, "log", DAMAGE, "'jc verify' says more", "cannot be read: %s", error.text);
        return;
    }
    char id[JC_UUID_TEXT_SIZE];
    jc_uuid_format(info.store_id, id);
    say(all, "log", GOOD, NULL,
        "store %s, epoch %" PRIu64 ", format %" PRIu64 ", position %" PRIu64 "%s", id, info.epoch,
        info.format, info.position, info.gaps ? ", with gaps from a rebuild" : "");
}

/* What opening warned of: settings that cannot be understood, say. */
static void check_opening(examination *all)
{
    if (all->warning[0] != '\0')
        say(all, "opening", NOTE, "put that right; events are recorded all the same", "%s",
            all->warning);
}

static void check_durability(examination *all)
{
    if (all->cli->store != NULL)
        say(all, "durability", GOOD, NULL, "full: an acknowledged event is on the disk");
}

static void check_sizes(examination *all)
{
    char log_size[32];
    char wal_size[32];
    int64_t log = size_of(all, ".jc/events.db");
    int64_t wal = size_of(all, ".jc/events.db-wal");
    if (log < 0)
        return;
    shown_size(log, log_size);
    shown_size(wal > 0 ? wal : 0, wal_size);
    if (wal > WAL_LARGE_BYTES)
        say(all, "size", NOTE,
            "a reader holds the log open for long, or a writer was killed: end it, then append "
            "once",
            "events.db %s, its write-ahead log %s", log_size, wal_size);
    else
        say(all, "size", GOOD, NULL, "events.db %s, its write-ahead log %s", log_size, wal_size);
}

/* What SQLite keeps beside a database is part of it. */
static bool is_part_of_database(const char *name)
{
    static const char *const ends[] = {"-wal", "-shm", "-journal"};
    size_t size = strlen(name);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        size_t end = strlen(ends[i]);
        if (size > end && strcmp(name + size - end, ends[i]) == 0)
            return true;
    }
    return false;
}

/* Count the files in a folder below the project whose names begin with `prefix`. */
static uint64_t count_files(const examination *all, const char *folder, const char *prefix)
{
    char path[2 * JC_PATH_SIZE_MAX];
    uint64_t count = 0;
    DIR *directory = opendir(below(all, folder, path));
    if (directory == NULL)
        return 0;
    for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
        if (entry->d_name[0] != '.' && !is_part_of_database(entry->d_name) &&
            strncmp(entry->d_name, prefix, strlen(prefix)) == 0)
            count++;
    }
    (void)closedir(directory);
    return count;
}

static void check_kept_files(examination *all)
{
    uint64_t count = count_files(all, ".jc", "events.db.before-");
    uint64_t unfinished =
        count_files(all, ".jc", "events.db.incoming-") + count_files(all, ".jc", "events.db.new-");
    if (count > 0)
        say(all, "kept logs", NOTE, "remove them once you are sure that nothing in them is missing",
            "%" PRIu64 " older log%s beside events.db: .jc/events.db.before-*", count,
            count == 1 ? "" : "s");
    if (unfinished > 0)
        say(all, "unfinished", NOTE,
            "remove .jc/events.db.incoming-* and .jc/events.db.new-*, unless such a command is "
            "running",
            "%" PRIu64 " file%s of a restore, rebuild or init that did not come to its end",
            unfinished, unfinished == 1 ? "" : "s");
}

static void check_redaction(examination *all)
{
    jc_redactor *redactor = NULL;
    jc_error error = {0};
    if (jc_redactor_new(all->cli->project, &redactor, &error) < 0)
        say(all, "redaction", NOTE, "put that right; what else there is of rules holds", "%s",
            error.text);
    else if (!jc_redactor_enabled(redactor))
        say(all, "redaction", NOTE, "remove \"enabled\":false from .jc/config.json to have it",
            "off: what agents see and do is recorded with its secrets");
    else
        say(all, "redaction", GOOD, NULL, "on: secrets are taken out of what agents tell");
    jc_redactor_free(redactor);
}

static void check_spool(examination *all)
{
    uint64_t count = jc_spool_count(all->cli->project);
    uint64_t bad = count_files(all, ".jc/spool", "") - count;
    if (bad > 0)
        say(all, "spool", NOTE, ".jc/hook.log says what is wrong with them",
            "%" PRIu64 " file%s in .jc/spool/ cannot be taken up", bad, bad == 1 ? "" : "s");
    if (count > 0)
        say(all, "spool", NOTE, "they are taken up by the next hook or command that appends",
            "%" PRIu64 " hook%s could not reach the log in time", count, count == 1 ? "" : "s");
    else if (bad == 0)
        say(all, "spool", GOOD, NULL, "empty");
}

static void check_cache(examination *all)
{
    char size[32];
    char snapshots[32];
    jc_cache_info info = {0};
    if (size_of(all, ".jc/cache.db") < 0) {
        say(all, "cache", GOOD, NULL, "none yet; it is made when it helps");
        return;
    }
    bool usable = all->cli->store != NULL &&
                  jc_cache_info_read(all->cli->store, &info, NULL) == JC_OK && info.usable;
    /* Measured now: to look into a damaged one empties it, and what is new stands in its log still. */
    int64_t bytes = size_of(all, ".jc/cache.db");
    int64_t wal = size_of(all, ".jc/cache.db-wal");
    bytes = (bytes > 0 ? bytes : 0) + (wal > 0 ? wal : 0);
    if (!usable) {
        say(all, "cache", NOTE, "everything works without it; 'jc rebuild --cache' makes it anew",
            "cache.db %s cannot be used", shown_size(bytes, size));
        return;
    }
    say(all, "cache", GOOD, NULL,
        "cache.db %s: %" PRIu64 " snapshot%s of %s, %" PRIu64
        " events indexed; it can be deleted at any time",
        shown_size(bytes, size), info.snapshots, info.snapshots == 1 ? "" : "s",
        shown_size((int64_t)info.snapshot_bytes, snapshots), info.indexed);
}

static void say_mirror(examination *all, jc_str workflow_id, const jc_mirror_report *report)
{
    char name[JC_WORKFLOW_ID_SIZE_MAX + 1];
    (void)snprintf(name, sizeof name, "%.*s", (int)workflow_id.size, workflow_id.bytes);
    if (report->state == JC_MIRROR_BEHIND)
        say(all, "mirror", NOTE, "it catches up at the next append, or with 'jc mirror'",
            "%s: behind the log, intact up to #%" PRIu64, name, report->sequence);
    else
        say(all, "mirror", DAMAGE, "look at it, then 'jc mirror' writes it anew and keeps the old",
            "%s: %s%s", name,
            report->state == JC_MIRROR_AHEAD ? "goes on where the log ends: " : "", report->text);
}

static void check_mirrors(examination *all)
{
    JC_AUTO(jc_names) workflows = {0};
    if (all->cli->store == NULL)
        return;
    if (jc_cli_workflows(all->cli, true, &workflows) != 0) {
        say(all, "mirror", DAMAGE, "'jc verify' says more", "the workflows cannot be listed");
        return;
    }
    uint64_t equal = 0;
    for (size_t i = 0; i < workflows.count; i++) {
        jc_mirror_report report = {0};
        jc_error error = {0};
        if (jc_mirror_check(all->cli->store, workflows.ids[i], &report, &error) < 0)
            say(all, "mirror", DAMAGE, "'jc verify' says more", "%s: %s", workflows.ids[i].bytes,
                error.text);
        else if (report.state == JC_MIRROR_EQUAL)
            equal++;
        else
            say_mirror(all, workflows.ids[i], &report);
    }
    if (equal > 0 || workflows.count == 0)
        say(all, "mirror", GOOD, NULL, "%" PRIu64 " of %zu equal to the log", equal,
            workflows.count);
}

static void (*const checks[])(examination *all) = {
    check_versions,  check_file_system, check_access, check_log,
    check_opening,   check_durability,  check_sizes,  check_kept_files,
    check_redaction, check_spool,       check_cache,  check_mirrors,
};

static void keep_warning(void *context, const char *text)
{
    examination *all = context;
    (void)snprintf(all->warning, sizeof all->warning, "%s", text);
}

/* Like jc_cli_open(), but a log that cannot be opened is one more thing to report. */
static int open_log(examination *all)
{
    jc_cli *cli = all->cli;
    char path[2 * JC_PATH_SIZE_MAX];
    int failed = jc_cli_find_project(cli);
    if (failed != 0)
        return failed;
    if (access(below(all, ".jc", path), F_OK) != 0)
        return jc_cli_fail(cli, JC_EXIT_NOT_FOUND, "no .jc/ in '%s': run 'jc init'", cli->project);
    jc_options options = {.read_only = true, .warn = keep_warning, .warn_context = all};
    all->open_error.status = jc_open(cli->project, &options, &cli->store, &all->open_error);
    return 0;
}

static int doctor(jc_cli *cli, const void *values)
{
    (void)values;
    examination all = {.cli = cli, .term = jc_term_of_output()};
    int failed = open_log(&all);
    if (failed != 0)
        return failed;
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
        checks[i](&all);
    if (all.damages > 0)
        return jc_cli_fail(cli, JC_EXIT_INTEGRITY,
                           "%" PRIu64 " thing%s damaged: do what is said above", all.damages,
                           all.damages == 1 ? " is" : "s are");
    if (cli->store == NULL)
        return jc_cli_fail(cli, JC_EXIT_FAILED,
                           "the log could not be looked at: do what is said above, then again");
    if (!cli->json)
        printf(all.notes == 0 ? "all is well\n" : "the record is sound; see the notes\n");
    return JC_EXIT_DONE;
}

const jc_command jc_cmd_doctor = {
    .synopsis = "",
    .details = "The exit code is 5 when something is damaged, 1 when the log could not be looked\n"
               "at, else 0, also with notes. 'jc verify' checks every event.",
    .examples = "jc doctor\n"
                "jc doctor --json",
    .words_min = 0,
    .words_max = 0,
    .run = doctor,
};
