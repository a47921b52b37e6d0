#include "edge/config/config.h"

#include <stdio.h>
#include <string.h>

#include "aka/sqn.h"
#include "edge/config/config_table.h"
#include "edge/file/file_io.h"

#define CONFIG_SIZE_MAX ((size_t)1024 * 1024)

#define MEMBER(m) offsetof(struct hss_settings, m)

/* So many answers of the longest kind must fit into a reservation, or each would wait for the disk.
 */
#define RESERVE_STEPS 32

static const struct config_key home_keys[] = {
    {.name = "identity", .read = config_identity, .offset = MEMBER(host), .required = true},
    {.name = "realm", .read = config_identity, .offset = MEMBER(realm), .required = true},
    {.name = "plmn", .read = config_plmn, .offset = MEMBER(plmn), .required = true},
    {.name = "listen",
     .read = config_list,
     .offset = MEMBER(listen),
     .required = true,
     .min = 1,
     .max = HSS_LISTEN_MAX,
     .element = config_listen,
     .element_size = sizeof(struct hss_listen),
     .count_offset = MEMBER(listen_count)},
    {.name = "database", .read = config_path, .offset = MEMBER(database), .required = true},
    {.name = "key_file", .read = config_path, .offset = MEMBER(key_file), .required = true},
    {.name = "amf", .read = config_amf, .offset = MEMBER(amf)},
    {.name = "seq_step_max",
     .read = config_u32,
     .offset = MEMBER(seq_step_max),
     .min = 1,
     .max = 65536},
    {.name = "seq_reserve",
     .read = config_u32,
     .offset = MEMBER(seq_reserve),
     .min = 32,
     .max = (int64_t)SQN_DELTA /
            16}, /* a card takes no jump above SQN_DELTA; leave room for crashes */
    {.name = "confirm_window",
     .read = config_duration_ms32,
     .offset = MEMBER(confirm_window_ms),
     .min = 500,
     .max = 300000},
    {.name = "max_records",
     .read = config_u32,
     .offset = MEMBER(max_records),
     .min = 100,
     .max = 100000000},
    {0},
};

static const struct config_key root_keys[] = {
    {.name = "home", .read = config_map, .required = true, .inner = home_keys},
    {.name = "peers",
     .read = config_list,
     .offset = MEMBER(peers),
     .max = HSS_PEERS_MAX,
     .inner = config_peer_keys,
     .element = config_peer,
     .element_size = sizeof(struct hss_peer),
     .count_offset = MEMBER(peer_count)},
    {.name = "profiles", .read = config_profiles, .required = true, .inner = config_profile_keys},
    {0},
};

static void set_defaults(struct hss_settings *settings)
{
    (void)memset(settings, 0, sizeof *settings);
    settings->amf[0] = 0x80;
    settings->seq_step_max = 64;
    settings->seq_reserve = 4096;
    settings->confirm_window_ms = 8000;
    settings->max_records = 100000;
}

/* What no single value shows. */
static bool check_together(const struct config_reader *reader, const struct yaml_tree_node *root,
                           const struct hss_settings *settings)
{
    const struct yaml_tree_node *home = yaml_tree_get(root, "home");

    if (settings->seq_reserve / RESERVE_STEPS < settings->seq_step_max) {
        const struct yaml_tree_node *reserve = yaml_tree_get(home, "seq_reserve");

        return config_wrong(reader, reserve == NULL ? yaml_tree_get(home, "seq_step_max") : reserve,
                            "seq_reserve (%u) must be at least %d times seq_step_max (%u)",
                            settings->seq_reserve, RESERVE_STEPS, settings->seq_step_max);
    }
    return true;
}

bool config_load(const char *path, struct hss_settings *out, struct fault *fault)
{
    struct file_content content;

    if (!file_read(path, CONFIG_SIZE_MAX, &content, fault)) {
        return false;
    }
    bool ok = config_parse(path, content.data, content.size, out, fault);
    file_content_free(&content);
    return ok;
}

bool config_parse(const char *path, const unsigned char *text, size_t n, struct hss_settings *out,
                  struct fault *fault)
{
    struct config_reader reader = {path, fault};
    struct yaml_tree_node *root = yaml_tree_parse(path, text, n, fault);

    if (root == NULL) {
        return false;
    }
    set_defaults(out);
    bool ok = config_read_map(&reader, root, root_keys, out) && check_together(&reader, root, out);
    yaml_tree_free(root);
    return ok;
}

/* Below `prefix`; tables are at most four deep. */
static void each_key(const struct config_key *keys, const char *prefix,
                     void (*visit)(void *user, const char *path), void *user)
{
    for (const struct config_key *key = keys; key->name != NULL; key++) {
        const char *inside = key->read == config_list       ? "[]."
                             : key->read == config_profiles ? ".NAME."
                                                            : ".";
        char path[160];

        (void)snprintf(path, sizeof path, "%s%s", prefix, key->name);
        visit(user, path);
        if (key->inner != NULL) {
            (void)snprintf(path, sizeof path, "%s%s%s", prefix, key->name, inside);
            each_key(key->inner, path, visit, user);
        }
    }
}

void config_each_key(void (*visit)(void *user, const char *path), void *user)
{
    each_key(root_keys, "", visit, user);
}
