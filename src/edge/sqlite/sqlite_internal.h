/* What the files of edge/sqlite share: the connection and its prepared statements. */
#ifndef MOORING_EDGE_SQLITE_SQLITE_INTERNAL_H
#define MOORING_EDGE_SQLITE_SQLITE_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include <sqlite3.h>

#include "edge/sqlite/sqlite_store.h"
#include "home/event.h"

/* The SQL of each is in sqlite_statement.c. */
enum statement {
    STMT_LOAD,
    STMT_SAVE,
    STMT_EXISTS,
    STMT_INSERT_SUBSCRIPTION,
    STMT_INSERT_SECRET,
    STMT_WHO_HAS_IMSI,
    STMT_WHO_HAS_ICCID,
    STMT_CARD_SECRET,
    STMT_INSERT_EVENT,
    STMT_SAVE_NODE,
    STMT_INSERT_CHANGE,
    STMT_LAST_CHANGE,
    STMT_OLDEST_CHANGE,
    STMT_CHANGES_SINCE,
    STMT_PRUNE_CHANGES,
    STMT_DATA_VERSION,
    STMT_TICKET_INSERT,
    STMT_TICKET_GET,
    STMT_TICKET_LIST,
    STMT_TICKET_CLOSE_ONE,
    STMT_TICKET_CLOSE_ON_SAVE,
    STMT_TICKET_CLOSE_ON_EVENT,
    STMT_LIST_SUBSCRIPTIONS,
    STMT_LIST_EVENTS,
    STMT_LIST_EVENTS_OF,
    STMT_LIST_NODES,
    STMT_NEXT_SECRET,
    STMT_RESEAL,
    STMT_COUNT
};

struct sqlite_store {
    sqlite3 *db;
    struct keyring *keyring;
    int64_t writer;          /* random: tells our rows in `change` from others' */
    int64_t last_seen;       /* change.id up to which poll_changes has told */
    int64_t data_version;    /* PRAGMA data_version at the last poll */
    int64_t own_last;        /* change.id of our last committed save */
    int64_t own_newest;      /* the same, committed or not */
    int64_t change_at_begin; /* change.id when the transaction began */
    int64_t saves_unpruned;
    bool in_transaction;
    sqlite3_stmt *statements[STMT_COUNT];
};

/* Prepares all statements. */
bool statements_prepare(struct sqlite_store *store, struct fault *fault);

/* Inserts a row into `change`; its id goes to *id. */
enum store_result change_insert(struct sqlite_store *store, const struct imsi *imsi, int64_t *id,
                                struct fault *fault);

/* The rule of sqlite_ticket.h, for save and for append_event. */
enum store_result ticket_after_save(struct sqlite_store *store,
                                    const struct subscription *subscription, int64_t change,
                                    struct fault *fault);
enum store_result ticket_after_event(struct sqlite_store *store, const struct home_event *event,
                                     struct fault *fault);

/* STORE_OK if a transaction is open; else a fault. */
enum store_result need_transaction(const struct sqlite_store *store, struct fault *fault);

#endif
