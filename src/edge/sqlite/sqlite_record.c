#include "edge/sqlite/sqlite_record.h"

#include <stdio.h>
#include <string.h>

#include "aka/sqn.h"
#include "edge/sqlite/sqlite_auth.h"
#include "edge/sqlite/sqlite_db.h"

/* The declared machines in one column: IMEIs with a blank between them. */
#define DECLARED_MAX (HOME_MACHINES * (sizeof(struct imei) + 1))

static void bind_mark(sqlite3_stmt *stmt, int at, const struct sqn_mark *mark)
{
    if (mark->set) {
        db_bind_int(stmt, at + 1, (int64_t)mark->seq);
        db_bind_int(stmt, at + 2, mark->ind);
    } else {
        db_bind_text(stmt, at + 1, "");
        db_bind_text(stmt, at + 2, "");
    }
}

static void bind_declared(sqlite3_stmt *stmt, const struct imei declared[HOME_MACHINES])
{
    char text[DECLARED_MAX] = "";
    size_t used = 0;

    for (size_t i = 0; i < HOME_MACHINES; i++) {
        if (declared[i].digits[0] != '\0') {
            int len = snprintf(text + used, sizeof text - used, "%s%s%s", used == 0 ? "" : " ",
                               declared[i].digits, declared[i].sv);
            used += len > 0 ? (size_t)len : 0;
        }
    }
    db_bind_text(stmt, COL_DECLARED + 1, text);
}

static void bind_plmn(sqlite3_stmt *stmt, int at, const struct plmn *plmn)
{
    static const struct plmn none = {{0, 0, 0}};
    char text[8] = "";

    if (!plmn_equal(plmn, &none)) {
        plmn_format(plmn, text);
    }
    db_bind_text(stmt, at + 1, text);
}

static void bind_auth(sqlite3_stmt *stmt, const struct auth_state *auth)
{
    uint8_t blob[AUTH_BLOB_MAX];

    db_bind_int(stmt, COL_SEQ_RESERVED + 1, (int64_t)auth->seq_reserved);
    bind_mark(stmt, COL_CONFIRMED_SEQ, &auth->confirmed);
    bind_mark(stmt, COL_PROBABLE_SEQ, &auth->probable);
    db_bind_int(stmt, COL_AUDIT_DUE + 1, auth->audit_due);
    db_bind_blob(stmt, COL_AUTH + 1, blob, auth_encode(auth, blob));
}

static void bind_binding(sqlite3_stmt *stmt, const struct binding *binding)
{
    db_bind_int(stmt, COL_BINDING_STATE + 1, binding->state);
    db_bind_imei(stmt, COL_MACHINE + 1, &binding->machine);
    bind_declared(stmt, binding->declared);
    db_bind_text(stmt, COL_TICKET + 1, binding->ticket);
    db_bind_imei(stmt, COL_TICKET_MACHINE + 1, &binding->ticket_machine);
    db_bind_int(stmt, COL_TICKET_UNTIL + 1, binding->ticket_until_ms);
    db_bind_imei(stmt, COL_OFFENDER + 1, &binding->offender);
    db_bind_int(stmt, COL_BINDING_CHANGED + 1, binding->changed_at_ms);
}

void record_bind(sqlite3_stmt *stmt, const struct subscription *subscription, uint64_t version)
{
    db_bind_text(stmt, COL_IMSI + 1, subscription->imsi.digits);
    db_bind_text(stmt, COL_ICCID + 1, subscription->iccid.digits);
    db_bind_text(stmt, COL_MSISDN + 1, subscription->msisdn);
    db_bind_text(stmt, COL_PROFILE + 1, subscription->profile);
    db_bind_int(stmt, COL_STATUS + 1, subscription->status);
    db_bind_int(stmt, COL_VERSION + 1, (int64_t)version);
    db_bind_int(stmt, COL_FIRST_USED + 1, subscription->first_used_at_ms);
    db_bind_int(stmt, COL_VERDICT + 1, subscription->verdict);
    bind_auth(stmt, &subscription->auth);
    bind_binding(stmt, &subscription->binding);
    db_bind_int(stmt, COL_NODE + 1, (int64_t)subscription->registration.node);
    bind_plmn(stmt, COL_PLMN, &subscription->registration.plmn);
    db_bind_int(stmt, COL_RAT_TYPE + 1, subscription->registration.rat_type);
    db_bind_int(stmt, COL_REGISTERED_AT + 1, subscription->registration.at_ms);
}

/* Reads an integer column of an enum whose highest value is `last`. */
static bool read_enum(sqlite3_stmt *stmt, int at, int last, int *value, struct fault *fault)
{
    int64_t number;

    if (!db_int_of(stmt, at, 0, last, &number, fault)) {
        return false;
    }
    *value = (int)number;
    return true;
}

static bool read_mark(sqlite3_stmt *stmt, int at, struct sqn_mark *mark, struct fault *fault)
{
    int64_t seq;
    int64_t ind;

    *mark = (struct sqn_mark){0};
    if (sqlite3_column_type(stmt, at) == SQLITE_NULL &&
        sqlite3_column_type(stmt, at + 1) == SQLITE_NULL) {
        return true;
    }
    if (!db_int_of(stmt, at, 0, (int64_t)SQN_SEQ_MAX, &seq, fault) ||
        !db_int_of(stmt, at + 1, 0, SQN_IND_COUNT - 1, &ind, fault)) {
        return false;
    }
    *mark = (struct sqn_mark){.seq = (uint64_t)seq, .ind = (uint8_t)ind, .set = true};
    return true;
}

static bool read_declared(sqlite3_stmt *stmt, struct imei declared[HOME_MACHINES],
                          struct fault *fault)
{
    char text[DECLARED_MAX];
    size_t count = 0;

    if (!db_text_of(stmt, COL_DECLARED, text, sizeof text, fault)) {
        return false;
    }
    for (const char *at = text; *at != '\0'; count++) {
        size_t len = strcspn(at, " ");

        if (count == HOME_MACHINES || !imei_parse(at, len, &declared[count])) {
            return fault_set(fault, "the database is damaged or was edited: column declared is no "
                                    "list of IMEIs");
        }
        at += len + (at[len] == ' ');
    }
    return true;
}

bool record_plmn_of(sqlite3_stmt *stmt, int at, struct plmn *plmn, struct fault *fault)
{
    char text[8];

    *plmn = (struct plmn){0};
    if (!db_text_of(stmt, at, text, sizeof text, fault)) {
        return false;
    }
    return text[0] == '\0' || plmn_parse(text, strlen(text), plmn) ||
           fault_set(fault, "the database is damaged or was edited: column %s is no PLMN",
                     sqlite3_column_name(stmt, at));
}

static bool read_auth(sqlite3_stmt *stmt, struct auth_state *auth, struct fault *fault)
{
    int64_t reserved;
    const uint8_t *blob;
    size_t n;
    int due;

    if (!db_int_of(stmt, COL_SEQ_RESERVED, 0, (int64_t)SQN_SEQ_MAX, &reserved, fault) ||
        !read_mark(stmt, COL_CONFIRMED_SEQ, &auth->confirmed, fault) ||
        !read_mark(stmt, COL_PROBABLE_SEQ, &auth->probable, fault) ||
        !read_enum(stmt, COL_AUDIT_DUE, AUDIT_SEQUENCE, &due, fault) ||
        !db_blob_of(stmt, COL_AUTH, &blob, &n, fault) || !auth_decode(blob, n, auth, fault)) {
        return false;
    }
    auth->audit_due = (enum audit_reason)due;
    auth->seq_reserved = (uint64_t)reserved;
    /* What was handed out since the last save is not known: go on behind all that may have been. */
    auth->seq_issued = auth->seq_reserved;
    auth->forgotten = true;
    return true;
}

/* 16 hexadecimal digits, or nothing. */
static bool read_ticket(sqlite3_stmt *stmt, char ticket[HOME_TICKET_ID], struct fault *fault)
{
    if (!db_text_of(stmt, COL_TICKET, ticket, HOME_TICKET_ID, fault)) {
        return false;
    }
    size_t digits = strspn(ticket, "0123456789abcdef");
    return ticket[digits] == '\0' && (digits == 0 || digits == HOME_TICKET_ID - 1)
               ? true
               : fault_set(fault,
                           "the database is damaged or was edited: column ticket is no ticket");
}

static bool read_binding(sqlite3_stmt *stmt, struct binding *binding, struct fault *fault)
{
    int state;

    if (!read_enum(stmt, COL_BINDING_STATE, BINDING_RELEASED, &state, fault) ||
        !db_imei_of(stmt, COL_MACHINE, &binding->machine, fault) ||
        !read_declared(stmt, binding->declared, fault) ||
        !read_ticket(stmt, binding->ticket, fault) ||
        !db_imei_of(stmt, COL_TICKET_MACHINE, &binding->ticket_machine, fault) ||
        !db_int_of(stmt, COL_TICKET_UNTIL, INT64_MIN, INT64_MAX, &binding->ticket_until_ms,
                   fault) ||
        !db_imei_of(stmt, COL_OFFENDER, &binding->offender, fault) ||
        !db_int_of(stmt, COL_BINDING_CHANGED, INT64_MIN, INT64_MAX, &binding->changed_at_ms,
                   fault)) {
        return false;
    }
    binding->state = (enum binding_state)state;
    return true;
}

static bool read_registration(sqlite3_stmt *stmt, struct registration *registration,
                              struct fault *fault)
{
    int64_t node;
    int64_t rat_type;

    if (!db_int_of(stmt, COL_NODE, INT64_MIN, INT64_MAX, &node, fault) ||
        !record_plmn_of(stmt, COL_PLMN, &registration->plmn, fault) ||
        !db_int_of(stmt, COL_RAT_TYPE, 0, UINT32_MAX, &rat_type, fault) ||
        !db_int_of(stmt, COL_REGISTERED_AT, INT64_MIN, INT64_MAX, &registration->at_ms, fault)) {
        return false;
    }
    registration->node = (uint64_t)node;
    registration->rat_type = (uint32_t)rat_type;
    return true;
}

bool record_read(sqlite3_stmt *stmt, struct subscription *subscription, struct fault *fault)
{
    int64_t version;
    int status;
    int verdict;

    (void)memset(subscription, 0, sizeof *subscription);
    if (!db_imsi_of(stmt, COL_IMSI, &subscription->imsi, fault) ||
        !db_iccid_of(stmt, COL_ICCID, &subscription->iccid, fault) ||
        !db_text_of(stmt, COL_MSISDN, subscription->msisdn, sizeof subscription->msisdn, fault) ||
        !db_text_of(stmt, COL_PROFILE, subscription->profile, sizeof subscription->profile,
                    fault) ||
        !read_enum(stmt, COL_STATUS, SUBSCRIPTION_SUSPENDED, &status, fault) ||
        !db_int_of(stmt, COL_VERSION, 0, INT64_MAX - 1, &version, fault) ||
        !db_int_of(stmt, COL_FIRST_USED, INT64_MIN, INT64_MAX, &subscription->first_used_at_ms,
                   fault) ||
        !read_enum(stmt, COL_VERDICT, VERDICT_CLONED, &verdict, fault)) {
        return false;
    }
    if (strspn(subscription->msisdn, "0123456789") != strlen(subscription->msisdn)) {
        return fault_set(fault,
                         "the database is damaged or was edited: column msisdn is no MSISDN");
    }
    subscription->version = (uint64_t)version;
    subscription->status = (enum subscription_status)status;
    subscription->verdict = (enum verdict)verdict;
    return read_auth(stmt, &subscription->auth, fault) &&
           read_binding(stmt, &subscription->binding, fault) &&
           read_registration(stmt, &subscription->registration, fault);
}
