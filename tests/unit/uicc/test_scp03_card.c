/* SCP03 on the card: what is refused, what is counted, what a power cut leaves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "edge/openssl/openssl_crypto.h"
#include "support/scp03_pair.h"

struct world {
    struct openssl_crypto crypto;
    struct scp03_pair pair;
};

static int setup(void **state)
{
    struct world *world = calloc(1, sizeof *world);

    if (world == NULL || !openssl_crypto_init(&world->crypto, NULL)) {
        free(world);
        return -1;
    }
    scp03_pair_init(&world->pair, &world->crypto.port, 16, SCP03_S8, 1);
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    struct world *world = *state;

    openssl_crypto_free(&world->crypto);
    free(world);
    return 0;
}

static struct scp03_pair *pair_of(void **state)
{
    return &((struct world *)*state)->pair;
}

static uint16_t initialize(struct scp03_pair *pair)
{
    struct scp03_wire command = {.octets = {0x80, 0x50, 0x30, 0x00, 8}, .length = 14};
    struct scp03_wire response;

    scp03_pair_initialize(pair, &command, &response);
    assert_int_equal(response.length, response.sw == 0x9000 ? 32 : 0);
    return response.sw;
}

static void delay_grows_to_its_limit(void **state)
{
    static const uint16_t known[] = {0, 0, 0, 0, 0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 1023, 1023};

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        assert_int_equal(scp03_delay((uint8_t)i), known[i]);
    }
    assert_int_equal(scp03_delay(255), SCP03_REFUSALS_MAX);
}

/* Starts that are given up cost what the delay says, though the power is cut after every command.
 */
static void tries_are_counted_across_power_cuts(void **state)
{
    struct scp03_pair *pair = pair_of(state);

    for (uint8_t tries = 1; tries <= 9; tries++) {
        assert_int_equal(initialize(pair), 0x9000);
        assert_int_equal(pair->record.failures, tries);
        scp03_pair_power_cycle(pair);
        for (uint16_t i = 0; i < scp03_delay(tries); i++) {
            assert_int_equal(initialize(pair), 0x6985);
            assert_int_equal(pair->card.state, SCP03_CARD_IDLE);
            scp03_pair_power_cycle(pair);
        }
    }
    assert_int_equal(pair->record.sequence, 9); /* refusals use no challenge up */
    assert_true(scp03_pair_open(pair, 0x33));   /* all paid: the card's own machine gets in */
}

static void success_takes_the_count_back(void **state)
{
    struct scp03_pair *pair = pair_of(state);

    for (int i = 0; i < 4; i++) {
        assert_int_equal(initialize(pair), 0x9000);
    }
    assert_true(scp03_pair_open(pair, 0x33));
    assert_int_equal(pair->record.failures, 0);
    assert_int_equal(pair->record.refusals, 0);
    assert_int_equal(pair->record.sequence, 5);
    assert_true(scp03_pair_open(pair, 0x33));
}

/* A memory that fails at either write: no answer with a cryptogram, no session. */
static void nothing_happens_that_is_not_durable(void **state)
{
    struct scp03_pair *pair = pair_of(state);

    pair->stores_left = 0;
    assert_int_equal(initialize(pair), 0x6581);
    assert_int_equal(pair->card.state, SCP03_CARD_IDLE);
    pair->stores_left = 1;
    assert_false(scp03_pair_open(pair, 0x33));
    assert_int_equal(pair->card.state, SCP03_CARD_IDLE);
    assert_int_equal(pair->record.failures, 1);
    pair->stores_left = 2;
    assert_true(scp03_pair_open(pair, 0x33));
    for (int i = 0; i < 5; i++) { /* a refusal, too */
        pair->stores_left = -1;
        assert_int_equal(initialize(pair), 0x9000);
    }
    assert_int_equal(pair->record.refusals, 1);
    pair->stores_left = 0;
    assert_int_equal(initialize(pair), 0x6581);
    assert_int_equal(pair->record.refusals, 1);
}

static void sequence_never_repeats_and_never_wraps(void **state)
{
    struct scp03_pair *pair = pair_of(state);

    pair->record.sequence = SCP03_SEQUENCE_MAX - 1;
    assert_true(scp03_pair_open(pair, 0x33));
    assert_int_equal(pair->host.sequence, SCP03_SEQUENCE_MAX);
    assert_int_equal(initialize(pair), 0x6985);
    assert_int_equal(pair->record.sequence, SCP03_SEQUENCE_MAX);
}

static void damaged_record_locks_nobody_out_for_longer(void **state)
{
    struct scp03_pair *pair = pair_of(state);

    pair->record.refusals = UINT16_MAX;
    assert_int_equal(initialize(pair), 0x6985);
    assert_int_equal(pair->record.refusals, SCP03_REFUSALS_MAX);
}

static void forms_of_initialize_update(void **state)
{
    static const struct {
        uint8_t header[5];
        uint16_t sw;
    } known[] = {
        {{0x80, 0x50, 0x00, 0x00, 8}, 0x9000}, {{0x80, 0x50, 0x31, 0x00, 8}, 0x6A88},
        {{0x80, 0x50, 0x30, 0x01, 8}, 0x6A86}, {{0x80, 0x50, 0x30, 0x00, 7}, 0x6700},
        {{0x80, 0x50, 0x30, 0x00, 9}, 0x6700}, {{0x84, 0x50, 0x30, 0x00, 8}, 0x6E00},
        {{0x00, 0x50, 0x30, 0x00, 8}, 0x6E00}, {{0x80, 0x51, 0x30, 0x00, 8}, 0x6E00},
    };
    struct scp03_pair *pair = pair_of(state);

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct scp03_wire command = {.length = 5u + known[i].header[4]};
        struct scp03_wire response;
        uint8_t failures = pair->record.failures;

        memset(command.octets, 0, sizeof command.octets);
        memcpy(command.octets, known[i].header, 5);
        pair->card.state = SCP03_CARD_OPEN;
        scp03_pair_initialize(pair, &command, &response);
        assert_int_equal(response.sw, known[i].sw);
        assert_int_equal(pair->card.state,
                         i == 0 ? SCP03_CARD_CHALLENGED : SCP03_CARD_IDLE); /* an old one ends */
        assert_int_equal(pair->record.failures, failures + (i == 0)); /* no try if no key is used */
    }
}

/* Makes EXTERNAL AUTHENTICATE for `level`; the card has been asked. */
static void ask(struct scp03_pair *pair, uint8_t level, struct scp03_wire *command)
{
    struct scp03_wire response;

    assert_int_equal(scp03_host_initialize(&pair->host, pair->crypto, 0, SCP03_S8, command->octets,
                                           &command->length),
                     SCP03_OK);
    scp03_pair_initialize(pair, command, &response);
    assert_int_equal(response.sw, 0x9000);
    assert_int_equal(scp03_host_authenticate(&pair->host, pair->crypto, &pair->keys, level,
                                             pair->domain.aid, response.octets, response.length,
                                             command->octets, &command->length),
                     SCP03_OK);
}

/* The domain's level is required of the host: a host that offers less gets no session. */
static void weaker_levels_are_refused(void **state)
{
    static const uint8_t levels[] = {0x01, 0x03, 0x11, 0x13, 0x33};
    struct scp03_pair *pair = pair_of(state);
    struct scp03_wire command;
    struct scp03_wire response;

    for (size_t required = 0; required < sizeof levels; required++) {
        for (size_t offered = 0; offered < sizeof levels; offered++) {
            bool enough = (levels[offered] & levels[required]) == levels[required];

            pair->record = (struct scp03_record){0};
            pair->domain.level_required = levels[required];
            ask(pair, levels[offered], &command);
            scp03_pair_authenticate(pair, &command, &response);
            assert_int_equal(response.sw, enough ? 0x9000 : 0x6A86);
            assert_int_equal(pair->card.state, enough ? SCP03_CARD_OPEN : SCP03_CARD_IDLE);
        }
    }
}

/* Wrong MAC and wrong cryptogram are told apart, and each ends the try. */
static void wrong_authentication(void **state)
{
    struct scp03_pair *pair = pair_of(state);
    struct scp03_wire command;
    struct scp03_wire response;

    ask(pair, 0x33, &command);
    command.octets[20] ^= 1; /* C-MAC */
    scp03_pair_authenticate(pair, &command, &response);
    assert_int_equal(response.sw, 0x6982);
    command.octets[20] ^= 1;
    scp03_pair_authenticate(pair, &command, &response); /* the right one comes too late */
    assert_int_equal(response.sw, 0x6985);

    /* A cryptogram that is wrong under a right MAC: as of a host that knows S-MAC alone. */
    ask(pair, 0x33, &command);
    struct scp03_session session = pair->card.session;
    uint8_t wrong[8] = {0};
    const struct apdu_command plain = {
        .cla = 0x80, .ins = 0x82, .p1 = 0x33, .lc = 8, .data = wrong};

    assert_int_equal(
        scp03_command_wrap(pair->crypto, &session, &plain, command.octets, &command.length),
        SCP03_OK);
    scp03_pair_authenticate(pair, &command, &response);
    assert_int_equal(response.sw, SCP03_SW_NOT_AUTH);
    assert_int_equal(pair->card.state, SCP03_CARD_IDLE);
    assert_int_equal(pair->record.failures, 2);
}

static void keys_are_wiped_when_a_session_ends(void **state)
{
    static const struct scp03_card nothing;
    static const struct scp03_host nothing_host;
    struct scp03_pair *pair = pair_of(state);

    assert_true(scp03_pair_open(pair, 0x33));
    scp03_card_end(&pair->card);
    assert_memory_equal(&pair->card, &nothing, sizeof nothing);
    scp03_host_end(&pair->host);
    assert_memory_equal(&pair->host, &nothing_host, sizeof nothing_host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(delay_grows_to_its_limit),
        cmocka_unit_test_setup_teardown(tries_are_counted_across_power_cuts, setup, teardown),
        cmocka_unit_test_setup_teardown(success_takes_the_count_back, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_happens_that_is_not_durable, setup, teardown),
        cmocka_unit_test_setup_teardown(sequence_never_repeats_and_never_wraps, setup, teardown),
        cmocka_unit_test_setup_teardown(damaged_record_locks_nobody_out_for_longer, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(forms_of_initialize_update, setup, teardown),
        cmocka_unit_test_setup_teardown(weaker_levels_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(wrong_authentication, setup, teardown),
        cmocka_unit_test_setup_teardown(keys_are_wiped_when_a_session_ends, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
