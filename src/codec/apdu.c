#include "codec/apdu.h"

static uint16_t le_value(uint8_t octet)
{
    return octet == 0 ? APDU_LE_MAX : octet;
}

enum apdu_result apdu_parse(const uint8_t *octets, size_t length, struct apdu_command *out)
{
    if (length < APDU_HEADER) {
        return APDU_TRUNCATED;
    }
    *out =
        (struct apdu_command){.cla = octets[0], .ins = octets[1], .p1 = octets[2], .p2 = octets[3]};
    if (length == APDU_HEADER) {
        return APDU_OK;
    }
    uint8_t p3 = octets[APDU_HEADER];
    size_t rest = length - APDU_HEADER - 1;
    if (rest == 0) {
        out->has_le = true;
        out->le = le_value(p3);
        return APDU_OK;
    }
    if (p3 == 0) {
        return APDU_EXTENDED;
    }
    if (rest < p3) {
        return APDU_TRUNCATED;
    }
    out->lc = p3;
    out->data = octets + APDU_HEADER + 1;
    rest -= p3;
    if (rest == 1) {
        out->has_le = true;
        out->le = le_value(out->data[p3]);
    }
    return rest > 1 ? APDU_TRAILING : APDU_OK;
}

int apdu_case(const struct apdu_command *command)
{
    if (command->lc == 0) {
        return command->has_le ? 2 : 1;
    }
    return command->has_le ? 4 : 3;
}
