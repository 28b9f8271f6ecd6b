/* All of the public API. */
#ifndef JC_JC_H
#define JC_JC_H

#include "jc/cache.h"
#include "jc/event.h"
#include "jc/event_types.h"
#include "jc/hook.h"
#include "jc/intake.h"
#include "jc/json.h"
#include "jc/mailbox.h"
#include "jc/mirror.h"
#include "jc/notes.h"
#include "jc/project.h"
#include "jc/projection.h"
#include "jc/query.h"
#include "jc/redact.h"
#include "jc/status.h"
#include "jc/store.h"
#include "jc/str.h"

/* The version of the library, "0.1.0"; and what it is built with, in one line. */
JC_API const char *jc_version(void);
JC_API const char *jc_version_details(void);

#endif
