/* The SQL of all prepared statements. */
#include "edge/sqlite/sqlite_db.h"
#include "edge/sqlite/sqlite_internal.h"

/* The columns of struct subscription after imsi and iccid, in the order of sqlite_record.h; the
 * parameter of the first is ?3. */
#define RECORD_COLUMNS                                                                             \
    "msisdn, profile, status, version, first_used_at_ms, verdict, seq_reserved, confirmed_seq, "   \
    "confirmed_ind, probable_seq, probable_ind, audit_due, auth, binding_state, machine, "         \
    "declared, ticket, ticket_machine, ticket_until_ms, offender, binding_changed_at_ms, node, "   \
    "plmn, rat_type, registered_at_ms"
#define RECORD_VALUES                                                                              \
    "?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, "     \
    "?22, ?23, ?24, ?25, ?26, ?27"

#define TICKET_COLUMNS                                                                             \
    "id, imsi, state, machine, opened_at_ms, until_ms, opened_by, used_at_ms, used_by"

static const char *const sql[STMT_COUNT] = {
    [STMT_LOAD] = "SELECT s.imsi, s.iccid, " RECORD_COLUMNS ", credentials"
                  " FROM subscription AS s JOIN secret USING (imsi) WHERE s.imsi = ?1",
    [STMT_SAVE] = "UPDATE subscription SET (" RECORD_COLUMNS ") = (" RECORD_VALUES ")"
                  " WHERE imsi = ?1 AND iccid = ?2 AND version = ?6 - 1",
    [STMT_EXISTS] = "SELECT 1 FROM subscription WHERE imsi = ?1",
    [STMT_INSERT_SUBSCRIPTION] = "INSERT INTO subscription (imsi, iccid, " RECORD_COLUMNS ")"
                                 " VALUES (?1, ?2, " RECORD_VALUES ")",
    [STMT_INSERT_SECRET] = "INSERT INTO secret (imsi, credentials, card) VALUES (?1, ?2, ?3)",
    [STMT_WHO_HAS_IMSI] = "SELECT iccid FROM subscription WHERE imsi = ?1",
    [STMT_WHO_HAS_ICCID] = "SELECT imsi FROM subscription WHERE iccid = ?1",
    [STMT_CARD_SECRET] = "SELECT s.iccid, card FROM subscription AS s JOIN secret USING (imsi)"
                         " WHERE s.imsi = ?1",
    [STMT_INSERT_EVENT] = "INSERT INTO event (at_ms, kind, imsi, who, why, detail)"
                          " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [STMT_SAVE_NODE] = "INSERT INTO node (id, host, realm) VALUES (?1, ?2, ?3)"
                       " ON CONFLICT (id) DO UPDATE SET host = excluded.host,"
                       " realm = excluded.realm"
                       " WHERE host <> excluded.host OR realm <> excluded.realm",
    [STMT_INSERT_CHANGE] = "INSERT INTO change (imsi, writer) VALUES (?1, ?2)",
    [STMT_LAST_CHANGE] = "SELECT coalesce((SELECT seq FROM sqlite_sequence"
                         " WHERE name = 'change'), 0)",
    [STMT_OLDEST_CHANGE] = "SELECT coalesce(min(id), 0) FROM change",
    [STMT_CHANGES_SINCE] = "SELECT imsi FROM change WHERE id > ?1 AND id <= ?2 AND writer <> ?3"
                           " ORDER BY id LIMIT ?4",
    [STMT_PRUNE_CHANGES] = "DELETE FROM change WHERE id <= (SELECT seq FROM sqlite_sequence"
                           " WHERE name = 'change') - ?1",
    [STMT_DATA_VERSION] = "PRAGMA data_version",
    [STMT_TICKET_INSERT] = "INSERT INTO ticket (" TICKET_COLUMNS ", closed_change)"
                           " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0)"
                           " ON CONFLICT (id) DO NOTHING",
    [STMT_TICKET_GET] = "SELECT " TICKET_COLUMNS " FROM ticket WHERE id = ?1",
    [STMT_TICKET_LIST] = "SELECT " TICKET_COLUMNS " FROM ticket"
                         " WHERE (?1 IS NULL OR imsi = ?1) AND (?2 IS NULL OR state = ?2)"
                         " ORDER BY opened_at_ms DESC, id LIMIT ?3",
    [STMT_TICKET_CLOSE_ONE] = "UPDATE ticket SET state = ?2, used_at_ms = ?3, used_by = ?4"
                              " WHERE id = ?1 AND state = ?5",
    [STMT_TICKET_CLOSE_ON_SAVE] =
        "UPDATE ticket SET closed_change = ?2,"
        " state = CASE WHEN until_ms < ?3 THEN ?7 WHEN ?4 IS NULL THEN ?8 ELSE ?9 END,"
        " used_at_ms = CASE WHEN until_ms < ?3 OR ?4 IS NULL THEN 0 ELSE ?3 END,"
        " used_by = CASE WHEN until_ms < ?3 THEN NULL ELSE ?4 END"
        " WHERE imsi = ?1 AND state = ?6 AND id IS NOT ?5",
    [STMT_TICKET_CLOSE_ON_EVENT] = "UPDATE ticket SET state = ?2, used_at_ms = 0, used_by = NULL"
                                   " WHERE imsi = ?1 AND (state = ?3 OR closed_change > ?4)",
    [STMT_LIST_SUBSCRIPTIONS] =
        "SELECT s.imsi, iccid, msisdn, profile, status, verdict, audit_due, binding_state, machine,"
        " ticket, registered_at_ms, plmn, host"
        " FROM subscription AS s LEFT JOIN node ON node.id = s.node"
        " WHERE s.imsi > ?1 ORDER BY s.imsi LIMIT ?2",
    [STMT_LIST_EVENTS] = "SELECT id, at_ms, kind, imsi, who, why, detail FROM event"
                         " WHERE id > ?1 ORDER BY id LIMIT ?2",
    [STMT_LIST_EVENTS_OF] = "SELECT id, at_ms, kind, imsi, who, why, detail FROM event"
                            " WHERE id > ?1 AND imsi = ?3 ORDER BY id LIMIT ?2",
    [STMT_LIST_NODES] = "SELECT n.id, host, realm,"
                        " (SELECT count(*) FROM subscription AS s WHERE s.node = n.id)"
                        " FROM node AS n ORDER BY host",
    [STMT_NEXT_SECRET] = "SELECT imsi, iccid, credentials, card FROM secret"
                         " JOIN subscription USING (imsi) WHERE imsi > ?1 ORDER BY imsi LIMIT 1",
    [STMT_RESEAL] = "UPDATE secret SET credentials = ?2, card = ?3 WHERE imsi = ?1",
};

bool statements_prepare(struct sqlite_store *store, struct fault *fault)
{
    for (int i = 0; i < STMT_COUNT; i++) {
        store->statements[i] = db_prepare(store->db, sql[i], fault);
        if (store->statements[i] == NULL) {
            return fault_prefix(fault, "statement %d", i);
        }
    }
    return true;
}
