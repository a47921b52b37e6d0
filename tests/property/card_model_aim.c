/* Operations that have a chance to succeed. */
#include "card_model.h"

/* Makes an operation on contents fit the file that is current, so that it has a chance to succeed.
 */
static void aim_at_file(uint64_t *seed, const struct model_file *file, struct card_op *op)
{
    static const enum op_kind record[] = {OP_READ_RECORD, OP_UPDATE_RECORD, OP_SEARCH, OP_INCREASE};

    switch (file->kind) {
    case OP_TRANSPARENT:
        op->kind = op_below(seed, 2) == 0 ? OP_READ_BINARY : OP_UPDATE_BINARY;
        op->number = (uint8_t)op_below(seed, file->size < 256 ? file->size : 256);
        op->n = 1;
        break;
    case OP_OBJECTS:
        op->kind = op_below(seed, 2) == 0 ? OP_RETRIEVE : OP_SET;
        break;
    default:
        op->kind = record[op_below(seed, file->kind == OP_CYCLIC ? 4 : 3)];
        op->mode = op->kind == OP_UPDATE_RECORD && file->kind == OP_CYCLIC ? 3 : op->mode;
        op->n = op->kind == OP_INCREASE ? 1 : file->record_length;
        op->number = (uint8_t)(1 + op_below(seed, file->size / file->record_length));
    }
}

void model_aim(uint64_t *seed, struct model *model, struct card_op *op)
{
    const struct model_file *file = &model->files[op_below(seed, MODEL_FILES)];
    struct model_channel *channel = &model->channels[op_below(seed, MODEL_CHANNELS)];

    if (op_below(seed, 3) == 0) {
        return;
    }
    channel = channel->open ? channel : &model->channels[0];
    op->channel = channel->number;
    if (op->kind >= OP_READ_BINARY && op->kind <= OP_SET) {
        if (channel->ef == MODEL_NONE) {
            op->kind = OP_SELECT;
        } else {
            aim_at_file(seed, &model->files[channel->ef], op);
        }
    }
    if (op->kind >= OP_VERIFY && op->kind <= OP_UNBLOCK) {
        op->right = true;
        op->kind = op_below(seed, 2) == 0 ? op->kind : OP_VERIFY;
    }
    if (op->kind == OP_SELECT && file->exists && file->df == channel->df) {
        op->fid = file->fid;
    }
    op->seq += model->seq < 3 ? 0 : model->seq - 2;
}
