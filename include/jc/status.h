/* What a call says: a status, and where the caller wants it, one sentence of detail.
 *
 * Statuses are 0 (done), negative (failed) or positive (nothing failed, but there is no more).
 * Values are never reused and never change; new ones are added at the end. */
#ifndef JC_STATUS_H
#define JC_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define JC_MUST_CHECK __attribute__((warn_unused_result))
#define JC_PRINTF(at, first) __attribute__((format(printf, at, first)))
#define JC_API __attribute__((visibility("default")))
#else
#define JC_MUST_CHECK
#define JC_PRINTF(at, first)
#define JC_API
#endif

#define JC_STATUS_MAP(X)                                                                           \
    X(JC_OK, 0, "done")                                                                            \
    X(JC_END, 1, "no more")                                                                        \
    X(JC_EINVAL, -1, "bad input")                                                                  \
    X(JC_ECONFLICT, -2, "a workflow is not where it was expected")                                 \
    X(JC_EREUSED, -3, "an id is stored with other content")                                        \
    X(JC_EBUSY, -4, "others kept the lock past the deadline; nothing was written")                 \
    X(JC_EIO, -5, "input or output failed; the outcome is unknown")                                \
    X(JC_ENOTFOUND, -6, "not found")                                                               \
    X(JC_ECORRUPT, -7, "stored data is damaged")                                                   \
    X(JC_ENOMEM, -8, "out of memory; nothing was written")                                         \
    X(JC_EFULL, -9, "no space left; nothing was written")                                          \
    X(JC_EREADONLY, -10, "read-only; nothing was written")                                         \
    X(JC_ESTALE, -11, "the log was replaced under this handle; nothing was written; reopen")       \
    X(JC_ENEWER, -12, "written by a newer version of jc")                                          \
    X(JC_EEXISTS, -13, "exists already")                                                           \
    X(JC_EUNSUPPORTED, -14, "not supported by this version")

typedef enum jc_status {
#define JC_STATUS_ENUM(name, value, text) name = (value),
    JC_STATUS_MAP(JC_STATUS_ENUM)
#undef JC_STATUS_ENUM
} jc_status;

/* The most bytes of detail an error carries, its end included. */
#define JC_ERROR_SIZE_MAX 1024

/* One line of detail: what was wrong, with the value, and what to do. Owned by the caller, who may
 * pass NULL where it is asked for. Written only on failure. */
typedef struct jc_error {
    jc_status status;
    char text[JC_ERROR_SIZE_MAX];
} jc_error;

/* The general sentence for a status; never NULL. */
JC_API const char *jc_status_text(jc_status status);

/* The name of a status, "JC_EINVAL"; never NULL. */
JC_API const char *jc_status_name(jc_status status);

#ifdef __cplusplus
}
#endif
#endif
