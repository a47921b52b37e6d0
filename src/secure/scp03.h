/*
 * GlobalPlatform Secure Channel Protocol 03 (Card Specification Amendment D v1.2): what the card's
 * and the machine's side share. Keys and cryptograms are made here; scp03_apdu.h protects commands
 * and responses. The two sides' procedures are uicc/scp03_card.h and machine/scp03_host.h.
 *
 * AES-128 and AES-256. S8 mode has challenges, cryptograms and MACs of 8 octets, S16 mode of 16.
 */
#ifndef MOORING_SECURE_SCP03_H
#define MOORING_SECURE_SCP03_H

#include "secure/aes_mode.h"

#define SCP03_S8  8u
#define SCP03_S16 16u

#define SCP03_SEQUENCE_MAX    0xFFFFFFu /* the sequence counter has 3 octets */
#define SCP03_AID_MAX         16u
#define SCP03_DIVERSIFICATION 10u

#define SCP03_INS_INITIALIZE_UPDATE     0x50u
#define SCP03_INS_EXTERNAL_AUTHENTICATE 0x82u
#define SCP03_CLA                       0x80u
#define SCP03_CLA_SECURE                0x84u
#define SCP03_PROTOCOL                  0x03u

/* The parameter i of Amendment D, table 5-1. That S16 mode is bit 01 is UNCONFIRMED by a second
 * source: it is sent, never relied on. */
#define SCP03_I_S16       0x01u
#define SCP03_I_PSEUDO    0x10u /* the card challenge is pseudo-random */
#define SCP03_I_R_MAC     0x20u
#define SCP03_I_R_ENC     0x40u /* only together with R-MAC */
#define SCP03_I_SUPPORTED (SCP03_I_PSEUDO | SCP03_I_R_MAC | SCP03_I_R_ENC)

/* Security level, P1 of EXTERNAL AUTHENTICATE (7.1.2.2). */
#define SCP03_C_MAC        0x01u
#define SCP03_C_DECRYPTION 0x02u
#define SCP03_R_MAC        0x10u
#define SCP03_R_ENCRYPTION 0x20u

/* The derivation constants of 4.1.5. */
enum scp03_constant {
    SCP03_CARD_CRYPTOGRAM = 0x00,
    SCP03_HOST_CRYPTOGRAM = 0x01,
    SCP03_CARD_CHALLENGE = 0x02,
    SCP03_S_ENC = 0x04,
    SCP03_S_MAC = 0x06,
    SCP03_S_RMAC = 0x07
};

enum scp03_result {
    SCP03_OK,
    SCP03_HINT,     /* a response without protection: its status word may be anybody's */
    SCP03_REFUSED,  /* not the other side's, or not in its turn: the session is over */
    SCP03_TOO_LONG, /* does not fit one APDU when protected; nothing has been changed */
    SCP03_NO_STATE, /* there is no session, or another step is due */
    SCP03_FAILED    /* the crypto port failed: the session is over */
};

/* A static key set; all keys of the same length. The owner wipes it. */
struct scp03_keys {
    struct aes_key enc;
    struct aes_key mac;
    struct aes_key dek; /* of no use to the session itself: encrypts keys in PUT KEY */
};

struct scp03_challenges {
    uint8_t host[SCP03_S16];
    uint8_t card[SCP03_S16];
    size_t length; /* of each: SCP03_S8 or SCP03_S16 */
};

/* One end of a session; the two ends are alike. Ended by scp03_session_end. */
struct scp03_session {
    struct aes_key s_enc;
    struct aes_key s_mac;
    struct aes_key s_rmac;
    uint8_t chaining[AES_BLOCK]; /* the MAC chaining value, 6.2.3 */
    uint32_t counter;            /* of commands: the encryption counter, 6.2.6 */
    uint8_t level;
    uint8_t mac_length; /* SCP03_S8 or SCP03_S16 */
};

/* True for the levels that protect anything: 01, 03, 11, 13, 33. */
bool scp03_level_valid(uint8_t level);

/*
 * The key derivation of 4.1.5 (SP 800-108 in counter mode with AES-CMAC): `length` octets (8, 16 or
 * 32) to `out` from `key`, `constant` and a context in two pieces. False if the port failed.
 */
bool scp03_derive(const struct crypto_port *crypto, const struct aes_key *key,
                  enum scp03_constant constant, const struct octets context[2], uint8_t *out,
                  size_t length);

/* Derives the session keys (6.2.1) and puts `session` at its start: chaining value and counter
 * zero, level C-MAC, as EXTERNAL AUTHENTICATE needs it. On false `session` is wiped. */
bool scp03_session_start(const struct crypto_port *crypto, const struct scp03_keys *keys,
                         const struct scp03_challenges *challenges, struct scp03_session *session);

/* EXTERNAL AUTHENTICATE has been made or accepted: from here on `level` holds and commands count
 * from 1. */
void scp03_session_open(struct scp03_session *session, uint8_t level);

/* Wipes `session`; every later use of it is refused. */
void scp03_session_end(struct scp03_session *session);

/* The card's or the host's cryptogram (6.2.2): challenges->length octets to `out`. */
bool scp03_cryptogram(const struct crypto_port *crypto, const struct scp03_session *session,
                      enum scp03_constant which, const struct scp03_challenges *challenges,
                      uint8_t out[SCP03_S16]);

/* The pseudo-random card challenge (6.2.2.1) of `length` octets: from K-ENC, the sequence counter
 * (0 to SCP03_SEQUENCE_MAX) and the AID of the application that holds the keys. */
bool scp03_card_challenge(const struct crypto_port *crypto, const struct scp03_keys *keys,
                          uint32_t sequence, struct octets aid, uint8_t *out, size_t length);

#endif
