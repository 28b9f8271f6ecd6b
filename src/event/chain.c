/* The hash chain: SHA-256 of the hash before, in hex, and the event's header, which holds the hash
 * of its data. So data can one day be erased and the chain still holds. */
#include "event/chain.h"

#include "base/hash.h"
#include "event/line.h"

jc_status jc_chain_hash(jc_hash before, const jc_event *event, jc_buf *scratch, jc_hash *ret_hash,
                        jc_error *reterr)
{
    char before_hex[JC_HASH_TEXT_SIZE];
    char data_hex[JC_HASH_TEXT_SIZE];
    jc_hash_format(before, before_hex);
    jc_hash_format(jc_hash_of(event->data), data_hex);

    jc_buf_clear(scratch);
    jc_status status = jc_line_encode_header(event, scratch, reterr);
    if (status < 0)
        return status;

    jc_hasher hasher;
    jc_hasher_begin(&hasher);
    jc_hasher_add(&hasher, before_hex, JC_HASH_TEXT_SIZE - 1);
    jc_hasher_add(&hasher, "{", 1);
    jc_hasher_add(&hasher, scratch->bytes, scratch->size);
    jc_hasher_add(&hasher, "\"data_hash\":\"", 13);
    jc_hasher_add(&hasher, data_hex, JC_HASH_TEXT_SIZE - 1);
    jc_hasher_add(&hasher, "\"}", 2);
    *ret_hash = jc_hasher_take(&hasher);
    return JC_OK;
}
