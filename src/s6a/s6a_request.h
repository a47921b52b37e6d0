/* AIR and ULR: reading them in the home network. */
#ifndef MOORING_S6A_S6A_REQUEST_H
#define MOORING_S6A_S6A_REQUEST_H

#include <stdbool.h>

#include "diameter/dia_message.h"
#include "diameter/dia_validate.h"
#include "home/authentication.h"
#include "home/location.h"

/* What both requests say of their subscription and sender. */
struct s6a_request {
    struct imsi imsi;           /* User-Name */
    struct plmn plmn;           /* Visited-PLMN-Id */
    struct dia_avp origin_host; /* points into the message */
    uint64_t node;              /* node_id() of Origin-Host */
};

/*
 * Reads an AIR (TS 29.272 7.2.5) that was checked by its rule. `home` is filled in for
 * home_authenticate. False with the failure (5004, 5005 and the Failed-AVP) for what no table can
 * check. `eutran` is false if only UTRAN or GERAN vectors are asked for.
 */
bool s6a_air_read(const struct dia_message *message, struct s6a_request *request,
                  struct home_authentication_request *home, bool *eutran,
                  struct dia_failure *failure);

/* Reads a ULR (TS 29.272 7.2.3) that was checked by its rule; *flags are its ULR-Flags. */
bool s6a_ulr_read(const struct dia_message *message, struct s6a_request *request,
                  struct home_location_request *home, uint32_t *flags, struct dia_failure *failure);

#endif
