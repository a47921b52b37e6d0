/*
 * What the tests of src/hss share: settings with a few peers, a clock of their own, a store in
 * memory that can be told to fail, and a serving node that asks.
 */
#ifndef MOORING_TESTS_HSS_FIXTURE_H
#define MOORING_TESTS_HSS_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "edge/openssl/openssl_crypto.h"
#include "hss/hss.h"
#include "s6a/s6a_client.h"

#define IMSI      "001010000000001"
#define IMSI2     "001010000000002"
#define STRANGER  "001019999999999"
#define MME_HOST  "mme.visited.example"
#define MME_PLMN  "001/01"
#define FIRST_NOW INT64_C(1000000000000)

#define FAKE_SUBSCRIPTIONS 4
#define FAKE_EVENTS        256

/* A store in memory: what is committed, and what the open transaction has on top. */
struct fake_store {
    struct home_store port;
    struct subscription committed[FAKE_SUBSCRIPTIONS];
    struct subscription working[FAKE_SUBSCRIPTIONS];
    size_t count;
    enum event_kind events[FAKE_EVENTS]; /* committed */
    size_t event_count;
    size_t pending_events;
    unsigned nodes;
    bool in_transaction;
    struct imsi changed; /* told once by poll_changes, if not empty */
    bool tell_all;
    unsigned polls, loads, begins, commits;
    /* What fails, until it is set to false again. */
    bool fail_load, fail_begin, fail_save, fail_event, fail_commit, fail_poll, conflict;
};

struct hss_fixture {
    struct openssl_crypto crypto;
    struct aka_credentials credentials; /* of every subscription */
    struct hss_settings settings;
    struct fake_store store;
    int64_t now_ms;
    unsigned reports;
    struct fault fault;
    struct hss *hss;
};

/* An answer as a serving node sees it. */
struct hss_answer {
    struct s6a_result result;
    uint8_t flags;
    struct home_vector vectors[HOME_VECTORS_MAX];
    size_t count;
};

/* A fixture whose hss stands on the fake store with IMSI and IMSI2. */
int hss_fixture_setup(void **state);
int hss_fixture_teardown(void **state);

/* Settings, credentials and crypto without store and hss, for tests that bring a store. */
void hss_fixture_prepare(struct hss_fixture *f);
struct hss *hss_fixture_open(struct hss_fixture *f, const struct home_store *store);
struct subscription hss_fixture_subscription(const char *imsi);

/* Fills the fake store with IMSI and IMSI2. */
void fake_store_init(struct hss_fixture *f);

/* Asks in the name of `host` connected as `host`; the round stays open. */
struct hss_answer ask_air(struct hss *hss, const char *host, const char *plmn, const char *imsi,
                          uint32_t vectors);
struct hss_answer ask_ulr(struct hss *hss, const char *host, const char *plmn, const char *imsi,
                          const char *imei);

/* Hands over any request of the peer `host` and reads the answer. */
struct hss_answer ask_octets(struct hss *hss, const char *host, uint8_t *octets, size_t n);

/* The SQN in a vector, after a check that it is right. */
uint64_t sqn_of(struct hss_fixture *f, const struct home_vector *vector);

void expect_code(const struct hss_answer *answer, uint32_t code, bool experimental);
size_t committed_events(const struct hss_fixture *f, enum event_kind kind);

#endif
