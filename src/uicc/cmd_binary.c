/* READ BINARY and UPDATE BINARY, TS 102 221 11.1.3 and 11.1.4. */
#include "uicc/access.h"
#include "uicc/commands.h"
#include "uicc/memory.h"

#define P1_BY_SFI   0x80u
#define P1_SFI_RFU  0x60u
#define P1_SFI_MASK 0x1Fu

/* P1 P2 to a target and an offset in it; checks everything but lengths. */
static uint16_t find(const struct uicc_session *session, const struct apdu_command *command,
                     uint8_t am, struct uicc_target *target, uint32_t *offset)
{
    bool by_sfi = (command->p1 & P1_BY_SFI) != 0;
    uint8_t sfi = command->p1 & P1_SFI_MASK;

    if (by_sfi && ((command->p1 & P1_SFI_RFU) != 0 || sfi == 0 || sfi > UICC_SFI_MAX)) {
        return SW_WRONG_P1_P2;
    }
    *offset = by_sfi ? command->p2 : (uint32_t)command->p1 << 8 | command->p2;
    uint16_t sw = uicc_target_find(session, by_sfi ? sfi : 0, target);
    if (sw != SW_OK) {
        return sw;
    }
    if (target->file.kind != UICC_KIND_TRANSPARENT) {
        return SW_FILE_STRUCTURE;
    }
    sw = uicc_target_check(session, target, am);
    if (sw == SW_OK && *offset >= target->file.size) {
        return SW_WRONG_OFFSET;
    }
    return sw;
}

uint16_t uicc_cmd_read_binary(const struct uicc_session *session,
                              const struct apdu_command *command, struct uicc_reply *reply)
{
    struct uicc_target target;
    uint32_t offset = 0;
    uint16_t sw = find(session, command, UICC_AM_READ, &target, &offset);

    if (sw != SW_OK) {
        return sw;
    }
    uint32_t there = target.file.size - offset;
    if (uicc_le(command) > there) {
        return uicc_sw_le((uint16_t)there);
    }
    reply->length = uicc_le(command);
    (void)uicc_read(session->card, target.file.body + offset, reply->data, reply->length);
    uicc_target_select(session, &target);
    return SW_OK;
}

uint16_t uicc_cmd_update_binary(const struct uicc_session *session,
                                const struct apdu_command *command, struct uicc_reply *reply)
{
    struct uicc_target target;
    uint32_t offset = 0;
    uint16_t sw = find(session, command, UICC_AM_UPDATE, &target, &offset);

    (void)reply;
    if (sw != SW_OK) {
        return sw;
    }
    if (command->lc == 0 || command->lc > target.file.size - offset) {
        return SW_WRONG_LENGTH;
    }
    if (!uicc_write(session->card, target.file.body + offset, command->data, command->lc) ||
        !uicc_commit(session->card)) {
        return SW_MEMORY_PROBLEM;
    }
    uicc_target_select(session, &target);
    return SW_OK;
}
