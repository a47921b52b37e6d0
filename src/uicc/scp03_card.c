#include "uicc/scp03_card.h"

#include "base/bytes.h"
#include "uicc/status_words.h"

#define REFUSAL_BITS 10u /* SCP03_REFUSALS_MAX is 2^10 - 1 */

uint16_t scp03_delay(uint8_t failures)
{
    unsigned bits = failures > SCP03_FREE_TRIES ? failures - SCP03_FREE_TRIES : 0;

    return (uint16_t)((1u << (bits < REFUSAL_BITS ? bits : REFUSAL_BITS)) - 1u);
}

void scp03_card_end(struct scp03_card *card)
{
    bytes_wipe(card, sizeof *card);
}

static uint16_t end_with(struct scp03_card *card, uint16_t sw)
{
    scp03_card_end(card);
    return sw;
}

/* Counts this try, or this refusal, durably: 9000 if the try may go on, with its sequence counter
 * in *sequence. A record that holds more refusals than the delay ever gives is damaged memory: it
 * must not lock the card's own machine out for longer. */
static uint16_t count_try(const struct scp03_store *store, uint32_t *sequence)
{
    struct scp03_record record;

    if (!store->load(store->ctx, &record)) {
        return SW_MEMORY_PROBLEM;
    }
    if (record.refusals > 0) {
        record.refusals = record.refusals > SCP03_REFUSALS_MAX ? SCP03_REFUSALS_MAX
                                                               : (uint16_t)(record.refusals - 1u);
        return store->store(store->ctx, &record) ? SW_CONDITIONS : SW_MEMORY_PROBLEM;
    }
    if (record.sequence >= SCP03_SEQUENCE_MAX) {
        return SW_CONDITIONS;
    }
    record.sequence++;
    if (record.failures < UINT8_MAX) {
        record.failures++;
    }
    record.refusals = scp03_delay(record.failures);
    *sequence = record.sequence;
    return store->store(store->ctx, &record) ? SW_OK : SW_MEMORY_PROBLEM;
}

/* 7.1.1.6, table 7-3 of the response data. */
static size_t put_response(const struct scp03_card *card, const struct scp03_domain *domain,
                           uint32_t sequence, const uint8_t *cryptogram, uint8_t *response)
{
    size_t size = card->challenges.length;
    uint8_t *at = response;

    memcpy(at, domain->diversification, SCP03_DIVERSIFICATION);
    at += SCP03_DIVERSIFICATION;
    *at++ = domain->key_version;
    *at++ = SCP03_PROTOCOL;
    *at++ = (uint8_t)(SCP03_I_SUPPORTED | (size == SCP03_S16 ? SCP03_I_S16 : 0u));
    memcpy(at, card->challenges.card, size);
    at += size;
    memcpy(at, cryptogram, size);
    at += size;
    be24_put(at, sequence);
    return (size_t)(at + 3 - response);
}

static uint16_t check_initialize_update(const struct scp03_domain *domain,
                                        const struct apdu_command *command)
{
    if (command->cla != SCP03_CLA || command->ins != SCP03_INS_INITIALIZE_UPDATE) {
        return SW_UNKNOWN_CLA;
    }
    if (command->lc != domain->mac_length) {
        return SW_WRONG_LENGTH;
    }
    if (command->p2 != 0) {
        return SW_WRONG_P1_P2;
    }
    return command->p1 == 0 || command->p1 == domain->key_version ? SW_OK : SW_NO_REFERENCE;
}

uint16_t scp03_card_initialize_update(struct scp03_card *card, const struct crypto_port *crypto,
                                      const struct scp03_domain *domain,
                                      const struct apdu_command *command, uint8_t *response,
                                      size_t *length)
{
    uint32_t sequence = 0;
    uint8_t cryptogram[SCP03_S16];

    scp03_card_end(card);
    *length = 0;
    uint16_t sw = check_initialize_update(domain, command);
    if (sw == SW_OK) {
        sw = count_try(domain->store, &sequence);
    }
    if (sw != SW_OK) {
        return sw;
    }
    card->challenges.length = domain->mac_length;
    memcpy(card->challenges.host, command->data, command->lc);
    if (!scp03_card_challenge(crypto, domain->keys, sequence, domain->aid, card->challenges.card,
                              domain->mac_length) ||
        !scp03_session_start(crypto, domain->keys, &card->challenges, &card->session) ||
        !scp03_cryptogram(crypto, &card->session, SCP03_CARD_CRYPTOGRAM, &card->challenges,
                          cryptogram)) {
        return end_with(card, SW_TECHNICAL);
    }
    card->state = SCP03_CARD_CHALLENGED;
    *length = put_response(card, domain, sequence, cryptogram, response);
    return SW_OK;
}

static uint16_t status_of(enum scp03_result result)
{
    return result == SCP03_OK ? SW_OK : result == SCP03_FAILED ? SW_TECHNICAL : SW_SECURITY_STATUS;
}

/* 6.2.2.3: the host's cryptogram is what the session keys say. */
static uint16_t check_cryptogram(const struct scp03_card *card, const struct crypto_port *crypto,
                                 const struct apdu_command *plain)
{
    uint8_t expected[SCP03_S16];
    uint16_t sw = SCP03_SW_NOT_AUTH;

    if (!scp03_cryptogram(crypto, &card->session, SCP03_HOST_CRYPTOGRAM, &card->challenges,
                          expected)) {
        sw = SW_TECHNICAL;
    } else if (bytes_equal_ct(expected, plain->data, card->challenges.length)) {
        sw = SW_OK;
    }
    bytes_wipe(expected, sizeof expected);
    return sw;
}

/* The try has succeeded: the count goes back before the session opens. */
static uint16_t forgive(const struct scp03_store *store)
{
    struct scp03_record record;

    if (!store->load(store->ctx, &record)) {
        return SW_MEMORY_PROBLEM;
    }
    record.failures = 0;
    record.refusals = 0;
    return store->store(store->ctx, &record) ? SW_OK : SW_MEMORY_PROBLEM;
}

static uint16_t check_external_authenticate(const struct scp03_card *card,
                                            const struct scp03_domain *domain,
                                            const struct apdu_command *command)
{
    if (card->state != SCP03_CARD_CHALLENGED) {
        return SW_CONDITIONS;
    }
    if (command->cla != SCP03_CLA_SECURE || command->ins != SCP03_INS_EXTERNAL_AUTHENTICATE) {
        return SW_SECURITY_STATUS;
    }
    if (command->lc != 2 * card->challenges.length) {
        return SW_WRONG_LENGTH;
    }
    return command->p2 == 0 && scp03_level_valid(command->p1) &&
                   (command->p1 & domain->level_required) == domain->level_required
               ? SW_OK
               : SW_WRONG_P1_P2;
}

uint16_t scp03_card_external_authenticate(struct scp03_card *card, const struct crypto_port *crypto,
                                          const struct scp03_domain *domain,
                                          const struct apdu_command *command)
{
    uint8_t buffer[SCP03_DATA_MAX];
    struct apdu_command plain;

    uint16_t sw = check_external_authenticate(card, domain, command);
    if (sw == SW_OK) {
        sw = status_of(scp03_command_unwrap(crypto, &card->session, command, buffer, &plain));
    }
    if (sw == SW_OK) {
        sw = check_cryptogram(card, crypto, &plain);
    }
    if (sw == SW_OK) {
        sw = forgive(domain->store);
    }
    if (sw != SW_OK) {
        return end_with(card, sw);
    }
    scp03_session_open(&card->session, command->p1);
    card->state = SCP03_CARD_OPEN;
    return SW_OK;
}

uint16_t scp03_card_command(struct scp03_card *card, const struct crypto_port *crypto,
                            const struct apdu_command *command, uint8_t *buffer,
                            struct apdu_command *plain)
{
    uint16_t sw = SW_SECURITY_STATUS;

    if (card->state == SCP03_CARD_OPEN) {
        sw = status_of(scp03_command_unwrap(crypto, &card->session, command, buffer, plain));
    }
    return sw == SW_OK ? SW_OK : end_with(card, sw);
}

uint16_t scp03_card_response(struct scp03_card *card, const struct crypto_port *crypto,
                             const uint8_t *data, size_t length, uint16_t sw, uint8_t *out,
                             size_t *out_length)
{
    *out_length = 0;
    if (card->state != SCP03_CARD_OPEN || scp03_response_wrap(crypto, &card->session, data, length,
                                                              sw, out, out_length) != SCP03_OK) {
        *out_length = 0;
        return end_with(card, SW_TECHNICAL);
    }
    return sw;
}
