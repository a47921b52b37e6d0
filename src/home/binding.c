#include "home/binding.h"

#include <stdio.h>
#include <string.h>

static struct home_event *add_event(const struct subscription *subscription,
                                    const struct home_context *context, enum event_kind kind,
                                    const struct imei *machine)
{
    struct home_event *event =
        home_events_add(context->events, context->now_ms, kind, &subscription->imsi, context->who);

    (void)snprintf(event->detail, sizeof event->detail,
                   "{\"imei\":\"%s\",\"bound_imei\":\"%s\",\"state\":\"%s\"}", machine->digits,
                   subscription->binding.machine.digits,
                   binding_state_name(subscription->binding.state));
    return event;
}

static void change_state(struct subscription *subscription, const struct home_context *context,
                         enum binding_state state)
{
    subscription->binding.state = state;
    subscription->binding.changed_at_ms = context->now_ms;
}

static bool is_declared(const struct binding *binding, const struct imei *machine)
{
    bool any = false;

    for (size_t i = 0; i < HOME_MACHINES; i++) {
        if (binding->declared[i].digits[0] != '\0') {
            any = true;
            if (imei_same_machine(&binding->declared[i], machine)) {
                return true;
            }
        }
    }
    return !any;
}

static void clear_ticket(struct binding *binding)
{
    memset(binding->ticket, 0, sizeof binding->ticket);
    memset(&binding->ticket_machine, 0, sizeof binding->ticket_machine);
    binding->ticket_until_ms = 0;
}

static void bind(struct subscription *subscription, const struct home_context *context,
                 const struct imei *machine)
{
    bool first = subscription->binding.machine.digits[0] == '\0';

    subscription->binding.machine = *machine;
    memset(&subscription->binding.offender, 0, sizeof subscription->binding.offender);
    change_state(subscription, context, BINDING_BOUND);
    struct home_event *event = add_event(subscription, context, EVENT_BINDING_BOUND, machine);
    (void)snprintf(event->why, sizeof event->why, "bound to IMEI %s", machine->digits);
    if (!first && context->profile->audit_on_change && subscription->auth.audit_due == AUDIT_NONE) {
        subscription->auth.audit_due = AUDIT_CHANGE;
    }
}

/* A machine that is not the bound one: one event for each new offender, then the profile's word. */
static bool violate(struct subscription *subscription, const struct home_context *context,
                    const struct imei *machine, bool keep_state)
{
    struct binding *binding = &subscription->binding;

    if (!imei_same_machine(&binding->offender, machine) ||
        (!keep_state && binding->state != BINDING_VIOLATED)) {
        binding->offender = *machine;
        if (!keep_state) {
            change_state(subscription, context, BINDING_VIOLATED);
        }
        struct home_event *event =
            add_event(subscription, context, EVENT_BINDING_VIOLATED, machine);
        (void)snprintf(event->why, sizeof event->why, "UICC seen in a machine with IMEI %s, %s%s",
                       machine->digits,
                       binding->machine.digits[0] != '\0' ? "it belongs to IMEI "
                                                          : "which is not a declared one",
                       binding->machine.digits);
    }
    return context->profile->violation == VIOLATION_ALERT;
}

static bool seen_with_ticket(struct subscription *subscription, const struct home_context *context,
                             const struct imei *machine)
{
    struct binding *binding = &subscription->binding;
    bool named = binding->ticket_machine.digits[0] != '\0';

    if (imei_same_machine(&binding->machine, machine) &&
        !(named && imei_same_machine(&binding->ticket_machine, machine))) {
        return true; /* the old machine is served until the swap: the ticket stays open */
    }
    if (named ? !imei_same_machine(&binding->ticket_machine, machine)
              : imei_same_machine(&binding->offender, machine)) { /* "any other" is no thief */
        return violate(subscription, context, machine, true);
    }
    struct home_event *event = add_event(subscription, context, EVENT_TICKET_USED, machine);
    (void)snprintf(event->why, sizeof event->why, "removal ticket %s used: IMEI %s takes the UICC",
                   binding->ticket, machine->digits);
    (void)snprintf(event->detail, sizeof event->detail, "{\"ticket\":\"%s\",\"imei\":\"%s\"}",
                   binding->ticket, machine->digits);
    clear_ticket(binding);
    bind(subscription, context, machine);
    return true;
}

/* A ticket whose time is over leaves the UICC with its old machine (home/operator.h). */
static void expire_ticket(struct subscription *subscription, const struct home_context *context)
{
    struct binding *binding = &subscription->binding;
    struct home_event *event =
        add_event(subscription, context, EVENT_TICKET_EXPIRED, &binding->machine);

    (void)snprintf(event->why, sizeof event->why, "removal ticket %s expired unused",
                   binding->ticket);
    (void)snprintf(event->detail, sizeof event->detail, "{\"ticket\":\"%s\"}", binding->ticket);
    clear_ticket(binding);
    change_state(subscription, context,
                 binding->machine.digits[0] != '\0' ? BINDING_BOUND : BINDING_ARMED);
}

static bool seen_bound(struct subscription *subscription, const struct home_context *context,
                       const struct imei *machine)
{
    struct binding *binding = &subscription->binding;

    if (binding->state == BINDING_VIOLATED && context->profile->violation == VIOLATION_BAR) {
        if (!imei_same_machine(&binding->machine, machine)) {
            (void)violate(subscription, context, machine, false);
        }
        return false;
    }
    if (!imei_same_machine(&binding->machine, machine)) {
        return violate(subscription, context, machine, false);
    }
    binding->machine = *machine; /* the software version may have changed */
    if (binding->state == BINDING_VIOLATED) {
        memset(&binding->offender, 0, sizeof binding->offender);
        change_state(subscription, context, BINDING_BOUND);
        struct home_event *event =
            add_event(subscription, context, EVENT_BINDING_RETURNED, machine);
        (void)snprintf(event->why, sizeof event->why, "back in its own machine, IMEI %s",
                       machine->digits);
    }
    return true;
}

bool binding_machine_seen(struct subscription *subscription, const struct home_context *context,
                          const struct imei *machine)
{
    struct binding *binding = &subscription->binding;

    if (binding->state == BINDING_RELEASED && context->now_ms > binding->ticket_until_ms) {
        expire_ticket(subscription, context);
    }
    if (binding->state == BINDING_UNBOUND) {
        return true;
    }
    if (machine == NULL) {
        bool barred =
            binding->state == BINDING_VIOLATED && context->profile->violation == VIOLATION_BAR;
        if (context->profile->require_imei) {
            struct home_event *event =
                home_events_add(context->events, context->now_ms, EVENT_SCOPE_REFUSED,
                                &subscription->imsi, context->who);
            (void)snprintf(event->why, sizeof event->why,
                           "the machine gave no IMEI, and its profile asks for one");
        }
        return !context->profile->require_imei && !barred;
    }
    switch (binding->state) {
    case BINDING_RELEASED:
        return seen_with_ticket(subscription, context, machine);
    case BINDING_ARMED:
        if (!is_declared(binding, machine)) {
            return violate(subscription, context, machine, true);
        }
        bind(subscription, context, machine);
        return true;
    case BINDING_BOUND:
    case BINDING_VIOLATED:
        return seen_bound(subscription, context, machine);
    case BINDING_UNBOUND:
        break;
    }
    return true;
}
