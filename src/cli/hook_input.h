/* A hook's payload, from whoever writes it to standard input. */
#ifndef JC_CLI_HOOK_INPUT_H
#define JC_CLI_HOOK_INPUT_H

#include "base/buf.h"

/* Read to the end of the input, or until what came is a whole object and nothing more comes. Of more than
 * JC_HOOK_PAYLOAD_SIZE_MAX the rest is read too, so that the writer is not stopped, and only counted:
 * *ret_size is all that came. JC_ENOMEM. */
JC_MUST_CHECK jc_status jc_hook_input_read(int fd, jc_buf *payload, uint64_t *ret_size,
                                           jc_error *reterr);

#endif
