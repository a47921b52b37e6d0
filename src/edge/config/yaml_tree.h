/*
 * A YAML file as a small tree with line numbers, read through libyaml's events.
 *
 * The file is input from outside: one document, at most 16 levels and 16384 nodes; anchors,
 * aliases and tags are refused (a few lines of aliases can stand for gigabytes), and so are keys
 * that occur twice.
 */
#ifndef MOORING_EDGE_CONFIG_YAML_TREE_H
#define MOORING_EDGE_CONFIG_YAML_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"

enum yaml_kind { YAML_TREE_SCALAR, YAML_TREE_LIST, YAML_TREE_MAP };

struct yaml_tree_node {
    enum yaml_kind kind;
    unsigned line;                /* counted from 1 */
    unsigned key_line;            /* of the key, in a map */
    char *key;                    /* of this entry, if it stands in a map; else NULL */
    char *text;                   /* of a scalar; NUL-terminated, without NUL inside */
    bool plain;                   /* scalar without quotes */
    struct yaml_tree_node *first; /* children of a list or map, in the file's order */
    struct yaml_tree_node *next;
    struct yaml_tree_node *parent;
    struct yaml_tree_node *last; /* child */
};

/* Reads `n` octets of text; NULL with a fault `PATH:LINE: ...`. yaml_tree_free releases the tree.
 */
struct yaml_tree_node *yaml_tree_parse(const char *path, const unsigned char *text, size_t n,
                                       struct fault *fault);

void yaml_tree_free(struct yaml_tree_node *root);

/* The entry `key` of a map; NULL if there is none. */
const struct yaml_tree_node *yaml_tree_get(const struct yaml_tree_node *map, const char *key);

#endif
