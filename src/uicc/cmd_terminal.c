/* GET CHALLENGE and TERMINAL CAPABILITY, TS 102 221 11.1.18 and 11.1.19. */
#include "base/bytes.h"
#include "codec/tlv.h"
#include "uicc/commands.h"

#define TAG_CAPABILITIES      0xA9u
#define TAG_EXTENDED_CHANNELS 0x81u

uint16_t uicc_cmd_get_challenge(const struct uicc_session *session,
                                const struct apdu_command *command, struct uicc_reply *reply)
{
    const struct crypto_port *crypto = session->card->crypto;
    uint16_t length = uicc_le(command);

    if (command->p1 != 0 || command->p2 != 0) {
        return SW_WRONG_P1_P2;
    }
    if (!crypto->random(crypto->ctx, reply->data, length)) {
        bytes_wipe(reply->data, length);
        return SW_TECHNICAL;
    }
    reply->length = length;
    return SW_OK;
}

/* Of what a terminal tells, only its logical channels matter to this card; they are remembered
 * until the next reset. */
uint16_t uicc_cmd_terminal_capability(const struct uicc_session *session,
                                      const struct apdu_command *command, struct uicc_reply *reply)
{
    struct tlv_reader reader;
    struct tlv template;
    struct tlv object;
    bool extended = false;

    (void)reply;
    if (command->p1 != 0 || command->p2 != 0) {
        return SW_WRONG_P1_P2;
    }
    if (command->lc == 0) {
        return SW_WRONG_LENGTH;
    }
    tlv_read(&reader, command->data, command->lc);
    if (!tlv_next(&reader, &template) || template.tag != TAG_CAPABILITIES || reader.left != 0) {
        return SW_WRONG_DATA;
    }
    tlv_read(&reader, template.value, template.length);
    while (tlv_next(&reader, &object)) {
        extended = extended || object.tag == TAG_EXTENDED_CHANNELS;
    }
    if (reader.malformed) {
        return SW_WRONG_DATA;
    }
    session->card->extended_channels = extended;
    return SW_OK;
}
