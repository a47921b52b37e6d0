/*
 * DEACTIVATE FILE and ACTIVATE FILE (TS 102 221 11.1.14 and 11.1.15, TS 102 222 for DFs), TERMINATE
 * DF, TERMINATE EF and TERMINATE CARD USAGE (TS 102 222 6.7 to 6.9).
 */
#include "base/bytes.h"
#include "uicc/access.h"
#include "uicc/channel.h"
#include "uicc/commands.h"
#include "uicc/locate.h"
#include "uicc/memory.h"

#define P1_FID     0x00u
#define P1_PATH_MF 0x08u
#define P1_PATH_DF 0x09u

/* The file that P1 and the data name; without data the current EF. */
static uint16_t find(const struct uicc_session *session, const struct apdu_command *command,
                     struct uicc_target *target)
{
    struct uicc_card *card = session->card;
    const struct uicc_channel *channel = session->channel;
    bool path = command->p1 == P1_PATH_MF || command->p1 == P1_PATH_DF;

    if (command->p2 != 0 || (command->p1 != P1_FID && !path)) {
        return SW_WRONG_P1_P2;
    }
    if (command->lc == 0) {
        return path ? (uint16_t)SW_WRONG_LENGTH : uicc_target_find(session, 0, target);
    }
    if (command->lc % 2 != 0 || (!path && command->lc != 2)) {
        return SW_WRONG_LENGTH;
    }
    target->index = path ? uicc_locate_path(card, channel, command->p1 == P1_PATH_MF, command->data,
                                            command->lc)
                         : uicc_locate_fid(card, channel, be16_get(command->data));
    if (!uicc_file_get(card, target->index, &target->file)) {
        return SW_FILE_NOT_FOUND;
    }
    return uicc_sharing_check(session, target->index, &target->file);
}

/* Gives the file the state `life_cycle` if its rule allows the operation `am`. */
static uint16_t change(const struct uicc_session *session, struct uicc_target *target, uint8_t am,
                       uint8_t life_cycle)
{
    if (!uicc_access_allowed(session->card, target->index, am)) {
        return SW_SECURITY_STATUS;
    }
    target->file.life_cycle = life_cycle;
    if (!uicc_file_put(session->card, target->index, &target->file) ||
        !uicc_commit(session->card)) {
        return SW_MEMORY_PROBLEM;
    }
    return SW_OK;
}

/* The MF is never deactivated: nothing could be done with such a card. */
static uint16_t switch_file(const struct uicc_session *session, const struct apdu_command *command,
                            uint8_t am, uint8_t life_cycle)
{
    struct uicc_target target;
    uint16_t sw = find(session, command, &target);

    if (sw != SW_OK) {
        return sw;
    }
    if (target.index == UICC_MF || target.file.life_cycle == UICC_LIFE_TERMINATED) {
        return SW_CONDITIONS;
    }
    sw = change(session, &target, am, life_cycle);
    if (sw == SW_OK && uicc_file_is_ef(&target.file)) {
        uicc_target_select(session, &target);
    }
    return sw;
}

uint16_t uicc_cmd_deactivate_file(const struct uicc_session *session,
                                  const struct apdu_command *command, struct uicc_reply *reply)
{
    (void)reply;
    return switch_file(session, command, UICC_AM_DEACTIVATE, UICC_LIFE_DEACTIVATED);
}

uint16_t uicc_cmd_activate_file(const struct uicc_session *session,
                                const struct apdu_command *command, struct uicc_reply *reply)
{
    (void)reply;
    return switch_file(session, command, UICC_AM_ACTIVATE, UICC_LIFE_ACTIVATED);
}

/* The file of a TERMINATE command: the current one, or the one with the identifier in the data. */
static uint16_t find_victim(const struct uicc_session *session, const struct apdu_command *command,
                            uint16_t current, struct uicc_target *target)
{
    if (command->p1 != 0 || command->p2 != 0) {
        return SW_WRONG_P1_P2;
    }
    if (command->lc != 0 && command->lc != 2) {
        return SW_WRONG_LENGTH;
    }
    target->index = current;
    if (command->lc == 2) {
        target->index = uicc_locate_fid(session->card, session->channel, be16_get(command->data));
    }
    if (!uicc_file_get(session->card, target->index, &target->file)) {
        return command->lc == 0 ? SW_NO_EF : SW_FILE_NOT_FOUND;
    }
    return uicc_sharing_check(session, target->index, &target->file);
}

static uint16_t terminate(const struct uicc_session *session, struct uicc_target *target, bool ef)
{
    if (uicc_file_is_ef(&target->file) != ef) {
        return SW_FILE_STRUCTURE;
    }
    if (target->index == UICC_MF || target->file.life_cycle == UICC_LIFE_TERMINATED) {
        return SW_CONDITIONS;
    }
    return change(session, target, UICC_AM_TERMINATE, UICC_LIFE_TERMINATED);
}

uint16_t uicc_cmd_terminate_df(const struct uicc_session *session,
                               const struct apdu_command *command, struct uicc_reply *reply)
{
    struct uicc_target target;
    uint16_t sw = find_victim(session, command, session->channel->df, &target);

    (void)reply;
    return sw == SW_OK ? terminate(session, &target, false) : sw;
}

uint16_t uicc_cmd_terminate_ef(const struct uicc_session *session,
                               const struct apdu_command *command, struct uicc_reply *reply)
{
    struct uicc_target target;
    uint16_t sw = find_victim(session, command, session->channel->ef, &target);

    (void)reply;
    return sw == SW_OK ? terminate(session, &target, true) : sw;
}

uint16_t uicc_cmd_terminate_card_usage(const struct uicc_session *session,
                                       const struct apdu_command *command, struct uicc_reply *reply)
{
    struct uicc_target mf = {.index = UICC_MF};

    (void)reply;
    if (command->p1 != 0 || command->p2 != 0) {
        return SW_WRONG_P1_P2;
    }
    if (command->lc != 0) {
        return SW_WRONG_LENGTH;
    }
    (void)uicc_file_get(session->card, UICC_MF, &mf.file);
    uint16_t sw = change(session, &mf, UICC_AM_TERMINATE, UICC_LIFE_TERMINATED);
    session->card->terminated = sw == SW_OK;
    return sw;
}
