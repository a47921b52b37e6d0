/* A machine and a card that share SCP03 keys, for tests: what goes between them can be touched. */
#ifndef MOORING_TESTS_SUPPORT_SCP03_PAIR_H
#define MOORING_TESTS_SUPPORT_SCP03_PAIR_H

#include "machine/scp03_host.h"
#include "uicc/scp03_card.h"

struct scp03_pair {
    const struct crypto_port *crypto;
    struct scp03_keys keys;
    struct scp03_record record; /* the card's durable memory */
    int stores_left;            /* writes that still succeed; negative: all */
    struct scp03_store store;
    struct scp03_domain domain;
    struct scp03_card card;
    struct scp03_host host;
};

/* A command or a response on its way. */
struct scp03_wire {
    uint8_t octets[APDU_MAX];
    size_t length;
    uint16_t sw; /* of a response */
};

/* Makes a pair with keys of `key_length` octets that depend on `seed`. `pair` must not be moved. */
void scp03_pair_init(struct scp03_pair *pair, const struct crypto_port *crypto, size_t key_length,
                     uint8_t mac_length, uint8_t seed);

/* The card's power is cut and comes back: only the record is left. */
void scp03_pair_power_cycle(struct scp03_pair *pair);

/* The card takes INITIALIZE UPDATE or EXTERNAL AUTHENTICATE as it came over the wire. An APDU that
 * does not parse has the status word 6700 and leaves the card alone, as in the dispatcher. */
void scp03_pair_initialize(struct scp03_pair *pair, const struct scp03_wire *command,
                           struct scp03_wire *response);
void scp03_pair_authenticate(struct scp03_pair *pair, const struct scp03_wire *command,
                             struct scp03_wire *response);

/* The whole start at `level`; true if both ends have a session. */
bool scp03_pair_open(struct scp03_pair *pair, uint8_t level);

#endif
