/*
 * Random sessions with a card, each operation's answer compared with that of a simple reference
 * (card_model.h): files, access rules, PINs, channels, life cycles, free memory. The seed is new
 * each time and printed; MOORING_SEED=N repeats a run.
 */
#include "card_session.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "card_model.h"

#define RUNS  150
#define STEPS 400

/* Octets of free memory, from the FCP of the MF. */
static uint32_t free_memory(struct card_session *session)
{
    static const uint8_t status[] = {0x80, 0xF2, 0x00, 0x00, 0x2B};
    static const uint8_t select[] = {0x00, 0xA4, 0x00, 0x0C, 0x02, 0x3F, 0x00};

    assert_int_equal(session_send(session, select, sizeof select), 0x9000);
    assert_int_equal(session_send(session, status, sizeof status), 0x9000);
    return be32_get(session->response + 17);
}

static void compare(const struct card_session *session, const struct card_op *op, uint16_t sw,
                    const struct model_answer *answer, int run, int number)
{
    size_t n = op->kind == OP_AUTHENTICATE && session->length > 1 ? 1 : session->length;

    if (sw != answer->sw) {
        fail_msg("run %d, step %d, kind %u, channel %u, FID %04X: %04X, not %04X", run, number,
                 op->kind, op->channel, op->fid, sw, answer->sw);
    }
    if (answer->data_known &&
        (n != answer->n || memcmp(session->response, answer->data, answer->n) != 0)) {
        fail_msg("run %d, step %d, kind %u, channel %u: other data", run, number, op->kind,
                 op->channel);
    }
    if (!answer->data_known) {
        assert_int_equal(session->length, 0);
    }
}

/* A DF in the ADF is more than the reference knows. */
static bool is_known(struct model *model, const struct card_op *op)
{
    const struct model_channel *channel = model_channel(model, op->channel);

    return op->kind != OP_CREATE_DF || channel == NULL || channel->df != MODEL_ADF;
}

static void sessions_agree_with_the_reference(void **state)
{
    struct card_session *session = *state;
    uint64_t seed = session_seed();
    unsigned right = 0;

    for (int run = 0; run < RUNS; run++) {
        struct model model;
        struct model_answer answer;

        session_personalise(session);
        model_init(&model, free_memory(session));
        session_power_up(session);
        for (int i = 0; i < STEPS; i++) {
            struct card_op op = op_draw(&seed);
            uint8_t pin[8];
            model_aim(&seed, &model, &op);
            if (!is_known(&model, &op)) {
                continue;
            }
            memcpy(pin, model.pins[op.pin].value, sizeof pin);
            model_step(&model, &op, &answer);
            compare(session, &op, session_do(session, &op, pin), &answer, run, i);
            right += answer.sw == 0x9000;
        }
        session_power_up(session); /* the image is sound */
        if ((model.df_life[MODEL_ADF] | model.df_life[MODEL_DF]) == 0) {
            assert_int_equal(free_memory(session), model.room);
        }
    }
    /* sessions in which hardly anything succeeds would show nothing */
    print_message("%u of %u operations answered 9000\n", right, RUNS * STEPS);
    assert_true(right > RUNS * STEPS / 5);
}

static int setup(void **state)
{
    struct card_session *session = malloc(sizeof *session);

    assert_non_null(session);
    session_init(session);
    *state = session;
    return 0;
}

static int teardown(void **state)
{
    session_free(*state);
    free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(sessions_agree_with_the_reference)};

    return cmocka_run_group_tests(tests, setup, teardown);
}
