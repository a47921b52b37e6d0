/* The tables of the validator: base commands (RFC 6733 5.3 to 5.5) and groups. */
#include "base/bytes.h"
#include "diameter/dia_validate.h"

/* RFC 6733 5.3.1. */
static const struct dia_avp_rule cer[] = {
    {DIA_ORIGIN_HOST, 1, 1},       {DIA_ORIGIN_REALM, 1, 1}, {DIA_HOST_IP_ADDRESS, 1, DIA_MANY},
    {DIA_VENDOR_ID, 1, 1},         {DIA_PRODUCT_NAME, 1, 1}, {DIA_ORIGIN_STATE_ID, 0, 1},
    {DIA_FIRMWARE_REVISION, 0, 1},
};

/* RFC 6733 5.3.2; of a refusal only the first three can be relied on. */
static const struct dia_avp_rule cea[] = {{DIA_RESULT_CODE, 1, 1},      {DIA_ORIGIN_HOST, 1, 1},
                                          {DIA_ORIGIN_REALM, 1, 1},     {DIA_ORIGIN_STATE_ID, 0, 1},
                                          {DIA_ERROR_MESSAGE, 0, 1},    {DIA_FAILED_AVP, 0, 1},
                                          {DIA_FIRMWARE_REVISION, 0, 1}};

/* RFC 6733 5.5.1, 5.5.2. */
static const struct dia_avp_rule dwr[] = {
    {DIA_ORIGIN_HOST, 1, 1}, {DIA_ORIGIN_REALM, 1, 1}, {DIA_ORIGIN_STATE_ID, 0, 1}};
static const struct dia_avp_rule dwa[] = {
    {DIA_RESULT_CODE, 1, 1}, {DIA_ORIGIN_HOST, 1, 1}, {DIA_ORIGIN_REALM, 1, 1}};

/* RFC 6733 5.4.1, 5.4.2. */
static const struct dia_avp_rule dpr[] = {
    {DIA_ORIGIN_HOST, 1, 1}, {DIA_ORIGIN_REALM, 1, 1}, {DIA_DISCONNECT_CAUSE, 1, 1}};

#define BASE(name, code, request, avps)                                                            \
    {                                                                                              \
        name, DIA_APPLICATION_BASE, code, request, false, avps, ARRAY_LEN(avps)                    \
    }

static const struct dia_command_rule base_rules[] = {
    BASE("CER", DIA_COMMAND_CAPABILITIES_EXCHANGE, true, cer),
    BASE("CEA", DIA_COMMAND_CAPABILITIES_EXCHANGE, false, cea),
    BASE("DWR", DIA_COMMAND_DEVICE_WATCHDOG, true, dwr),
    BASE("DWA", DIA_COMMAND_DEVICE_WATCHDOG, false, dwa),
    BASE("DPR", DIA_COMMAND_DISCONNECT_PEER, true, dpr),
    BASE("DPA", DIA_COMMAND_DISCONNECT_PEER, false, dwa),
};

const struct dia_command_rule *dia_base_rule(uint32_t command, bool request)
{
    for (size_t i = 0; i < ARRAY_LEN(base_rules); i++) {
        if (base_rules[i].command == command && base_rules[i].request == request) {
            return &base_rules[i];
        }
    }
    return NULL;
}

/* RFC 6733 6.11 (RFC 3588 allowed more than one Vendor-Id), 7.6, 6.7.2; TS 29.229 6.3.29. */
static const struct dia_avp_rule application_id[] = {
    {DIA_VENDOR_ID, 1, DIA_MANY}, {DIA_AUTH_APPLICATION_ID, 0, 1}, {DIA_ACCT_APPLICATION_ID, 0, 1}};
static const struct dia_avp_rule experimental_result[] = {{DIA_VENDOR_ID, 1, 1},
                                                          {DIA_EXPERIMENTAL_RESULT_CODE, 1, 1}};
static const struct dia_avp_rule proxy_info[] = {{DIA_PROXY_HOST, 1, 1}, {DIA_PROXY_STATE, 1, 1}};
static const struct dia_avp_rule supported_features[] = {
    {DIA_VENDOR_ID, 1, 1}, {DIA_FEATURE_LIST_ID, 1, 1}, {DIA_FEATURE_LIST, 1, 1}};

/* TS 29.272 7.3.3, 7.3.11, 7.3.12, 7.3.17 to 7.3.20. */
static const struct dia_avp_rule terminal_information[] = {
    {DIA_IMEI, 0, 1}, {DIA_SOFTWARE_VERSION, 0, 1}, {DIA_TGPP2_MEID, 0, 1}};
static const struct dia_avp_rule requested_vectors[] = {{DIA_NUMBER_OF_REQUESTED_VECTORS, 0, 1},
                                                        {DIA_IMMEDIATE_RESPONSE_PREFERRED, 0, 1},
                                                        {DIA_RE_SYNCHRONIZATION_INFO, 0, 1}};
static const struct dia_avp_rule authentication_info[] = {{DIA_E_UTRAN_VECTOR, 0, DIA_MANY},
                                                          {DIA_UTRAN_VECTOR, 0, DIA_MANY},
                                                          {DIA_GERAN_VECTOR, 0, DIA_MANY}};
static const struct dia_avp_rule eutran_vector[] = {{DIA_ITEM_NUMBER, 0, 1},
                                                    {DIA_RAND, 1, 1},
                                                    {DIA_XRES, 1, 1},
                                                    {DIA_AUTN, 1, 1},
                                                    {DIA_KASME, 1, 1}};
static const struct dia_avp_rule utran_vector[] = {
    {DIA_ITEM_NUMBER, 0, 1},         {DIA_RAND, 1, 1},         {DIA_XRES, 1, 1}, {DIA_AUTN, 1, 1},
    {DIA_CONFIDENTIALITY_KEY, 1, 1}, {DIA_INTEGRITY_KEY, 1, 1}};
static const struct dia_avp_rule geran_vector[] = {
    {DIA_ITEM_NUMBER, 0, 1}, {DIA_RAND, 1, 1}, {DIA_SRES, 1, 1}, {DIA_KC, 1, 1}};

/* TS 29.272 7.3.2 and what it holds. */
static const struct dia_avp_rule subscription_data[] = {
    {DIA_SUBSCRIBER_STATUS, 0, 1},
    {DIA_MSISDN, 0, 1},
    {DIA_A_MSISDN, 0, 1},
    {DIA_NETWORK_ACCESS_MODE, 0, 1},
    {DIA_OPERATOR_DETERMINED_BARRING, 0, 1},
    {DIA_HPLMN_ODB, 0, 1},
    {DIA_REGIONAL_SUBSCRIPTION_ZONE_CODE, 0, 10},
    {DIA_ACCESS_RESTRICTION_DATA, 0, 1},
    {DIA_APN_OI_REPLACEMENT, 0, 1},
    {DIA_TELESERVICE_LIST, 0, 1},
    {DIA_TGPP_CHARGING_CHARACTERISTICS, 0, 1},
    {DIA_AMBR, 0, 1},
    {DIA_APN_CONFIGURATION_PROFILE, 0, 1},
    {DIA_SUBSCRIPTION_DATA_FLAGS, 0, 1},
};
static const struct dia_avp_rule teleservice_list[] = {{DIA_TS_CODE, 1, DIA_MANY}};
static const struct dia_avp_rule ambr[] = {{DIA_MAX_REQUESTED_BANDWIDTH_UL, 1, 1},
                                           {DIA_MAX_REQUESTED_BANDWIDTH_DL, 1, 1}};
static const struct dia_avp_rule apn_profile[] = {
    {DIA_CONTEXT_IDENTIFIER, 1, 1},
    {DIA_ALL_APN_CONFIGURATIONS_INCLUDED_INDICATOR, 1, 1},
    {DIA_APN_CONFIGURATION, 1, DIA_MANY}};
static const struct dia_avp_rule apn_configuration[] = {
    {DIA_CONTEXT_IDENTIFIER, 1, 1},
    {DIA_SERVED_PARTY_IP_ADDRESS, 0, 2},
    {DIA_PDN_TYPE, 1, 1},
    {DIA_SERVICE_SELECTION, 1, 1},
    {DIA_EPS_SUBSCRIBED_QOS_PROFILE, 0, 1},
    {DIA_VPLMN_DYNAMIC_ADDRESS_ALLOWED, 0, 1},
    {DIA_PDN_GW_ALLOCATION_TYPE, 0, 1},
    {DIA_AMBR, 0, 1},
};
static const struct dia_avp_rule qos_profile[] = {{DIA_QOS_CLASS_IDENTIFIER, 1, 1},
                                                  {DIA_ALLOCATION_RETENTION_PRIORITY, 1, 1}};
static const struct dia_avp_rule retention_priority[] = {{DIA_PRIORITY_LEVEL, 1, 1},
                                                         {DIA_PRE_EMPTION_CAPABILITY, 0, 1},
                                                         {DIA_PRE_EMPTION_VULNERABILITY, 0, 1}};

#define GROUP(group, members)                                                                      \
    {                                                                                              \
        group, members, ARRAY_LEN(members)                                                         \
    }

/* Groups that have no rule are passed on unseen: nobody here reads them. */
static const struct dia_group_rule group_rules[] = {
    GROUP(DIA_VENDOR_SPECIFIC_APPLICATION_ID, application_id),
    GROUP(DIA_EXPERIMENTAL_RESULT, experimental_result),
    GROUP(DIA_PROXY_INFO, proxy_info),
    GROUP(DIA_SUPPORTED_FEATURES, supported_features),
    GROUP(DIA_TERMINAL_INFORMATION, terminal_information),
    GROUP(DIA_REQUESTED_EUTRAN_AUTHENTICATION_INFO, requested_vectors),
    GROUP(DIA_REQUESTED_UTRAN_GERAN_AUTHENTICATION_INFO, requested_vectors),
    GROUP(DIA_AUTHENTICATION_INFO, authentication_info),
    GROUP(DIA_E_UTRAN_VECTOR, eutran_vector),
    GROUP(DIA_UTRAN_VECTOR, utran_vector),
    GROUP(DIA_GERAN_VECTOR, geran_vector),
    GROUP(DIA_SUBSCRIPTION_DATA, subscription_data),
    GROUP(DIA_TELESERVICE_LIST, teleservice_list),
    GROUP(DIA_AMBR, ambr),
    GROUP(DIA_APN_CONFIGURATION_PROFILE, apn_profile),
    GROUP(DIA_APN_CONFIGURATION, apn_configuration),
    GROUP(DIA_EPS_SUBSCRIBED_QOS_PROFILE, qos_profile),
    GROUP(DIA_ALLOCATION_RETENTION_PRIORITY, retention_priority),
};

const struct dia_group_rule *dia_group_rule(enum dia_attribute group)
{
    for (size_t i = 0; i < ARRAY_LEN(group_rules); i++) {
        if (group_rules[i].group == group) {
            return &group_rules[i];
        }
    }
    return NULL;
}
