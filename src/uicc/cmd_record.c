/* READ RECORD and UPDATE RECORD, TS 102 221 11.1.5 and 11.1.6. */
#include "uicc/access.h"
#include "uicc/commands.h"
#include "uicc/memory.h"

#define P2_MODE       0x07u
#define MODE_NEXT     0x02u
#define MODE_PREVIOUS 0x03u
#define MODE_ABSOLUTE 0x04u
#define P2_SFI_SHIFT  3

/* P1 P2 to a target; checks everything but the record and lengths. */
static uint16_t find(const struct uicc_session *session, const struct apdu_command *command,
                     uint8_t am, struct uicc_target *target)
{
    uint8_t mode = command->p2 & P2_MODE;
    uint8_t sfi = command->p2 >> P2_SFI_SHIFT;

    if (mode < MODE_NEXT || mode > MODE_ABSOLUTE || sfi > UICC_SFI_MAX ||
        (mode != MODE_ABSOLUTE && command->p1 != 0)) {
        return SW_WRONG_P1_P2;
    }
    uint16_t sw = uicc_target_find(session, sfi, target);
    if (sw != SW_OK) {
        return sw;
    }
    if (!uicc_file_has_records(&target->file)) {
        return SW_FILE_STRUCTURE;
    }
    return uicc_target_check(session, target, am);
}

/* The record after or before `current` (0: none is current). Cyclic files go round; 0 is the end.
 */
static uint8_t step(const struct uicc_file *file, uint8_t current, bool forward)
{
    uint8_t last = file->record_count;
    bool cyclic = file->kind == UICC_KIND_CYCLIC;

    if (current > last) {
        current = 0;
    }
    if (forward) {
        if (current < last) {
            return (uint8_t)(current + 1);
        }
        return cyclic ? 1 : 0;
    }
    if (current == 0 || (current == 1 && cyclic)) {
        return last;
    }
    return (uint8_t)(current - 1);
}

/* The number of the record that the command means, or 0 if there is none. A file chosen by SFI has
 * no current record. */
static uint8_t record_number(const struct uicc_session *session, const struct apdu_command *command,
                             const struct uicc_file *file)
{
    uint8_t current = command->p2 >> P2_SFI_SHIFT == 0 ? session->channel->record : 0;

    switch (command->p2 & P2_MODE) {
    case MODE_NEXT:
        return step(file, current, true);
    case MODE_PREVIOUS:
        return step(file, current, false);
    default:
        current = command->p1 != 0 ? command->p1 : current;
        return current <= file->record_count ? current : 0;
    }
}

/* After success: NEXT and PREVIOUS move the record pointer, an absolute number does not. */
static void finish(const struct uicc_session *session, const struct apdu_command *command,
                   const struct uicc_target *target, uint8_t number)
{
    if (command->p2 >> P2_SFI_SHIFT != 0) {
        uicc_target_select(session, target);
    }
    if ((command->p2 & P2_MODE) != MODE_ABSOLUTE) {
        session->channel->record = number;
    }
}

uint16_t uicc_cmd_read_record(const struct uicc_session *session,
                              const struct apdu_command *command, struct uicc_reply *reply)
{
    struct uicc_target target;
    uint16_t sw = find(session, command, UICC_AM_READ, &target);

    if (sw != SW_OK) {
        return sw;
    }
    uint8_t number = record_number(session, command, &target.file);
    if (number == 0) {
        return SW_RECORD_NOT_FOUND;
    }
    sw = uicc_le_exact(command, target.file.record_length);
    if (sw != SW_OK) {
        return sw;
    }
    reply->length = target.file.record_length;
    (void)uicc_read(session->card, uicc_record_offset(&target.file, number), reply->data,
                    reply->length);
    finish(session, command, &target, number);
    return SW_OK;
}

void uicc_rotate(const struct uicc_session *session, struct uicc_target *target)
{
    struct uicc_file *file = &target->file;

    file->first_record =
        (uint8_t)((file->first_record + file->record_count - 1) % file->record_count);
    (void)uicc_file_put(session->card, target->index, file);
}

uint16_t uicc_cmd_update_record(const struct uicc_session *session,
                                const struct apdu_command *command, struct uicc_reply *reply)
{
    struct uicc_target target;
    uint8_t number = 0;
    uint16_t sw = find(session, command, UICC_AM_UPDATE, &target);

    (void)reply;
    if (sw != SW_OK) {
        return sw;
    }
    bool cyclic = target.file.kind == UICC_KIND_CYCLIC;
    if (cyclic && (command->p2 & P2_MODE) != MODE_PREVIOUS) {
        return SW_FILE_STRUCTURE;
    }
    if (!cyclic) {
        number = record_number(session, command, &target.file);
        if (number == 0) {
            return SW_RECORD_NOT_FOUND;
        }
    }
    if (command->lc != target.file.record_length) {
        return SW_WRONG_LENGTH;
    }
    if (cyclic) {
        uicc_rotate(session, &target);
        number = 1;
    }
    if (!uicc_write(session->card, uicc_record_offset(&target.file, number), command->data,
                    command->lc) ||
        !uicc_commit(session->card)) {
        return SW_MEMORY_PROBLEM;
    }
    finish(session, command, &target, number);
    return SW_OK;
}
