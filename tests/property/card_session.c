#include "card_session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "aka/vector.h"
#include "base/bytes.h"

void session_init(struct card_session *session)
{
    struct uicc_profile *profile = &session->profile;
    struct fault fault;

    memset(session, 0, sizeof *session);
    assert_true(openssl_crypto_init(&session->crypto, &fault));
    assert_true(iccid_parse("8900101000000000019", 19, &profile->iccid));
    assert_true(imsi_parse("001010123456789", 15, &profile->imsi));
    profile->mnc_length = 2;
    profile->credentials.algorithm = AKA_MILENAGE;
    memset(profile->credentials.k, 0x4B, sizeof profile->credentials.k);
    memset(profile->credentials.opc, 0x4F, sizeof profile->credentials.opc);
    memcpy(profile->pin1, op_pin_values[OP_PIN1], 8);
    memcpy(profile->adm1, op_pin_values[OP_ADM1], 8);
    memcpy(profile->puk1, op_puk, 8);
    assert_true(uicc_pin_from_text("5678", 4, profile->pin2));
    assert_true(uicc_pin_from_text("87654321", 8, profile->puk2));
    profile->pin1_enabled = true;
    profile->access_classes = 1;
}

void session_free(struct card_session *session)
{
    openssl_crypto_free(&session->crypto);
}

void session_power_up(struct card_session *session)
{
    uicc_nvm_ram_init(&session->ram, session->committed, session->working,
                      sizeof session->committed);
    session->nvm = session->ram.port;
    assert_int_equal(uicc_card_open(&session->card, &session->nvm, &session->crypto.port),
                     UICC_OPEN_OK);
}

void session_personalise(struct card_session *session)
{
    static const uint8_t verify[] = {0x00, 0x20, 0x00, 0x0A, 0x08, '8', '8',
                                     '8',  '8',  '8',  '8',  '8',  '8'};
    static const uint8_t select[] = {0x00, 0xA4, 0x00, 0x0C, 0x02, 0x2F, 0x06};
    static const uint8_t rule[] = {0x80, 0x01, 0x03, 0xA4, 0x06, 0x83, 0x01, 0x01, 0x95,
                                   0x01, 0x08, 0x80, 0x01, 0x78, 0x84, 0x01, 0xD4, 0xA4,
                                   0x06, 0x83, 0x01, 0x0A, 0x95, 0x01, 0x08};
    uint8_t update[45] = {0x00, 0xDC, OP_RULE_PIN1, 0x04, 40};

    uicc_nvm_ram_init(&session->ram, session->committed, session->working,
                      sizeof session->committed);
    assert_int_equal(uicc_personalise(&session->ram.port, &session->profile), UICC_PERSONALISE_OK);
    session_power_up(session);
    memset(update + 5, 0xFF, 40);
    memcpy(update + 5, rule, sizeof rule);
    assert_int_equal(session_send(session, verify, sizeof verify), 0x9000);
    assert_int_equal(session_send(session, select, sizeof select), 0x9000);
    assert_int_equal(session_send(session, update, sizeof update), 0x9000);
    session_power_up(session);
}

uint16_t session_send(struct card_session *session, const uint8_t *command, size_t n)
{
    size_t length = uicc_card_transmit(&session->card, command, n, session->response);

    assert_in_range(length, 2, sizeof session->response);
    session->length = length - 2;
    return be16_get(session->response + session->length);
}

static size_t encode_challenge(struct card_session *session, const struct card_op *op,
                               uint8_t *command)
{
    static const uint8_t amf[2] = {0x80, 0x00};
    static const uint8_t rand[16] = {0x52};
    const uint8_t header[] = {(uint8_t)(op->channel < 4 ? op->channel : 0x40 | (op->channel - 4)),
                              0x88,
                              0x00,
                              0x81,
                              0x22,
                              0x10};
    struct aka_vector vector;

    assert_true(aka_vector_make(&session->crypto.port, &session->profile.credentials, rand,
                                op->seq << 5, amf, &vector));
    memcpy(command, header, sizeof header);
    memcpy(command + 6, vector.rand, 16);
    command[22] = 0x10;
    memcpy(command + 23, vector.autn, 16);
    return 39;
}

uint16_t session_do(struct card_session *session, const struct card_op *op, const uint8_t pin[8])
{
    uint8_t command[OP_APDU_MAX];
    uint8_t atr[UICC_ATR_MAX];
    size_t n = 0;

    session->length = 0;
    if (op->kind == OP_RESET) {
        (void)uicc_card_reset(&session->card, atr);
        return 0x9000;
    }
    if (op->kind == OP_POWER) {
        session_power_up(session);
        return 0x9000;
    }
    if (op->kind == OP_AUTHENTICATE) {
        n = encode_challenge(session, op, command);
    } else {
        n = op_encode(op, pin, command);
    }
    uint16_t sw = session_send(session, command, n);
    if (sw >> 8 == 0x61) {
        const uint8_t get_response[] = {command[0], 0xC0, 0x00, 0x00, (uint8_t)sw};
        sw = session_send(session, get_response, sizeof get_response);
    }
    return sw;
}

uint64_t session_seed(void)
{
    const char *text = getenv("MOORING_SEED");
    uint64_t seed = text != NULL ? strtoull(text, NULL, 0) : (uint64_t)time(NULL);

    print_message("MOORING_SEED=%llu\n", (unsigned long long)seed);
    return seed;
}
