/* Requests that wait for their answers on one connection: a bounded table, found by hop-by-hop
 * identifier. */
#ifndef MOORING_DIAMETER_DIA_PEER_PENDING_H
#define MOORING_DIAMETER_DIA_PEER_PENDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "diameter/dia_message.h"

#define DIA_PENDING_MAX                                                                            \
    128 /* a power of two: the low bits of a hop-by-hop identifier are the place */

struct dia_pending_entry {
    bool used;
    uint32_t hop_by_hop;
    uint32_t end_to_end;
    uint32_t command;
    uint32_t serial;
    uint64_t cookie;
    int64_t deadline;
};

struct dia_pending {
    struct dia_pending_entry entries[DIA_PENDING_MAX];
    size_t count;
    uint32_t serial;  /* of the last one added: a mark for dia_pending_forget_since */
    int64_t earliest; /* no deadline is before it; INT64_MAX if empty */
};

void dia_pending_init(struct dia_pending *pending, uint32_t first_serial);

/* Adds a request and returns its entry with a hop-by-hop identifier of its own; NULL if the table
 * is full. */
struct dia_pending_entry *dia_pending_add(struct dia_pending *pending, uint32_t command,
                                          uint32_t end_to_end, uint64_t cookie, int64_t deadline);

/* Takes out the request that the answer belongs to: both identifiers and the command are the same
 * (RFC 6733 6.2.1). False for an answer that nobody waits for: a duplicate, a late or a made up
 * one. */
bool dia_pending_take(struct dia_pending *pending, const struct dia_header *answer,
                      uint64_t *cookie);

/* Takes out one request whose deadline is not after `now_ms`; false if there is none. */
bool dia_pending_expire(struct dia_pending *pending, int64_t now_ms, uint64_t *cookie);

/* Drops, without a word, the requests added after `serial`: their octets were never sent. */
void dia_pending_forget_since(struct dia_pending *pending, uint32_t serial);

#endif
