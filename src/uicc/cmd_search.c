/* SEARCH RECORD, TS 102 221 11.1.7. */
#include <string.h>

#include "uicc/access.h"
#include "uicc/commands.h"
#include "uicc/memory.h"

#define P2_MODE       0x07u
#define MODE_FORWARD  0x04u
#define MODE_BACKWARD 0x05u
#define MODE_ENHANCED 0x06u
#define P2_SFI_SHIFT  3

/* First octet of the search indication, table 11.13. */
#define INDICATION_SIZE       2
#define INDICATION_RFU        0xF0u
#define INDICATION_BY_VALUE   0x08u
#define INDICATION_MODE       0x07u
#define INDICATION_FROM_NEXT  0x06u
#define INDICATION_FROM_PRIOR 0x07u

struct search {
    bool backward;
    bool by_value; /* in a record, behind the first octet with the value `place`; else from offset
                      `place` */
    uint8_t place;
    uint8_t first; /* record to start with; 0: there is none */
    const uint8_t *string;
    uint8_t length;
};

/* The record that P1 means. A file chosen by SFI has no current record. */
static uint8_t start_record(const struct uicc_session *session, const struct apdu_command *command)
{
    if (command->p1 != 0) {
        return command->p1;
    }
    return command->p2 >> P2_SFI_SHIFT == 0 ? session->channel->record : 0;
}

/* From the record after or before the current one; from the first or last if none is current
 * (TS 102 221 11.1.7.1). */
static uint8_t neighbour(const struct uicc_session *session, const struct apdu_command *command,
                         const struct uicc_file *file, bool backward)
{
    uint8_t current = command->p2 >> P2_SFI_SHIFT == 0 ? session->channel->record : 0;
    uint8_t last = file->record_count;

    if (current == 0 || current > last) {
        return backward ? last : 1;
    }
    if (file->kind == UICC_KIND_CYCLIC) {
        if (backward) {
            return current == 1 ? last : (uint8_t)(current - 1);
        }
        return current == last ? 1 : (uint8_t)(current + 1);
    }
    if (backward) {
        return (uint8_t)(current - 1);
    }
    return current == last ? 0 : (uint8_t)(current + 1);
}

/* The command's data to a search: 9000, 6700, 6A80 or 6A83. */
static uint16_t parse(const struct uicc_session *session, const struct apdu_command *command,
                      const struct uicc_file *file, struct search *out)
{
    uint8_t skip = (command->p2 & P2_MODE) == MODE_ENHANCED ? INDICATION_SIZE : 0;

    if (command->lc <= skip || command->lc - skip > file->record_length) {
        return SW_WRONG_LENGTH;
    }
    *out = (struct search){.backward = (command->p2 & P2_MODE) == MODE_BACKWARD,
                           .first = start_record(session, command),
                           .string = command->data + skip,
                           .length = (uint8_t)(command->lc - skip)};
    if (skip != 0) {
        uint8_t mode = command->data[0] & INDICATION_MODE;
        if ((command->data[0] & INDICATION_RFU) != 0 || mode < MODE_FORWARD) {
            return SW_WRONG_DATA;
        }
        out->by_value = (command->data[0] & INDICATION_BY_VALUE) != 0;
        out->place = command->data[1];
        out->backward = (mode & 1) != 0;
        if (mode == INDICATION_FROM_NEXT || mode == INDICATION_FROM_PRIOR) {
            out->first = neighbour(session, command, file, out->backward);
            return SW_OK;
        }
    }
    return out->first == 0 || out->first > file->record_count ? SW_RECORD_NOT_FOUND : SW_OK;
}

static bool matches(const struct search *search, const uint8_t *record, uint8_t length)
{
    unsigned from = search->place;

    if (search->by_value) {
        const uint8_t *found = memchr(record, search->place, length);
        if (found == NULL) {
            return false;
        }
        from = (unsigned)(found - record) + 1;
    }
    for (unsigned at = from; at + search->length <= length; at++) {
        if (memcmp(record + at, search->string, search->length) == 0) {
            return true;
        }
    }
    return false;
}

/* Looks from the first record to the file's end (or beginning); the numbers of those that match go
 * to the reply. */
static void look(const struct uicc_session *session, const struct uicc_file *file,
                 const struct search *search, struct uicc_reply *reply)
{
    uint8_t record[UINT8_MAX];

    for (unsigned n = search->first; n >= 1 && n <= file->record_count;
         n = search->backward ? n - 1 : n + 1) {
        (void)uicc_read(session->card, uicc_record_offset(file, (uint8_t)n), record,
                        file->record_length);
        if (matches(search, record, file->record_length)) {
            reply->data[reply->length++] = (uint8_t)n;
        }
    }
}

uint16_t uicc_cmd_search_record(const struct uicc_session *session,
                                const struct apdu_command *command, struct uicc_reply *reply)
{
    uint8_t mode = command->p2 & P2_MODE;
    uint8_t sfi = command->p2 >> P2_SFI_SHIFT;
    struct uicc_target target;
    struct search search;

    if (mode < MODE_FORWARD || mode > MODE_ENHANCED || sfi > UICC_SFI_MAX) {
        return SW_WRONG_P1_P2;
    }
    uint16_t sw = uicc_target_find(session, sfi, &target);
    if (sw != SW_OK) {
        return sw;
    }
    if (!uicc_file_has_records(&target.file)) {
        return SW_FILE_STRUCTURE;
    }
    sw = uicc_target_check(session, &target, UICC_AM_READ);
    if (sw == SW_OK) {
        sw = parse(session, command, &target.file, &search);
    }
    if (sw != SW_OK) {
        return sw;
    }
    look(session, &target.file, &search, reply);
    if (reply->length == 0) {
        return SW_NOTHING_FOUND;
    }
    if (sfi != 0) {
        uicc_target_select(session, &target);
    }
    session->channel->record = reply->data[0];
    if (command->has_le && command->le < reply->length) {
        reply->length = command->le;
    }
    return SW_OK;
}
