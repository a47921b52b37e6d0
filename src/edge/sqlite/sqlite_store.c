#include "edge/sqlite/sqlite_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "edge/file/file_io.h"
#include "edge/keyring/card_secrets.h"
#include "edge/sqlite/sqlite_db.h"
#include "edge/sqlite/sqlite_internal.h"
#include "edge/sqlite/sqlite_record.h"
#include "edge/sqlite/sqlite_schema.h"

#define CHANGES_KEPT    16384 /* rows of `change` that stay for slow readers */
#define CHANGES_PRUNE   4096  /* saves between two prunings */
#define CHANGES_AT_ONCE 1024  /* more news than this: "forget all" */

static enum store_result result_of(bool ok)
{
    return ok ? STORE_OK : STORE_FAILED;
}

enum store_result need_transaction(const struct sqlite_store *store, struct fault *fault)
{
    return store->in_transaction ? STORE_OK
                                 : result_of(fault_set(fault, "store: a write outside begin and "
                                                              "commit"));
}

static enum store_result store_load(void *ctx, const struct imsi *imsi,
                                    struct subscription *subscription,
                                    struct aka_credentials *credentials, struct fault *fault)
{
    struct sqlite_store *store = ctx;
    sqlite3_stmt *stmt = store->statements[STMT_LOAD];
    const uint8_t *sealed;
    size_t n;

    if (store->keyring == NULL) {
        return result_of(fault_set(fault, "the database was opened without its key file"));
    }
    db_bind_text(stmt, 1, imsi->digits);
    int step = sqlite3_step(stmt);
    if (step != SQLITE_ROW) {
        enum store_result result =
            step == SQLITE_DONE ? STORE_NOT_FOUND : result_of(db_fault(store->db, "load", fault));
        db_done(stmt);
        return result;
    }
    bool ok = record_read(stmt, subscription, fault) &&
              db_blob_of(stmt, COL_CREDENTIALS, &sealed, &n, fault) &&
              credentials_unseal(store->keyring, imsi, sealed, n, credentials, fault);
    db_done(stmt);
    if (!ok) {
        bytes_wipe(credentials, sizeof *credentials);
        return result_of(fault_prefix(fault, "IMSI %s", imsi->digits));
    }
    return STORE_OK;
}

/* The first column of the only row of a statement without parameters. */
static bool read_int(struct sqlite_store *store, enum statement which, int64_t *value,
                     struct fault *fault)
{
    sqlite3_stmt *stmt = store->statements[which];
    bool ok = sqlite3_step(stmt) == SQLITE_ROW || db_fault(store->db, "read", fault);

    if (ok) {
        *value = sqlite3_column_int64(stmt, 0);
    }
    db_done(stmt);
    return ok;
}

static enum store_result store_begin(void *ctx, struct fault *fault)
{
    struct sqlite_store *store = ctx;

    if (store->in_transaction) {
        return result_of(fault_set(fault, "store: begin inside begin and commit"));
    }
    if (!db_exec(store->db, "BEGIN IMMEDIATE", fault)) {
        return STORE_FAILED;
    }
    store->in_transaction = true;
    if (!read_int(store, STMT_LAST_CHANGE, &store->change_at_begin, fault)) {
        (void)sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
        store->in_transaction = false;
        return STORE_FAILED;
    }
    return STORE_OK;
}

static void store_rollback(void *ctx)
{
    struct sqlite_store *store = ctx;

    /* Some errors (disk full) make SQLite roll back by itself. */
    if (sqlite3_get_autocommit(store->db) == 0) {
        (void)sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    }
    store->own_newest = store->own_last; /* the ids are given out again */
    store->in_transaction = false;
}

enum store_result change_insert(struct sqlite_store *store, const struct imsi *imsi, int64_t *id,
                                struct fault *fault)
{
    sqlite3_stmt *stmt = store->statements[STMT_INSERT_CHANGE];

    db_bind_text(stmt, 1, imsi->digits);
    db_bind_int(stmt, 2, store->writer);
    if (!db_run(store->db, stmt, "note a change", fault)) {
        return STORE_FAILED;
    }
    *id = sqlite3_last_insert_rowid(store->db);
    store->own_newest = *id;
    store->saves_unpruned++;
    return STORE_OK;
}

/* Why a save changed no row: somebody else's newer version, or no such subscription. */
static enum store_result why_unsaved(struct sqlite_store *store, const struct imsi *imsi,
                                     struct fault *fault)
{
    sqlite3_stmt *stmt = store->statements[STMT_EXISTS];

    db_bind_text(stmt, 1, imsi->digits);
    int step = sqlite3_step(stmt);
    enum store_result result = STORE_CONFLICT;
    if (step == SQLITE_DONE) {
        (void)fault_set(fault, "IMSI %s: no such subscription", imsi->digits);
        result = STORE_NOT_FOUND;
    } else if (step != SQLITE_ROW) {
        result = result_of(db_fault(store->db, "save", fault));
    } else {
        (void)fault_set(fault, "IMSI %s: changed by somebody else meanwhile", imsi->digits);
    }
    db_done(stmt);
    return result;
}

static enum store_result store_save(void *ctx, struct subscription *subscription,
                                    struct fault *fault)
{
    struct sqlite_store *store = ctx;
    sqlite3_stmt *stmt = store->statements[STMT_SAVE];
    int64_t change;

    if (need_transaction(store, fault) != STORE_OK) {
        return STORE_FAILED;
    }
    record_bind(stmt, subscription, subscription->version + 1);
    if (!db_run(store->db, stmt, "save", fault)) {
        return STORE_FAILED;
    }
    if (sqlite3_changes(store->db) == 0) {
        return why_unsaved(store, &subscription->imsi, fault);
    }
    enum store_result result = change_insert(store, &subscription->imsi, &change, fault);
    if (result == STORE_OK) {
        result = ticket_after_save(store, subscription, change, fault);
    }
    if (result == STORE_OK) {
        subscription->version++;
    }
    return result;
}

static enum store_result store_append_event(void *ctx, const struct home_event *event,
                                            struct fault *fault)
{
    struct sqlite_store *store = ctx;
    sqlite3_stmt *stmt = store->statements[STMT_INSERT_EVENT];

    if (need_transaction(store, fault) != STORE_OK) {
        return STORE_FAILED;
    }
    db_bind_int(stmt, 1, event->at_ms);
    db_bind_int(stmt, 2, event->kind);
    db_bind_text(stmt, 3, event->imsi.digits);
    db_bind_text(stmt, 4, event->who);
    db_bind_text(stmt, 5, event->why);
    db_bind_text(stmt, 6, event->detail);
    if (!db_run(store->db, stmt, "write an event", fault)) {
        return STORE_FAILED;
    }
    return ticket_after_event(store, event, fault);
}

static enum store_result store_save_node(void *ctx, uint64_t id, const char *host,
                                         const char *realm, struct fault *fault)
{
    struct sqlite_store *store = ctx;
    sqlite3_stmt *stmt = store->statements[STMT_SAVE_NODE];

    if (need_transaction(store, fault) != STORE_OK) {
        return STORE_FAILED;
    }
    db_bind_int(stmt, 1, (int64_t)id);
    (void)sqlite3_bind_text(stmt, 2, host, -1, SQLITE_TRANSIENT);
    (void)sqlite3_bind_text(stmt, 3, realm, -1, SQLITE_TRANSIENT);
    return result_of(db_run(store->db, stmt, "save a serving node", fault));
}

static bool prune(struct sqlite_store *store, struct fault *fault)
{
    sqlite3_stmt *stmt = store->statements[STMT_PRUNE_CHANGES];

    if (store->saves_unpruned < CHANGES_PRUNE) {
        return true;
    }
    store->saves_unpruned = 0;
    db_bind_int(stmt, 1, CHANGES_KEPT);
    return db_run(store->db, stmt, "prune the changes", fault);
}

static enum store_result store_commit(void *ctx, struct fault *fault)
{
    struct sqlite_store *store = ctx;

    if (need_transaction(store, fault) != STORE_OK) {
        return STORE_FAILED;
    }
    /* An earlier failure of this transaction may have rolled it back already: then nothing is left
     * to commit, and success would be a lie. */
    bool ok = sqlite3_get_autocommit(store->db) == 0 ||
              fault_set(fault, "store: the transaction was undone by an earlier failure");
    ok = ok && prune(store, fault) && db_exec(store->db, "COMMIT", fault);
    if (!ok) {
        store_rollback(store);
        return STORE_FAILED;
    }
    store->in_transaction = false;
    store->own_last = store->own_newest;
    return STORE_OK;
}

/* Tells others' changes after last_seen up to `last`; *count of them. */
static bool tell_changes(struct sqlite_store *store, int64_t last,
                         void (*changed)(void *user, const struct imsi *imsi), void *user,
                         int *count, struct fault *fault)
{
    sqlite3_stmt *stmt = store->statements[STMT_CHANGES_SINCE];
    bool ok = true;
    int step = SQLITE_ROW;

    db_bind_int(stmt, 1, store->last_seen);
    db_bind_int(stmt, 2, last);
    db_bind_int(stmt, 3, store->writer);
    db_bind_int(stmt, 4, CHANGES_AT_ONCE + 1);
    for (*count = 0; ok && (step = sqlite3_step(stmt)) == SQLITE_ROW; (*count)++) {
        struct imsi imsi;

        ok = db_imsi_of(stmt, 0, &imsi, fault);
        if (ok) {
            changed(user, &imsi);
        }
    }
    if (ok && step != SQLITE_DONE) {
        ok = db_fault(store->db, "read the changes", fault);
    }
    db_done(stmt);
    return ok;
}

static enum store_result store_poll_changes(void *ctx,
                                            void (*changed)(void *user, const struct imsi *imsi),
                                            void *user, struct fault *fault)
{
    struct sqlite_store *store = ctx;
    int64_t data_version;
    int64_t last;
    int64_t oldest;
    int count;

    if (!read_int(store, STMT_DATA_VERSION, &data_version, fault)) {
        return STORE_FAILED;
    }
    if (data_version == store->data_version) {
        /* Nobody else committed since the last poll: all that is new is our own. */
        store->last_seen = store->own_last > store->last_seen ? store->own_last : store->last_seen;
        return STORE_OK;
    }
    if (!read_int(store, STMT_LAST_CHANGE, &last, fault) ||
        !tell_changes(store, last, changed, user, &count, fault) ||
        !read_int(store, STMT_OLDEST_CHANGE, &oldest, fault)) {
        return STORE_FAILED;
    }
    /* The ids have no gaps: if the next one is gone, it was pruned before we saw it. */
    if (count > CHANGES_AT_ONCE || oldest > store->last_seen + 1) {
        changed(user, NULL);
    }
    store->last_seen = last;
    store->data_version = data_version;
    return STORE_OK;
}

/* Makes the empty file with its mode before SQLite would, and checks the mode of one that is there.
 */
static bool prepare_file(const char *path, enum sqlite_store_mode mode, struct fault *fault)
{
    int flags = O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    int fd = open(path, flags | (mode == SQLITE_STORE_CREATE ? O_CREAT : 0), 0600);

    if (fd < 0 && errno == ENOENT && mode == SQLITE_STORE_EXISTING) {
        return fault_set(fault, "%s: there is no database: `mooring home run` makes one", path);
    }
    if (fd < 0) {
        return fault_set(fault, "%s: cannot open the database: %s", path, strerror(errno));
    }
    bool ok = file_secret_check(fd, path, fault);
    (void)close(fd);
    return ok;
}

/* A random number that tells our changes from others'. */
static int64_t draw_writer(void)
{
    int64_t writer;

    sqlite3_randomness((int)sizeof writer, &writer);
    return writer;
}

struct sqlite_store *sqlite_store_open(const char *path, enum sqlite_store_mode mode,
                                       struct keyring *keyring, struct fault *fault)
{
    if (!prepare_file(path, mode, fault)) {
        return NULL;
    }
    struct sqlite_store *store = calloc(1, sizeof *store);
    if (store == NULL) {
        (void)fault_set(fault, "%s: out of memory", path);
        return NULL;
    }
    store->keyring = keyring;
    store->writer = draw_writer();
    store->db = db_open(path, fault);
    if (store->db == NULL ||
        !schema_migrate(store->db, path, schema_steps, schema_step_count, fault) ||
        !statements_prepare(store, fault) ||
        !read_int(store, STMT_DATA_VERSION, &store->data_version, fault) ||
        !read_int(store, STMT_LAST_CHANGE, &store->last_seen, fault)) {
        sqlite_store_close(store);
        return NULL;
    }
    return store;
}

void sqlite_store_close(struct sqlite_store *store)
{
    if (store == NULL) {
        return;
    }
    for (int i = 0; i < STMT_COUNT; i++) {
        (void)sqlite3_finalize(store->statements[i]);
    }
    (void)sqlite3_close(store->db); /* undoes an open transaction */
    free(store);
}

struct home_store sqlite_store_port(struct sqlite_store *store)
{
    return (struct home_store){
        .ctx = store,
        .load = store_load,
        .begin = store_begin,
        .save = store_save,
        .append_event = store_append_event,
        .save_node = store_save_node,
        .commit = store_commit,
        .rollback = store_rollback,
        .poll_changes = store_poll_changes,
    };
}
