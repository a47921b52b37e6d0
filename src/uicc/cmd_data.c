/* RETRIEVE DATA and SET DATA, TS 102 221 11.3. */
#include <string.h>

#include "uicc/access.h"
#include "uicc/ber_tlv.h"
#include "uicc/channel.h"
#include "uicc/commands.h"
#include "uicc/memory.h"

#define P2_BLOCK       0xC0u
#define P2_SFI         0x1Fu
#define P2_RFU         0x20u
#define BLOCK_NEXT     0x00u
#define BLOCK_PREVIOUS 0x40u
#define BLOCK_FIRST    0x80u

/* P1 P2 to a BER-TLV EF; checks everything but the data. Only a first block may name an SFI. */
static uint16_t find(const struct uicc_session *session, const struct apdu_command *command,
                     uint8_t am, struct uicc_target *target)
{
    uint8_t sfi = command->p2 & P2_SFI;
    uint8_t block = command->p2 & P2_BLOCK;

    if (command->p1 != 0 || (command->p2 & P2_RFU) != 0 || block == P2_BLOCK ||
        sfi > UICC_SFI_MAX || (block != BLOCK_FIRST && sfi != 0)) {
        return SW_WRONG_P1_P2;
    }
    uint16_t sw = uicc_target_find(session, sfi, target);
    if (sw != SW_OK) {
        return sw;
    }
    if (target->file.kind != UICC_KIND_BER_TLV) {
        return SW_FILE_STRUCTURE;
    }
    sw = uicc_target_check(session, target, am);
    if (sw == SW_OK && block == BLOCK_FIRST) {
        if (sfi != 0) {
            uicc_target_select(session, target);
        }
        session->channel->transfer.kind = UICC_TRANSFER_NONE;
    }
    return sw;
}

static uint16_t start_retrieval(const struct uicc_session *session,
                                const struct apdu_command *command,
                                const struct uicc_target *target)
{
    struct uicc_transfer *transfer = &session->channel->transfer;
    struct uicc_object object;
    uint32_t tag = 0;

    if (command->lc == 1 && command->data[0] == UICC_TAG_LIST) {
        uint32_t length = uicc_object_tag_list(session->card, &target->file, 0, NULL, 0);
        *transfer = (struct uicc_transfer){.kind = UICC_TRANSFER_TAG_LIST, .end = length};
        return SW_OK;
    }
    if (command->lc == 0) {
        return SW_WRONG_LENGTH;
    }
    if (uicc_object_tag(command->data, command->lc, &tag) != command->lc) {
        return SW_WRONG_DATA;
    }
    if (!uicc_object_find(session->card, &target->file, tag, &object)) {
        return SW_NO_REFERENCE;
    }
    *transfer = (struct uicc_transfer){.kind = UICC_TRANSFER_RETRIEVE,
                                       .at = object.at,
                                       .previous = object.at,
                                       .end = object.at + object.header + object.length};
    return SW_OK;
}

uint16_t uicc_cmd_retrieve_data(const struct uicc_session *session,
                                const struct apdu_command *command, struct uicc_reply *reply)
{
    struct uicc_transfer *transfer = &session->channel->transfer;
    struct uicc_target target;
    uint8_t block = command->p2 & P2_BLOCK;
    uint16_t sw = find(session, command, UICC_AM_READ, &target);

    if (sw == SW_OK && block == BLOCK_FIRST) {
        sw = start_retrieval(session, command, &target);
    } else if (sw == SW_OK && command->lc != 0) {
        sw = SW_WRONG_LENGTH;
    } else if (sw == SW_OK && transfer->kind != UICC_TRANSFER_RETRIEVE &&
               transfer->kind != UICC_TRANSFER_TAG_LIST) {
        sw = SW_CONDITIONS;
    }
    if (sw != SW_OK) {
        return sw;
    }
    uint32_t at = block == BLOCK_PREVIOUS ? transfer->previous : transfer->at;
    uint32_t n = transfer->end - at;
    if (n == 0) {
        return SW_CONDITIONS; /* all blocks have been sent */
    }
    n = n < uicc_le(command) ? n : uicc_le(command);
    if (transfer->kind == UICC_TRANSFER_TAG_LIST) {
        (void)uicc_object_tag_list(session->card, &target.file, at, reply->data, n);
    } else {
        (void)uicc_read(session->card, target.file.body + at, reply->data, n);
    }
    reply->length = (uint16_t)n;
    transfer->previous = at;
    transfer->at = at + n;
    return transfer->at < transfer->end ? SW_MORE_AVAILABLE : SW_OK;
}

/* Makes the change of the file durable; other channels' transfers from it end. */
static uint16_t finish(const struct uicc_session *session, const struct uicc_target *target,
                       uint16_t sw)
{
    uicc_channels_stop_transfers(session->card, target->index, session->channel);
    if (!uicc_commit(session->card)) {
        session->channel->transfer.kind = UICC_TRANSFER_NONE;
        return SW_MEMORY_PROBLEM;
    }
    return sw;
}

static uint16_t delete_object(const struct uicc_session *session, struct uicc_target *target,
                              uint32_t tag)
{
    struct uicc_object object;

    if (!uicc_object_find(session->card, &target->file, tag, &object)) {
        return SW_NO_REFERENCE;
    }
    uicc_object_remove(session->card, target->index, &target->file, &object);
    return finish(session, target, SW_OK);
}

/*
 * Writes the next part of the object behind those that the file has. Only with the last part the
 * file holds the object: a transfer that is given up, or a power cut, leaves it without (TS 102 221
 * annex L.1).
 */
static uint16_t store_block(const struct uicc_session *session, struct uicc_target *target,
                            uint32_t at, const uint8_t *data, uint8_t n)
{
    struct uicc_transfer *transfer = &session->channel->transfer;

    (void)uicc_write(session->card, target->file.body + at, data, n);
    transfer->previous = at;
    transfer->at = at + n;
    if (transfer->at < transfer->end) {
        return finish(session, target, SW_MORE_EXPECTED);
    }
    target->file.used = transfer->end;
    (void)uicc_file_put(session->card, target->index, &target->file);
    transfer->kind = UICC_TRANSFER_NONE;
    return finish(session, target, SW_OK);
}

/* The first block: a tag to delete, or tag, length and a part of the value of an object that takes
 * the place of an older one. */
static uint16_t start_object(const struct uicc_session *session, const struct apdu_command *command,
                             struct uicc_target *target)
{
    struct uicc_transfer *transfer = &session->channel->transfer;
    struct uicc_object object;
    struct uicc_object older;
    uint32_t tag = 0;
    size_t tag_octets = uicc_object_tag(command->data, command->lc, &tag);

    if (tag_octets != 0 && tag_octets == command->lc) {
        return delete_object(session, target, tag);
    }
    if (!uicc_object_header(command->data, command->lc, &object) ||
        command->lc - object.header > object.length) {
        return SW_WRONG_DATA;
    }
    bool replaces = uicc_object_find(session->card, &target->file, tag, &older);
    uint32_t room = target->file.size - target->file.used;
    if (replaces) {
        room += older.header + older.length;
    }
    if (object.length > room || object.header > room - object.length) {
        return SW_NO_SPACE;
    }
    if (replaces) {
        uicc_object_remove(session->card, target->index, &target->file, &older);
    }
    uint32_t at = target->file.used;
    *transfer = (struct uicc_transfer){
        .kind = UICC_TRANSFER_SET, .at = at, .end = at + object.header + object.length};
    return store_block(session, target, at, command->data, command->lc);
}

uint16_t uicc_cmd_set_data(const struct uicc_session *session, const struct apdu_command *command,
                           struct uicc_reply *reply)
{
    struct uicc_transfer *transfer = &session->channel->transfer;
    struct uicc_target target;
    uint8_t block = command->p2 & P2_BLOCK;
    uint16_t sw = find(session, command, UICC_AM_UPDATE, &target);

    (void)reply;
    if (sw != SW_OK) {
        return sw;
    }
    if (command->lc == 0) {
        return SW_WRONG_LENGTH;
    }
    if (block == BLOCK_FIRST) {
        return start_object(session, command, &target);
    }
    if (transfer->kind != UICC_TRANSFER_SET) {
        return SW_CONDITIONS;
    }
    uint32_t at = block == BLOCK_PREVIOUS ? transfer->previous : transfer->at;
    if (command->lc > transfer->end - at) {
        transfer->kind = UICC_TRANSFER_NONE;
        return SW_WRONG_DATA;
    }
    return store_block(session, &target, at, command->data, command->lc);
}
