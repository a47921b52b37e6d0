/*
 * Secured packets for remote management over SMS: ETSI TS 102 225 (structure and security), 3GPP TS
 * 31.115 (SMS headers). Both sides: the operator builds command packets and opens response packets
 * (proofs of receipt, PoR), the card the other way round.
 *
 * Only AES is served: AES-CBC for ciphering, AES-CMAC cut to 8 octets as cryptographic checksum
 * (CC), keys of 16 or 32 octets. DES in all its forms, redundancy checks (CRC) and packets without
 * CC are refused: a checksum that anybody can make protects nothing, and the DES kinds have been
 * broken in the field. Text of the standards was not at hand for everything; layouts are checked
 * against the AES packets of tests/vectors/ota.json.
 *
 * A packet here begins at CPL or RPL, after the SMS user data header (ota_sms.h).
 */
#ifndef MOORING_SECURE_OTA_PACKET_H
#define MOORING_SECURE_OTA_PACKET_H

#include "secure/aes_mode.h"

#define OTA_PACKET_MAX   1070u /* 8 concatenated messages: 132 and 7 times 134 octets */
#define OTA_CC_SIZE      8u
#define OTA_TAR_SIZE     3u
#define OTA_COUNTER_SIZE 5u
#define OTA_COUNTER_MAX  UINT64_C(0xFFFFFFFFFF)

/* SPI, first octet: what protects the command (TS 102 225 5.1.1). */
#define OTA_SPI_CC             0x02u
#define OTA_SPI_INTEGRITY      0x03u /* the field: 00 none, 01 RC, 02 CC, 03 DS */
#define OTA_SPI_CIPHERED       0x04u
#define OTA_SPI_COUNTER        0x18u /* the field */
#define OTA_SPI_COUNTER_NONE   0x00u
#define OTA_SPI_COUNTER_SHOWN  0x08u
#define OTA_SPI_COUNTER_HIGHER 0x10u
#define OTA_SPI_COUNTER_NEXT   0x18u
#define OTA_SPI_RFU            0xE0u

/* SPI, second octet: the PoR that is asked for. */
#define OTA_POR_WANTED    0x03u /* the field: 00 none, 01 always, 02 only on error */
#define OTA_POR_ALWAYS    0x01u
#define OTA_POR_ON_ERROR  0x02u
#define OTA_POR_INTEGRITY 0x0Cu /* the field, as in the first octet */
#define OTA_POR_CC        0x08u
#define OTA_POR_CIPHERED  0x10u
#define OTA_POR_BY_SUBMIT 0x20u /* by SMS-SUBMIT; else in the SMS-DELIVER-REPORT */
#define OTA_POR_RFU       0xC0u

/* KIc and KID: key set number above, algorithm below (TS 102 225 5.1.2, 5.1.3). */
#define OTA_ALGORITHM     0x0Fu /* the field */
#define OTA_ALGORITHM_AES 0x02u

/* Status codes of a response packet, TS 102 225 table 5. */
enum ota_status {
    OTA_POR_OK = 0x00,
    OTA_CC_FAILED = 0x01,
    OTA_COUNTER_LOW = 0x02,
    OTA_COUNTER_HIGH = 0x03,
    OTA_COUNTER_BLOCKED = 0x04,
    OTA_CIPHERING_ERROR = 0x05,
    OTA_UNIDENTIFIED = 0x06, /* unidentified security error: also of a packet that is none */
    OTA_NO_MEMORY = 0x07,
    OTA_MORE_TIME = 0x08,
    OTA_TAR_UNKNOWN = 0x09,
    OTA_INSUFFICIENT_SECURITY = 0x0A,
    OTA_DATA_BY_SUBMIT = 0x0B,
    OTA_DATA_BY_USSD = 0x0C
};

/* A key set: ciphering and checksum key, and its number (1 to 15). The owner wipes it. */
struct ota_keys {
    struct aes_key kic;
    struct aes_key kid;
    uint8_t number;
};

/* A command packet's header and content. */
struct ota_command {
    uint8_t spi[2];
    uint8_t kic;
    uint8_t kid;
    uint8_t tar[OTA_TAR_SIZE];
    uint64_t counter; /* CNTR, 40 bits */
    const uint8_t *data;
    size_t length;
};

/* What a security domain demands and what it has seen. */
struct ota_policy {
    uint8_t minimum;  /* as SPI's first octet: minimum security level; 16 is the sound one */
    uint64_t counter; /* the last one accepted */
};

/*
 * Operator: protects `command` (its spi[0] with CC; kic and kid are set from `keys`) as a packet:
 * to `out`, at most `capacity` octets; the size is returned, 0 if the fields or sizes cannot be or
 * the port failed. `command->data` may not overlap `out`.
 */
size_t ota_command_build(const struct crypto_port *crypto, const struct ota_keys *keys,
                         const struct ota_command *command, uint8_t *out, size_t capacity);

/* Card: reads what is in the clear, to find key set and counter: spi, kic, kid, tar; the rest of
 * `out` is empty. Nothing is authentic yet. False if it is no command packet of `length` octets. */
bool ota_command_peek(const uint8_t *packet, size_t length, struct ota_command *out);

/*
 * Card: opens a command packet. The caller has peeked, found its domain by TAR, and hands over that
 * domain's keys and policy. `plain` has room for `length` octets; with OTA_POR_OK, out->data points
 * into it, and the caller makes out->counter durable as the policy's new one before it acts upon
 * the data.
 *
 * *authentic tells whether the CC was right: it is then the operator's packet, though perhaps an
 * old one (OTA_COUNTER_LOW and so on). While it is false nothing but the peeked fields is in `out`,
 * and no protected PoR may be made: see ota_por_wanted.
 *
 * Counter (5.1.4): with OTA_SPI_COUNTER_HIGHER strictly higher than the policy's, with
 * OTA_SPI_COUNTER_NEXT exactly one higher; a policy counter at OTA_COUNTER_MAX blocks the domain.
 */
enum ota_status ota_command_open(const struct crypto_port *crypto, const struct ota_keys *keys,
                                 const struct ota_policy *policy, const uint8_t *packet,
                                 size_t length, uint8_t *plain, struct ota_command *out,
                                 bool *authentic);

/* Card: whether a PoR with `status` is to be sent. Never for a command that is not authentic: a
 * card that answers anybody, under its keys, is an oracle, and one that answers at all tells that
 * it is there and can be made to send messages. */
bool ota_por_wanted(const struct ota_command *command, bool authentic, enum ota_status status);

struct ota_response {
    uint8_t tar[OTA_TAR_SIZE];
    uint64_t counter;
    uint8_t status; /* enum ota_status, or a value this version does not know */
    const uint8_t *data;
    size_t length;
};

/* Card: makes the response packet to an authentic `command`, protected as its spi[1] says (with CC
 * or not, ciphered or not), with `status` and `length` octets of additional data. To `out`; the
 * size is returned, 0 on failure or if the PoR's form is not served (RC, DS, ciphered without CC).
 */
size_t ota_response_build(const struct crypto_port *crypto, const struct ota_keys *keys,
                          const struct ota_command *command, enum ota_status status,
                          const uint8_t *data, size_t length, uint8_t *out, size_t capacity);

enum ota_response_result {
    OTA_RESPONSE_OK,      /* the card's answer to this command */
    OTA_RESPONSE_HINT,    /* unprotected, as the command asked: anybody's, perhaps */
    OTA_RESPONSE_REFUSED, /* forged, garbled, another command's, or less protected than asked */
    OTA_RESPONSE_FAILED   /* the crypto port failed */
};

/* Operator: opens the response packet to `command` (with the fields that were sent: spi, tar,
 * counter). `plain` has room for `length` octets; out->data points into it. */
enum ota_response_result ota_response_open(const struct crypto_port *crypto,
                                           const struct ota_keys *keys,
                                           const struct ota_command *command, const uint8_t *packet,
                                           size_t length, uint8_t *plain, struct ota_response *out);

#endif
