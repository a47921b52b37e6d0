#include "home/operator.h"

#include <stdio.h>
#include <string.h>

static void report(const struct subscription *subscription, const struct home_context *context,
                   enum event_kind kind, const char *why)
{
    struct home_event *event =
        home_events_add(context->events, context->now_ms, kind, &subscription->imsi, context->who);

    (void)snprintf(event->why, sizeof event->why, "%s", why);
}

bool operator_suspend(struct subscription *subscription, const struct home_context *context,
                      struct fault *fault)
{
    if (subscription->status == SUBSCRIPTION_SUSPENDED) {
        return fault_set(fault, "IMSI %s is suspended already", subscription->imsi.digits);
    }
    subscription->status = SUBSCRIPTION_SUSPENDED;
    report(subscription, context, EVENT_SUBSCRIPTION_SUSPENDED, "by the operator");
    return true;
}

bool operator_resume(struct subscription *subscription, const struct home_context *context,
                     struct fault *fault)
{
    if (subscription->status != SUBSCRIPTION_SUSPENDED) {
        return fault_set(fault, "IMSI %s is not suspended, it is %s", subscription->imsi.digits,
                         subscription_status_name(subscription->status));
    }
    subscription->status =
        subscription->first_used_at_ms != 0 ? SUBSCRIPTION_ACTIVE : SUBSCRIPTION_ISSUED;
    report(subscription, context, EVENT_SUBSCRIPTION_RESUMED, "by the operator");
    return true;
}

/* A ticket whose end nobody noticed, because no machine was seen since. */
static void report_expired(const struct subscription *subscription,
                           const struct home_context *context)
{
    const char *id = subscription->binding.ticket;
    struct home_event *event = home_events_add(
        context->events, context->now_ms, EVENT_TICKET_EXPIRED, &subscription->imsi, context->who);

    (void)snprintf(event->why, sizeof event->why, "removal ticket %s expired unused", id);
    (void)snprintf(event->detail, sizeof event->detail, "{\"ticket\":\"%s\"}", id);
}

bool operator_open_ticket(struct subscription *subscription, const struct home_context *context,
                          const char *id, const struct imei *machine, int64_t until_ms,
                          struct fault *fault)
{
    struct binding *binding = &subscription->binding;

    if (binding->state == BINDING_RELEASED && context->now_ms <= binding->ticket_until_ms) {
        return fault_set(fault, "IMSI %s has an open removal ticket already: %s",
                         subscription->imsi.digits, binding->ticket);
    }
    if (binding->state != BINDING_BOUND && binding->state != BINDING_VIOLATED &&
        binding->state != BINDING_RELEASED) {
        return fault_set(fault, "IMSI %s is %s: a removal ticket is for a bound UICC",
                         subscription->imsi.digits, binding_state_name(binding->state));
    }
    if (until_ms <= context->now_ms) {
        return fault_set(fault, "a removal ticket must end in the future");
    }
    if (binding->state == BINDING_RELEASED) {
        report_expired(subscription, context);
    }
    (void)snprintf(binding->ticket, sizeof binding->ticket, "%s", id);
    memset(&binding->ticket_machine, 0, sizeof binding->ticket_machine);
    if (machine != NULL) {
        binding->ticket_machine = *machine;
    }
    binding->ticket_until_ms = until_ms;
    binding->state = BINDING_RELEASED;
    binding->changed_at_ms = context->now_ms;
    struct home_event *event = home_events_add(
        context->events, context->now_ms, EVENT_TICKET_OPENED, &subscription->imsi, context->who);
    (void)snprintf(event->why, sizeof event->why, "removal ticket %s: the UICC may move to %s%s",
                   id, machine != NULL ? "IMEI " : "another machine",
                   machine != NULL ? machine->digits : "");
    (void)snprintf(event->detail, sizeof event->detail, "{\"ticket\":\"%s\",\"imei\":\"%s\"}", id,
                   machine != NULL ? machine->digits : "");
    return true;
}

bool operator_cancel_ticket(struct subscription *subscription, const struct home_context *context,
                            const char *id, struct fault *fault)
{
    struct binding *binding = &subscription->binding;

    if (binding->state != BINDING_RELEASED || strcmp(binding->ticket, id) != 0) {
        return fault_set(fault, "ticket %s is not open for IMSI %s", id, subscription->imsi.digits);
    }
    struct home_event *event =
        home_events_add(context->events, context->now_ms, EVENT_TICKET_CANCELLED,
                        &subscription->imsi, context->who);
    (void)snprintf(event->why, sizeof event->why, "removal ticket %s cancelled", id);
    (void)snprintf(event->detail, sizeof event->detail, "{\"ticket\":\"%s\"}", id);
    memset(binding->ticket, 0, sizeof binding->ticket);
    memset(&binding->ticket_machine, 0, sizeof binding->ticket_machine);
    binding->ticket_until_ms = 0;
    binding->state = binding->machine.digits[0] != '\0' ? BINDING_BOUND : BINDING_ARMED;
    binding->changed_at_ms = context->now_ms;
    return true;
}

bool operator_arm(struct subscription *subscription, const struct home_context *context,
                  struct fault *fault)
{
    struct binding *binding = &subscription->binding;

    if (binding->state == BINDING_RELEASED) {
        return fault_set(fault, "IMSI %s has an open removal ticket (%s): cancel it first",
                         subscription->imsi.digits, binding->ticket);
    }
    memset(&binding->machine, 0, sizeof binding->machine);
    memset(&binding->offender, 0, sizeof binding->offender);
    binding->state = BINDING_ARMED;
    binding->changed_at_ms = context->now_ms;
    report(subscription, context, EVENT_BINDING_ARMED, "the next machine seen will be bound");
    return true;
}

bool operator_audit(struct subscription *subscription, const struct home_context *context,
                    struct fault *fault)
{
    if (subscription->auth.audit_due == AUDIT_BASELINE) {
        return fault_set(fault, "IMSI %s is to be audited for a new baseline already",
                         subscription->imsi.digits);
    }
    subscription->auth.audit_due = AUDIT_OPERATOR;
    subscription->auth.stale_unanswered = 0;
    (void)context;
    return true;
}

bool operator_reset_marks(struct subscription *subscription, const struct home_context *context,
                          struct fault *fault)
{
    struct auth_state *auth = &subscription->auth;

    (void)fault;
    memset(&auth->confirmed, 0, sizeof auth->confirmed);
    memset(&auth->probable, 0, sizeof auth->probable);
    memset(auth->nodes, 0, sizeof auth->nodes);
    auth->forgotten = true;
    auth->stale_unanswered = 0;
    auth->suspicion_left = 0;
    auth->audit_due = AUDIT_BASELINE;
    subscription->verdict = VERDICT_CLEAR;
    report(
        subscription, context, EVENT_MARKS_RESET,
        "the operator announced a reissued card or a restored AuC: the next audit sets the marks");
    return true;
}
