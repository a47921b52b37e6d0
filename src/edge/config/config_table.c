#include "edge/config/config_table.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define NAME_MAX_CLOSE 32 /* longer names are not compared for "did you mean" */
#define PATH_LEN       160

/* Puts "home.listen[1]" for a node to `path`. */
static void path_of(const struct yaml_tree_node *node, char path[PATH_LEN])
{
    char tail[PATH_LEN] = "";

    path[0] = '\0';
    for (; node->parent != NULL; node = node->parent) {
        (void)memcpy(tail, path, PATH_LEN);
        if (node->key != NULL) {
            (void)snprintf(path, PATH_LEN, "%s%.40s%.100s", node->parent->parent == NULL ? "" : ".",
                           node->key, tail);
        } else {
            unsigned index = 1;

            for (const struct yaml_tree_node *sibling = node->parent->first; sibling != node;
                 sibling = sibling->next) {
                index++;
            }
            (void)snprintf(path, PATH_LEN, "[%u]%.140s", index, tail);
        }
    }
}

static bool say(const struct config_reader *reader, const struct yaml_tree_node *node,
                const char *text)
{
    char path[PATH_LEN];

    path_of(node, path);
    return fault_set(reader->fault, "%s:%u: %s%s%s", reader->path, node->key_line, path,
                     path[0] == '\0' ? "" : ": ", text);
}

bool config_wrong(const struct config_reader *reader, const struct yaml_tree_node *node,
                  const char *format, ...)
{
    char text[320];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return say(reader, node, text);
}

bool config_expected(const struct config_reader *reader, const struct yaml_tree_node *node,
                     const char *format, ...)
{
    static const char *const kinds[] = {"", "a list", "a map"};
    char expected[240];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(expected, sizeof expected, format, arguments);
    va_end(arguments);
    if (node->kind != YAML_TREE_SCALAR) {
        return config_wrong(reader, node, "expected %s, not %s", expected, kinds[node->kind]);
    }
    if (node->text[0] == '\0') {
        return config_wrong(reader, node, "expected %s, and found nothing", expected);
    }
    return config_wrong(reader, node, "expected %s, not \"%.60s\"", expected, node->text);
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The number of characters to insert, delete or replace to make `b` of `a` (Levenshtein), or a
 * large number for long names. */
static size_t edits(const char *a, const char *b)
{
    size_t row[NAME_MAX_CLOSE + 1];
    size_t a_len = strlen(a);
    size_t b_len = strlen(b);

    if (a_len > NAME_MAX_CLOSE || b_len > NAME_MAX_CLOSE) {
        return SIZE_MAX;
    }
    for (size_t j = 0; j <= b_len; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= a_len; i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            size_t above = row[j];

            row[j] = least(least(above, row[j - 1]) + 1, diagonal + (a[i - 1] != b[j - 1]));
            diagonal = above;
        }
    }
    return row[b_len];
}

static bool unknown_key(const struct config_reader *reader, const struct yaml_tree_node *entry,
                        const struct config_key *keys)
{
    const char *closest = NULL;
    size_t distance = 4; /* at most three edits away, and fewer than the name is long */

    for (const struct config_key *key = keys; key->name != NULL; key++) {
        bool begins =
            strlen(entry->key) > 2 && strncmp(key->name, entry->key, strlen(entry->key)) == 0;
        size_t d = begins ? 1 : edits(entry->key, key->name);

        if (d < distance && d < strlen(key->name)) {
            distance = d;
            closest = key->name;
        }
    }
    if (closest != NULL) {
        return config_wrong(reader, entry, "there is no such key; did you mean %s?", closest);
    }
    char list[200] = "";
    size_t used = 0;
    for (const struct config_key *key = keys; key->name != NULL && used < sizeof list; key++) {
        int len =
            snprintf(list + used, sizeof list - used, "%s%s", used == 0 ? "" : ", ", key->name);
        used += len > 0 ? (size_t)len : 0;
    }
    return config_wrong(reader, entry, "there is no such key here; there are: %s", list);
}

static const struct config_key *find_key(const struct config_key *keys, const char *name)
{
    for (const struct config_key *key = keys; key->name != NULL; key++) {
        if (strcmp(key->name, name) == 0) {
            return key;
        }
    }
    return NULL;
}

bool config_read_map(const struct config_reader *reader, const struct yaml_tree_node *node,
                     const struct config_key *keys, void *target)
{
    if (node->kind != YAML_TREE_MAP) {
        return config_expected(reader, node, "a map of keys and values");
    }
    for (const struct yaml_tree_node *entry = node->first; entry != NULL; entry = entry->next) {
        const struct config_key *key = find_key(keys, entry->key);

        if (key == NULL) {
            return unknown_key(reader, entry, keys);
        }
        if (!key->read(reader, entry, key, (char *)target + key->offset)) {
            return false;
        }
    }
    for (const struct config_key *key = keys; key->name != NULL; key++) {
        if (key->required && yaml_tree_get(node, key->name) == NULL) {
            return config_wrong(reader, node, "the key %s is missing", key->name);
        }
    }
    return true;
}

bool config_map(const struct config_reader *reader, const struct yaml_tree_node *node,
                const struct config_key *key, void *to)
{
    return config_read_map(reader, node, key->inner, to);
}

bool config_list(const struct config_reader *reader, const struct yaml_tree_node *node,
                 const struct config_key *key, void *to)
{
    /* `to` is the array; the count is another member of the same struct. */
    char *array = to;
    size_t *count = (size_t *)(void *)(array - key->offset + key->count_offset);

    if (node->kind != YAML_TREE_LIST) {
        return config_expected(reader, node, "a list");
    }
    *count = 0;
    for (const struct yaml_tree_node *entry = node->first; entry != NULL; entry = entry->next) {
        if (*count == (size_t)key->max) {
            return config_wrong(reader, entry, "at most %lld entries are possible",
                                (long long)key->max);
        }
        if (!key->element(reader, entry, key, array + *count * key->element_size)) {
            return false;
        }
        ++*count;
    }
    if (*count < (size_t)key->min) {
        return config_wrong(reader, node, "at least %lld must be named", (long long)key->min);
    }
    return true;
}
