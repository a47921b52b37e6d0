#include "uicc/profile_files.h"

#include <string.h>

#include "base/bytes.h"
#include "uicc/profile_content.h"

#define ADF  UICC_PLAN_ADF_USIM
#define ISIM UICC_PLAN_ADF_ISIM
#define N5GS UICC_PLAN_DF_5GS

/* Access rules: records of the MF's EF_ARR. */
enum mf_rule {
    MF_READ_ALWAYS_UPDATE_ADM = 1,
    MF_READ_ALWAYS_UPDATE_NEVER,
    MF_READ_ALWAYS_UPDATE_PIN,
    MF_DF,
    MF_CREATED_DF, /* for what is created later */
    MF_CREATED_EF
};

/* Records of the EF_ARR of USIM and ISIM. */
enum adf_rule {
    READ_PIN_UPDATE_ADM = 1,
    READ_UPDATE_PIN,
    READ_ALWAYS_UPDATE_ADM,
    READ_ALWAYS_UPDATE_PIN,
    READ_PIN_UPDATE_PIN2,
    ADF_DF,
    ADF_CREATED_EF /* for what is created later */
};

/* Data objects of rules, TS 102 221 9.2.4. */
#define AM(bits)   0x80, 0x01, (bits)
#define INS(ins)   0x84, 0x01, (ins)
#define ALWAYS     0x90, 0x00
#define NEVER      0x97, 0x00
#define KEY(key)   0xA4, 0x06, 0x83, 0x01, (key), 0x95, 0x01, 0x08
#define READ       0x01
#define UPDATE     0x02
#define READ_WRITE 0x03
#define ADMIN      0x18 /* activate and deactivate */
#define CHANGE     0x1A /* update, activate and deactivate */
#define DF_ADMIN   0x3F /* of a DF: create children, activate, deactivate and terminate */
#define DF_ALL     0x7F /* and delete */
#define EF_ALL     0x7A /* update, activate, deactivate, terminate and delete */
#define INCREASE   0x32
#define RESIZE     0xD4
#define PIN1       0x01
#define PIN2       0x81
#define ADM1       0x0A

struct rule {
    uint8_t length;
    uint8_t octets[PROFILE_RULE_SIZE];
};

#define RULE(...)                                                                                  \
    {                                                                                              \
        sizeof((const uint8_t[]){__VA_ARGS__}),                                                    \
        {                                                                                          \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }

static const struct rule mf_rules[] = {
    RULE(AM(READ), ALWAYS, AM(CHANGE), KEY(ADM1)),
    RULE(AM(READ), ALWAYS, AM(CHANGE), NEVER),
    RULE(AM(READ), ALWAYS, AM(UPDATE), KEY(PIN1), AM(ADMIN), KEY(ADM1)),
    RULE(AM(DF_ADMIN), KEY(ADM1)),
    RULE(AM(DF_ALL), KEY(ADM1)),
    RULE(AM(READ), ALWAYS, AM(EF_ALL), INS(RESIZE), KEY(ADM1), INS(INCREASE), KEY(PIN1)),
};

static const struct rule adf_rules[] = {
    RULE(AM(READ), KEY(PIN1), AM(CHANGE), KEY(ADM1)),
    RULE(AM(READ_WRITE), KEY(PIN1), AM(ADMIN), KEY(ADM1)),
    RULE(AM(READ), ALWAYS, AM(CHANGE), KEY(ADM1)),
    RULE(AM(READ), ALWAYS, AM(UPDATE), KEY(PIN1), AM(ADMIN), KEY(ADM1)),
    RULE(AM(READ), KEY(PIN1), AM(UPDATE), KEY(PIN2), AM(ADMIN), KEY(ADM1)),
    RULE(AM(DF_ADMIN), KEY(ADM1)),
    RULE(AM(READ), INS(INCREASE), KEY(PIN1), AM(EF_ALL), INS(RESIZE), KEY(ADM1)),
};

static void fill_arr(const struct uicc_profile *profile, const struct uicc_file_plan *plan,
                     unsigned number, uint8_t *out)
{
    bool mf = plan->parent == UICC_MF;
    const struct rule *rules = mf ? mf_rules : adf_rules;
    size_t count = mf ? ARRAY_LEN(mf_rules) : ARRAY_LEN(adf_rules);

    (void)profile;
    if (number <= count) {
        memcpy(out, rules[number - 1].octets, rules[number - 1].length);
    }
}

#define TR       UICC_KIND_TRANSPARENT
#define LF       UICC_KIND_LINEAR_FIXED
#define HIGH     UICC_FILE_HIGH_UPDATE
#define NO_SFI   0
#define ARR_SIZE PROFILE_RULE_SIZE
#define ARR_ROOM 10 /* records: some are free for the operator */
#define IMS      PROFILE_IMS_SIZE

static const struct uicc_file_plan files[] = {
    /* FID, kind, SFI, parent, rule, service, flags, octets, count, content */
    {UICC_FID_MF, UICC_KIND_MF, NO_SFI, UICC_MF, MF_DF, 0, 0, 0, 0, NULL},
    {0, UICC_KIND_ADF, NO_SFI, UICC_MF, MF_DF, 0, 0, 16, 1, profile_fill_aid},
    {0, UICC_KIND_ADF, NO_SFI, UICC_MF, MF_DF, 0, 0, 16, 1, profile_fill_aid},
    {0x5FC0, UICC_KIND_DF, NO_SFI, ADF, ADF_DF, 0, 0, 0, 0, NULL}, /* DF.5GS, TS 31.102 4.4.11 */
    {0x2F00, LF, 0x1E, UICC_MF, MF_READ_ALWAYS_UPDATE_ADM, 0, 0, 38, 2, profile_fill_dir},
    {0x2F05, TR, 0x05, UICC_MF, MF_READ_ALWAYS_UPDATE_PIN, 0, 0, 4, 1, NULL},
    {0x2F06, LF, 0x06, UICC_MF, MF_READ_ALWAYS_UPDATE_ADM, 0, 0, ARR_SIZE, ARR_ROOM, fill_arr},
    {0x2F08, TR, 0x08, UICC_MF, MF_READ_ALWAYS_UPDATE_ADM, 0, 0, 5, 1, profile_fill_umpc},
    {0x2FE2, TR, 0x02, UICC_MF, MF_READ_ALWAYS_UPDATE_NEVER, 0, 0, 10, 1, profile_fill_iccid},
    {0x6F05, TR, 0x02, ADF, READ_ALWAYS_UPDATE_PIN, 0, 0, 4, 1, NULL},                   /* LI */
    {0x6F06, LF, 0x17, ADF, READ_ALWAYS_UPDATE_ADM, 0, 0, ARR_SIZE, ARR_ROOM, fill_arr}, /* ARR */
    {0x6F07, TR, 0x07, ADF, READ_PIN_UPDATE_ADM, 0, 0, 9, 1, profile_fill_imsi},         /* IMSI */
    {0x6F08, TR, 0x08, ADF, READ_UPDATE_PIN, 0, HIGH, 33, 1, profile_fill_keys},         /* Keys */
    {0x6F09, TR, 0x09, ADF, READ_UPDATE_PIN, 0, HIGH, 33, 1, profile_fill_keys},   /* KeysPS */
    {0x6F31, TR, 0x12, ADF, READ_PIN_UPDATE_ADM, 0, 0, 1, 1, profile_fill_hpplmn}, /* HPPLMN */
    {0x6F38, TR, 0x04, ADF, READ_PIN_UPDATE_ADM, 0, 0, 16, 1, profile_fill_ust},   /* UST */
    {0x6F3C, LF, NO_SFI, ADF, READ_UPDATE_PIN, 10, 0, 176, 10, profile_fill_sms},  /* SMS */
    {0x6F40, LF, NO_SFI, ADF, READ_PIN_UPDATE_ADM, 21, 0, 24, 1, NULL},            /* MSISDN */
    {0x6F42, LF, NO_SFI, ADF, READ_UPDATE_PIN, 12, 0, 40, 1, NULL},                /* SMSP */
    {0x6F43, TR, NO_SFI, ADF, READ_UPDATE_PIN, 10, 0, 2, 1, NULL},                 /* SMSS */
    {PROFILE_FID_SPN, TR, NO_SFI, ADF, READ_ALWAYS_UPDATE_ADM, 19, 0, 17, 1,
     profile_fill_spn},                                                              /* SPN */
    {0x6F56, TR, 0x05, ADF, READ_PIN_UPDATE_PIN2, 34, 0, 1, 1, profile_fill_zero},   /* EST */
    {0x6F5B, TR, 0x0F, ADF, READ_UPDATE_PIN, 0, HIGH, 6, 1, profile_fill_start_hfn}, /* START-HFN */
    {0x6F5C, TR, 0x10, ADF, READ_PIN_UPDATE_ADM, 0, 0, 3, 1, NULL},                  /* THRESHOLD */
    {0x6F60, TR, 0x0A, ADF, READ_UPDATE_PIN, 20, 0, 40, 1, profile_fill_no_plmns},   /* PLMNwAcT */
    {0x6F61, TR, 0x11, ADF, READ_PIN_UPDATE_ADM, 42, 0, 40, 1,
     profile_fill_no_plmns},                                                         /* OPLMNwAcT */
    {0x6F62, TR, 0x13, ADF, READ_PIN_UPDATE_ADM, 43, 0, 15, 1, profile_fill_hplmn},  /* HPLMNwAcT */
    {0x6F73, TR, 0x0C, ADF, READ_UPDATE_PIN, 0, HIGH, 14, 1, profile_fill_psloci},   /* PSLOCI */
    {0x6F78, TR, 0x06, ADF, READ_PIN_UPDATE_ADM, 0, 0, 2, 1, profile_fill_acc},      /* ACC */
    {0x6F7B, TR, 0x0D, ADF, READ_UPDATE_PIN, 0, 0, 12, 1, NULL},                     /* FPLMN */
    {0x6F7E, TR, 0x0B, ADF, READ_UPDATE_PIN, 0, HIGH, 11, 1, profile_fill_loci},     /* LOCI */
    {0x6FAD, TR, 0x03, ADF, READ_ALWAYS_UPDATE_ADM, 0, 0, 4, 1, profile_fill_ad},    /* AD */
    {0x6FB7, LF, 0x01, ADF, READ_ALWAYS_UPDATE_ADM, 0, 0, 4, 2, profile_fill_ecc},   /* ECC */
    {0x6FC4, TR, NO_SFI, ADF, READ_UPDATE_PIN, 0, HIGH, 46, 1, NULL},                /* NETPAR */
    {0x6FD9, TR, 0x1D, ADF, READ_PIN_UPDATE_ADM, 71, 0, 12, 1, profile_fill_ehplmn}, /* EHPLMN */
    {0x6FE3, TR, 0x1E, ADF, READ_UPDATE_PIN, 85, HIGH, 18, 1, profile_fill_epsloci}, /* EPSLOCI */
    {0x6FE4, LF, 0x18, ADF, READ_UPDATE_PIN, 85, HIGH, 54, 1, NULL},                 /* EPSNSC */
    {0x4F01, TR, 0x01, N5GS, READ_UPDATE_PIN, 122, HIGH, 20, 1,
     profile_fill_fivegs_loci}, /* 5GS3GPPLOCI */
    {0x4F02, TR, 0x02, N5GS, READ_UPDATE_PIN, 122, HIGH, 20, 1,
     profile_fill_fivegs_loci},                                        /* 5GSN3GPPLOCI */
    {0x4F03, LF, 0x03, N5GS, READ_UPDATE_PIN, 122, HIGH, 62, 1, NULL}, /* 5GS3GPPNSC */
    {0x4F04, LF, 0x04, N5GS, READ_UPDATE_PIN, 122, HIGH, 62, 1, NULL}, /* 5GSN3GPPNSC */
    {0x4F05, TR, 0x05, N5GS, READ_UPDATE_PIN, 123, HIGH, 68, 1, NULL}, /* 5GAUTHKEYS */
    {0x4F06, TR, 0x06, N5GS, READ_PIN_UPDATE_ADM, 126, 0, 4, 1, profile_fill_zero}, /* UAC_AIC */
    {0x4F07, TR, 0x07, N5GS, READ_PIN_UPDATE_ADM, 124, 0, 128, 1,
     profile_fill_suci}, /* SUCI_Calc_Info */
    {0x4F0A, TR, 0x0A, N5GS, READ_PIN_UPDATE_ADM, 124, 0, 4, 1,
     profile_fill_routing}, /* Routing_Indicator */
    {0x6F02, TR, 0x02, ISIM, READ_PIN_UPDATE_ADM, 0, 0, IMS, 1,
     profile_fill_impi}, /* IMPI, TS 31.103 */
    {0x6F03, TR, 0x05, ISIM, READ_PIN_UPDATE_ADM, 0, 0, IMS, 1, profile_fill_domain}, /* DOMAIN */
    {0x6F04, LF, 0x04, ISIM, READ_PIN_UPDATE_ADM, 0, 0, IMS, 1, profile_fill_impu},   /* IMPU */
    {0x6F06, LF, 0x06, ISIM, READ_ALWAYS_UPDATE_ADM, 0, 0, ARR_SIZE, ARR_ROOM, fill_arr}, /* ARR */
    {0x6F07, TR, 0x07, ISIM, READ_PIN_UPDATE_ADM, 0, 0, 1, 1, profile_fill_zero},         /* IST */
    {0x6FAD, TR, 0x03, ISIM, READ_ALWAYS_UPDATE_ADM, 0, 0, 4, 1, profile_fill_ad},        /* AD */
};

const struct uicc_file_plan *uicc_profile_files(size_t *n)
{
    *n = ARRAY_LEN(files);
    return files;
}

bool uicc_profile_wants(const struct uicc_profile *profile, const struct uicc_file_plan *plan)
{
    return plan->fid != PROFILE_FID_SPN || profile->spn[0] != '\0';
}
