/*
 * The published SCP03 sessions (tests/vectors/scp03.json), played through the machine's side and
 * the card's side octet for octet: challenges, cryptograms, commands, responses.
 *
 * The vectors do not say which application held the keys; their challenges are those of the AID of
 * SGP.22's ISD-R, A0 00 00 05 59 10 10 FF FF FF FF 89 00 00 01 00.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/hex.h"
#include "support/scp03_pair.h"
#include "vectors.h"

/* The OpenSSL port, but its next random octets are the vector's host challenge. */
struct fixed_random {
    const struct crypto_port *real;
    uint8_t next[16];
};

static bool give_next(void *ctx, uint8_t *out, size_t n)
{
    struct fixed_random *fixed = ctx;

    memcpy(out, fixed->next, n);
    return true;
}

static bool set_key(void *ctx, const uint8_t *key, size_t key_len)
{
    const struct crypto_port *real = ((struct fixed_random *)ctx)->real;

    return real->aes_set_key(real->ctx, key, key_len);
}

static bool encrypt(void *ctx, const uint8_t *in, uint8_t *out, size_t blocks)
{
    const struct crypto_port *real = ((struct fixed_random *)ctx)->real;

    return real->aes_encrypt(real->ctx, in, out, blocks);
}

static bool decrypt(void *ctx, const uint8_t *key, size_t key_len, const uint8_t *in, uint8_t *out,
                    size_t blocks)
{
    const struct crypto_port *real = ((struct fixed_random *)ctx)->real;

    return real->aes_decrypt(real->ctx, key, key_len, in, out, blocks);
}

struct world {
    struct fixed_random fixed;
    struct crypto_port port;
    struct scp03_pair pair;
};

/* A hexadecimal member of any length up to `capacity`; its length is returned. */
static size_t member(const json_t *set, const char *key, uint8_t *out, size_t capacity)
{
    const char *text = json_string_value(json_object_get(set, key));
    size_t n = 0;

    assert_non_null(text);
    assert_true(hex_decode(text, strlen(text), out, capacity, &n));
    return n;
}

static void expect_member(const json_t *set, const char *key, const uint8_t *octets, size_t length)
{
    uint8_t expected[APDU_MAX];

    assert_int_equal(length, member(set, key, expected, sizeof expected));
    assert_memory_equal(octets, expected, length);
}

static void prepare(struct world *world, const struct crypto_port *real, const json_t *set)
{
    struct scp03_pair *pair = &world->pair;
    uint8_t command[APDU_MAX];
    uint8_t answer[APDU_MAX];

    world->fixed.real = real;
    world->port = (struct crypto_port){.ctx = &world->fixed,
                                       .random = give_next,
                                       .aes_set_key = set_key,
                                       .aes_encrypt = encrypt,
                                       .aes_decrypt = decrypt};
    scp03_pair_init(pair, &world->port, 16, SCP03_S8, 0);
    pair->keys.enc.length = member(set, "k_enc", pair->keys.enc.octets, 32);
    pair->keys.mac.length = member(set, "k_mac", pair->keys.mac.octets, 32);
    assert_int_equal(member(set, "initialize_update", command, sizeof command), 14);
    memcpy(world->fixed.next, command + 5, 8);
    pair->domain.key_version = command[2];
    assert_int_equal(member(set, "initialize_update_response", answer, sizeof answer), 32);
    pair->record.sequence = be24_get(answer + 29) - 1;
}

static void start(struct world *world, const json_t *set)
{
    struct scp03_pair *pair = &world->pair;
    struct scp03_wire command;
    struct scp03_wire response;
    uint8_t level = 0;

    assert_int_equal(member(set, "security_level", &level, 1), 1);
    assert_int_equal(scp03_host_initialize(&pair->host, pair->crypto, pair->domain.key_version,
                                           SCP03_S8, command.octets, &command.length),
                     SCP03_OK);
    expect_member(set, "initialize_update", command.octets, command.length);
    scp03_pair_initialize(pair, &command, &response);
    assert_int_equal(response.sw, 0x9000);
    expect_member(set, "initialize_update_response", response.octets, response.length);
    assert_int_equal(scp03_host_authenticate(&pair->host, pair->crypto, &pair->keys, level,
                                             pair->domain.aid, response.octets, response.length,
                                             command.octets, &command.length),
                     SCP03_OK);
    assert_int_equal(pair->host.sequence, pair->record.sequence);
    expect_member(set, "external_authenticate", command.octets, command.length);
    scp03_pair_authenticate(pair, &command, &response);
    assert_int_equal(response.sw, 0x9000);
    assert_int_equal(scp03_host_opened(&pair->host, 0, 0x9000), SCP03_OK);
}

static void exchange_response(struct world *world, const json_t *step)
{
    struct scp03_pair *pair = &world->pair;
    uint8_t plain[256];
    struct scp03_wire response;
    size_t opened = 0;
    size_t length = 0;
    bool known = json_object_get(step, "response_plain") != NULL;

    if (known) {
        length = member(step, "response_plain", plain, sizeof plain);
    }
    assert_int_equal(scp03_card_response(&pair->card, pair->crypto, plain, length, 0x9000,
                                         response.octets, &response.length),
                     0x9000);
    if (known) {
        expect_member(step, "response_wrapped", response.octets, response.length);
    }
    enum scp03_result result =
        scp03_host_response(&pair->host, pair->crypto, response.octets, response.length, 0x9000,
                            response.octets, &opened);

    assert_int_equal(result, (pair->host.level & SCP03_R_MAC) != 0 ? SCP03_OK : SCP03_HINT);
    assert_int_equal(opened, length);
    if (length > 0) {
        assert_memory_equal(response.octets, plain, length);
    }
}

static void exchange(struct world *world, const json_t *step)
{
    struct scp03_pair *pair = &world->pair;
    uint8_t octets[APDU_MAX];
    uint8_t buffer[SCP03_DATA_MAX];
    struct scp03_wire wire;
    struct apdu_command plain;
    struct apdu_command secured;
    struct apdu_command opened;
    size_t n = member(step, "plain", octets, sizeof octets);

    assert_int_equal(apdu_parse(octets, n, &plain), APDU_OK);
    assert_int_equal(
        scp03_host_command(&pair->host, pair->crypto, &plain, wire.octets, &wire.length), SCP03_OK);
    expect_member(step, "wrapped", wire.octets, wire.length);
    assert_int_equal(apdu_parse(wire.octets, wire.length, &secured), APDU_OK);
    assert_int_equal(scp03_card_command(&pair->card, pair->crypto, &secured, buffer, &opened),
                     0x9000);
    assert_int_equal(opened.cla, plain.cla);
    assert_int_equal(opened.ins, plain.ins);
    assert_int_equal(opened.lc, plain.lc);
    assert_int_equal(opened.has_le, plain.has_le);
    if (plain.lc > 0) {
        assert_memory_equal(opened.data, plain.data, plain.lc);
    }
    exchange_response(world, step);
}

static void published_sessions(void **state)
{
    json_t *root = vectors_load("scp03.json");
    json_t *set = NULL;
    size_t index = 0;
    struct world *world = malloc(sizeof *world);

    assert_non_null(world);
    json_array_foreach(json_object_get(root, "vectors"), index, set)
    {
        json_t *step = NULL;
        size_t at = 0;

        prepare(world, *state, set);
        start(world, set);
        json_array_foreach(json_object_get(set, "wrapped"), at, step)
        {
            exchange(world, step);
        }
        assert_int_equal(at, 5);
    }
    assert_int_equal(index, 6);
    free(world);
    json_decref(root);
}

static void levels(void **state)
{
    static const uint8_t valid[] = {0x01, 0x03, 0x11, 0x13, 0x33};
    size_t next = 0;

    (void)state;
    for (unsigned level = 0; level <= 0xFF; level++) {
        bool expected = next < ARRAY_LEN(valid) && valid[next] == level;

        assert_int_equal(scp03_level_valid((uint8_t)level), expected);
        next += expected;
    }
}

/* The largest texts that fit, in both directions, and one octet more. */
static void longest_that_fit(void **state)
{
    static const struct {
        uint8_t level, mac;
        size_t command, response;
    } known[] = {{0x01, 8, 247, 256}, {0x03, 8, 239, 256},  {0x11, 8, 247, 248},
                 {0x33, 8, 239, 239}, {0x01, 16, 239, 256}, {0x13, 16, 223, 240},
                 {0x33, 16, 223, 239}};
    struct scp03_pair pair;

    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        uint8_t data[257];
        uint8_t buffer[SCP03_DATA_MAX];
        struct scp03_wire wire;
        struct apdu_command secured;
        struct apdu_command opened;
        struct apdu_command plain = {.cla = 0x80, .ins = 0xE2, .data = data};

        memset(data, 0x5A, sizeof data);
        scp03_pair_init(&pair, *state, 32, known[i].mac, (uint8_t)i);
        assert_true(scp03_pair_open(&pair, known[i].level));
        plain.lc = (uint8_t)(known[i].command + 1);
        assert_int_equal(scp03_host_command(&pair.host, *state, &plain, wire.octets, &wire.length),
                         SCP03_TOO_LONG);
        plain.lc = (uint8_t)known[i].command;
        assert_int_equal(scp03_host_command(&pair.host, *state, &plain, wire.octets, &wire.length),
                         SCP03_OK);
        assert_int_equal(apdu_parse(wire.octets, wire.length, &secured), APDU_OK);
        assert_int_equal(scp03_card_command(&pair.card, *state, &secured, buffer, &opened), 0x9000);
        assert_int_equal(opened.lc, known[i].command);
        assert_memory_equal(opened.data, data, opened.lc);
        assert_int_equal(scp03_response_max(&pair.card.session), known[i].response);
        assert_int_equal(scp03_card_response(&pair.card, *state, data, known[i].response, 0x9000,
                                             wire.octets, &wire.length),
                         0x9000);
        assert_true(wire.length <= 256);
        assert_int_not_equal(scp03_host_response(&pair.host, *state, wire.octets, wire.length,
                                                 0x9000, buffer, &wire.length),
                             SCP03_REFUSED);
        assert_int_equal(wire.length, known[i].response);
        assert_int_equal(scp03_card_response(&pair.card, *state, data, known[i].response + 1,
                                             0x9000, wire.octets, &wire.length),
                         0x6F00);
        assert_int_equal(pair.card.state, SCP03_CARD_IDLE);
    }
}

static void classes(void **state)
{
    (void)state;
    for (unsigned cla = 0; cla <= 0xFF; cla++) { /* 0X, 1X, 8X and so on, basic channel */
        assert_int_equal(scp03_is_secure((uint8_t)cla),
                         (cla & 0x0F) == 0x04 && (cla < 0x40 || (cla >= 0x80 && cla < 0xC0)));
    }
}

/* Texts that a host with the right keys has padded wrongly. */
static void wrong_padding(void **state)
{
    static const struct {
        uint8_t text[2], last;
        uint16_t sw;
    } known[] = {
        {{0x41, 0x80}, 0x00, 0x9000},
        {{0x80, 0x00}, 0x00, 0x6982}, /* no text at all */
        {{0x00, 0x00}, 0x00, 0x6982}, /* no mark */
        {{0x41, 0x80}, 0x01, 0x6982}, /* another one */
    };
    struct scp03_pair pair;

    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        uint8_t block[AES_BLOCK] = {known[i].text[0], known[i].text[1]};
        uint8_t counter[AES_BLOCK] = {[15] = 1};
        uint8_t icv[AES_BLOCK];
        uint8_t buffer[SCP03_DATA_MAX];
        struct scp03_wire wire;
        struct apdu_command secured;
        struct apdu_command opened;

        scp03_pair_init(&pair, *state, 16, SCP03_S8, 3);
        assert_true(scp03_pair_open(&pair, 0x03));
        struct scp03_session *session = &pair.host.session;

        block[15] = known[i].last;
        assert_true(aes_block(*state, &session->s_enc, counter, icv));
        assert_true(aes_cbc_encrypt(*state, &session->s_enc, icv, block, sizeof block));
        const struct apdu_command plain = {
            .cla = 0x80, .ins = 0xE2, .lc = sizeof block, .data = block};

        session->level = SCP03_C_MAC; /* what is encrypted already only gets its MAC */
        assert_int_equal(scp03_host_command(&pair.host, *state, &plain, wire.octets, &wire.length),
                         SCP03_OK);
        assert_int_equal(apdu_parse(wire.octets, wire.length, &secured), APDU_OK);
        assert_int_equal(scp03_card_command(&pair.card, *state, &secured, buffer, &opened),
                         known[i].sw);
    }
}

/* Each step only in its turn; a step out of turn ends the session. */
static void steps_of_the_host(void **state)
{
    struct scp03_pair pair;
    struct scp03_wire wire;
    const struct apdu_command plain = {.cla = 0x80, .ins = 0xF2};

    scp03_pair_init(&pair, *state, 16, SCP03_S8, 3);
    assert_int_equal(scp03_host_command(&pair.host, *state, &plain, wire.octets, &wire.length),
                     SCP03_NO_STATE);
    assert_int_equal(scp03_host_opened(&pair.host, 0, 0x9000), SCP03_NO_STATE);
    assert_int_equal(scp03_host_authenticate(&pair.host, *state, &pair.keys, 0x33, pair.domain.aid,
                                             wire.octets, 32, wire.octets, &wire.length),
                     SCP03_NO_STATE);
    assert_true(scp03_pair_open(&pair, 0x01));
    assert_int_equal(
        scp03_host_response(&pair.host, *state, NULL, 0, 0x9000, wire.octets, &wire.length),
        SCP03_NO_STATE); /* no command has been sent */
    assert_int_equal(pair.host.state, SCP03_HOST_IDLE);
    assert_true(scp03_pair_open(&pair, 0x01));
    assert_int_equal(scp03_host_command(&pair.host, *state, &plain, wire.octets, &wire.length),
                     SCP03_OK);
    assert_int_equal(scp03_host_command(&pair.host, *state, &plain, wire.octets, &wire.length),
                     SCP03_NO_STATE); /* the response is due */
    assert_int_equal(scp03_host_initialize(&pair.host, *state, 0, 12, wire.octets, &wire.length),
                     SCP03_FAILED);
    assert_true(scp03_pair_open(&pair, 0x33));
    scp03_host_end(&pair.host);
    assert_int_equal(scp03_host_opened(&pair.host, 0, 0x9000), SCP03_NO_STATE);
}

/* Makes the answer to INITIALIZE UPDATE and hands it over with one octet changed. */
static enum scp03_result authenticate(struct scp03_pair *pair, uint8_t level, size_t at,
                                      uint8_t value)
{
    struct scp03_wire ask;
    struct scp03_wire told;

    pair->record = (struct scp03_record){0};
    assert_int_equal(
        scp03_host_initialize(&pair->host, pair->crypto, 0x30, SCP03_S8, ask.octets, &ask.length),
        SCP03_OK);
    scp03_pair_initialize(pair, &ask, &told);
    assert_int_equal(told.sw, 0x9000);
    told.octets[at] = value;
    return scp03_host_authenticate(&pair->host, pair->crypto, &pair->keys, level, pair->domain.aid,
                                   told.octets, told.length, ask.octets, &ask.length);
}

/* A level that the card (or who speaks for it) disclaims is not quietly lowered. */
static void abilities_of_the_card(void **state)
{
    struct scp03_pair pair;

    scp03_pair_init(&pair, *state, 16, SCP03_S8, 3);
    assert_int_equal(authenticate(&pair, 0x33, 12, 0x70), SCP03_OK);
    assert_int_equal(authenticate(&pair, 0x33, 12, 0x30), SCP03_REFUSED);
    assert_int_equal(authenticate(&pair, 0x13, 12, 0x30), SCP03_OK);
    assert_int_equal(authenticate(&pair, 0x13, 12, 0x10), SCP03_REFUSED);
    assert_int_equal(authenticate(&pair, 0x03, 12, 0x10), SCP03_OK);
    assert_int_equal(authenticate(&pair, 0x03, 12, 0x00), SCP03_REFUSED); /* with a sequence */
    assert_int_equal(authenticate(&pair, 0x00, 12, 0x70), SCP03_REFUSED); /* no level */
    assert_int_equal(authenticate(&pair, 0x33, 11, 0x02), SCP03_REFUSED); /* SCP02 */
    assert_int_equal(authenticate(&pair, 0x33, 10, 0x31), SCP03_REFUSED); /* other keys */
    assert_int_equal(authenticate(&pair, 0x33, 31, 0x09), SCP03_REFUSED); /* other sequence */
    assert_int_equal(scp03_host_opened(&pair.host, 0, 0x9000), SCP03_NO_STATE);
    assert_int_equal(authenticate(&pair, 0x33, 0, 0x01), SCP03_OK);
    assert_int_equal(scp03_host_opened(&pair.host, 0, 0x6982), SCP03_REFUSED);
    assert_int_equal(pair.host.state, SCP03_HOST_IDLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_sessions),
        cmocka_unit_test(levels),
        cmocka_unit_test(classes),
        cmocka_unit_test(wrong_padding),
        cmocka_unit_test(steps_of_the_host),
        cmocka_unit_test(abilities_of_the_card),
        cmocka_unit_test(longest_that_fit),
    };

    return cmocka_run_group_tests(tests, vectors_setup_port, vectors_teardown_port);
}
