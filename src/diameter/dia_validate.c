#include "diameter/dia_validate.h"

#include <string.h>

#include "base/bytes.h"
#include "diameter/dia_writer.h"

/* Where the walk is: the groups around the AVP in hand, outermost first. */
struct walk {
    struct dia_failure *failure;
    enum dia_attribute path[DIA_AVP_DEPTH_MAX];
    uint8_t depth;
    bool counted; /* numbers of AVPs matter (not so in an answer that reports a protocol error) */
};

/* The AVPs that may be at one level, and where they are. */
struct level {
    const uint8_t *octets;
    size_t n;
    const struct dia_avp_rule *rules;
    size_t rule_count;
};

static bool walk_level(struct walk *walk, const struct level *level);

/* An AVP header with a payload of `n` zeros: stands for an AVP that is missing or cannot be
 * repeated. */
static void put_example(struct dia_writer *writer, const struct dia_avp *avp, size_t n)
{
    uint8_t octets[12 + 64] = {0};
    size_t header = (avp->flags & DIA_AVP_V) != 0 ? 12 : 8;
    size_t payload = n <= 64 ? n : 64;

    be32_put(octets, avp->code);
    octets[4] = avp->flags;
    be24_put(octets + 5, (uint32_t)(header + payload));
    if (header == 12) {
        be32_put(octets + 8, avp->vendor);
    }
    dia_put_raw(writer, octets, header + payload);
}

/* Writes the Failed-AVP's content: the groups of the path around the AVP, RFC 6733 7.5. */
static bool put_failed(const struct walk *walk, const struct dia_avp *avp, bool whole)
{
    struct dia_failure *failure = walk->failure;
    struct dia_writer writer = dia_writer(failure->failed, sizeof failure->failed);

    for (uint8_t i = 0; i < walk->depth; i++) {
        dia_group_open(&writer, walk->path[i]);
    }
    if (whole) {
        dia_put_raw(&writer, avp->raw, avp->raw_len);
    } else {
        put_example(&writer, avp, dia_min_octets(dia_definition_of(avp->attribute)));
    }
    for (uint8_t i = 0; i < walk->depth; i++) {
        dia_group_close(&writer);
    }
    failure->failed_len = writer.overflow ? 0 : writer.len;
    return !writer.overflow;
}

/* Records the failure; false, for the caller to return. `whole`: the AVP's length is right, so that
 * it can be repeated as it came (if it is not too big: then header and example must do). */
static bool fail(struct walk *walk, uint32_t result, const struct dia_avp *avp, bool whole)
{
    walk->failure->result = result;
    walk->failure->attribute = avp->attribute;
    if (!whole || !put_failed(walk, avp, true)) {
        (void)put_failed(walk, avp, false);
    }
    return false;
}

static bool check_group(struct walk *walk, const struct dia_avp *avp)
{
    const struct dia_group_rule *rule = dia_group_rule(avp->attribute);

    if (rule == NULL) {
        return true;
    }
    if (walk->depth == DIA_AVP_DEPTH_MAX) {
        return fail(walk, DIA_INVALID_AVP_VALUE, avp, true);
    }
    const struct level inner = {avp->data, avp->len, rule->members, rule->member_count};
    walk->path[walk->depth++] = avp->attribute;
    bool ok = walk_level(walk, &inner);
    walk->depth--;
    return ok;
}

static bool check_avp(struct walk *walk, const struct dia_avp *avp)
{
    bool mandatory = (avp->flags & DIA_AVP_M) != 0;
    const struct dia_definition *definition = dia_definition_of(avp->attribute);

    if (avp->attribute == DIA_UNKNOWN && !mandatory) {
        return true;
    }
    if ((avp->flags & DIA_AVP_V) != 0 && avp->vendor == 0) {
        return fail(walk, DIA_INVALID_AVP_BITS, avp, true);
    }
    if (avp->attribute == DIA_UNKNOWN) {
        return fail(walk, DIA_AVP_UNSUPPORTED, avp, true);
    }
    if (!dia_length_fits(definition, avp->len)) {
        return fail(walk, DIA_INVALID_AVP_LENGTH, avp, true);
    }
    if (!dia_value_fits(definition, avp->data, avp->len)) {
        return fail(walk, DIA_INVALID_AVP_VALUE, avp, true);
    }
    return definition->type != DIA_TYPE_GROUPED || check_group(walk, avp);
}

/* RFC 6733 7.1.5, 5005: an example of what is missing. */
static bool fail_missing(struct walk *walk, enum dia_attribute attribute)
{
    const struct dia_definition *definition = dia_definition_of(attribute);
    struct dia_avp example = {.attribute = attribute,
                              .code = definition->code,
                              .vendor = definition->vendor,
                              .flags = definition->vendor != 0 ? DIA_AVP_V : 0};

    if (definition->m == DIA_M_MUST) {
        example.flags |= DIA_AVP_M;
    }
    return fail(walk, DIA_MISSING_AVP, &example, false);
}

/* RFC 6733 7.1.5, 5009: the first occurrence beyond the limit; 5008 where there may be none. */
static bool fail_too_many(struct walk *walk, const struct level *level,
                          const struct dia_avp_rule *rule)
{
    struct dia_avp_reader reader = dia_avp_reader(level->octets, level->n);
    struct dia_avp avp = {.attribute = rule->attribute};
    unsigned seen = 0;

    while (seen <= rule->max && dia_avp_next(&reader, &avp)) {
        seen += avp.attribute == rule->attribute;
    }
    return fail(walk, rule->max == 0 ? DIA_AVP_NOT_ALLOWED : DIA_AVP_OCCURS_TOO_MANY_TIMES, &avp,
                true);
}

static bool check_numbers(struct walk *walk, const struct level *level, const uint8_t *counts)
{
    for (size_t i = 0; i < level->rule_count; i++) {
        const struct dia_avp_rule *rule = &level->rules[i];

        if (counts[rule->attribute] < rule->min) {
            return fail_missing(walk, rule->attribute);
        }
        if (rule->max != DIA_MANY && counts[rule->attribute] > rule->max) {
            return fail_too_many(walk, level, rule);
        }
    }
    return true;
}

/* Checks the AVPs of one level, and of the levels below. The depth is bounded by check_group. */
static bool walk_level(struct walk *walk, const struct level *level) // NOLINT(misc-no-recursion)
{
    struct dia_avp_reader reader = dia_avp_reader(level->octets, level->n);
    struct dia_avp avp;
    uint8_t counts[DIA_ATTRIBUTE_COUNT] = {0};

    while (dia_avp_next(&reader, &avp)) {
        if (!check_avp(walk, &avp)) {
            return false;
        }
        if (counts[avp.attribute] < UINT8_MAX) {
            counts[avp.attribute]++;
        }
    }
    if (reader.malformed) {
        return fail(walk, DIA_INVALID_AVP_LENGTH, &avp, false);
    }
    return !walk->counted || check_numbers(walk, level, counts);
}

static bool header_fits(const struct dia_header *header, const struct dia_command_rule *rule)
{
    if (dia_is_request(header)) {
        bool proxiable = (header->flags & DIA_FLAG_P) != 0;
        return (header->flags & DIA_FLAG_E) == 0 && proxiable == rule->proxiable;
    }
    return (header->flags & DIA_FLAG_T) == 0;
}

bool dia_validate(const struct dia_message *message, const struct dia_command_rule *rule,
                  struct dia_failure *failure)
{
    bool protocol_error = (message->header.flags & DIA_FLAG_E) != 0;
    struct walk walk = {.failure = failure, .counted = rule->request || !protocol_error};
    const struct level outer = {message->avps, message->avps_len, rule->avps, rule->avp_count};

    failure->result = DIA_SUCCESS;
    failure->attribute = DIA_UNKNOWN;
    failure->failed_len = 0;
    if (!header_fits(&message->header, rule)) {
        failure->result = DIA_INVALID_HDR_BITS;
        return false;
    }
    return walk_level(&walk, &outer);
}
