/* The configuration file as any octets at all: it loads or is refused with a fault, and nothing
 * else. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "edge/config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct hss_settings settings;
    struct fault fault = {""};

    if (!config_parse("folder/fuzz.yaml", data, size, &settings, &fault)) {
        /* Every refusal begins with the place. */
        if (strncmp(fault.text, "folder/fuzz.yaml:", 17) != 0) {
            abort();
        }
    } else if (settings.profile_count == 0 || settings.profiles[0].apn_count == 0 ||
               settings.listen_count == 0) {
        abort();
    }
    return 0;
}
