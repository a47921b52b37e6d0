/* The reference's administration of files, and its PINs. */
#include <string.h>

#include "card_model.h"

/* Nobody stands any more where a file was. */
static void forget(struct model *model, int ef, bool df)
{
    for (unsigned i = 0; i < MODEL_CHANNELS; i++) {
        struct model_channel *channel = &model->channels[i];
        if (df && channel->df == MODEL_DF) {
            channel->df = MODEL_MF;
            channel->ef = MODEL_NONE;
            channel->record = 0;
        }
        if (ef != MODEL_NONE && channel->ef == ef) {
            channel->ef = MODEL_NONE;
            channel->record = 0;
        }
    }
}

static bool is_taken(const struct model *model, const struct model_channel *channel, uint16_t fid)
{
    enum model_df df = MODEL_MF;
    int ef = MODEL_NONE;

    if (fid == OP_FID_DF) { /* beside the new file, or above it */
        return model->df_exists && channel->df != MODEL_ADF;
    }
    return model_locate(model, channel, fid, &df, &ef);
}

static uint16_t create_ef(struct model *model, struct model_channel *channel,
                          const struct card_op *op)
{
    struct model_file *file = NULL;

    for (int i = 0; i < MODEL_FILES && file == NULL; i++) {
        file = model->files[i].exists ? NULL : &model->files[i];
    }
    if (op->size > model->room || file == NULL) {
        return 0x6A84;
    }
    *file = (struct model_file){.exists = true,
                                .df = channel->df,
                                .fid = op->fid,
                                .kind = op->file,
                                .rule = op->rule,
                                .size = op->size,
                                .record_length = op->record_length};
    memset(file->content, op->file == OP_CYCLIC ? 0x00 : 0xFF, sizeof file->content);
    model->room -= op->size;
    channel->ef = (int)(file - model->files);
    channel->record = 0;
    return 0x9000;
}

static uint16_t create(struct model *model, struct model_channel *channel, const struct card_op *op)
{
    bool reserved = op->fid == 0x3F00 || op->fid == 0x7FFF;

    if (reserved || (op->kind == OP_CREATE && op->size == 0)) {
        return 0x6A80;
    }
    if (model->df_life[channel->df] == MODEL_DEACTIVATED) {
        return 0x6984;
    }
    if (!model_satisfied(model, OP_ADM1)) {
        return 0x6982;
    }
    if (is_taken(model, channel, op->fid)) {
        return 0x6A89;
    }
    if (op->kind == OP_CREATE) {
        return create_ef(model, channel, op);
    }
    model->df_exists = true;
    model->df_life[MODEL_DF] = MODEL_ACTIVATED;
    channel->df = MODEL_DF;
    channel->ef = MODEL_NONE;
    channel->record = 0;
    return 0x9000;
}

static void drop_ef(struct model *model, int ef)
{
    model->room += model->files[ef].size;
    model->files[ef].exists = false;
    forget(model, ef, false);
}

/* The child of the current DF with this identifier: an EF, or the DF (MODEL_NONE). */
static bool find_child(const struct model *model, const struct model_channel *channel, uint16_t fid,
                       int *ef)
{
    enum model_df df = MODEL_MF;

    if (fid == 0x3F00 || fid == 0x7FFF || (fid == OP_FID_DF && channel->df != MODEL_MF)) {
        return false;
    }
    return model_locate(model, channel, fid, &df, ef);
}

static uint16_t delete_file(struct model *model, const struct model_channel *channel,
                            const struct card_op *op)
{
    int ef = MODEL_NONE;

    if (!find_child(model, channel, op->fid, &ef)) {
        return 0x6A82;
    }
    if (!model_satisfied(model, OP_ADM1)) {
        return 0x6982;
    }
    if (ef != MODEL_NONE) {
        drop_ef(model, ef);
        return 0x9000;
    }
    forget(model, MODEL_NONE, true);
    for (int i = 0; i < MODEL_FILES; i++) {
        if (model->files[i].exists && model->files[i].df == MODEL_DF) {
            drop_ef(model, i);
        }
    }
    model->df_exists = false;
    return 0x9000;
}

static uint16_t resize(struct model *model, const struct model_channel *channel,
                       const struct card_op *op)
{
    int ef = MODEL_NONE;

    if (!find_child(model, channel, op->fid, &ef)) {
        return 0x6A82;
    }
    if (ef == MODEL_NONE) {
        return model->df_life[MODEL_DF] == MODEL_DEACTIVATED ? 0x6984 : 0x6982; /* no rule */
    }
    struct model_file *file = &model->files[ef];
    uint16_t sw = model_life_sw(model, file);
    if (sw != 0x9000) {
        return sw;
    }
    if (!model_satisfied(model, OP_ADM1)) {
        return 0x6982;
    }
    if (op->size == 0) {
        return 0x6A80;
    }
    if (file->kind == OP_CYCLIC) {
        return 0x6981;
    }
    if ((file->kind == OP_LINEAR &&
         (op->size % file->record_length != 0 || op->size / file->record_length > 254)) ||
        (file->kind == OP_OBJECTS && op->size < file->used)) {
        return 0x6A80;
    }
    if (op->size > file->size && op->size - file->size > (int)model->room) {
        return 0x6A84;
    }
    if (op->size < file->size) {
        memset(file->content + op->size, 0xFF, sizeof file->content - op->size);
    }
    model->room = (uint32_t)((int)model->room + file->size - op->size);
    file->size = op->size;
    return 0x9000;
}

static uint16_t change_state(struct model *model, struct model_channel *channel,
                             const struct card_op *op)
{
    static const enum model_life states[] = {MODEL_ACTIVATED, MODEL_DEACTIVATED, MODEL_TERMINATED};
    enum model_df df = MODEL_MF;
    int ef = MODEL_NONE;

    if (!model_locate(model, channel, op->fid, &df, &ef)) {
        return 0x6A82;
    }
    if (op->kind == OP_TERMINATE_EF && ef == MODEL_NONE) {
        return 0x6981;
    }
    enum model_life *life = ef == MODEL_NONE ? &model->df_life[df] : &model->files[ef].life;
    if ((ef == MODEL_NONE && df == MODEL_MF) || *life == MODEL_TERMINATED) {
        return 0x6985;
    }
    if (!model_satisfied(model, OP_ADM1)) {
        return 0x6982;
    }
    *life = states[op->kind - OP_ACTIVATE];
    if (ef != MODEL_NONE && op->kind != OP_TERMINATE_EF) {
        channel->ef = ef;
        channel->record = 0;
    }
    return 0x9000;
}

uint16_t model_administration(struct model *model, struct model_channel *channel,
                              const struct card_op *op)
{
    switch (op->kind) {
    case OP_CREATE:
    case OP_CREATE_DF:
        return create(model, channel, op);
    case OP_DELETE:
        return delete_file(model, channel, op);
    case OP_RESIZE:
        return resize(model, channel, op);
    default:
        return change_state(model, channel, op);
    }
}

/* Counts a try: 9000 if the PIN was right. */
static uint16_t attempt(struct model_pin *pin, bool right)
{
    if (pin->tries == 0) {
        return 0x6983;
    }
    if (!right) {
        pin->tries--;
        pin->verified = false;
        return (uint16_t)(0x63C0 | pin->tries);
    }
    pin->tries = 3;
    pin->verified = true;
    return 0x9000;
}

static uint16_t unblock(struct model_pin *pin, const struct card_op *op)
{
    if (op->pin == OP_ADM1) {
        return 0x6A88;
    }
    if (pin->puk_tries == 0) {
        return 0x6983;
    }
    if (!op->right) {
        pin->puk_tries--;
        return (uint16_t)(0x63C0 | pin->puk_tries);
    }
    *pin = (struct model_pin){.enabled = true, .verified = true, .tries = 3, .puk_tries = 10};
    memcpy(pin->value, op_pin_values[op->value], 8);
    return 0x9000;
}

static uint16_t switch_pin(struct model_pin *pin, const struct card_op *op)
{
    bool enable = op->kind == OP_ENABLE;

    if (pin->tries == 0) {
        return 0x6983;
    }
    if (op->pin == OP_ADM1 || (enable && pin->enabled)) {
        return 0x6985;
    }
    if (!enable && !pin->enabled) {
        return 0x6984;
    }
    uint16_t sw = attempt(pin, op->right);
    if (sw == 0x9000) {
        pin->enabled = enable;
    }
    return sw;
}

uint16_t model_pin_command(struct model *model, const struct card_op *op)
{
    struct model_pin *pin = &model->pins[op->pin];

    if (op->kind == OP_UNBLOCK) {
        return unblock(pin, op);
    }
    if (op->kind == OP_DISABLE || op->kind == OP_ENABLE) {
        return switch_pin(pin, op);
    }
    if (pin->tries != 0 && !pin->enabled) {
        return 0x6984;
    }
    uint16_t sw = attempt(pin, op->right);
    if (sw == 0x9000 && op->kind == OP_CHANGE) {
        memcpy(pin->value, op_pin_values[op->value], 8);
    }
    return sw;
}
