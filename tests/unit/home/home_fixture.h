/* What the tests of src/home share: one subscription, its profile, a context, and a crypto port
 * whose functions can be told to fail. */
#ifndef MOORING_TESTS_HOME_FIXTURE_H
#define MOORING_TESTS_HOME_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "aka/credentials.h"
#include "edge/openssl/openssl_crypto.h"
#include "home/context.h"
#include "home/subscription.h"

#define FIXTURE_NOW INT64_C(1000000000000)
#define MINUTE      INT64_C(60000)

/* Calls that still succeed; negative: all. */
struct fixture_faults {
    int random;
    int aes;
    int hmac;
};

struct home_fixture {
    struct openssl_crypto openssl;
    struct crypto_port crypto;
    struct fixture_faults faults;
    struct aka_credentials credentials;
    struct profile profile;
    struct home_events events;
    struct home_context context;
    struct subscription subscription;
    struct fault fault;
};

/* cmocka fixtures: *state is a struct home_fixture with an active, unbound subscription whose
 * profile allows everything and audits nothing. */
int home_fixture_setup(void **state);
int home_fixture_teardown(void **state);

/* How many events of the kind the last decisions left. */
size_t fixture_events(const struct home_fixture *f, enum event_kind kind);
void fixture_forget_events(struct home_fixture *f);

/* Asserts that the events are exactly these, in this order; 0 ends the list. Every one must be
 * about the subscription, have a sentence, and a JSON object as its detail. Forgets them. */
void fixture_expect_events(struct home_fixture *f, const enum event_kind *kinds);

/* The machine of 14 digits that all are `digit`. */
struct imei fixture_machine(char digit);
struct plmn fixture_plmn_of(const char *text);

#endif
