/*
 * Whole files: bounded reading, durable replacement, and the rule for files that hold secrets.
 *
 * Every false return leaves one line in the fault that names the file and says what to do.
 */
#ifndef MOORING_EDGE_FILE_FILE_IO_H
#define MOORING_EDGE_FILE_FILE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/fault.h"

/* The content of a file. `data` is the caller's: file_content_free releases it. */
struct file_content {
    uint8_t *data; /* `size` octets and a NUL that is not counted, so that text can be scanned */
    size_t size;
};

/* Reads all of the regular file `path`; a file of more than `max` octets is refused, not cut. */
bool file_read(const char *path, size_t max, struct file_content *out, struct fault *fault);

/* As file_read, after file_secret_check on the very file that is then read. */
bool file_read_secret(const char *path, size_t max, struct file_content *out, struct fault *fault);

/* Wipes and frees the content (it may be a secret). */
void file_content_free(struct file_content *content);

/*
 * Refuses an open file that group or others may read, write or execute, or that belongs to neither
 * us nor root. `path` is for the message only: the check is on `fd`, so that the file can't be
 * swapped in between.
 */
bool file_secret_check(int fd, const char *path, struct fault *fault);

/*
 * Replaces the file `path` (or makes it) with `n` octets, mode `mode`: after true the new content
 * survives power loss; after false the old file stands as it was, also when the disk is full. A
 * reader sees the old or the new content, never a mixture. A process with RLIMIT_FSIZE should
 * ignore SIGXFSZ to get the error.
 */
bool file_replace(const char *path, const void *data, size_t n, mode_t mode, struct fault *fault);

/* As file_replace, but a file that exists already is never touched: that is an error. */
bool file_create(const char *path, const void *data, size_t n, mode_t mode, struct fault *fault);

#endif
