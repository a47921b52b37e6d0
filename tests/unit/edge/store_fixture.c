#include "store_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

int store_setup(void **state)
{
    struct store_fixture *fixture = calloc(1, sizeof *fixture);

    assert_non_null(fixture);
    scratch_make(&fixture->scratch);
    (void)snprintf(fixture->database, sizeof fixture->database, "%s",
                   scratch_path(&fixture->scratch, "mooring.db"));
    (void)snprintf(fixture->key_file, sizeof fixture->key_file, "%s",
                   scratch_path(&fixture->scratch, "mooring.key"));
    assert_true(keyring_file_create(fixture->key_file, &fixture->fault));
    fixture->keyring = keyring_open(fixture->key_file, &fixture->fault);
    assert_non_null(fixture->keyring);
    fixture->store = sqlite_store_open(fixture->database, SQLITE_STORE_CREATE, fixture->keyring,
                                       &fixture->fault);
    if (fixture->store == NULL) {
        fail_msg("%s", fixture->fault.text);
    }
    fixture->port = sqlite_store_port(fixture->store);
    *state = fixture;
    return 0;
}

int store_teardown(void **state)
{
    struct store_fixture *fixture = *state;

    sqlite_store_close(fixture->store);
    keyring_close(fixture->keyring);
    scratch_remove(&fixture->scratch);
    free(fixture);
    return 0;
}

void sample_subscription(unsigned number, struct subscription *subscription)
{
    char digits[32];

    (void)memset(subscription, 0, sizeof *subscription);
    (void)snprintf(digits, sizeof digits, "00101%010u", number);
    assert_true(imsi_parse(digits, 15, &subscription->imsi));
    (void)snprintf(digits, sizeof digits, "898800%012u", number);
    digits[18] = luhn_digit(digits, 18);
    assert_true(iccid_parse(digits, 19, &subscription->iccid));
    (void)strcpy(subscription->profile, "meter");
    subscription->binding.state = BINDING_ARMED;
}

void sample_secrets(unsigned number, struct card_secrets *secrets)
{
    (void)memset(secrets, 0, sizeof *secrets);
    secrets->credentials.algorithm = AKA_MILENAGE;
    (void)memcpy(secrets->credentials.k, &number, sizeof number);
    secrets->credentials.k[15] = 0x5A;
    secrets->credentials.opc[0] = 0xA5;
    assert_true(card_pin_parse("0000", 4, 4, secrets->pin1));
    assert_true(card_pin_parse("1111", 4, 4, secrets->pin2));
    assert_true(card_pin_parse("12345678", 8, 8, secrets->puk1));
    assert_true(card_pin_parse("87654321", 8, 8, secrets->puk2));
}

void import_samples(struct store_fixture *fixture, unsigned first, unsigned count)
{
    struct home_store *port = &fixture->port;
    struct fault *fault = &fixture->fault;

    assert_int_equal(port->begin(port->ctx, fault), STORE_OK);
    for (unsigned i = first; i < first + count; i++) {
        struct subscription subscription;
        struct card_secrets secrets;

        sample_subscription(i, &subscription);
        sample_secrets(i, &secrets);
        if (sqlite_admin_import(fixture->store, &subscription, &secrets, fault) != STORE_OK) {
            fail_msg("%s", fault->text);
        }
    }
    assert_int_equal(port->commit(port->ctx, fault), STORE_OK);
}

void load_sample(struct store_fixture *fixture, unsigned number, struct subscription *subscription)
{
    struct subscription wanted;
    struct aka_credentials credentials;

    sample_subscription(number, &wanted);
    if (fixture->port.load(fixture->port.ctx, &wanted.imsi, subscription, &credentials,
                           &fixture->fault) != STORE_OK) {
        fail_msg("%s", fixture->fault.text);
    }
    assert_memory_equal(credentials.k, &number, sizeof number);
    assert_int_equal(credentials.k[15], 0x5A);
    assert_int_equal(credentials.opc[0], 0xA5);
}

enum store_result save_alone(struct store_fixture *fixture, struct subscription *subscription)
{
    struct home_store *port = &fixture->port;
    enum store_result result = port->begin(port->ctx, &fixture->fault);

    if (result == STORE_OK) {
        result = port->save(port->ctx, subscription, &fixture->fault);
    }
    if (result != STORE_OK) {
        port->rollback(port->ctx);
        return result;
    }
    return port->commit(port->ctx, &fixture->fault);
}

void raw_sql(struct store_fixture *fixture, const char *sql)
{
    sqlite3 *db = NULL;
    char *why = NULL;

    assert_int_equal(sqlite3_open(fixture->database, &db), SQLITE_OK);
    (void)sqlite3_busy_timeout(db, 2000);
    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK) {
        fail_msg("%s: %s", sql, why);
    }
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}
