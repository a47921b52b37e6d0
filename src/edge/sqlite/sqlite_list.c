/* The lists and counts of sqlite_admin.h. */
#include <string.h>

#include "edge/sqlite/sqlite_admin.h"
#include "edge/sqlite/sqlite_db.h"
#include "edge/sqlite/sqlite_internal.h"
#include "edge/sqlite/sqlite_record.h"

/* How one list reads a row and hands it on; *more is what the visitor returned. */
typedef bool (*row_function)(sqlite3_stmt *stmt, void *list, bool *more, struct fault *fault);

static enum store_result walk(struct sqlite_store *store, enum statement which, row_function row,
                              void *list, struct fault *fault)
{
    sqlite3_stmt *stmt = store->statements[which];
    bool ok = true;
    bool more = true;
    int step = SQLITE_DONE;

    while (ok && more && (step = sqlite3_step(stmt)) == SQLITE_ROW) {
        ok = row(stmt, list, &more, fault);
    }
    if (ok && more && step != SQLITE_DONE) {
        ok = db_fault(store->db, "list", fault);
    }
    db_done(stmt);
    return ok ? STORE_OK : STORE_FAILED;
}

struct subscription_list {
    bool (*visit)(void *user, const struct subscription_row *row);
    void *user;
};

static bool subscription_numbers(sqlite3_stmt *stmt, struct subscription_row *row,
                                 struct fault *fault)
{
    int64_t status;
    int64_t verdict;
    int64_t due;
    int64_t binding;

    if (!db_int_of(stmt, 4, 0, SUBSCRIPTION_SUSPENDED, &status, fault) ||
        !db_int_of(stmt, 5, 0, VERDICT_CLONED, &verdict, fault) ||
        !db_int_of(stmt, 6, 0, AUDIT_SEQUENCE, &due, fault) ||
        !db_int_of(stmt, 7, 0, BINDING_RELEASED, &binding, fault)) {
        return false;
    }
    row->status = (enum subscription_status)status;
    row->verdict = (enum verdict)verdict;
    row->audit_due = (enum audit_reason)due;
    row->binding = (enum binding_state)binding;
    return true;
}

static bool subscription_row(sqlite3_stmt *stmt, void *list, bool *more, struct fault *fault)
{
    const struct subscription_list *to = list;
    struct subscription_row row;

    (void)memset(&row, 0, sizeof row);
    if (!db_imsi_of(stmt, 0, &row.imsi, fault) || !db_iccid_of(stmt, 1, &row.iccid, fault) ||
        !db_text_of(stmt, 2, row.msisdn, sizeof row.msisdn, fault) ||
        !db_text_of(stmt, 3, row.profile, sizeof row.profile, fault) ||
        !subscription_numbers(stmt, &row, fault) || !db_imei_of(stmt, 8, &row.machine, fault) ||
        !db_text_of(stmt, 9, row.ticket, sizeof row.ticket, fault) ||
        !db_int_of(stmt, 10, INT64_MIN, INT64_MAX, &row.registered_at_ms, fault) ||
        !record_plmn_of(stmt, 11, &row.plmn, fault) ||
        !db_text_of(stmt, 12, row.host, sizeof row.host, fault)) {
        return fault_prefix(fault, "IMSI %s", row.imsi.digits);
    }
    *more = to->visit(to->user, &row);
    return true;
}

enum store_result sqlite_admin_subscriptions(
    struct sqlite_store *store, const struct imsi *after, size_t limit,
    bool (*visit)(void *user, const struct subscription_row *row), void *user, struct fault *fault)
{
    struct subscription_list list = {visit, user};
    sqlite3_stmt *stmt = store->statements[STMT_LIST_SUBSCRIPTIONS];

    (void)sqlite3_bind_text(stmt, 1, after == NULL ? "" : after->digits, -1, SQLITE_TRANSIENT);
    db_bind_int(stmt, 2, (int64_t)limit);
    return walk(store, STMT_LIST_SUBSCRIPTIONS, subscription_row, &list, fault);
}

struct event_list {
    bool (*visit)(void *user, int64_t id, const struct home_event *event);
    void *user;
};

static bool event_row(sqlite3_stmt *stmt, void *list, bool *more, struct fault *fault)
{
    const struct event_list *to = list;
    struct home_event event;
    int64_t id;
    int64_t kind;

    (void)memset(&event, 0, sizeof event);
    /* Kinds that a newer program wrote are shown as unknown, not refused. */
    if (!db_int_of(stmt, 0, 1, INT64_MAX, &id, fault) ||
        !db_int_of(stmt, 1, INT64_MIN, INT64_MAX, &event.at_ms, fault) ||
        !db_int_of(stmt, 2, 0, INT32_MAX, &kind, fault) ||
        !db_imsi_of(stmt, 3, &event.imsi, fault) ||
        !db_text_of(stmt, 4, event.who, sizeof event.who, fault) ||
        !db_text_of(stmt, 5, event.why, sizeof event.why, fault) ||
        !db_text_of(stmt, 6, event.detail, sizeof event.detail, fault)) {
        return fault_prefix(fault, "event %lld", (long long)sqlite3_column_int64(stmt, 0));
    }
    event.kind = (enum event_kind)kind;
    *more = to->visit(to->user, id, &event);
    return true;
}

enum store_result sqlite_admin_events(struct sqlite_store *store, int64_t since,
                                      const struct imsi *imsi, size_t limit,
                                      bool (*visit)(void *user, int64_t id,
                                                    const struct home_event *event),
                                      void *user, struct fault *fault)
{
    struct event_list list = {visit, user};
    enum statement which = imsi == NULL ? STMT_LIST_EVENTS : STMT_LIST_EVENTS_OF;
    sqlite3_stmt *stmt = store->statements[which];

    db_bind_int(stmt, 1, since);
    db_bind_int(stmt, 2, (int64_t)limit);
    if (imsi != NULL) {
        db_bind_text(stmt, 3, imsi->digits);
    }
    return walk(store, which, event_row, &list, fault);
}

enum store_result sqlite_admin_last_event(struct sqlite_store *store, int64_t *id,
                                          struct fault *fault)
{
    return db_int(store->db, "SELECT coalesce(max(id), 0) FROM event", id, fault) ? STORE_OK
                                                                                  : STORE_FAILED;
}

struct node_list {
    bool (*visit)(void *user, const struct node_row *row);
    void *user;
};

static bool node_row(sqlite3_stmt *stmt, void *list, bool *more, struct fault *fault)
{
    const struct node_list *to = list;
    struct node_row row;
    int64_t id;

    (void)memset(&row, 0, sizeof row);
    if (!db_int_of(stmt, 0, INT64_MIN, INT64_MAX, &id, fault) ||
        !db_text_of(stmt, 1, row.host, sizeof row.host, fault) ||
        !db_text_of(stmt, 2, row.realm, sizeof row.realm, fault) ||
        !db_int_of(stmt, 3, 0, INT64_MAX, &row.registered, fault)) {
        return fault_prefix(fault, "serving nodes");
    }
    row.id = (uint64_t)id;
    *more = to->visit(to->user, &row);
    return true;
}

enum store_result sqlite_admin_nodes(struct sqlite_store *store,
                                     bool (*visit)(void *user, const struct node_row *row),
                                     void *user, struct fault *fault)
{
    struct node_list list = {visit, user};

    return walk(store, STMT_LIST_NODES, node_row, &list, fault);
}

enum store_result sqlite_admin_counts(struct sqlite_store *store, struct store_counts *counts,
                                      struct fault *fault)
{
    /* One statement, so that the numbers belong together. */
    static const char sql[] =
        "SELECT count(*), total(status = 1), total(status = 2), total(binding_state = 2),"
        " total(binding_state = 3), total(verdict = 1), total(verdict = 2),"
        " (SELECT count(*) FROM ticket WHERE state = 0), (SELECT count(*) FROM event),"
        " (SELECT count(*) FROM node) FROM subscription";
    int64_t *const numbers[] = {&counts->subscriptions, &counts->active,       &counts->suspended,
                                &counts->bound,         &counts->violated,     &counts->suspicious,
                                &counts->cloned,        &counts->open_tickets, &counts->events,
                                &counts->nodes};
    sqlite3_stmt *stmt = db_prepare(store->db, sql, fault);

    if (stmt == NULL) {
        return STORE_FAILED;
    }
    bool ok = sqlite3_step(stmt) == SQLITE_ROW || db_fault(store->db, "count", fault);
    for (int i = 0; ok && i < (int)(sizeof numbers / sizeof numbers[0]); i++) {
        *numbers[i] = sqlite3_column_int64(stmt, i);
    }
    (void)sqlite3_finalize(stmt);
    return ok ? STORE_OK : STORE_FAILED;
}
