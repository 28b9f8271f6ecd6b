/* Snapshots as a follower of the log. */
#ifndef JC_PROJECTION_FOLLOWER_H
#define JC_PROJECTION_FOLLOWER_H

#include "store/store.h"

/* Let appends take the snapshots that are due. */
void jc_snapshots_follow(jc_store *store);

#endif
