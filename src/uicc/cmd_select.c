/* SELECT, TS 102 221 11.1.1, by the rules of 8.3 to 8.5. */
#include "base/bytes.h"
#include "uicc/commands.h"
#include "uicc/fcp.h"
#include "uicc/pin.h"

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

/* What a file identifier means from the current DF (TS 102 221 8.4.1): the MF, the current ADF, a
 * child, the DF itself, its parent, or a DF beside it. */
static uint16_t by_fid(const struct uicc_session *session, uint16_t fid)
{
    struct uicc_card *card = session->card;
    const struct uicc_channel *channel = session->channel;
    struct uicc_file df;
    struct uicc_file parent;
    struct uicc_file beside;

    if (fid == UICC_FID_MF) {
        return UICC_MF;
    }
    if (fid == UICC_FID_CURRENT_ADF) {
        return channel->adf;
    }
    uint16_t found = uicc_find_child(card, channel->df, fid);
    if (found != UICC_NO_FILE || !uicc_file_get(card, channel->df, &df)) {
        return found;
    }
    if (df.kind != UICC_KIND_ADF && df.fid == fid) {
        return channel->df;
    }
    if (!uicc_file_get(card, df.parent, &parent)) {
        return UICC_NO_FILE;
    }
    if (parent.kind != UICC_KIND_ADF && parent.fid == fid) {
        return df.parent;
    }
    found = uicc_find_child(card, df.parent, fid);
    return uicc_file_get(card, found, &beside) && uicc_file_is_df(&beside) ? found : UICC_NO_FILE;
}

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

/* Follows a path of file identifiers down from `from`. */
static uint16_t by_path(const struct uicc_session *session, uint16_t from,
                        const struct apdu_command *command)
{
    uint16_t found = from;

    for (uint8_t i = 0; i < command->lc && found != UICC_NO_FILE; i = (uint8_t)(i + 2)) {
        uint16_t fid = be16_get(command->data + i);
        if (i == 0 && from == UICC_MF && command->p1 == P1_PATH_MF && fid == UICC_FID_CURRENT_ADF) {
            found = session->channel->adf;
        } else {
            found = uicc_find_child(session->card, found, fid);
        }
    }
    return found;
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
        *found = lc == 0 ? UICC_MF : by_fid(session, be16_get(command->data));
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
        *found =
            by_path(session, command->p1 == P1_PATH_MF ? UICC_MF : session->channel->df, command);
        break;
    default:
        return SW_WRONG_P1_P2;
    }
    return *found == UICC_NO_FILE ? SW_FILE_NOT_FOUND : SW_OK;
}

/* Ends the application session of the ADF `index`, if there is one: TS 102 221 8.5.1. */
static void terminate(const struct uicc_session *session, uint16_t index)
{
    struct uicc_channel *channel = session->channel;
    struct uicc_pin pin2;

    if (channel->adf != index || index == UICC_NO_FILE) {
        return;
    }
    if (uicc_pin_find(session->card, UICC_KEY_PIN2, &pin2)) {
        uicc_pin_mark_verified(session->card, &pin2, false); /* local to the application */
    }
    if (uicc_is_within(session->card, channel->df, index)) {
        *channel = (struct uicc_channel){.df = UICC_MF, .ef = UICC_NO_FILE};
    }
    channel->adf = UICC_NO_FILE;
}

static void make_current(const struct uicc_session *session, uint16_t index,
                         const struct uicc_file *file)
{
    struct uicc_channel *channel = session->channel;
    bool is_df = uicc_file_is_df(file);

    if (file->kind == UICC_KIND_ADF && channel->adf != index) {
        terminate(session, channel->adf);
    }
    channel->df = is_df ? index : file->parent;
    channel->ef = is_df ? UICC_NO_FILE : index;
    channel->record = 0;
    if (file->kind == UICC_KIND_ADF) {
        channel->adf = index;
    }
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
    if ((command->p2 & P2_SESSION) == P2_TERMINATE) {
        terminate(session, index);
    } else {
        make_current(session, index, &file);
    }
    if ((command->p2 & P2_RETURN) == P2_RETURN_FCP) {
        reply->length = (uint16_t)uicc_fcp(session->card, index, reply->data, UICC_DATA_MAX);
    }
    if (file.life_cycle == UICC_LIFE_TERMINATED) {
        return SW_TERMINATED;
    }
    return file.life_cycle == UICC_LIFE_ACTIVATED ? SW_OK : SW_DEACTIVATED;
}
