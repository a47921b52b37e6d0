/* AIA and ULA: writing them in the home network. */
#ifndef MOORING_S6A_S6A_ANSWER_H
#define MOORING_S6A_S6A_ANSWER_H

#include <stdbool.h>

#include "diameter/dia_answer.h"
#include "home/authentication.h"
#include "home/profile.h"
#include "home/subscription.h"
#include "s6a/s6a.h"

/* The AIA (TS 29.272 7.2.6) with the decision's vectors, or its result alone. False on overflow. */
bool s6a_put_aia(struct dia_writer *writer, const struct dia_node *node,
                 const struct dia_message *request,
                 const struct home_authentication_answer *answer);

/* The ULA (TS 29.272 7.2.4). On HOME_OK with the profile's Subscription-Data, unless `skip_data`.
 */
bool s6a_put_ula(struct dia_writer *writer, const struct dia_node *node,
                 const struct dia_message *request, enum home_result result,
                 const struct subscription *subscription, const struct profile *profile,
                 bool skip_data);

/* An answer of S6a that carries a result and nothing else. */
bool s6a_put_result(struct dia_writer *writer, const struct dia_node *node,
                    const struct dia_message *request, struct s6a_result result);

/* Subscription-Data (TS 29.272 7.3.2) of a subscription with this profile. */
void s6a_put_subscription_data(struct dia_writer *writer, const struct subscription *subscription,
                               const struct profile *profile);

#endif
