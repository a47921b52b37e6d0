/* Running other programs: with what they say shown and kept, or in the background with a log. */
#ifndef MOORING_CLI_DEMO_PROCESS_H
#define MOORING_CLI_DEMO_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/fault.h"

/* Text that grows. Starts all zero; free with text_free. */
struct text {
    char *data; /* NUL-terminated once anything was added */
    size_t len;
};

void text_add(struct text *text, const char *data, size_t n);
void text_free(struct text *text);
bool text_has(const struct text *text, const char *part);

/*
 * Runs the program argv[0] (found by PATH) in `folder` to its end. Each line of its output,
 * standard error too, is printed indented and added to `output` (replaced) and `transcript`.
 * Returns its exit status, or -1 with a fault.
 */
int process_run(const char *folder, const char *const *argv, struct text *output,
                struct text *transcript, struct fault *fault);

/* Starts a program in the background, in `folder`, its output in the file `log`. Returns its pid,
 * or -1 with a fault. */
pid_t process_start(const char *folder, const char *const *argv, const char *log,
                    struct fault *fault);

/* True if the process that process_start began still runs. */
bool process_runs(pid_t pid);

/* Asks it to end with SIGTERM, after five seconds with SIGKILL, and waits. Returns its exit status,
 * -1 if it was killed. A pid below 1 does nothing. */
int process_stop(pid_t pid);

#endif
