/*
 * Binding: which machine a UICC belongs to, and what happens when it is seen in another
 * (TR 33.812 5.4.3.3; the states are drawn in ARCHITECTURE.md).
 */
#ifndef MOORING_HOME_BINDING_H
#define MOORING_HOME_BINDING_H

#include <stdbool.h>

#include "home/context.h"
#include "home/subscription.h"

/*
 * Takes the IMEI(SV) of a machine that shows itself with this UICC (`machine` NULL: it gave none)
 * and returns whether the machine is served. Each change of state, and each new foreign machine, is
 * one event; a foreign machine that goes on trying is not reported again (the last one is
 * remembered).
 */
bool binding_machine_seen(struct subscription *subscription, const struct home_context *context,
                          const struct imei *machine);

#endif
