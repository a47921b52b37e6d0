#include "hss/settings.h"

#include <string.h>

const struct profile *hss_settings_profile(const struct hss_settings *settings, const char *name)
{
    for (size_t i = 0; i < settings->profile_count; i++) {
        if (strcmp(settings->profiles[i].name, name) == 0) {
            return &settings->profiles[i];
        }
    }
    return NULL;
}
