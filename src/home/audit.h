/*
 * The SQN audit: what a USIM's own SQN_MS says about copies of it.
 *
 * The home network answers an Authentication-Information-Request with a *stale* vector: fresh RAND,
 * SEQ 0. No card takes it; each answers with AUTS, which carries its SQN_MS under MAC-S, and the
 * serving node brings that back in Re-Synchronization-Info. (SEQ 0 and not the last confirmed SEQ:
 * a copy whose counter lags would take the latter as fresh, and a copy that knows K would read from
 * it what to report.)
 *
 * What may be concluded, and nothing more:
 *  - AUTS of the audit's own RAND, first time: SQN_MS below what was confirmed *when the stale
 * vector was sent* is certain: the card that answered is not the card that was confirmed. The slot
 * of the stale vector is that of the confirmed mark, so cards that report their slot's SEQ and
 * cards that report their highest are judged alike. Below the probable mark of the same slot, or
 * below what has been confirmed in that slot since: a suspicion (messages may have crossed).
 *  - Any valid AUTS above the highest SEQ ever issued is certain: somebody else issues vectors for
 * this K.
 *  - A registration with no AUTS before it: the card took SEQ 0, which no genuine card does, or the
 * serving node used an older vector or an existing security context instead. Refused at once;
 * certain when nothing else is left to explain it (audit_registration). Marks are raised by (a) a
 * valid AUTS, (b) the registration that follows a resynchronisation at the same serving node
 * (within a window, or later, because a
 * node deletes its other vectors then (TS 33.102 6.3.5).
 */
#ifndef MOORING_HOME_AUDIT_H
#define MOORING_HOME_AUDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "home/context.h"
#include "home/subscription.h"

/* Stale vectors in a row that nobody answers (neither AUTS nor registration) before a fresh one is
 * given all the same, where the node has never brought an AUTS: one that can't resynchronise must
 * not lock its machines out. */
#define AUDIT_UNANSWERED_MAX 3

/*
 * Says whether the next answer to `node` (serving network `plmn`) should be a stale vector, and
 * why. AUDIT_NONE: no. A node that was given a fresh vector a
 * moment ago and has not registered since only repeats its request: no audit starts then. After
 * AUDIT_UNANSWERED_MAX of them nobody is asked any more by a node that has never resynchronised.
 * Where SEQ has run far ahead of what the card showed, only stale vectors are given: the card would
 * refuse the others before long (SQN_DELTA), and for good.
 */
enum audit_reason audit_due(struct subscription *subscription, const struct home_context *context,
                            uint64_t node, const struct plmn *plmn);

/*
 * Opens an audit at `node`. `rand` comes in fresh and goes out as the RAND of the stale vector: the
 * same as before if the node only repeats its request. Returns the IND of its SQN; its SEQ is 0.
 */
uint8_t audit_open(struct subscription *subscription, const struct home_context *context,
                   uint64_t node, enum audit_reason reason, uint8_t rand[16]);

/* Takes a valid AUTS (MAC-S checked) with `sqn_ms`, brought by `node` for `rand`: judges, raises
 * marks, closes the audit it belongs to. */
void audit_auts(struct subscription *subscription, const struct home_context *context,
                uint64_t node, const uint8_t rand[16], uint64_t sqn_ms);

/* Notes that fresh vectors went to `node`, the lowest with `seq` (`count` of them): as the answer
 * to a resynchronisation or a plain one. */
void audit_answered(const struct home_context *context, struct serving_node_use *use, uint64_t seq,
                    uint8_t count, bool resynchronised);

/*
 * Takes a registration (ULR) from `node`, with its End-to-End identifier and T flag: from a request
 * that repeats, or may repeat, an earlier one nothing is concluded. Returns false if the
 * registration must be refused because a stale vector was skipped; evidence and verdict are set
 * then.
 */
bool audit_registration(struct subscription *subscription, const struct home_context *context,
                        uint64_t node, uint32_t end_to_end, bool retransmitted);

#endif
