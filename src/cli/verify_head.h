/* Is a head that was kept elsewhere still part of the record? */
#ifndef JC_CLI_VERIFY_HEAD_H
#define JC_CLI_VERIFY_HEAD_H

#include "cli/cli.h"

/* What --head was given. */
typedef struct jc_kept_head {
    jc_hash hash;
    bool has_store_id;
    jc_uuid store_id;
    bool has_position;
    uint64_t position;
    jc_str workflow_id; /* absent: not of one workflow */
    uint64_t sequence;
} jc_kept_head;

/* Read `STORE_ID POSITION HASH`, `WORKFLOW SEQUENCE HASH`, `POSITION:HASH` or `HASH`. The text lives
 * as long as the result. 0, or an exit code after a message. */
int jc_kept_head_parse(const jc_cli *cli, const char *text, jc_kept_head *ret_head);

/* Look for it: as the store's head now, as any event's hash, and as the store's head at an earlier
 * position. JC_OK: found, *ret_where (room for 256 bytes) says where. JC_END: the record does not hold
 * it, *ret_where says what differs. */
JC_MUST_CHECK jc_status jc_kept_head_find(jc_cli *cli, const jc_kept_head *head,
                                          char ret_where[256], jc_error *reterr);

#endif
