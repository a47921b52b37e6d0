#include "uicc/card.h"

#include <string.h>

#include "base/bytes.h"
#include "codec/apdu.h"
#include "uicc/channel.h"
#include "uicc/command_table.h"
#include "uicc/files.h"
#include "uicc/image_check.h"
#include "uicc/layout.h"

/*
 * TS 102 221 6.3: TS, T0 (TA1, TD1, 15 historical octets), TA1 (F 512, D 32), TD1 (T=0), TD2
 * (T=15), TA3 (clock stop at either level, classes A, B, C), then the historical octets: card
 * service data E0 (DF selection by full and partial name, EF_DIR), capabilities (DF selection also
 * by path and FID, SFI, record numbers; logical channels assigned by card or terminal, and how
 * many), pre-issuing data "Mooring". The check octet TCK is put behind.
 */
#define MOST_CHANNELS (UICC_CHANNELS < 8 ? UICC_CHANNELS - 1 : 7) /* ISO/IEC 7816-4 table 119 */
#define CHANNELS_BOTH (UICC_CHANNELS > 1 ? 0x18 : 0x00)
static const uint8_t atr_without_tck[] = {0x3B,
                                          0x9F,
                                          0x96,
                                          0x80,
                                          0x1F,
                                          0xC7,
                                          0x80,
                                          0x31,
                                          0xE0,
                                          0x73,
                                          0xF6,
                                          0x21,
                                          CHANNELS_BOTH | MOST_CHANNELS,
                                          0x67,
                                          'M',
                                          'o',
                                          'o',
                                          'r',
                                          'i',
                                          'n',
                                          'g'};

static void forget_pending(struct uicc_card *card)
{
    bytes_wipe(card->pending, card->pending_length); /* it may hold CK and IK */
    card->pending_length = 0;
}

size_t uicc_card_reset(struct uicc_card *card, uint8_t *atr)
{
    struct uicc_file mf;
    uint8_t check = 0;

    if (card->writing) {
        card->nvm->rollback(card->nvm->ctx);
        card->writing = false;
    }
    card->memory_failed = false;
    card->verified = 0;
    bytes_wipe(card->pending, sizeof card->pending);
    card->pending_length = 0;
    card->extended_channels = false;
    memset(card->channels, 0, sizeof card->channels);
    uicc_channel_open(&card->channels[0], 0);
    card->terminated = uicc_file_get(card, UICC_MF, &mf) && mf.life_cycle == UICC_LIFE_TERMINATED;
    card->memory_failed = false; /* a memory that fails says so at the first command */
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

/* GET RESPONSE, TS 102 221 12.1.1: the next part of what a case 4 command left. */
static uint16_t get_response(struct uicc_card *card, uint8_t channel,
                             const struct apdu_command *command, struct uicc_reply *reply)
{
    if (command->p1 != 0 || command->p2 != 0) {
        return SW_WRONG_P1_P2;
    }
    if (command->lc != 0) {
        return SW_WRONG_LENGTH;
    }
    if (card->pending_length == 0 || card->pending_channel != channel) {
        forget_pending(card);
        return SW_TECHNICAL; /* it must follow its command at once, on the same channel */
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
static bool lengths_fit(const struct uicc_command_row *row, const struct apdu_command *command)
{
    switch (row->direction) {
    case UICC_DATA_IN: /* without data P3 is 0, which reads as Le = 256 */
        return command->lc != 0 || uicc_le(command) == APDU_LE_MAX;
    case UICC_DATA_OUT:
        return command->lc == 0;
    default:
        return true;
    }
}

/* Runs a command's handler, with case 4 data set aside for GET RESPONSE. */
static uint16_t run(const struct uicc_session *session, const struct uicc_command_row *row,
                    const struct apdu_command *command, struct uicc_reply *reply)
{
    struct uicc_card *card = session->card;
    struct uicc_reply aside = {.data = card->pending};

    if (card->terminated && !row->when_terminated) {
        return SW_CONDITIONS;
    }
    if (!lengths_fit(row, command)) {
        return SW_WRONG_LENGTH;
    }
    if (row->direction != UICC_DATA_IN_OUT) {
        return row->handler(session, command, reply);
    }
    uint16_t sw = row->handler(session, command, &aside);
    card->pending_length = aside.length;
    if (aside.length == 0) {
        return sw;
    }
    card->pending_sw = sw;
    card->pending_channel = session->channel->number;
    return (uint16_t)(SW_MORE_DATA | (aside.length & 0xFF));
}

static uint16_t dispatch(struct uicc_card *card, const uint8_t *octets, size_t length,
                         struct uicc_reply *reply)
{
    struct apdu_command command;
    struct uicc_class class = {0};
    const struct uicc_command_row *row = NULL;

    if (apdu_parse(octets, length, &command) != APDU_OK) {
        forget_pending(card);
        return SW_WRONG_LENGTH;
    }
    uint16_t sw = uicc_class_decode(command.cla, &class);
    struct uicc_session session = {card, uicc_channel_find(card, class.channel)};
    if (sw != SW_UNKNOWN_CLA && session.channel == NULL) {
        sw = SW_WRONG_CHANNEL;
    }
    /* Its class is 0X, but terminals also send that of the command before it. */
    if (sw == SW_OK && command.ins == UICC_INS_GET_RESPONSE) {
        return get_response(card, class.channel, &command, reply);
    }
    forget_pending(card);
    if (sw == SW_OK) {
        sw = uicc_command_find(class.kind, command.ins, &row);
    }
    return sw == SW_OK ? run(&session, row, &command, reply) : sw;
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
