/* The wrapped allocator, and SQLite's table in front of its default one. */
#include "sim/memory.h"

#include <sqlite3.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

/* The linker's names for the functions behind the wrapped ones. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void __real_free(void *old);
char *__real_strdup(const char *text);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void __wrap_free(void *old);
char *__wrap_strdup(const char *text);

static bool watching;
static bool in_sqlite; /* below SQLite's table: the wrapped functions are not ours now */
static jc_memory_owner failing;
static uint64_t fail_at;
static bool fail_all_later;
static bool struck;
static uint64_t calls[JC_MEMORY_OWNERS];
static int64_t blocks_held;

/* Count an allocation. Must it fail? */
static bool count_call(jc_memory_owner owner)
{
    if (!watching || (owner == JC_MEMORY_OURS && in_sqlite))
        return false;
    calls[owner]++;
    if (owner != failing || fail_at == 0)
        return false;
    bool fails = fail_all_later ? calls[owner] >= fail_at : calls[owner] == fail_at;
    struck = struck || fails;
    return fails;
}

static void *hold(void *block)
{
    blocks_held += block != NULL && !in_sqlite;
    return block;
}

void *__wrap_malloc(size_t size)
{
    return count_call(JC_MEMORY_OURS) ? NULL : hold(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
    return count_call(JC_MEMORY_OURS) ? NULL : hold(__real_calloc(count, size));
}

void *__wrap_realloc(void *old, size_t size)
{
    if (count_call(JC_MEMORY_OURS))
        return NULL;
    void *block = __real_realloc(old, size);
    return old == NULL ? hold(block) : block;
}

char *__wrap_strdup(const char *text)
{
    return count_call(JC_MEMORY_OURS) ? NULL : hold(__real_strdup(text));
}

void __wrap_free(void *old)
{
    blocks_held -= old != NULL && !in_sqlite;
    __real_free(old);
}

static sqlite3_mem_methods sqlite_methods;

static void *sqlite_malloc(int size)
{
    if (count_call(JC_MEMORY_SQLITE))
        return NULL;
    in_sqlite = true;
    void *block = sqlite_methods.xMalloc(size);
    in_sqlite = false;
    return block;
}

static void *sqlite_realloc(void *old, int size)
{
    if (count_call(JC_MEMORY_SQLITE))
        return NULL;
    in_sqlite = true;
    void *block = sqlite_methods.xRealloc(old, size);
    in_sqlite = false;
    return block;
}

static void sqlite_free(void *old)
{
    in_sqlite = true;
    sqlite_methods.xFree(old);
    in_sqlite = false;
}

void jc_memory_init(void)
{
    int code = sqlite3_config(SQLITE_CONFIG_GETMALLOC, &sqlite_methods);
    sqlite3_mem_methods methods = sqlite_methods;
    methods.xMalloc = sqlite_malloc;
    methods.xRealloc = sqlite_realloc;
    methods.xFree = sqlite_free;
    if (code == SQLITE_OK)
        code = sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
    if (code != SQLITE_OK) {
        fprintf(stderr, "SQLite does not take another allocator: %s\n", sqlite3_errstr(code));
        exit(99);
    }
}

void jc_memory_watch(bool on)
{
    watching = on;
}

void jc_memory_plan(jc_memory_owner owner, uint64_t at, bool all_later)
{
    failing = owner;
    fail_at = at;
    fail_all_later = all_later;
    struck = false;
    calls[JC_MEMORY_OURS] = 0;
    calls[JC_MEMORY_SQLITE] = 0;
}

void jc_memory_mend(void)
{
    fail_at = 0;
}

bool jc_memory_struck(void)
{
    return struck;
}

uint64_t jc_memory_calls(jc_memory_owner owner)
{
    return calls[owner];
}

int64_t jc_memory_held(jc_memory_owner owner)
{
    return owner == JC_MEMORY_OURS ? blocks_held : sqlite3_memory_used();
}
