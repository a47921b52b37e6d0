/* CREATE FILE, TS 102 222 6.3: a DF, ADF or EF under the current DF. */
#include <string.h>

#include "uicc/access.h"
#include "uicc/channel.h"
#include "uicc/commands.h"
#include "uicc/file_template.h"
#include "uicc/memory.h"
#include "uicc/space.h"

#define SFI_OF_FID 0x1Fu
#define ERASED     0xFFu

/* TS 102 221 8.3: an identifier may not be that of a file beside the new one, nor of a DF above
 * it. Also counts the DFs above. */
static uint16_t check_fid(const struct uicc_session *session, uint16_t fid)
{
    struct uicc_card *card = session->card;
    uint16_t df = session->channel->df;
    struct uicc_file above;
    unsigned depth = 1; /* DFs from the new file up to the MF */

    if (uicc_find_child(card, df, fid) != UICC_NO_FILE) {
        return SW_FILE_EXISTS;
    }
    for (; df != UICC_MF; depth++) {
        if (!uicc_file_get(card, df, &above) || depth >= UICC_DEPTH_MAX) {
            return SW_CONDITIONS;
        }
        if (above.kind != UICC_KIND_ADF && above.fid == fid) {
            return SW_FILE_EXISTS;
        }
        df = above.parent;
    }
    return SW_OK;
}

/* ADFs lie in the MF, each with a name that no other's begins with or begins. */
static uint16_t check_name(const struct uicc_session *session,
                           const struct uicc_file_template *template)
{
    uint8_t length = (uint8_t) template->file.size;

    if (session->channel->df != UICC_MF) {
        return SW_CONDITIONS;
    }
    for (uint16_t i = 0; i < session->card->slots; i++) {
        uint8_t aid[UICC_AID_MAX];
        uint8_t n = uicc_adf_aid(session->card, i, aid);
        if (n != 0 && memcmp(aid, template->aid, n < length ? n : length) == 0) {
            return SW_NAME_EXISTS;
        }
    }
    return SW_OK;
}

/* TS 102 221 11.1.1.4.8: an SFI that is not given is that of the file identifier, if it is one and
 * free. */
static uint16_t settle_sfi(const struct uicc_session *session, struct uicc_file_template *template)
{
    struct uicc_file *file = &template->file;
    uint8_t sfi = template->sfi_given ? file->sfi : (uint8_t)(file->fid & SFI_OF_FID);
    bool taken =
        sfi != 0 && uicc_find_sfi(session->card, session->channel->df, sfi) != UICC_NO_FILE;

    if (template->sfi_given && taken) {
        return SW_WRONG_DATA;
    }
    file->sfi = taken || sfi > UICC_SFI_MAX ? 0 : sfi;
    return SW_OK;
}

static uint16_t check(const struct uicc_session *session, struct uicc_file_template *template)
{
    struct uicc_file *file = &template->file;
    uint8_t am = uicc_file_is_df(file) ? UICC_AM_CREATE_DF : UICC_AM_CREATE_EF;
    struct uicc_file df;

    (void)uicc_file_get(session->card, session->channel->df, &df);
    uint16_t sw = uicc_life_check(session->card, &df);
    if (sw != SW_OK) {
        return sw;
    }
    if (!uicc_access_allowed(session->card, session->channel->df, am)) {
        return SW_SECURITY_STATUS;
    }
    sw = check_fid(session, file->fid);
    if (sw == SW_OK && file->kind == UICC_KIND_ADF) {
        return check_name(session, template);
    }
    return sw == SW_OK && uicc_file_is_ef(file) ? settle_sfi(session, template) : sw;
}

/* Octet `i` of a body or record. */
static uint8_t fill_octet(const struct uicc_file_template *template, uint32_t i)
{
    if (template->pattern == NULL) {
        return template->file.kind == UICC_KIND_CYCLIC ? 0x00 : ERASED;
    }
    if (template->pattern_repeats) {
        return template->pattern[i % template->pattern_length];
    }
    return template->pattern[i < template->pattern_length ? i : template->pattern_length - 1];
}

static void fill(const struct uicc_session *session, const struct uicc_file_template *template)
{
    const struct uicc_file *file = &template->file;
    uint32_t unit = uicc_file_has_records(file) ? file->record_length : file->size;
    uint8_t chunk[64];

    for (uint32_t at = 0; at < file->size && !session->card->memory_failed;) {
        uint32_t n = file->size - at < sizeof chunk ? file->size - at : (uint32_t)sizeof chunk;
        for (uint32_t i = 0; i < n; i++) {
            chunk[i] = fill_octet(template, (at + i) % unit);
        }
        (void)uicc_write(session->card, file->body + at, chunk, n);
        at += n;
    }
}

static uint16_t free_entry(const struct uicc_session *session)
{
    struct uicc_file file;

    for (uint16_t i = 0; i < session->card->slots; i++) {
        if (!uicc_file_get(session->card, i, &file)) {
            return i;
        }
    }
    return UICC_NO_FILE;
}

/* Writes entry and body; the commit is the caller's. */
static uint16_t make(const struct uicc_session *session, struct uicc_file_template *template,
                     uint16_t *index)
{
    struct uicc_file *file = &template->file;

    *index = free_entry(session);
    if (*index == UICC_NO_FILE ||
        (file->size > 0 && !uicc_space_allocate(session->card, file->size, &file->body))) {
        return SW_NO_SPACE;
    }
    file->parent = session->channel->df;
    if (file->kind == UICC_KIND_ADF) {
        (void)uicc_write(session->card, file->body, template->aid, file->size);
    } else if (file->kind != UICC_KIND_DF) {
        fill(session, template);
    }
    (void)uicc_file_put(session->card, *index, file);
    uicc_space_settle(session->card);
    return SW_OK;
}

/* The new file is current afterwards, but for an ADF. */
uint16_t uicc_cmd_create_file(const struct uicc_session *session,
                              const struct apdu_command *command, struct uicc_reply *reply)
{
    struct uicc_file_template template;
    uint16_t index = UICC_NO_FILE;

    (void)reply;
    if (command->p1 != 0 || command->p2 != 0) {
        return SW_WRONG_P1_P2;
    }
    if (command->lc == 0) {
        return SW_WRONG_LENGTH;
    }
    if (!uicc_file_template_parse(command->data, command->lc, &template)) {
        return SW_WRONG_DATA;
    }
    uint16_t sw = check(session, &template);
    if (sw == SW_OK) {
        sw = make(session, &template, &index);
    }
    if (sw != SW_OK) {
        return sw;
    }
    if (!uicc_commit(session->card)) {
        return SW_MEMORY_PROBLEM;
    }
    if (template.file.kind == UICC_KIND_DF) {
        uicc_channel_set(session->channel, index, UICC_NO_FILE);
    } else if (template.file.kind != UICC_KIND_ADF) {
        uicc_channel_set(session->channel, session->channel->df, index);
    }
    return SW_OK;
}
