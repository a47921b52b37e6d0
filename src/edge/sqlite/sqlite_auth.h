/* The part of struct auth_state that the database keeps in one blob: an explicit, versioned
 * encoding. */
#ifndef MOORING_EDGE_SQLITE_SQLITE_AUTH_H
#define MOORING_EDGE_SQLITE_SQLITE_AUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "home/subscription.h"

#define AUTH_NODE_LEN (88 + 4 * HOME_ULRS)
#define AUTH_BLOB_MAX (8 + HOME_NODES * AUTH_NODE_LEN)

/*
 * Writes stale_unanswered, suspicion_left, audits and the nodes of `auth`; returns the length. The
 * numbers that have columns of their own (seq_reserved, marks, audit_due) and what is never stored
 * (seq_issued, forgotten) stay out.
 *
 * Format 1, big-endian: format(1)=1, stale_unanswered(1), suspicion_left(1), audits(4), count(1),
 * then for each used place of the table, in ascending order: place(1), flags(1), id(8),
 * last_at_ms(8), maybe_unused(1), skips(1), plain_seq(8), plain_at_ms(8),
 * ulr_count(1), ulrs(4 each, HOME_ULRS of them); if an audit
 * is open: rand(16), mark seq(8), mark ind(1), ind(1), at_ms(8); if a resync is open: seq(8),
 * answers(1), at_ms(8).
 */
size_t auth_encode(const struct auth_state *auth, uint8_t out[AUTH_BLOB_MAX]);

/* Reads it back into the same members; others are untouched. Any octets at all may come in. */
bool auth_decode(const uint8_t *in, size_t n, struct auth_state *auth, struct fault *fault);

#endif
