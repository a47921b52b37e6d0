/* Writing and checking; the lists are in sqlite_list.c. */
#include "edge/sqlite/sqlite_admin.h"

#include <string.h>

#include "base/bytes.h"
#include "edge/sqlite/sqlite_db.h"
#include "edge/sqlite/sqlite_internal.h"
#include "edge/sqlite/sqlite_record.h"

static enum store_result result_of(bool ok)
{
    return ok ? STORE_OK : STORE_FAILED;
}

static bool need_keyring(const struct sqlite_store *store, struct fault *fault)
{
    return store->keyring != NULL ||
           fault_set(fault, "the database was opened without its key file");
}

/* Whether `key` is in the table, by a statement that gives the other identity of its row:
 * STORE_CONFLICT then, with `other` filled. */
static enum store_result look_up(struct sqlite_store *store, enum statement which, const char *key,
                                 char other[ICCID_DIGITS + 1], struct fault *fault)
{
    sqlite3_stmt *stmt = store->statements[which];
    enum store_result result = STORE_OK;

    db_bind_text(stmt, 1, key);
    int step = sqlite3_step(stmt);
    if (step == SQLITE_ROW) {
        result =
            db_text_of(stmt, 0, other, ICCID_DIGITS + 1, fault) ? STORE_CONFLICT : STORE_FAILED;
    } else if (step != SQLITE_DONE) {
        result = result_of(db_fault(store->db, "import", fault));
    }
    db_done(stmt);
    return result;
}

static enum store_result check_free(struct sqlite_store *store,
                                    const struct subscription *subscription, struct fault *fault)
{
    char other[ICCID_DIGITS + 1];
    enum store_result result =
        look_up(store, STMT_WHO_HAS_IMSI, subscription->imsi.digits, other, fault);

    if (result == STORE_CONFLICT) {
        (void)fault_set(fault, "IMSI %s is here already, with ICCID %s", subscription->imsi.digits,
                        other);
    }
    if (result != STORE_OK) {
        return result;
    }
    result = look_up(store, STMT_WHO_HAS_ICCID, subscription->iccid.digits, other, fault);
    if (result == STORE_CONFLICT) {
        (void)fault_set(fault, "ICCID %s is here already, with IMSI %s", subscription->iccid.digits,
                        other);
    }
    return result;
}

static bool bind_sealed(struct sqlite_store *store, sqlite3_stmt *stmt, const struct imsi *imsi,
                        const struct iccid *iccid, const struct aka_credentials *credentials,
                        const struct card_secrets *secrets, struct fault *fault)
{
    uint8_t sealed[CREDENTIALS_SEALED];
    uint8_t card[CARD_SECRETS_SEALED];
    size_t sealed_len = 0;
    size_t card_len = 0;

    if (!credentials_seal(store->keyring, imsi, credentials, sealed, &sealed_len, fault) ||
        !card_secrets_seal(store->keyring, iccid, imsi, secrets, card, &card_len, fault)) {
        return false;
    }
    db_bind_text(stmt, 1, imsi->digits);
    db_bind_blob(stmt, 2, sealed, sealed_len);
    db_bind_blob(stmt, 3, card, card_len);
    return true;
}

enum store_result sqlite_admin_import(struct sqlite_store *store,
                                      const struct subscription *subscription,
                                      const struct card_secrets *secrets, struct fault *fault)
{
    sqlite3_stmt *insert = store->statements[STMT_INSERT_SUBSCRIPTION];
    sqlite3_stmt *secret = store->statements[STMT_INSERT_SECRET];
    int64_t change;

    if (need_transaction(store, fault) != STORE_OK || !need_keyring(store, fault)) {
        return STORE_FAILED;
    }
    enum store_result result = check_free(store, subscription, fault);
    if (result != STORE_OK) {
        return result;
    }
    record_bind(insert, subscription, 0);
    if (!db_run(store->db, insert, "import", fault) ||
        !bind_sealed(store, secret, &subscription->imsi, &subscription->iccid,
                     &secrets->credentials, secrets, fault) ||
        !db_run(store->db, secret, "import", fault)) {
        return STORE_FAILED;
    }
    return change_insert(store, &subscription->imsi, &change, fault);
}

enum store_result sqlite_admin_card_secrets(struct sqlite_store *store, const struct imsi *imsi,
                                            struct iccid *iccid, struct card_secrets *secrets,
                                            struct fault *fault)
{
    sqlite3_stmt *stmt = store->statements[STMT_CARD_SECRET];
    enum store_result result = STORE_FAILED;
    const uint8_t *sealed;
    size_t n;

    if (!need_keyring(store, fault)) {
        return STORE_FAILED;
    }
    db_bind_text(stmt, 1, imsi->digits);
    int step = sqlite3_step(stmt);
    if (step == SQLITE_ROW) {
        result = result_of(
            db_iccid_of(stmt, 0, iccid, fault) && db_blob_of(stmt, 1, &sealed, &n, fault) &&
            card_secrets_unseal(store->keyring, iccid, imsi, sealed, n, secrets, fault));
    } else if (step == SQLITE_DONE) {
        (void)fault_set(fault, "no such subscription");
        result = STORE_NOT_FOUND;
    } else {
        (void)db_fault(store->db, "read the card's secrets", fault);
    }
    db_done(stmt);
    if (result != STORE_OK) {
        (void)fault_prefix(fault, "IMSI %s", imsi->digits);
    }
    return result;
}

/* The secrets of one card between opening and sealing. */
struct opened {
    struct imsi imsi;
    struct iccid iccid;
    struct aka_credentials credentials;
    struct card_secrets card;
};

/* Opens the secrets that follow opened->imsi. STORE_NOT_FOUND: there are no more. */
static enum store_result open_next(struct sqlite_store *store, struct opened *opened,
                                   struct fault *fault)
{
    sqlite3_stmt *stmt = store->statements[STMT_NEXT_SECRET];
    enum store_result result = STORE_NOT_FOUND;
    const uint8_t *sealed;
    size_t n;

    (void)sqlite3_bind_text(stmt, 1, opened->imsi.digits, -1, SQLITE_TRANSIENT);
    int step = sqlite3_step(stmt);
    if (step == SQLITE_ROW) {
        bool ok = db_imsi_of(stmt, 0, &opened->imsi, fault) &&
                  db_iccid_of(stmt, 1, &opened->iccid, fault) &&
                  db_blob_of(stmt, 2, &sealed, &n, fault) &&
                  credentials_unseal(store->keyring, &opened->imsi, sealed, n, &opened->credentials,
                                     fault) &&
                  db_blob_of(stmt, 3, &sealed, &n, fault) &&
                  card_secrets_unseal(store->keyring, &opened->iccid, &opened->imsi, sealed, n,
                                      &opened->card, fault);
        result = result_of(ok || fault_prefix(fault, "IMSI %s", opened->imsi.digits));
    } else if (step != SQLITE_DONE) {
        result = result_of(db_fault(store->db, "read secrets", fault));
    }
    db_done(stmt);
    return result;
}

static enum store_result reseal_all(struct sqlite_store *store, size_t *count, struct fault *fault)
{
    sqlite3_stmt *stmt = store->statements[STMT_RESEAL];
    struct opened opened = {0};
    enum store_result result;

    *count = 0;
    while ((result = open_next(store, &opened, fault)) == STORE_OK) {
        if (!bind_sealed(store, stmt, &opened.imsi, &opened.iccid, &opened.credentials,
                         &opened.card, fault) ||
            !db_run(store->db, stmt, "seal secrets", fault)) {
            result = STORE_FAILED;
            break;
        }
        ++*count;
    }
    bytes_wipe(&opened, sizeof opened);
    return result == STORE_NOT_FOUND ? STORE_OK : result;
}

enum store_result sqlite_admin_reseal(struct sqlite_store *store, size_t *count,
                                      struct fault *fault)
{
    struct home_store port = sqlite_store_port(store);

    if (!need_keyring(store, fault) || port.begin(port.ctx, fault) != STORE_OK) {
        return STORE_FAILED;
    }
    if (reseal_all(store, count, fault) != STORE_OK) {
        port.rollback(port.ctx);
        return STORE_FAILED;
    }
    return port.commit(port.ctx, fault);
}

enum store_result sqlite_admin_check(struct sqlite_store *store, struct fault *fault)
{
    sqlite3_stmt *stmt = db_prepare(store->db, "PRAGMA integrity_check(1)", fault);
    int64_t orphans;
    char text[256];

    if (stmt == NULL) {
        return STORE_FAILED;
    }
    bool ok = sqlite3_step(stmt) == SQLITE_ROW || db_fault(store->db, "check", fault);
    ok = ok && db_text_of(stmt, 0, text, sizeof text, fault);
    (void)sqlite3_finalize(stmt);
    if (ok && strcmp(text, "ok") != 0) {
        ok = fault_set(fault, "the database is damaged: %s", text);
    }
    ok = ok && db_int(store->db, "SELECT count(*) FROM pragma_foreign_key_check", &orphans, fault);
    if (ok && orphans != 0) {
        ok = fault_set(fault, "the database is damaged: %lld rows without a subscription",
                       (long long)orphans);
    }
    return result_of(ok);
}
