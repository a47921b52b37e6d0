#include "edge/sqlite/sqlite_db.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"

#define BUSY_TIMEOUT_MS 5000

bool db_fault(sqlite3 *db, const char *what, struct fault *fault)
{
    const char *path = sqlite3_db_filename(db, "main");
    const char *advice = "";

    switch (sqlite3_errcode(db) & 0xFF) {
    case SQLITE_FULL:
        advice =
            ": the disk (or the database's size limit) is full; nothing was changed: make room "
            "and try again";
        break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        advice = ": another program holds the database for too long";
        break;
    case SQLITE_READONLY:
    case SQLITE_PERM:
        advice = ": the file, its folder or its -wal and -shm files can't be written by this user";
        break;
    case SQLITE_NOTADB:
        advice = ": this is no SQLite database";
        break;
    case SQLITE_CORRUPT:
        advice =
            ": the database is damaged: restore a backup and announce it with a baseline audit";
        break;
    default:
        break;
    }
    return fault_set(fault, "%s: %s: %s%s", path == NULL ? "database" : path, what,
                     sqlite3_errmsg(db), advice);
}

bool db_exec(sqlite3 *db, const char *sql, struct fault *fault)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) {
        char what[64];

        (void)snprintf(what, sizeof what, "%.*s", (int)strcspn(sql, "(;\n"), sql);
        return db_fault(db, what, fault);
    }
    return true;
}

/*
 * A checkpoint copies each page of the log once, however often it was written, and syncs twice: one
 * in 32 MiB of log (8192 pages) instead of SQLite's 4 MiB makes scattered saves a sixth cheaper.
 * The log's file keeps up to twice that.
 */
sqlite3 *db_open(const char *path, struct fault *fault)
{
    static const char pragmas[] = "PRAGMA trusted_schema = OFF;"
                                  "PRAGMA cell_size_check = ON;"
                                  "PRAGMA foreign_keys = ON;"
                                  "PRAGMA journal_mode = WAL;"
                                  "PRAGMA synchronous = FULL;"
                                  "PRAGMA temp_store = MEMORY;"
                                  "PRAGMA wal_autocheckpoint = 8192;"
                                  "PRAGMA journal_size_limit = 67108864;";
    sqlite3 *db = NULL;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;

    if (sqlite3_open_v2(path, &db, flags, NULL) != SQLITE_OK) {
        (void)fault_set(fault, "%s: cannot open the database: %s", path,
                        db == NULL ? "out of memory" : sqlite3_errmsg(db));
        (void)sqlite3_close(db);
        return NULL;
    }
    (void)sqlite3_busy_timeout(db, BUSY_TIMEOUT_MS);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    if (sqlite3_exec(db, pragmas, NULL, NULL, NULL) != SQLITE_OK) {
        (void)db_fault(db, "cannot open the database", fault);
        (void)sqlite3_close(db);
        return NULL;
    }
    return db;
}

sqlite3_stmt *db_prepare(sqlite3 *db, const char *sql, struct fault *fault)
{
    sqlite3_stmt *stmt = NULL;

    if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) != SQLITE_OK) {
        (void)db_fault(db, "cannot prepare a statement", fault);
        return NULL;
    }
    return stmt;
}

bool db_int(sqlite3 *db, const char *sql, int64_t *value, struct fault *fault)
{
    sqlite3_stmt *stmt = db_prepare(db, sql, fault);

    if (stmt == NULL) {
        return false;
    }
    bool ok = sqlite3_step(stmt) == SQLITE_ROW;
    if (ok) {
        *value = sqlite3_column_int64(stmt, 0);
    } else {
        (void)db_fault(db, sql, fault);
    }
    (void)sqlite3_finalize(stmt);
    return ok;
}

void db_done(sqlite3_stmt *stmt)
{
    (void)sqlite3_reset(stmt);
    (void)sqlite3_clear_bindings(stmt);
}

bool db_run(sqlite3 *db, sqlite3_stmt *stmt, const char *what, struct fault *fault)
{
    bool ok = sqlite3_step(stmt) == SQLITE_DONE || db_fault(db, what, fault);

    db_done(stmt);
    return ok;
}

void db_bind_text(sqlite3_stmt *stmt, int at, const char *text)
{
    if (text[0] != '\0') {
        (void)sqlite3_bind_text(stmt, at, text, -1, SQLITE_TRANSIENT);
    } else {
        (void)sqlite3_bind_null(stmt, at);
    }
}

void db_bind_int(sqlite3_stmt *stmt, int at, int64_t value)
{
    (void)sqlite3_bind_int64(stmt, at, value);
}

void db_bind_blob(sqlite3_stmt *stmt, int at, const void *data, size_t n)
{
    (void)sqlite3_bind_blob64(stmt, at, data, n, SQLITE_TRANSIENT);
}

void db_bind_imei(sqlite3_stmt *stmt, int at, const struct imei *imei)
{
    char text[sizeof imei->digits + sizeof imei->sv];

    (void)snprintf(text, sizeof text, "%s%s", imei->digits, imei->sv);
    db_bind_text(stmt, at, text);
}

static bool bad_column(sqlite3_stmt *stmt, int at, const char *expected, struct fault *fault)
{
    return fault_set(fault, "the database is damaged or was edited: column %s is not %s",
                     sqlite3_column_name(stmt, at), expected);
}

bool db_int_of(sqlite3_stmt *stmt, int at, int64_t min, int64_t max, int64_t *value,
               struct fault *fault)
{
    if (sqlite3_column_type(stmt, at) != SQLITE_INTEGER) {
        return bad_column(stmt, at, "an integer", fault);
    }
    *value = sqlite3_column_int64(stmt, at);
    return (*value >= min && *value <= max) || bad_column(stmt, at, "in its range", fault);
}

/* The text and length of a column without NUL inside; NULL stands for an empty text. */
static bool raw_text(sqlite3_stmt *stmt, int at, const char **text, size_t *len,
                     struct fault *fault)
{
    if (sqlite3_column_type(stmt, at) == SQLITE_NULL) {
        *text = "";
        *len = 0;
        return true;
    }
    if (sqlite3_column_type(stmt, at) != SQLITE_TEXT) {
        return bad_column(stmt, at, "a text", fault);
    }
    *text = (const char *)sqlite3_column_text(stmt, at);
    *len = (size_t)sqlite3_column_bytes(stmt, at);
    if (*text == NULL || memchr(*text, '\0', *len) != NULL) {
        return bad_column(stmt, at, "a plain text", fault);
    }
    return true;
}

bool db_text_of(sqlite3_stmt *stmt, int at, char *text, size_t capacity, struct fault *fault)
{
    const char *raw = "";
    size_t len = 0;

    if (!raw_text(stmt, at, &raw, &len, fault)) {
        return false;
    }
    if (len >= capacity) {
        return bad_column(stmt, at, "short enough", fault);
    }
    (void)memcpy(text, raw, len);
    text[len] = '\0';
    return true;
}

bool db_imsi_of(sqlite3_stmt *stmt, int at, struct imsi *imsi, struct fault *fault)
{
    const char *raw = "";
    size_t len = 0;

    *imsi = (struct imsi){0};
    return raw_text(stmt, at, &raw, &len, fault) &&
           (len == 0 || imsi_parse(raw, len, imsi) || bad_column(stmt, at, "an IMSI", fault));
}

bool db_iccid_of(sqlite3_stmt *stmt, int at, struct iccid *iccid, struct fault *fault)
{
    const char *raw = "";
    size_t len = 0;

    *iccid = (struct iccid){0};
    return raw_text(stmt, at, &raw, &len, fault) &&
           (len == 0 || iccid_parse(raw, len, iccid) || bad_column(stmt, at, "an ICCID", fault));
}

bool db_imei_of(sqlite3_stmt *stmt, int at, struct imei *imei, struct fault *fault)
{
    const char *raw = "";
    size_t len = 0;

    *imei = (struct imei){0};
    return raw_text(stmt, at, &raw, &len, fault) &&
           (len == 0 || imei_parse(raw, len, imei) || bad_column(stmt, at, "an IMEI", fault));
}

bool db_blob_of(sqlite3_stmt *stmt, int at, const uint8_t **data, size_t *n, struct fault *fault)
{
    if (sqlite3_column_type(stmt, at) != SQLITE_BLOB) {
        return bad_column(stmt, at, "a blob", fault);
    }
    *data = sqlite3_column_blob(stmt, at);
    *n = (size_t)sqlite3_column_bytes(stmt, at);
    return *data != NULL || bad_column(stmt, at, "a filled blob", fault);
}
