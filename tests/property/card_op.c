#include "card_op.h"

#include <string.h>

const uint8_t op_pin_values[2][8] = {{'1', '2', '3', '4', 0xFF, 0xFF, 0xFF, 0xFF},
                                     {'8', '8', '8', '8', '8', '8', '8', '8'}};
const uint8_t op_pin_never[8] = {'0', '0', '0', '0', 0xFF, 0xFF, 0xFF, 0xFF};
const uint8_t op_puk[8] = {'1', '2', '3', '4', '5', '6', '7', '8'};

uint64_t op_random(uint64_t *seed)
{
    uint64_t z = *seed += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

uint64_t op_below(uint64_t *seed, uint64_t bound)
{
    return op_random(seed) % bound;
}

static uint16_t draw_fid(uint64_t *seed)
{
    uint64_t k = op_below(seed, 12);

    if (k < 8) {
        return (uint16_t)(0x4E00 + k / 2);
    }
    return k < 10 ? OP_FID_DF : k == 10 ? 0x3F00 : 0x7FFF;
}

/* How often each kind comes, in the order of enum op_kind. */
static const uint8_t weights[OP_KINDS] = {14, 3, 8, 8, 10, 10, 6, 6, 5, 7, 9, 3, 2, 4,
                                          3,  2, 1, 9, 2,  2,  2, 2, 3, 2, 4, 1, 1};

static enum op_kind draw_kind(uint64_t *seed)
{
    unsigned sum = 0;

    for (unsigned i = 0; i < OP_KINDS; i++) {
        sum += weights[i];
    }
    uint64_t k = op_below(seed, sum);
    unsigned kind = 0;
    while (k >= weights[kind]) {
        k -= weights[kind++];
    }
    return (enum op_kind)kind;
}

struct card_op op_draw(uint64_t *seed)
{
    static const uint8_t modes[] = {2, 3, 4, 4};
    struct card_op op = {.kind = draw_kind(seed), .fid = draw_fid(seed)};

    op.channel = (uint8_t)(op_below(seed, 3) != 0 ? 0 : op_below(seed, 6));
    op.number = (uint8_t)op_below(seed, 6);
    op.mode = modes[op_below(seed, 4)];
    op.n = (uint8_t)(1 + op_below(seed, 12));
    op.tag = (uint8_t)(0x80 + op_below(seed, 4));
    op.file = (enum op_file)op_below(seed, 4);
    op.record_length = (uint8_t)(1 + op_below(seed, 8));
    op.size = (uint16_t)(op.record_length * (1 + op_below(seed, 5)));
    if (op_below(seed, 40) == 0) {
        op.size = (uint16_t)(op.record_length * op_below(seed, 60)); /* 0, or rather many */
    }
    op.rule = op_below(seed, 2) == 0 ? OP_RULE_EF : OP_RULE_PIN1;
    op.pin = op_below(seed, 2) == 0 ? OP_PIN1 : OP_ADM1;
    op.right = op_below(seed, op.pin == OP_ADM1 ? 20 : 5) != 0;
    op.value = (uint8_t)op_below(seed, 2);
    op.seq = op_below(seed, 4);
    for (unsigned i = 0; i < OP_DATA_MAX; i++) {
        op.data[i] = (uint8_t)(op_below(seed, 3) == 0 ? 0xFF : op_below(seed, 3));
    }
    if (op.kind == OP_CREATE_DF || (op.kind == OP_CREATE && op.fid == OP_FID_DF)) {
        op.fid = op.kind == OP_CREATE_DF ? OP_FID_DF : 0x4E00;
    }
    if (op.kind == OP_OPEN || op.kind == OP_CLOSE) {
        op.number = op_below(seed, 2) == 0 ? 0 : (uint8_t)op_below(seed, 21);
    }
    return op;
}

static uint8_t class_of(const struct card_op *op, uint8_t kind)
{
    return (uint8_t)(op->channel < 4 ? kind | op->channel : kind | 0x40 | (op->channel - 4));
}

static size_t put(uint8_t *out, const struct card_op *op, uint8_t kind, uint8_t ins, uint8_t p1,
                  uint8_t p2)
{
    out[0] = class_of(op, kind);
    out[1] = ins;
    out[2] = p1;
    out[3] = p2;
    return 4;
}

static size_t put_data(uint8_t *out, size_t at, const void *data, uint8_t n)
{
    out[at++] = n;
    memcpy(out + at, data, n);
    return at + n;
}

static size_t put_fid(uint8_t *out, size_t at, uint16_t fid)
{
    const uint8_t octets[2] = {(uint8_t)(fid >> 8), (uint8_t)fid};

    return put_data(out, at, octets, 2);
}

static size_t put_create(uint8_t *out, size_t at, const struct card_op *op)
{
    static const uint8_t descriptors[] = {0x41, 0x42, 0x46, 0x79};
    bool records = op->kind == OP_CREATE && (op->file == OP_LINEAR || op->file == OP_CYCLIC);
    uint8_t template[64] = {0x62, 0};
    uint8_t *p = template + 2;

    *p++ = 0x82;
    *p++ = records ? 4 : 2;
    *p++ = op->kind == OP_CREATE_DF ? 0x78 : descriptors[op->file];
    *p++ = 0x21;
    if (records) {
        *p++ = 0;
        *p++ = op->record_length;
    }
    const uint8_t rest[] = {0x83,
                            0x02,
                            (uint8_t)(op->fid >> 8),
                            (uint8_t)op->fid,
                            0x8A,
                            0x01,
                            0x05,
                            0x8B,
                            0x03,
                            0x2F,
                            0x06,
                            op->kind == OP_CREATE_DF ? OP_RULE_DF : op->rule,
                            0x80,
                            0x02,
                            (uint8_t)(op->size >> 8),
                            (uint8_t)op->size,
                            0x88,
                            0x00};
    size_t n = op->kind == OP_CREATE_DF ? 12 : sizeof rest;
    memcpy(p, rest, n);
    p += n;
    template[1] = (uint8_t)(p - template - 2);
    return put_data(out, at, template, (uint8_t)(p - template));
}

static size_t put_pin(uint8_t *out, const struct card_op *op, const uint8_t pin[8])
{
    static const uint8_t ins[] = {0x20, 0x24, 0x26, 0x28, 0x2C};
    uint8_t data[16];
    const uint8_t *first = op->kind == OP_UNBLOCK ? op_puk : pin;
    bool two = op->kind == OP_CHANGE || op->kind == OP_UNBLOCK;

    memcpy(data, op->right ? first : op_pin_never, 8);
    memcpy(data + 8, op_pin_values[op->value], 8);
    size_t at = put(out, op, 0x00, ins[op->kind - OP_VERIFY], 0, op->pin == OP_PIN1 ? 0x01 : 0x0A);
    return put_data(out, at, data, two ? 16 : 8);
}

static size_t encode_file_command(const struct card_op *op, uint8_t *out)
{
    const uint8_t resize[] = {0x62,
                              0x08,
                              0x83,
                              0x02,
                              (uint8_t)(op->fid >> 8),
                              (uint8_t)op->fid,
                              0x80,
                              0x02,
                              (uint8_t)(op->size >> 8),
                              (uint8_t)op->size};

    switch (op->kind) {
    case OP_CREATE:
    case OP_CREATE_DF:
        return put_create(out, put(out, op, 0x00, 0xE0, 0, 0), op);
    case OP_DELETE:
        return put_fid(out, put(out, op, 0x00, 0xE4, 0, 0), op->fid);
    case OP_RESIZE:
        return put_data(out, put(out, op, 0x80, 0xD4, 0, 0), resize, sizeof resize);
    case OP_ACTIVATE:
        return put_fid(out, put(out, op, 0x00, 0x44, 0, 0), op->fid);
    case OP_DEACTIVATE:
        return put_fid(out, put(out, op, 0x00, 0x04, 0, 0), op->fid);
    default:
        return put_fid(out, put(out, op, 0x00, 0xE8, 0, 0), op->fid);
    }
}

size_t op_encode(const struct card_op *op, const uint8_t pin[8], uint8_t *out)
{
    static const uint8_t usim[] = {0xA0, 0x00, 0x00, 0x00, 0x87, 0x10, 0x02};
    uint8_t object[2 + OP_DATA_MAX] = {op->tag, op->n};
    size_t at = 0;

    switch (op->kind) {
    case OP_SELECT:
        return put_fid(out, put(out, op, 0x00, 0xA4, 0, 0x0C), op->fid);
    case OP_SELECT_USIM:
        return put_data(out, put(out, op, 0x00, 0xA4, 4, 0x0C), usim, sizeof usim);
    case OP_READ_BINARY:
        at = put(out, op, 0x00, 0xB0, 0, op->number);
        out[at] = op->n;
        return at + 1;
    case OP_UPDATE_BINARY:
        return put_data(out, put(out, op, 0x00, 0xD6, 0, op->number), op->data, op->n);
    case OP_READ_RECORD:
        at = put(out, op, 0x00, 0xB2, op->mode == 4 ? op->number : 0, op->mode);
        out[at] = op->n;
        return at + 1;
    case OP_UPDATE_RECORD:
        at = put(out, op, 0x00, 0xDC, op->mode == 4 ? op->number : 0, op->mode);
        return put_data(out, at, op->data, op->n);
    case OP_INCREASE:
        return put_data(out, put(out, op, 0x80, 0x32, 0, 0), op->data, op->n);
    case OP_SEARCH:
        at = put(out, op, 0x00, 0xA2, op->number, op->mode == 4 ? 4 : 5);
        return put_data(out, at, op->data, 1);
    case OP_RETRIEVE:
        return put_data(out, put(out, op, 0x80, 0xCB, 0, 0x80), &op->tag, 1);
    case OP_SET:
        memcpy(object + 2, op->data, op->n);
        at = put(out, op, 0x80, 0xDB, 0, 0x80);
        return put_data(out, at, object, op->right ? (uint8_t)(2 + op->n) : 1);
    case OP_OPEN:
        at = put(out, op, 0x00, 0x70, 0x00, op->number);
        out[at] = 1;
        return op->number == 0 ? at + 1 : at;
    case OP_CLOSE:
        return put(out, op, 0x00, 0x70, 0x80, op->number);
    case OP_VERIFY:
    case OP_CHANGE:
    case OP_DISABLE:
    case OP_ENABLE:
    case OP_UNBLOCK:
        return put_pin(out, op, pin);
    default:
        return encode_file_command(op, out);
    }
}
