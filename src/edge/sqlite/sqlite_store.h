/*
 * The home network's store on SQLite 3: one file (with -wal and -shm beside it), mode 0600.
 *
 * Durability: WAL with synchronous FULL; a commit is on disk when it returns. Several programs may
 * have the file open (the running home network, operators' commands): writers take turns, readers
 * never wait. K and the other secrets are sealed (edge/keyring) and bound to IMSI and ICCID, so
 * that a sealed value moved to another row or edited does not open. Whatever comes out of the file
 * is checked like input from outside.
 */
#ifndef MOORING_EDGE_SQLITE_SQLITE_STORE_H
#define MOORING_EDGE_SQLITE_SQLITE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "edge/keyring/keyring.h"
#include "home/store.h"

/* One connection; used by one thread. */
struct sqlite_store;

enum sqlite_store_mode {
    SQLITE_STORE_EXISTING, /* a missing file is an error */
    SQLITE_STORE_CREATE,   /* a missing file is made */
};

/*
 * Opens the database `path` and brings its schema up to date. `keyring` must outlive the store;
 * NULL for programs that need no secrets (then load and import fail). NULL with a fault that names
 * the file and what is wrong: missing, readable by others, no database, another program's, a newer
 * schema, damaged.
 */
struct sqlite_store *sqlite_store_open(const char *path, enum sqlite_store_mode mode,
                                       struct keyring *keyring, struct fault *fault);

/* Undoes an open transaction and closes; NULL is allowed. */
void sqlite_store_close(struct sqlite_store *store);

/*
 * The store as the port that src/hss uses; valid until sqlite_store_close. Beyond what home/store.h
 * says:
 *  - load sets seq_issued to seq_reserved (a crash only skips ahead) and `forgotten`;
 *  - save never changes IMSI and ICCID, and closes removal tickets (sqlite_ticket.h);
 *  - append_event gives the kind to a ticket that the same transaction closes (sqlite_ticket.h);
 *  - poll_changes reports neither this store's own saves nor changes before it was opened.
 */
struct home_store sqlite_store_port(struct sqlite_store *store);

#endif
