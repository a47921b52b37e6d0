#include "uicc/security.h"

#include "base/bytes.h"
#include "uicc/layout.h"
#include "uicc/memory.h"

bool uicc_credentials_read(struct uicc_card *card, struct aka_credentials *out)
{
    out->algorithm = (enum aka_algorithm)uicc_read_u8(card, UICC_AT_ALGORITHM);
    out->k_len = uicc_read_u8(card, UICC_AT_K_LENGTH);
    out->res_len = uicc_read_u8(card, UICC_AT_RES_LENGTH);
    out->iterations = uicc_read_u8(card, UICC_AT_ITERATIONS);
    (void)uicc_read(card, UICC_AT_K, out->k, sizeof out->k);
    (void)uicc_read(card, UICC_AT_OPC, out->opc, sizeof out->opc);
    return !card->memory_failed;
}

bool uicc_sqn_read(struct uicc_card *card, struct sqn_array *array,
                   struct sqn_parameters *parameters)
{
    uint8_t octets[SQN_IND_COUNT * 8];

    (void)uicc_read(card, UICC_AT_SQN, octets, sizeof octets);
    for (unsigned i = 0; i < SQN_IND_COUNT; i++) {
        array->seq[i] = be64_get(octets + (size_t)i * 8);
    }
    (void)uicc_read(card, UICC_AT_SQN_DELTA, octets, 16);
    parameters->delta = be64_get(octets);
    parameters->age_limit = be64_get(octets + 8);
    parameters->report = (enum sqn_report)uicc_read_u8(card, UICC_AT_SQN_REPORT);
    return !card->memory_failed;
}

bool uicc_sqn_store(struct uicc_card *card, const struct sqn_array *array, uint8_t ind)
{
    uint8_t octets[8];

    be64_put(octets, array->seq[ind]);
    return uicc_write(card, UICC_AT_SQN + ind * 8u, octets, sizeof octets) && uicc_commit(card);
}
