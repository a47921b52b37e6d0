#include "edge/sqlite/sqlite_ticket.h"

#include <string.h>

#include "base/bytes.h"
#include "edge/sqlite/sqlite_db.h"
#include "edge/sqlite/sqlite_internal.h"

const char *ticket_state_name(enum ticket_state state)
{
    static const char *const names[] = {"open", "used", "expired", "cancelled"};

    return (unsigned)state < ARRAY_LEN(names) ? names[state] : "unknown";
}

enum store_result ticket_after_save(struct sqlite_store *store,
                                    const struct subscription *subscription, int64_t change,
                                    struct fault *fault)
{
    static const struct imei nobody = {0};
    const struct binding *binding = &subscription->binding;
    sqlite3_stmt *stmt = store->statements[STMT_TICKET_CLOSE_ON_SAVE];
    bool bound = binding->state == BINDING_BOUND;

    db_bind_text(stmt, 1, subscription->imsi.digits);
    db_bind_int(stmt, 2, change);
    db_bind_int(stmt, 3, binding->changed_at_ms);
    db_bind_imei(stmt, 4, bound ? &binding->machine : &nobody);
    db_bind_text(stmt, 5, binding->ticket);
    db_bind_int(stmt, 6, TICKET_OPEN);
    db_bind_int(stmt, 7, TICKET_EXPIRED);
    db_bind_int(stmt, 8, TICKET_CANCELLED);
    db_bind_int(stmt, 9, TICKET_USED);
    return db_run(store->db, stmt, "close tickets", fault) ? STORE_OK : STORE_FAILED;
}

enum store_result ticket_after_event(struct sqlite_store *store, const struct home_event *event,
                                     struct fault *fault)
{
    sqlite3_stmt *stmt = store->statements[STMT_TICKET_CLOSE_ON_EVENT];

    if (event->kind != EVENT_TICKET_EXPIRED && event->kind != EVENT_TICKET_CANCELLED) {
        return STORE_OK;
    }
    db_bind_text(stmt, 1, event->imsi.digits);
    db_bind_int(stmt, 2, event->kind == EVENT_TICKET_EXPIRED ? TICKET_EXPIRED : TICKET_CANCELLED);
    db_bind_int(stmt, 3, TICKET_OPEN);
    db_bind_int(stmt, 4, store->change_at_begin);
    return db_run(store->db, stmt, "close a ticket", fault) ? STORE_OK : STORE_FAILED;
}

enum store_result sqlite_ticket_insert(struct sqlite_store *store, const struct ticket *ticket,
                                       struct fault *fault)
{
    sqlite3_stmt *stmt = store->statements[STMT_TICKET_INSERT];

    if (need_transaction(store, fault) != STORE_OK) {
        return STORE_FAILED;
    }
    db_bind_text(stmt, 1, ticket->id);
    db_bind_text(stmt, 2, ticket->imsi.digits);
    db_bind_int(stmt, 3, ticket->state);
    db_bind_imei(stmt, 4, &ticket->machine);
    db_bind_int(stmt, 5, ticket->opened_at_ms);
    db_bind_int(stmt, 6, ticket->until_ms);
    db_bind_text(stmt, 7, ticket->opened_by);
    db_bind_int(stmt, 8, ticket->used_at_ms);
    db_bind_imei(stmt, 9, &ticket->used_by);
    if (!db_run(store->db, stmt, "insert a ticket", fault)) {
        return STORE_FAILED;
    }
    if (sqlite3_changes(store->db) == 0) {
        (void)fault_set(fault, "ticket %s exists already", ticket->id);
        return STORE_CONFLICT;
    }
    return STORE_OK;
}

static bool read_row(sqlite3_stmt *stmt, struct ticket *ticket, struct fault *fault)
{
    int64_t state;

    (void)memset(ticket, 0, sizeof *ticket);
    if (!db_text_of(stmt, 0, ticket->id, sizeof ticket->id, fault) ||
        !db_imsi_of(stmt, 1, &ticket->imsi, fault) ||
        !db_int_of(stmt, 2, TICKET_OPEN, TICKET_CANCELLED, &state, fault) ||
        !db_imei_of(stmt, 3, &ticket->machine, fault) ||
        !db_int_of(stmt, 4, INT64_MIN, INT64_MAX, &ticket->opened_at_ms, fault) ||
        !db_int_of(stmt, 5, INT64_MIN, INT64_MAX, &ticket->until_ms, fault) ||
        !db_text_of(stmt, 6, ticket->opened_by, sizeof ticket->opened_by, fault) ||
        !db_int_of(stmt, 7, INT64_MIN, INT64_MAX, &ticket->used_at_ms, fault) ||
        !db_imei_of(stmt, 8, &ticket->used_by, fault)) {
        return fault_prefix(fault, "ticket %s", ticket->id);
    }
    ticket->state = (enum ticket_state)state;
    return true;
}

enum store_result sqlite_ticket_get(struct sqlite_store *store, const char *id,
                                    struct ticket *ticket, struct fault *fault)
{
    sqlite3_stmt *stmt = store->statements[STMT_TICKET_GET];
    enum store_result result = STORE_FAILED;

    db_bind_text(stmt, 1, id);
    int step = sqlite3_step(stmt);
    if (step == SQLITE_ROW) {
        result = read_row(stmt, ticket, fault) ? STORE_OK : STORE_FAILED;
    } else if (step == SQLITE_DONE) {
        (void)fault_set(fault, "there is no ticket %s", id);
        result = STORE_NOT_FOUND;
    } else {
        (void)db_fault(store->db, "read a ticket", fault);
    }
    db_done(stmt);
    return result;
}

enum store_result sqlite_ticket_close(struct sqlite_store *store, const char *id,
                                      enum ticket_state state, int64_t at_ms,
                                      const struct imei *machine, struct fault *fault)
{
    static const struct imei nobody = {0};
    sqlite3_stmt *stmt = store->statements[STMT_TICKET_CLOSE_ONE];
    bool used = state == TICKET_USED;

    if (need_transaction(store, fault) != STORE_OK) {
        return STORE_FAILED;
    }
    db_bind_text(stmt, 1, id);
    db_bind_int(stmt, 2, state);
    db_bind_int(stmt, 3, used ? at_ms : 0);
    db_bind_imei(stmt, 4, used && machine != NULL ? machine : &nobody);
    db_bind_int(stmt, 5, TICKET_OPEN);
    if (!db_run(store->db, stmt, "close a ticket", fault)) {
        return STORE_FAILED;
    }
    if (sqlite3_changes(store->db) == 0) {
        (void)fault_set(fault, "there is no open ticket %s", id);
        return STORE_NOT_FOUND;
    }
    return STORE_OK;
}

enum store_result sqlite_ticket_list(struct sqlite_store *store, const struct imsi *imsi, int state,
                                     size_t limit,
                                     bool (*visit)(void *user, const struct ticket *ticket),
                                     void *user, struct fault *fault)
{
    sqlite3_stmt *stmt = store->statements[STMT_TICKET_LIST];
    bool ok = true;
    bool more = true;
    int step = SQLITE_DONE;

    db_bind_text(stmt, 1, imsi == NULL ? "" : imsi->digits);
    if (state != TICKET_ANY_STATE) {
        db_bind_int(stmt, 2, state);
    }
    db_bind_int(stmt, 3, (int64_t)limit);
    while (ok && more && (step = sqlite3_step(stmt)) == SQLITE_ROW) {
        struct ticket ticket;

        ok = read_row(stmt, &ticket, fault);
        more = ok && visit(user, &ticket);
    }
    if (ok && more && step != SQLITE_DONE) {
        ok = db_fault(store->db, "list tickets", fault);
    }
    db_done(stmt);
    return ok ? STORE_OK : STORE_FAILED;
}
