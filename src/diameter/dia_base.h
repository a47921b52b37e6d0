/* The messages between neighbours, RFC 6733 5.3 to 5.5: capabilities, watchdog, disconnection. */
#ifndef MOORING_DIAMETER_DIA_BASE_H
#define MOORING_DIAMETER_DIA_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "diameter/dia_answer.h"
#include "diameter/dia_message.h"
#include "diameter/dia_node.h"
#include "diameter/dia_writer.h"

#define DIA_IDENTITY_MAX          255 /* octets of a DiameterIdentity that we take */
#define DIA_PEER_APPLICATIONS_MAX 32  /* that we remember of a peer; more are ignored */

/* Disconnect-Cause, RFC 6733 5.4.3. */
enum dia_disconnect_cause {
    DIA_REBOOTING = 0,
    DIA_BUSY = 1,
    DIA_DO_NOT_WANT_TO_TALK_TO_YOU = 2,
};

/* What a peer says of itself in CER or CEA. */
struct dia_capabilities {
    char host[DIA_IDENTITY_MAX + 1];
    char realm[DIA_IDENTITY_MAX + 1];
    char product[64]; /* empty if it does not fit */
    uint32_t vendor_id;
    uint32_t firmware;
    bool has_origin_state;
    uint32_t origin_state_id;
    uint32_t applications[DIA_PEER_APPLICATIONS_MAX];
    size_t application_count;
    bool relay; /* it announced the relay application, RFC 6733 2.4 */
    bool
        needs_security; /* it offers Inband-Security-Id, and NO_INBAND_SECURITY is not among them */
};

/* A whole CER of `node`; hop-by-hop and end-to-end identifiers are the caller's. False on overflow.
 */
bool dia_put_cer(struct dia_writer *writer, const struct dia_node *node,
                 const struct dia_host_address *address, uint32_t hop_by_hop, uint32_t end_to_end);

/* The CEA to `cer`, with error->result (DIA_SUCCESS or a refusal, with the E flag if it is 3xxx).
 */
bool dia_put_cea(struct dia_writer *writer, const struct dia_node *node,
                 const struct dia_host_address *address, const struct dia_message *cer,
                 const struct dia_error *error);

bool dia_put_dwr(struct dia_writer *writer, const struct dia_node *node, uint32_t hop_by_hop,
                 uint32_t end_to_end);
bool dia_put_dpr(struct dia_writer *writer, const struct dia_node *node,
                 enum dia_disconnect_cause cause, uint32_t hop_by_hop, uint32_t end_to_end);

/* DWA or DPA, as `request` is DWR or DPR, with SUCCESS. */
bool dia_put_base_answer(struct dia_writer *writer, const struct dia_node *node,
                         const struct dia_message *request);

/* Reads a CER or CEA that dia_validate found right. False if Origin-Host or Origin-Realm does not
 * fit. */
bool dia_capabilities_read(const struct dia_message *message, struct dia_capabilities *out);

/* True if both can talk: a common application, or one of them relays (RFC 6733 5.3). */
bool dia_have_common_application(const struct dia_node *node, const struct dia_capabilities *peer);

/* True if the node announces the application, or is a relay. */
bool dia_node_serves(const struct dia_node *node, uint32_t application);

/* The Result-Code of an answer, or the Experimental-Result-Code with *vendor set (else 0); 0 if it
 * has neither. */
uint32_t dia_result_read(const struct dia_message *answer, uint32_t *vendor);

#endif
