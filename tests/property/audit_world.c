#include "audit_world.h"

#include <assert.h>
#include <string.h>

#include "aka/vector.h"
#include "base/bytes.h"
#include "home/sequence.h"

#define NODE_TIMEOUT_MS 10000 /* a serving node waits this long for an answer */

static uint64_t next_random(struct world *world)
{
    uint64_t z = (world->random_state += UINT64_C(0x9E3779B97F4A7C15)); /* splitmix64 */

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

uint64_t world_below(struct world *world, uint64_t n)
{
    return next_random(world) % n;
}

bool world_chance(struct world *world, double probability)
{
    return (double)(next_random(world) >> 11) / 9007199254740992.0 < probability;
}

static struct crypto_port *real_port(void *ctx)
{
    return &((struct world *)ctx)->openssl.port;
}

static bool port_set_key(void *ctx, const uint8_t *key, size_t key_len)
{
    return real_port(ctx)->aes_set_key(real_port(ctx)->ctx, key, key_len);
}

static bool port_encrypt(void *ctx, const uint8_t *in, uint8_t *out, size_t blocks)
{
    return real_port(ctx)->aes_encrypt(real_port(ctx)->ctx, in, out, blocks);
}

static bool port_hmac(void *ctx, const uint8_t *key, size_t key_len, const uint8_t *message,
                      size_t message_len, uint8_t mac[32])
{
    return real_port(ctx)->hmac_sha256(real_port(ctx)->ctx, key, key_len, message, message_len,
                                       mac);
}

static bool port_random(void *ctx, uint8_t *out, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = (uint8_t)next_random(ctx);
    }
    return true;
}

void world_init(struct world *world, uint64_t seed, const struct world_parameters *parameters)
{
    struct fault fault;

    memset(world, 0, sizeof *world);
    world->random_state = seed;
    bool ready = openssl_crypto_init(&world->openssl, &fault);
    assert(ready);
    (void)ready;
    world->crypto = (struct crypto_port){.ctx = world,
                                         .aes_set_key = port_set_key,
                                         .aes_encrypt = port_encrypt,
                                         .hmac_sha256 = port_hmac,
                                         .random = port_random};
    world->credentials.algorithm = AKA_MILENAGE;
    (void)port_random(world, world->credentials.k, sizeof world->credentials.k);
    (void)port_random(world, world->credentials.opc, sizeof world->credentials.opc);
    world->parameters = *parameters;
    world->profile = (struct profile){.name = "meter",
                                      .audit_at_activation = true,
                                      .audit_on_change = true,
                                      .audit_one_in = (uint32_t)(1 + world_below(world, 6)),
                                      .on_clone = VIOLATION_BAR};
    (void)imsi_parse("001010000000001", 15, &world->record.imsi);
    world->record.binding.state = BINDING_ARMED;
    world->stored = world->record;
    world->now_ms = INT64_C(1800000000000);
    world->cards[0].exists = true;
    world->cards[0].parameters = (struct sqn_parameters){
        .delta = SQN_DELTA,
        .report = world_below(world, 2) == 0 ? SQN_REPORT_HIGHEST : SQN_REPORT_SLOT};
    for (int i = 0; i < WORLD_NODES; i++) {
        world->nodes[i].id = 100 + (uint64_t)i;
        world->nodes[i].asks = (uint8_t)(1 + world_below(world, parameters->asks_max));
        world->nodes[i].keeps = parameters->nodes_keep && world_below(world, 2) == 0;
    }
}

void world_free(struct world *world)
{
    openssl_crypto_free(&world->openssl);
}

void world_copy(struct world *world, int from, int to, enum card_kind kind, enum forgery forgery)
{
    world->cards[to] = world->cards[from];
    world->cards[to].kind = kind;
    world->cards[to].forgery = forgery;
}

static struct home_context context_of(struct world *world)
{
    world->events.count = 0;
    world->events.lost = 0;
    return (struct home_context){.crypto = &world->crypto,
                                 .profile = &world->profile,
                                 .now_ms = world->now_ms,
                                 .who = "node",
                                 .events = &world->events,
                                 .amf = {0x80, 0},
                                 .seq_step_max = 64,
                                 .seq_reserve = 4096,
                                 .confirm_window_ms = 8000,
                                 .chance = (uint32_t)next_random(world)};
}

/* The front end dies and another takes over from what is durable. */
static void maybe_fail_over(struct world *world)
{
    if (world_chance(world, world->parameters.failover)) {
        world->record = world->stored;
        sequence_after_load(&world->record.auth);
    }
}

/* One AIR as the home network sees it, repeated or not. The node gets the first or the second
 * answer. */
static bool ask(struct world *world, struct world_node *node, uint8_t vectors,
                const uint8_t rand[16], const uint8_t auts[14],
                struct home_authentication_answer *answer)
{
    struct home_authentication_request request = {.node = node->id, .vectors = vectors};
    int times = world_chance(world, world->parameters.repeat) ? 2 : 1;
    bool keep_first = world_below(world, 2) == 0;
    struct home_authentication_answer one;

    (void)plmn_parse("00101", 5, &request.plmn);
    if (auts != NULL) {
        request.resynchronise = true;
        memcpy(request.rand, rand, 16);
        memcpy(request.auts, auts, 14);
    }
    if (world_chance(world, world->parameters.lose)) {
        world->now_ms += NODE_TIMEOUT_MS;
        return false; /* the request */
    }
    for (int i = 0; i < times; i++) {
        struct home_context context = context_of(world);

        home_authenticate(&context, &request, &world->record, &world->credentials, &one);
        if (one.must_store) {
            world->stored = world->record;
        }
        if (i == 0 || !keep_first) {
            *answer = one;
        }
    }
    maybe_fail_over(world);
    if (world_chance(world, world->parameters.lose)) {
        world->now_ms += NODE_TIMEOUT_MS;
        return false; /* the answer */
    }
    return true;
}

static bool is_stale(const struct world *world, const struct home_vector *vector)
{
    struct aka_challenge challenge;

    (void)aka_challenge_check(&world->crypto, &world->credentials, vector->rand, vector->autn,
                              &challenge);
    return sqn_seq(challenge.sqn) == 0;
}

static void enqueue(const struct world *world, struct world_node *node,
                    const struct home_authentication_answer *answer)
{
    for (size_t i = 0; i < answer->count && node->queued < WORLD_QUEUE; i++) {
        node->queue[node->queued] = answer->vectors[i];
        node->stale[node->queued] = is_stale(world, &answer->vectors[i]);
        node->queued++;
    }
}

static struct home_vector dequeue(struct world_node *node, bool *stale)
{
    struct home_vector first = node->queue[0];

    *stale = node->stale[0];
    node->queued--;
    memmove(&node->queue[0], &node->queue[1], node->queued * sizeof node->queue[0]);
    memmove(&node->stale[0], &node->stale[1], node->queued * sizeof node->stale[0]);
    return first;
}

/* What a forger claims its SQN_MS to be. */
static uint64_t forge(struct world *world, const struct world_card *card)
{
    uint64_t seq = card->last_seen;

    if (card->forgery == FORGE_COUNT_ALONG) {
        seq += 32;
    } else if (card->forgery == FORGE_RANDOM_STEP) {
        seq += 1 + world_below(world, 64);
    }
    return sqn_make(seq, 0);
}

/* The card's AUTHENTICATE. True: RES. False: AUTS. */
static bool authenticate(struct world *world, struct world_card *card,
                         const struct home_vector *vector, uint8_t auts[14])
{
    struct aka_challenge challenge;
    bool worked = aka_challenge_check(&world->crypto, &world->credentials, vector->rand,
                                      vector->autn, &challenge);

    assert(worked && challenge.mac_ok);
    (void)worked;
    uint64_t seq = sqn_seq(challenge.sqn);
    uint64_t reported;
    if (card->kind == CARD_USIM) {
        if (sqn_check(&card->array, &card->parameters, challenge.sqn) == SQN_FRESH) {
            sqn_accept(&card->array, challenge.sqn);
            card->accepted++;
            return true;
        }
        reported = sqn_reported(&card->array, &card->parameters, challenge.sqn);
    } else if (card->kind == CARD_CARELESS || seq != 0) {
        card->last_seen = seq > card->last_seen ? seq : card->last_seen;
        card->accepted++;
        return true;
    } else {
        reported = forge(world, card);
    }
    (void)aka_auts_make(&world->crypto, &world->credentials, vector->rand, reported, auts);
    return false;
}

static enum home_result tell_location(struct world *world,
                                      const struct home_location_request *request)
{
    struct home_context context = context_of(world);
    enum home_result result = home_update_location(&context, request, &world->record);

    world->stored = world->record;
    return result;
}

/* ULR, perhaps lost, repeated, or repeated again much later. */
static enum attach_outcome locate(struct world *world, struct world_node *node, bool *complete)
{
    struct home_location_request request = {.node = node->id,
                                            .rat_type = 1004,
                                            .imei_present = true,
                                            .end_to_end = world->end_to_end++};

    (void)plmn_parse("00101", 5, &request.plmn);
    (void)imei_parse("49015420323751", 14, &request.machine);
    if (world_chance(world, world->parameters.lose)) {
        world->now_ms += NODE_TIMEOUT_MS;
        return ATTACH_FAILED;
    }
    enum home_result result = tell_location(world, &request);
    *complete = true;
    if (world_chance(world, world->parameters.repeat)) {
        request.retransmitted = world_below(world, 2) == 0;
        result = tell_location(world, &request);
    }
    if (world_chance(world, world->parameters.late_repeat)) {
        world->late = request;
        world->late_set = true;
    }
    maybe_fail_over(world);
    return result == HOME_OK ? ATTACH_OK : ATTACH_REFUSED;
}

/* Authentication with what the node has or gets. ATTACH_OK: the machine may be registered. */
static enum attach_outcome authenticate_at(struct world *world, struct world_card *card,
                                           struct world_node *node, struct attach_report *report)
{
    struct home_authentication_answer answer;
    uint8_t auts[14];
    bool stale;

    if (node->queued == 0 || !node->keeps) {
        node->queued = node->keeps ? node->queued : 0;
        if (!ask(world, node, node->asks, NULL, NULL, &answer)) {
            return ATTACH_FAILED;
        }
        if (answer.result != HOME_OK) {
            return ATTACH_REFUSED;
        }
        enqueue(world, node, &answer);
    }
    if (world->late_set) { /* a repetition overtakes */
        world->late_set = false;
        (void)tell_location(world, &world->late);
    }
    for (int attempt = 0; attempt < 2; attempt++) {
        struct home_vector vector = dequeue(node, &stale);

        report->stale_shown = report->stale_shown || stale;
        world->now_ms += (int64_t)world_below(world, 700);
        if (world_chance(world, world->parameters.abandon)) {
            return ATTACH_FAILED;
        }
        if (authenticate(world, card, &vector, auts)) {
            return ATTACH_OK;
        }
        if (attempt == 1 || !ask(world, node, 1, vector.rand, auts, &answer)) {
            return ATTACH_FAILED;
        }
        if (answer.result != HOME_OK) {
            report->complete = true;
            return ATTACH_REFUSED;
        }
        node->queued = 0; /* TS 33.102 6.3.5 */
        world->resynchronised_at_ms = world->now_ms;
        enqueue(world, node, &answer);
    }
    return ATTACH_FAILED;
}

struct attach_report world_attach(struct world *world, int card_number, int node_number)
{
    struct world_node *node = &world->nodes[node_number];
    struct world_card *card = &world->cards[card_number];
    struct attach_report report = {ATTACH_FAILED, false, false};
    uint32_t bit = UINT32_C(1) << node_number;

    world->now_ms += 1000 + (int64_t)world_below(world, 7200000);
    if (world_chance(world, world->parameters.fetch_and_drop)) {
        struct home_authentication_answer dropped;

        if (ask(world, node, (uint8_t)(1 + world_below(world, 3)), NULL, NULL, &dropped) &&
            node->keeps && dropped.result == HOME_OK) {
            enqueue(world, node, &dropped);
        }
    }
    bool context = (world->registered_with & bit) != 0 && world->context_card == card_number &&
                   world->record.registration.node == node->id &&
                   world->now_ms - world->resynchronised_at_ms > NODE_TIMEOUT_MS;
    if (context && world_chance(world, world->parameters.existing_context)) {
        report.outcome = locate(world, node, &report.complete);
    } else {
        report.outcome = authenticate_at(world, card, node, &report);
        if (report.outcome == ATTACH_OK) {
            world->now_ms += (int64_t)world_below(world, 1500);
            report.outcome = locate(world, node, &report.complete);
        }
    }
    if (report.outcome == ATTACH_OK) {
        world->registered_with = bit; /* others are cancelled */
        world->context_card = card_number;
    } else if (report.outcome == ATTACH_REFUSED) {
        world->registered_with &= ~bit; /* the terminal deletes its eKSI */
    }
    return report;
}
