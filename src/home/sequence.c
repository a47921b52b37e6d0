#include "home/sequence.h"

#include <string.h>

#include "aka/sqn.h"
#include "base/bytes.h"

struct serving_node_use *sequence_node(struct auth_state *auth, uint64_t node, int64_t now_ms)
{
    struct serving_node_use *oldest = &auth->nodes[0];

    for (size_t i = 0; i < HOME_NODES; i++) {
        struct serving_node_use *use = &auth->nodes[i];

        if (use->id == node) {
            use->last_at_ms = now_ms;
            return use;
        }
        if (oldest->id != 0 && (use->id == 0 || use->last_at_ms < oldest->last_at_ms)) {
            oldest = use;
        }
    }
    if (oldest->id != 0) {
        auth->forgotten = true; /* the node that loses its place may come back with vectors */
    }
    memset(oldest, 0, sizeof *oldest);
    oldest->id = node;
    oldest->last_at_ms = now_ms;
    oldest->maybe_unused = auth->forgotten ? SEQUENCE_UNUSED_MAX : 0;
    return oldest;
}

uint8_t sequence_ind(const struct auth_state *auth, const struct serving_node_use *use)
{
    return (uint8_t)(use - auth->nodes);
}

bool sequence_next(struct auth_state *auth, const struct home_context *context, uint64_t *seq,
                   bool *must_store)
{
    uint8_t chance[4];

    if (!context->crypto->random(context->crypto->ctx, chance, sizeof chance)) {
        return false;
    }
    uint64_t next = auth->seq_issued + 1 + be32_get(chance) % context->seq_step_max;
    if (next > SQN_SEQ_MAX) {
        return false;
    }
    auth->seq_issued = next;
    if (next > auth->seq_reserved) {
        auth->seq_reserved = next + context->seq_reserve;
        if (auth->seq_reserved > SQN_SEQ_MAX) {
            auth->seq_reserved = SQN_SEQ_MAX;
        }
        *must_store = true;
    }
    *seq = next;
    return true;
}

void sequence_after_load(struct auth_state *auth)
{
    auth->seq_issued = auth->seq_reserved;
    auth->forgotten = true;
    for (size_t i = 0; i < HOME_NODES; i++) {
        auth->nodes[i].maybe_unused = SEQUENCE_UNUSED_MAX;
        auth->nodes[i].resync.answers = SEQUENCE_UNUSED_MAX + 1;
    }
}
