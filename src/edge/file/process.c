#include "edge/file/process.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

bool process_no_core_dumps(struct fault *fault)
{
    const struct rlimit none = {0, 0};

    if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
        return fault_set(fault, "cannot turn core dumps off: %s", strerror(errno));
    }
    return true;
}
