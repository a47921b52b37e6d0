#include "uicc/profile_content.h"

#include <string.h>

#include "base/bytes.h"

#define AID_SIZE 16

/* TS 101 220 annex E: RID of 3GPP, USIM or ISIM, no country and provider named, a provider-specific
 * end. */
static const uint8_t usim_aid[AID_SIZE] = {0xA0, 0x00, 0x00, 0x00, 0x87, 0x10, 0x02, 0xFF,
                                           0xFF, 0xFF, 0xFF, 0x89, 0x07, 0x09, 0x00, 0x00};
static const uint8_t isim_aid[AID_SIZE] = {0xA0, 0x00, 0x00, 0x00, 0x87, 0x10, 0x04, 0xFF,
                                           0xFF, 0xFF, 0xFF, 0x89, 0x07, 0x09, 0x00, 0x00};

/* The HPLMN: MCC and MNC from the IMSI. The profile has been checked before. */
static void home_plmn(const struct uicc_profile *profile, uint8_t out[3])
{
    struct plmn plmn = {{0xFF, 0xFF, 0xFF}};

    (void)plmn_parse(profile->imsi.digits, 3u + profile->mnc_length, &plmn);
    memcpy(out, plmn.octets, sizeof plmn.octets);
}

PROFILE_FILL(aid)
{
    size_t count = 0;

    (void)profile;
    (void)number;
    bool usim = plan == &uicc_profile_files(&count)[UICC_PLAN_ADF_USIM];
    memcpy(out, usim ? usim_aid : isim_aid, AID_SIZE);
}

PROFILE_FILL(dir)
{
    static const uint8_t usim_label[] = {0x50, 0x04, 'U', 'S', 'I', 'M'};
    static const uint8_t isim_label[] = {0x50, 0x04, 'I', 'S', 'I', 'M'};

    (void)profile;
    (void)plan;
    out[0] = 0x61; /* application template */
    out[1] = (uint8_t)(2 + AID_SIZE + sizeof usim_label);
    out[2] = 0x4F; /* application identifier */
    out[3] = AID_SIZE;
    memcpy(out + 4, number == 1 ? usim_aid : isim_aid, AID_SIZE);
    memcpy(out + 4 + AID_SIZE, number == 1 ? usim_label : isim_label, sizeof usim_label);
}

PROFILE_FILL(umpc)
{
    /* 60 mA at most; the terminal may wait 5 s for a card application; no further wishes. */
    static const uint8_t content[] = {0x3C, 0x32, 0x00, 0x00, 0x00};

    (void)profile;
    (void)plan;
    (void)number;
    memcpy(out, content, sizeof content);
}

PROFILE_FILL(iccid)
{
    (void)plan;
    (void)number;
    iccid_to_ef(&profile->iccid, out);
}

PROFILE_FILL(zero)
{
    (void)profile;
    (void)number;
    memset(out, 0, plan->unit);
}

PROFILE_FILL(imsi)
{
    (void)plan;
    (void)number;
    imsi_to_ef(&profile->imsi, out);
}

PROFILE_FILL(keys)
{
    (void)profile;
    (void)plan;
    (void)number;
    out[0] = 0x07; /* KSI: no key */
}

PROFILE_FILL(hpplmn)
{
    (void)profile;
    (void)plan;
    (void)number;
    out[0] = 0x0A; /* look for the HPLMN every 60 minutes */
}

static void set_service(uint8_t *table, uint8_t service)
{
    uint8_t bit = (uint8_t)(service - 1);

    table[bit / 8] |= (uint8_t)(1u << (bit % 8));
}

/* The services whose files the plan has. */
PROFILE_FILL(ust)
{
    static const uint8_t shall_be_available = 33;
    size_t count = 0;
    const struct uicc_file_plan *files = uicc_profile_files(&count);

    (void)number;
    memset(out, 0, plan->unit);
    for (size_t i = 0; i < count; i++) {
        if (files[i].service != 0 && uicc_profile_wants(profile, &files[i])) {
            set_service(out, files[i].service);
        }
    }
    set_service(out, shall_be_available);
}

PROFILE_FILL(sms)
{
    (void)profile;
    (void)plan;
    (void)number;
    out[0] = 0x00; /* free */
}

PROFILE_FILL(spn)
{
    (void)plan;
    (void)number;
    out[0] = 0x01; /* show the registered PLMN, too */
    for (size_t i = 0; i < UICC_SPN_MAX && profile->spn[i] != '\0'; i++) {
        out[1 + i] = (uint8_t)profile->spn[i];
    }
}

PROFILE_FILL(start_hfn)
{
    static const uint8_t content[] = {0xF0, 0x00, 0x00, 0xF0, 0x00, 0x00};

    (void)profile;
    (void)plan;
    (void)number;
    memcpy(out, content, sizeof content);
}

PROFILE_FILL(no_plmns)
{
    (void)profile;
    (void)number;
    for (size_t i = 0; i + 5 <= plan->unit; i += 5) {
        be16_put(out + i + 3, 0); /* FFFFFF: no PLMN; access technologies: none */
    }
}

PROFILE_FILL(hplmn)
{
    static const uint16_t technologies[] = {0x4000, 0x8000, 0x0080}; /* E-UTRAN, UTRAN, GSM */

    (void)plan;
    (void)number;
    for (size_t i = 0; i < ARRAY_LEN(technologies); i++) {
        home_plmn(profile, out + 5 * i);
        be16_put(out + 5 * i + 3, technologies[i]);
    }
}

/* A location area with LAC 0000 and what stands behind it. */
PROFILE_FILL(psloci)
{
    static const uint8_t behind[] = {0x00, 0x00, 0xFF, 0x01}; /* LAC, RAC, not updated */

    (void)plan;
    (void)number;
    home_plmn(profile, out + 7); /* behind P-TMSI and its signature */
    memcpy(out + 10, behind, sizeof behind);
}

PROFILE_FILL(acc)
{
    (void)plan;
    (void)number;
    be16_put(out, profile->access_classes);
}

PROFILE_FILL(loci)
{
    static const uint8_t behind[] = {0x00, 0x00, 0xFF, 0x01}; /* LAC, RFU, not updated */

    (void)plan;
    (void)number;
    home_plmn(profile, out + 4); /* behind TMSI */
    memcpy(out + 7, behind, sizeof behind);
}

PROFILE_FILL(ad)
{
    (void)plan;
    (void)number;
    memset(out, 0, 3); /* normal operation */
    out[3] = profile->mnc_length;
}

PROFILE_FILL(ecc)
{
    static const uint8_t numbers[][4] = {{0x11, 0xF2, 0xFF, 0x00}, {0x19, 0xF1, 0xFF, 0x00}};

    (void)profile;
    (void)plan;
    memcpy(out, numbers[(number - 1) % ARRAY_LEN(numbers)], sizeof numbers[0]); /* 112, 911 */
}

PROFILE_FILL(ehplmn)
{
    (void)plan;
    (void)number;
    home_plmn(profile, out);
}

PROFILE_FILL(epsloci)
{
    static const uint8_t behind[] = {0x00, 0x00, 0x01}; /* TAC, not updated */

    (void)plan;
    (void)number;
    home_plmn(profile, out + 12); /* behind GUTI */
    memcpy(out + 15, behind, sizeof behind);
}
