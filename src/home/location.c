#include "home/location.h"

#include <stdio.h>

#include "home/audit.h"
#include "home/binding.h"
#include "home/scope.h"

static void report_scope(const struct subscription *subscription,
                         const struct home_context *context, const char *what)
{
    struct home_event *event = home_events_add(
        context->events, context->now_ms, EVENT_SCOPE_REFUSED, &subscription->imsi, context->who);

    (void)snprintf(event->why, sizeof event->why, "outside the profile '%s': %s",
                   context->profile->name, what);
}

static void activate(struct subscription *subscription, const struct home_context *context)
{
    struct home_event *event =
        home_events_add(context->events, context->now_ms, EVENT_SUBSCRIPTION_ACTIVATED,
                        &subscription->imsi, context->who);

    subscription->status = SUBSCRIPTION_ACTIVE;
    subscription->first_used_at_ms = context->now_ms;
    (void)snprintf(event->why, sizeof event->why, "first use");
}

enum home_result home_update_location(const struct home_context *context,
                                      const struct home_location_request *request,
                                      struct subscription *subscription)
{
    if (!scope_served(subscription, context)) {
        return HOME_REFUSED;
    }
    /* Evidence first: whatever else is wrong with this registration, the card has authenticated. */
    bool credible = audit_registration(subscription, context, request->node, request->end_to_end,
                                       request->retransmitted);
    if (!scope_allows_plmn(context->profile, &request->plmn)) {
        report_scope(subscription, context, "serving network");
        return HOME_ROAMING_NOT_ALLOWED;
    }
    if (!scope_allows_rat(context->profile, request->rat_type)) {
        report_scope(subscription, context, "radio access type");
        return HOME_RAT_NOT_ALLOWED;
    }
    if (!credible || !binding_machine_seen(subscription, context,
                                           request->imei_present ? &request->machine : NULL)) {
        return HOME_REFUSED;
    }
    if (subscription->status == SUBSCRIPTION_ISSUED) {
        activate(subscription, context);
    }
    subscription->registration = (struct registration){
        .node = request->node,
        .plmn = request->plmn,
        .rat_type = request->rat_type,
        .at_ms = context->now_ms,
    };
    return HOME_OK;
}
