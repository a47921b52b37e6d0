#include "edge/sqlite/sqlite_schema.h"

#include <stdio.h>

#include "base/bytes.h"
#include "edge/sqlite/sqlite_db.h"

/*
 * 1: the first schema.
 * subscription: columns are what operators ask for and what must last by itself; `auth` is the rest
 * of struct auth_state (sqlite_auth.h). Texts and marks that are absent are NULL. Times are Unix
 * milliseconds. secret: apart, so that a save does not write them again; sealed
 * (edge/keyring/card_secrets.h). event: append-only, which the triggers see to. ticket:
 * `closed_change` is the change that closed it, see sqlite_ticket.h. change: who changed which
 * subscription, for the other writers' working records; pruned.
 */
static const char step_1[] = "CREATE TABLE subscription ("
                             "  imsi TEXT NOT NULL PRIMARY KEY,"
                             "  iccid TEXT NOT NULL UNIQUE,"
                             "  msisdn TEXT,"
                             "  profile TEXT NOT NULL,"
                             "  status INTEGER NOT NULL,"
                             "  version INTEGER NOT NULL,"
                             "  first_used_at_ms INTEGER NOT NULL,"
                             "  verdict INTEGER NOT NULL,"
                             "  seq_reserved INTEGER NOT NULL,"
                             "  confirmed_seq INTEGER,"
                             "  confirmed_ind INTEGER,"
                             "  probable_seq INTEGER,"
                             "  probable_ind INTEGER,"
                             "  audit_due INTEGER NOT NULL,"
                             "  auth BLOB NOT NULL,"
                             "  binding_state INTEGER NOT NULL,"
                             "  machine TEXT,"
                             "  declared TEXT,"
                             "  ticket TEXT,"
                             "  ticket_machine TEXT,"
                             "  ticket_until_ms INTEGER NOT NULL,"
                             "  offender TEXT,"
                             "  binding_changed_at_ms INTEGER NOT NULL,"
                             "  node INTEGER NOT NULL,"
                             "  plmn TEXT,"
                             "  rat_type INTEGER NOT NULL,"
                             "  registered_at_ms INTEGER NOT NULL);"
                             "CREATE TABLE secret ("
                             "  imsi TEXT NOT NULL PRIMARY KEY REFERENCES subscription (imsi),"
                             "  credentials BLOB NOT NULL,"
                             "  card BLOB NOT NULL) WITHOUT ROWID;"
                             "CREATE TABLE event ("
                             "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
                             "  at_ms INTEGER NOT NULL,"
                             "  kind INTEGER NOT NULL,"
                             "  imsi TEXT,"
                             "  who TEXT,"
                             "  why TEXT,"
                             "  detail TEXT);"
                             "CREATE INDEX event_imsi ON event (imsi, id) WHERE imsi IS NOT NULL;"
                             "CREATE TRIGGER event_no_update BEFORE UPDATE ON event"
                             "  BEGIN SELECT raise(ABORT, 'events are append-only'); END;"
                             "CREATE TRIGGER event_no_delete BEFORE DELETE ON event"
                             "  BEGIN SELECT raise(ABORT, 'events are append-only'); END;"
                             "CREATE TABLE node ("
                             "  id INTEGER PRIMARY KEY,"
                             "  host TEXT NOT NULL,"
                             "  realm TEXT NOT NULL);"
                             "CREATE TABLE ticket ("
                             "  id TEXT NOT NULL PRIMARY KEY,"
                             "  imsi TEXT NOT NULL REFERENCES subscription (imsi),"
                             "  state INTEGER NOT NULL,"
                             "  machine TEXT,"
                             "  opened_at_ms INTEGER NOT NULL,"
                             "  until_ms INTEGER NOT NULL,"
                             "  opened_by TEXT,"
                             "  used_at_ms INTEGER NOT NULL,"
                             "  used_by TEXT,"
                             "  closed_change INTEGER NOT NULL) WITHOUT ROWID;"
                             "CREATE INDEX ticket_imsi ON ticket (imsi, state);"
                             "CREATE TABLE change ("
                             "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
                             "  imsi TEXT NOT NULL,"
                             "  writer INTEGER NOT NULL);";

const char *const schema_steps[] = {step_1};
const size_t schema_step_count = ARRAY_LEN(schema_steps);

/* Judges what the file is; *version is its schema version. */
static bool identify(sqlite3 *db, const char *path, size_t known, int64_t *version,
                     struct fault *fault)
{
    int64_t application;
    int64_t objects;

    if (!db_int(db, "PRAGMA user_version", version, fault) ||
        !db_int(db, "PRAGMA application_id", &application, fault) ||
        !db_int(db, "SELECT count(*) FROM sqlite_schema", &objects, fault)) {
        return false;
    }
    if (application != SCHEMA_APPLICATION_ID && (objects != 0 || application != 0)) {
        return fault_set(fault, "%s: a database of another program, not Mooring's", path);
    }
    if (*version > (int64_t)known) {
        return fault_set(
            fault,
            "%s: the database has schema %lld and this program knows schemas up to %zu: "
            "use a newer mooring",
            path, (long long)*version, known);
    }
    if (*version < 0 || (*version == 0) != (objects == 0)) {
        return fault_set(fault, "%s: the database is damaged: schema version %lld, %lld objects",
                         path, (long long)*version, (long long)objects);
    }
    return true;
}

static bool run_steps(sqlite3 *db, const char *const *steps, size_t from, size_t count,
                      struct fault *fault)
{
    char numbers[96];

    for (size_t i = from; i < count; i++) {
        if (!db_exec(db, steps[i], fault)) {
            return fault_prefix(fault, "migration to schema %zu", i + 1);
        }
    }
    (void)snprintf(numbers, sizeof numbers,
                   "PRAGMA application_id = %d; PRAGMA user_version = %zu;", SCHEMA_APPLICATION_ID,
                   count);
    return db_exec(db, numbers, fault);
}

bool schema_migrate(sqlite3 *db, const char *path, const char *const *steps, size_t count,
                    struct fault *fault)
{
    int64_t version;

    if (!identify(db, path, count, &version, fault)) {
        return false;
    }
    if (version == (int64_t)count) {
        return true;
    }
    /* Another program may be doing the same: look again when it is our turn. */
    if (!db_exec(db, "BEGIN IMMEDIATE", fault)) {
        return false;
    }
    if (!identify(db, path, count, &version, fault) ||
        !run_steps(db, steps, (size_t)version, count, fault) || !db_exec(db, "COMMIT", fault)) {
        (void)sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
        return false;
    }
    return true;
}
