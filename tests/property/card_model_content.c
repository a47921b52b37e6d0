/* The reference's contents of files: octets, records, objects. */
#include <string.h>

#include "card_model.h"

static bool may_read(const struct model *model, const struct model_file *file)
{
    return file->rule == OP_RULE_EF || model_satisfied(model, OP_PIN1);
}

static bool may_update(const struct model *model, const struct model_file *file)
{
    return model_satisfied(model, file->rule == OP_RULE_EF ? OP_ADM1 : OP_PIN1);
}

static bool may_increase(const struct model *model, const struct model_file *file)
{
    return file->rule == OP_RULE_EF && model_satisfied(model, OP_PIN1);
}

static unsigned records(const struct model_file *file)
{
    return file->size / file->record_length;
}

static uint8_t *record_at(struct model_file *file, unsigned number)
{
    return file->content + (size_t)(number - 1) * file->record_length;
}

static void answer_data(struct model_answer *answer, const uint8_t *data, uint16_t n)
{
    memcpy(answer->data, data, n);
    answer->n = n;
    answer->data_known = true;
}

static uint16_t binary(struct model_file *file, const struct card_op *op,
                       struct model_answer *answer)
{
    if (op->number >= file->size) {
        return 0x6B00;
    }
    uint16_t there = (uint16_t)(file->size - op->number);
    if (op->kind == OP_UPDATE_BINARY) {
        if (op->n > there) {
            return 0x6700;
        }
        memcpy(file->content + op->number, op->data, op->n);
        return 0x9000;
    }
    if (op->n > there) {
        return 0x6C00 | there;
    }
    answer_data(answer, file->content + op->number, op->n);
    return 0x9000;
}

/* The record that a mode means; 0: there is none. */
static uint8_t choose(const struct model_file *file, const struct model_channel *channel,
                      const struct card_op *op)
{
    uint8_t last = (uint8_t)records(file);
    /* a file that became shorter may have lost its current record: then none is current */
    uint8_t current = channel->record <= last ? channel->record : 0;
    bool cyclic = file->kind == OP_CYCLIC;

    if (op->mode == 4) {
        uint8_t number = op->number != 0 ? op->number : current;
        return number <= last ? number : 0;
    }
    if (op->mode == 2) {
        return current < last ? (uint8_t)(current + 1) : cyclic ? 1 : 0;
    }
    if (current == 0) {
        return last;
    }
    return current > 1 ? (uint8_t)(current - 1) : cyclic ? last : 0;
}

/* A new newest record in place of the oldest. */
static void push(struct model_file *file, const uint8_t *record)
{
    memmove(file->content + file->record_length, file->content,
            (size_t)file->size - file->record_length);
    memcpy(file->content, record, file->record_length);
}

static uint16_t update_record(struct model_file *file, struct model_channel *channel,
                              const struct card_op *op)
{
    uint8_t number = 1;

    if (file->kind == OP_CYCLIC && op->mode != 3) {
        return 0x6981;
    }
    if (file->kind == OP_LINEAR) {
        number = choose(file, channel, op);
        if (number == 0) {
            return 0x6A83;
        }
    }
    if (op->n != file->record_length) {
        return 0x6700;
    }
    if (file->kind == OP_CYCLIC) {
        push(file, op->data);
    } else {
        memcpy(record_at(file, number), op->data, op->n);
    }
    if (op->mode != 4) {
        channel->record = number;
    }
    return 0x9000;
}

static uint16_t read_record(struct model_file *file, struct model_channel *channel,
                            const struct card_op *op, struct model_answer *answer)
{
    uint8_t number = choose(file, channel, op);

    if (number == 0) {
        return 0x6A83;
    }
    if (op->n != file->record_length) {
        return 0x6C00 | file->record_length;
    }
    answer_data(answer, record_at(file, number), file->record_length);
    if (op->mode != 4) {
        channel->record = number;
    }
    return 0x9000;
}

static uint16_t increase(struct model_file *file, struct model_channel *channel,
                         const struct card_op *op, struct model_answer *answer)
{
    uint8_t sum[16] = {0};
    unsigned carry = 0;

    if (op->n > file->record_length) {
        return 0x6700;
    }
    memcpy(sum, file->content, file->record_length);
    for (int i = file->record_length - 1, k = op->n - 1; i >= 0; i--, k--) {
        carry += sum[i] + (k >= 0 ? op->data[k] : 0u);
        sum[i] = (uint8_t)carry;
        carry >>= 8;
    }
    if (carry != 0) {
        return 0x9850;
    }
    push(file, sum);
    channel->record = 1;
    answer_data(answer, sum, file->record_length);
    memcpy(answer->data + answer->n, op->data, op->n);
    answer->n = (uint16_t)(answer->n + op->n);
    return 0x9000;
}

static uint16_t search(struct model_file *file, struct model_channel *channel,
                       const struct card_op *op, struct model_answer *answer)
{
    unsigned first = op->number != 0 ? op->number : channel->record;

    if (first == 0 || first > records(file)) {
        return 0x6A83;
    }
    for (unsigned n = first; n >= 1 && n <= records(file); n = op->mode == 4 ? n + 1 : n - 1) {
        if (memchr(record_at(file, n), op->data[0], file->record_length) != NULL) {
            answer->data[answer->n++] = (uint8_t)n;
        }
    }
    answer->data_known = true;
    if (answer->n == 0) {
        return 0x6282;
    }
    channel->record = answer->data[0];
    return 0x9000;
}

/* Where the object is in the content; MODEL_NONE: nowhere. All lengths are of one octet. */
static int find_object(const struct model_file *file, uint8_t tag)
{
    for (int at = 0; at < file->used; at += 2 + file->content[at + 1]) {
        if (file->content[at] == tag) {
            return at;
        }
    }
    return MODEL_NONE;
}

static uint16_t set_object(struct model_file *file, const struct card_op *op)
{
    int at = find_object(file, op->tag);
    int older = at == MODEL_NONE ? 0 : 2 + file->content[at + 1];

    if (!op->right && at == MODEL_NONE) {
        return 0x6A88;
    }
    if (op->right && 2 + op->n > file->size - file->used + older) {
        return 0x6A84;
    }
    if (older > 0) {
        memmove(file->content + at, file->content + at + older, (size_t)(file->used - at - older));
        file->used = (uint16_t)(file->used - older);
    }
    if (op->right) {
        file->content[file->used] = op->tag;
        file->content[file->used + 1] = op->n;
        memcpy(file->content + file->used + 2, op->data, op->n);
        file->used = (uint16_t)(file->used + 2 + op->n);
    }
    return 0x9000;
}

static uint16_t retrieve(const struct model_file *file, const struct card_op *op,
                         struct model_answer *answer)
{
    int at = find_object(file, op->tag);

    if (at == MODEL_NONE) {
        return 0x6A88;
    }
    answer_data(answer, file->content + at, (uint16_t)(2 + file->content[at + 1]));
    return 0x9000;
}

static bool fits(const struct model_file *file, enum op_kind kind)
{
    switch (kind) {
    case OP_READ_BINARY:
    case OP_UPDATE_BINARY:
        return file->kind == OP_TRANSPARENT;
    case OP_RETRIEVE:
    case OP_SET:
        return file->kind == OP_OBJECTS;
    case OP_INCREASE:
        return file->kind == OP_CYCLIC;
    default:
        return file->kind == OP_LINEAR || file->kind == OP_CYCLIC;
    }
}

static bool allowed(const struct model *model, const struct model_file *file, enum op_kind kind)
{
    switch (kind) {
    case OP_INCREASE:
        return may_increase(model, file);
    case OP_UPDATE_BINARY:
    case OP_UPDATE_RECORD:
    case OP_SET:
        return may_update(model, file);
    default:
        return may_read(model, file);
    }
}

static uint16_t run(struct model_file *file, struct model_channel *channel,
                    const struct card_op *op, struct model_answer *answer)
{
    switch (op->kind) {
    case OP_READ_RECORD:
        return read_record(file, channel, op, answer);
    case OP_UPDATE_RECORD:
        return update_record(file, channel, op);
    case OP_INCREASE:
        return increase(file, channel, op, answer);
    case OP_SEARCH:
        return search(file, channel, op, answer);
    case OP_RETRIEVE:
        return retrieve(file, op, answer);
    case OP_SET:
        return set_object(file, op);
    default:
        return binary(file, op, answer);
    }
}

void model_content(struct model *model, struct model_channel *channel, const struct card_op *op,
                   struct model_answer *answer)
{
    if (channel->ef == MODEL_NONE) {
        answer->sw = 0x6986;
        return;
    }
    struct model_file *file = &model->files[channel->ef];
    answer->sw = fits(file, op->kind) ? model_life_sw(model, file) : 0x6981;
    if (answer->sw == 0x9000 && !allowed(model, file, op->kind)) {
        answer->sw = 0x6982;
    }
    if (answer->sw == 0x9000) {
        answer->sw = run(file, channel, op, answer);
    }
}
