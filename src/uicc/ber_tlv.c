#include "uicc/ber_tlv.h"

#include "uicc/files.h"
#include "uicc/memory.h"

#define CLASS_MASK    0xC0u
#define CLASS_CONTEXT 0x80u
#define TAG_NUMBER    0x1Fu
#define MORE_TAG      0x80u
#define LENGTH_LONG   0x80u
#define LENGTH_OCTETS 3u /* behind the first, at most */
#define TAG_OCTETS    3u
#define TAG_TWO_FIRST 0x1Fu /* the lowest number that takes two octets */
#define CHUNK         64u

size_t uicc_object_tag(const uint8_t *octets, size_t n, uint32_t *tag)
{
    if (n == 0 || (octets[0] & CLASS_MASK) != CLASS_CONTEXT) {
        return 0;
    }
    *tag = octets[0];
    if ((octets[0] & TAG_NUMBER) != TAG_NUMBER) {
        return 1;
    }
    for (size_t i = 1; i < TAG_OCTETS && i < n; i++) {
        *tag = *tag << 8 | octets[i];
        if ((octets[i] & MORE_TAG) == 0) {
            return i > 1 || octets[i] >= TAG_TWO_FIRST ? i + 1 : 0;
        }
        if (octets[i] == MORE_TAG) { /* a number is not padded with zeros */
            return 0;
        }
    }
    return 0;
}

bool uicc_object_header(const uint8_t *octets, size_t n, struct uicc_object *out)
{
    size_t at = uicc_object_tag(octets, n, &out->tag);

    if (at == 0 || at >= n) {
        return false;
    }
    uint8_t first = octets[at++];
    out->length = first;
    if (first >= LENGTH_LONG) {
        uint8_t more = first & (uint8_t)~LENGTH_LONG;
        if (more == 0 || more > LENGTH_OCTETS || more > n - at) {
            return false;
        }
        out->length = 0;
        for (uint8_t i = 0; i < more; i++) {
            out->length = out->length << 8 | octets[at++];
        }
        uint32_t least = more == 1 ? LENGTH_LONG : UINT32_C(1) << 8 * (more - 1);
        if (out->length < least) { /* DER: no longer than need be */
            return false;
        }
    }
    out->header = (uint32_t)at;
    return true;
}

bool uicc_object_at(struct uicc_card *card, const struct uicc_file *file, uint32_t at,
                    struct uicc_object *out)
{
    uint8_t head[UICC_OBJECT_HEADER_MAX];
    uint32_t left = at < file->used ? file->used - at : 0;
    uint32_t n = left < sizeof head ? left : (uint32_t)sizeof head;

    out->at = at;
    return n > 0 && uicc_read(card, file->body + at, head, n) && uicc_object_header(head, n, out) &&
           out->length <= left - out->header;
}

bool uicc_object_find(struct uicc_card *card, const struct uicc_file *file, uint32_t tag,
                      struct uicc_object *out)
{
    for (uint32_t at = 0; uicc_object_at(card, file, at, out); at += out->header + out->length) {
        if (out->tag == tag) {
            return true;
        }
    }
    return false;
}

void uicc_object_remove(struct uicc_card *card, uint16_t index, struct uicc_file *file,
                        const struct uicc_object *object)
{
    uint32_t gap = object->header + object->length;
    uint32_t from = object->at + gap;
    uint8_t chunk[CHUNK];

    while (from < file->used && !card->memory_failed) {
        uint32_t n = file->used - from < CHUNK ? file->used - from : CHUNK;
        (void)uicc_read(card, file->body + from, chunk, n);
        (void)uicc_write(card, file->body + from - gap, chunk, n);
        from += n;
    }
    file->used -= gap;
    (void)uicc_file_put(card, index, file);
}

static uint32_t tag_size(uint32_t tag)
{
    return tag > 0xFFFF ? 3 : tag > 0xFF ? 2 : 1;
}

/* A window on octets that are produced one after the other. */
struct window {
    uint32_t position; /* of the next octet */
    uint32_t from;
    uint32_t n;
    uint8_t *out;
};

static void put(struct window *window, uint32_t value, uint32_t octets)
{
    for (uint32_t i = octets; i > 0; i--, window->position++) {
        if (window->position >= window->from && window->position - window->from < window->n) {
            window->out[window->position - window->from] = (uint8_t)(value >> 8 * (i - 1));
        }
    }
}

uint32_t uicc_object_tag_list(struct uicc_card *card, const struct uicc_file *file, uint32_t from,
                              uint8_t *out, /* NOLINT(readability-non-const-parameter): by `put` */
                              uint32_t n)
{
    struct window window = {.from = from, .n = n};
    struct uicc_object object;
    uint32_t length = 0;

    window.out = out;
    for (uint32_t at = 0; uicc_object_at(card, file, at, &object);
         at += object.header + object.length) {
        length += tag_size(object.tag);
    }
    put(&window, UICC_TAG_LIST, 1);
    if (length < LENGTH_LONG) {
        put(&window, length, 1);
    } else if (length <= 0xFF) {
        put(&window, LENGTH_LONG << 8 | UINT32_C(0x0100) | length, 2);
    } else {
        put(&window, (LENGTH_LONG | 2u) << 16 | length, 3);
    }
    for (uint32_t at = 0; uicc_object_at(card, file, at, &object);
         at += object.header + object.length) {
        put(&window, object.tag, tag_size(object.tag));
    }
    return window.position;
}
