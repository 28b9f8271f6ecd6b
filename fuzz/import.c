/* jc_import: any file is answered. What was taken in verifies; taking the same file in again adds
 * nothing.
 *
 * The first byte chooses the format, the rest is the file. The store is reused for a number of inputs,
 * because making one costs more than an input. */
#include "fuzz.h"
#include "jc/jc.h"

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#define INPUTS_A_STORE 200

static char folder[256];
static jc_store *store;
static int inputs;

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *place)
{
    (void)info;
    (void)kind;
    (void)place;
    return remove(path);
}

static void close_store(void)
{
    jc_close(store);
    store = NULL;
    if (folder[0] != '\0')
        nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    folder[0] = '\0';
}

/* A new project, in memory where the system has a file system there. */
static void open_store(void)
{
    static bool registered;
    if (!registered)
        atexit(close_store);
    registered = true;
    const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(folder, sizeof(folder), "%s/jc-fuzz-XXXXXX", base);
    FUZZ_MUST(mkdtemp(folder) != NULL);
    jc_project_made made;
    jc_error error;
    FUZZ_MUST(jc_project_init(folder, &made, &error) == JC_OK);
    jc_options options = {.durability = JC_DURABILITY_NORMAL, .without_mirror = true};
    FUZZ_MUST(jc_open(folder, &options, &store, &error) == JC_OK);
}

static jc_status import_file(const char *path, jc_format format, jc_import_result *ret_result)
{
    jc_error error;
    jc_import_options options = {.format = format, .utc = true, .workflow_id = JC_STR("imported")};
    jc_status status = jc_import(store, path, &options, ret_result, &error);
    if (status < 0) {
        /* Nothing the input says may look like a failure of the machine. */
        FUZZ_MUST(status == JC_EINVAL || status == JC_EREUSED || status == JC_ECORRUPT ||
                  status == JC_EUNSUPPORTED || status == JC_ECONFLICT);
        fuzz_must_explain(status, &error);
    }
    return status;
}

static void report(void *context, const jc_finding *finding)
{
    (void)context;
    fprintf(stderr, "%s: %s\n", finding->where, finding->what);
}

static void check_store(void)
{
    jc_verify_result result;
    jc_error error;
    FUZZ_MUST(jc_verify(store, NULL, 0, report, NULL, &result, &error) == JC_OK);
    FUZZ_MUST(result.damages == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const jc_format formats[] = {JC_FORMAT_GUESS, JC_FORMAT_JSONL, JC_FORMAT_MIRROR};
    if (size == 0)
        return 0;
    if (store == NULL)
        open_store();

    char path[sizeof(folder) + 16];
    snprintf(path, sizeof(path), "%s/input", folder);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FUZZ_MUST(fd >= 0);
    FUZZ_MUST(write(fd, bytes + 1, size - 1) == (ssize_t)(size - 1));
    close(fd);

    jc_format format = formats[bytes[0] % (sizeof(formats) / sizeof(formats[0]))];
    jc_import_result first = {0};
    jc_import_result second = {0};
    jc_status status = import_file(path, format, &first);
    if (status == JC_OK) {
        FUZZ_MUST(import_file(path, format, &second) == JC_OK);
        FUZZ_MUST(second.stored == 0);
        FUZZ_MUST(second.already_stored == first.stored + first.already_stored);
    }
    if (++inputs % 16 == 0)
        check_store();
    if (inputs % INPUTS_A_STORE == 0)
        close_store();
    return 0;
}
