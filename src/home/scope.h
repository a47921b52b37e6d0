/* The scope of a subscription: whom its status, its verdict and its profile let be served, and
 * where. */
#ifndef MOORING_HOME_SCOPE_H
#define MOORING_HOME_SCOPE_H

#include <stdbool.h>
#include <stdint.h>

#include "home/context.h"
#include "home/subscription.h"

/* False if nobody is served: suspended by the operator, or barred by a verdict or a violation under
 * the profile. */
bool scope_served(const struct subscription *subscription, const struct home_context *context);

/* True if the profile allows this serving network. */
bool scope_allows_plmn(const struct profile *profile, const struct plmn *plmn);

/* True if the profile's Access-Restriction-Data (TS 29.272 7.3.31) leaves this RAT-Type
 * (TS 29.212 5.3.31) open. */
bool scope_allows_rat(const struct profile *profile, uint32_t rat_type);

/* True if the profile has an APN of this name (compared without case, TS 23.003 9.1). */
bool scope_allows_apn(const struct profile *profile, const char *apn);

#endif
