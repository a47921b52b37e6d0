#include "support/scp03_pair.h"

#include <string.h>

static const uint8_t aid[16] = {0xA0, 0x00, 0x00, 0x05, 0x59, 0x10, 0x10, 0xFF,
                                0xFF, 0xFF, 0xFF, 0x89, 0x00, 0x00, 0x01, 0x00};

static bool load(void *ctx, struct scp03_record *record)
{
    const struct scp03_pair *pair = ctx;

    *record = pair->record;
    return true;
}

static bool store(void *ctx, const struct scp03_record *record)
{
    struct scp03_pair *pair = ctx;

    if (pair->stores_left == 0) {
        return false;
    }
    pair->stores_left -= pair->stores_left > 0;
    pair->record = *record;
    return true;
}

static void fill_key(struct aes_key *key, size_t length, uint8_t seed)
{
    key->length = length;
    for (size_t i = 0; i < length; i++) {
        key->octets[i] = (uint8_t)(seed * (size_t)7 + i * 13);
    }
}

void scp03_pair_init(struct scp03_pair *pair, const struct crypto_port *crypto, size_t key_length,
                     uint8_t mac_length, uint8_t seed)
{
    memset(pair, 0, sizeof *pair);
    pair->crypto = crypto;
    fill_key(&pair->keys.enc, key_length, (uint8_t)(seed + 1u));
    fill_key(&pair->keys.mac, key_length, (uint8_t)(seed + 2u));
    fill_key(&pair->keys.dek, key_length, (uint8_t)(seed + 3u));
    pair->stores_left = -1;
    pair->store = (struct scp03_store){.ctx = pair, .load = load, .store = store};
    pair->domain = (struct scp03_domain){
        .keys = &pair->keys,
        .store = &pair->store,
        .key_version = 0x30,
        .mac_length = mac_length,
        .level_required = SCP03_C_MAC,
        .aid = {aid, sizeof aid},
    };
}

void scp03_pair_power_cycle(struct scp03_pair *pair)
{
    memset(&pair->card, 0, sizeof pair->card);
}

void scp03_pair_initialize(struct scp03_pair *pair, const struct scp03_wire *command,
                           struct scp03_wire *response)
{
    struct apdu_command parsed;

    response->length = 0;
    response->sw = 0x6700;
    if (apdu_parse(command->octets, command->length, &parsed) == APDU_OK) {
        response->sw = scp03_card_initialize_update(&pair->card, pair->crypto, &pair->domain,
                                                    &parsed, response->octets, &response->length);
    }
}

void scp03_pair_authenticate(struct scp03_pair *pair, const struct scp03_wire *command,
                             struct scp03_wire *response)
{
    struct apdu_command parsed;

    response->length = 0;
    response->sw = 0x6700;
    if (apdu_parse(command->octets, command->length, &parsed) == APDU_OK) {
        response->sw =
            scp03_card_external_authenticate(&pair->card, pair->crypto, &pair->domain, &parsed);
    }
}

bool scp03_pair_open(struct scp03_pair *pair, uint8_t level)
{
    struct scp03_wire command;
    struct scp03_wire response;

    if (scp03_host_initialize(&pair->host, pair->crypto, 0x30, pair->domain.mac_length,
                              command.octets, &command.length) != SCP03_OK) {
        return false;
    }
    scp03_pair_initialize(pair, &command, &response);
    if (response.sw != 0x9000 ||
        scp03_host_authenticate(&pair->host, pair->crypto, &pair->keys, level, pair->domain.aid,
                                response.octets, response.length, command.octets,
                                &command.length) != SCP03_OK) {
        return false;
    }
    scp03_pair_authenticate(pair, &command, &response);
    return scp03_host_opened(&pair->host, response.length, response.sw) == SCP03_OK;
}
