/* A database with a key file in a scratch folder, and numbered subscriptions. */
#ifndef MOORING_TESTS_EDGE_STORE_FIXTURE_H
#define MOORING_TESTS_EDGE_STORE_FIXTURE_H

#include "edge/keyring/card_secrets.h"
#include "edge/sqlite/sqlite_admin.h"
#include "edge/sqlite/sqlite_store.h"
#include "edge/sqlite/sqlite_ticket.h"
#include "scratch.h"

struct store_fixture {
    struct scratch scratch;
    char database[128];
    char key_file[128];
    struct keyring *keyring;
    struct sqlite_store *store;
    struct home_store port;
    struct fault fault;
};

/* cmocka's setup and teardown; *state becomes the fixture. */
int store_setup(void **state);
int store_teardown(void **state);

/* Subscription `number` as it is imported, and its card's secrets (K begins with the number). */
void sample_subscription(unsigned number, struct subscription *subscription);
void sample_secrets(unsigned number, struct card_secrets *secrets);

/* Imports subscriptions `first`..`first + count - 1` in one transaction. */
void import_samples(struct store_fixture *fixture, unsigned first, unsigned count);

/* Loads subscription `number`; asserts success. */
void load_sample(struct store_fixture *fixture, unsigned number, struct subscription *subscription);

/* Saves and commits; returns the first result that is not STORE_OK. */
enum store_result save_alone(struct store_fixture *fixture, struct subscription *subscription);

/* Runs SQL on a connection of its own (an editor of the file, past our store); asserts success. */
void raw_sql(struct store_fixture *fixture, const char *sql);

#endif
