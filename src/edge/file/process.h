/* Hardening of a process that holds secrets in memory. */
#ifndef MOORING_EDGE_FILE_PROCESS_H
#define MOORING_EDGE_FILE_PROCESS_H

#include <stdbool.h>

#include "base/fault.h"

/* Keeps keys out of core files and away from debuggers of other users: RLIMIT_CORE 0 and not
 * dumpable (prctl(2), PR_SET_DUMPABLE). Called once at start, before a key is read. */
bool process_no_core_dumps(struct fault *fault);

#endif
