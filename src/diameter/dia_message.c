#include "diameter/dia_message.h"

#include "base/bytes.h"

struct dia_header dia_header_get(const uint8_t *octets)
{
    return (struct dia_header){
        .version = octets[0],
        .length = be24_get(octets + 1),
        .flags = octets[4],
        .command = be24_get(octets + 5),
        .application = be32_get(octets + 8),
        .hop_by_hop = be32_get(octets + 12),
        .end_to_end = be32_get(octets + 16),
    };
}

void dia_header_put(const struct dia_header *header, uint8_t *octets)
{
    octets[0] = DIA_VERSION;
    be24_put(octets + 1, header->length);
    octets[4] = header->flags;
    be24_put(octets + 5, header->command);
    be32_put(octets + 8, header->application);
    be32_put(octets + 12, header->hop_by_hop);
    be32_put(octets + 16, header->end_to_end);
}

enum dia_frame dia_message_frame(const uint8_t *octets, size_t n, size_t max,
                                 struct dia_message *message)
{
    *message = (struct dia_message){0};
    if (n < DIA_HEADER_OCTETS) {
        /* The first octets already tell a stream that will never be a message. */
        return n >= 1 && octets[0] != DIA_VERSION ? DIA_FRAME_BAD_VERSION : DIA_FRAME_MORE;
    }
    message->header = dia_header_get(octets);
    size_t length = message->header.length;

    if (message->header.version != DIA_VERSION) {
        return DIA_FRAME_BAD_VERSION;
    }
    if (length < DIA_HEADER_OCTETS || length % 4 != 0 || length > max) {
        return DIA_FRAME_BAD_LENGTH;
    }
    if (n < length) {
        return DIA_FRAME_MORE;
    }
    message->bytes = octets;
    message->avps = octets + DIA_HEADER_OCTETS;
    message->avps_len = length - DIA_HEADER_OCTETS;
    return DIA_FRAME_OK;
}

bool dia_message_find(const struct dia_message *message, enum dia_attribute attribute,
                      struct dia_avp *avp)
{
    return dia_avp_find(message->avps, message->avps_len, attribute, avp);
}
