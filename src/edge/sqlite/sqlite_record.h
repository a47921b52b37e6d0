/* struct subscription to and from the columns of its row. */
#ifndef MOORING_EDGE_SQLITE_SQLITE_RECORD_H
#define MOORING_EDGE_SQLITE_SQLITE_RECORD_H

#include <stdbool.h>

#include <sqlite3.h>

#include "base/fault.h"
#include "home/subscription.h"

/* Where the columns stand in a row of STMT_LOAD; as parameters they are counted from 1. */
enum record_column {
    COL_IMSI,
    COL_ICCID,
    COL_MSISDN,
    COL_PROFILE,
    COL_STATUS,
    COL_VERSION,
    COL_FIRST_USED,
    COL_VERDICT,
    COL_SEQ_RESERVED,
    COL_CONFIRMED_SEQ,
    COL_CONFIRMED_IND,
    COL_PROBABLE_SEQ,
    COL_PROBABLE_IND,
    COL_AUDIT_DUE,
    COL_AUTH,
    COL_BINDING_STATE,
    COL_MACHINE,
    COL_DECLARED,
    COL_TICKET,
    COL_TICKET_MACHINE,
    COL_TICKET_UNTIL,
    COL_OFFENDER,
    COL_BINDING_CHANGED,
    COL_NODE,
    COL_PLMN,
    COL_RAT_TYPE,
    COL_REGISTERED_AT,
    COL_CREDENTIALS
};

/* Binds all columns; the version is bound as `version`. */
void record_bind(sqlite3_stmt *stmt, const struct subscription *subscription, uint64_t version);

/* Reads and checks all columns. False with a fault if any is not what record_bind could have
 * written. */
bool record_read(sqlite3_stmt *stmt, struct subscription *subscription, struct fault *fault);

/* A PLMN column: "MCC/MNC", or NULL and all zero for none. */
bool record_plmn_of(sqlite3_stmt *stmt, int at, struct plmn *plmn, struct fault *fault);

#endif
