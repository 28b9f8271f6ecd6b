/* The contract: what every backend of the log must do. A case is written once, gets an empty store,
 * and runs on each backend; its TAP line is "BACKEND: CLAIM".
 *
 *     static void append_assigns_dense_sequences(void **state)
 *     {
 *         jc_fixture *fixture = *state;
 *         ...
 *     }
 *     int main(void)
 *     {
 *         const struct CMUnitTest tests[] = {JC_CASE(append_assigns_dense_sequences)};
 *         return jc_contract_run("append", tests, sizeof tests / sizeof *tests);
 *     } */
#ifndef JC_TEST_FIXTURE_H
#define JC_TEST_FIXTURE_H

#include "contract/events.h"
#include "contract/folder.h"

#include "store/backend_fault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* What the clock of a fixture says at first: 2026-01-09T10:00:00Z. */
#define JC_TEST_NOW_US INT64_C(1767952800000000)

struct jc_fixture_backend;

typedef struct jc_fixture {
    const struct jc_fixture_backend *backend;
    char dir[JC_TEST_PATH_SIZE]; /* the project's folder; "" where the backend has none */
    int64_t now_us;              /* what the store's clock says; a case may set it */
    jc_store *store;
    jc_fault fault; /* for cases of jc_contract_run_faulty; lets everything through at first */
    jc_error error; /* for the calls of a case */
    jc_buf lines;
    jc_buf wanted;
} jc_fixture;

#define JC_CASE(function)                                                                          \
    {                                                                                              \
        .name = #function, .test_func = function                                                   \
    }

/* Run the cases on every backend. Returns how many failed, for main. */
int jc_contract_run(const char *group, const struct CMUnitTest tests[], size_t count);

/* The same, only where `fault` can make calls fail. */
int jc_contract_run_faulty(const char *group, const struct CMUnitTest tests[], size_t count);

/* Fail, naming both, unless the status is the one wanted. */
#define assert_status(got, wanted) jc_assert_status((got), (wanted), NULL, __FILE__, __LINE__)
#define assert_ok(fixture, got)                                                                    \
    jc_assert_status((got), JC_OK, (fixture)->error.text, __FILE__, __LINE__)
void jc_assert_status(jc_status got, jc_status wanted, const char *text, const char *file,
                      int line);

/* Fail, showing the first line that differs, unless both hold the same bytes. */
#define assert_same_lines(got, wanted) jc_assert_same_lines((got), (wanted), __FILE__, __LINE__)
void jc_assert_same_lines(const jc_buf *got, const jc_buf *wanted, const char *file, int line);

/* Append one event and return its receipt; fails unless it is stored. */
jc_receipt jc_fixture_append(jc_fixture *fixture, const jc_event *event);

/* `count` events of one type with data {}, ids from `first_number` on, each in a unit of its own. */
void jc_fixture_fill(jc_fixture *fixture, const char *workflow_id, uint64_t first_number,
                     int count);

/* The last position of the store, which an append that failed must not have moved. */
uint64_t jc_fixture_position(jc_fixture *fixture);

#endif
