/*
 * A long random session with a card whose power fails everywhere: each operation is done again and
 * again from the same state, with the power cut at every octet of every write and before and after
 * every commit (of long operations at many of them). Whatever the moment: the card opens, counters
 * of tries have not gone up, sequence numbers not back, and all files are those before the
 * operation or those after it. The seed is new each time and printed; MOORING_SEED=N repeats a run.
 */
#include "card_session.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "card_model.h"
#include "uicc/layout.h"

#define STEPS    6000
#define CUTS_MAX 300 /* of one operation; a longer one is cut at that many random moments */

/* The memory with a power switch: moments are counted, one for each octet written, two for each
 * commit. At moment number cut_at the power fails. */
struct torn {
    struct card_session session;
    uint64_t moments;
    uint64_t cut_at;
    bool dead;
};

static bool torn_read(void *ctx, uint32_t offset, void *out, size_t n)
{
    struct torn *torn = ctx;

    return !torn->dead && torn->session.ram.port.read(torn->session.ram.port.ctx, offset, out, n);
}

static bool torn_write(void *ctx, uint32_t offset, const void *in, size_t n)
{
    struct torn *torn = ctx;
    uint64_t left = torn->cut_at - torn->moments;

    if (torn->dead) {
        return false;
    }
    if (left < n) { /* this many octets still arrive */
        (void)torn->session.ram.port.write(torn->session.ram.port.ctx, offset, in, (size_t)left);
        torn->dead = true;
        return false;
    }
    torn->moments += n;
    return torn->session.ram.port.write(torn->session.ram.port.ctx, offset, in, n);
}

static bool torn_commit(void *ctx)
{
    struct torn *torn = ctx;
    uint64_t left = torn->cut_at - torn->moments;

    if (torn->dead) {
        return false;
    }
    torn->moments += 2;
    torn->dead = left < 2;
    if (left == 0) {
        return false;
    }
    return torn->session.ram.port.commit(torn->session.ram.port.ctx) && !torn->dead;
}

static void torn_rollback(void *ctx)
{
    struct torn *torn = ctx;

    if (!torn->dead) {
        torn->session.ram.port.rollback(torn->session.ram.port.ctx);
    }
}

/* Everything that an operation starts from. */
struct state {
    uint8_t image[UICC_IMAGE_SIZE];
    struct uicc_card card;
};

static void save(const struct torn *torn, struct state *state)
{
    memcpy(state->image, torn->session.committed, sizeof state->image);
    state->card = torn->session.card;
}

static void restore(struct torn *torn, const struct state *state)
{
    memcpy(torn->session.committed, state->image, sizeof state->image);
    uicc_nvm_ram_init(&torn->session.ram, torn->session.committed, torn->session.working,
                      sizeof torn->session.committed);
    torn->session.card = state->card;
    torn->dead = false;
    torn->moments = 0;
}

/* Puts the power switch between the card and its memory. */
static void wire(struct torn *torn)
{
    torn->session.nvm = (struct uicc_nvm){.ctx = torn,
                                          .size = sizeof torn->session.committed,
                                          .read = torn_read,
                                          .write = torn_write,
                                          .commit = torn_commit,
                                          .rollback = torn_rollback};
}

static void check_pins(const uint8_t *was, const uint8_t *now, const uint8_t *done)
{
    for (size_t slot = 0; slot < UICC_PIN_SLOTS; slot++) {
        size_t at = UICC_AT_PINS + slot * UICC_PIN_SLOT_SIZE;
        uint8_t expected[UICC_PIN_SLOT_SIZE];

        if (memcmp(now + at, done + at, UICC_PIN_SLOT_SIZE) == 0) {
            continue;
        }
        assert_true(now[at + UICC_PIN_AT_TRIES] <= was[at + UICC_PIN_AT_TRIES]);
        assert_true(now[at + UICC_PIN_AT_PUK_TRIES] <= was[at + UICC_PIN_AT_PUK_TRIES]);
        memcpy(expected, was + at, sizeof expected); /* all else as before */
        expected[UICC_PIN_AT_TRIES] = now[at + UICC_PIN_AT_TRIES];
        expected[UICC_PIN_AT_PUK_TRIES] = now[at + UICC_PIN_AT_PUK_TRIES];
        assert_memory_equal(now + at, expected, sizeof expected);
    }
}

/* The image after a cut against those before and after the whole operation. */
static void check_image(const uint8_t *was, const uint8_t *now, const uint8_t *done)
{
    bool old = true;
    bool new = true;

    for (size_t i = 0; i < UICC_IMAGE_SIZE; i++) {
        if (i >= UICC_AT_PINS && i < UICC_AT_PINS + UICC_PIN_SLOTS * UICC_PIN_SLOT_SIZE) {
            continue;
        }
        old = old && now[i] == was[i];
        new = new &&now[i] == done[i];
    }
    assert_true(old || new);
    for (size_t ind = 0; ind < 32; ind++) {
        size_t at = UICC_AT_SQN + ind * 8;
        assert_true(be64_get(now + at) >= be64_get(was + at));
    }
    check_pins(was, now, done);
}

/* Does the operation with a cut at this moment; then powers up and checks. */
static void cut(struct torn *torn, const struct card_op *op, const uint8_t pin[8],
                const struct state *before, const uint8_t *done, uint64_t moment)
{
    restore(torn, before);
    torn->cut_at = moment;
    uint16_t sw = session_do(&torn->session, op, pin);
    assert_true(torn->dead);
    assert_int_equal(sw, 0x6581);
    assert_int_equal(torn->session.length, 0);
    torn->dead = false;
    session_power_up(&torn->session);
    wire(torn);
    check_image(before->image, torn->session.committed, done);
}

static void power_fails_everywhere(void **state)
{
    struct torn *torn = *state;
    static struct state before;
    static struct state after;
    struct model model;
    struct model_answer answer;
    uint64_t seed = session_seed();
    unsigned cuts = 0;

    session_personalise(&torn->session);
    model_init(&model, UICC_IMAGE_SIZE); /* the room does not matter: sessions do not fill it */
    wire(torn);
    for (int i = 0; i < STEPS; i++) {
        struct card_op op = op_draw(&seed);
        uint8_t pin[8];

        model_aim(&seed, &model, &op);
        if (op.kind == OP_POWER || op.kind == OP_CREATE_DF) {
            continue;
        }
        memcpy(pin, model.pins[op.pin].value, sizeof pin);
        save(torn, &before);
        restore(torn, &before);
        torn->cut_at = UINT64_MAX;
        model_step(&model, &op, &answer);
        assert_int_equal(session_do(&torn->session, &op, pin), answer.sw);
        if (answer.data_known && answer.n > 0) {
            assert_int_equal(torn->session.response[0], answer.data[0]);
        }
        uint64_t moments = torn->moments;
        /* an answer is out: nothing may depend on the power any more */
        assert_memory_equal(torn->session.working, torn->session.committed,
                            sizeof torn->session.committed);
        save(torn, &after);
        for (uint64_t k = 0; k < moments && k < CUTS_MAX; k++, cuts++) {
            uint64_t moment = moments <= CUTS_MAX ? k : op_below(&seed, moments);
            cut(torn, &op, pin, &before, after.image, moment);
        }
        restore(torn, &after);
        if (model.pins[OP_ADM1].tries == 0 || model.pins[OP_PIN1].puk_tries == 0) {
            session_personalise(&torn->session); /* with a blocked card little more happens */
            model_init(&model, UICC_IMAGE_SIZE);
            wire(torn);
        }
    }
    print_message("%u cuts\n", cuts);
    assert_true(cuts > STEPS);
}

static int setup(void **state)
{
    struct torn *torn = calloc(1, sizeof *torn);

    assert_non_null(torn);
    session_init(&torn->session);
    *state = torn;
    return 0;
}

static int teardown(void **state)
{
    struct torn *torn = *state;

    session_free(&torn->session);
    free(torn);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(power_fails_everywhere)};

    return cmocka_run_group_tests(tests, setup, teardown);
}
