/* Setting an error and returning its status, as one act. */
#ifndef JC_BASE_FAIL_H
#define JC_BASE_FAIL_H

#include "jc/status.h"

/* Write the detail into *reterr (which may be NULL) and return `status`. */
JC_PRINTF(3, 4)
jc_status jc_fail(jc_error *reterr, jc_status status, const char *format, ...);

/* As jc_fail, with ": " and the system's word for `error_number` at the end. Chooses the status:
 * ENOSPC and EDQUOT are JC_EFULL, EROFS, EACCES and EPERM JC_EREADONLY, ENOMEM JC_ENOMEM, ENOENT
 * JC_ENOTFOUND, anything else JC_EIO. */
JC_PRINTF(3, 4)
jc_status jc_fail_errno(jc_error *reterr, int error_number, const char *format, ...);

/* Out of memory: the one sentence for it. */
jc_status jc_fail_memory(jc_error *reterr);

#endif
