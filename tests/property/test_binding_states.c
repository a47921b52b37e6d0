/*
 * Bindings (home/binding.h, home/operator.h) through random lives of machines, tickets, time and
 * operators, against a model that only knows who may have the UICC. Prints its figures;
 * MOORING_SEED=N repeats a run (1).
 *
 *  1. Unless the policy is to alert, only the machine that holds the UICC is served. Another takes
 *     it only when nobody has it (armed) or by an open ticket that lets it; the one of before is
 *     then served no more.
 *  2. A ticket is used at most once, while it is open, and never after it was cancelled or expired.
 *  3. Every change of a binding is an event, and every event tells of a change.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "home/binding.h"
#include "home/operator.h"

#define LIVES    1500
#define STEPS    250
#define MACHINES 5
#define NOBODY   (-1)

struct model {
    int holder;         /* who may be served; NOBODY: the first to come */
    bool ticket_open;   /* as far as the operator knows: it may be over */
    int ticket_machine; /* NOBODY: any */
    int64_t ticket_until;
    bool barred;
    bool declared[MACHINES];
    bool any_declared;
};

struct figures {
    unsigned long steps, served, refused, swaps, violations, expired, cancelled;
};

struct life {
    uint64_t chance;
    struct profile profile;
    struct home_events events;
    struct home_context context;
    struct subscription subscription;
    struct model model;
    unsigned tickets; /* opened; also the id of the last one */
    struct figures *figures;
};

static uint64_t draw(struct life *life)
{
    uint64_t z = life->chance += UINT64_C(0x9E3779B97F4A7C15); /* splitmix64 */

    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static int below(struct life *life, unsigned n)
{
    return (int)(draw(life) % n);
}

static struct imei machine_of(int number)
{
    struct imei machine = {{0}, {0}};

    memset(machine.digits, '1' + number, sizeof machine.digits - 1);
    return machine;
}

static const char *ticket_id(unsigned number, char text[HOME_TICKET_ID])
{
    (void)snprintf(text, HOME_TICKET_ID, "%016x", number);
    return text;
}

static unsigned count(const struct life *life, enum event_kind kind)
{
    unsigned n = 0;

    for (size_t i = 0; i < life->events.count; i++) {
        n += life->events.items[i].kind == kind;
    }
    return n;
}

static bool ticket_stands(const struct life *life)
{
    return life->model.ticket_open && life->context.now_ms <= life->model.ticket_until;
}

/* A machine shows itself. Properties 1 and 2. */
static void see(struct life *life)
{
    struct model *model = &life->model;
    int number = below(life, MACHINES);
    struct imei machine = machine_of(number);
    /* A ticket for any machine is not for the one that was seen to have stolen the UICC. */
    bool thief = strcmp(life->subscription.binding.offender.digits, machine.digits) == 0;
    bool by_ticket =
        ticket_stands(life) && (model->ticket_machine == NOBODY ? number != model->holder && !thief
                                                                : number == model->ticket_machine);
    bool first = model->holder == NOBODY && (!model->any_declared || model->declared[number]);
    bool alert = life->profile.violation == VIOLATION_ALERT;
    bool bar = life->profile.violation == VIOLATION_BAR;

    if (model->ticket_open && !ticket_stands(life)) {
        model->ticket_open = false;
        life->figures->expired++;
    }
    bool mine = number == model->holder && !(model->barred && bar);
    bool served = binding_machine_seen(&life->subscription, &life->context, &machine);
    assert_int_equal(served, mine || by_ticket || first || alert);
    assert_int_equal(count(life, EVENT_TICKET_USED), by_ticket);
    assert_int_equal(count(life, EVENT_BINDING_BOUND), by_ticket || first);
    if (by_ticket || first) {
        life->figures->swaps += by_ticket;
        model->holder = number;
        model->ticket_open = false;
    } else if (number != model->holder && model->holder != NOBODY && !model->ticket_open) {
        model->barred = bar;
    }
    life->figures->violations += count(life, EVENT_BINDING_VIOLATED);
    *(served ? &life->figures->served : &life->figures->refused) += 1;
}

static void open_ticket(struct life *life)
{
    struct model *model = &life->model;
    int number = below(life, 2) == 0 ? NOBODY : below(life, MACHINES);
    struct imei machine = machine_of(number == NOBODY ? 0 : number);
    int64_t until = life->context.now_ms + below(life, 60) - 5;
    bool possible = model->holder != NOBODY && !ticket_stands(life) && until > life->context.now_ms;
    char id[HOME_TICKET_ID];
    struct fault fault;

    assert_int_equal(operator_open_ticket(&life->subscription, &life->context,
                                          ticket_id(life->tickets + 1, id),
                                          number != NOBODY ? &machine : NULL, until, &fault),
                     possible);
    if (possible) {
        life->figures->expired += model->ticket_open;
        assert_int_equal(count(life, EVENT_TICKET_EXPIRED), model->ticket_open);
        life->tickets++;
        model->ticket_open = true;
        model->ticket_machine = number;
        model->ticket_until = until;
        model->barred = false;
    }
}

/* Cancels the last ticket, or tries to with one that was used, cancelled or over long ago. */
static void cancel_ticket(struct life *life)
{
    unsigned number = life->tickets - (unsigned)below(life, 2);
    bool possible = life->model.ticket_open && number == life->tickets;
    char id[HOME_TICKET_ID];
    struct fault fault;

    assert_int_equal(
        operator_cancel_ticket(&life->subscription, &life->context, ticket_id(number, id), &fault),
        possible);
    if (possible) {
        life->figures->cancelled++;
        life->model.ticket_open = false;
    }
}

static void arm(struct life *life)
{
    bool possible = !life->model.ticket_open;
    struct fault fault;

    assert_int_equal(operator_arm(&life->subscription, &life->context, &fault), possible);
    if (possible) {
        life->model.holder = NOBODY;
        life->model.barred = false;
    }
}

static bool same_binding(const struct binding *a, const struct binding *b)
{
    return a->state == b->state && strcmp(a->machine.digits, b->machine.digits) == 0 &&
           strcmp(a->ticket, b->ticket) == 0 &&
           strcmp(a->offender.digits, b->offender.digits) == 0 &&
           a->changed_at_ms == b->changed_at_ms;
}

static void step(struct life *life)
{
    struct binding before = life->subscription.binding;
    int what = below(life, 100);

    life->context.now_ms += 1 + below(life, 10);
    life->events.count = 0;
    if (what < 85) {
        see(life);
    } else if (what < 93) {
        open_ticket(life);
    } else if (what < 98) {
        cancel_ticket(life);
    } else {
        arm(life);
    }
    life->figures->steps++;
    /* Property 3. */
    assert_int_equal(life->events.lost, 0);
    assert_int_equal(same_binding(&before, &life->subscription.binding), life->events.count == 0);
    assert_int_equal(life->subscription.binding.ticket[0] != '\0',
                     life->subscription.binding.state == BINDING_RELEASED);
}

static void begin(struct life *life, uint64_t seed, struct figures *figures)
{
    memset(life, 0, sizeof *life);
    life->chance = seed;
    life->figures = figures;
    life->profile.violation = (enum violation_policy)below(life, 3);
    life->context = (struct home_context){
        .profile = &life->profile, .now_ms = 1000, .who = "mme", .events = &life->events};
    life->subscription.binding.state = BINDING_ARMED;
    life->model.holder = NOBODY;
    life->model.any_declared = below(life, 2) == 0;
    for (int i = 0; i < HOME_MACHINES - 1 && life->model.any_declared; i++) {
        int number = below(life, MACHINES);

        life->model.declared[number] = true;
        life->subscription.binding.declared[i] = machine_of(number);
    }
}

static void test_random_lives(void **state)
{
    const char *text = getenv("MOORING_SEED");
    uint64_t seed = text != NULL ? strtoull(text, NULL, 10) : 1;
    struct figures figures = {0};
    struct life life;

    (void)state;
    print_message("seed %llu\n", (unsigned long long)seed);
    for (uint64_t i = 0; i < LIVES; i++) {
        begin(&life, seed * 1000003 + i, &figures);
        for (int s = 0; s < STEPS; s++) {
            step(&life);
        }
    }
    print_message(
        "%d lives, %lu steps: %lu served, %lu refused, %lu swaps by ticket, %lu violations "
        "told, %lu tickets expired, %lu cancelled\n",
        LIVES, figures.steps, figures.served, figures.refused, figures.swaps, figures.violations,
        figures.expired, figures.cancelled);
    /* A run that met none of these would prove nothing. */
    assert_true(figures.served > 1000 && figures.refused > 1000 && figures.swaps > 1000);
    assert_true(figures.violations > 1000 && figures.expired > 100 && figures.cancelled > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_lives)};

    return cmocka_run_group_tests_name("binding_states", tests, NULL, NULL);
}
