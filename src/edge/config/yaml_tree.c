#include "edge/config/yaml_tree.h"

#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#define DEPTH_MAX 16
#define NODES_MAX 16384

/* The state while the events come in. */
struct reader {
    const char *path;
    struct fault *fault;
    struct yaml_tree_node *root;
    struct yaml_tree_node *open; /* innermost list or map that is not finished */
    char *key; /* of the value that comes next in a map; NULL: the key comes next */
    unsigned key_line;
    unsigned depth;
    unsigned nodes;
    bool done; /* the document is over */
};

static void free_children(struct yaml_tree_node *node)
{
    struct yaml_tree_node *child = node->first;

    while (child != NULL) {
        struct yaml_tree_node *next = child->next;

        free_children(child); /* at most DEPTH_MAX deep */
        free(child->key);
        free(child->text);
        free(child);
        child = next;
    }
}

void yaml_tree_free(struct yaml_tree_node *root)
{
    if (root != NULL) {
        free_children(root);
        free(root->text);
        free(root);
    }
}

const struct yaml_tree_node *yaml_tree_get(const struct yaml_tree_node *map, const char *key)
{
    for (const struct yaml_tree_node *child = map->first; child != NULL; child = child->next) {
        if (child->key != NULL && strcmp(child->key, key) == 0) {
            return child;
        }
    }
    return NULL;
}

static unsigned line_of(const yaml_event_t *event)
{
    return (unsigned)event->start_mark.line + 1;
}

static bool refuse(const struct reader *reader, unsigned line, const char *why)
{
    return fault_set(reader->fault, "%s:%u: %s", reader->path, line, why);
}

/* Makes a node at the place where the reader stands, or returns NULL with a fault. Takes the key
 * over. */
static struct yaml_tree_node *add_node(struct reader *reader, enum yaml_kind kind, unsigned line)
{
    struct yaml_tree_node *parent = reader->open;

    if (parent == NULL && reader->root != NULL) {
        (void)refuse(reader, line, "more than one document in the file");
        return NULL;
    }
    if (++reader->nodes > NODES_MAX) {
        (void)refuse(reader, line, "too many entries for a configuration");
        return NULL;
    }
    struct yaml_tree_node *node = calloc(1, sizeof *node);
    if (node == NULL) {
        (void)refuse(reader, line, "out of memory");
        return NULL;
    }
    node->kind = kind;
    node->line = line;
    node->key = reader->key;
    node->key_line = node->key == NULL ? line : reader->key_line;
    node->parent = parent;
    reader->key = NULL;
    if (parent == NULL) {
        reader->root = node;
    } else if (parent->last == NULL) {
        parent->first = node;
        parent->last = node;
    } else {
        parent->last->next = node;
        parent->last = node;
    }
    return node;
}

static bool take_key(struct reader *reader, char *key, unsigned line)
{
    const struct yaml_tree_node *first = yaml_tree_get(reader->open, key);

    if (first != NULL) {
        (void)fault_set(reader->fault, "%s:%u: %.60s: this key is there already, in line %u",
                        reader->path, line, key, first->key_line);
        free(key);
        return false;
    }
    reader->key = key;
    reader->key_line = line;
    return true;
}

static bool on_scalar(struct reader *reader, const yaml_event_t *event)
{
    const char *value = (const char *)event->data.scalar.value;
    size_t len = event->data.scalar.length;
    bool in_map = reader->open != NULL && reader->open->kind == YAML_TREE_MAP;

    if (memchr(value, '\0', len) != NULL) {
        return refuse(reader, line_of(event), "a text with a NUL character in it");
    }
    char *text = malloc(len + 1);
    if (text == NULL) {
        return refuse(reader, line_of(event), "out of memory");
    }
    (void)memcpy(text, value, len);
    text[len] = '\0';
    if (in_map && reader->key == NULL) {
        return take_key(reader, text, line_of(event));
    }
    struct yaml_tree_node *node = add_node(reader, YAML_TREE_SCALAR, line_of(event));
    if (node == NULL) {
        free(text);
        return false;
    }
    node->text = text;
    node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    return true;
}

static bool on_open(struct reader *reader, const yaml_event_t *event, enum yaml_kind kind)
{
    bool in_map = reader->open != NULL && reader->open->kind == YAML_TREE_MAP;

    if (in_map && reader->key == NULL) {
        return refuse(reader, line_of(event), "expected a key, not a list or map");
    }
    if (++reader->depth > DEPTH_MAX) {
        return refuse(reader, line_of(event), "nested too deeply for a configuration");
    }
    struct yaml_tree_node *node = add_node(reader, kind, line_of(event));
    if (node == NULL) {
        return false;
    }
    reader->open = node;
    return true;
}

static void on_close(struct reader *reader)
{
    if (reader->open != NULL) { /* libyaml pairs its events; but who knows */
        reader->open = reader->open->parent;
        reader->depth--;
    }
}

/* True if the node that the event begins has an anchor or a tag. */
static bool decorated(const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return event->data.scalar.anchor != NULL || event->data.scalar.tag != NULL;
    case YAML_SEQUENCE_START_EVENT:
        return event->data.sequence_start.anchor != NULL || event->data.sequence_start.tag != NULL;
    case YAML_MAPPING_START_EVENT:
        return event->data.mapping_start.anchor != NULL || event->data.mapping_start.tag != NULL;
    default:
        return event->type == YAML_ALIAS_EVENT;
    }
}

static bool on_event(struct reader *reader, const yaml_event_t *event)
{
    if (decorated(event)) {
        return refuse(reader, line_of(event),
                      "anchors (&), aliases (*) and tags (!) are not "
                      "allowed here");
    }
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        return !reader->done ||
               refuse(reader, line_of(event), "a second document (---) in the file");
    case YAML_DOCUMENT_END_EVENT:
        reader->done = true;
        return true;
    case YAML_SCALAR_EVENT:
        return on_scalar(reader, event);
    case YAML_SEQUENCE_START_EVENT:
        return on_open(reader, event, YAML_TREE_LIST);
    case YAML_MAPPING_START_EVENT:
        return on_open(reader, event, YAML_TREE_MAP);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        on_close(reader);
        return true;
    default:
        return true;
    }
}

static bool parse_events(yaml_parser_t *parser, struct reader *reader)
{
    bool ok = true;
    bool more = true;

    while (ok && more) {
        yaml_event_t event;

        if (yaml_parser_parse(parser, &event) == 0) {
            return fault_set(reader->fault, "%s:%zu: not YAML: %s", reader->path,
                             parser->problem_mark.line + 1,
                             parser->problem == NULL ? "unreadable" : parser->problem);
        }
        ok = on_event(reader, &event);
        more = event.type != YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    return ok;
}

struct yaml_tree_node *yaml_tree_parse(const char *path, const unsigned char *text, size_t n,
                                       struct fault *fault)
{
    struct reader reader = {.path = path, .fault = fault};
    yaml_parser_t parser;

    if (yaml_parser_initialize(&parser) == 0) {
        (void)fault_set(fault, "%s: out of memory", path);
        return NULL;
    }
    yaml_parser_set_input_string(&parser, text, n);
    bool ok = parse_events(&parser, &reader);
    yaml_parser_delete(&parser);
    if (ok && reader.root == NULL) {
        ok = fault_set(fault, "%s:1: the file is empty", path);
    }
    free(reader.key);
    if (!ok) {
        yaml_tree_free(reader.root);
        return NULL;
    }
    return reader.root;
}
