/* hss over the real SQLite store: a database with one subscription, opened any number of times. */
#ifndef MOORING_TESTS_STORE_FIXTURE_H
#define MOORING_TESTS_STORE_FIXTURE_H

#include "hss_fixture.h"

#include "edge/keyring/keyring.h"
#include "edge/sqlite/sqlite_store.h"

/* One home network on the database, as a process of its own would be. */
struct home {
    struct keyring *keyring;
    struct sqlite_store *store;
    struct home_store port;    /* of SQLite */
    struct home_store wrapped; /* what hss is given: `port`, with the faults below */
    struct hss *hss;
    bool fail_commit; /* and the transaction is undone */
    bool lie;         /* the commit is done and said to have failed */
};

/* Makes key file and database in `folder`, with IMSI, armed. */
void store_create(struct hss_fixture *f, const char *folder);

/* Opens the database of `folder` anew; `home` must stay where it is until home_close. */
void home_open(struct home *home, struct hss_fixture *f, const char *folder);
void home_close(struct home *home);

#endif
