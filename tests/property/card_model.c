#include "card_model.h"

#include <string.h>

void model_reset(struct model *model)
{
    memset(model->channels, 0, sizeof model->channels);
    model->channels[0] = (struct model_channel){.open = true, .ef = MODEL_NONE};
    model->pins[OP_PIN1].verified = false;
    model->pins[OP_ADM1].verified = false;
}

void model_init(struct model *model, uint32_t room)
{
    memset(model, 0, sizeof *model);
    model->room = room;
    for (unsigned i = 0; i < OP_PINS; i++) {
        memcpy(model->pins[i].value, op_pin_values[i], 8);
        model->pins[i].enabled = true;
        model->pins[i].tries = 3;
    }
    model->pins[OP_PIN1].puk_tries = 10;
    model_reset(model);
}

struct model_channel *model_channel(struct model *model, uint8_t number)
{
    for (unsigned i = 0; i < MODEL_CHANNELS; i++) {
        if (model->channels[i].open && model->channels[i].number == number) {
            return &model->channels[i];
        }
    }
    return NULL;
}

bool model_satisfied(const struct model *model, enum op_pin pin)
{
    return !model->pins[pin].enabled || model->pins[pin].verified;
}

static int find_file(const struct model *model, enum model_df df, uint16_t fid)
{
    for (int i = 0; i < MODEL_FILES; i++) {
        if (model->files[i].exists && model->files[i].df == df && model->files[i].fid == fid) {
            return i;
        }
    }
    return MODEL_NONE;
}

bool model_locate(const struct model *model, const struct model_channel *channel, uint16_t fid,
                  enum model_df *df, int *ef)
{
    *ef = MODEL_NONE;
    *df = MODEL_MF;
    if (fid == 0x3F00) {
        return true;
    }
    if (fid == 0x7FFF) {
        *df = MODEL_ADF;
        return channel->has_application;
    }
    if (fid == OP_FID_DF) { /* child of the MF, the DF itself, or beside the current one */
        *df = MODEL_DF;
        return model->df_exists;
    }
    *df = channel->df;
    *ef = find_file(model, channel->df, fid);
    return *ef != MODEL_NONE;
}

uint16_t model_life_sw(const struct model *model, const struct model_file *file)
{
    if (file->life == MODEL_TERMINATED) {
        return 0x6985;
    }
    if (file->life == MODEL_DEACTIVATED) {
        return 0x6984;
    }
    return model->df_life[file->df] == MODEL_DEACTIVATED ? 0x6984 : 0x9000;
}

static uint16_t select_sw(enum model_life life)
{
    return life == MODEL_ACTIVATED ? 0x9000 : life == MODEL_DEACTIVATED ? 0x6283 : 0x6285;
}

static uint16_t select_fid(struct model *model, struct model_channel *channel,
                           const struct card_op *op)
{
    enum model_df df = MODEL_MF;
    int ef = MODEL_NONE;

    if (!model_locate(model, channel, op->fid, &df, &ef)) {
        return 0x6A82;
    }
    channel->df = df;
    channel->ef = ef;
    channel->record = 0;
    return select_sw(ef == MODEL_NONE ? model->df_life[df] : model->files[ef].life);
}

static uint16_t open_channel(struct model *model, const struct model_channel *from, uint8_t number,
                             struct model_answer *answer)
{
    if (number > 19 || (number != 0 && model_channel(model, number) != NULL)) {
        return 0x6A86;
    }
    if (number == 0) {
        answer->data_known = true;
        for (number = 1; number <= 3 && model_channel(model, number) != NULL; number++) {
        }
    }
    for (unsigned i = 1; i < MODEL_CHANNELS && number <= 19; i++) {
        struct model_channel *channel = &model->channels[i];
        if (!channel->open) {
            *channel = (struct model_channel){.open = true, .number = number, .ef = MODEL_NONE};
            if (from->number != 0) {
                channel->df = from->df;
                channel->has_application = from->has_application;
            }
            if (answer->data_known) {
                answer->n = 1;
                answer->data[0] = number;
            }
            return 0x9000;
        }
    }
    answer->data_known = false;
    return 0x6A81;
}

static uint16_t close_channel(struct model *model, uint8_t number)
{
    struct model_channel *channel = model_channel(model, number);

    if (number == 0 || number > 19) {
        return 0x6A86;
    }
    if (channel == NULL) {
        return 0x6881;
    }
    channel->open = false;
    return 0x9000;
}

static uint16_t authenticate(struct model *model, const struct model_channel *channel,
                             const struct card_op *op, struct model_answer *answer)
{
    if (channel->df != MODEL_ADF) {
        return 0x6985;
    }
    if (model->df_life[MODEL_ADF] == MODEL_DEACTIVATED) {
        return 0x6984;
    }
    if (!model_satisfied(model, OP_PIN1)) {
        return 0x6982;
    }
    answer->data_known = true;
    answer->n = 1;
    answer->data[0] = op->seq > model->seq ? 0xDB : 0xDC;
    if (op->seq > model->seq) {
        model->seq = op->seq;
    }
    return 0x9000;
}

static uint16_t step(struct model *model, struct model_channel *channel, const struct card_op *op,
                     struct model_answer *answer)
{
    switch (op->kind) {
    case OP_SELECT:
        return select_fid(model, channel, op);
    case OP_SELECT_USIM:
        *channel = (struct model_channel){.open = true,
                                          .number = channel->number,
                                          .df = MODEL_ADF,
                                          .has_application = true,
                                          .ef = MODEL_NONE};
        return select_sw(model->df_life[MODEL_ADF]);
    case OP_OPEN:
        return open_channel(model, channel, op->number, answer);
    case OP_CLOSE:
        return close_channel(model, op->number);
    case OP_AUTHENTICATE:
        return authenticate(model, channel, op, answer);
    case OP_VERIFY:
    case OP_CHANGE:
    case OP_DISABLE:
    case OP_ENABLE:
    case OP_UNBLOCK:
        return model_pin_command(model, op);
    default:
        return model_administration(model, channel, op);
    }
}

void model_step(struct model *model, const struct card_op *op, struct model_answer *answer)
{
    struct model_channel *channel = model_channel(model, op->channel);

    memset(answer, 0, sizeof *answer);
    if (op->kind == OP_RESET || op->kind == OP_POWER) {
        model_reset(model);
        answer->sw = 0x9000;
    } else if (channel == NULL) {
        answer->sw = 0x6881;
    } else if (op->kind >= OP_READ_BINARY && op->kind <= OP_SET) {
        model_content(model, channel, op, answer);
    } else {
        answer->sw = step(model, channel, op, answer);
    }
}
