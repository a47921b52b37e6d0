/*
 * The card image: how a UICC's content lies in its non-volatile memory. All numbers are big-endian.
 *
 *     0     header: magic, layout version, where the directory and the bodies are
 *     32    security block: credentials, sequence numbers, PINs; no file and no command reaches it
 *     1024  directory: `slots` entries of 32 octets, entry 0 is the MF
 *     ...   bodies of files, with free memory between and behind them
 *
 * An image is data from outside: uicc_image_check (image_check.h) decides whether the engine
 * touches it.
 */
#ifndef MOORING_UICC_LAYOUT_H
#define MOORING_UICC_LAYOUT_H

#include <stdint.h>

/* Version 2 adds BER-TLV EFs, local PINs, files that are not shareable, and algorithms other than
 * Milenage. An image of version 1 is
 * one of version 2 without them; it becomes one when a command first changes its directory. */
#define UICC_LAYOUT_VERSION 2
#define UICC_LAYOUT_OLDEST  1
#define UICC_MAGIC_SIZE     8

/* Header. */
#define UICC_AT_MAGIC      0u
#define UICC_AT_VERSION    8u  /* 2 octets */
#define UICC_AT_SLOTS      10u /* 2 octets: entries of the directory, free ones too */
#define UICC_AT_DIRECTORY  12u /* 4 octets: offset of entry 0 */
#define UICC_AT_BODIES     16u /* 4 octets: offset of the first body */
#define UICC_AT_BODIES_END 20u /* 4 octets: behind the last body */
#define UICC_HEADER_SIZE   32u

/* Security block. K and OPc have room for TUAK's 256-bit K and TOPc. */
#define UICC_AT_ALGORITHM  32u  /* 1 octet: enum aka_algorithm */
#define UICC_AT_SQN_REPORT 33u  /* 1 octet: enum sqn_report */
#define UICC_AT_K_LENGTH   34u  /* 1 octet: of K, for TUAK; these three are 0 for the others */
#define UICC_AT_RES_LENGTH 35u  /* 1 octet: of RES, for TUAK */
#define UICC_AT_ITERATIONS 36u  /* 1 octet: of Keccak, for TUAK */
#define UICC_AT_K          40u  /* 32 octets */
#define UICC_AT_OPC        72u  /* 32 octets */
#define UICC_AT_SQN_DELTA  104u /* 8 octets */
#define UICC_AT_SQN_AGE    112u /* 8 octets */
#define UICC_AT_SQN        120u /* 32 SEQ_MS of 8 octets */
#define UICC_AT_PINS       376u
#define UICC_PIN_SLOTS     8u
#define UICC_PIN_SLOT_SIZE 32u
#define UICC_SECURITY_END  1024u

/* A PIN's slot; a reference of 0 means that the slot is free. */
#define UICC_PIN_AT_REFERENCE 0u
#define UICC_PIN_AT_FLAGS     1u
#define UICC_PIN_AT_TRIES     2u /* left */
#define UICC_PIN_AT_TRIES_MAX 3u
#define UICC_PIN_AT_PUK_TRIES 4u /* left */
#define UICC_PIN_AT_PUK_MAX   5u /* 0: this PIN has no PUK */
#define UICC_PIN_AT_SCOPE     6u /* local to the ADF with this directory index; 0: to none */
#define UICC_PIN_AT_VALUE     8u
#define UICC_PIN_AT_PUK       16u

#define UICC_PIN_SIZE       8u
#define UICC_PIN_ENABLED    0x01u /* flags */
#define UICC_PIN_CAN_SWITCH 0x02u /* DISABLE and ENABLE PIN are allowed */
#define UICC_PIN_DIGITS     0x04u /* new values must be 4 to 8 digits padded with FF */
#define UICC_PIN_REPLACED   0x08u /* while disabled: the universal PIN stands for it */

/* Directory. */
#define UICC_SLOTS_MAX   250u
#define UICC_ENTRY_SIZE  32u
#define UICC_DEPTH_MAX   8u /* DFs from an EF up to the MF */
#define UICC_NO_FILE     0xFFFFu
#define UICC_MF          0u
#define UICC_AID_MIN     5u
#define UICC_AID_MAX     16u
#define UICC_SFI_MAX     30u
#define UICC_BODY_MAX    0xFFFFu /* TS 102 221 11.1.1.4.1: two octets of file size */
#define UICC_RECORDS_MAX 254u

#define UICC_FID_MF          0x3F00u
#define UICC_FID_CURRENT_ADF 0x7FFFu
#define UICC_FID_PATH        0x3FFFu /* reserved, ISO/IEC 7816-4 */
#define UICC_FID_RFU         0xFFFFu /* reserved, ISO/IEC 7816-4 */

enum uicc_file_kind {
    UICC_KIND_FREE = 0,
    UICC_KIND_MF = 1,
    UICC_KIND_DF = 2,
    UICC_KIND_ADF = 3, /* its body is the AID; it has no file identifier */
    UICC_KIND_TRANSPARENT = 4,
    UICC_KIND_LINEAR_FIXED = 5,
    UICC_KIND_CYCLIC = 6,
    UICC_KIND_BER_TLV = 7
};

/* TS 102 221 11.1.1.4.9, as in the FCP. */
#define UICC_LIFE_INITIALISED 0x03u /* created, not activated yet; access rules hold already */
#define UICC_LIFE_ACTIVATED   0x05u
#define UICC_LIFE_DEACTIVATED 0x04u
#define UICC_LIFE_TERMINATED  0x0Cu

/* Flags of a file. */
#define UICC_FILE_HIGH_UPDATE   0x01u /* high update activity, C0 of the FCP */
#define UICC_FILE_NOT_SHAREABLE 0x02u /* current on one logical channel at a time */
#define UICC_FILE_ALWAYS_USABLE 0x04u /* read and updated while deactivated, C0 of the FCP */

/* A directory entry, decoded. */
struct uicc_file {
    uint16_t fid;
    uint16_t parent; /* index of the DF that holds it; UICC_NO_FILE for the MF */
    enum uicc_file_kind kind;
    uint8_t life_cycle;
    uint8_t sfi; /* 0: none */
    uint8_t flags;
    uint16_t arr_fid; /* the EF_ARR and the record that hold the access rule */
    uint8_t arr_record;
    uint8_t record_length;
    uint8_t record_count;
    uint8_t first_record; /* cyclic: where record number 1 lies, from 0 */
    uint32_t body;        /* offset in the memory */
    uint32_t size;        /* octets of the body */
    uint32_t used;        /* BER-TLV: octets of the body that hold objects */
};

/* An entry to and from its UICC_ENTRY_SIZE octets. Decoding takes any octets: the kind may be none
 * of the enumeration then. */
void uicc_entry_decode(const uint8_t octets[UICC_ENTRY_SIZE], struct uicc_file *out);
void uicc_entry_encode(const struct uicc_file *file, uint8_t octets[UICC_ENTRY_SIZE]);

/* The eight octets at the start of an image. */
extern const uint8_t uicc_magic[UICC_MAGIC_SIZE];

#endif
