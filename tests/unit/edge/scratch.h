/* A folder of its own for each test, removed afterwards, and files in it. */
#ifndef MOORING_TESTS_EDGE_SCRATCH_H
#define MOORING_TESTS_EDGE_SCRATCH_H

#include <stddef.h>
#include <sys/types.h>

struct scratch {
    char folder[64];
    char path[128]; /* of the name last given to scratch_path */
};

void scratch_make(struct scratch *scratch);
void scratch_remove(struct scratch *scratch);

/* The path of `name` in the folder; valid until the next call. */
const char *scratch_path(struct scratch *scratch, const char *name);

/* Writes a file with a mode; asserts that it works. */
void scratch_write(const char *path, const void *data, size_t n, mode_t mode);

#endif
