#include "home/scope.h"

#include <strings.h>

#include "base/bytes.h"

bool scope_served(const struct subscription *subscription, const struct home_context *context)
{
    if (subscription->status == SUBSCRIPTION_SUSPENDED) {
        return false;
    }
    if (subscription->verdict == VERDICT_CLONED && context->profile->on_clone != VIOLATION_ALERT) {
        return false;
    }
    return subscription->binding.state != BINDING_VIOLATED ||
           context->profile->violation != VIOLATION_BAR;
}

bool scope_allows_plmn(const struct profile *profile, const struct plmn *plmn)
{
    for (size_t i = 0; i < profile->plmn_count; i++) {
        if (plmn_equal(&profile->plmns[i], plmn)) {
            return true;
        }
    }
    return profile->plmn_count == 0;
}

bool scope_allows_rat(const struct profile *profile, uint32_t rat_type)
{
    static const struct {
        uint32_t rat_type;
        uint32_t restriction;
    } rats[] = {
        {1000, UINT32_C(1) << 0}, /* UTRAN */
        {1001, UINT32_C(1) << 1}, /* GERAN */
        {1002, UINT32_C(1) << 2}, /* GAN */
        {1003, UINT32_C(1) << 3}, /* HSPA evolution */
        {1004, UINT32_C(1) << 4}, /* WB-E-UTRAN */
        {1005, UINT32_C(1) << 6}, /* NB-IoT */
    };

    for (size_t i = 0; i < ARRAY_LEN(rats); i++) {
        if (rats[i].rat_type == rat_type) {
            return (profile->access_restriction & rats[i].restriction) == 0;
        }
    }
    return true;
}

bool scope_allows_apn(const struct profile *profile, const char *apn)
{
    for (size_t i = 0; i < profile->apn_count; i++) {
        if (strcasecmp(profile->apns[i].name, apn) == 0) {
            return true;
        }
    }
    return false;
}
