#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aka/vector.h"
#include "base/bytes.h"
#include "base/hex.h"
#include "uicc/layout.h"

/* The power switch: counts writes and commits and fails from the chosen one on. */
static bool has_power(struct uicc_fixture *f, bool changes)
{
    if (changes && ++f->accesses == f->cut_at) {
        f->dead = !f->glitch;
        return false;
    }
    return !f->dead;
}

static bool switch_read(void *ctx, uint32_t offset, void *out, size_t n)
{
    struct uicc_fixture *f = ctx;

    return has_power(f, false) && f->ram.port.read(f->ram.port.ctx, offset, out, n);
}

static bool switch_write(void *ctx, uint32_t offset, const void *in, size_t n)
{
    struct uicc_fixture *f = ctx;

    return has_power(f, true) && f->ram.port.write(f->ram.port.ctx, offset, in, n);
}

static bool switch_commit(void *ctx)
{
    struct uicc_fixture *f = ctx;

    if (!has_power(f, true)) {
        f->ram.port.rollback(f->ram.port.ctx); /* as the port promises of a commit that fails */
        return false;
    }
    return f->ram.port.commit(f->ram.port.ctx);
}

static void switch_rollback(void *ctx)
{
    struct uicc_fixture *f = ctx;

    f->ram.port.rollback(f->ram.port.ctx);
}

static void default_profile(struct uicc_profile *profile)
{
    size_t n = 0;

    memset(profile, 0, sizeof *profile);
    assert_true(iccid_parse("8900101000000000019", 19, &profile->iccid));
    assert_true(imsi_parse("001010123456789", 15, &profile->imsi));
    profile->mnc_length = 2;
    profile->credentials.algorithm = AKA_MILENAGE; /* TS 35.208 4.3.1 */
    assert_true(hex_decode("465b5ce8b199b49faa5f0a2ee238a6bc", 32, profile->credentials.k, 16, &n));
    assert_true(
        hex_decode("cd63cb71954a9f4e48a5994e37a02baf", 32, profile->credentials.opc, 16, &n));
    profile->sqn = (struct sqn_parameters){.delta = SQN_DELTA, .report = SQN_REPORT_HIGHEST};
    assert_true(uicc_pin_from_text("1234", 4, profile->pin1));
    assert_true(uicc_pin_from_text("12345678", 8, profile->puk1));
    assert_true(uicc_pin_from_text("5678", 4, profile->pin2));
    assert_true(uicc_pin_from_text("87654321", 8, profile->puk2));
    assert_true(uicc_pin_from_text("88888888", 8, profile->adm1));
    profile->pin1_enabled = true;
    memcpy(profile->spn, "Mooring", 8);
    profile->access_classes = 1u << 4;
}

void fixture_personalise(struct uicc_fixture *f)
{
    memset(f->committed, 0xA5, sizeof f->committed);
    uicc_nvm_ram_init(&f->ram, f->committed, f->working, sizeof f->committed);
    assert_int_equal(uicc_personalise(&f->ram.port, &f->profile), UICC_PERSONALISE_OK);
    assert_int_equal(fixture_power_up(f), UICC_OPEN_OK);
}

enum uicc_open_result fixture_power_up(struct uicc_fixture *f)
{
    f->dead = false;
    f->cut_at = 0;
    f->glitch = false;
    f->accesses = 0;
    uicc_nvm_ram_init(&f->ram, f->committed, f->working, sizeof f->committed);
    f->nvm = (struct uicc_nvm){.ctx = f,
                               .size = sizeof f->committed,
                               .read = switch_read,
                               .write = switch_write,
                               .commit = switch_commit,
                               .rollback = switch_rollback};
    return uicc_card_open(&f->card, &f->nvm, &f->crypto.port);
}

void fixture_reset(struct uicc_fixture *f)
{
    uint8_t atr[UICC_ATR_MAX];

    (void)uicc_card_reset(&f->card, atr);
}

int fixture_setup(void **state)
{
    struct uicc_fixture *f = calloc(1, sizeof *f);
    struct fault fault;

    assert_non_null(f);
    assert_true(openssl_crypto_init(&f->crypto, &fault));
    default_profile(&f->profile);
    fixture_personalise(f);
    *state = f;
    return 0;
}

int fixture_teardown(void **state)
{
    struct uicc_fixture *f = *state;

    openssl_crypto_free(&f->crypto);
    free(f);
    return 0;
}

/* Octets of hexadecimal text with blanks. */
static size_t from_hex(const char *hex, uint8_t *octets, size_t capacity)
{
    char digits[2 * 512 + 1];
    size_t count = 0;
    size_t n = 0;

    for (; *hex != '\0'; hex++) {
        if (*hex != ' ') {
            assert_true(count < sizeof digits - 1);
            digits[count++] = *hex;
        }
    }
    assert_true(hex_decode(digits, count, octets, capacity, &n));
    return n;
}

uint16_t fixture_octets(struct uicc_fixture *f, const uint8_t *octets, size_t n)
{
    /* A copy of exactly this size, so that a sanitizer sees every read behind the command. */
    uint8_t *copy = malloc(n == 0 ? 1 : n);

    assert_non_null(copy);
    memcpy(copy, octets, n);
    memset(f->data, 0xEE, sizeof f->data);
    size_t length = uicc_card_transmit(&f->card, copy, n, f->data);
    free(copy);
    assert_in_range(length, 2, UICC_RESPONSE_MAX);
    f->length = length - 2;
    return be16_get(f->data + f->length);
}

uint16_t fixture_raw(struct uicc_fixture *f, const char *hex)
{
    uint8_t octets[512];
    size_t n = from_hex(hex, octets, sizeof octets);

    return fixture_octets(f, octets, n);
}

uint16_t fixture_send(struct uicc_fixture *f, const char *hex)
{
    uint8_t octets[512];
    size_t n = from_hex(hex, octets, sizeof octets);
    uint16_t sw = fixture_octets(f, octets, n);

    if (sw >> 8 == 0x6C) {
        octets[4] = (uint8_t)sw;
        return fixture_octets(f, octets, 5);
    }
    if (sw >> 8 == 0x61) {
        uint8_t get_response[5] = {octets[0], 0xC0, 0x00, 0x00, (uint8_t)sw};
        return fixture_octets(f, get_response, sizeof get_response);
    }
    return sw;
}

void fixture_expect(struct uicc_fixture *f, const char *hex, uint16_t sw)
{
    uint16_t got = fixture_send(f, hex);

    if (got != sw) {
        fail_msg("%s gave %04X, not %04X", hex, got, sw);
    }
}

void fixture_expect_data(struct uicc_fixture *f, const char *hex, const char *data_hex)
{
    uint8_t expected[512];
    char got[2 * UICC_RESPONSE_MAX + 1];
    size_t n = from_hex(data_hex, expected, sizeof expected);

    fixture_expect(f, hex, 0x9000);
    if (f->length != n || memcmp(f->data, expected, n) != 0) {
        hex_encode(f->data, f->length, got);
        fail_msg("%s gave %s, not %s", hex, got, data_hex);
    }
}

uint8_t *fixture_entry(struct uicc_fixture *f, uint16_t fid)
{
    for (uint8_t *entry = f->committed + UICC_SECURITY_END;; entry += UICC_ENTRY_SIZE) {
        assert_true(entry < f->committed + be32_get(f->committed + UICC_AT_BODIES));
        if (be16_get(entry) == fid) {
            return entry;
        }
    }
}

void fixture_challenge(struct uicc_fixture *f, uint64_t sqn, uint8_t seed, uint8_t command[40])
{
    static const uint8_t header[] = {0x00, 0x88, 0x00, 0x81, 0x22, 0x10};
    static const uint8_t amf[] = {0x80, 0x00};
    struct aka_vector vector;
    uint8_t rand[16];

    memset(rand, seed, sizeof rand);
    assert_true(aka_vector_make(&f->crypto.port, &f->profile.credentials, rand, sqn, amf, &vector));
    memcpy(command, header, sizeof header);
    memcpy(command + 6, vector.rand, 16);
    command[22] = 0x10;
    memcpy(command + 23, vector.autn, 16);
    command[39] = 0x00;
}
