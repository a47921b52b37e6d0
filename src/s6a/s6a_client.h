/* The serving node's side of S6a: AIR and ULR written, AIA and ULA read. */
#ifndef MOORING_S6A_S6A_CLIENT_H
#define MOORING_S6A_S6A_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "diameter/dia_node.h"
#include "diameter/dia_writer.h"
#include "home/authentication.h"
#include "home/profile.h"
#include "s6a/s6a.h"

/* What every request of the serving node says. */
struct s6a_origin {
    const struct dia_node *node;
    const char *destination_realm;
    const char *destination_host; /* NULL: not sent */
    const char *session_id;       /* a new one for each request (TS 29.272 7.1.4) */
    const char *imsi;
    struct plmn plmn; /* Visited-PLMN-Id */
};

/* AIR for `vectors` E-UTRAN vectors; `rand` and `auts`, if not NULL, as Re-Synchronization-Info.
 * Identifiers of the header are left 0: the peer machine puts them in. False on overflow. */
bool s6a_put_air(struct dia_writer *writer, const struct s6a_origin *origin, uint32_t vectors,
                 const uint8_t rand[16], const uint8_t auts[14]);

/* ULR; `imei` NULL: no Terminal-Information. */
bool s6a_put_ulr(struct dia_writer *writer, const struct s6a_origin *origin, uint32_t rat_type,
                 uint32_t ulr_flags, const struct imei *imei);

/* What an answer says first: its result. False with a fault if the message is no right answer to
 * `command`. */
bool s6a_answer_read(const struct dia_message *message, uint32_t command, struct s6a_result *result,
                     struct fault *fault);

/* The E-UTRAN vectors of a successful AIA, at most HOME_VECTORS_MAX. */
bool s6a_aia_read(const struct dia_message *message, struct home_vector *vectors, size_t *count,
                  struct fault *fault);

/* Subscription-Data of a ULA, as far as a serving node acts on it. */
struct s6a_subscription_data {
    bool present;
    uint32_t network_access_mode;
    bool has_msisdn;
    uint32_t subscriber_status;
    uint32_t operator_determined_barring;
    uint32_t access_restriction;
    uint8_t teleservices[8];
    size_t teleservice_count;
    struct profile_apn apns[PROFILE_APNS];
    size_t apn_count;
    uint32_t ambr_uplink;
    uint32_t ambr_downlink;
};
bool s6a_ula_read(const struct dia_message *message, struct s6a_subscription_data *data,
                  struct fault *fault);

#endif
