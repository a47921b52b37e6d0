/*
 * A fault: one clear line for a person about what went wrong and what to do, carried outward by
 * functions of the hosted layers that can fail for many reasons. Not used by the card engine (which
 * speaks status words). Never put a secret into a fault: it ends on a screen or in a log.
 */
#ifndef MOORING_BASE_FAULT_H
#define MOORING_BASE_FAULT_H

#include <stdbool.h>

struct fault {
    char text[512];
};

/* Writes the formatted line (cut to fit) to `fault`, which may be NULL. Returns false, so that a
 * function can say `return fault_set(fault, ...)`. */
bool fault_set(struct fault *fault, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Puts "CONTEXT: " (formatted) before what is there. Returns false. */
bool fault_prefix(struct fault *fault, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
