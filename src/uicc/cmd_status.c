/* STATUS, TS 102 221 11.1.2. */
#include "codec/tlv.h"
#include "uicc/commands.h"
#include "uicc/fcp.h"

#define P1_LAST     0x02u /* no indication; application initialised; terminal will end the session */
#define P2_FCP      0x00u
#define P2_DF_NAME  0x01u
#define P2_NO_DATA  0x0Cu
#define TAG_DF_NAME 0x84u

static uint16_t df_name(const struct uicc_session *session, struct uicc_reply *reply)
{
    uint8_t aid[UICC_AID_MAX];
    struct tlv_writer writer;
    uint8_t length = 0;

    if (session->channel->adf != UICC_NO_FILE) {
        length = uicc_adf_aid(session->card, session->channel->adf, aid);
    }
    if (length == 0) {
        return SW_NO_REFERENCE;
    }
    tlv_write(&writer, reply->data, UICC_DATA_MAX);
    tlv_put(&writer, TAG_DF_NAME, aid, length);
    reply->length = (uint16_t)writer.length;
    return SW_OK;
}

uint16_t uicc_cmd_status(const struct uicc_session *session, const struct apdu_command *command,
                         struct uicc_reply *reply)
{
    uint16_t sw = SW_OK;

    if (command->p1 > P1_LAST) {
        return SW_WRONG_P1_P2;
    }
    switch (command->p2) {
    case P2_FCP:
        reply->length =
            (uint16_t)uicc_fcp(session->card, session->channel->df, reply->data, UICC_DATA_MAX);
        break;
    case P2_DF_NAME:
        sw = df_name(session, reply);
        break;
    case P2_NO_DATA:
        return SW_OK;
    default:
        return SW_WRONG_P1_P2;
    }
    if (sw == SW_OK) {
        sw = uicc_le_exact(command, reply->length);
    }
    if (sw != SW_OK) {
        reply->length = 0;
    }
    return sw;
}
