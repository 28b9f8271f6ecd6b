/* What the unit tests share: cmocka with what it needs, and text as jc_str. */
#ifndef JC_TEST_UNIT_H
#define JC_TEST_UNIT_H

#include "jc/jc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define CLAIM(function) cmocka_unit_test(function)

/* Fail with both texts unless they are the same bytes. */
static inline void assert_str(jc_str got, const char *wanted)
{
    if (got.size != strlen(wanted) || memcmp(got.bytes, wanted, got.size) != 0)
        fail_msg("got \"%.*s\", wanted \"%s\"", (int)got.size, got.bytes != NULL ? got.bytes : "",
                 wanted);
}

/* Fail unless `text` holds `piece`. */
static inline void assert_holds(const char *text, const char *piece)
{
    if (strstr(text, piece) == NULL)
        fail_msg("\"%s\" does not hold \"%s\"", text, piece);
}

#endif
