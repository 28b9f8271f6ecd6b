/* libjq, loaded when a program in jq is about to run, and nowhere linked: a process that runs none
 * does not pay for it, and works where it is not installed. */
#ifndef JC_PROJECTION_JQ_LIBRARY_H
#define JC_PROJECTION_JQ_LIBRARY_H

#include <jq.h>
#include <jv.h>
#include <stdbool.h>
#include <stddef.h>

/* jv.h defines a function that calls this one, and a build that is not optimised keeps it, though
 * nobody calls it: that must not need libjq. */
#pragma weak jv_get_kind

/* What is called of it; all of 1.6 and later have these. As in jv.h, a call uses up the jv that it is
 * given; but jv_copy, jv_get_kind, jv_number_value, jv_string_value and jv_object_iter_* do not. */
#define JC_JQ_FUNCTION_MAP(X)                                                                      \
    X(jq_compile)                                                                                  \
    X(jq_init)                                                                                     \
    X(jq_next)                                                                                     \
    X(jq_set_error_cb)                                                                             \
    X(jq_start)                                                                                    \
    X(jv_array)                                                                                    \
    X(jv_array_append)                                                                             \
    X(jv_array_get)                                                                                \
    X(jv_array_length)                                                                             \
    X(jv_copy)                                                                                     \
    X(jv_dump_string)                                                                              \
    X(jv_free)                                                                                     \
    X(jv_get_kind)                                                                                 \
    X(jv_invalid)                                                                                  \
    X(jv_invalid_get_msg)                                                                          \
    X(jv_invalid_has_msg)                                                                          \
    X(jv_null)                                                                                     \
    X(jv_number)                                                                                   \
    X(jv_number_value)                                                                             \
    X(jv_object)                                                                                   \
    X(jv_object_iter)                                                                              \
    X(jv_object_iter_key)                                                                          \
    X(jv_object_iter_next)                                                                         \
    X(jv_object_iter_valid)                                                                        \
    X(jv_object_iter_value)                                                                        \
    X(jv_object_set)                                                                               \
    X(jv_parse_sized)                                                                              \
    X(jv_string_length_bytes)                                                                      \
    X(jv_string_value)

typedef struct jc_jq_library {
#define JC_JQ_MEMBER(name) __typeof__(name) *name;
    JC_JQ_FUNCTION_MAP(JC_JQ_MEMBER)
#undef JC_JQ_MEMBER

    /* NULL where the version has none. */
    void (*nomem_handler)(void (*handler)(void *), void *context);
    int (*number_has_literal)(jv number); /* does it keep the text that it was read from? (1.7) */
} jc_jq_library;

/* Load it. False: `ret_problem` says why, and what to install. */
bool jc_jq_library_load(jc_jq_library *ret_library, char *ret_problem, size_t size);

#endif
