/*
 * A simple reference of what a card does: plain arrays of files, PINs and channels, without memory
 * layout, directory or TLV parsing. Written from the standards' text, not from the engine.
 */
#ifndef MOORING_TESTS_PROPERTY_CARD_MODEL_H
#define MOORING_TESTS_PROPERTY_CARD_MODEL_H

#include "card_op.h"

#define MODEL_FILES    16
#define MODEL_CONTENT  600
#define MODEL_CHANNELS 4
#define MODEL_NONE     (-1)

enum model_df { MODEL_MF, MODEL_DF, MODEL_ADF, MODEL_DFS };
enum model_life { MODEL_ACTIVATED, MODEL_DEACTIVATED, MODEL_TERMINATED };

struct model_file {
    bool exists;
    enum model_df df;
    uint16_t fid;
    enum op_file kind;
    enum model_life life;
    uint8_t rule;
    uint16_t size;
    uint8_t record_length;
    uint16_t used;                  /* OP_OBJECTS */
    uint8_t content[MODEL_CONTENT]; /* records from number 1 on */
};

struct model_channel {
    bool open;
    uint8_t number;
    enum model_df df;
    bool has_application;
    int ef; /* index, or MODEL_NONE */
    uint8_t record;
};

struct model_pin {
    uint8_t value[8];
    bool enabled;
    bool verified;
    uint8_t tries;
    uint8_t puk_tries;
};

struct model {
    struct model_file files[MODEL_FILES];
    bool df_exists;
    enum model_life df_life[MODEL_DFS];
    struct model_channel channels[MODEL_CHANNELS];
    struct model_pin pins[OP_PINS];
    uint32_t room; /* octets of free memory */
    uint64_t seq;  /* the highest accepted, IND 0 */
};

/* What the card must answer. For OP_AUTHENTICATE, and where a status word 61XX would come, `sw` is
 * the one after GET RESPONSE, and data hold only what the model knows: data_known says if. */
struct model_answer {
    uint16_t sw;
    bool data_known;
    uint16_t n;
    uint8_t data[MODEL_CONTENT];
};

/* A new card with `room` octets of free memory, PIN1 enabled. */
void model_init(struct model *model, uint32_t room);

/* What a reset forgets. */
void model_reset(struct model *model);

/* The open channel with this number, or NULL. */
struct model_channel *model_channel(struct model *model, uint8_t number);

/* True if the condition "PIN1" or "ADM1" holds. */
bool model_satisfied(const struct model *model, enum op_pin pin);

/* Does the operation. */
void model_step(struct model *model, const struct card_op *op, struct model_answer *answer);

/* Two times in three makes the operation what an honest terminal would do now. */
void model_aim(uint64_t *seed, struct model *model, struct card_op *op);

/* Parts of it: the commands for contents, for files, for PINs. */
void model_content(struct model *model, struct model_channel *channel, const struct card_op *op,
                   struct model_answer *answer);
uint16_t model_administration(struct model *model, struct model_channel *channel,
                              const struct card_op *op);
uint16_t model_pin_command(struct model *model, const struct card_op *op);

/* Where an identifier leads from a channel: a DF (*df), or an EF (*ef); false if nowhere. */
bool model_locate(const struct model *model, const struct model_channel *channel, uint16_t fid,
                  enum model_df *df, int *ef);

/* 9000, 6984 or 6985: by the state of the file and its DF. */
uint16_t model_life_sw(const struct model *model, const struct model_file *file);

#endif
