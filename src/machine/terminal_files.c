/* Selecting and reading files: the part of machine/terminal.h that walks the card's file system. */
#include "machine/terminal.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "codec/tlv.h"

#define FID_MF       0x3F00
#define FID_DIR      0x2F00
#define FID_ICCID    0x2FE2
#define FID_IMSI     0x6F07
#define FID_AD       0x6FAD
#define DIR_RECORDS  32 /* more applications than any card has: a hostile card's list must end */
#define AD_MNC_OCTET 3

/* RID of 3GPP and the application code of USIM, TS 101 220 annex E. */
static const uint8_t usim_prefix[7] = {0xA0, 0x00, 0x00, 0x00, 0x87, 0x10, 0x02};

static bool succeeded(uint16_t sw)
{
    return sw == 0x9000 || (sw & 0xFF00) == 0x9100;
}

/* SELECT by file identifier without response data, TS 102 221 11.1.1. */
static bool select_fid(const struct terminal *terminal, const char *name, uint16_t fid,
                       uint16_t *sw, struct fault *fault)
{
    uint8_t command[7] = {0x00, 0xA4, 0x00, 0x0C, 0x02};
    struct terminal_response response;
    be16_put(command + 5, fid);
    if (!terminal_exchange(terminal, name, command, sizeof(command), &response, fault))
        return false;
    *sw = response.sw;
    return true;
}

/* Selects a transparent EF of the current DF and reads its first `n` octets. */
static bool read_ef(const struct terminal *terminal, const char *ef, uint16_t fid, uint8_t n,
                    struct terminal_response *response, struct fault *fault)
{
    char name[32];
    uint16_t sw = 0;
    response->len = 0;
    response->sw = 0;
    snprintf(name, sizeof(name), "SELECT %s", ef);
    if (!select_fid(terminal, name, fid, &sw, fault))
        return false;
    if (!succeeded(sw))
        return terminal_refused(fault, name, sw);
    const uint8_t command[] = {0x00, 0xB0, 0x00, 0x00, n};
    snprintf(name, sizeof(name), "READ BINARY %s", ef);
    if (!terminal_exchange(terminal, name, command, sizeof(command), response, fault))
        return false;
    if (!succeeded(response->sw))
        return terminal_refused(fault, name, response->sw);
    return true;
}

bool terminal_select_mf(const struct terminal *terminal, struct fault *fault)
{
    uint16_t sw = 0;
    if (!select_fid(terminal, "SELECT MF", FID_MF, &sw, fault))
        return false;
    return succeeded(sw) || terminal_refused(fault, "SELECT MF", sw);
}

bool terminal_read_iccid(const struct terminal *terminal, struct iccid *iccid, struct fault *fault)
{
    struct terminal_response response;
    if (!terminal_select_mf(terminal, fault) ||
        !read_ef(terminal, "EF_ICCID", FID_ICCID, 10, &response, fault))
        return false;
    if (response.len != 10 || !iccid_from_ef(response.data, iccid))
        return fault_set(fault, "READ BINARY EF_ICCID: the content is no ICCID");
    return true;
}

/* Reads record `number` of the selected EF_DIR. */
static bool read_dir_record(const struct terminal *terminal, uint8_t number,
                            struct terminal_response *response, struct fault *fault)
{
    const uint8_t command[] = {0x00, 0xB2, number, 0x04, 0x00};
    return terminal_exchange(terminal, "READ RECORD EF_DIR", command, sizeof(command), response,
                             fault);
}

/* The AID in a record of EF_DIR (61 { 4F AID ...}), if it is a USIM's. */
static bool usim_in_record(const struct terminal_response *record, uint8_t aid[TERMINAL_AID_MAX],
                           size_t *aid_len)
{
    struct tlv application;
    struct tlv name;
    if (!tlv_find(record->data, record->len, 0x61, &application) ||
        !tlv_find(application.value, application.length, 0x4F, &name))
        return false;
    if (name.length < sizeof(usim_prefix) || name.length > TERMINAL_AID_MAX ||
        memcmp(name.value, usim_prefix, sizeof(usim_prefix)) != 0)
        return false;
    memcpy(aid, name.value, name.length);
    *aid_len = name.length;
    return true;
}

/* The first USIM's AID in EF_DIR, or the prefix of all USIMs. False only if the exchange failed. */
static bool find_usim(const struct terminal *terminal, uint8_t aid[TERMINAL_AID_MAX],
                      size_t *aid_len, struct fault *fault)
{
    uint16_t sw = 0;
    memcpy(aid, usim_prefix, sizeof(usim_prefix));
    *aid_len = sizeof(usim_prefix);
    if (!terminal_select_mf(terminal, fault) ||
        !select_fid(terminal, "SELECT EF_DIR", FID_DIR, &sw, fault))
        return false;
    if (!succeeded(sw))
        return true;
    for (uint8_t number = 1; number <= DIR_RECORDS; number++) {
        struct terminal_response record;
        if (!read_dir_record(terminal, number, &record, fault))
            return false;
        if (!succeeded(record.sw) || usim_in_record(&record, aid, aid_len))
            return true;
    }
    return true;
}

bool terminal_select_usim(const struct terminal *terminal, struct fault *fault)
{
    uint8_t aid[TERMINAL_AID_MAX];
    size_t aid_len = 0;
    if (!find_usim(terminal, aid, &aid_len, fault))
        return false;
    uint8_t command[5 + TERMINAL_AID_MAX] = {0x00, 0xA4, 0x04, 0x0C, (uint8_t)aid_len};
    memcpy(command + 5, aid, aid_len);
    struct terminal_response response;
    if (!terminal_exchange(terminal, "SELECT ADF.USIM", command, 5 + aid_len, &response, fault))
        return false;
    return succeeded(response.sw) || terminal_refused(fault, "SELECT ADF.USIM", response.sw);
}

bool terminal_read_imsi(const struct terminal *terminal, struct imsi *imsi, struct fault *fault)
{
    struct terminal_response response;
    if (!read_ef(terminal, "EF_IMSI", FID_IMSI, 9, &response, fault))
        return false;
    if (!imsi_from_ef(response.data, response.len, imsi))
        return fault_set(fault, "READ BINARY EF_IMSI: the content is no IMSI");
    return true;
}

bool terminal_read_mnc_length(const struct terminal *terminal, unsigned *mnc_length,
                              struct fault *fault)
{
    struct terminal_response response;
    *mnc_length = 0;
    /* Le 00 asks for all there is: EF_AD has four octets or more, in old cards three. */
    if (!read_ef(terminal, "EF_AD", FID_AD, 0, &response, fault))
        return false;
    if (response.len > AD_MNC_OCTET) {
        unsigned n = response.data[AD_MNC_OCTET] & 0x0F;
        *mnc_length = n == 2 || n == 3 ? n : 0;
    }
    return true;
}
