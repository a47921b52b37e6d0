/*
 * Removal tickets as the database keeps them. The binding of a subscription holds the id of its
 * open ticket; the row here holds the ticket's story.
 *
 * How a row is closed, always in the transaction of the change that closes it:
 *  - Saving a subscription closes every open ticket of its IMSI other than the one its binding
 * holds: as *expired* if binding.changed_at_ms is past the ticket's end; else as *used*, at that
 * time by binding.machine, if the binding is now bound; else as *cancelled* (armed again, or
 * another ticket took its place).
 *  - An event EVENT_TICKET_EXPIRED or EVENT_TICKET_CANCELLED for the IMSI overrules that, whether
 * it is written before or after the save in the same transaction: its kind becomes the row's state.
 * (A cancelled ticket leaves the binding bound to the old machine, which a save alone can't tell
 * from use.) So whoever opens a ticket saves the subscription with its id and inserts the row in
 * one transaction, and nobody else needs to think of this table.
 */
#ifndef MOORING_EDGE_SQLITE_SQLITE_TICKET_H
#define MOORING_EDGE_SQLITE_SQLITE_TICKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "edge/sqlite/sqlite_store.h"

/* Values are stored: never renumber. */
enum ticket_state {
    TICKET_OPEN = 0,
    TICKET_USED = 1,
    TICKET_EXPIRED = 2,
    TICKET_CANCELLED = 3,
};
#define TICKET_ANY_STATE (-1)

struct ticket {
    char id[HOME_TICKET_ID]; /* 16 hexadecimal digits */
    struct imsi imsi;
    enum ticket_state state;
    struct imei machine; /* the only one that may use it; empty: any */
    int64_t opened_at_ms;
    int64_t until_ms;
    char opened_by[96];
    int64_t used_at_ms;  /* 0: not used */
    struct imei used_by; /* empty: not used */
};

const char *ticket_state_name(enum ticket_state state);

/* Inserts a ticket, inside begin..commit. STORE_CONFLICT if the id is taken; STORE_FAILED if the
 * IMSI has no subscription, among others. */
enum store_result sqlite_ticket_insert(struct sqlite_store *store, const struct ticket *ticket,
                                       struct fault *fault);

enum store_result sqlite_ticket_get(struct sqlite_store *store, const char *id,
                                    struct ticket *ticket, struct fault *fault);

/* Closes one open ticket by hand, inside begin..commit: `state` is any but TICKET_OPEN; `at_ms` and
 * `machine` (NULL: none) count for TICKET_USED. STORE_NOT_FOUND if there is no such open ticket. */
enum store_result sqlite_ticket_close(struct sqlite_store *store, const char *id,
                                      enum ticket_state state, int64_t at_ms,
                                      const struct imei *machine, struct fault *fault);

/* Calls `visit` for tickets, newest first, of `imsi` (NULL: all) in `state` (TICKET_ANY_STATE:
 * all), at most `limit`; stops early if it returns false. `visit` must not use the store. */
enum store_result sqlite_ticket_list(struct sqlite_store *store, const struct imsi *imsi, int state,
                                     size_t limit,
                                     bool (*visit)(void *user, const struct ticket *ticket),
                                     void *user, struct fault *fault);

#endif
