/* The home network's decision on an Update-Location-Request (TS 29.272 5.2.1.1). */
#ifndef MOORING_HOME_LOCATION_H
#define MOORING_HOME_LOCATION_H

#include <stdbool.h>
#include <stdint.h>

#include "home/context.h"
#include "home/result.h"
#include "home/subscription.h"

struct home_location_request {
    uint64_t node;
    struct plmn plmn;
    uint32_t rat_type;
    bool imei_present;
    struct imei machine; /* Terminal-Information */
    uint32_t end_to_end; /* of the Diameter request: tells a repeated one */
    bool retransmitted;  /* its T flag */
};

/*
 * Decides, changing the working record in place; the record must be durable before the answer
 * leaves, always. HOME_OK: registered; the answer carries the profile's Subscription-Data.
 */
enum home_result home_update_location(const struct home_context *context,
                                      const struct home_location_request *request,
                                      struct subscription *subscription);

#endif
