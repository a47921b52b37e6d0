/*
 * SCP03 on the card (GlobalPlatform Card Specification Amendment D v1.2): INITIALIZE UPDATE,
 * EXTERNAL AUTHENTICATE and the commands of the session, as functions over structs of the caller's.
 *
 * A session ends at a reset, at any INITIALIZE UPDATE, and at the first command that is not the
 * host's next one. Tries are counted in memory that lasts, and cost more and more:
 *
 * Each INITIALIZE UPDATE that is answered counts as a try before the static keys are touched, and
 * only an EXTERNAL AUTHENTICATE that is right takes the count back. So it is not only guesses that
 * are counted but also starts that are given up: these yield cryptograms and side channel traces
 * of the static keys, which is all that an attacker can hope for with keys of 128 bits. A card has
 * no clock, and time without power is free to an attacker; so the delay is a number of commands:
 * after n tries in a row the next delay(n) INITIALIZE UPDATEs are refused with 6985, before any
 * cryptography, and each refusal is durable before it is answered. delay(n) is 0 for the first
 * SCP03_FREE_TRIES tries (a machine that loses power between two commands is no attacker), then 1,
 * 3, 7 and so on up to SCP03_REFUSALS_MAX. It stops growing there so that the machine of the card
 * can always get back in by trying again, which is a matter of seconds for it; an attacker pays the
 * same for each trace, and never gets what the machine has: a try that succeeds.
 */
#ifndef MOORING_UICC_SCP03_CARD_H
#define MOORING_UICC_SCP03_CARD_H

#include "codec/apdu.h"
#include "secure/scp03_apdu.h"

#define SCP03_FREE_TRIES   4u
#define SCP03_REFUSALS_MAX 1023u
#define SCP03_SW_NOT_AUTH  0x6300u /* authentication of the host cryptogram failed, table 7-10 */

/* What must last, one for each key set. All zero for a new key set. */
struct scp03_record {
    uint32_t sequence; /* of the last pseudo-random challenge; never goes back */
    uint16_t refusals; /* INITIALIZE UPDATEs still to be refused */
    uint8_t failures;  /* tries since the last success, up to 255 */
};

/* The memory of the record. `store` is true only when all of it is durable at once; false leaves
 * the old one. */
struct scp03_store {
    void *ctx;
    bool (*load)(void *ctx, struct scp03_record *record);
    bool (*store)(void *ctx, const struct scp03_record *record);
};

/* A key set with what belongs to it. Everything it points to is the caller's. */
struct scp03_domain {
    const struct scp03_keys *keys;
    const struct scp03_store *store;
    uint8_t key_version;                            /* 01 to 7F; SCP03 uses 30 to 3F */
    uint8_t mac_length;                             /* SCP03_S8 or SCP03_S16 */
    uint8_t level_required;                         /* bits that every session must have */
    uint8_t diversification[SCP03_DIVERSIFICATION]; /* key diversification data, told to all */
    struct octets aid; /* of the application that holds the keys, up to SCP03_AID_MAX */
};

enum scp03_card_state {
    SCP03_CARD_IDLE,
    SCP03_CARD_CHALLENGED, /* INITIALIZE UPDATE has been answered */
    SCP03_CARD_OPEN
};

/* The volatile state. All zero is a card without a session. */
struct scp03_card {
    enum scp03_card_state state;
    struct scp03_challenges challenges;
    struct scp03_session session;
};

/* Refusals that follow the `failures`-th try in a row. */
uint16_t scp03_delay(uint8_t failures);

/* Ends the session, if there is one: at a reset, or when the keys change. */
void scp03_card_end(struct scp03_card *card);

/*
 * INITIALIZE UPDATE (7.1.1). Returns the status word; with 9000 `response` (SCP03_RESPONSE_MAX
 * octets) holds *length octets of data, else *length is 0. 6985: refused by the delay, or the
 * sequence counter has run out (the key set must be replaced); 6A88: no such key version; 6581: the
 * record could not be read or made durable.
 */
uint16_t scp03_card_initialize_update(struct scp03_card *card, const struct crypto_port *crypto,
                                      const struct scp03_domain *domain,
                                      const struct apdu_command *command, uint8_t *response,
                                      size_t *length);

/*
 * EXTERNAL AUTHENTICATE (7.1.2): opens the session at the level in P1. Returns the status word:
 * 9000; 6300 wrong cryptogram; 6982 wrong MAC; 6985 no INITIALIZE UPDATE before; 6A86 a level that
 * is none, or is less than the domain requires; 6700; 6581. Everything but 9000 ends the session.
 */
uint16_t scp03_card_external_authenticate(struct scp03_card *card, const struct crypto_port *crypto,
                                          const struct scp03_domain *domain,
                                          const struct apdu_command *command);

/*
 * A command of the session. With 9000 `plain` is what the host asked for, its data in `buffer`
 * (SCP03_DATA_MAX octets; the caller wipes it); perform it and answer through
 * scp03_card_response. 6982: no session, or a command that is not the host's next one (without
 * secure messaging, wrong MAC or padding): the session is over. 6F00: cryptography failed.
 */
uint16_t scp03_card_command(struct scp03_card *card, const struct crypto_port *crypto,
                            const struct apdu_command *command, uint8_t *buffer,
                            struct apdu_command *plain);

/*
 * Protects the response to the last command: `length` octets of `data` (not more than
 * scp03_response_max of the session) and `sw`; the data field to `out` (SCP03_RESPONSE_MAX octets,
 * may be `data`), its size to *out_length. Returns the status word to send: `sw`, or 6F00 with
 * nothing and the session ended.
 */
uint16_t scp03_card_response(struct scp03_card *card, const struct crypto_port *crypto,
                             const uint8_t *data, size_t length, uint16_t sw, uint8_t *out,
                             size_t *out_length);

#endif
