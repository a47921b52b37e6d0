/* What a decision of the home network comes to; src/s6a turns it into result codes (TS 29.272 7.4).
 */
#ifndef MOORING_HOME_RESULT_H
#define MOORING_HOME_RESULT_H

enum home_result {
    HOME_OK,
    HOME_UNKNOWN_SUBSCRIPTION, /* no such IMSI */
    HOME_REFUSED, /* moved, cloned, suspended: refused, and the UICC stays usable elsewhere */
    HOME_ROAMING_NOT_ALLOWED,   /* the profile does not allow this PLMN */
    HOME_RAT_NOT_ALLOWED,       /* the profile does not allow this RAT */
    HOME_AUTH_DATA_UNAVAILABLE, /* no vector can be made (e.g. invalid AUTS, SEQ space used up) */
    HOME_UNABLE,                /* our own failure: store, crypto */
    HOME_BUSY,                  /* a conflict that did not go away: try again */
};

const char *home_result_name(enum home_result result);

#endif
