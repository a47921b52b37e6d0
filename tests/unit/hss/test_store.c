/* The running home network on the real SQLite store: rounds that fail, operators, failover. */
#include "store_fixture.h"

#include <stdlib.h>

#include "aka/sqn.h"
#include "home/operator.h"
#include "scratch.h"

#define IMEI "35693803564380"

struct bench {
    struct hss_fixture f;
    struct scratch scratch;
    struct home homes[2];
    uint64_t last_seq; /* highest SEQ in an answer that left */
    unsigned vectors;
};

static int setup(void **state)
{
    struct bench *b = calloc(1, sizeof *b);

    assert_non_null(b);
    scratch_make(&b->scratch);
    hss_fixture_prepare(&b->f);
    b->f.settings.seq_reserve = 4; /* so that most rounds need the store */
    store_create(&b->f, b->scratch.folder);
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;

    openssl_crypto_free(&b->f.crypto);
    scratch_remove(&b->scratch);
    free(b);
    return 0;
}

static unsigned chance(struct bench *b, unsigned n)
{
    uint8_t octet;

    assert_true(b->f.crypto.port.random(b->f.crypto.port.ctx, &octet, 1));
    return octet % n;
}

/* A round of a few requests; its SEQs count if it was committed. */
static bool run_round(struct bench *b, struct home *home)
{
    uint64_t seqs[4 * HOME_VECTORS_MAX];
    size_t count = 0;

    for (unsigned requests = 1 + chance(b, 4); requests > 0; requests--) {
        struct hss_answer answer = ask_air(home->hss, MME_HOST, MME_PLMN, IMSI, 1 + chance(b, 3));

        expect_code(&answer, DIA_SUCCESS, false);
        for (size_t i = 0; i < answer.count; i++) {
            seqs[count++] = sqn_seq(sqn_of(&b->f, &answer.vectors[i]));
        }
    }
    if (!hss_round_end(home->hss)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        assert_true(seqs[i] > b->last_seq);
        b->last_seq = seqs[i];
        b->vectors++;
    }
    return true;
}

static void test_rounds_that_fail_and_reopening(void **state)
{
    struct bench *b = *state;
    struct home *home = &b->homes[0];
    unsigned lost = 0;

    home_open(home, &b->f, b->scratch.folder);
    for (int i = 0; i < 300; i++) {
        home->fail_commit = chance(b, 4) == 0;
        home->lie = chance(b, 8) == 0;
        lost += !run_round(b, home);
        if (chance(b, 10) == 0) {
            home_close(home);
            home_open(home, &b->f, b->scratch.folder);
        }
    }
    home_close(home);
    print_message("%u vectors left, %u rounds of 300 were lost\n", b->vectors, lost);
    assert_true(lost > 20 && b->vectors > 300);
}

/* Two front ends on one database, used in turns and at random: each SEQ goes up within a front end,
 * and none is in both. */
static void test_failover_reuses_no_seq(void **state)
{
    struct bench *b = *state;
    uint64_t last[2] = {0};
    static uint8_t seen[65536];

    memset(seen, 0, sizeof seen);
    home_open(&b->homes[0], &b->f, b->scratch.folder);
    home_open(&b->homes[1], &b->f, b->scratch.folder);
    for (int i = 0; i < 300; i++) {
        unsigned which = chance(b, 2);

        b->last_seq = last[which];
        struct hss_answer answer =
            ask_air(b->homes[which].hss, MME_HOST, MME_PLMN, IMSI, 1 + chance(b, 5));
        expect_code(&answer, DIA_SUCCESS, false);
        assert_true(hss_round_end(b->homes[which].hss));
        for (size_t v = 0; v < answer.count; v++) {
            uint64_t seq = sqn_seq(sqn_of(&b->f, &answer.vectors[v]));

            assert_true(seq > last[which] && seq < sizeof seen);
            assert_int_equal(seen[seq], 0);
            seen[seq] = 1;
            last[which] = seq;
        }
    }
    home_close(&b->homes[0]);
    home_close(&b->homes[1]);
}

/* What an operator's command does: load, decide, save, commit, with a store of its own. */
static void operate(struct bench *b, struct home *operator_home,
                    bool (*decide)(struct subscription *subscription,
                                   const struct home_context *context, struct fault *fault))
{
    const struct home_store *port = &operator_home->port;
    struct home_events events = {.count = 0};
    const struct home_context context = {.profile = &b->f.settings.profiles[0],
                                         .now_ms = b->f.now_ms,
                                         .who = "operator",
                                         .events = &events};
    struct subscription subscription;
    struct aka_credentials credentials;
    struct imsi imsi = hss_fixture_subscription(IMSI).imsi;
    struct fault fault;

    assert_int_equal(port->begin(port->ctx, &fault), STORE_OK);
    assert_int_equal(port->load(port->ctx, &imsi, &subscription, &credentials, &fault), STORE_OK);
    assert_memory_equal(credentials.k, b->f.credentials.k, 16); /* all of K that Milenage has */
    assert_true(decide(&subscription, &context, &fault));
    assert_int_equal(port->save(port->ctx, &subscription, &fault), STORE_OK);
    for (size_t i = 0; i < events.count; i++) {
        assert_int_equal(port->append_event(port->ctx, &events.items[i], &fault), STORE_OK);
    }
    assert_int_equal(port->commit(port->ctx, &fault), STORE_OK);
}

static void test_operator_is_obeyed_at_once(void **state)
{
    struct bench *b = *state;
    struct home *home = &b->homes[0];
    struct home *operator_home = &b->homes[1];

    home_open(home, &b->f, b->scratch.folder);
    home_open(operator_home, &b->f, b->scratch.folder);
    for (int i = 0; i < 10; i++) {
        assert_true(run_round(b, home));
        operate(b, operator_home, operator_suspend);
        struct hss_answer answer = ask_air(home->hss, MME_HOST, MME_PLMN, IMSI, 1);
        expect_code(&answer, DIA_AUTHORIZATION_REJECTED, false);
        answer = ask_ulr(home->hss, MME_HOST, MME_PLMN, IMSI, IMEI);
        expect_code(&answer, DIA_AUTHORIZATION_REJECTED, false);
        assert_true(hss_round_end(home->hss));
        operate(b, operator_home, operator_resume);
    }
    home_close(home);
    home_close(operator_home);
}

static void test_operator_between_two_saves(void **state)
{
    struct bench *b = *state;
    struct home *home = &b->homes[0];
    struct home *operator_home = &b->homes[1];

    home_open(home, &b->f, b->scratch.folder);
    home_open(operator_home, &b->f, b->scratch.folder);
    struct hss_answer answer = ask_ulr(home->hss, MME_HOST, MME_PLMN, IMSI, IMEI);
    expect_code(&answer, DIA_SUCCESS, false);
    assert_true(hss_round_end(home->hss));
    operate(b, operator_home, operator_arm);
    answer = ask_ulr(home->hss, MME_HOST, MME_PLMN, IMSI, "35693803564381");
    expect_code(&answer, DIA_SUCCESS, false); /* armed: the next machine takes it */
    assert_true(hss_round_end(home->hss));
    answer = ask_ulr(home->hss, MME_HOST, MME_PLMN, IMSI, IMEI);
    expect_code(&answer, DIA_AUTHORIZATION_REJECTED, false);
    assert_true(hss_round_end(home->hss));
    home_close(home);
    home_close(operator_home);
}

static void test_registration_and_binding_outlive_the_process(void **state)
{
    struct bench *b = *state;
    struct home *home = &b->homes[0];

    home_open(home, &b->f, b->scratch.folder);
    struct hss_answer answer = ask_ulr(home->hss, MME_HOST, MME_PLMN, IMSI, IMEI);
    expect_code(&answer, DIA_SUCCESS, false);
    assert_true(hss_round_end(home->hss));
    answer = ask_ulr(home->hss, MME_HOST, MME_PLMN, IMSI, "35693803564381");
    expect_code(&answer, DIA_AUTHORIZATION_REJECTED, false);
    hss_close(home->hss); /* before the round was committed */
    home->hss = hss_fixture_open(&b->f, &home->wrapped);
    home_close(home);
    home_open(home, &b->f, b->scratch.folder);
    struct subscription subscription;
    struct aka_credentials credentials;
    struct imsi imsi = hss_fixture_subscription(IMSI).imsi;
    assert_int_equal(
        home->port.load(home->port.ctx, &imsi, &subscription, &credentials, &b->f.fault), STORE_OK);
    assert_int_equal(subscription.binding.state, BINDING_BOUND);
    assert_string_equal(subscription.binding.machine.digits, IMEI);
    assert_int_equal(subscription.status, SUBSCRIPTION_ACTIVE);
    assert_int_equal(subscription.registration.node, node_id(MME_HOST, strlen(MME_HOST)));
    home_close(home);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_rounds_that_fail_and_reopening),
        TEST(test_failover_reuses_no_seq),
        TEST(test_operator_is_obeyed_at_once),
        TEST(test_operator_between_two_saves),
        TEST(test_registration_and_binding_outlive_the_process),
    };

    return cmocka_run_group_tests_name("hss_store", tests, NULL, NULL);
}
