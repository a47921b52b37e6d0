#include "uicc/card.h"

#include <string.h>

#include "base/bytes.h"
#include "codec/apdu.h"
#include "uicc/commands.h"
#include "uicc/image_check.h"
#include "uicc/layout.h"

/*
 * TS 102 221 6.3: TS, T0 (TA1, TD1, 15 historical octets), TA1 (F 512, D 32), TD1 (T=0), TD2
 * (T=15), TA3 (clock stop at either level, classes A, B, C), then the historical octets: card
 * service data E0 (DF selection by full and partial name, EF_DIR), capabilities (DF selection also
 * by path and FID, SFI, record numbers; no further logical channels), pre-issuing data "Mooring".
 * The check octet TCK is put behind.
 */
static const uint8_t atr_without_tck[] = {0x3B, 0x9F, 0x96, 0x80, 0x1F, 0xC7, 0x80,
                                          0x31, 0xE0, 0x73, 0xF6, 0x21, 0x00, 0x67,
                                          'M',  'o',  'o',  'r',  'i',  'n',  'g'};

/* Class octets of a command, TS 102 221 10.1.1. */
enum class_kind {
    CLASS_ISO = 0x00, /* 0X */
    CLASS_ETSI = 0x80 /* 8X */
};

/* Which way a command's data go; what GET RESPONSE is for. */
enum direction {
    DATA_IN,    /* cases 1 and 3 */
    DATA_OUT,   /* case 2; case 1 where nothing is asked for */
    DATA_IN_OUT /* case 4: by 61XX and GET RESPONSE */
};

struct command_row {
    uint8_t class_kind;
    uint8_t ins;
    uint8_t direction;
    uicc_handler handler;
};

static const struct command_row command_table[] = {
    {CLASS_ISO, 0xA4, DATA_IN_OUT, uicc_cmd_select},
    {CLASS_ETSI, 0xF2, DATA_OUT, uicc_cmd_status},
    {CLASS_ISO, 0xB0, DATA_OUT, uicc_cmd_read_binary},
    {CLASS_ISO, 0xD6, DATA_IN, uicc_cmd_update_binary},
    {CLASS_ISO, 0xB2, DATA_OUT, uicc_cmd_read_record},
    {CLASS_ISO, 0xDC, DATA_IN, uicc_cmd_update_record},
    {CLASS_ISO, 0x20, DATA_IN, uicc_cmd_verify_pin},
    {CLASS_ISO, 0x24, DATA_IN, uicc_cmd_change_pin},
    {CLASS_ISO, 0x26, DATA_IN, uicc_cmd_disable_pin},
    {CLASS_ISO, 0x28, DATA_IN, uicc_cmd_enable_pin},
    {CLASS_ISO, 0x2C, DATA_IN, uicc_cmd_unblock_pin},
    {CLASS_ISO, 0x88, DATA_IN_OUT, uicc_cmd_authenticate},
};

#define CLA_KIND             0xF0u
#define CLA_FURTHER_MASK     0x50u /* 4X, 6X, CX, EX: channels 4 to 19 */
#define CLA_FURTHER          0x40u
#define CLA_SECURE_MESSAGING 0x0Cu
#define CLA_CHANNEL          0x03u
#define INS_GET_RESPONSE     0xC0u

static void forget_pending(struct uicc_card *card)
{
    bytes_wipe(card->pending, card->pending_length); /* it may hold CK and IK */
    card->pending_length = 0;
}

size_t uicc_card_reset(struct uicc_card *card, uint8_t *atr)
{
    uint8_t check = 0;

    if (card->writing) {
        card->nvm->rollback(card->nvm->ctx);
        card->writing = false;
    }
    card->memory_failed = false;
    card->verified = 0;
    bytes_wipe(card->pending, sizeof card->pending);
    card->pending_length = 0;
    for (unsigned i = 0; i < UICC_CHANNELS; i++) {
        card->channels[i] =
            (struct uicc_channel){.df = UICC_MF, .adf = UICC_NO_FILE, .ef = UICC_NO_FILE};
    }
    memcpy(atr, atr_without_tck, sizeof atr_without_tck);
    for (size_t i = 1; i < sizeof atr_without_tck; i++) {
        check ^= atr[i];
    }
    atr[sizeof atr_without_tck] = check;
    return sizeof atr_without_tck + 1;
}

enum uicc_open_result uicc_card_open(struct uicc_card *card, const struct uicc_nvm *nvm,
                                     const struct crypto_port *crypto)
{
    uint8_t atr[UICC_ATR_MAX];

    memset(card, 0, sizeof *card);
    card->nvm = nvm;
    card->crypto = crypto;
    enum uicc_open_result result = uicc_image_check(card);
    if (result == UICC_OPEN_OK) {
        (void)uicc_card_reset(card, atr);
    }
    return result;
}

/* The class octet: 9000, or why it cannot be served. */
static uint16_t check_class(uint8_t cla, uint8_t *kind)
{
    if ((cla & CLA_FURTHER_MASK) == CLA_FURTHER) {
        return SW_WRONG_CHANNEL;
    }
    *kind = cla & CLA_KIND;
    if (*kind != CLASS_ISO && *kind != CLASS_ETSI) {
        return SW_UNKNOWN_CLA;
    }
    if ((cla & CLA_CHANNEL) >= UICC_CHANNELS) {
        return SW_WRONG_CHANNEL;
    }
    return (cla & CLA_SECURE_MESSAGING) == 0 ? SW_OK : SW_NO_SECURE_MESSAGING;
}

static uint16_t find_command(uint8_t kind, uint8_t ins, const struct command_row **out)
{
    bool other_class = ins == INS_GET_RESPONSE;

    for (size_t i = 0; i < ARRAY_LEN(command_table); i++) {
        if (command_table[i].ins == ins) {
            if (command_table[i].class_kind == kind) {
                *out = &command_table[i];
                return SW_OK;
            }
            other_class = true;
        }
    }
    return other_class ? SW_UNKNOWN_CLA : SW_UNKNOWN_INS;
}

/* GET RESPONSE, TS 102 221 12.1.1: the next part of what a case 4 command left. */
static uint16_t get_response(struct uicc_card *card, const struct apdu_command *command,
                             struct uicc_reply *reply)
{
    if (command->p1 != 0 || command->p2 != 0) {
        return SW_WRONG_P1_P2;
    }
    if (command->lc != 0) {
        return SW_WRONG_LENGTH;
    }
    if (card->pending_length == 0) {
        return SW_CONDITIONS;
    }
    uint16_t wanted = uicc_le(command);
    if (wanted > card->pending_length) {
        return uicc_sw_le(card->pending_length);
    }
    uint16_t rest = (uint16_t)(card->pending_length - wanted);
    memcpy(reply->data, card->pending, wanted);
    memmove(card->pending, card->pending + wanted, rest);
    bytes_wipe(card->pending + rest, wanted);
    card->pending_length = rest;
    reply->length = wanted;
    return rest == 0 ? card->pending_sw : (uint16_t)(SW_MORE_DATA | (rest & 0xFF));
}

/* Lengths that no handler need look at. */
static bool lengths_fit(const struct command_row *row, const struct apdu_command *command)
{
    switch (row->direction) {
    case DATA_IN: /* without data P3 is 0, which reads as Le = 256 */
        return command->lc != 0 || uicc_le(command) == APDU_LE_MAX;
    case DATA_OUT:
        return command->lc == 0;
    default:
        return true;
    }
}

/* Runs a command's handler, with case 4 data set aside for GET RESPONSE. */
static uint16_t run(struct uicc_card *card, const struct command_row *row,
                    const struct apdu_command *command, struct uicc_reply *reply)
{
    struct uicc_session session = {card, &card->channels[command->cla & CLA_CHANNEL]};
    struct uicc_reply aside = {.data = card->pending};

    if (!lengths_fit(row, command)) {
        return SW_WRONG_LENGTH;
    }
    if (row->direction != DATA_IN_OUT) {
        return row->handler(&session, command, reply);
    }
    uint16_t sw = row->handler(&session, command, &aside);
    card->pending_length = aside.length;
    if (aside.length == 0) {
        return sw;
    }
    card->pending_sw = sw;
    return (uint16_t)(SW_MORE_DATA | (aside.length & 0xFF));
}

static uint16_t dispatch(struct uicc_card *card, const uint8_t *octets, size_t length,
                         struct uicc_reply *reply)
{
    struct apdu_command command;
    const struct command_row *row = NULL;
    uint8_t kind = 0;

    if (apdu_parse(octets, length, &command) != APDU_OK) {
        forget_pending(card);
        return SW_WRONG_LENGTH;
    }
    uint16_t sw = check_class(command.cla, &kind);
    if (sw == SW_OK && kind == CLASS_ISO && command.ins == INS_GET_RESPONSE) {
        return get_response(card, &command, reply);
    }
    forget_pending(card);
    if (sw == SW_OK) {
        sw = find_command(kind, command.ins, &row);
    }
    return sw == SW_OK ? run(card, row, &command, reply) : sw;
}

size_t uicc_card_transmit(struct uicc_card *card, const uint8_t *command, size_t command_len,
                          uint8_t *response)
{
    struct uicc_reply reply = {.data = response};

    card->memory_failed = false;
    uint16_t sw = dispatch(card, command, command_len, &reply);
    if (card->memory_failed) {
        sw = SW_MEMORY_PROBLEM;
        bytes_wipe(response, reply.length);
        reply.length = 0;
        forget_pending(card);
    }
    if (card->writing) { /* a command that was refused half-way leaves nothing behind */
        card->nvm->rollback(card->nvm->ctx);
        card->writing = false;
    }
    be16_put(response + reply.length, sw);
    return (size_t)reply.length + 2;
}
