#include "s6a/s6a_client.h"

#include <string.h>

#include "base/bytes.h"

#define NO_STATE_MAINTAINED 1u

static void begin(struct dia_writer *writer, const struct s6a_origin *origin, uint32_t command)
{
    struct dia_header header = {
        .flags = DIA_FLAG_R | DIA_FLAG_P,
        .command = command,
        .application = S6A_APPLICATION,
    };

    dia_begin(writer, &header);
    dia_put_text(writer, DIA_SESSION_ID, origin->session_id);
    dia_group_open(writer, DIA_VENDOR_SPECIFIC_APPLICATION_ID);
    dia_put_u32(writer, DIA_VENDOR_ID, DIA_VENDOR_3GPP);
    dia_put_u32(writer, DIA_AUTH_APPLICATION_ID, S6A_APPLICATION);
    dia_group_close(writer);
    dia_put_u32(writer, DIA_AUTH_SESSION_STATE, NO_STATE_MAINTAINED);
    dia_put_text(writer, DIA_ORIGIN_HOST, origin->node->host);
    dia_put_text(writer, DIA_ORIGIN_REALM, origin->node->realm);
    if (origin->destination_host != NULL) {
        dia_put_text(writer, DIA_DESTINATION_HOST, origin->destination_host);
    }
    dia_put_text(writer, DIA_DESTINATION_REALM, origin->destination_realm);
    dia_put_text(writer, DIA_USER_NAME, origin->imsi);
    dia_put_octets(writer, DIA_VISITED_PLMN_ID, origin->plmn.octets, sizeof origin->plmn.octets);
}

bool s6a_put_air(struct dia_writer *writer, const struct s6a_origin *origin, uint32_t vectors,
                 const uint8_t rand[16], const uint8_t auts[14])
{
    begin(writer, origin, S6A_AUTHENTICATION_INFORMATION);
    dia_group_open(writer, DIA_REQUESTED_EUTRAN_AUTHENTICATION_INFO);
    dia_put_u32(writer, DIA_NUMBER_OF_REQUESTED_VECTORS, vectors);
    dia_put_u32(writer, DIA_IMMEDIATE_RESPONSE_PREFERRED, 1);
    if (auts != NULL) {
        uint8_t info[30];

        memcpy(info, rand, 16);
        memcpy(info + 16, auts, 14);
        dia_put_octets(writer, DIA_RE_SYNCHRONIZATION_INFO, info, sizeof info);
    }
    dia_group_close(writer);
    return dia_end(writer);
}

bool s6a_put_ulr(struct dia_writer *writer, const struct s6a_origin *origin, uint32_t rat_type,
                 uint32_t ulr_flags, const struct imei *imei)
{
    begin(writer, origin, S6A_UPDATE_LOCATION);
    if (imei != NULL) {
        dia_group_open(writer, DIA_TERMINAL_INFORMATION);
        dia_put_text(writer, DIA_IMEI, imei->digits);
        if (imei->sv[0] != '\0') {
            dia_put_text(writer, DIA_SOFTWARE_VERSION, imei->sv);
        }
        dia_group_close(writer);
    }
    dia_put_u32(writer, DIA_RAT_TYPE, rat_type);
    dia_put_u32(writer, DIA_ULR_FLAGS, ulr_flags);
    return dia_end(writer);
}

bool s6a_answer_read(const struct dia_message *message, uint32_t command, struct s6a_result *result,
                     struct fault *fault)
{
    const struct dia_command_rule *rule = s6a_rule(command, false);
    struct dia_failure failure;
    struct dia_avp avp;
    struct dia_avp code;

    if (rule == NULL || message->header.command != command || dia_is_request(&message->header)) {
        return fault_set(fault, "the answer is to another command (%u)", message->header.command);
    }
    if ((message->header.flags & DIA_FLAG_E) == 0 && !dia_validate(message, rule, &failure)) {
        return fault_set(fault, "the answer is malformed: %u, %s", failure.result,
                         dia_definition_of(failure.attribute)->name);
    }
    if (dia_message_find(message, DIA_RESULT_CODE, &avp) && dia_avp_u32(&avp, &result->code)) {
        result->experimental = false;
        return true;
    }
    if (dia_message_find(message, DIA_EXPERIMENTAL_RESULT, &avp) &&
        dia_avp_find(avp.data, avp.len, DIA_EXPERIMENTAL_RESULT_CODE, &code) &&
        dia_avp_u32(&code, &result->code)) {
        result->experimental = true;
        return true;
    }
    return fault_set(fault, "the answer has neither Result-Code nor Experimental-Result");
}

/* Copies a member of exactly `n` octets. */
static bool copy_exact(const struct dia_avp *group, enum dia_attribute attribute, uint8_t *out,
                       size_t n)
{
    struct dia_avp avp;

    if (!dia_avp_find(group->data, group->len, attribute, &avp) || avp.len != n) {
        return false;
    }
    memcpy(out, avp.data, n);
    return true;
}

bool s6a_aia_read(const struct dia_message *message, struct home_vector *vectors, size_t *count,
                  struct fault *fault)
{
    struct dia_avp info;
    struct dia_avp avp;
    struct dia_avp xres;

    *count = 0;
    if (!dia_message_find(message, DIA_AUTHENTICATION_INFO, &info)) {
        return fault_set(fault, "the AIA has no Authentication-Info");
    }
    struct dia_avp_reader reader = dia_avp_reader(info.data, info.len);
    while (*count < HOME_VECTORS_MAX && dia_avp_next(&reader, &avp)) {
        struct home_vector *vector = &vectors[*count];

        if (avp.attribute != DIA_E_UTRAN_VECTOR) {
            continue;
        }
        if (!copy_exact(&avp, DIA_RAND, vector->rand, sizeof vector->rand) ||
            !copy_exact(&avp, DIA_AUTN, vector->autn, sizeof vector->autn) ||
            !copy_exact(&avp, DIA_KASME, vector->kasme, sizeof vector->kasme) ||
            !dia_avp_find(avp.data, avp.len, DIA_XRES, &xres) || xres.len < 4 ||
            xres.len > sizeof vector->xres) {
            return fault_set(fault, "an E-UTRAN-Vector lacks RAND, XRES, AUTN or KASME");
        }
        memcpy(vector->xres, xres.data, xres.len);
        vector->xres_len = (uint8_t)xres.len;
        ++*count;
    }
    return *count > 0 || fault_set(fault, "the AIA has no E-UTRAN-Vector");
}

static bool member_u32(const struct dia_avp *group, enum dia_attribute attribute, uint32_t *value)
{
    struct dia_avp avp;

    return dia_avp_find(group->data, group->len, attribute, &avp) && dia_avp_u32(&avp, value);
}

static void read_ambr(const struct dia_avp *group, uint32_t *uplink, uint32_t *downlink)
{
    struct dia_avp ambr;

    if (dia_avp_find(group->data, group->len, DIA_AMBR, &ambr)) {
        (void)member_u32(&ambr, DIA_MAX_REQUESTED_BANDWIDTH_UL, uplink);
        (void)member_u32(&ambr, DIA_MAX_REQUESTED_BANDWIDTH_DL, downlink);
    }
}

static bool read_apn(const struct dia_avp *configuration, struct profile_apn *apn)
{
    struct dia_avp avp;
    struct dia_avp priority;
    uint32_t value = 0;

    memset(apn, 0, sizeof *apn);
    if (!dia_avp_find(configuration->data, configuration->len, DIA_SERVICE_SELECTION, &avp) ||
        !dia_avp_text(&avp, apn->name, sizeof apn->name) ||
        !member_u32(configuration, DIA_PDN_TYPE, &value)) {
        return false;
    }
    apn->pdn_type = (uint8_t)value;
    if (dia_avp_find(configuration->data, configuration->len, DIA_EPS_SUBSCRIBED_QOS_PROFILE,
                     &avp)) {
        if (member_u32(&avp, DIA_QOS_CLASS_IDENTIFIER, &value)) {
            apn->qci = (uint8_t)value;
        }
        if (dia_avp_find(avp.data, avp.len, DIA_ALLOCATION_RETENTION_PRIORITY, &priority) &&
            member_u32(&priority, DIA_PRIORITY_LEVEL, &value)) {
            apn->arp_priority = (uint8_t)value;
        }
    }
    read_ambr(configuration, &apn->ambr_uplink, &apn->ambr_downlink);
    return true;
}

static bool read_apns(const struct dia_avp *group, struct s6a_subscription_data *data)
{
    struct dia_avp profile;
    struct dia_avp avp;

    if (!dia_avp_find(group->data, group->len, DIA_APN_CONFIGURATION_PROFILE, &profile)) {
        return true;
    }
    struct dia_avp_reader reader = dia_avp_reader(profile.data, profile.len);
    while (data->apn_count < PROFILE_APNS && dia_avp_next(&reader, &avp)) {
        if (avp.attribute == DIA_APN_CONFIGURATION &&
            !read_apn(&avp, &data->apns[data->apn_count++])) {
            return false;
        }
    }
    return true;
}

static void read_teleservices(const struct dia_avp *group, struct s6a_subscription_data *data)
{
    struct dia_avp list;
    struct dia_avp avp;

    if (!dia_avp_find(group->data, group->len, DIA_TELESERVICE_LIST, &list)) {
        return;
    }
    struct dia_avp_reader reader = dia_avp_reader(list.data, list.len);
    while (data->teleservice_count < sizeof data->teleservices && dia_avp_next(&reader, &avp)) {
        if (avp.attribute == DIA_TS_CODE && avp.len == 1) {
            data->teleservices[data->teleservice_count++] = avp.data[0];
        }
    }
}

bool s6a_ula_read(const struct dia_message *message, struct s6a_subscription_data *data,
                  struct fault *fault)
{
    struct dia_avp group;
    struct dia_avp avp;

    memset(data, 0, sizeof *data);
    data->present = dia_message_find(message, DIA_SUBSCRIPTION_DATA, &group);
    if (!data->present) {
        return true;
    }
    data->has_msisdn = dia_avp_find(group.data, group.len, DIA_MSISDN, &avp);
    (void)member_u32(&group, DIA_NETWORK_ACCESS_MODE, &data->network_access_mode);
    (void)member_u32(&group, DIA_SUBSCRIBER_STATUS, &data->subscriber_status);
    (void)member_u32(&group, DIA_OPERATOR_DETERMINED_BARRING, &data->operator_determined_barring);
    (void)member_u32(&group, DIA_ACCESS_RESTRICTION_DATA, &data->access_restriction);
    read_ambr(&group, &data->ambr_uplink, &data->ambr_downlink);
    read_teleservices(&group, data);
    return read_apns(&group, data) || fault_set(fault, "an APN-Configuration is incomplete");
}
