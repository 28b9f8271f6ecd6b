/* kill -9 in the middle of init, restore and rebuild: replace_test [--kills N] [--seed S]
 *
 * A child does the command over and over in a project of its own; it is killed after a random time.
 * Whenever that was: the name events.db is either that of a whole log (the one before or the one
 * after), or free, and then the log before is whole under the name that it was kept as. The command
 * done again comes to its end. */
#include "sim/random.h"

#include "base/clock.h"
#include "contract/events.h"
#include "contract/folder.h"
#include "jc/jc.h"

#include <dirent.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define KILLS_DEFAULT 60
#define EVENTS 40

static char folder[JC_TEST_PATH_SIZE];
static char copy[JC_TEST_PATH_SIZE + 16];
static char text[JC_ERROR_SIZE_MAX];

typedef struct command {
    const char *name;
    bool (*run)(jc_error *reterr);
    bool from_nothing; /* there is no log before it */
} command;

static bool run_init(jc_error *reterr)
{
    jc_project_made made;
    return jc_project_init(folder, &made, reterr) == JC_OK;
}

static bool run_restore(jc_error *reterr)
{
    return jc_restore(folder, copy, NULL, 0, reterr) == JC_OK;
}

static void ignore_finding(void *context, const jc_finding *finding)
{
    (void)context, (void)finding;
}

static bool run_rebuild(jc_error *reterr)
{
    jc_rebuild_result result;
    return jc_rebuild_from_mirrors(folder, false, ignore_finding, NULL, &result, reterr) == JC_OK;
}

static const command commands[] = {
    {"init", run_init, true},
    {"restore", run_restore, false},
    {"rebuild", run_rebuild, false},
};

static void give_up(const char *what)
{
    fprintf(stderr, "replace_test: %s: %s\n", what, text);
    exit(99);
}

/* A project with events and mirrors, and a copy of its log. */
static void make_project(bool with_events)
{
    jc_store *store = NULL;
    jc_error error;
    jc_test_folder_make(folder);
    (void)snprintf(copy, sizeof copy, "%s/copy.db", folder);
    if (!with_events)
        return;
    if (!run_init(&error) || jc_open(folder, NULL, &store, &error) < 0)
        give_up(error.text);
    for (uint64_t i = 1; i <= EVENTS; i++) {
        jc_event event = jc_test_event(i, i % 2 == 0 ? "alpha" : "beta", "step.done", "{}");
        if (jc_test_append(store, &event, 1, NULL, &error) < 0)
            give_up(error.text);
    }
    if (jc_backup(store, copy, NULL, NULL, &error) < 0)
        give_up(error.text);
    jc_close(store);
}

/* How many events a project's log holds, if it is sound; -1 when it is not there, -2 when it is not
 * sound: `text` says why. */
static int64_t sound_events(void)
{
    jc_store *store = NULL;
    jc_error error;
    jc_verify_result result;
    jc_status status = jc_open(folder, &(jc_options){.read_only = true}, &store, &error);
    if (status == JC_ENOTFOUND)
        return -1;
    if (status == JC_OK)
        status = jc_verify(store, NULL, 0, ignore_finding, NULL, &result, &error);
    jc_close(store);
    if (status == JC_OK && result.damages == 0)
        return (int64_t)result.events;
    (void)snprintf(text, sizeof text, "%s", status < 0 ? error.text : "damage");
    return -2;
}

/* Put the newest log that was kept in its place, as a user would; false when there is none. */
static bool put_kept_log_back(void)
{
    char jc[sizeof folder + 8];
    char newest[sizeof jc + 256] = "";
    jc_error error;
    (void)snprintf(jc, sizeof jc, "%s/.jc", folder);
    DIR *directory = opendir(jc);
    for (struct dirent *entry = directory != NULL ? readdir(directory) : NULL; entry != NULL;
         entry = readdir(directory)) {
        char path[sizeof newest];
        (void)snprintf(path, sizeof path, "%s/%s", jc, entry->d_name);
        if (strncmp(entry->d_name, "events.db.before-", 17) == 0 &&
            strstr(entry->d_name, "-wal") == NULL && strstr(entry->d_name, "-shm") == NULL &&
            strcmp(path, newest) > 0)
            strcpy(newest, path);
    }
    if (directory != NULL)
        closedir(directory);
    return newest[0] != '\0' && jc_restore(folder, newest, NULL, 0, &error) == JC_OK;
}

static void do_for_ever(const command *which)
{
    jc_error error;
    for (;;) {
        if (which->from_nothing) {
            char log[sizeof folder + 16];
            (void)snprintf(log, sizeof log, "%s/.jc/events.db", folder);
            (void)unlink(log);
        }
        if (!which->run(&error)) {
            fprintf(stderr, "replace_test: %s: %s\n", which->name, error.text);
            _exit(1);
        }
    }
}

/* One kill; false when the claim does not hold. */
static bool kill_once(const command *which, jc_random *random)
{
    int result = 0;
    jc_error error = {0};
    pid_t child = fork();
    if (child < 0)
        give_up("fork");
    if (child == 0)
        do_for_ever(which);
    jc_clock_sleep_us(1000 + (int64_t)jc_random_below(random, 40000));
    (void)kill(child, SIGKILL);
    if (waitpid(child, &result, 0) != child || !WIFSIGNALED(result)) {
        (void)snprintf(text, sizeof text, "the command failed by itself");
        return false;
    }

    int64_t events = sound_events();
    int64_t wanted = which->from_nothing ? 0 : EVENTS;
    if (events == -1 && !which->from_nothing && put_kept_log_back())
        events = sound_events();
    if (events != wanted && !(events == -1 && which->from_nothing)) {
        if (events >= 0)
            (void)snprintf(text, sizeof text, "%" PRId64 " events instead of %" PRId64, events,
                           wanted);
        return false;
    }
    if (which->run(&error) && sound_events() == wanted)
        return true;
    (void)snprintf(text, sizeof text, "doing it again: %.200s", error.text);
    return false;
}

static bool check(const command *which, uint64_t kills, uint64_t seed)
{
    jc_random random = {.state = seed};
    bool good = true;
    make_project(!which->from_nothing);
    for (uint64_t i = 0; good && i < kills; i++)
        good = kill_once(which, &random);
    if (!good)
        printf("# %s\n", text);
    jc_test_folder_remove(folder);
    return good;
}

int main(int count, char **words)
{
    uint64_t kills = KILLS_DEFAULT;
    uint64_t seed = 1;
    size_t command_count = sizeof commands / sizeof commands[0];
    bool good = true;
    for (int i = 1; i + 1 < count; i += 2) {
        if (strcmp(words[i], "--kills") == 0)
            kills = strtoull(words[i + 1], NULL, 10);
        else if (strcmp(words[i], "--seed") == 0)
            seed = strtoull(words[i + 1], NULL, 10);
    }
    printf("1..%zu\n", command_count);
    for (size_t i = 0; i < command_count; i++) {
        bool held = check(&commands[i], kills, seed);
        printf("%s %zu - a killed %s leaves a whole log, and can be done again (%" PRIu64
               " kills)\n",
               held ? "ok" : "not ok", i + 1, commands[i].name, kills);
        (void)fflush(stdout);
        good = good && held;
    }
    return good ? 0 : 1;
}
