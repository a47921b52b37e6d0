/*
 * What the files of this edge share about SQLite: errors as faults, and reading columns like
 * hostile input. Nothing here knows the home network.
 */
#ifndef MOORING_EDGE_SQLITE_SQLITE_DB_H
#define MOORING_EDGE_SQLITE_SQLITE_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sqlite3.h>

#include "base/fault.h"
#include "codec/identity.h"

/* Opens `path` (which exists) with our pragmas: WAL, synchronous FULL, foreign keys, 5 s busy
 * timeout, defensive mode. NULL with a fault that names the file. */
sqlite3 *db_open(const char *path, struct fault *fault);

/* Sets the fault to what went wrong with `what` on `db`, with advice where there is some (full,
 * locked, read-only, corrupt). Returns false. */
bool db_fault(sqlite3 *db, const char *what, struct fault *fault);

/* Runs SQL text without results. */
bool db_exec(sqlite3 *db, const char *sql, struct fault *fault);

/* Prepares one statement for repeated use; NULL with a fault. */
sqlite3_stmt *db_prepare(sqlite3 *db, const char *sql, struct fault *fault);

/* Reads one integer: the first column of the first row of `sql`. */
bool db_int(sqlite3 *db, const char *sql, int64_t *value, struct fault *fault);

/* Steps a statement that gives no rows, then resets it and clears its bindings. */
bool db_run(sqlite3 *db, sqlite3_stmt *stmt, const char *what, struct fault *fault);

/* Ends the use of a statement for now. */
void db_done(sqlite3_stmt *stmt);

/* Binding; failures (out of memory) come out when the statement is stepped. An empty text is NULL.
 */
void db_bind_text(sqlite3_stmt *stmt, int at, const char *text);
void db_bind_int(sqlite3_stmt *stmt, int at, int64_t value);
void db_bind_blob(sqlite3_stmt *stmt, int at, const void *data, size_t n);
void db_bind_imei(sqlite3_stmt *stmt, int at, const struct imei *imei);

/*
 * Columns of the present row. Each is false, with a fault that names the column, if the value has
 * another type, is out of range or is malformed. Texts and identities that may be absent are NULL
 * in the database and empty here.
 */
bool db_int_of(sqlite3_stmt *stmt, int at, int64_t min, int64_t max, int64_t *value,
               struct fault *fault);
bool db_text_of(sqlite3_stmt *stmt, int at, char *text, size_t capacity, struct fault *fault);
bool db_imsi_of(sqlite3_stmt *stmt, int at, struct imsi *imsi, struct fault *fault);
bool db_iccid_of(sqlite3_stmt *stmt, int at, struct iccid *iccid, struct fault *fault);
bool db_imei_of(sqlite3_stmt *stmt, int at, struct imei *imei, struct fault *fault);
/* The blob lives until the statement is stepped or reset. */
bool db_blob_of(sqlite3_stmt *stmt, int at, const uint8_t **data, size_t *n, struct fault *fault);

#endif
