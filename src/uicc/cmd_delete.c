/* DELETE FILE and RESIZE FILE, TS 102 222 6.4 and 6.10, of a file under the current DF. */
#include "base/bytes.h"
#include "uicc/access.h"
#include "uicc/channel.h"
#include "uicc/commands.h"
#include "uicc/file_template.h"
#include "uicc/memory.h"
#include "uicc/space.h"

#define ERASED 0xFFu

/* The child of the current DF; a file in use elsewhere that is not shareable is left alone. */
static uint16_t find(const struct uicc_session *session, uint16_t fid, struct uicc_target *target)
{
    target->index = uicc_find_child(session->card, session->channel->df, fid);
    if (!uicc_file_get(session->card, target->index, &target->file)) {
        return SW_FILE_NOT_FOUND;
    }
    return uicc_sharing_check(session, target->index, &target->file);
}

/* Frees the file and, if it is a DF, all below it. What is below is looked for before anything is
 * freed: later the way up would be broken. */
static void free_tree(struct uicc_card *card, uint16_t index)
{
    uint8_t below[(UICC_SLOTS_MAX + 7) / 8] = {0};
    struct uicc_file file;

    for (uint16_t i = 0; i < card->slots; i++) {
        if (uicc_file_get(card, i, &file) && uicc_is_within(card, i, index)) {
            below[i / 8] |= (uint8_t)(1u << i % 8);
        }
    }
    for (uint16_t i = 0; i < card->slots; i++) {
        if ((below[i / 8] >> i % 8 & 1) == 0) {
            continue;
        }
        (void)uicc_file_get(card, i, &file);
        uicc_space_fill(card, file.body, file.size, 0x00);
        (void)uicc_file_put(card, i, &(struct uicc_file){.kind = UICC_KIND_FREE});
    }
    uicc_space_settle(card);
}

uint16_t uicc_cmd_delete_file(const struct uicc_session *session,
                              const struct apdu_command *command, struct uicc_reply *reply)
{
    struct uicc_target target;
    struct uicc_card *card = session->card;
    struct uicc_channel before[UICC_CHANNELS];

    (void)reply;
    if (command->p1 != 0 || command->p2 != 0) {
        return SW_WRONG_P1_P2;
    }
    if (command->lc != 2) {
        return SW_WRONG_LENGTH;
    }
    uint16_t sw = find(session, be16_get(command->data), &target);
    if (sw != SW_OK) {
        return sw;
    }
    if (!uicc_access_allowed(card, target.index, UICC_AM_DELETE)) {
        return SW_SECURITY_STATUS;
    }
    memcpy(before, card->channels, sizeof before);
    uicc_channels_leave(card, target.index, target.file.parent); /* while the tree is whole */
    free_tree(card, target.index);
    if (!uicc_commit(card)) {
        memcpy(card->channels, before, sizeof before);
        return SW_MEMORY_PROBLEM;
    }
    return SW_OK;
}

/* Whether a body of this kind of file can have `size` octets. */
static uint16_t check_size(const struct uicc_file *file, uint32_t size)
{
    if (size == 0 || size > UICC_BODY_MAX) {
        return SW_WRONG_DATA;
    }
    switch (file->kind) {
    case UICC_KIND_TRANSPARENT:
        return SW_OK;
    case UICC_KIND_BER_TLV:
        return size >= file->used ? SW_OK : SW_WRONG_DATA;
    case UICC_KIND_LINEAR_FIXED:
        return size % file->record_length == 0 && size / file->record_length <= UICC_RECORDS_MAX
                   ? SW_OK
                   : SW_WRONG_DATA;
    default:
        return SW_FILE_STRUCTURE;
    }
}

/* Gives the file its new size: what is new is FF, what is left over is wiped. */
static uint16_t resize(const struct uicc_session *session, struct uicc_target *target,
                       uint32_t size)
{
    struct uicc_card *card = session->card;
    struct uicc_file *file = &target->file;
    uint32_t old = file->size;

    if (size > old) {
        if (!uicc_space_extend(card, target->index, size - old)) {
            return SW_NO_SPACE;
        }
        (void)uicc_file_get(card, target->index, file); /* it may lie elsewhere now */
        uicc_space_fill(card, file->body + old, size - old, ERASED);
    } else {
        uicc_space_fill(card, file->body + size, old - size, 0x00);
        file->size = size;
    }
    if (file->kind == UICC_KIND_LINEAR_FIXED) {
        file->record_count = (uint8_t)(size / file->record_length);
    }
    (void)uicc_file_put(card, target->index, file);
    uicc_space_settle(card);
    return SW_OK;
}

uint16_t uicc_cmd_resize_file(const struct uicc_session *session,
                              const struct apdu_command *command, struct uicc_reply *reply)
{
    struct uicc_target target;
    uint16_t fid = 0;
    uint32_t size = 0;

    (void)reply;
    if (command->p1 != 0 || command->p2 != 0) {
        return SW_WRONG_P1_P2;
    }
    if (command->lc == 0) {
        return SW_WRONG_LENGTH;
    }
    if (!uicc_resize_template_parse(command->data, command->lc, &fid, &size)) {
        return SW_WRONG_DATA;
    }
    uint16_t sw = find(session, fid, &target);
    if (sw == SW_OK) {
        sw = uicc_life_check(session->card, &target.file);
    }
    if (sw == SW_OK && !uicc_access_allowed_ins(session->card, target.index, UICC_INS_RESIZE)) {
        sw = SW_SECURITY_STATUS;
    }
    if (sw == SW_OK) {
        sw = check_size(&target.file, size);
    }
    if (sw == SW_OK) {
        sw = resize(session, &target, size);
    }
    if (sw != SW_OK) {
        return sw;
    }
    uicc_channels_stop_transfers(session->card, target.index, NULL);
    return uicc_commit(session->card) ? SW_OK : SW_MEMORY_PROBLEM;
}
