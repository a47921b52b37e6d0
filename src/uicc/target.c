#include "uicc/access.h"
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
    return uicc_file_get(session->card, out->index, &out->file) ? SW_OK : SW_FILE_NOT_FOUND;
}

uint16_t uicc_target_check(const struct uicc_session *session, const struct uicc_target *target,
                           uint8_t am)
{
    if (target->file.life_cycle != UICC_LIFE_ACTIVATED) {
        return SW_INVALIDATED;
    }
    return uicc_access_allowed(session->card, target->index, am) ? SW_OK : SW_SECURITY_STATUS;
}

void uicc_target_select(const struct uicc_session *session, const struct uicc_target *target)
{
    session->channel->ef = target->index;
    session->channel->record = 0;
}
