/*
 * SCP03 on the machine (GlobalPlatform Card Specification Amendment D v1.2): starts a session with
 * the card and protects the commands of it. Pure: it makes and takes APDUs, somebody else carries
 * them. The transport fetches whole responses (61XX, GET RESPONSE) before they are opened here.
 */
#ifndef MOORING_MACHINE_SCP03_HOST_H
#define MOORING_MACHINE_SCP03_HOST_H

#include "codec/apdu.h"
#include "secure/scp03_apdu.h"

enum scp03_host_state {
    SCP03_HOST_IDLE,
    SCP03_HOST_ASKED,         /* INITIALIZE UPDATE has been made */
    SCP03_HOST_AUTHENTICATED, /* EXTERNAL AUTHENTICATE has been made: its answer is awaited */
    SCP03_HOST_OPEN,
    SCP03_HOST_AWAITING /* a command has been made: its response is awaited */
};

/* All zero is no session. `sequence` may be read after scp03_host_authenticate. */
struct scp03_host {
    enum scp03_host_state state;
    uint8_t key_version; /* asked for; 0 leaves it to the card */
    uint8_t level;
    uint32_t sequence; /* the card's sequence counter; 0 if its challenge is not pseudo-random */
    struct scp03_challenges challenges;
    struct scp03_session session;
};

/* INITIALIZE UPDATE's response data (7.1.1.6) taken apart. Nothing of it is authentic until
 * scp03_host_authenticate has said so of it, and then only challenges and sequence. */
struct scp03_card_answer {
    uint8_t diversification[SCP03_DIVERSIFICATION]; /* tells the owner of many cards which keys */
    uint8_t key_version;
    uint8_t parameter_i;
    const uint8_t *challenge;
    const uint8_t *cryptogram;
    bool has_sequence;
    uint32_t sequence;
};

/* Takes `length` octets of response data (without status word) apart; `mac_length` is SCP03_S8 or
 * SCP03_S16. False if they are no SCP03 answer of that mode. `out` points into `data`. */
bool scp03_card_answer_parse(const uint8_t *data, size_t length, uint8_t mac_length,
                             struct scp03_card_answer *out);

/* Ends the session, if there is one, and wipes its keys: at the card's reset or removal, too. */
void scp03_host_end(struct scp03_host *host);

/*
 * Begins anew: draws a challenge of `mac_length` (SCP03_S8, SCP03_S16) octets and makes INITIALIZE
 * UPDATE for `key_version` (0: the card's first), to `out` (APDU_MAX octets), its size to
 * *out_length. SCP03_OK or SCP03_FAILED.
 */
enum scp03_result scp03_host_initialize(struct scp03_host *host, const struct crypto_port *crypto,
                                        uint8_t key_version, uint8_t mac_length, uint8_t *out,
                                        size_t *out_length);

/*
 * Checks the card's answer to INITIALIZE UPDATE (`length` octets without status word) and makes
 * EXTERNAL AUTHENTICATE for `level`. With `aid` (length > 0) the card's challenge must be the
 * pseudo-random one of that application: then host->sequence is authentic, and a caller that keeps
 * the highest one seen finds a card whose memory has been set back, or a copy of it.
 * SCP03_REFUSED: the card does not hold the keys, or does not support the level.
 */
enum scp03_result scp03_host_authenticate(struct scp03_host *host, const struct crypto_port *crypto,
                                          const struct scp03_keys *keys, uint8_t level,
                                          struct octets aid, const uint8_t *data, size_t length,
                                          uint8_t *out, size_t *out_length);

/* Takes EXTERNAL AUTHENTICATE's status word: with 9000 and no data the session is open. */
enum scp03_result scp03_host_opened(struct scp03_host *host, size_t data_length, uint16_t sw);

/* Protects the next command (CLA 0X or 8X, basic channel): to `out` (APDU_MAX octets), its size to
 * *out_length. Each command must have had its response before the next. */
enum scp03_result scp03_host_command(struct scp03_host *host, const struct crypto_port *crypto,
                                     const struct apdu_command *plain, uint8_t *out,
                                     size_t *out_length);

/* Opens the response to the last command; as scp03_response_unwrap says. */
enum scp03_result scp03_host_response(struct scp03_host *host, const struct crypto_port *crypto,
                                      const uint8_t *data, size_t length, uint16_t sw, uint8_t *out,
                                      size_t *out_length);

#endif
