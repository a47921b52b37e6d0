/*
 * The AuC's side of sequence numbers (TS 33.102 C.1.2, C.3.4; not time-based): every serving node
 * has an IND of its own, SEQ only goes up, and what was handed out is never handed out again,
 * across crashes too.
 */
#ifndef MOORING_HOME_SEQUENCE_H
#define MOORING_HOME_SEQUENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "home/context.h"
#include "home/subscription.h"

/* More unused vectors than this no serving node keeps (an answer carries at most 5,
 * TS 29.272 5.2.3.1.3). */
#define SEQUENCE_UNUSED_MAX 5

/*
 * Finds the place of `node`, or gives it one: a free one, else the one used longest ago. The
 * place's number (sequence_ind) is the IND of its vectors.
 */
struct serving_node_use *sequence_node(struct auth_state *auth, uint64_t node, int64_t now_ms);
uint8_t sequence_ind(const struct auth_state *auth, const struct serving_node_use *use);

/*
 * Draws the next SEQ: the last one plus a random step of 1..seq_step_max, so that a copy which
 * knows K cannot count along. When the durable reservation is used up it reserves on and sets
 * *must_store: the answer may leave only after the record was stored. False if the 43 bits are used
 * up or the random source failed; nothing is changed then.
 */
bool sequence_next(struct auth_state *auth, const struct home_context *context, uint64_t *seq,
                   bool *must_store);

/*
 * To be called on a record that was loaded from the store: what happened since it was stored is
 * forgotten. SEQ goes on above the reservation, and every node may hold vectors that the record
 * does not know of.
 */
void sequence_after_load(struct auth_state *auth);

#endif
