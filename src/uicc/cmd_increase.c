/* INCREASE, TS 102 221 11.1.8. */
#include <string.h>

#include "uicc/access.h"
#include "uicc/commands.h"
#include "uicc/memory.h"

#define P1_BY_SFI   0x80u
#define P1_SFI_MASK 0x1Fu
#define VALUE_MAX   127u /* of the record and of the value: both must fit one answer */

/* Adds the big-endian `value` (n octets) to `record` (length octets, at least n). False if the sum
 * does not fit. */
static bool add(uint8_t *record, uint8_t length, const uint8_t *value, uint8_t n)
{
    unsigned carry = 0;

    for (unsigned i = 1; i <= length; i++) {
        unsigned sum = record[length - i] + carry + (i <= n ? value[n - i] : 0u);
        record[length - i] = (uint8_t)sum;
        carry = sum >> 8;
    }
    return carry == 0;
}

static uint16_t find(const struct uicc_session *session, const struct apdu_command *command,
                     struct uicc_target *target)
{
    uint8_t sfi = command->p1 & P1_SFI_MASK;

    if (command->p2 != 0 || (command->p1 & ~(P1_BY_SFI | P1_SFI_MASK)) != 0 ||
        ((command->p1 & P1_BY_SFI) != 0) != (sfi != 0) || sfi > UICC_SFI_MAX) {
        return SW_WRONG_P1_P2;
    }
    uint16_t sw = uicc_target_find(session, sfi, target);
    if (sw != SW_OK) {
        return sw;
    }
    if (target->file.kind != UICC_KIND_CYCLIC || target->file.record_length > VALUE_MAX) {
        return SW_FILE_STRUCTURE;
    }
    sw = uicc_life_check(session->card, &target->file);
    if (sw != SW_OK) {
        return sw;
    }
    return uicc_access_allowed_ins(session->card, target->index, UICC_INS_INCREASE)
               ? SW_OK
               : SW_SECURITY_STATUS;
}

/* The sum of the newest record and the value becomes the newest record, in place of the oldest. */
uint16_t uicc_cmd_increase(const struct uicc_session *session, const struct apdu_command *command,
                           struct uicc_reply *reply)
{
    struct uicc_target target;
    uint8_t record[VALUE_MAX];
    uint16_t sw = find(session, command, &target);

    if (sw != SW_OK) {
        return sw;
    }
    uint8_t length = target.file.record_length;
    if (command->lc == 0 || command->lc > length) {
        return SW_WRONG_LENGTH;
    }
    if (!uicc_read(session->card, uicc_record_offset(&target.file, 1), record, length)) {
        return SW_MEMORY_PROBLEM;
    }
    if (!add(record, length, command->data, command->lc)) {
        return SW_MAX_REACHED;
    }
    uicc_rotate(session, &target);
    if (!uicc_write(session->card, uicc_record_offset(&target.file, 1), record, length) ||
        !uicc_commit(session->card)) {
        return SW_MEMORY_PROBLEM;
    }
    uicc_target_select(session, &target);
    session->channel->record = 1;
    memcpy(reply->data, record, length);
    memcpy(reply->data + length, command->data, command->lc);
    reply->length = (uint16_t)(length + command->lc);
    return SW_OK;
}
