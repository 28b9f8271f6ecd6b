/* The mirror as a follower of the log. */
#ifndef JC_MIRROR_FOLLOWER_H
#define JC_MIRROR_FOLLOWER_H

#include "store/store.h"

/* Make the store write its mirrors after each append. JC_ENOMEM. */
JC_MUST_CHECK jc_status jc_mirror_follow(jc_store *store, jc_error *reterr);

#endif
