/*
 * What an operator does to a subscription: decisions over the record like those on requests of the
 * network, so that the command line, and later the API and console, do the same. `context->who` is
 * the operator. Each returns false with a fault that says why, and changes nothing then.
 */
#ifndef MOORING_HOME_OPERATOR_H
#define MOORING_HOME_OPERATOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "home/context.h"
#include "home/subscription.h"

bool operator_suspend(struct subscription *subscription, const struct home_context *context,
                      struct fault *fault);
bool operator_resume(struct subscription *subscription, const struct home_context *context,
                     struct fault *fault);

/*
 * Opens the removal ticket `id` until `until_ms`: the next machine (`machine`, or any other if
 * NULL) takes the UICC. Only for a bound or violated binding without an open ticket. The ticket is
 * the operator's decision on a violation: when it ends unused the binding is bound to its old
 * machine.
 */
bool operator_open_ticket(struct subscription *subscription, const struct home_context *context,
                          const char *id, const struct imei *machine, int64_t until_ms,
                          struct fault *fault);
bool operator_cancel_ticket(struct subscription *subscription, const struct home_context *context,
                            const char *id, struct fault *fault);

/* Forgets the bound machine: the next one seen is bound. */
bool operator_arm(struct subscription *subscription, const struct home_context *context,
                  struct fault *fault);

/* Audits the next attach. */
bool operator_audit(struct subscription *subscription, const struct home_context *context,
                    struct fault *fault);

/* Announces a reissued card or an AuC restored from a backup: the verdict and all marks are
 * dropped, and what the card reports in the next audit becomes the baseline. */
bool operator_reset_marks(struct subscription *subscription, const struct home_context *context,
                          struct fault *fault);

#endif
