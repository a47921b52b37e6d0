/* mooring key: files with the keys that seal secrets at rest. */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/session.h"
#include "edge/keyring/keyring.h"
#include "edge/sqlite/sqlite_admin.h"

static int key_new(const struct cli_args *args)
{
    struct fault fault = {0};

    if (!keyring_file_create(args->positionals[0], &fault)) {
        return cli_failed(&fault);
    }
    (void)printf("%s: one new AES-256 key, readable by you only. Keep a copy apart from the "
                 "database's backups.\n",
                 args->positionals[0]);
    return CLI_OK;
}

static int key_rotate(const struct cli_args *args)
{
    struct session session;
    struct fault fault = {0};
    size_t count = 0;

    if (!session_open(&session, args, false, &fault)) {
        return cli_failed(&fault);
    }
    bool good = keyring_file_rotate(session.settings->key_file, &fault);
    session_close(&session);
    good = good && session_open(&session, args, false, &fault);
    if (!good) {
        return cli_failed(&fault);
    }
    good = sqlite_admin_reseal(session.store, &count, &fault) == STORE_OK;
    if (good) {
        (void)printf("%s: a new key is current, %zu secrets are sealed under it. Restart the home "
                     "network, then remove the older lines.\n",
                     session.settings->key_file, count);
    }
    session_close(&session);
    return good ? CLI_OK : cli_failed(&fault);
}

static const struct cli_option none[] = {{0}};
static const struct cli_option rotate_options[] = {SESSION_OPTION_CONFIG, {0}};

static const struct cli_command commands[] = {
    {"new", "FILE", 1, 1, "Make a key file",
     "The file must not exist. It is made readable by its owner only.",
     "mooring key new mooring.key", none, key_new},
    {"rotate", "", 0, 0, "Put a new key in front and seal everything under it",
     "Stop nothing: the running home network goes on with the keys that it has read; restart it\n"
     "afterwards so that it reads the new one.",
     "mooring key rotate --config mooring.yaml", rotate_options, key_rotate},
    {0},
};

const struct cli_group cli_group_key = {"key", "Keys that seal secrets at rest", commands};
