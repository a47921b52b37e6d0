#include "support/test_card.h"

#include <stdlib.h>
#include <string.h>

#include "edge/cardfile/card_file.h"
#include "edge/openssl/openssl_crypto.h"
#include "uicc/nvm_ram.h"
#include "uicc/personalise.h"

const struct aka_credentials test_card_credentials = {
    .algorithm = AKA_MILENAGE,
    .k = {0x46, 0x5b, 0x5c, 0xe8, 0xb1, 0x99, 0xb4, 0x9f, 0xaa, 0x5f, 0x0a, 0x2e, 0xe2, 0x38, 0xa6,
          0xbc},
    .opc = {0xcd, 0x63, 0xcb, 0x71, 0x95, 0x4a, 0x9f, 0x4e, 0x48, 0xa5, 0x99, 0x4e, 0x37, 0xa0,
            0x2b, 0xaf},
};

static bool fill_profile(struct uicc_profile *profile, const char *iccid, const char *imsi,
                         struct fault *fault)
{
    memset(profile, 0, sizeof(*profile));
    profile->mnc_length = 2;
    profile->credentials = test_card_credentials;
    profile->sqn = (struct sqn_parameters){.report = SQN_REPORT_HIGHEST};
    profile->pin1_enabled = true;
    profile->access_classes = 1;
    return (iccid_parse(iccid, strlen(iccid), &profile->iccid) &&
            imsi_parse(imsi, strlen(imsi), &profile->imsi) &&
            uicc_pin_from_text(TEST_CARD_PIN1, 4, profile->pin1) &&
            uicc_pin_from_text("12345678", 8, profile->puk1) &&
            uicc_pin_from_text("5678", 4, profile->pin2) &&
            uicc_pin_from_text("87654321", 8, profile->puk2) &&
            uicc_pin_from_text("88888888", 8, profile->adm1)) ||
           fault_set(fault, "%s or %s is no identity", iccid, imsi);
}

bool test_card_create(const char *path, const char *iccid, const char *imsi, struct fault *fault)
{
    struct uicc_profile profile;
    struct uicc_nvm_ram ram;
    struct openssl_crypto crypto;
    if (!fill_profile(&profile, iccid, imsi, fault) || !openssl_crypto_init(&crypto, fault))
        return false;
    uint8_t *memory = calloc(2, UICC_IMAGE_SIZE);
    bool ok = memory != NULL || fault_set(fault, "out of memory");
    if (ok) {
        uicc_nvm_ram_init(&ram, memory, memory + UICC_IMAGE_SIZE, UICC_IMAGE_SIZE);
        ok = uicc_personalise(&ram.port, &profile) == UICC_PERSONALISE_OK ||
             fault_set(fault, "the profile cannot be personalised");
    }
    ok = ok && card_file_create(path, &crypto.port, memory, UICC_IMAGE_SIZE, fault);
    free(memory);
    openssl_crypto_free(&crypto);
    return ok;
}
