/* Cleanup at the end of a scope: JC_AUTO(jc_buf) line = {0}; releases `line` on every way out.
 * A type joins with JC_AUTO_DEFINE(type, release function), where {0} must be a valid empty value. */
#ifndef JC_BASE_AUTO_H
#define JC_BASE_AUTO_H

#define JC_AUTO(type) __attribute__((cleanup(type##_auto_release))) type

#define JC_AUTO_DEFINE(type, release)                                                              \
    __attribute__((unused)) static inline void type##_auto_release(type *value)                    \
    {                                                                                              \
        release(value);                                                                            \
    }                                                                                              \
    struct jc_auto_requires_semicolon

#endif
