/*
 * S6a/S6d (TS 29.272): the messages between a serving node and the home network as plain structs,
 * read from and written to Diameter. Both sides are here: the home network's (src/hss) and the
 * serving node's (src/lab).
 */
#ifndef MOORING_S6A_S6A_H
#define MOORING_S6A_S6A_H

#include "diameter/dia_validate.h"
#include "home/result.h"

#define S6A_APPLICATION 16777251u /* TS 29.272 7.1.8 */

/* Command codes, TS 29.272 7.2.2. */
#define S6A_UPDATE_LOCATION            316u
#define S6A_AUTHENTICATION_INFORMATION 318u

/* Experimental-Result-Code values of vendor 10415, TS 29.272 7.4. */
#define S6A_AUTHENTICATION_DATA_UNAVAILABLE 4181u
#define S6A_USER_UNKNOWN                    5001u
#define S6A_ROAMING_NOT_ALLOWED             5004u
#define S6A_UNKNOWN_EPS_SUBSCRIPTION        5420u
#define S6A_RAT_NOT_ALLOWED                 5421u

/* ULR-Flags (7.3.7) and ULA-Flags (7.3.8) that we use. */
#define S6A_ULR_S6A            0x02u
#define S6A_ULR_SKIP_DATA      0x04u
#define S6A_ULR_INITIAL_ATTACH 0x20u
#define S6A_ULA_SEPARATION     0x01u

#define S6A_NETWORK_ACCESS_PACKET_AND_CIRCUIT 0u /* 7.3.21 */
#define S6A_NETWORK_ACCESS_ONLY_PACKET        2u

/* The rule of a command of S6a, or NULL if we do not serve it. */
const struct dia_command_rule *s6a_rule(uint32_t command, bool request);

/* A result as it stands in an answer: of the base protocol, or of vendor 10415. */
struct s6a_result {
    uint32_t code;
    bool experimental;
};

/*
 * The code for a decision. A moved, barred or suspended UICC is refused with the base code
 * DIAMETER_AUTHORIZATION_REJECTED, which serving nodes turn into EMM cause #15: the terminal looks
 * elsewhere, and nothing stays on the card; user unknown (#8) or roaming not allowed (#11) would
 * make the card unusable for its own machine too (TS 24.301 5.5.1.2.5).
 */
struct s6a_result s6a_result_of(enum home_result result);

/* The name of a code, for people. */
const char *s6a_result_name(const struct s6a_result *result);

#endif
