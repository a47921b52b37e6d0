/*
 * The settings of a running home network as plain structs: what the configuration file says
 * (edge/config reads it), what the parts take.
 */
#ifndef MOORING_HSS_SETTINGS_H
#define MOORING_HSS_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/identity.h"
#include "home/profile.h"

#define HSS_NAME_MAX       256 /* a DiameterIdentity with its NUL */
#define HSS_PATH_MAX       512
#define HSS_PEERS_MAX      64
#define HSS_PEER_ADDRESSES 4
#define HSS_PEER_PLMNS     16
#define HSS_PROFILES_MAX   32
#define HSS_LISTEN_MAX     4

enum hss_transport { HSS_TCP, HSS_SCTP };

struct hss_listen {
    enum hss_transport transport;
    char address[64]; /* numeric IPv4 or IPv6 */
    uint16_t port;    /* 0: any free port (its number is printed at start) */
};

/* A Diameter peer and what it may ask for. Nobody else gets an answer. */
struct hss_peer {
    char host[HSS_NAME_MAX];                /* its Origin-Host */
    char realm[HSS_NAME_MAX];               /* its Origin-Realm */
    char addresses[HSS_PEER_ADDRESSES][64]; /* where it may connect from; none: anywhere */
    size_t address_count;
    struct plmn plmns[HSS_PEER_PLMNS]; /* serving networks that it may ask vectors for */
    size_t plmn_count;
    bool s6a;   /* may use S6a/S6d */
    bool relay; /* may pass on requests of other Origin-Hosts */
};

struct hss_settings {
    char host[HSS_NAME_MAX];  /* our Origin-Host */
    char realm[HSS_NAME_MAX]; /* our Origin-Realm */
    struct plmn plmn;         /* the home PLMN */
    struct hss_listen listen[HSS_LISTEN_MAX];
    size_t listen_count;
    char database[HSS_PATH_MAX]; /* SQLite file; relative paths are relative to the configuration
                                    file */
    char key_file[HSS_PATH_MAX]; /* key that seals K, OPc and ADM at rest */
    uint8_t amf[2];        /* authentication management field; the separation bit is ours to set */
    uint32_t seq_step_max; /* SEQ goes on by a random 1..this: a copy can't count along */
    uint32_t seq_reserve;  /* SEQ values reserved durably at a time for each subscription */
    uint32_t confirm_window_ms; /* ULR this soon after a resynchronisation confirms its vector */
    uint32_t max_records;       /* working records kept in memory */
    struct hss_peer peers[HSS_PEERS_MAX];
    size_t peer_count;
    struct profile profiles[HSS_PROFILES_MAX];
    size_t profile_count;
};

/* NULL if there is none of that name. */
const struct profile *hss_settings_profile(const struct hss_settings *settings, const char *name);

#endif
