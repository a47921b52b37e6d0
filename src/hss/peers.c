#include "hss/peers.h"

#include <string.h>

const struct hss_peer *hss_peer_find(const struct hss_settings *settings, const char *host)
{
    for (size_t i = 0; i < settings->peer_count; i++) {
        if (dia_identity_equal(settings->peers[i].host, host)) {
            return &settings->peers[i];
        }
    }
    return NULL;
}

static bool is_from(const struct hss_peer *peer, const char *remote)
{
    /* A v4 address seen through a v6 socket is the same address. */
    static const char mapped[] = "::ffff:";
    const char *plain =
        strncmp(remote, mapped, sizeof mapped - 1) == 0 ? remote + sizeof mapped - 1 : remote;

    for (size_t i = 0; i < peer->address_count; i++) {
        if (strcmp(peer->addresses[i], plain) == 0) {
            return true;
        }
    }
    return peer->address_count == 0;
}

const struct hss_peer *hss_peer_admit(const struct hss_settings *settings,
                                      const struct dia_capabilities *who, const char *remote,
                                      const char **why)
{
    const struct hss_peer *peer = hss_peer_find(settings, who->host);

    if (peer == NULL) {
        *why = "its Origin-Host is not among the configured peers";
    } else if (!dia_identity_equal(peer->realm, who->realm)) {
        *why = "its Origin-Realm is not the configured one";
    } else if (!is_from(peer, remote)) {
        *why = "it connects from an address that is not among the configured ones";
    } else {
        return peer;
    }
    return NULL;
}

bool hss_peer_serves_plmn(const struct hss_peer *peer, const struct plmn *plmn)
{
    for (size_t i = 0; i < peer->plmn_count; i++) {
        if (plmn_equal(&peer->plmns[i], plmn)) {
            return true;
        }
    }
    return false;
}

bool hss_peer_speaks_for(const struct hss_peer *peer, const struct dia_avp *origin_host)
{
    return peer->relay || dia_avp_is_identity(origin_host, peer->host);
}
