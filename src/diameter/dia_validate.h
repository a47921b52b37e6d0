/*
 * Checks whole messages against the table of their command (the CCF of RFC 6733 3.2) and yields the
 * error that RFC 6733 7.1 asks for, with the content of its Failed-AVP (7.5).
 */
#ifndef MOORING_DIAMETER_DIA_VALIDATE_H
#define MOORING_DIAMETER_DIA_VALIDATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "diameter/dia_message.h"

#define DIA_MANY 255 /* as max: no limit */

/* How often an AVP may be in a message or group. max 0: not at all (5008). */
struct dia_avp_rule {
    enum dia_attribute attribute;
    uint8_t min;
    uint8_t max;
};

/* One command of one application, as a request or as an answer. An AVP that has no rule may be
 * there
 * (`* [ AVP ]`) as long as we know it or its M flag is clear. */
struct dia_command_rule {
    const char *name;
    uint32_t application;
    uint32_t command;
    bool request;
    bool proxiable; /* the P flag must be set if so, and clear if not: 3008 */
    const struct dia_avp_rule *avps;
    size_t avp_count;
};

/* What is inside a group (RFC 6733 4.4), for every message that holds it. */
struct dia_group_rule {
    enum dia_attribute group;
    const struct dia_avp_rule *members;
    size_t member_count;
};

/* The content of a Failed-AVP that we send is cut to this: a peer must not make us carry its load.
 */
#define DIA_FAILED_MAX 320

struct dia_failure {
    uint32_t result;              /* an enum dia_result; DIA_SUCCESS if the message is right */
    enum dia_attribute attribute; /* the offending one; DIA_UNKNOWN if unknown or none */
    uint8_t
        failed[DIA_FAILED_MAX]; /* the Failed-AVP's content: the AVP inside the groups around it */
    size_t failed_len;          /* 0: the answer has no Failed-AVP */
};

/*
 * Checks a message against the rule of its command: header bits, and every AVP: length (5014),
 * flags (3009), known if mandatory (5001), value (5004), number (5005, 5008, 5009), in groups as
 * well to the depth of DIA_AVP_DEPTH_MAX. Reports what it meets first; missing AVPs last. True if
 * all is well. Unknown AVPs without the M flag are ignored whatever they hold. In answers, where a
 * command's rules only hold for success, pass `rule` with the AVPs that every answer has.
 */
bool dia_validate(const struct dia_message *message, const struct dia_command_rule *rule,
                  struct dia_failure *failure);

/* The rule of a base command (CER, CEA, DWR, DWA, DPR, DPA), or NULL. */
const struct dia_command_rule *dia_base_rule(uint32_t command, bool request);

/* The rule of a group of the dictionary, or NULL if anything may be in it. */
const struct dia_group_rule *dia_group_rule(enum dia_attribute group);

#endif
