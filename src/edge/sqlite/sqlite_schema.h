/* The database's schema and its migrations, by number. */
#ifndef MOORING_EDGE_SQLITE_SQLITE_SCHEMA_H
#define MOORING_EDGE_SQLITE_SQLITE_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sqlite3.h>

#include "base/fault.h"

#define SCHEMA_APPLICATION_ID                                                                      \
    0x4D4F4F52 /* "MOOR", in the file's header (PRAGMA application_id)                             \
                */

/* Step i of the table brings a database of version i (PRAGMA user_version) to version i + 1. Steps
 * are never edited once released; new ones are appended. */
extern const char *const schema_steps[];
extern const size_t schema_step_count;

/*
 * Brings `db` to version `count` in one transaction; version 0 is an empty file. Refused with a
 * clear fault: a database of another program, and one of a newer version than `count`. `path` is
 * for messages.
 */
bool schema_migrate(sqlite3 *db, const char *path, const char *const *steps, size_t count,
                    struct fault *fault);

#endif
