#include "s6a/s6a.h"

#include "base/bytes.h"

/* What every request of S6a has, TS 29.272 7.2.3 and on. */
#define REQUEST_COMMON                                                                             \
    {DIA_SESSION_ID, 1, 1}, {DIA_VENDOR_SPECIFIC_APPLICATION_ID, 0, 1},                            \
        {DIA_AUTH_SESSION_STATE, 1, 1}, {DIA_ORIGIN_HOST, 1, 1}, {DIA_ORIGIN_REALM, 1, 1},         \
        {DIA_DESTINATION_HOST, 0, 1}, {DIA_DESTINATION_REALM, 1, 1}, {DIA_USER_NAME, 1, 1},        \
    {                                                                                              \
        DIA_VISITED_PLMN_ID, 1, 1                                                                  \
    }

/* What every answer has; what is there on success only is checked by who reads it. */
#define ANSWER_COMMON                                                                              \
    {DIA_SESSION_ID, 0, 1}, {DIA_AUTH_SESSION_STATE, 0, 1}, {DIA_ORIGIN_HOST, 1, 1},               \
        {DIA_ORIGIN_REALM, 1, 1}, {DIA_RESULT_CODE, 0, 1}, {DIA_EXPERIMENTAL_RESULT, 0, 1},        \
    {                                                                                              \
        DIA_ERROR_DIAGNOSTIC, 0, 1                                                                 \
    }

/* TS 29.272 7.2.5. */
static const struct dia_avp_rule air[] = {
    REQUEST_COMMON,
    {DIA_REQUESTED_EUTRAN_AUTHENTICATION_INFO, 0, 1},
    {DIA_REQUESTED_UTRAN_GERAN_AUTHENTICATION_INFO, 0, 1},
    {DIA_AIR_FLAGS, 0, 1},
};

/* TS 29.272 7.2.6. */
static const struct dia_avp_rule aia[] = {
    ANSWER_COMMON,
    {DIA_AUTHENTICATION_INFO, 0, 1},
};

/* TS 29.272 7.2.3. */
static const struct dia_avp_rule ulr[] = {
    REQUEST_COMMON,
    {DIA_RAT_TYPE, 1, 1},
    {DIA_ULR_FLAGS, 1, 1},
    {DIA_TERMINAL_INFORMATION, 0, 1},
    {DIA_UE_SRVCC_CAPABILITY, 0, 1},
    {DIA_SGSN_NUMBER, 0, 1},
    {DIA_HOMOGENEOUS_SUPPORT_OF_IMS_VOICE_OVER_PS_SESSIONS, 0, 1},
    {DIA_EQUIVALENT_PLMN_LIST, 0, 1},
    {DIA_MME_NUMBER_FOR_MT_SMS, 0, 1},
    {DIA_SMS_REGISTER_REQUEST, 0, 1},
    {DIA_COUPLED_NODE_DIAMETER_ID, 0, 1},
};

/* TS 29.272 7.2.4. */
static const struct dia_avp_rule ula[] = {
    ANSWER_COMMON,
    {DIA_ULA_FLAGS, 0, 1},
    {DIA_SUBSCRIPTION_DATA, 0, 1},
};

#define RULE(name, code, request, avps)                                                            \
    {                                                                                              \
        name, S6A_APPLICATION, code, request, true, avps, ARRAY_LEN(avps)                          \
    }

static const struct dia_command_rule rules[] = {
    RULE("AIR", S6A_AUTHENTICATION_INFORMATION, true, air),
    RULE("AIA", S6A_AUTHENTICATION_INFORMATION, false, aia),
    RULE("ULR", S6A_UPDATE_LOCATION, true, ulr),
    RULE("ULA", S6A_UPDATE_LOCATION, false, ula),
};

const struct dia_command_rule *s6a_rule(uint32_t command, bool request)
{
    for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
        if (rules[i].command == command && rules[i].request == request) {
            return &rules[i];
        }
    }
    return NULL;
}

struct s6a_result s6a_result_of(enum home_result result)
{
    switch (result) {
    case HOME_OK:
        return (struct s6a_result){DIA_SUCCESS, false};
    case HOME_UNKNOWN_SUBSCRIPTION:
        return (struct s6a_result){S6A_USER_UNKNOWN, true};
    case HOME_REFUSED:
        return (struct s6a_result){DIA_AUTHORIZATION_REJECTED, false};
    case HOME_ROAMING_NOT_ALLOWED:
        return (struct s6a_result){S6A_ROAMING_NOT_ALLOWED, true};
    case HOME_RAT_NOT_ALLOWED:
        return (struct s6a_result){S6A_RAT_NOT_ALLOWED, true};
    case HOME_AUTH_DATA_UNAVAILABLE:
        return (struct s6a_result){S6A_AUTHENTICATION_DATA_UNAVAILABLE, true};
    case HOME_BUSY:
        return (struct s6a_result){DIA_TOO_BUSY, false};
    case HOME_UNABLE:
        break;
    }
    return (struct s6a_result){DIA_UNABLE_TO_COMPLY, false};
}

const char *s6a_result_name(const struct s6a_result *result)
{
    static const struct {
        struct s6a_result result;
        const char *name;
    } names[] = {
        {{DIA_SUCCESS, false}, "DIAMETER_SUCCESS"},
        {{DIA_COMMAND_UNSUPPORTED, false}, "DIAMETER_COMMAND_UNSUPPORTED"},
        {{DIA_UNABLE_TO_DELIVER, false}, "DIAMETER_UNABLE_TO_DELIVER"},
        {{DIA_REALM_NOT_SERVED, false}, "DIAMETER_REALM_NOT_SERVED"},
        {{DIA_TOO_BUSY, false}, "DIAMETER_TOO_BUSY"},
        {{DIA_AVP_UNSUPPORTED, false}, "DIAMETER_AVP_UNSUPPORTED"},
        {{DIA_AUTHORIZATION_REJECTED, false}, "DIAMETER_AUTHORIZATION_REJECTED"},
        {{DIA_INVALID_AVP_VALUE, false}, "DIAMETER_INVALID_AVP_VALUE"},
        {{DIA_MISSING_AVP, false}, "DIAMETER_MISSING_AVP"},
        {{DIA_UNABLE_TO_COMPLY, false}, "DIAMETER_UNABLE_TO_COMPLY"},
        {{S6A_AUTHENTICATION_DATA_UNAVAILABLE, true}, "DIAMETER_AUTHENTICATION_DATA_UNAVAILABLE"},
        {{S6A_USER_UNKNOWN, true}, "DIAMETER_ERROR_USER_UNKNOWN"},
        {{S6A_ROAMING_NOT_ALLOWED, true}, "DIAMETER_ERROR_ROAMING_NOT_ALLOWED"},
        {{S6A_UNKNOWN_EPS_SUBSCRIPTION, true}, "DIAMETER_ERROR_UNKNOWN_EPS_SUBSCRIPTION"},
        {{S6A_RAT_NOT_ALLOWED, true}, "DIAMETER_ERROR_RAT_NOT_ALLOWED"},
    };

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (names[i].result.code == result->code &&
            names[i].result.experimental == result->experimental) {
            return names[i].name;
        }
    }
    return "?";
}
