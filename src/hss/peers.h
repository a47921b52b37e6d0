/* Who may ask for what: the grants of the configuration (an HSS that answers any peer is an open
 * door). */
#ifndef MOORING_HSS_PEERS_H
#define MOORING_HSS_PEERS_H

#include <stdbool.h>

#include "diameter/dia_base.h"
#include "hss/settings.h"

/*
 * The configured peer that presents itself with these capabilities from the numeric address
 * `remote`; NULL if there is none, with *why set to a constant sentence.
 */
const struct hss_peer *hss_peer_admit(const struct hss_settings *settings,
                                      const struct dia_capabilities *who, const char *remote,
                                      const char **why);

/* The configured peer with this Origin-Host, or NULL. */
const struct hss_peer *hss_peer_find(const struct hss_settings *settings, const char *host);

/* True if the peer may ask for subscribers in this serving network. */
bool hss_peer_serves_plmn(const struct hss_peer *peer, const struct plmn *plmn);

/* True if the peer may send requests with this Origin-Host: its own, or any that it relays. */
bool hss_peer_speaks_for(const struct hss_peer *peer, const struct dia_avp *origin_host);

#endif
