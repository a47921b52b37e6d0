/* Single values: numbers, words, rates, durations. */
#include <stdio.h>
#include <string.h>

#include "edge/config/config_table.h"

/* A unit behind a number and what it multiplies by; the list is ended by a factor of 0. */
struct unit {
    const char *name;
    int64_t factor;
};

/* Reads `digits UNIT` exactly. False if it is anything else or doesn't fit. */
static bool parse_number(const char *text, const struct unit *units, int64_t *value)
{
    size_t digits = strspn(text, "0123456789");
    int64_t number = 0;

    if (digits == 0 || digits > 18) {
        return false;
    }
    for (size_t i = 0; i < digits; i++) {
        number = number * 10 + (text[i] - '0');
    }
    for (const struct unit *unit = units; unit->factor != 0; unit++) {
        if (strcmp(text + digits, unit->name) == 0) {
            return !__builtin_mul_overflow(number, unit->factor, value);
        }
    }
    return false;
}

static bool scalar_number(const struct yaml_tree_node *node, const struct unit *units,
                          const struct config_key *key, int64_t *value)
{
    return node->kind == YAML_TREE_SCALAR && parse_number(node->text, units, value) &&
           *value >= key->min && *value <= key->max;
}

static bool whole_number(const struct config_reader *reader, const struct yaml_tree_node *node,
                         const struct config_key *key, int64_t *value)
{
    static const struct unit units[] = {{"", 1}, {NULL, 0}};

    return scalar_number(node, units, key, value) ||
           config_expected(reader, node, "a whole number from %lld to %lld", (long long)key->min,
                           (long long)key->max);
}

bool config_u32(const struct config_reader *reader, const struct yaml_tree_node *node,
                const struct config_key *key, void *to)
{
    int64_t value = 0;

    if (!whole_number(reader, node, key, &value)) {
        return false;
    }
    *(uint32_t *)to = (uint32_t)value;
    return true;
}

bool config_u8(const struct config_reader *reader, const struct yaml_tree_node *node,
               const struct config_key *key, void *to)
{
    int64_t value = 0;

    if (!whole_number(reader, node, key, &value)) {
        return false;
    }
    *(uint8_t *)to = (uint8_t)value;
    return true;
}

bool config_bool(const struct config_reader *reader, const struct yaml_tree_node *node,
                 const struct config_key *key, void *to)
{
    (void)key;
    bool yes = node->kind == YAML_TREE_SCALAR &&
               (strcmp(node->text, "yes") == 0 || strcmp(node->text, "true") == 0);
    bool no = node->kind == YAML_TREE_SCALAR &&
              (strcmp(node->text, "no") == 0 || strcmp(node->text, "false") == 0);

    if (!yes && !no) {
        return config_expected(reader, node, "yes or no");
    }
    *(bool *)to = yes;
    return true;
}

const struct config_word *config_find_word(const struct config_word *words, const char *text)
{
    for (const struct config_word *word = words; word->name != NULL; word++) {
        if (strcmp(word->name, text) == 0) {
            return word;
        }
    }
    return NULL;
}

/* The word that the value is, or NULL with a fault that lists all words. */
static const struct config_word *read_word(const struct config_reader *reader,
                                           const struct yaml_tree_node *node,
                                           const struct config_word *words)
{
    const struct config_word *word =
        node->kind == YAML_TREE_SCALAR ? config_find_word(words, node->text) : NULL;
    char list[240] = "";
    size_t used = 0;

    if (word != NULL) {
        return word;
    }
    for (word = words; word->name != NULL && used < sizeof list; word++) {
        int len =
            snprintf(list + used, sizeof list - used, "%s%s", used == 0 ? "" : ", ", word->name);
        used += len > 0 ? (size_t)len : 0;
    }
    (void)config_expected(reader, node, "%s%s", words[1].name == NULL ? "" : "one of ", list);
    return NULL;
}

bool config_word_u8(const struct config_reader *reader, const struct yaml_tree_node *node,
                    const struct config_key *key, void *to)
{
    const struct config_word *word = read_word(reader, node, key->words);

    if (word == NULL) {
        return false;
    }
    *(uint8_t *)to = (uint8_t)word->value;
    return true;
}

bool config_word_enum(const struct config_reader *reader, const struct yaml_tree_node *node,
                      const struct config_key *key, void *to)
{
    const struct config_word *word = read_word(reader, node, key->words);

    if (word == NULL) {
        return false;
    }
    _Static_assert(sizeof(enum violation_policy) == sizeof word->value, "enums are 32 bits wide");
    (void)memcpy(to, &word->value, sizeof word->value);
    return true;
}

bool config_bits(const struct config_reader *reader, const struct yaml_tree_node *node,
                 const struct config_key *key, void *to)
{
    uint32_t bits = 0;

    if (node->kind != YAML_TREE_LIST) {
        return config_expected(reader, node, "a list");
    }
    for (const struct yaml_tree_node *entry = node->first; entry != NULL; entry = entry->next) {
        const struct config_word *word = read_word(reader, entry, key->words);

        if (word == NULL) {
            return false;
        }
        bits |= word->value;
    }
    *(uint32_t *)to = bits;
    return true;
}

bool config_rate(const struct config_reader *reader, const struct yaml_tree_node *node,
                 const struct config_key *key, void *to)
{
    static const struct unit units[] = {
        {"", 1}, {"k", 1000}, {"M", 1000000}, {"G", 1000000000}, {NULL, 0}};
    int64_t value = 0;

    if (!scalar_number(node, units, key, &value)) {
        return config_expected(reader, node,
                               "a bit rate such as 64k or 1M, from %lld to %lld bit/s",
                               (long long)key->min, (long long)key->max);
    }
    *(uint32_t *)to = (uint32_t)value;
    return true;
}

/* Writes milliseconds as a person would: "8s", "7d". */
static void duration_text(int64_t ms, char *text, size_t capacity)
{
    static const struct unit units[] = {{"d", 86400000}, {"h", 3600000}, {"m", 60000},
                                        {"s", 1000},     {"ms", 1},      {NULL, 0}};
    const struct unit *unit = units;

    while (ms % unit->factor != 0) {
        unit++;
    }
    (void)snprintf(text, capacity, "%lld%s", (long long)(ms / unit->factor), unit->name);
}

static bool duration(const struct config_reader *reader, const struct yaml_tree_node *node,
                     const struct config_key *key, int64_t *ms)
{
    static const struct unit units[] = {{"ms", 1},      {"s", 1000},     {"m", 60000},
                                        {"h", 3600000}, {"d", 86400000}, {NULL, 0}};
    char min[32];
    char max[32];

    if (key->min == 0 && node->kind == YAML_TREE_SCALAR && strcmp(node->text, "never") == 0) {
        *ms = 0;
        return true;
    }
    if (scalar_number(node, units, key, ms) && *ms != 0) {
        return true;
    }
    duration_text(key->min == 0 ? 1000 : key->min, min, sizeof min);
    duration_text(key->max, max, sizeof max);
    return config_expected(reader, node, "a duration such as 8s, 15m, 24h or 7d, from %s to %s%s",
                           min, max, key->min == 0 ? ", or never" : "");
}

bool config_duration_ms32(const struct config_reader *reader, const struct yaml_tree_node *node,
                          const struct config_key *key, void *to)
{
    int64_t ms = 0;

    if (!duration(reader, node, key, &ms)) {
        return false;
    }
    *(uint32_t *)to = (uint32_t)ms;
    return true;
}

bool config_duration_s32(const struct config_reader *reader, const struct yaml_tree_node *node,
                         const struct config_key *key, void *to)
{
    int64_t ms = 0;

    if (!duration(reader, node, key, &ms)) {
        return false;
    }
    if (ms % 1000 != 0) {
        return config_expected(reader, node, "whole seconds");
    }
    *(uint32_t *)to = (uint32_t)(ms / 1000);
    return true;
}

bool config_duration_ms64(const struct config_reader *reader, const struct yaml_tree_node *node,
                          const struct config_key *key, void *to)
{
    int64_t ms = 0;

    if (!duration(reader, node, key, &ms)) {
        return false;
    }
    *(int64_t *)to = ms;
    return true;
}
