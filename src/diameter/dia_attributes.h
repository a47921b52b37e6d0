/*
 * The AVPs that this stack knows: those of the base protocol (RFC 6733 4.5, with the few of later
 * RFCs that TS 29.272 uses) and those of S6a/S6d and S13 (TS 29.272 7.3.1 and the specifications
 * that it refers to).
 *
 * X(NAME, code, "Name", type, M, min, max): `M` says how we send the M flag. Where our sources do
 * not say, we send it clear, which no receiver may reject. `min` and `max` bound the octets of
 * OCTETS, UTF8 and IDENTITY and the value of ENUM; a max of 0 is no bound. Enumerations that later
 * releases extend have none.
 */
#ifndef MOORING_DIAMETER_DIA_ATTRIBUTES_H
#define MOORING_DIAMETER_DIA_ATTRIBUTES_H

/* clang-format off: one line an AVP, in the order of the codes */
/* Vendor-Id 0: RFC 6733; 301 RFC 7944; 486 RFC 5447; 493 RFC 5778; 621..623 RFC 7683. */
#define DIA_ATTRIBUTES_IETF(X)                                                                     \
    X(USER_NAME, 1, "User-Name", UTF8, MUST, 1, 0)                                                 \
    X(PROXY_STATE, 33, "Proxy-State", OCTETS, MUST, 0, 0)                                          \
    X(HOST_IP_ADDRESS, 257, "Host-IP-Address", ADDRESS, MUST, 0, 0)                                \
    X(AUTH_APPLICATION_ID, 258, "Auth-Application-Id", U32, MUST, 0, 0)                            \
    X(ACCT_APPLICATION_ID, 259, "Acct-Application-Id", U32, MUST, 0, 0)                            \
    X(VENDOR_SPECIFIC_APPLICATION_ID, 260, "Vendor-Specific-Application-Id", GROUPED, MUST, 0, 0)  \
    X(REDIRECT_HOST_USAGE, 261, "Redirect-Host-Usage", ENUM, MUST, 0, 0)                           \
    X(SESSION_ID, 263, "Session-Id", UTF8, MUST, 1, 0)                                             \
    X(ORIGIN_HOST, 264, "Origin-Host", IDENTITY, MUST, 1, 255)                                     \
    X(SUPPORTED_VENDOR_ID, 265, "Supported-Vendor-Id", U32, MUST, 0, 0)                            \
    X(VENDOR_ID, 266, "Vendor-Id", U32, MUST, 0, 0)                                                \
    X(FIRMWARE_REVISION, 267, "Firmware-Revision", U32, MUST_NOT, 0, 0)                            \
    X(RESULT_CODE, 268, "Result-Code", U32, MUST, 0, 0)                                            \
    X(PRODUCT_NAME, 269, "Product-Name", UTF8, MUST_NOT, 0, 0)                                     \
    X(DISCONNECT_CAUSE, 273, "Disconnect-Cause", ENUM, MUST, 0, 2)                                 \
    X(AUTH_SESSION_STATE, 277, "Auth-Session-State", ENUM, MUST, 0, 1)                             \
    X(ORIGIN_STATE_ID, 278, "Origin-State-Id", U32, MUST, 0, 0)                                    \
    X(FAILED_AVP, 279, "Failed-AVP", GROUPED, MUST, 0, 0)                                          \
    X(PROXY_HOST, 280, "Proxy-Host", IDENTITY, MUST, 1, 255)                                       \
    X(ERROR_MESSAGE, 281, "Error-Message", UTF8, MUST_NOT, 0, 0)                                   \
    X(ROUTE_RECORD, 282, "Route-Record", IDENTITY, MUST, 1, 255)                                   \
    X(DESTINATION_REALM, 283, "Destination-Realm", IDENTITY, MUST, 1, 255)                         \
    X(PROXY_INFO, 284, "Proxy-Info", GROUPED, MUST, 0, 0)                                          \
    X(REDIRECT_HOST, 292, "Redirect-Host", URI, MUST, 0, 0)                                        \
    X(DESTINATION_HOST, 293, "Destination-Host", IDENTITY, MUST, 1, 255)                           \
    X(ERROR_REPORTING_HOST, 294, "Error-Reporting-Host", IDENTITY, MUST_NOT, 1, 255)               \
    X(ORIGIN_REALM, 296, "Origin-Realm", IDENTITY, MUST, 1, 255)                                   \
    X(EXPERIMENTAL_RESULT, 297, "Experimental-Result", GROUPED, MUST, 0, 0)                        \
    X(EXPERIMENTAL_RESULT_CODE, 298, "Experimental-Result-Code", U32, MUST, 0, 0)                  \
    X(INBAND_SECURITY_ID, 299, "Inband-Security-Id", U32, MUST, 0, 0)                              \
    X(DRMP, 301, "DRMP", ENUM, MUST_NOT, 0, 15)                                                    \
    X(MIP6_AGENT_INFO, 486, "MIP6-Agent-Info", GROUPED, MUST, 0, 0)                                \
    X(SERVICE_SELECTION, 493, "Service-Selection", UTF8, MUST, 0, 0)                               \
    X(OC_SUPPORTED_FEATURES, 621, "OC-Supported-Features", GROUPED, MUST_NOT, 0, 0)                \
    X(OC_FEATURE_VECTOR, 622, "OC-Feature-Vector", U64, MUST_NOT, 0, 0)                            \
    X(OC_OLR, 623, "OC-OLR", GROUPED, MUST_NOT, 0, 0)

/* Vendor-Id 10415. */
#define DIA_ATTRIBUTES_3GPP(X)                                                                     \
    X(TGPP_CHARGING_CHARACTERISTICS, 13, "3GPP-Charging-Characteristics", UTF8, MUST, 0, 0)        \
    X(MAX_REQUESTED_BANDWIDTH_DL, 515, "Max-Requested-Bandwidth-DL", U32, MUST, 0, 0)              \
    X(MAX_REQUESTED_BANDWIDTH_UL, 516, "Max-Requested-Bandwidth-UL", U32, MUST, 0, 0)              \
    X(VISITED_NETWORK_IDENTIFIER, 600, "Visited-Network-Identifier", OCTETS, MUST, 0, 0)           \
    X(CONFIDENTIALITY_KEY, 625, "Confidentiality-Key", OCTETS, MUST, 16, 16)                       \
    X(INTEGRITY_KEY, 626, "Integrity-Key", OCTETS, MUST, 16, 16)                                   \
    X(SUPPORTED_FEATURES, 628, "Supported-Features", GROUPED, MUST, 0, 0)                          \
    X(FEATURE_LIST_ID, 629, "Feature-List-ID", U32, MUST, 0, 0)                                    \
    X(FEATURE_LIST, 630, "Feature-List", U32, MUST, 0, 0)                                          \
    X(MSISDN, 701, "MSISDN", OCTETS, MUST, 0, 0)                                                   \
    X(SERVED_PARTY_IP_ADDRESS, 848, "Served-Party-IP-Address", ADDRESS, MUST, 0, 0)                \
    X(QOS_CLASS_IDENTIFIER, 1028, "QoS-Class-Identifier", ENUM, MUST, 0, 0)                        \
    X(RAT_TYPE, 1032, "RAT-Type", ENUM, MUST_NOT, 0, 0)                                            \
    X(ALLOCATION_RETENTION_PRIORITY, 1034, "Allocation-Retention-Priority", GROUPED, MUST, 0, 0)   \
    X(PRIORITY_LEVEL, 1046, "Priority-Level", U32, MUST, 0, 0)                                     \
    X(PRE_EMPTION_CAPABILITY, 1047, "Pre-emption-Capability", ENUM, MUST, 0, 1)                    \
    X(PRE_EMPTION_VULNERABILITY, 1048, "Pre-emption-Vulnerability", ENUM, MUST, 0, 1)              \
    X(SUBSCRIPTION_DATA, 1400, "Subscription-Data", GROUPED, MUST, 0, 0)                           \
    X(TERMINAL_INFORMATION, 1401, "Terminal-Information", GROUPED, MUST, 0, 0)                     \
    X(IMEI, 1402, "IMEI", UTF8, MUST, 14, 16)                                                      \
    X(SOFTWARE_VERSION, 1403, "Software-Version", UTF8, MUST, 2, 2)                                \
    X(ULR_FLAGS, 1405, "ULR-Flags", U32, MUST, 0, 0)                                               \
    X(ULA_FLAGS, 1406, "ULA-Flags", U32, MUST, 0, 0)                                               \
    X(VISITED_PLMN_ID, 1407, "Visited-PLMN-Id", OCTETS, MUST, 3, 3)                                \
    X(REQUESTED_EUTRAN_AUTHENTICATION_INFO, 1408, "Requested-EUTRAN-Authentication-Info", GROUPED, \
      MUST, 0, 0)                                                                                  \
    X(REQUESTED_UTRAN_GERAN_AUTHENTICATION_INFO, 1409,                                             \
      "Requested-UTRAN-GERAN-Authentication-Info", GROUPED, MUST, 0, 0)                            \
    X(NUMBER_OF_REQUESTED_VECTORS, 1410, "Number-Of-Requested-Vectors", U32, MUST, 0, 0)           \
    X(RE_SYNCHRONIZATION_INFO, 1411, "Re-Synchronization-Info", OCTETS, MUST, 30, 30)              \
    X(IMMEDIATE_RESPONSE_PREFERRED, 1412, "Immediate-Response-Preferred", U32, MUST, 0, 0)         \
    X(AUTHENTICATION_INFO, 1413, "Authentication-Info", GROUPED, MUST, 0, 0)                       \
    X(E_UTRAN_VECTOR, 1414, "E-UTRAN-Vector", GROUPED, MUST, 0, 0)                                 \
    X(UTRAN_VECTOR, 1415, "UTRAN-Vector", GROUPED, MUST, 0, 0)                                     \
    X(GERAN_VECTOR, 1416, "GERAN-Vector", GROUPED, MUST, 0, 0)                                     \
    X(NETWORK_ACCESS_MODE, 1417, "Network-Access-Mode", ENUM, MUST, 0, 0)                          \
    X(HPLMN_ODB, 1418, "HPLMN-ODB", U32, MUST, 0, 0)                                               \
    X(ITEM_NUMBER, 1419, "Item-Number", U32, MUST, 0, 0)                                           \
    X(CANCELLATION_TYPE, 1420, "Cancellation-Type", ENUM, MUST, 0, 0)                              \
    X(DSR_FLAGS, 1421, "DSR-Flags", U32, MUST, 0, 0)                                               \
    X(DSA_FLAGS, 1422, "DSA-Flags", U32, MUST, 0, 0)                                               \
    X(CONTEXT_IDENTIFIER, 1423, "Context-Identifier", U32, MUST, 0, 0)                             \
    X(SUBSCRIBER_STATUS, 1424, "Subscriber-Status", ENUM, MUST, 0, 1)                              \
    X(OPERATOR_DETERMINED_BARRING, 1425, "Operator-Determined-Barring", U32, MUST, 0, 0)           \
    X(ACCESS_RESTRICTION_DATA, 1426, "Access-Restriction-Data", U32, MUST, 0, 0)                   \
    X(APN_OI_REPLACEMENT, 1427, "APN-OI-Replacement", UTF8, MUST, 0, 0)                            \
    X(ALL_APN_CONFIGURATIONS_INCLUDED_INDICATOR, 1428,                                             \
      "All-APN-Configurations-Included-Indicator", ENUM, MUST, 0, 1)                               \
    X(APN_CONFIGURATION_PROFILE, 1429, "APN-Configuration-Profile", GROUPED, MUST, 0, 0)           \
    X(APN_CONFIGURATION, 1430, "APN-Configuration", GROUPED, MUST, 0, 0)                           \
    X(EPS_SUBSCRIBED_QOS_PROFILE, 1431, "EPS-Subscribed-QoS-Profile", GROUPED, MUST, 0, 0)         \
    X(VPLMN_DYNAMIC_ADDRESS_ALLOWED, 1432, "VPLMN-Dynamic-Address-Allowed", ENUM, MUST, 0, 1)      \
    X(STN_SR, 1433, "STN-SR", OCTETS, MUST, 0, 0)                                                  \
    X(ALERT_REASON, 1434, "Alert-Reason", ENUM, MUST, 0, 0)                                        \
    X(AMBR, 1435, "AMBR", GROUPED, MUST, 0, 0)                                                     \
    X(PDN_GW_ALLOCATION_TYPE, 1438, "PDN-GW-Allocation-Type", ENUM, MUST, 0, 1)                    \
    X(RAT_FREQUENCY_SELECTION_PRIORITY_ID, 1440, "RAT-Frequency-Selection-Priority-ID", U32, MUST, \
      0, 0)                                                                                        \
    X(IDA_FLAGS, 1441, "IDA-Flags", U32, MUST, 0, 0)                                               \
    X(PUA_FLAGS, 1442, "PUA-Flags", U32, MUST, 0, 0)                                               \
    X(NOR_FLAGS, 1443, "NOR-Flags", U32, MUST, 0, 0)                                               \
    X(USER_ID, 1444, "User-Id", UTF8, MUST_NOT, 0, 0)                                              \
    X(EQUIPMENT_STATUS, 1445, "Equipment-Status", ENUM, MUST, 0, 2)                                \
    X(REGIONAL_SUBSCRIPTION_ZONE_CODE, 1446, "Regional-Subscription-Zone-Code", OCTETS, MUST, 2,   \
      2)                                                                                           \
    X(RAND, 1447, "RAND", OCTETS, MUST, 16, 16)                                                    \
    X(XRES, 1448, "XRES", OCTETS, MUST, 4, 16)                                                     \
    X(AUTN, 1449, "AUTN", OCTETS, MUST, 16, 16)                                                    \
    X(KASME, 1450, "KASME", OCTETS, MUST, 32, 32)                                                  \
    X(KC, 1453, "Kc", OCTETS, MUST, 8, 8)                                                          \
    X(SRES, 1454, "SRES", OCTETS, MUST, 4, 4)                                                      \
    X(PDN_TYPE, 1456, "PDN-Type", ENUM, MUST, 0, 0)                                                \
    X(ROAMING_RESTRICTED_DUE_TO_UNSUPPORTED_FEATURE, 1457,                                         \
      "Roaming-Restricted-Due-To-Unsupported-Feature", ENUM, MUST, 0, 0)                           \
    X(TRACE_REFERENCE, 1459, "Trace-Reference", OCTETS, MUST, 0, 0)                                \
    X(TGPP2_MEID, 1471, "3GPP2-MEID", OCTETS, MUST, 0, 0)                                          \
    X(SS_CODE, 1476, "SS-Code", OCTETS, MUST, 1, 1)                                                \
    X(TELESERVICE_LIST, 1486, "Teleservice-List", GROUPED, MUST, 0, 0)                             \
    X(TS_CODE, 1487, "TS-Code", OCTETS, MUST, 1, 1)                                                \
    X(SGSN_NUMBER, 1489, "SGSN-Number", OCTETS, MUST, 0, 0)                                        \
    X(IDR_FLAGS, 1490, "IDR-Flags", U32, MUST, 0, 0)                                               \
    X(ICS_INDICATOR, 1491, "ICS-Indicator", ENUM, MUST_NOT, 0, 0)                                  \
    X(IMS_VOICE_OVER_PS_SESSIONS_SUPPORTED, 1492, "IMS-Voice-Over-PS-Sessions-Supported", ENUM,    \
      MUST_NOT, 0, 0)                                                                              \
    X(HOMOGENEOUS_SUPPORT_OF_IMS_VOICE_OVER_PS_SESSIONS, 1493,                                     \
      "Homogeneous-Support-of-IMS-Voice-Over-PS-Sessions", ENUM, MUST_NOT, 0, 0)                   \
    X(LAST_UE_ACTIVITY_TIME, 1494, "Last-UE-Activity-Time", TIME, MUST_NOT, 0, 0)                  \
    X(EPS_USER_STATE, 1495, "EPS-User-State", GROUPED, MUST_NOT, 0, 0)                             \
    X(EPS_LOCATION_INFORMATION, 1496, "EPS-Location-Information", GROUPED, MUST_NOT, 0, 0)         \
    X(MME_USER_STATE, 1497, "MME-User-State", GROUPED, MUST_NOT, 0, 0)                             \
    X(SGSN_USER_STATE, 1498, "SGSN-User-State", GROUPED, MUST_NOT, 0, 0)                           \
    X(USER_STATE, 1499, "User-State", ENUM, MUST_NOT, 0, 0)                                        \
    X(MME_LOCATION_INFORMATION, 1600, "MME-Location-Information", GROUPED, MUST_NOT, 0, 0)         \
    X(SGSN_LOCATION_INFORMATION, 1601, "SGSN-Location-Information", GROUPED, MUST_NOT, 0, 0)       \
    X(E_UTRAN_CELL_GLOBAL_IDENTITY, 1602, "E-UTRAN-Cell-Global-Identity", OCTETS, MUST_NOT, 0, 0)  \
    X(TRACKING_AREA_IDENTITY, 1603, "Tracking-Area-Identity", OCTETS, MUST_NOT, 0, 0)              \
    X(AGE_OF_LOCATION_INFORMATION, 1611, "Age-Of-Location-Information", U32, MUST_NOT, 0, 0)       \
    X(ACTIVE_APN, 1612, "Active-APN", GROUPED, MUST_NOT, 0, 0)                                     \
    X(ERROR_DIAGNOSTIC, 1614, "Error-Diagnostic", ENUM, MUST_NOT, 0, 0)                            \
    X(UE_SRVCC_CAPABILITY, 1615, "UE-SRVCC-Capability", ENUM, MUST_NOT, 0, 0)                      \
    X(SUBSCRIBED_PERIODIC_RAU_TAU_TIMER, 1619, "Subscribed-Periodic-RAU-TAU-Timer", U32, MUST_NOT, \
      0, 0)                                                                                        \
    X(PUR_FLAGS, 1635, "PUR-Flags", U32, MUST_NOT, 0, 0)                                           \
    X(EQUIVALENT_PLMN_LIST, 1637, "Equivalent-PLMN-List", GROUPED, MUST_NOT, 0, 0)                 \
    X(CLR_FLAGS, 1638, "CLR-Flags", U32, MUST_NOT, 0, 0)                                           \
    X(A_MSISDN, 1643, "A-MSISDN", OCTETS, MUST_NOT, 0, 0)                                          \
    X(MME_NUMBER_FOR_MT_SMS, 1645, "MME-Number-for-MT-SMS", OCTETS, MUST_NOT, 0, 0)                \
    X(SMS_REGISTER_REQUEST, 1648, "SMS-Register-Request", ENUM, MUST_NOT, 0, 0)                    \
    X(LOCAL_TIME_ZONE, 1649, "Local-Time-Zone", GROUPED, MUST_NOT, 0, 0)                           \
    X(SUBSCRIPTION_DATA_FLAGS, 1654, "Subscription-Data-Flags", U32, MUST_NOT, 0, 0)               \
    X(SGS_MME_IDENTITY, 1664, "SGs-MME-Identity", UTF8, MUST_NOT, 0, 0)                            \
    X(COUPLED_NODE_DIAMETER_ID, 1666, "Coupled-Node-Diameter-ID", IDENTITY, MUST_NOT, 0, 255)      \
    X(RESET_ID, 1670, "Reset-ID", OCTETS, MUST_NOT, 0, 0)                                          \
    X(ADJACENT_PLMNS, 1672, "Adjacent-PLMNs", GROUPED, MUST_NOT, 0, 0)                             \
    X(AIR_FLAGS, 1679, "AIR-Flags", U32, MUST_NOT, 0, 0)                                           \
    X(UE_USAGE_TYPE, 1680, "UE-Usage-Type", U32, MUST_NOT, 0, 0)                                   \
    X(NON_IP_PDN_TYPE_INDICATOR, 1681, "Non-IP-PDN-Type-Indicator", ENUM, MUST_NOT, 0, 0)          \
    X(NON_IP_DATA_DELIVERY_MECHANISM, 1682, "Non-IP-Data-Delivery-Mechanism", ENUM, MUST_NOT, 0,   \
      0)                                                                                           \
    X(SCEF_REALM, 1684, "SCEF-Realm", IDENTITY, MUST_NOT, 0, 255)                                  \
    X(SUBSCRIPTION_DATA_DELETION, 1685, "Subscription-Data-Deletion", GROUPED, MUST_NOT, 0, 0)     \
    X(SERVICE_GAP_TIME, 1698, "Service-Gap-Time", U32, MUST_NOT, 0, 0)                             \
    X(CORE_NETWORK_RESTRICTIONS, 1704, "Core-Network-Restrictions", U32, MUST_NOT, 0, 0)           \
    X(EXTERNAL_IDENTIFIER, 3111, "External-Identifier", UTF8, MUST, 0, 0)                          \
    X(MONITORING_EVENT_REPORT, 3123, "Monitoring-Event-Report", GROUPED, MUST, 0, 0)               \
    X(SCEF_ID, 3125, "SCEF-ID", IDENTITY, MUST, 0, 255)                                            \
    X(MONITORING_EVENT_CONFIG_STATUS, 3142, "Monitoring-Event-Config-Status", GROUPED, MUST, 0, 0) \
    X(SUPPORTED_SERVICES, 3143, "Supported-Services", GROUPED, MUST, 0, 0)                         \
    X(MAXIMUM_UE_AVAILABILITY_TIME, 3329, "Maximum-UE-Availability-Time", TIME, MUST_NOT, 0, 0)
/* clang-format on */

#define DIA_ATTRIBUTE_ENUM(name, code, text, type, m, min, max) DIA_##name,

/* An AVP that we know, by its place in the dictionary. Not a code: never store or send it. */
enum dia_attribute {
    DIA_UNKNOWN = 0,
    DIA_ATTRIBUTES_IETF(DIA_ATTRIBUTE_ENUM) DIA_ATTRIBUTES_3GPP(DIA_ATTRIBUTE_ENUM)
        DIA_ATTRIBUTE_COUNT
};

#undef DIA_ATTRIBUTE_ENUM

#endif
