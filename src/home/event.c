#include "home/event.h"

#include <stdio.h>
#include <string.h>

struct home_event *home_events_add(struct home_events *events, int64_t at_ms, enum event_kind kind,
                                   const struct imsi *imsi, const char *who)
{
    struct home_event *event = &events->items[HOME_EVENTS_MAX - 1];

    if (events->count < HOME_EVENTS_MAX) {
        event = &events->items[events->count++];
    } else {
        events->lost++;
    }
    memset(event, 0, sizeof *event);
    event->at_ms = at_ms;
    event->kind = kind;
    if (imsi != NULL) {
        event->imsi = *imsi;
    }
    (void)snprintf(event->who, sizeof event->who, "%s", who);
    (void)snprintf(event->detail, sizeof event->detail, "{}");
    return event;
}
