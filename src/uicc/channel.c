#include "uicc/channel.h"

#include <stddef.h>

#include "uicc/files.h"
#include "uicc/layout.h"
#include "uicc/pin.h"

struct uicc_channel *uicc_channel_find(struct uicc_card *card, uint8_t number)
{
    for (unsigned i = 0; i < UICC_CHANNELS; i++) {
        if (card->channels[i].open && card->channels[i].number == number) {
            return &card->channels[i];
        }
    }
    return NULL;
}

struct uicc_channel *uicc_channel_free(struct uicc_card *card)
{
    for (unsigned i = 1; i < UICC_CHANNELS; i++) {
        if (!card->channels[i].open) {
            return &card->channels[i];
        }
    }
    return NULL;
}

void uicc_channel_open(struct uicc_channel *channel, uint8_t number)
{
    *channel = (struct uicc_channel){
        .open = true, .number = number, .df = UICC_MF, .adf = UICC_NO_FILE, .ef = UICC_NO_FILE};
}

void uicc_channel_close(struct uicc_card *card, struct uicc_channel *channel)
{
    uicc_channel_end_session(card, channel);
    channel->open = false;
}

void uicc_channel_set(struct uicc_channel *channel, uint16_t df, uint16_t ef)
{
    channel->df = df;
    channel->ef = ef;
    channel->record = 0;
    channel->transfer.kind = UICC_TRANSFER_NONE;
}

static bool is_active(const struct uicc_card *card, uint16_t adf)
{
    for (unsigned i = 0; i < UICC_CHANNELS; i++) {
        if (card->channels[i].open && card->channels[i].adf == adf) {
            return true;
        }
    }
    return false;
}

void uicc_channel_end_session(struct uicc_card *card, struct uicc_channel *channel)
{
    uint16_t adf = channel->adf;

    if (adf == UICC_NO_FILE) {
        return;
    }
    if (uicc_is_within(card, channel->df, adf)) {
        uicc_channel_set(channel, UICC_MF, UICC_NO_FILE);
    }
    channel->adf = UICC_NO_FILE;
    if (!is_active(card, adf)) {
        uicc_pin_forget_local(card, adf);
    }
}

void uicc_channels_leave(struct uicc_card *card, uint16_t index, uint16_t parent)
{
    for (unsigned i = 0; i < UICC_CHANNELS; i++) {
        struct uicc_channel *channel = &card->channels[i];
        if (!channel->open) {
            continue;
        }
        if (uicc_is_within(card, channel->df, index)) {
            uicc_channel_set(channel, parent, UICC_NO_FILE);
        } else if (channel->ef == index) {
            uicc_channel_set(channel, channel->df, UICC_NO_FILE);
        }
    }
}

void uicc_channels_stop_transfers(struct uicc_card *card, uint16_t index,
                                  const struct uicc_channel *except)
{
    for (unsigned i = 0; i < UICC_CHANNELS; i++) {
        struct uicc_channel *channel = &card->channels[i];
        if (channel != except && channel->ef == index) {
            channel->transfer.kind = UICC_TRANSFER_NONE;
        }
    }
}

bool uicc_channel_elsewhere(const struct uicc_card *card, const struct uicc_channel *channel,
                            uint16_t index)
{
    for (unsigned i = 0; i < UICC_CHANNELS; i++) {
        const struct uicc_channel *other = &card->channels[i];
        if (other != channel && other->open && (other->df == index || other->ef == index)) {
            return true;
        }
    }
    return false;
}
