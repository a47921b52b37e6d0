/* `profiles:`: what the subscriptions of each kind of machine may do. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "edge/config/config_table.h"

#define RATE_MAX UINT32_MAX /* Max-Requested-Bandwidth is an Unsigned32 of bit/s */
#define DAY_MS   INT64_C(86400000)

#define MEMBER(m) offsetof(struct profile, m)

static const struct config_word access_words[] = {
    {"packet", 2}, {"packet-and-circuit", 0}, {NULL, 0}};

/* TS-Code octets, TS 29.002 17.7.9. */
static const struct config_word teleservice_words[] = {
    {"sms-mt", 0x21}, {"sms-mo", 0x22}, {NULL, 0}};

/* TS 29.272 7.3.30. */
static const struct config_word barring_words[] = {
    {"all-packet-services", 1u << 0},
    {"roamer-access-to-home-aps", 1u << 1},
    {"roamer-access-to-visited-aps", 1u << 2},
    {"outgoing-calls", 1u << 3},
    {"outgoing-international-calls", 1u << 4},
    {"outgoing-international-calls-except-home-country", 1u << 5},
    {"outgoing-inter-zonal-calls", 1u << 6},
    {"outgoing-inter-zonal-calls-except-home-country", 1u << 7},
    {"outgoing-international-calls-except-home-country-and-inter-zonal-calls", 1u << 8},
    {NULL, 0}};
#define BARS_ALL_PACKET_SERVICES (1u << 0)

/* TS 29.272 7.3.31: what is named is not allowed. */
static const struct config_word restrict_words[] = {{"utran", 1u << 0},
                                                    {"geran", 1u << 1},
                                                    {"gan", 1u << 2},
                                                    {"i-hspa-evolution", 1u << 3},
                                                    {"wb-e-utran", 1u << 4},
                                                    {"handover-to-non-3gpp", 1u << 5},
                                                    {"nb-iot", 1u << 6},
                                                    {"enhanced-coverage", 1u << 7},
                                                    {"nr-as-secondary-rat", 1u << 8},
                                                    {"unlicensed-as-secondary-rat", 1u << 9},
                                                    {"nr-in-5gs", 1u << 10},
                                                    {"lte-m", 1u << 11},
                                                    {"wb-e-utran-except-lte-m", 1u << 12},
                                                    {NULL, 0}};

static const struct config_word pdn_words[] = {{"ipv4", 0}, {"ipv6", 1}, {"ipv4v6", 2}, {NULL, 0}};

static const struct config_word violation_words[] = {
    {"alert", VIOLATION_ALERT}, {"refuse", VIOLATION_REFUSE}, {"bar", VIOLATION_BAR}, {NULL, 0}};

static const struct config_word clone_words[] = {
    {"alert", VIOLATION_ALERT}, {"bar", VIOLATION_BAR}, {NULL, 0}};

static bool is_label_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

/* An APN network identifier, TS 23.003 9.1.1: labels as in host names; some beginnings and the end
 * ".gprs" belong to the network. */
static bool is_apn(const char *text)
{
    static const char *const reserved[] = {"rac", "lac", "sgsn", "rnc"};
    size_t len = strlen(text);
    size_t label = 0;

    for (size_t i = 0; i < ARRAY_LEN(reserved); i++) {
        if (strncasecmp(text, reserved[i], strlen(reserved[i])) == 0) {
            return false;
        }
    }
    if (len == 0 || (len >= 5 && strcasecmp(text + len - 5, ".gprs") == 0)) {
        return false;
    }
    for (size_t i = 0; i <= len; i++) {
        if (text[i] == '.' || text[i] == '\0') {
            if (label == 0 || text[i - 1] == '-') {
                return false;
            }
            label = 0;
        } else if (!is_label_character(text[i]) || (text[i] == '-' && label == 0)) {
            return false;
        } else {
            label++;
        }
    }
    return true;
}

static bool read_apn_name(const struct config_reader *reader, const struct yaml_tree_node *node,
                          const struct config_key *key, void *to)
{
    (void)key;
    if (node->kind != YAML_TREE_SCALAR || strlen(node->text) >= PROFILE_APN_NAME ||
        !is_apn(node->text)) {
        return config_expected(reader, node,
                               "an APN network identifier of at most %d characters, such as "
                               "meter.iot (TS 23.003 9.1.1)",
                               PROFILE_APN_NAME - 1);
    }
    (void)snprintf(to, PROFILE_APN_NAME, "%s", node->text);
    return true;
}

/* The default bearer is never of guaranteed bit rate (TS 23.401 4.7.2.1), so only the QCIs without
 * count (TS 23.203 table 6.1.7). */
static bool read_qci(const struct config_reader *reader, const struct yaml_tree_node *node,
                     const struct config_key *key, void *to)
{
    uint8_t qci;

    if (!config_u8(reader, node, key, &qci)) {
        return false;
    }
    if ((qci < 5 || qci > 9) && qci != 69 && qci != 70 && qci != 79 && qci != 80) {
        return config_expected(reader, node,
                               "the QCI of a bearer without guaranteed bit rate: 5 to 9, 69, 70, "
                               "79, 80");
    }
    *(uint8_t *)to = qci;
    return true;
}

static const struct config_key apn_keys[] = {
    {.name = "name",
     .read = read_apn_name,
     .offset = offsetof(struct profile_apn, name),
     .required = true},
    {.name = "type",
     .read = config_word_u8,
     .offset = offsetof(struct profile_apn, pdn_type),
     .words = pdn_words},
    {.name = "qci",
     .read = read_qci,
     .offset = offsetof(struct profile_apn, qci),
     .min = 1,
     .max = 254},
    {.name = "priority",
     .read = config_u8,
     .offset = offsetof(struct profile_apn, arp_priority),
     .min = 1,
     .max = 15},
    {.name = "uplink",
     .read = config_rate,
     .offset = offsetof(struct profile_apn, ambr_uplink),
     .required = true,
     .min = 1,
     .max = RATE_MAX},
    {.name = "downlink",
     .read = config_rate,
     .offset = offsetof(struct profile_apn, ambr_downlink),
     .required = true,
     .min = 1,
     .max = RATE_MAX},
    {0},
};

static bool read_apn(const struct config_reader *reader, const struct yaml_tree_node *node,
                     const struct config_key *key, void *to)
{
    struct profile_apn *apn = to;

    (void)memset(apn, 0, sizeof *apn);
    apn->qci = 9;
    apn->arp_priority = 15;
    if (!config_read_map(reader, node, key->inner, apn)) {
        return false;
    }
    const struct profile_apn *other = apn;
    for (const struct yaml_tree_node *entry = node->parent->first; entry != node;
         entry = entry->next) {
        other--;
        if (strcasecmp(other->name, apn->name) == 0) {
            return config_wrong(reader, node, "the APN %s is there already", apn->name);
        }
    }
    return true;
}

static bool read_teleservice(const struct config_reader *reader, const struct yaml_tree_node *node,
                             const struct config_key *key, void *to)
{
    static const struct config_word telephony[] = {
        {"telephony", 0x11}, {"t11", 0x11}, {"T11", 0x11}, {"11", 0x11}, {NULL, 0}};

    if (node->kind == YAML_TREE_SCALAR && config_find_word(telephony, node->text) != NULL) {
        return config_wrong(
            reader, node,
            "telephony (teleservice 11) can't be given: S6a never carries it, and a "
            "machine that needs no calls must not be able to make them; sms-mt and "
            "sms-mo are possible");
    }
    if (!config_word_u8(reader, node, key, to)) {
        return false;
    }
    const uint8_t *code = to;
    const uint8_t *other = code;
    for (const struct yaml_tree_node *entry = node->parent->first; entry != node;
         entry = entry->next) {
        other--;
        if (*other == *code) {
            return config_wrong(reader, node, "%s is there already", node->text);
        }
    }
    return true;
}

static const struct config_key ambr_keys[] = {
    {.name = "uplink",
     .read = config_rate,
     .offset = MEMBER(ambr_uplink),
     .required = true,
     .min = 1,
     .max = RATE_MAX},
    {.name = "downlink",
     .read = config_rate,
     .offset = MEMBER(ambr_downlink),
     .required = true,
     .min = 1,
     .max = RATE_MAX},
    {0},
};

static const struct config_key binding_keys[] = {
    {.name = "arm", .read = config_bool, .offset = MEMBER(bind)},
    {.name = "violation",
     .read = config_word_enum,
     .offset = MEMBER(violation),
     .words = violation_words},
    {.name = "require_imei", .read = config_bool, .offset = MEMBER(require_imei)},
    {0},
};

static const struct config_key audit_keys[] = {
    {.name = "activation", .read = config_bool, .offset = MEMBER(audit_at_activation)},
    {.name = "change", .read = config_bool, .offset = MEMBER(audit_on_change)},
    {.name = "one_in",
     .read = config_u32,
     .offset = MEMBER(audit_one_in),
     .min = 0,
     .max = 1000000},
    {.name = "silence",
     .read = config_duration_ms64,
     .offset = MEMBER(audit_silence_ms),
     .min = 0,
     .max = 3650 * DAY_MS},
    {.name = "on_clone",
     .read = config_word_enum,
     .offset = MEMBER(on_clone),
     .words = clone_words},
    {0},
};

const struct config_key config_profile_keys[] = {
    {.name = "access",
     .read = config_word_u8,
     .offset = MEMBER(network_access_mode),
     .words = access_words},
    {.name = "teleservices",
     .read = config_list,
     .offset = MEMBER(teleservices),
     .max = PROFILE_TELESERVICES,
     .words = teleservice_words,
     .element = read_teleservice,
     .element_size = 1,
     .count_offset = MEMBER(teleservice_count)},
    {.name = "barring",
     .read = config_bits,
     .offset = MEMBER(operator_determined_barring),
     .words = barring_words},
    {.name = "restrict",
     .read = config_bits,
     .offset = MEMBER(access_restriction),
     .words = restrict_words},
    {.name = "apns",
     .read = config_list,
     .offset = MEMBER(apns),
     .required = true,
     .min = 1,
     .max = PROFILE_APNS,
     .inner = apn_keys,
     .element = read_apn,
     .element_size = sizeof(struct profile_apn),
     .count_offset = MEMBER(apn_count)},
    {.name = "plmns",
     .read = config_list,
     .offset = MEMBER(plmns),
     .max = PROFILE_PLMNS,
     .element = config_plmn,
     .element_size = sizeof(struct plmn),
     .count_offset = MEMBER(plmn_count)},
    {.name = "ambr", .read = config_map, .inner = ambr_keys},
    {.name = "periodic_tau",
     .read = config_duration_s32,
     .offset = MEMBER(periodic_tau_s),
     .min = 0,
     .max =
         413 * DAY_MS}, /* what timer T3412 extended can hold (TS 24.008 10.5.7.4a: 31 * 320 h) */
    {.name = "binding", .read = config_map, .inner = binding_keys},
    {.name = "audit", .read = config_map, .inner = audit_keys},
    {0},
};

void config_profile_defaults(struct profile *profile)
{
    *profile = (struct profile){
        .network_access_mode = 2,
        .bind = true,
        .violation = VIOLATION_REFUSE,
        .require_imei = true,
        .audit_at_activation = true,
        .audit_on_change = true,
        .audit_one_in = 100,
        .audit_silence_ms = 7 * DAY_MS,
        .on_clone = VIOLATION_BAR,
    };
}

/* Without `ambr` a subscription may use all that its APNs may. */
static void default_ambr(struct profile *profile)
{
    uint64_t uplink = 0;
    uint64_t downlink = 0;

    for (size_t i = 0; i < profile->apn_count; i++) {
        uplink += profile->apns[i].ambr_uplink;
        downlink += profile->apns[i].ambr_downlink;
    }
    if (profile->ambr_uplink == 0) {
        profile->ambr_uplink = uplink > RATE_MAX ? RATE_MAX : (uint32_t)uplink;
        profile->ambr_downlink = downlink > RATE_MAX ? RATE_MAX : (uint32_t)downlink;
    }
}

static bool is_profile_name(const char *name)
{
    size_t len = strlen(name);

    return len > 0 && len < HOME_PROFILE_NAME &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") == len;
}

static bool read_profile(const struct config_reader *reader, const struct yaml_tree_node *node,
                         struct profile *profile)
{
    const struct yaml_tree_node *barring;

    if (!is_profile_name(node->key)) {
        return config_wrong(
            reader, node,
            "expected a profile's name of 1 to %d characters: a to z, 0 to 9, - and _",
            HOME_PROFILE_NAME - 1);
    }
    config_profile_defaults(profile);
    (void)snprintf(profile->name, sizeof profile->name, "%s", node->key);
    if (!config_read_map(reader, node, config_profile_keys, profile)) {
        return false;
    }
    if ((profile->operator_determined_barring & BARS_ALL_PACKET_SERVICES) != 0) {
        barring = yaml_tree_get(node, "barring");
        return config_wrong(reader, barring == NULL ? node : barring,
                            "all-packet-services would leave the profile without a usable APN; "
                            "`mooring subscription suspend` stops a single one");
    }
    default_ambr(profile);
    return true;
}

bool config_profiles(const struct config_reader *reader, const struct yaml_tree_node *node,
                     const struct config_key *key, void *to)
{
    struct hss_settings *settings = to;

    (void)key;
    if (node->kind != YAML_TREE_MAP) {
        return config_expected(reader, node, "a map of profile names and profiles");
    }
    for (const struct yaml_tree_node *entry = node->first; entry != NULL; entry = entry->next) {
        if (settings->profile_count == HSS_PROFILES_MAX) {
            return config_wrong(reader, entry, "more than %d profiles", HSS_PROFILES_MAX);
        }
        if (!read_profile(reader, entry, &settings->profiles[settings->profile_count])) {
            return false;
        }
        settings->profile_count++;
    }
    return settings->profile_count > 0 || config_wrong(reader, node, "at least one must be named");
}
