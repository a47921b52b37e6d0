/*
 * AUTHENTICATE (INS 88) in the 3G security context, TS 31.102 7.1.1 and 7.1.2.1, TS 33.102 6.3.3.
 * The accepted sequence number is durable before RES, CK and IK leave the card.
 */
#include <string.h>

#include "aka/vector.h"
#include "base/bytes.h"
#include "uicc/commands.h"
#include "uicc/pin.h"
#include "uicc/security.h"

#define CONTEXT_GSM  0x80u
#define CONTEXT_3G   0x81u
#define CONTEXT_VGCS 0x82u
#define CONTEXT_GBA  0x84u

#define CHALLENGE_SIZE 34u /* L RAND L AUTN */
#define TAG_SUCCESS    0xDBu
#define TAG_SYNC       0xDCu
#define AUTS_SIZE      14u

/* Application codes, TS 101 220 annex E: RID of 3GPP, 1002 USIM, 1004 ISIM. Both authenticate with
 * the same credentials and sequence numbers here (TS 33.203 8). */
#define CODE_SIZE 7
static const uint8_t application_codes[][CODE_SIZE] = {
    {0xA0, 0x00, 0x00, 0x00, 0x87, 0x10, 0x02},
    {0xA0, 0x00, 0x00, 0x00, 0x87, 0x10, 0x04},
};

/* The command works only in a USIM's or ISIM's session, while that application is activated, and
 * with its PIN verified or disabled. */
static uint16_t check_conditions(const struct uicc_session *session)
{
    struct uicc_card *card = session->card;
    const struct uicc_channel *channel = session->channel;
    struct uicc_file adf;
    bool known = false;

    for (size_t i = 0; i < ARRAY_LEN(application_codes); i++) {
        known = known || uicc_aid_matches(card, channel->adf, application_codes[i], CODE_SIZE);
    }
    if (!known || !uicc_is_within(card, channel->df, channel->adf) ||
        !uicc_file_get(card, channel->adf, &adf)) {
        return SW_CONDITIONS;
    }
    uint16_t sw = uicc_life_check(card, &adf);
    if (sw != SW_OK) {
        return sw;
    }
    return uicc_pin_satisfied(card, UICC_KEY_PIN1) ? SW_OK : SW_SECURITY_STATUS;
}

static void put(struct uicc_reply *reply, const uint8_t *octets, uint8_t n)
{
    reply->data[reply->length++] = n;
    memcpy(reply->data + reply->length, octets, n);
    reply->length = (uint16_t)(reply->length + n);
}

static uint16_t sync_failure(const struct uicc_session *session, const struct aka_credentials *cred,
                             const uint8_t *rand, uint64_t sqn_ms, struct uicc_reply *reply)
{
    uint8_t auts[AUTS_SIZE];

    if (!aka_auts_make(session->card->crypto, cred, rand, sqn_ms, auts)) {
        return SW_TECHNICAL;
    }
    reply->data[reply->length++] = TAG_SYNC;
    put(reply, auts, sizeof auts);
    return SW_OK;
}

/* Judges the SQN of a challenge whose MAC is right, and answers it. */
static uint16_t answer(const struct uicc_session *session, const struct aka_credentials *cred,
                       const uint8_t *rand, const struct aka_challenge *challenge,
                       struct uicc_reply *reply)
{
    struct sqn_array array;
    struct sqn_parameters parameters;

    if (!uicc_sqn_read(session->card, &array, &parameters)) {
        return SW_MEMORY_PROBLEM;
    }
    if (sqn_check(&array, &parameters, challenge->sqn) != SQN_FRESH) {
        return sync_failure(session, cred, rand, sqn_reported(&array, &parameters, challenge->sqn),
                            reply);
    }
    sqn_accept(&array, challenge->sqn);
    if (!uicc_sqn_store(session->card, &array, sqn_ind(challenge->sqn))) {
        return SW_MEMORY_PROBLEM;
    }
    reply->data[reply->length++] = TAG_SUCCESS;
    put(reply, challenge->res, challenge->res_len);
    put(reply, challenge->ck, sizeof challenge->ck);
    put(reply, challenge->ik, sizeof challenge->ik);
    return SW_OK;
}

static uint16_t context_3g(const struct uicc_session *session, const uint8_t *rand,
                           const uint8_t *autn, struct uicc_reply *reply)
{
    struct aka_credentials cred;
    struct aka_challenge challenge;
    uint16_t sw = SW_MEMORY_PROBLEM;

    memset(&challenge, 0, sizeof challenge);
    if (uicc_credentials_read(session->card, &cred)) {
        if (!aka_challenge_check(session->card->crypto, &cred, rand, autn, &challenge)) {
            sw = SW_TECHNICAL;
        } else if (!challenge.mac_ok) {
            sw = SW_MAC_FAILURE;
        } else {
            sw = answer(session, &cred, rand, &challenge, reply);
        }
    }
    bytes_wipe(&cred, sizeof cred);
    bytes_wipe(&challenge, sizeof challenge);
    return sw;
}

uint16_t uicc_cmd_authenticate(const struct uicc_session *session,
                               const struct apdu_command *command, struct uicc_reply *reply)
{
    if (command->p1 != 0) {
        return SW_WRONG_P1_P2;
    }
    switch (command->p2) {
    case CONTEXT_3G:
        break;
    case CONTEXT_GSM:
    case CONTEXT_VGCS:
    case CONTEXT_GBA:
        return SW_NO_SECURITY_CTX;
    default:
        return SW_WRONG_P1_P2;
    }
    uint16_t sw = check_conditions(session);
    if (sw != SW_OK) {
        return sw;
    }
    if (command->lc != CHALLENGE_SIZE) {
        return SW_WRONG_LENGTH;
    }
    if (command->data[0] != 16 || command->data[17] != 16) {
        return SW_WRONG_DATA;
    }
    return context_3g(session, command->data + 1, command->data + 18, reply);
}
