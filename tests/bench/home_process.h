/* A real home network in a process of its own, for benchmarks: src/hss on edge/sqlite (on disk,
 * synchronous FULL) and edge/diameter, on a free port of the loopback interface. */
#ifndef MOORING_BENCH_HOME_PROCESS_H
#define MOORING_BENCH_HOME_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/fault.h"
#include "hss/hss.h"

struct home_figures; /* what both processes see */

struct home_process {
    pid_t pid;
    int stop_fd; /* closing it ends the home network */
    uint16_t port;
    struct home_figures *figures;
};

/* The settings of the home network that is measured: one peer, one profile without audits, all
 * else as the configuration's defaults. `settings` is filled. */
void home_process_settings(struct hss_settings *settings, const char *peer, uint32_t max_records);

/* Starts it on the database and key file in the current folder ("home.db", "home.key"). */
bool home_process_start(struct home_process *process, const struct hss_settings *settings,
                        struct fault *fault);

/* Stops it and waits. False if it failed. */
bool home_process_stop(struct home_process *process);

/* Commits so far, seconds of processor time so far, octets of memory now (resident set). */
uint64_t home_process_commits(const struct home_process *process);
double home_process_cpu(const struct home_process *process);
uint64_t home_process_memory(const struct home_process *process);

#endif
