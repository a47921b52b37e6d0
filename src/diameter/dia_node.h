/* This node, as it presents itself to its peers. Constant; every string outlives what uses it. */
#ifndef MOORING_DIAMETER_DIA_NODE_H
#define MOORING_DIAMETER_DIA_NODE_H

#include <stddef.h>
#include <stdint.h>

/* An application that the node announces: with a vendor other than 0 as
 * Vendor-Specific-Application-Id (RFC 6733 6.11, TS 29.272 7.1.2), else as plain
 * Auth-Application-Id. */
struct dia_application {
    uint32_t id;
    uint32_t vendor;
};

struct dia_node {
    const char *host;  /* Origin-Host */
    const char *realm; /* Origin-Realm */
    const char *product;
    uint32_t vendor_id;       /* of the implementation; 0 if it has no enterprise number */
    uint32_t firmware;        /* Firmware-Revision; 0: not sent */
    uint32_t origin_state_id; /* grows with every restart, RFC 6733 8.16; 0: not sent */
    const struct dia_application *applications;
    size_t application_count;
};

/* Host-IP-Address: 4 octets of IPv4 or 16 of IPv6. */
struct dia_host_address {
    uint8_t octets[16];
    uint8_t len;
};

#endif
