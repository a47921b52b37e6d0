#include "s6a/s6a_request.h"

#include <string.h>

#include "base/bytes.h"
#include "diameter/dia_writer.h"
#include "s6a/s6a.h"

/* Fills in a failure that shows the offending AVP as it came, inside `group` if that is not
 * DIA_UNKNOWN. */
static bool fail(struct dia_failure *failure, uint32_t result, const struct dia_avp *avp,
                 enum dia_attribute group)
{
    struct dia_writer writer = dia_writer(failure->failed, sizeof failure->failed);

    if (group != DIA_UNKNOWN) {
        dia_group_open(&writer, group);
    }
    dia_put_raw(&writer, avp->raw, avp->raw_len);
    if (group != DIA_UNKNOWN) {
        dia_group_close(&writer);
    }
    failure->result = result;
    failure->attribute = avp->attribute;
    failure->failed_len = writer.overflow ? 0 : writer.len;
    return false;
}

static bool read_common(const struct dia_message *message, struct s6a_request *request,
                        struct dia_failure *failure)
{
    struct dia_avp avp;

    memset(request, 0, sizeof *request);
    if (!dia_message_find(message, DIA_ORIGIN_HOST, &request->origin_host) ||
        !dia_message_find(message, DIA_USER_NAME, &avp)) {
        failure->result = DIA_MISSING_AVP;
        return false;
    }
    request->node = node_id((const char *)request->origin_host.data, request->origin_host.len);
    if (!imsi_parse((const char *)avp.data, avp.len, &request->imsi)) {
        return fail(failure, DIA_INVALID_AVP_VALUE, &avp, DIA_UNKNOWN);
    }
    if (!dia_message_find(message, DIA_VISITED_PLMN_ID, &avp)) {
        failure->result = DIA_MISSING_AVP;
        return false;
    }
    if (!plmn_from_octets(avp.data, avp.len, &request->plmn)) {
        return fail(failure, DIA_INVALID_AVP_VALUE, &avp, DIA_UNKNOWN);
    }
    return true;
}

/* A Failed-AVP with an empty example of what is missing, RFC 6733 7.5. */
static bool missing(struct dia_failure *failure, enum dia_attribute attribute)
{
    struct dia_writer writer = dia_writer(failure->failed, sizeof failure->failed);

    dia_put_octets(&writer, attribute, NULL, 0);
    failure->result = DIA_MISSING_AVP;
    failure->attribute = attribute;
    failure->failed_len = writer.len;
    return false;
}

bool s6a_air_read(const struct dia_message *message, struct s6a_request *request,
                  struct home_authentication_request *home, bool *eutran,
                  struct dia_failure *failure)
{
    struct dia_avp info;
    struct dia_avp avp;
    uint32_t vectors = 1;

    memset(home, 0, sizeof *home);
    if (!read_common(message, request, failure)) {
        return false;
    }
    home->node = request->node;
    home->plmn = request->plmn;
    home->vectors = 1;
    *eutran = dia_message_find(message, DIA_REQUESTED_EUTRAN_AUTHENTICATION_INFO, &info);
    if (!*eutran) {
        return dia_message_find(message, DIA_REQUESTED_UTRAN_GERAN_AUTHENTICATION_INFO, &info) ||
               missing(failure, DIA_REQUESTED_EUTRAN_AUTHENTICATION_INFO);
    }
    if (dia_avp_find(info.data, info.len, DIA_NUMBER_OF_REQUESTED_VECTORS, &avp)) {
        if (!dia_avp_u32(&avp, &vectors) || vectors == 0) {
            return fail(failure, DIA_INVALID_AVP_VALUE, &avp,
                        DIA_REQUESTED_EUTRAN_AUTHENTICATION_INFO);
        }
        home->vectors = (uint8_t)(vectors > HOME_VECTORS_MAX ? HOME_VECTORS_MAX : vectors);
    }
    if (dia_avp_find(info.data, info.len, DIA_RE_SYNCHRONIZATION_INFO, &avp)) {
        if (avp.len != sizeof home->rand + sizeof home->auts) {
            return fail(failure, DIA_INVALID_AVP_VALUE, &avp,
                        DIA_REQUESTED_EUTRAN_AUTHENTICATION_INFO);
        }
        home->resynchronise = true;
        memcpy(home->rand, avp.data, sizeof home->rand);
        memcpy(home->auts, avp.data + sizeof home->rand, sizeof home->auts);
    }
    return true;
}

/* Terminal-Information, TS 29.272 7.3.3: IMEI of 14 or 15 digits, Software-Version of 2. */
static bool read_terminal(const struct dia_message *message, struct home_location_request *home,
                          struct dia_failure *failure)
{
    struct dia_avp info;
    struct dia_avp avp;

    if (!dia_message_find(message, DIA_TERMINAL_INFORMATION, &info) ||
        !dia_avp_find(info.data, info.len, DIA_IMEI, &avp)) {
        return true; /* the profile says whether an IMEI must be there */
    }
    if (!imei_parse((const char *)avp.data, avp.len, &home->machine)) {
        return fail(failure, DIA_INVALID_AVP_VALUE, &avp, DIA_TERMINAL_INFORMATION);
    }
    home->imei_present = true;
    if (dia_avp_find(info.data, info.len, DIA_SOFTWARE_VERSION, &avp)) {
        for (size_t i = 0; i < avp.len; i++) {
            if (avp.len != 2 || avp.data[i] < '0' || avp.data[i] > '9') {
                return fail(failure, DIA_INVALID_AVP_VALUE, &avp, DIA_TERMINAL_INFORMATION);
            }
            home->machine.sv[i] = (char)avp.data[i];
        }
    }
    return true;
}

bool s6a_ulr_read(const struct dia_message *message, struct s6a_request *request,
                  struct home_location_request *home, uint32_t *flags, struct dia_failure *failure)
{
    struct dia_avp avp;

    memset(home, 0, sizeof *home);
    if (!read_common(message, request, failure)) {
        return false;
    }
    home->node = request->node;
    home->plmn = request->plmn;
    home->end_to_end = message->header.end_to_end;
    home->retransmitted = (message->header.flags & DIA_FLAG_T) != 0;
    if (!dia_message_find(message, DIA_RAT_TYPE, &avp) || !dia_avp_u32(&avp, &home->rat_type) ||
        !dia_message_find(message, DIA_ULR_FLAGS, &avp) || !dia_avp_u32(&avp, flags)) {
        failure->result = DIA_MISSING_AVP;
        return false;
    }
    return read_terminal(message, home, failure);
}
