#include "uicc/access.h"
#include "uicc/channel.h"
#include "uicc/commands.h"

uint16_t uicc_le(const struct apdu_command *command)
{
    return command->has_le ? command->le : APDU_LE_MAX;
}

uint16_t uicc_sw_le(uint16_t length)
{
    return (uint16_t)(SW_EXACT_LE | (length & 0xFF));
}

uint16_t uicc_le_exact(const struct apdu_command *command, uint16_t length)
{
    return uicc_le(command) == length ? (uint16_t)SW_OK : uicc_sw_le(length);
}

uint16_t uicc_target_find(const struct uicc_session *session, uint8_t sfi, struct uicc_target *out)
{
    out->index = session->channel->ef;
    if (sfi != 0) {
        out->index = uicc_find_sfi(session->card, session->channel->df, sfi);
    }
    if (out->index == UICC_NO_FILE) {
        return sfi != 0 ? SW_FILE_NOT_FOUND : SW_NO_EF;
    }
    if (!uicc_file_get(session->card, out->index, &out->file)) {
        return SW_FILE_NOT_FOUND;
    }
    return uicc_sharing_check(session, out->index, &out->file);
}

uint16_t uicc_sharing_check(const struct uicc_session *session, uint16_t index,
                            const struct uicc_file *file)
{
    bool refused = (file->flags & UICC_FILE_NOT_SHAREABLE) != 0 &&
                   uicc_channel_elsewhere(session->card, session->channel, index);

    return refused ? SW_CONDITIONS : SW_OK;
}

uint16_t uicc_life_check(struct uicc_card *card, const struct uicc_file *file)
{
    struct uicc_file at = *file;
    bool usable = (file->flags & UICC_FILE_ALWAYS_USABLE) != 0;

    for (unsigned depth = 0; depth <= UICC_DEPTH_MAX; depth++) {
        if (at.life_cycle == UICC_LIFE_TERMINATED) {
            return SW_CONDITIONS;
        }
        if (at.life_cycle != UICC_LIFE_ACTIVATED && at.life_cycle != UICC_LIFE_INITIALISED &&
            !usable) {
            return SW_INVALIDATED;
        }
        usable = false; /* that is a matter of the file itself, not of the DFs above it */
        if (!uicc_file_get(card, at.parent, &at)) {
            break;
        }
    }
    return SW_OK;
}

uint16_t uicc_target_check(const struct uicc_session *session, const struct uicc_target *target,
                           uint8_t am)
{
    uint16_t sw = uicc_life_check(session->card, &target->file);

    if (sw != SW_OK) {
        return sw;
    }
    return uicc_access_allowed(session->card, target->index, am) ? SW_OK : SW_SECURITY_STATUS;
}

void uicc_target_select(const struct uicc_session *session, const struct uicc_target *target)
{
    uicc_channel_set(session->channel, target->file.parent, target->index);
}
