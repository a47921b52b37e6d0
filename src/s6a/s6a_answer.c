#include "s6a/s6a_answer.h"

#include "base/bytes.h"

#define NO_STATE_MAINTAINED 1u /* RFC 6733 8.11; TS 29.272 7.1.4 */

static void begin(struct dia_writer *writer, const struct dia_node *node,
                  const struct dia_message *request, struct s6a_result result)
{
    dia_answer_begin(writer, request, result.experimental ? DIA_SUCCESS : result.code);
    dia_group_open(writer, DIA_VENDOR_SPECIFIC_APPLICATION_ID);
    dia_put_u32(writer, DIA_VENDOR_ID, DIA_VENDOR_3GPP);
    dia_put_u32(writer, DIA_AUTH_APPLICATION_ID, S6A_APPLICATION);
    dia_group_close(writer);
    if (result.experimental) {
        dia_group_open(writer, DIA_EXPERIMENTAL_RESULT);
        dia_put_u32(writer, DIA_VENDOR_ID, DIA_VENDOR_3GPP);
        dia_put_u32(writer, DIA_EXPERIMENTAL_RESULT_CODE, result.code);
        dia_group_close(writer);
    } else {
        dia_put_u32(writer, DIA_RESULT_CODE, result.code);
    }
    dia_put_u32(writer, DIA_AUTH_SESSION_STATE, NO_STATE_MAINTAINED);
    dia_answer_origin(writer, node);
}

bool s6a_put_result(struct dia_writer *writer, const struct dia_node *node,
                    const struct dia_message *request, struct s6a_result result)
{
    begin(writer, node, request, result);
    return dia_answer_end(writer, request);
}

bool s6a_put_aia(struct dia_writer *writer, const struct dia_node *node,
                 const struct dia_message *request, const struct home_authentication_answer *answer)
{
    begin(writer, node, request, s6a_result_of(answer->result));
    if (answer->result == HOME_OK) {
        dia_group_open(writer, DIA_AUTHENTICATION_INFO);
        for (size_t i = 0; i < answer->count; i++) {
            const struct home_vector *vector = &answer->vectors[i];

            dia_group_open(writer, DIA_E_UTRAN_VECTOR);
            if (answer->count > 1) {
                dia_put_u32(writer, DIA_ITEM_NUMBER, (uint32_t)i + 1);
            }
            dia_put_octets(writer, DIA_RAND, vector->rand, sizeof vector->rand);
            dia_put_octets(writer, DIA_XRES, vector->xres, vector->xres_len);
            dia_put_octets(writer, DIA_AUTN, vector->autn, sizeof vector->autn);
            dia_put_octets(writer, DIA_KASME, vector->kasme, sizeof vector->kasme);
            dia_group_close(writer);
        }
        dia_group_close(writer);
    }
    return dia_answer_end(writer, request);
}

static void put_ambr(struct dia_writer *writer, uint32_t uplink, uint32_t downlink)
{
    dia_group_open(writer, DIA_AMBR);
    dia_put_u32(writer, DIA_MAX_REQUESTED_BANDWIDTH_UL, uplink);
    dia_put_u32(writer, DIA_MAX_REQUESTED_BANDWIDTH_DL, downlink);
    dia_group_close(writer);
}

static void put_apn(struct dia_writer *writer, uint32_t context, const struct profile_apn *apn)
{
    dia_group_open(writer, DIA_APN_CONFIGURATION);
    dia_put_u32(writer, DIA_CONTEXT_IDENTIFIER, context);
    dia_put_u32(writer, DIA_PDN_TYPE, apn->pdn_type);
    dia_put_text(writer, DIA_SERVICE_SELECTION, apn->name);
    dia_group_open(writer, DIA_EPS_SUBSCRIBED_QOS_PROFILE);
    dia_put_u32(writer, DIA_QOS_CLASS_IDENTIFIER, apn->qci);
    dia_group_open(writer, DIA_ALLOCATION_RETENTION_PRIORITY);
    dia_put_u32(writer, DIA_PRIORITY_LEVEL, apn->arp_priority);
    dia_group_close(writer);
    dia_group_close(writer);
    put_ambr(writer, apn->ambr_uplink, apn->ambr_downlink);
    dia_group_close(writer);
}

static void put_apns(struct dia_writer *writer, const struct profile *profile)
{
    dia_group_open(writer, DIA_APN_CONFIGURATION_PROFILE);
    dia_put_u32(writer, DIA_CONTEXT_IDENTIFIER, 1); /* the first is the default APN */
    dia_put_u32(writer, DIA_ALL_APN_CONFIGURATIONS_INCLUDED_INDICATOR, 0);
    for (size_t i = 0; i < profile->apn_count; i++) {
        put_apn(writer, (uint32_t)i + 1, &profile->apns[i]);
    }
    dia_group_close(writer);
}

/* MSISDN as TBCD, TS 29.329 6.3.2: low digit first, F for an odd one. */
static void put_msisdn(struct dia_writer *writer, const char *digits)
{
    uint8_t octets[8];
    size_t n = 0;

    for (; digits[0] != '\0' && n < sizeof octets; n++) {
        uint8_t low = (uint8_t)(digits[0] - '0');
        uint8_t high = digits[1] != '\0' ? (uint8_t)(digits[1] - '0') : 0x0F;

        octets[n] = (uint8_t)(high << 4 | low);
        digits += digits[1] != '\0' ? 2 : 1;
    }
    if (n > 0) {
        dia_put_octets(writer, DIA_MSISDN, octets, n);
    }
}

void s6a_put_subscription_data(struct dia_writer *writer, const struct subscription *subscription,
                               const struct profile *profile)
{
    bool barred = profile->operator_determined_barring != 0;

    dia_group_open(writer, DIA_SUBSCRIPTION_DATA);
    dia_put_u32(writer, DIA_SUBSCRIBER_STATUS, barred ? 1 : 0);
    put_msisdn(writer, subscription->msisdn);
    dia_put_u32(writer, DIA_NETWORK_ACCESS_MODE, profile->network_access_mode);
    if (barred) {
        dia_put_u32(writer, DIA_OPERATOR_DETERMINED_BARRING, profile->operator_determined_barring);
    }
    if (profile->access_restriction != 0) {
        dia_put_u32(writer, DIA_ACCESS_RESTRICTION_DATA, profile->access_restriction);
    }
    if (profile->teleservice_count > 0) {
        dia_group_open(writer, DIA_TELESERVICE_LIST);
        for (size_t i = 0; i < profile->teleservice_count; i++) {
            dia_put_octets(writer, DIA_TS_CODE, &profile->teleservices[i], 1);
        }
        dia_group_close(writer);
    }
    put_ambr(writer, profile->ambr_uplink, profile->ambr_downlink);
    put_apns(writer, profile);
    if (profile->periodic_tau_s != 0) {
        dia_put_u32(writer, DIA_SUBSCRIBED_PERIODIC_RAU_TAU_TIMER, profile->periodic_tau_s);
    }
    dia_group_close(writer);
}

bool s6a_put_ula(struct dia_writer *writer, const struct dia_node *node,
                 const struct dia_message *request, enum home_result result,
                 const struct subscription *subscription, const struct profile *profile,
                 bool skip_data)
{
    begin(writer, node, request, s6a_result_of(result));
    if (result == HOME_OK) {
        dia_put_u32(writer, DIA_ULA_FLAGS, S6A_ULA_SEPARATION);
        if (!skip_data) {
            s6a_put_subscription_data(writer, subscription, profile);
        }
    }
    return dia_answer_end(writer, request);
}
