/*
 * Service profiles: what a machine's purpose needs, and nothing else (TR 33.812 5.4.3.2). Read from
 * the configuration; a subscription names its profile.
 */
#ifndef MOORING_HOME_PROFILE_H
#define MOORING_HOME_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/identity.h"
#include "home/subscription.h"

#define PROFILE_APNS         4
#define PROFILE_PLMNS        16
#define PROFILE_TELESERVICES 4
#define PROFILE_APN_NAME     64

enum violation_policy {
    VIOLATION_ALERT,  /* serve and report */
    VIOLATION_REFUSE, /* refuse this machine, go on serving the bound one */
    VIOLATION_BAR,    /* nobody is served until an operator decides */
};

struct profile_apn {
    char name[PROFILE_APN_NAME];
    uint8_t pdn_type; /* PDN-Type of TS 29.272 7.3.62: 0 IPv4, 1 IPv6, 2 IPv4v6 */
    uint8_t qci;
    uint8_t arp_priority;   /* 1 (highest) to 15 */
    uint32_t ambr_uplink;   /* bit/s */
    uint32_t ambr_downlink; /* bit/s */
};

struct profile {
    char name[HOME_PROFILE_NAME];
    uint8_t network_access_mode; /* TS 29.272 7.3.21: 0 packet and circuit, 2 only packet */
    uint8_t
        teleservices[PROFILE_TELESERVICES]; /* TS-Code octets: 0x21, 0x22 SMS; never 0x11 on S6a */
    size_t teleservice_count;
    uint32_t operator_determined_barring;  /* TS 29.272 7.3.30; not 0: Subscriber-Status 1 */
    uint32_t access_restriction;           /* Access-Restriction-Data bits, TS 29.272 7.3.31 */
    struct profile_apn apns[PROFILE_APNS]; /* the first is the default APN; at least one */
    size_t apn_count;
    struct plmn plmns[PROFILE_PLMNS]; /* serving networks; none: every granted one */
    size_t plmn_count;
    uint32_t ambr_uplink;    /* bit/s, whole subscription */
    uint32_t ambr_downlink;  /* bit/s */
    uint32_t periodic_tau_s; /* 0: not sent */

    bool bind; /* new subscriptions are armed */
    enum violation_policy violation;
    bool require_imei; /* a ULR without IMEI is refused */

    bool audit_at_activation;
    bool audit_on_change;           /* other IMEI or serving PLMN, long silence */
    uint32_t audit_one_in;          /* at random one attach in N; 0: never */
    int64_t audit_silence_ms;       /* "long silence"; 0: never */
    enum violation_policy on_clone; /* what a `cloned` verdict does: alert or bar */
};

#endif
