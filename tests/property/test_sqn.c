/*
 * Properties of sequence number management (TS 33.102 annex C) that must hold for any run of
 * events, checked over random runs. The seed is new each time and printed; MOORING_SEED=N repeats a
 * run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "aka/sqn.h"

#define RUNS  400
#define STEPS 250

/* splitmix64: any seed is a good one. */
static uint64_t draw(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static uint64_t below(uint64_t *state, uint64_t bound)
{
    return draw(state) % bound;
}

static uint8_t draw_ind(uint64_t *state, unsigned slots)
{
    return (uint8_t)below(state, slots);
}

/* Small limits, so that random runs meet them often; also none, and the recommended one. */
static struct sqn_parameters draw_parameters(uint64_t *state)
{
    static const uint64_t deltas[] = {0, 1, 5, 100, SQN_DELTA};
    static const uint64_t ages[] = {0, 0, 1, 5, 100};

    return (struct sqn_parameters){
        .delta = deltas[below(state, 5)],
        .age_limit = ages[below(state, 5)],
        .report = below(state, 2) == 0 ? SQN_REPORT_HIGHEST : SQN_REPORT_SLOT,
    };
}

/* All that a card accepted in one run: the plain record that its array of 32 numbers must agree
 * with. */
struct history {
    uint64_t accepted[STEPS];
    size_t count;
};

static uint64_t history_highest(const struct history *history)
{
    uint64_t highest = 0;

    for (size_t i = 0; i < history->count; i++) {
        uint64_t seq = sqn_seq(history->accepted[i]);

        highest = seq > highest ? seq : highest;
    }
    return highest;
}

static uint64_t history_highest_in_slot(const struct history *history, uint8_t ind)
{
    uint64_t highest = 0;

    for (size_t i = 0; i < history->count; i++) {
        uint64_t seq = sqn_seq(history->accepted[i]);

        if (sqn_ind(history->accepted[i]) == ind && seq > highest) {
            highest = seq;
        }
    }
    return highest;
}

/* Annex C.2 said once more, over the record and in signed numbers. */
static bool history_allows(const struct history *history, const struct sqn_parameters *parameters,
                           uint64_t sqn)
{
    int64_t seq = (int64_t)sqn_seq(sqn);
    int64_t jump = seq - (int64_t)history_highest(history);
    bool too_far = parameters->delta != 0 && jump > (int64_t)parameters->delta;
    bool too_old = parameters->age_limit != 0 && -jump >= (int64_t)parameters->age_limit;

    return !too_far && !too_old && seq > (int64_t)history_highest_in_slot(history, sqn_ind(sqn));
}

/* One challenge to the card, with every property that must hold whatever came before. */
static bool challenge(struct sqn_array *card, struct history *history,
                      const struct sqn_parameters *parameters, uint64_t sqn)
{
    const struct sqn_array before = *card;
    bool fresh = sqn_check(card, parameters, sqn) == SQN_FRESH;

    assert_memory_equal(card, &before, sizeof before); /* a check changes nothing */
    assert_int_equal(fresh, history_allows(history, parameters, sqn));
    if (!fresh) {
        return false;
    }
    for (size_t i = 0; i < history->count; i++) {
        assert_true(history->accepted[i] != sqn); /* never the same twice */
    }
    sqn_accept(card, sqn);
    for (unsigned i = 0; i < SQN_IND_COUNT; i++) {
        if (i == sqn_ind(sqn)) {
            assert_true(card->seq[i] > before.seq[i]);
        } else {
            assert_true(card->seq[i] == before.seq[i]);
        }
    }
    assert_true(history->count < STEPS);
    history->accepted[history->count++] = sqn;
    return true;
}

/* What a refusing card reports is a number it accepted (or zero), and as high as its kind promises.
 */
static void check_report(const struct sqn_array *card, const struct history *history,
                         const struct sqn_parameters *parameters, uint64_t refused)
{
    uint64_t reported = sqn_reported(card, parameters, refused);
    bool known = sqn_seq(reported) == 0;

    for (size_t i = 0; i < history->count && !known; i++) {
        known = history->accepted[i] == reported;
    }
    assert_true(known);
    if (parameters->report == SQN_REPORT_HIGHEST) {
        assert_true(sqn_seq(reported) == history_highest(history));
    } else {
        assert_int_equal(sqn_ind(reported), sqn_ind(refused));
        assert_true(sqn_seq(reported) == history_highest_in_slot(history, sqn_ind(refused)));
    }
}

/* The card under challenges of any kind: what an attacker or a broken network may send. */
static void card_under_any_challenges(void **state)
{
    uint64_t *seed = *state;

    for (int run = 0; run < RUNS; run++) {
        struct sqn_array card = {{0}};
        struct history history = {.count = 0};
        struct sqn_parameters parameters = draw_parameters(seed);
        unsigned slots = 1u + (unsigned)below(seed, SQN_IND_COUNT);

        for (int step = 0; step < STEPS; step++) {
            uint64_t around = history_highest(&history) + below(seed, 14);
            uint64_t seq = below(seed, 20) == 0 ? below(seed, SQN_SEQ_MAX + 1)
                           : around > 8         ? around - 8
                                                : around;

            seq = seq > SQN_SEQ_MAX ? SQN_SEQ_MAX : seq;
            uint64_t sqn = sqn_make(seq, draw_ind(seed, slots));

            if (!challenge(&card, &history, &parameters, sqn)) {
                check_report(&card, &history, &parameters, sqn);
            }
        }
    }
}

/* The AuC of annex C.1.1.1 (not time-based): every vector has a SEQ of its own. */
struct auc {
    uint64_t seq_he;
};

static uint64_t auc_next(struct auc *auc, uint8_t ind)
{
    return sqn_make(++auc->seq_he, ind);
}

/* TS 33.102 6.3.5: SQN_HE is kept if the card would accept the next one, else it becomes SQN_MS. */
static void auc_resynchronise(struct auc *auc, uint64_t sqn_ms, uint64_t delta)
{
    uint64_t next = auc->seq_he + 1;
    uint64_t seq_ms = sqn_seq(sqn_ms);

    if (next <= seq_ms || (delta != 0 && next - seq_ms > delta)) {
        auc->seq_he = seq_ms;
    }
}

/* Refusal, AUTS, resynchronisation: the very next vector is accepted, whatever made the two differ.
 */
static void resynchronise(struct auc *auc, struct sqn_array *card, struct history *history,
                          const struct sqn_parameters *parameters, uint64_t refused)
{
    check_report(card, history, parameters, refused);
    auc_resynchronise(auc, sqn_reported(card, parameters, refused), parameters->delta);
    assert_true(challenge(card, history, parameters, auc_next(auc, sqn_ind(refused))));
}

/* An AuC that was set back (a restored database) or far ahead, and a card of either kind of report.
 * A card that reports its slot gets no age limit: SEQ_MS(i) + 1 may then be too old, so no such
 * card should be made. */
static void resynchronisation_always_succeeds(void **state)
{
    uint64_t *seed = *state;

    for (int run = 0; run < RUNS; run++) {
        struct sqn_array card = {{0}};
        struct history history = {.count = 0};
        struct sqn_parameters parameters = draw_parameters(seed);
        struct auc auc = {0};

        if (parameters.report == SQN_REPORT_SLOT) {
            parameters.age_limit = 0;
        }
        for (int step = 0; step < STEPS / 2; step++) {
            uint64_t kind = below(seed, 10);

            if (kind == 0) {
                auc.seq_he = below(seed, auc.seq_he + 1);
            } else if (kind == 1) {
                auc.seq_he += below(seed, 2000);
            }
            uint64_t sqn = auc_next(&auc, draw_ind(seed, SQN_IND_COUNT));

            if (!challenge(&card, &history, &parameters, sqn)) {
                resynchronise(&auc, &card, &history, &parameters, sqn);
            }
        }
    }
}

/*
 * Several nodes with an IND each, which fetch vectors ahead, use their own in order, lose some, and
 * are replayed: every vector is accepted the first time and refused ever after, and no
 * synchronisation failure happens.
 */
static void nodes_in_parallel_never_fail(void **state)
{
    uint64_t *seed = *state;
    const struct sqn_parameters parameters = {.delta = SQN_DELTA};

    for (int run = 0; run < RUNS; run++) {
        struct sqn_array card = {{0}};
        struct history history = {.count = 0};
        struct auc auc = {0};
        uint64_t held[SQN_IND_COUNT][4];
        size_t count[SQN_IND_COUNT] = {0};
        unsigned nodes = 1u + (unsigned)below(seed, SQN_IND_COUNT);

        for (int step = 0; step < STEPS; step++) {
            uint8_t node = draw_ind(seed, nodes);

            if (count[node] == 0) { /* fetches up to four at once, out of which one may get lost */
                for (uint64_t n = 1 + below(seed, 4); count[node] < n;) {
                    held[node][count[node]++] = auc_next(&auc, node);
                }
            }
            uint64_t sqn = held[node][0];

            memmove(held[node], held[node] + 1, (--count[node]) * sizeof sqn);
            if (below(seed, 8) != 0) {
                assert_true(challenge(&card, &history, &parameters, sqn));
                assert_false(challenge(&card, &history, &parameters, sqn));
            }
            if (history.count > 0) {
                uint64_t replayed = history.accepted[below(seed, history.count)];

                assert_false(challenge(&card, &history, &parameters, replayed));
            }
        }
    }
}

int main(void)
{
    const char *given = getenv("MOORING_SEED");
    uint64_t seed = given != NULL ? strtoull(given, NULL, 0) : (uint64_t)time(NULL);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(card_under_any_challenges, &seed),
        cmocka_unit_test_prestate(resynchronisation_always_succeeds, &seed),
        cmocka_unit_test_prestate(nodes_in_parallel_never_fail, &seed),
    };

    print_message("MOORING_SEED=%llu\n", (unsigned long long)seed);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
