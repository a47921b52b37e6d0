/* MANAGE CHANNEL, TS 102 221 11.1.17, by the rules of 8.7. */
#include "uicc/channel.h"
#include "uicc/commands.h"

#define P1_OPEN          0x00u
#define P1_CLOSE         0x80u
#define STANDARD_CHANNEL 3u /* the highest number of the class octets 0X and 8X */

/* The lowest number that is free and that the terminal can use; 0 if there is none. */
static uint8_t free_number(struct uicc_card *card)
{
    uint8_t last = card->extended_channels ? UICC_CHANNEL_LAST : STANDARD_CHANNEL;

    for (uint8_t number = 1; number <= last; number++) {
        if (uicc_channel_find(card, number) == NULL) {
            return number;
        }
    }
    return 0;
}

/* A channel opened from another than the basic one begins where that stands (TS 102 221 8.7). */
static uint16_t open_channel(const struct uicc_session *session, uint8_t number)
{
    struct uicc_channel *channel = uicc_channel_free(session->card);

    if (channel == NULL || number == 0) {
        return SW_NOT_SUPPORTED;
    }
    uicc_channel_open(channel, number);
    if (session->channel->number != 0) {
        channel->df = session->channel->df;
        channel->adf = session->channel->adf;
    }
    return SW_OK;
}

static uint16_t open_assigned(const struct uicc_session *session,
                              const struct apdu_command *command, struct uicc_reply *reply)
{
    uint16_t sw = uicc_le_exact(command, 1);

    if (sw != SW_OK) {
        return sw;
    }
    uint8_t number = free_number(session->card);
    sw = open_channel(session, number);
    if (sw == SW_OK) {
        reply->data[0] = number;
        reply->length = 1;
    }
    return sw;
}

uint16_t uicc_cmd_manage_channel(const struct uicc_session *session,
                                 const struct apdu_command *command, struct uicc_reply *reply)
{
    uint8_t number = command->p2;
    struct uicc_channel *channel = uicc_channel_find(session->card, number);

    if ((command->p1 != P1_OPEN && command->p1 != P1_CLOSE) || number > UICC_CHANNEL_LAST) {
        return SW_WRONG_P1_P2;
    }
    if (command->p1 == P1_OPEN && number == 0) {
        return open_assigned(session, command, reply);
    }
    if (uicc_le(command) != APDU_LE_MAX) { /* no data are asked for */
        return SW_WRONG_LENGTH;
    }
    if (command->p1 == P1_OPEN) {
        return channel == NULL ? open_channel(session, number) : (uint16_t)SW_WRONG_P1_P2;
    }
    if (number == 0) { /* the basic channel is never closed */
        return SW_WRONG_P1_P2;
    }
    if (channel == NULL) {
        return SW_WRONG_CHANNEL;
    }
    uicc_channel_close(session->card, channel);
    return SW_OK;
}
