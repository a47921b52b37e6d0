/* Whether a file stands where nobody else can exchange it. */
#ifndef MOORING_EDGE_FILE_PLACE_H
#define MOORING_EDGE_FILE_PLACE_H

#include <stdbool.h>

#include "base/fault.h"

/*
 * Refuses a file, or a folder above it, that belongs to neither us nor root, or a folder that
 * others may write to (unless it is sticky, as /tmp): who can rename a folder could have a program
 * of root's write to a place of his choice. `path` is whole and free of symbolic links
 * (realpath(3)). False with a fault that names the place.
 */
bool file_place_check(const char *path, struct fault *fault);

#endif
