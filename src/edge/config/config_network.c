/* Single values: identities, addresses, paths. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "edge/config/config_table.h"

#define ADDRESS_MAX sizeof(((struct hss_listen *)NULL)->address)
_Static_assert(ADDRESS_MAX == sizeof(((struct hss_peer *)NULL)->addresses[0]),
               "both are addresses");

/* A host name of letters, digits and hyphens in labels of 1 to 63 characters. */
static bool is_host_name(const char *text)
{
    size_t label = 0;

    for (const char *p = text; *p != '\0'; p++) {
        bool alphanumeric =
            (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9');

        if (*p == '.') {
            if (label == 0 || p[-1] == '-') {
                return false;
            }
            label = 0;
        } else if (alphanumeric || (*p == '-' && label > 0)) {
            label++;
        } else {
            return false;
        }
        if (label > 63) {
            return false;
        }
    }
    return label > 0;
}

bool config_identity(const struct config_reader *reader, const struct yaml_tree_node *node,
                     const struct config_key *key, void *to)
{
    (void)key;
    if (node->kind != YAML_TREE_SCALAR || strlen(node->text) >= HSS_NAME_MAX ||
        !is_host_name(node->text)) {
        return config_expected(reader, node,
                               "a Diameter identity: a host or realm name (RFC 6733 4.3.1)");
    }
    (void)snprintf(to, HSS_NAME_MAX, "%s", node->text);
    return true;
}

bool config_plmn(const struct config_reader *reader, const struct yaml_tree_node *node,
                 const struct config_key *key, void *to)
{
    (void)key;
    /* With the slash only: a plain 00101 would be a number to other YAML readers, and lose its
     * zeros. */
    if (node->kind != YAML_TREE_SCALAR || strchr(node->text, '/') == NULL ||
        !plmn_parse(node->text, strlen(node->text), to)) {
        return config_expected(reader, node, "a PLMN as MCC/MNC, such as 001/01");
    }
    return true;
}

static bool is_address(const char *text)
{
    struct in6_addr parsed;

    return inet_pton(AF_INET, text, &parsed) == 1 || inet_pton(AF_INET6, text, &parsed) == 1;
}

bool config_address(const struct config_reader *reader, const struct yaml_tree_node *node,
                    const struct config_key *key, void *to)
{
    (void)key;
    if (node->kind != YAML_TREE_SCALAR || strlen(node->text) >= ADDRESS_MAX ||
        !is_address(node->text)) {
        return config_expected(reader, node, "a numeric IPv4 or IPv6 address");
    }
    (void)snprintf(to, ADDRESS_MAX, "%s", node->text);
    return true;
}

/* Splits "ADDRESS:PORT" or "[ADDRESS]:PORT". */
static bool parse_endpoint(const char *text, struct hss_listen *listen)
{
    bool bracket = text[0] == '[';
    const char *begin = bracket ? text + 1 : text;
    size_t len = strcspn(begin, bracket ? "]" : ":");
    const char *colon = begin + len + (bracket && begin[len] == ']');
    size_t digits;

    if (len == 0 || len >= sizeof listen->address || *colon != ':') {
        return false;
    }
    (void)memcpy(listen->address, begin, len);
    listen->address[len] = '\0';
    digits = strspn(colon + 1, "0123456789");
    if (digits == 0 || digits > 5 || colon[1 + digits] != '\0') {
        return false;
    }
    unsigned long port = strtoul(colon + 1, NULL, 10);
    listen->port = (uint16_t)port;
    return port <= UINT16_MAX && is_address(listen->address);
}

bool config_listen(const struct config_reader *reader, const struct yaml_tree_node *node,
                   const struct config_key *key, void *to)
{
    struct hss_listen *listen = to;
    const char *text = node->kind == YAML_TREE_SCALAR ? node->text : "";

    (void)key;
    if (strncmp(text, "tcp://", 6) == 0 && parse_endpoint(text + 6, listen)) {
        listen->transport = HSS_TCP;
        return true;
    }
    if (strncmp(text, "sctp://", 7) == 0 && parse_endpoint(text + 7, listen)) {
        listen->transport = HSS_SCTP;
        return true;
    }
    return config_expected(reader, node,
                           "tcp://ADDRESS:PORT or sctp://ADDRESS:PORT with a numeric address, such "
                           "as tcp://127.0.0.1:3868 or tcp://[::1]:3868");
}

bool config_path(const struct config_reader *reader, const struct yaml_tree_node *node,
                 const struct config_key *key, void *to)
{
    const char *slash = strrchr(reader->path, '/');
    int folder = slash == NULL ? 0 : (int)(slash - reader->path + 1);
    int len;

    (void)key;
    if (node->kind != YAML_TREE_SCALAR || node->text[0] == '\0') {
        return config_expected(reader, node, "a file name");
    }
    if (node->text[0] == '/') {
        folder = 0;
    }
    len = snprintf(to, HSS_PATH_MAX, "%.*s%s", folder, reader->path, node->text);
    if (len < 0 || len >= HSS_PATH_MAX) {
        return config_wrong(reader, node,
                            "with the folder of this file it has more than %d "
                            "characters",
                            HSS_PATH_MAX - 1);
    }
    return true;
}

bool config_amf(const struct config_reader *reader, const struct yaml_tree_node *node,
                const struct config_key *key, void *to)
{
    size_t n;

    (void)key;
    if (node->kind != YAML_TREE_SCALAR || !hex_decode(node->text, strlen(node->text), to, 2, &n) ||
        n != 2) {
        return config_expected(reader, node, "4 hexadecimal digits, such as \"8000\"");
    }
    return true;
}
