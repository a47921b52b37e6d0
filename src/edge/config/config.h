/*
 * The configuration file of the home network: one YAML file into struct hss_settings.
 *
 * packaging/mooring.yaml is the commented sample in which every key stands. Unknown keys, keys that
 * occur twice and values of another kind or out of range are refused, with a fault `FILE:LINE: KEY:
 * ...` that says what was expected.
 */
#ifndef MOORING_EDGE_CONFIG_CONFIG_H
#define MOORING_EDGE_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "hss/settings.h"

/* Reads `path` into *out (large: not for small stacks). Relative paths in the file are made
 * relative to the file's folder. On false *out is not to be used. */
bool config_load(const char *path, struct hss_settings *out, struct fault *fault);

/* The same for `n` octets of text; `path` is for messages and for relative paths. */
bool config_parse(const char *path, const unsigned char *text, size_t n, struct hss_settings *out,
                  struct fault *fault);

/* Calls `visit` with the path of every key that the reader knows, as in "home.listen",
 * "peers[].host", "profiles.NAME.apns[].qci": for documentation and its test. */
void config_each_key(void (*visit)(void *user, const char *path), void *user);

#endif
