/* `peers:`: which Diameter peers get answers, and to what. */
#include <string.h>
#include <strings.h>

#include "edge/config/config_table.h"

static const struct config_word applications[] = {{"s6a", 1}, {NULL, 0}};

/* A list of applications to flags; s6a is the only one so far. */
static bool read_applications(const struct config_reader *reader, const struct yaml_tree_node *node,
                              const struct config_key *key, void *to)
{
    uint32_t bits = 0;

    if (!config_bits(reader, node, key, &bits)) {
        return false;
    }
    *(bool *)to = (bits & 1) != 0;
    return true;
}

const struct config_key config_peer_keys[] = {
    {.name = "host",
     .read = config_identity,
     .offset = offsetof(struct hss_peer, host),
     .required = true},
    {.name = "realm",
     .read = config_identity,
     .offset = offsetof(struct hss_peer, realm),
     .required = true},
    {.name = "addresses",
     .read = config_list,
     .offset = offsetof(struct hss_peer, addresses),
     .max = HSS_PEER_ADDRESSES,
     .element = config_address,
     .element_size = sizeof(((struct hss_peer *)NULL)->addresses[0]),
     .count_offset = offsetof(struct hss_peer, address_count)},
    {.name = "plmns",
     .read = config_list,
     .offset = offsetof(struct hss_peer, plmns),
     .required = true,
     .min = 1,
     .max = HSS_PEER_PLMNS,
     .element = config_plmn,
     .element_size = sizeof(struct plmn),
     .count_offset = offsetof(struct hss_peer, plmn_count)},
    {.name = "applications",
     .read = read_applications,
     .offset = offsetof(struct hss_peer, s6a),
     .words = applications},
    {.name = "relay", .read = config_bool, .offset = offsetof(struct hss_peer, relay)},
    {0},
};

bool config_peer(const struct config_reader *reader, const struct yaml_tree_node *node,
                 const struct config_key *key, void *to)
{
    struct hss_peer *peer = to;

    (void)memset(peer, 0, sizeof *peer);
    peer->s6a = true;
    if (!config_read_map(reader, node, key->inner, peer)) {
        return false;
    }
    /* The peers before this one in the file are the ones before it in the array. */
    const struct hss_peer *other = peer;
    for (const struct yaml_tree_node *entry = node->parent->first; entry != node;
         entry = entry->next) {
        other--;
        if (strcasecmp(other->host, peer->host) == 0) {
            return config_wrong(reader, node, "the host %s is a peer already", peer->host);
        }
    }
    return true;
}
