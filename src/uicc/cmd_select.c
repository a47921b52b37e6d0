/* SELECT, TS 102 221 11.1.1, by the rules of 8.3 to 8.5. */
#include "base/bytes.h"
#include "uicc/channel.h"
#include "uicc/commands.h"
#include "uicc/fcp.h"
#include "uicc/locate.h"

#define P1_FID          0x00u
#define P1_CHILD_DF     0x01u
#define P1_PARENT_DF    0x03u
#define P1_AID          0x04u
#define P1_PATH_MF      0x08u
#define P1_PATH_DF      0x09u
#define P2_RFU          0x90u
#define P2_SESSION      0x60u
#define P2_TERMINATE    0x40u
#define P2_RETURN       0x0Cu
#define P2_RETURN_FCP   0x04u
#define P2_RETURN_NONE  0x0Cu
#define P2_OCCURRENCE   0x03u
#define OCCURRENCE_LAST 0x01u
#define OCCURRENCE_NEXT 0x02u
#define OCCURRENCE_PREV 0x03u

static uint16_t child_df(const struct uicc_session *session, uint16_t fid)
{
    struct uicc_file file;
    uint16_t found = uicc_find_child(session->card, session->channel->df, fid);

    return uicc_file_get(session->card, found, &file) && uicc_file_is_df(&file) ? found
                                                                                : UICC_NO_FILE;
}

static uint16_t parent_df(const struct uicc_session *session)
{
    struct uicc_file file;

    return uicc_file_get(session->card, session->channel->df, &file) ? file.parent : UICC_NO_FILE;
}

/* The ADF whose AID begins with the command's data, by occurrence; next and previous count from the
 * selected application, from the beginning or end if there is none. */
static uint16_t by_aid(const struct uicc_session *session, const struct apdu_command *command)
{
    uint8_t occurrence = command->p2 & P2_OCCURRENCE;
    bool backward = occurrence == OCCURRENCE_LAST || occurrence == OCCURRENCE_PREV;
    uint16_t slots = session->card->slots;
    uint16_t start = backward ? slots : 0;

    if (session->channel->adf != UICC_NO_FILE && occurrence >= OCCURRENCE_NEXT) {
        start = (uint16_t)(session->channel->adf + (backward ? 0 : 1));
    }
    if (backward) {
        for (uint16_t i = start; i > 0; i--) {
            if (uicc_aid_matches(session->card, (uint16_t)(i - 1), command->data, command->lc)) {
                return (uint16_t)(i - 1);
            }
        }
        return UICC_NO_FILE;
    }
    for (uint16_t i = start; i < slots; i++) {
        if (uicc_aid_matches(session->card, i, command->data, command->lc)) {
            return i;
        }
    }
    return UICC_NO_FILE;
}

static bool p2_is_known(const struct apdu_command *command)
{
    uint8_t control = command->p2 & P2_SESSION;
    uint8_t wanted = command->p2 & P2_RETURN;

    if ((command->p2 & P2_RFU) != 0 || (wanted != P2_RETURN_FCP && wanted != P2_RETURN_NONE)) {
        return false;
    }
    if (command->p1 == P1_AID) {
        return control == 0 || control == P2_TERMINATE;
    }
    return control == 0 && (command->p2 & P2_OCCURRENCE) == 0;
}

/* Finds the file that P1 and the data name: 9000 and *found, 6700, 6A82 or 6A86. */
static uint16_t find(const struct uicc_session *session, const struct apdu_command *command,
                     uint16_t *found)
{
    uint8_t lc = command->lc;
    bool path = lc >= 2 && lc % 2 == 0;

    if (!p2_is_known(command)) {
        return SW_WRONG_P1_P2;
    }
    switch (command->p1) {
    case P1_FID:
        if (lc != 0 && lc != 2) {
            return SW_WRONG_LENGTH;
        }
        *found = lc == 0
                     ? UICC_MF
                     : uicc_locate_fid(session->card, session->channel, be16_get(command->data));
        break;
    case P1_CHILD_DF:
        if (lc != 2) {
            return SW_WRONG_LENGTH;
        }
        *found = child_df(session, be16_get(command->data));
        break;
    case P1_PARENT_DF:
        if (lc != 0) {
            return SW_WRONG_LENGTH;
        }
        *found = parent_df(session);
        break;
    case P1_AID:
        if (lc == 0) {
            return SW_WRONG_LENGTH;
        }
        *found = by_aid(session, command);
        break;
    case P1_PATH_MF:
    case P1_PATH_DF:
        if (!path) {
            return SW_WRONG_LENGTH;
        }
        *found = uicc_locate_path(session->card, session->channel, command->p1 == P1_PATH_MF,
                                  command->data, lc);
        break;
    default:
        return SW_WRONG_P1_P2;
    }
    return *found == UICC_NO_FILE ? SW_FILE_NOT_FOUND : SW_OK;
}

static void make_current(const struct uicc_session *session, uint16_t index,
                         const struct uicc_file *file)
{
    struct uicc_channel *channel = session->channel;
    bool is_df = uicc_file_is_df(file);

    if (file->kind == UICC_KIND_ADF) {
        if (channel->adf != index) {
            uicc_channel_end_session(session->card, channel);
        }
        channel->adf = index;
    }
    uicc_channel_set(channel, is_df ? index : file->parent, is_df ? UICC_NO_FILE : index);
}

uint16_t uicc_cmd_select(const struct uicc_session *session, const struct apdu_command *command,
                         struct uicc_reply *reply)
{
    struct uicc_file file;
    uint16_t index = UICC_NO_FILE;
    uint16_t sw = find(session, command, &index);

    if (sw != SW_OK) {
        return sw;
    }
    if (!uicc_file_get(session->card, index, &file)) {
        return SW_FILE_NOT_FOUND;
    }
    sw = uicc_sharing_check(session, index, &file);
    if (sw != SW_OK) {
        return sw;
    }
    if ((command->p2 & P2_SESSION) == P2_TERMINATE) {
        if (session->channel->adf == index) {
            uicc_channel_end_session(session->card, session->channel);
        }
    } else {
        make_current(session, index, &file);
    }
    if ((command->p2 & P2_RETURN) == P2_RETURN_FCP) {
        reply->length = (uint16_t)uicc_fcp(session->card, index, reply->data, UICC_DATA_MAX);
    }
    if (file.life_cycle == UICC_LIFE_TERMINATED) {
        return SW_TERMINATED;
    }
    bool active =
        file.life_cycle == UICC_LIFE_ACTIVATED || file.life_cycle == UICC_LIFE_INITIALISED;
    return active ? SW_OK : SW_DEACTIVATED;
}
