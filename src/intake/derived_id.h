/* Ids for what comes without one: the same thing always gets the same id (docs/FORMAT.md, "Derived ids"). */
#ifndef JC_INTAKE_DERIVED_ID_H
#define JC_INTAKE_DERIVED_ID_H

#include "jc/event.h"

#define JC_URN_IMPORT "urn:jc:import"
#define JC_URN_HOOK "urn:jc:hook"

/* UUIDv5 in the namespace UUIDv5(URL namespace, `urn`), of the parts joined by one zero byte each.
 * JC_ENOMEM. */
JC_MUST_CHECK jc_status jc_derive_id(const char *urn, const jc_str parts[], size_t count,
                                     jc_uuid *ret_id, jc_error *reterr);

#endif
