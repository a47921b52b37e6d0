/*
 * Personalisation: makes the image of one subscriber's UICC in a memory. Pure; the caller brings
 * keys and PINs, and wipes them.
 */
#ifndef MOORING_UICC_PERSONALISE_H
#define MOORING_UICC_PERSONALISE_H

#include <stdbool.h>
#include <stdint.h>

#include "aka/credentials.h"
#include "aka/sqn.h"
#include "codec/identity.h"
#include "uicc/nvm.h"

#define UICC_IMAGE_SIZE                                                                            \
    16384u /* a usual size of the memory: the files and room to create others                      \
            */
#define UICC_PIN_OCTETS 8u
#define UICC_SPN_MAX    16u
#define UICC_MORE_ADMS  4u /* ADM2 to ADM5 */

/* What makes a UICC this subscriber's. Holds secrets: wipe with bytes_wipe after use. */
struct uicc_profile {
    struct iccid iccid;
    struct imsi imsi;
    uint8_t mnc_length; /* 2 or 3 */
    struct aka_credentials credentials;
    struct sqn_parameters sqn;
    /* PINs as VERIFY sends them: ASCII digits padded with FF (uicc_pin_from_text). */
    uint8_t pin1[UICC_PIN_OCTETS];
    uint8_t puk1[UICC_PIN_OCTETS];
    uint8_t pin2[UICC_PIN_OCTETS];
    uint8_t puk2[UICC_PIN_OCTETS];
    uint8_t adm1[UICC_PIN_OCTETS]; /* any octets */
    bool pin1_enabled;             /* false for most machines: nobody is there to type it */
    char spn[UICC_SPN_MAX + 1];    /* service provider name in ASCII; empty: no such service */
    uint16_t access_classes;       /* EF_ACC, TS 31.102 4.2.15: bit n is class n; one of 0 to 9 */

    /* What a card may have besides; all zero: it has not. */
    bool has_universal_pin; /* key reference 11, TS 102 221 9.4.1 */
    uint8_t universal_pin[UICC_PIN_OCTETS];
    uint8_t universal_puk[UICC_PIN_OCTETS];
    uint8_t more_adms; /* 0 to UICC_MORE_ADMS: how many of ADM2 and on */
    uint8_t adm[UICC_MORE_ADMS][UICC_PIN_OCTETS];
};

enum uicc_personalise_result {
    UICC_PERSONALISE_OK,
    UICC_PERSONALISE_INVALID,     /* a member of the profile is not what its comment says */
    UICC_PERSONALISE_TOO_SMALL,   /* the memory is too small for the files */
    UICC_PERSONALISE_MEMORY_ERROR /* the port failed */
};

/* Overwrites the memory with a new image and commits it; on any other result than OK what was
 * committed before still stands. SEQ_MS is 0 in every slot. */
enum uicc_personalise_result uicc_personalise(const struct uicc_nvm *nvm,
                                              const struct uicc_profile *profile);

/* Writes a PIN of 4 to 8 digits as 8 octets, padded with FF (TS 102 221 9.5.1). False if the `n`
 * characters at `digits` are no PIN. */
bool uicc_pin_from_text(const char *digits, size_t n, uint8_t out[UICC_PIN_OCTETS]);

#endif
