#include "diameter/dia_base.h"

#include "base/bytes.h"

#define NO_INBAND_SECURITY 0u /* RFC 6733 6.10 */

static void begin_request(struct dia_writer *writer, const struct dia_node *node, uint32_t command,
                          uint32_t hop_by_hop, uint32_t end_to_end)
{
    dia_begin(writer, &(struct dia_header){.flags = DIA_FLAG_R,
                                           .command = command,
                                           .application = DIA_APPLICATION_BASE,
                                           .hop_by_hop = hop_by_hop,
                                           .end_to_end = end_to_end});
    dia_answer_origin(writer, node);
}

static void put_origin_state(struct dia_writer *writer, const struct dia_node *node)
{
    if (node->origin_state_id != 0) {
        dia_put_u32(writer, DIA_ORIGIN_STATE_ID, node->origin_state_id);
    }
}

/* The applications, with each vendor named once as Supported-Vendor-Id (RFC 6733 5.3.6). */
static void put_applications(struct dia_writer *writer, const struct dia_node *node)
{
    for (size_t i = 0; i < node->application_count; i++) {
        uint32_t vendor = node->applications[i].vendor;
        bool named = vendor == 0;
        for (size_t j = 0; j < i; j++) {
            named = named || node->applications[j].vendor == vendor;
        }
        if (!named) {
            dia_put_u32(writer, DIA_SUPPORTED_VENDOR_ID, vendor);
        }
    }
    for (size_t i = 0; i < node->application_count; i++) {
        const struct dia_application *application = &node->applications[i];
        if (application->vendor == 0) {
            dia_put_u32(writer, DIA_AUTH_APPLICATION_ID, application->id);
            continue;
        }
        dia_group_open(writer, DIA_VENDOR_SPECIFIC_APPLICATION_ID);
        dia_put_u32(writer, DIA_VENDOR_ID, application->vendor);
        dia_put_u32(writer, DIA_AUTH_APPLICATION_ID, application->id);
        dia_group_close(writer);
    }
}

static void put_capabilities(struct dia_writer *writer, const struct dia_node *node,
                             const struct dia_host_address *address)
{
    dia_put_address(writer, DIA_HOST_IP_ADDRESS, address->octets, address->len);
    dia_put_u32(writer, DIA_VENDOR_ID, node->vendor_id);
    dia_put_text(writer, DIA_PRODUCT_NAME, node->product);
    put_origin_state(writer, node);
    put_applications(writer, node);
    if (node->firmware != 0) {
        dia_put_u32(writer, DIA_FIRMWARE_REVISION, node->firmware);
    }
}

bool dia_put_cer(struct dia_writer *writer, const struct dia_node *node,
                 const struct dia_host_address *address, uint32_t hop_by_hop, uint32_t end_to_end)
{
    begin_request(writer, node, DIA_COMMAND_CAPABILITIES_EXCHANGE, hop_by_hop, end_to_end);
    put_capabilities(writer, node, address);
    return dia_end(writer);
}

bool dia_put_cea(struct dia_writer *writer, const struct dia_node *node,
                 const struct dia_host_address *address, const struct dia_message *cer,
                 const struct dia_error *error)
{
    dia_answer_begin(writer, cer, error->result);
    dia_put_u32(writer, DIA_RESULT_CODE, error->result);
    dia_answer_origin(writer, node);
    put_capabilities(writer, node, address);
    if (error->message != NULL) {
        dia_put_text(writer, DIA_ERROR_MESSAGE, error->message);
    }
    if (error->failed_len > 0) {
        dia_put_octets(writer, DIA_FAILED_AVP, error->failed, error->failed_len);
    }
    return dia_end(writer);
}

bool dia_put_dwr(struct dia_writer *writer, const struct dia_node *node, uint32_t hop_by_hop,
                 uint32_t end_to_end)
{
    begin_request(writer, node, DIA_COMMAND_DEVICE_WATCHDOG, hop_by_hop, end_to_end);
    put_origin_state(writer, node);
    return dia_end(writer);
}

bool dia_put_dpr(struct dia_writer *writer, const struct dia_node *node,
                 enum dia_disconnect_cause cause, uint32_t hop_by_hop, uint32_t end_to_end)
{
    begin_request(writer, node, DIA_COMMAND_DISCONNECT_PEER, hop_by_hop, end_to_end);
    dia_put_u32(writer, DIA_DISCONNECT_CAUSE, (uint32_t)cause);
    return dia_end(writer);
}

bool dia_put_base_answer(struct dia_writer *writer, const struct dia_node *node,
                         const struct dia_message *request)
{
    dia_answer_begin(writer, request, DIA_SUCCESS);
    dia_put_u32(writer, DIA_RESULT_CODE, DIA_SUCCESS);
    dia_answer_origin(writer, node);
    if (request->header.command == DIA_COMMAND_DEVICE_WATCHDOG) {
        put_origin_state(writer, node);
    }
    return dia_end(writer);
}

static void add_application(struct dia_capabilities *out, uint32_t id)
{
    if (id == DIA_APPLICATION_RELAY) {
        out->relay = true;
    } else if (out->application_count < DIA_PEER_APPLICATIONS_MAX) {
        out->applications[out->application_count++] = id;
    }
}

/* Auth-Application-Id and Acct-Application-Id, alone or in Vendor-Specific-Application-Id. */
static void read_applications(const uint8_t *octets, size_t n, struct dia_capabilities *out)
{
    struct dia_avp_reader reader = dia_avp_reader(octets, n);
    struct dia_avp avp;
    uint32_t id = 0;

    while (dia_avp_next(&reader, &avp)) {
        bool application =
            avp.attribute == DIA_AUTH_APPLICATION_ID || avp.attribute == DIA_ACCT_APPLICATION_ID;
        if (application && dia_avp_u32(&avp, &id)) {
            add_application(out, id);
        }
    }
}

static bool read_one(const struct dia_avp *avp, struct dia_capabilities *out, bool *secure,
                     bool *plain)
{
    uint32_t value = 0;

    switch (avp->attribute) {
    case DIA_ORIGIN_HOST:
        return dia_avp_text(avp, out->host, sizeof out->host);
    case DIA_ORIGIN_REALM:
        return dia_avp_text(avp, out->realm, sizeof out->realm);
    case DIA_PRODUCT_NAME:
        (void)dia_avp_text(avp, out->product, sizeof out->product);
        return true;
    case DIA_VENDOR_ID:
        return dia_avp_u32(avp, &out->vendor_id);
    case DIA_FIRMWARE_REVISION:
        return dia_avp_u32(avp, &out->firmware);
    case DIA_ORIGIN_STATE_ID:
        out->has_origin_state = dia_avp_u32(avp, &out->origin_state_id);
        return true;
    case DIA_INBAND_SECURITY_ID:
        if (dia_avp_u32(avp, &value)) {
            *plain = *plain || value == NO_INBAND_SECURITY;
            *secure = *secure || value != NO_INBAND_SECURITY;
        }
        return true;
    case DIA_VENDOR_SPECIFIC_APPLICATION_ID:
        read_applications(avp->data, avp->len, out);
        return true;
    default:
        return true;
    }
}

bool dia_capabilities_read(const struct dia_message *message, struct dia_capabilities *out)
{
    struct dia_avp_reader reader = dia_avp_reader(message->avps, message->avps_len);
    struct dia_avp avp;
    bool secure = false;
    bool plain = false;

    *out = (struct dia_capabilities){0};
    while (dia_avp_next(&reader, &avp)) {
        if (!read_one(&avp, out, &secure, &plain)) {
            return false;
        }
    }
    read_applications(message->avps, message->avps_len, out);
    out->needs_security = secure && !plain;
    return !reader.malformed && out->host[0] != '\0' && out->realm[0] != '\0';
}

bool dia_node_serves(const struct dia_node *node, uint32_t application)
{
    for (size_t i = 0; i < node->application_count; i++) {
        uint32_t id = node->applications[i].id;
        if (id == application || id == DIA_APPLICATION_RELAY) {
            return true;
        }
    }
    return false;
}

bool dia_have_common_application(const struct dia_node *node, const struct dia_capabilities *peer)
{
    if (peer->relay) {
        return true;
    }
    for (size_t i = 0; i < peer->application_count; i++) {
        if (dia_node_serves(node, peer->applications[i])) {
            return true;
        }
    }
    return dia_node_serves(node, DIA_APPLICATION_RELAY);
}

uint32_t dia_result_read(const struct dia_message *answer, uint32_t *vendor)
{
    struct dia_avp avp;
    struct dia_avp inner;
    uint32_t result = 0;

    *vendor = 0;
    if (dia_message_find(answer, DIA_RESULT_CODE, &avp)) {
        return dia_avp_u32(&avp, &result) ? result : 0;
    }
    if (dia_message_find(answer, DIA_EXPERIMENTAL_RESULT, &avp) &&
        dia_avp_find(avp.data, avp.len, DIA_VENDOR_ID, &inner) && dia_avp_u32(&inner, vendor) &&
        dia_avp_find(avp.data, avp.len, DIA_EXPERIMENTAL_RESULT_CODE, &inner) &&
        dia_avp_u32(&inner, &result)) {
        return result;
    }
    return 0;
}
