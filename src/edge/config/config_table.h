/*
 * Keys of the configuration as tables: what a key is called, where its value goes, what it may be.
 * The tables are in config_home.c, config_peer.c and config_profile.c; the readers of single values
 * in config_value.c and config_network.c; config_table.c walks a map by its table.
 */
#ifndef MOORING_EDGE_CONFIG_CONFIG_TABLE_H
#define MOORING_EDGE_CONFIG_CONFIG_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "edge/config/yaml_tree.h"
#include "hss/settings.h"

struct config_reader {
    const char *path; /* the file's name as given */
    struct fault *fault;
};

/* A word that a value may be, and the number it stands for. */
struct config_word {
    const char *name;
    uint32_t value;
};

struct config_key;

/* Reads the value `node` into the member at `to`. */
typedef bool (*config_function)(const struct config_reader *reader,
                                const struct yaml_tree_node *node, const struct config_key *key,
                                void *to);

struct config_key {
    const char *name;
    config_function read;
    size_t offset; /* of the member in the struct that the map is read into */
    bool required;
    int64_t min; /* of a number, a rate (bit/s), a duration (ms), or a list's length */
    int64_t max;
    const struct config_word *words; /* ended by a NULL name */
    const struct config_key
        *inner;              /* keys of a map, or of the maps in a list; ended by a NULL name */
    config_function element; /* lists: reads one element */
    size_t element_size;
    size_t count_offset; /* lists: of the size_t that counts, in the same struct as `offset` */
};

/* Sets the fault `FILE:LINE: KEY: expected EXPECTED, not "TEXT"`. Returns false. */
bool config_expected(const struct config_reader *reader, const struct yaml_tree_node *node,
                     const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Sets the fault `FILE:LINE: KEY: ...`. Returns false. */
bool config_wrong(const struct config_reader *reader, const struct yaml_tree_node *node,
                  const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Reads a map by its table into the struct at `target`. */
bool config_read_map(const struct config_reader *reader, const struct yaml_tree_node *node,
                     const struct config_key *keys, void *target);

/* config_table.c: reading through tables. config_map reads into the same struct (offset 0 or a
 * member); config_list fills an array and its count. */
bool config_map(const struct config_reader *reader, const struct yaml_tree_node *node,
                const struct config_key *key, void *to);
bool config_list(const struct config_reader *reader, const struct yaml_tree_node *node,
                 const struct config_key *key, void *to);

/* config_value.c: single values. The name says the member's type. */
bool config_u32(const struct config_reader *reader, const struct yaml_tree_node *node,
                const struct config_key *key, void *to);
bool config_u8(const struct config_reader *reader, const struct yaml_tree_node *node,
               const struct config_key *key, void *to);
bool config_bool(const struct config_reader *reader, const struct yaml_tree_node *node,
                 const struct config_key *key, void *to);
/* A word, to a uint8_t; to an enum. */
bool config_word_u8(const struct config_reader *reader, const struct yaml_tree_node *node,
                    const struct config_key *key, void *to);
bool config_word_enum(const struct config_reader *reader, const struct yaml_tree_node *node,
                      const struct config_key *key, void *to);
/* A list of words, OR'ed into a uint32_t. */
bool config_bits(const struct config_reader *reader, const struct yaml_tree_node *node,
                 const struct config_key *key, void *to);
/* "64k", "1M", "2G" bit/s to a uint32_t. */
bool config_rate(const struct config_reader *reader, const struct yaml_tree_node *node,
                 const struct config_key *key, void *to);
/* "500ms", "8s", "15m", "24h", "7d" or "never" (0, where min is 0), to: uint32_t milliseconds,
 * uint32_t seconds, int64_t milliseconds. min and max are milliseconds. */
bool config_duration_ms32(const struct config_reader *reader, const struct yaml_tree_node *node,
                          const struct config_key *key, void *to);
bool config_duration_s32(const struct config_reader *reader, const struct yaml_tree_node *node,
                         const struct config_key *key, void *to);
bool config_duration_ms64(const struct config_reader *reader, const struct yaml_tree_node *node,
                          const struct config_key *key, void *to);

/* config_network.c: identities, addresses, paths. */
bool config_identity(const struct config_reader *reader, const struct yaml_tree_node *node,
                     const struct config_key *key, void *to); /* char[HSS_NAME_MAX] */
bool config_plmn(const struct config_reader *reader, const struct yaml_tree_node *node,
                 const struct config_key *key, void *to);
bool config_address(const struct config_reader *reader, const struct yaml_tree_node *node,
                    const struct config_key *key, void *to); /* char[64] */
bool config_listen(const struct config_reader *reader, const struct yaml_tree_node *node,
                   const struct config_key *key, void *to);
bool config_path(const struct config_reader *reader, const struct yaml_tree_node *node,
                 const struct config_key *key, void *to); /* char[HSS_PATH_MAX] */
bool config_amf(const struct config_reader *reader, const struct yaml_tree_node *node,
                const struct config_key *key, void *to); /* uint8_t[2] */

/* config_profile.c, config_peer.c: `to` is the struct hss_settings. */
bool config_profiles(const struct config_reader *reader, const struct yaml_tree_node *node,
                     const struct config_key *key, void *to);
bool config_peer(const struct config_reader *reader, const struct yaml_tree_node *node,
                 const struct config_key *key, void *to);
extern const struct config_key config_profile_keys[];
extern const struct config_key config_peer_keys[];

/* What a file that leaves a key out gets. */
void config_profile_defaults(struct profile *profile);

/* The word of `text` in the list; NULL if it isn't there. */
const struct config_word *config_find_word(const struct config_word *words, const char *text);

#endif
