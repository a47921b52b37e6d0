/*
 * The SQN audit by simulation (home/audit.h). Prints all figures; fails on one false accusation, or
 * on one copy that was not found where the rules promise that it is.
 *
 * MOORING_SEED gives other worlds (1); MOORING_ATTACHES sets the number of genuine attaches
 * (1,000,000).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "audit_world.h"

#define ATTACHES_PER_WORLD 200

/* Messages lost and repeated, vectors never used, front ends that die. */
static const struct world_parameters rough = {
    .lose = 0.02,
    .repeat = 0.03,
    .late_repeat = 0.02,
    .fetch_and_drop = 0.05,
    .abandon = 0.02,
    .failover = 0.005,
    .asks_max = 3,
};

/* And nodes that use what they prefetched later, and registrations on an existing security context.
 */
static const struct world_parameters roughest = {
    .lose = 0.02,
    .repeat = 0.03,
    .late_repeat = 0.02,
    .fetch_and_drop = 0.05,
    .abandon = 0.02,
    .existing_context = 0.05,
    .failover = 0.005,
    .nodes_keep = true,
    .asks_max = 3,
};

static uint64_t from_environment(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);

    return text != NULL ? strtoull(text, NULL, 10) : otherwise;
}

static uint64_t seed_of_run(void)
{
    uint64_t seed = from_environment("MOORING_SEED", 1);

    print_message("seed %llu\n", (unsigned long long)seed);
    return seed;
}

struct genuine_figures {
    uint64_t attaches, audited, accused, suspected, refused;
};

static void run_genuine(struct genuine_figures *figures, uint64_t attaches, uint64_t seed,
                        const struct world_parameters *parameters)
{
    struct world world;

    while (figures->attaches < attaches) {
        world_init(&world, seed++, parameters);
        for (int i = 0; i < ATTACHES_PER_WORLD; i++) {
            enum verdict before = world.record.verdict;
            struct attach_report report =
                world_attach(&world, 0, (int)world_below(&world, WORLD_NODES));

            figures->attaches++;
            figures->audited += report.stale_shown;
            figures->refused += report.outcome == ATTACH_REFUSED;
            figures->suspected +=
                before == VERDICT_CLEAR && world.record.verdict == VERDICT_SUSPICIOUS;
            if (world.record.verdict == VERDICT_CLONED) {
                figures->accused++;
                print_message("  accused: world seed %llu, attach %d: %s\n",
                              (unsigned long long)(seed - 1), i,
                              world.events.count > 0 ? world.events.items[0].why : "-");
                break;
            }
        }
        world_free(&world);
    }
}

static void print_genuine(const char *title, const struct genuine_figures *f)
{
    print_message("genuine cards, %s: %llu attaches, %llu audited, %llu false accusations, %llu "
                  "suspected for a while, %llu refused once\n",
                  title, (unsigned long long)f->attaches, (unsigned long long)f->audited,
                  (unsigned long long)f->accused, (unsigned long long)f->suspected,
                  (unsigned long long)f->refused);
}

static void test_no_genuine_card_is_accused(void **state)
{
    uint64_t attaches = from_environment("MOORING_ATTACHES", 1000000);
    uint64_t seed = seed_of_run();
    struct genuine_figures plain = {0};
    struct genuine_figures extended = {0};

    (void)state;
    run_genuine(&plain, attaches, seed, &rough);
    print_genuine("lost, repeated, late messages, vectors never used", &plain);
    run_genuine(&extended, attaches / 2, seed + 1000000, &roughest);
    print_genuine("and vectors used later, existing contexts", &extended);
    assert_int_equal(plain.accused, 0);
    assert_int_equal(extended.accused, 0);
    assert_true(plain.refused * 5000 < plain.attaches);
}

struct copy_figures {
    uint64_t copies;
    uint64_t due;     /* audited attaches at which the copy has to be found, see run_copy */
    uint64_t named;   /* there the verdict was `cloned` */
    uint64_t stopped; /* or `suspicious`, and the attach was refused */
    uint64_t missed;
    uint64_t earlier; /* found before it had to be */
    uint64_t unfound; /* neither in the whole run */
};

/*
 * One world with a genuine card and a copy used in turns, until the copy is found. It has to be
 * found at the first audited attach of a card that follows an audited attach of the other, unless
 * the card took a fresh vector in between in an attach without audit: then its own counter has
 * passed the other's, and it is the other's turn to be found.
 */
static void run_copy(struct copy_figures *figures, uint64_t seed,
                     const struct world_parameters *parameters, enum card_kind kind,
                     enum forgery forgery)
{
    struct world world;
    bool behind[2] = {false, false}; /* the other was audited since this card took a vector */

    world_init(&world, seed, parameters);
    for (uint64_t before = world_below(&world, 20); before > 0; before--) {
        (void)world_attach(&world, 0, (int)world_below(&world, WORLD_NODES));
    }
    figures->copies++;
    world_copy(&world, 0, 1, kind, forgery);
    for (int i = 0; i < ATTACHES_PER_WORLD; i++) {
        int card = (int)world_below(&world, 2);
        uint64_t accepted = world.cards[card].accepted;
        bool was_behind = behind[card];
        struct attach_report report =
            world_attach(&world, card, (int)world_below(&world, WORLD_NODES));
        bool audited = report.stale_shown && report.complete;
        bool named = world.record.verdict == VERDICT_CLONED;
        bool stopped =
            report.outcome == ATTACH_REFUSED && world.record.verdict == VERDICT_SUSPICIOUS;

        if (audited && was_behind) {
            figures->due++;
            figures->named += named;
            figures->stopped += stopped && !named;
            figures->missed += !named && !stopped;
        }
        if (named || stopped) {
            figures->earlier += !(audited && was_behind);
            world_free(&world);
            return;
        }
        if (world.cards[card].accepted != accepted) {
            behind[card] = false;
        }
        if (audited && report.outcome == ATTACH_OK) {
            behind[1 - card] = true;
        }
    }
    figures->unfound++;
    world_free(&world);
}

static struct copy_figures run_copies(const char *title, uint64_t seed, int count,
                                      const struct world_parameters *parameters,
                                      enum card_kind kind, enum forgery forgery)
{
    struct copy_figures f = {0};

    for (int i = 0; i < count; i++) {
        run_copy(&f, seed + (uint64_t)i, parameters, kind, forgery);
    }
    print_message("%s: %llu copies; due at %llu audited attaches: %llu named, %llu refused as "
                  "suspicious, %llu missed (%.2f %% found); %llu found before, %llu not in %d "
                  "attaches\n",
                  title, (unsigned long long)f.copies, (unsigned long long)f.due,
                  (unsigned long long)f.named, (unsigned long long)f.stopped,
                  (unsigned long long)f.missed,
                  f.due > 0 ? 100.0 * (double)(f.named + f.stopped) / (double)f.due : 0.0,
                  (unsigned long long)f.earlier, (unsigned long long)f.unfound, ATTACHES_PER_WORLD);
    return f;
}

static void test_every_copy_is_found(void **state)
{
    uint64_t seed = seed_of_run();

    (void)state;
    struct copy_figures counting = run_copies("copies with their own counter", seed, 20000, &rough,
                                              CARD_USIM, FORGE_LAST_SEEN);
    struct copy_figures careless =
        run_copies("copies without a counter", seed, 20000, &rough, CARD_CARELESS, FORGE_LAST_SEEN);
    assert_true(counting.due > 10000);
    assert_int_equal(counting.missed, 0);
    assert_int_equal(counting.named, counting.due);
    assert_true(careless.due > 4000);
    assert_int_equal(careless.missed, 0);
}

/* At least this share of the copies that were due was found. */
static void assert_found(struct copy_figures f, uint64_t per_cent)
{
    assert_true(f.due > 1000);
    assert_true((f.named + f.stopped) * 100 >= f.due * per_cent);
}

static void test_copies_in_the_roughest_world(void **state)
{
    uint64_t seed = seed_of_run();

    (void)state;
    assert_found(run_copies("with own counter, nodes keep vectors", seed, 5000, &roughest,
                            CARD_USIM, FORGE_LAST_SEEN),
                 99);
    assert_found(run_copies("without a counter, nodes keep vectors", seed, 5000, &roughest,
                            CARD_CARELESS, FORGE_LAST_SEEN),
                 99);
}

static void test_forgers_are_counted(void **state)
{
    uint64_t seed = seed_of_run();

    (void)state;
    assert_found(run_copies("forger, reports the last SEQ it saw", seed, 5000, &rough, CARD_FORGER,
                            FORGE_LAST_SEEN),
                 99);
    assert_found(run_copies("forger, adds an average step", seed, 5000, &rough, CARD_FORGER,
                            FORGE_COUNT_ALONG),
                 95);
    assert_found(run_copies("forger, adds a random step", seed, 5000, &rough, CARD_FORGER,
                            FORGE_RANDOM_STEP),
                 95);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_genuine_card_is_accused),
        cmocka_unit_test(test_every_copy_is_found),
        cmocka_unit_test(test_copies_in_the_roughest_world),
        cmocka_unit_test(test_forgers_are_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
