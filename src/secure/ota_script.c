#include "secure/ota_script.h"

#include "base/bytes.h"

#define COMPACT_HEADER 5u

/* Commands whose P3 is Le. */
static bool reads(uint8_t ins)
{
    return ins == 0xB0 || ins == 0xB2 || ins == 0xC0;
}

void ota_script_start(struct ota_script *script, enum ota_format format, const uint8_t *data,
                      size_t length)
{
    struct tlv_reader outer;
    struct tlv commands = {0};
    struct tlv more;

    memset(script, 0, sizeof *script);
    script->format = format;
    if (format == OTA_COMPACT) {
        script->at = data;
        script->left = length;
        return;
    }
    tlv_read(&outer, data, length);
    script->malformed = !tlv_next(&outer, &commands) || commands.tag != OTA_TAG_COMMANDS ||
                        tlv_next(&outer, &more) || outer.malformed;
    tlv_read(&script->reader, commands.value, script->malformed ? 0 : commands.length);
}

static enum ota_script_step stop(struct ota_script *script, enum ota_script_step step)
{
    script->malformed = true;
    script->left = 0;
    return step;
}

static enum ota_script_step next_compact(struct ota_script *script, struct apdu_command *out)
{
    const uint8_t *at = script->at;
    size_t size = COMPACT_HEADER;

    if (script->left == 0) {
        return OTA_SCRIPT_END;
    }
    if (script->left < COMPACT_HEADER) {
        return stop(script, OTA_SCRIPT_WRONG_LENGTH);
    }
    *out = (struct apdu_command){.cla = at[0], .ins = at[1], .p1 = at[2], .p2 = at[3]};
    if (reads(out->ins)) {
        out->has_le = true;
        out->le = at[4] == 0 ? APDU_LE_MAX : at[4];
    } else {
        out->lc = at[4];
        size += out->lc;
        if (size > script->left) {
            return stop(script, OTA_SCRIPT_WRONG_LENGTH);
        }
        out->data = out->lc > 0 ? at + COMPACT_HEADER : NULL;
        if (script->left == size + 1) {
            out->has_le = true;
            out->le = at[size] == 0 ? APDU_LE_MAX : at[size];
            size++;
        }
    }
    script->at += size;
    script->left -= size;
    return OTA_SCRIPT_COMMAND;
}

enum ota_script_step ota_script_next(struct ota_script *script, struct apdu_command *out)
{
    struct tlv item;

    memset(out, 0, sizeof *out);
    if (script->malformed) {
        return OTA_SCRIPT_WRONG_LENGTH;
    }
    if (script->format == OTA_COMPACT) {
        return next_compact(script, out);
    }
    if (!tlv_next(&script->reader, &item)) {
        return script->reader.malformed ? stop(script, OTA_SCRIPT_WRONG_LENGTH) : OTA_SCRIPT_END;
    }
    if (item.tag != OTA_TAG_C_APDU) {
        return stop(script, OTA_SCRIPT_UNKNOWN_TAG);
    }
    if (apdu_parse(item.value, item.length, out) != APDU_OK) {
        memset(out, 0, sizeof *out);
        return stop(script, OTA_SCRIPT_WRONG_LENGTH);
    }
    return OTA_SCRIPT_COMMAND;
}

void ota_script_write(struct ota_script_writer *writer, enum ota_format format, uint8_t *out,
                      size_t capacity)
{
    memset(writer, 0, sizeof *writer);
    writer->format = format;
    tlv_write(&writer->tlv, out, capacity);
    if (format == OTA_EXPANDED) {
        writer->template_mark = tlv_open(&writer->tlv, OTA_TAG_COMMANDS);
    }
}

/* The APDU in short form; in the compact format P3 is always there. */
static size_t put_apdu(enum ota_format format, const struct apdu_command *command,
                       uint8_t out[APDU_MAX])
{
    size_t at = APDU_HEADER;

    out[0] = command->cla;
    out[1] = command->ins;
    out[2] = command->p1;
    out[3] = command->p2;
    if (command->lc > 0) {
        out[at++] = command->lc;
        memcpy(out + at, command->data, command->lc);
        at += command->lc;
    }
    if (command->has_le) {
        out[at++] = (uint8_t)command->le;
    }
    if (at == APDU_HEADER && format == OTA_COMPACT) {
        out[at++] = 0;
    }
    return at;
}

void ota_script_put(struct ota_script_writer *writer, const struct apdu_command *command)
{
    uint8_t octets[APDU_MAX];
    size_t n = put_apdu(writer->format, command, octets);
    struct tlv_writer *tlv = &writer->tlv;

    if (writer->format == OTA_EXPANDED) {
        tlv_put(tlv, OTA_TAG_C_APDU, octets, n);
        return;
    }
    /* P3 must say by INS alone whether it is Lc or Le. */
    if (reads(command->ins) ? (command->lc > 0 || !command->has_le)
                            : (command->lc == 0 && command->has_le)) {
        writer->refused = true;
    }
    if (writer->ended || n > tlv->capacity - tlv->length) {
        writer->refused = true;
        return;
    }
    writer->ended = command->lc > 0 && command->has_le;
    memcpy(tlv->out + tlv->length, octets, n);
    tlv->length += n;
}

size_t ota_script_finish(struct ota_script_writer *writer)
{
    if (writer->format == OTA_EXPANDED) {
        tlv_close(&writer->tlv, writer->template_mark);
    }
    return writer->refused || writer->tlv.overflow ? 0 : writer->tlv.length;
}

size_t ota_script_answer_build(enum ota_format format, const struct ota_script_answer *answer,
                               uint8_t *out, size_t capacity)
{
    struct tlv_writer tlv;
    uint8_t r_apdu[APDU_LE_MAX + APDU_SW_SIZE];

    if (answer->length > APDU_LE_MAX) {
        return 0;
    }
    if (format == OTA_COMPACT) {
        if (capacity < 3 + answer->length) {
            return 0;
        }
        out[0] = answer->executed;
        be16_put(out + 1, answer->sw);
        if (answer->length > 0) {
            memcpy(out + 3, answer->data, answer->length);
        }
        return 3 + answer->length;
    }
    if (answer->length > 0) {
        memcpy(r_apdu, answer->data, answer->length);
    }
    be16_put(r_apdu + answer->length, answer->sw);
    tlv_write(&tlv, out, capacity);
    size_t mark = tlv_open(&tlv, OTA_TAG_RESPONSES);
    tlv_put_u8(&tlv, OTA_TAG_EXECUTED, answer->executed);
    tlv_put(&tlv, OTA_TAG_R_APDU, r_apdu, answer->length + APDU_SW_SIZE);
    tlv_close(&tlv, mark);
    return tlv.overflow ? 0 : tlv.length;
}

static bool parse_expanded(const uint8_t *data, size_t length, struct ota_script_answer *out)
{
    struct tlv_reader reader;
    struct tlv item;
    bool complete = false;

    if (!tlv_find(data, length, OTA_TAG_RESPONSES, &item)) {
        return false;
    }
    tlv_read(&reader, item.value, item.length);
    while (tlv_next(&reader, &item)) {
        if (item.tag == OTA_TAG_BAD_FORMAT) {
            return false;
        }
        if (item.tag == OTA_TAG_EXECUTED && item.length == 1) {
            out->executed = item.value[0];
        } else if (item.tag == OTA_TAG_R_APDU && item.length >= APDU_SW_SIZE) {
            out->length = item.length - APDU_SW_SIZE;
            out->data = item.value;
            out->sw = be16_get(item.value + out->length);
            complete = true;
        }
    }
    return complete && !reader.malformed;
}

bool ota_script_answer_parse(enum ota_format format, const uint8_t *data, size_t length,
                             struct ota_script_answer *out)
{
    memset(out, 0, sizeof *out);
    if (format == OTA_EXPANDED) {
        if (parse_expanded(data, length, out)) {
            return true;
        }
        memset(out, 0, sizeof *out);
        return false;
    }
    if (length < 3) {
        return false;
    }
    out->executed = data[0];
    out->sw = be16_get(data + 1);
    out->data = data + 3;
    out->length = length - 3;
    return true;
}
