/* A card in RAM for the property tests, and one operation done with it. */
#ifndef MOORING_TESTS_PROPERTY_CARD_SESSION_H
#define MOORING_TESTS_PROPERTY_CARD_SESSION_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "card_op.h"
#include "edge/openssl/openssl_crypto.h"
#include "uicc/card.h"
#include "uicc/nvm_ram.h"
#include "uicc/personalise.h"

struct card_session {
    uint8_t committed[UICC_IMAGE_SIZE];
    uint8_t working[UICC_IMAGE_SIZE];
    struct uicc_nvm_ram ram;
    struct uicc_nvm nvm; /* what the card uses; session_init makes it ram.port */
    struct uicc_card card;
    struct openssl_crypto crypto;
    struct uicc_profile profile;
    uint8_t response[UICC_RESPONSE_MAX];
    size_t length; /* of its data */
};

/* Opens the crypto library and fills the profile; session_personalise makes the new card, with
 * EF_ARR record OP_RULE_PIN1, and powers it up. */
void session_init(struct card_session *session);
void session_free(struct card_session *session);
void session_personalise(struct card_session *session);

/* Powers the card up with what is committed. */
void session_power_up(struct card_session *session);

/* Sends octets; the status word. */
uint16_t session_send(struct card_session *session, const uint8_t *command, size_t n);

/* Does the operation as a terminal would, GET RESPONSE included; the status word. `pin` is the
 * present value of the PIN that it needs. */
uint16_t session_do(struct card_session *session, const struct card_op *op, const uint8_t pin[8]);

/* The seed of this run, printed: MOORING_SEED, or one from the clock. */
uint64_t session_seed(void);

#endif
