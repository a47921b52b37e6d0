/*
 * SCP03 between machine and card, over random sessions: what one end says is what the other
 * understands, and whatever is done to the octets between them ends the session. The seed is new
 * each time and printed; MOORING_SEED=N repeats a run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "edge/openssl/openssl_crypto.h"
#include "support/scp03_pair.h"

#define SESSIONS 60
#define COMMANDS 12

static const uint8_t levels[] = {0x01, 0x03, 0x11, 0x13, 0x33};

struct world {
    uint64_t seed;
    struct openssl_crypto crypto;
    struct scp03_pair pair;
};

/* splitmix64: any seed is a good one. */
static uint64_t draw(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static size_t below(struct world *world, size_t bound)
{
    return (size_t)(draw(&world->seed) % bound);
}

static void draw_octets(struct world *world, uint8_t *out, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = (uint8_t)draw(&world->seed);
    }
}

static void open_at(struct world *world, uint8_t level)
{
    size_t key_length = below(world, 2) == 0 ? 16 : 32;
    uint8_t mac_length = below(world, 2) == 0 ? SCP03_S8 : SCP03_S16;

    scp03_pair_init(&world->pair, &world->crypto.port, key_length, mac_length,
                    (uint8_t)draw(&world->seed));
    assert_true(scp03_pair_open(&world->pair, level));
}

/* A command as a host might send it; its data lie in `data`. */
static struct apdu_command draw_command(struct world *world, uint8_t data[256])
{
    struct apdu_command command = {
        .cla = below(world, 2) == 0 ? 0x00 : 0x80,
        .ins = (uint8_t)draw(&world->seed),
        .p1 = (uint8_t)draw(&world->seed),
        .p2 = (uint8_t)draw(&world->seed),
        .lc = (uint8_t)(below(world, 3) == 0 ? 0 : below(world, 224)),
        .has_le = below(world, 2) == 0,
    };

    draw_octets(world, data, command.lc);
    command.data = command.lc > 0 ? data : NULL;
    command.le = command.has_le ? (uint16_t)(1 + below(world, 256)) : 0;
    return command;
}

static void wrap(struct world *world, const struct apdu_command *plain, struct scp03_wire *wire)
{
    assert_int_equal(scp03_host_command(&world->pair.host, world->pair.crypto, plain, wire->octets,
                                        &wire->length),
                     SCP03_OK);
}

/* The card takes what came; the status word. Unparsable octets do not reach the session: then this
 * says 6700 and the test looks at what comes after. */
static uint16_t take(struct world *world, const struct scp03_wire *wire, struct apdu_command *plain,
                     uint8_t buffer[SCP03_DATA_MAX])
{
    struct apdu_command secured;

    if (apdu_parse(wire->octets, wire->length, &secured) != APDU_OK) {
        return 0x6700;
    }
    return scp03_card_command(&world->pair.card, world->pair.crypto, &secured, buffer, plain);
}

static void expect_equal(const struct apdu_command *a, const struct apdu_command *b)
{
    assert_int_equal(a->cla, b->cla);
    assert_int_equal(a->ins, b->ins);
    assert_int_equal(a->p1, b->p1);
    assert_int_equal(a->p2, b->p2);
    assert_int_equal(a->lc, b->lc);
    assert_int_equal(a->has_le, b->has_le);
    assert_int_equal(a->le, b->le);
    if (a->lc > 0) {
        assert_memory_equal(a->data, b->data, a->lc);
    }
}

static void answer(struct world *world, struct scp03_wire *wire, uint8_t data[256], size_t *length)
{
    static const uint16_t words[] = {0x9000, 0x9000, 0x6282, 0x6310, 0x6A82, 0x9110};

    wire->sw = words[below(world, sizeof words / sizeof words[0])];
    *length =
        below(world, 3) == 0 ? 0 : below(world, scp03_response_max(&world->pair.card.session) + 1);
    draw_octets(world, data, *length);
    assert_int_equal(scp03_card_response(&world->pair.card, world->pair.crypto, data, *length,
                                         wire->sw, wire->octets, &wire->length),
                     wire->sw);
    assert_true(wire->length <= 256);
    if (wire->sw == 0x6A82 || wire->sw == 0x9110) {
        *length = 0; /* such a response has no data */
    }
}

static enum scp03_result receive(struct world *world, const struct scp03_wire *wire, uint8_t *out,
                                 size_t *length)
{
    return scp03_host_response(&world->pair.host, world->pair.crypto, wire->octets, wire->length,
                               wire->sw, out, length);
}

/* One undisturbed command with its response; what went over the wire is left in the two. */
static void exchange(struct world *world, struct scp03_wire *command, struct scp03_wire *response)
{
    uint8_t data[256];
    uint8_t buffer[SCP03_DATA_MAX];
    uint8_t out[256];
    size_t length = 0;
    size_t n = 0;
    struct apdu_command opened = {0};
    const struct apdu_command plain = draw_command(world, data);
    bool authentic = (world->pair.host.level & SCP03_R_MAC) != 0;

    wrap(world, &plain, command);
    assert_int_equal(take(world, command, &opened, buffer), 0x9000);
    expect_equal(&opened, &plain);
    answer(world, response, data, &length);
    authentic = authentic && response->sw != 0x6A82 && response->sw != 0x9110;
    assert_int_equal(receive(world, response, out, &n), authentic ? SCP03_OK : SCP03_HINT);
    assert_int_equal(n, length);
    assert_memory_equal(out, data, n);
}

static void both_ends_agree(void **state)
{
    struct world *world = *state;
    struct scp03_wire command;
    struct scp03_wire response;

    for (int i = 0; i < SESSIONS; i++) {
        open_at(world, levels[below(world, sizeof levels)]);
        for (int j = 0; j < COMMANDS; j++) {
            exchange(world, &command, &response);
        }
    }
}

/* The session is over: even the command that was due is refused now. */
static void expect_ended(struct world *world, const struct scp03_wire *due)
{
    struct apdu_command plain;
    uint8_t buffer[SCP03_DATA_MAX];

    assert_int_equal(world->pair.card.state, SCP03_CARD_IDLE);
    assert_int_equal(take(world, due, &plain, buffer), 0x6982);
}

/* One changed command in a copy of the session as it stands. */
static void try_changed(struct world *world, const struct scp03_wire *changed,
                        const struct scp03_wire *due)
{
    const struct scp03_card before = world->pair.card;
    struct apdu_command plain;
    uint8_t buffer[SCP03_DATA_MAX];
    uint16_t sw = take(world, changed, &plain, buffer);

    if (sw == 0x6700) { /* no APDU: as if it had never come */
        assert_memory_equal(&world->pair.card, &before, sizeof before);
    } else {
        assert_int_equal(sw, 0x6982);
        expect_ended(world, due);
    }
    world->pair.card = before;
}

/* Octets of the command under the MAC: all but Le, which SCP03 leaves unprotected. */
static size_t under_mac(const struct scp03_wire *wire)
{
    return 5u + wire->octets[4];
}

static void commands_cannot_be_changed(void **state)
{
    struct world *world = *state;
    struct scp03_wire wire;
    struct scp03_wire changed;
    struct scp03_wire ignored;
    uint8_t data[256];

    for (int i = 0; i < SESSIONS / 4; i++) {
        open_at(world, levels[below(world, sizeof levels)]);
        exchange(world, &wire, &ignored);
        const struct apdu_command plain = draw_command(world, data);

        wrap(world, &plain, &wire);
        for (size_t bit = 0; bit < under_mac(&wire) * 8; bit++) {
            changed = wire;
            changed.octets[bit / 8] ^= (uint8_t)(1u << bit % 8);
            try_changed(world, &changed, &wire);
        }
        for (size_t n = 0; n < under_mac(&wire); n++) { /* cut short, with an Lc to match */
            changed = wire;
            changed.length = n;
            try_changed(world, &changed, &wire);
            if (n > 5) {
                changed.octets[4] = (uint8_t)(n - 5);
                try_changed(world, &changed, &wire);
            }
        }
    }
}

static void responses_cannot_be_changed(void **state)
{
    struct world *world = *state;
    struct scp03_wire wire;
    uint8_t data[256];
    uint8_t buffer[SCP03_DATA_MAX];
    uint8_t out[256];
    size_t length = 0;

    for (int i = 0; i < SESSIONS / 4; i++) {
        open_at(world, levels[2 + below(world, 3)]);
        const struct apdu_command plain = draw_command(world, data);
        struct apdu_command opened;

        wrap(world, &plain, &wire);
        assert_int_equal(take(world, &wire, &opened, buffer), 0x9000);
        do {
            answer(world, &wire, data, &length);
        } while (wire.sw == 0x6A82 || wire.sw == 0x9110);
        const struct scp03_host before = world->pair.host;

        for (size_t bit = 0; bit < wire.length * 8; bit++) {
            wire.octets[bit / 8] ^= (uint8_t)(1u << bit % 8);
            assert_int_equal(receive(world, &wire, out, &length), SCP03_REFUSED);
            assert_int_equal(world->pair.host.state, SCP03_HOST_IDLE);
            assert_int_equal(length, 0);
            wire.octets[bit / 8] ^= (uint8_t)(1u << bit % 8);
            world->pair.host = before;
        }
        for (unsigned sw = 0; sw <= 0xFFFF; sw += 17) { /* another status word, with these data */
            struct scp03_wire changed = wire;

            changed.sw = (uint16_t)sw;
            assert_int_equal(receive(world, &changed, out, &length),
                             sw == wire.sw ? SCP03_OK : SCP03_REFUSED);
            world->pair.host = before;
        }
        for (struct scp03_wire cut = wire; cut.length > 0;) {
            cut.length--;
            assert_int_equal(receive(world, &cut, out, &length), SCP03_REFUSED);
            world->pair.host = before;
        }
        assert_int_equal(receive(world, &wire, out, &length), SCP03_OK);
    }
}

/* Replayed, left out, in another order, from another session, sent back to where it came from. */
static void only_the_next_command_counts(void **state)
{
    struct world *world = *state;
    uint8_t data[3][256];
    uint8_t out[256];
    size_t length = 0;
    struct scp03_wire old, response, wire[3];

    for (int i = 0; i < SESSIONS; i++) {
        open_at(world, levels[below(world, sizeof levels)]);
        exchange(world, &old, &response);
        for (int j = 0; j < 3; j++) { /* three commands ahead, which the host side itself forbids */
            const struct apdu_command plain = draw_command(world, data[j]);

            assert_int_equal(scp03_command_wrap(world->pair.crypto, &world->pair.host.session,
                                                &plain, wire[j].octets, &wire[j].length),
                             SCP03_OK);
        }
        try_changed(world, &old, &wire[0]);     /* replay */
        try_changed(world, &wire[1], &wire[0]); /* one left out */
        try_changed(world, &wire[2], &wire[0]); /* two swapped */
        if (response.length >= 5) {
            try_changed(world, &response, &wire[0]); /* the card's own words */
        }
        /* the host's own words, and the answer before */
        struct scp03_host before = world->pair.host;

        if ((before.level & SCP03_R_MAC) != 0) {
            wire[0].sw = 0x9000;
            world->pair.host.state = SCP03_HOST_AWAITING;
            before = world->pair.host;
            assert_int_equal(receive(world, &wire[0], out, &length), SCP03_REFUSED);
            world->pair.host = before;
            response.sw = 0x9000;
            assert_int_equal(receive(world, &response, out, &length), SCP03_REFUSED);
        }
        /* a later session of the same keys */
        world->pair.record.failures = 0;
        assert_true(scp03_pair_open(&world->pair, levels[below(world, sizeof levels)]));
        try_changed(world, &wire[0], &wire[0]);
    }
}

/* Takes place of an attacker who plays a recorded start to a card, or answers as one. */
static void starts_cannot_be_replayed_or_reflected(void **state)
{
    struct world *world = *state;
    struct scp03_wire ask, told, prove, response;
    struct scp03_pair *pair = &world->pair;

    for (int i = 0; i < SESSIONS; i++) {
        scp03_pair_init(pair, &world->crypto.port, 16, SCP03_S8, (uint8_t)i);
        assert_int_equal(scp03_host_initialize(&pair->host, pair->crypto, 0x30, SCP03_S8,
                                               ask.octets, &ask.length),
                         SCP03_OK);
        scp03_pair_initialize(pair, &ask, &told);
        const struct scp03_host asked = pair->host;

        assert_int_equal(scp03_host_authenticate(&pair->host, pair->crypto, &pair->keys, 0x33,
                                                 pair->domain.aid, told.octets, told.length,
                                                 prove.octets, &prove.length),
                         SCP03_OK);
        const struct scp03_card challenged = pair->card;

        for (size_t bit = 0; bit < prove.length * 8; bit++) { /* each bit of the proof */
            struct scp03_wire changed = prove;

            pair->card = challenged;
            changed.octets[bit / 8] ^= (uint8_t)(1u << bit % 8);
            scp03_pair_authenticate(pair, &changed, &response);
            assert_int_not_equal(response.sw, 0x9000);
        }
        scp03_pair_initialize(pair, &ask, &told); /* the same question: another challenge */
        assert_int_equal(told.sw, 0x9000);
        scp03_pair_authenticate(pair, &prove, &response);
        assert_int_equal(response.sw, 0x6982);
        /* each bit of key version, protocol, challenge, cryptogram, sequence; and the old answer */
        for (size_t bit = (size_t)10 * 8; bit < told.length * 8; bit++) {
            pair->host = asked;
            told.octets[bit / 8] ^= (uint8_t)(1u << bit % 8);
            enum scp03_result result = scp03_host_authenticate(
                &pair->host, pair->crypto, &pair->keys, 0x33, pair->domain.aid, told.octets,
                told.length, prove.octets, &prove.length);

            told.octets[bit / 8] ^= (uint8_t)(1u << bit % 8);
            assert_int_equal(result, bit / 8 == 12 && (bit % 8 < 4 || bit % 8 == 7)
                                         ? SCP03_OK /* bits of i that claim no ability away */
                                         : SCP03_REFUSED);
        }
        assert_int_equal(scp03_host_initialize(&pair->host, pair->crypto, 0x30, SCP03_S8,
                                               ask.octets, &ask.length),
                         SCP03_OK);
        assert_int_equal(scp03_host_authenticate(&pair->host, pair->crypto, &pair->keys, 0x33,
                                                 pair->domain.aid, told.octets, told.length,
                                                 prove.octets, &prove.length),
                         SCP03_REFUSED);
    }
}

static void other_keys_open_nothing(void **state)
{
    struct world *world = *state;
    struct scp03_pair *pair = &world->pair;
    struct scp03_wire wire;
    struct scp03_wire told;

    scp03_pair_init(pair, &world->crypto.port, 32, SCP03_S16, 9);
    struct scp03_keys *keys[] = {&pair->keys};

    for (size_t bit = 0; bit < 512; bit++) {
        struct scp03_keys wrong = *keys[0];
        struct aes_key *key = bit < 256 ? &wrong.enc : &wrong.mac;

        key->octets[bit % 256 / 8] ^= (uint8_t)(1u << bit % 8);
        pair->record = (struct scp03_record){.sequence = (uint32_t)bit};
        assert_int_equal(scp03_host_initialize(&pair->host, pair->crypto, 0, SCP03_S16, wire.octets,
                                               &wire.length),
                         SCP03_OK);
        scp03_pair_initialize(pair, &wire, &told);
        assert_int_equal(scp03_host_authenticate(&pair->host, pair->crypto, &wrong, 0x33,
                                                 pair->domain.aid, told.octets, told.length,
                                                 wire.octets, &wire.length),
                         SCP03_REFUSED);
    }
}

int main(void)
{
    static struct world world;
    const char *given = getenv("MOORING_SEED");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(both_ends_agree, &world),
        cmocka_unit_test_prestate(commands_cannot_be_changed, &world),
        cmocka_unit_test_prestate(responses_cannot_be_changed, &world),
        cmocka_unit_test_prestate(only_the_next_command_counts, &world),
        cmocka_unit_test_prestate(starts_cannot_be_replayed_or_reflected, &world),
        cmocka_unit_test_prestate(other_keys_open_nothing, &world),
    };

    world.seed = given != NULL ? strtoull(given, NULL, 0) : (uint64_t)time(NULL);
    print_message("MOORING_SEED=%llu\n", (unsigned long long)world.seed);
    if (!openssl_crypto_init(&world.crypto, NULL)) {
        return 1;
    }
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    openssl_crypto_free(&world.crypto);
    return failed;
}
