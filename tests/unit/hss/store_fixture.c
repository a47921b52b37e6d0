#include "store_fixture.h"

#include <stdio.h>

#include "edge/sqlite/sqlite_admin.h"

static enum store_result load(void *ctx, const struct imsi *imsi, struct subscription *subscription,
                              struct aka_credentials *credentials, struct fault *fault)
{
    struct home *home = ctx;

    return home->port.load(home->port.ctx, imsi, subscription, credentials, fault);
}

static enum store_result begin(void *ctx, struct fault *fault)
{
    struct home *home = ctx;

    return home->port.begin(home->port.ctx, fault);
}

static enum store_result save(void *ctx, struct subscription *subscription, struct fault *fault)
{
    struct home *home = ctx;

    return home->port.save(home->port.ctx, subscription, fault);
}

static enum store_result append_event(void *ctx, const struct home_event *event,
                                      struct fault *fault)
{
    struct home *home = ctx;

    return home->port.append_event(home->port.ctx, event, fault);
}

static enum store_result save_node(void *ctx, uint64_t id, const char *host, const char *realm,
                                   struct fault *fault)
{
    struct home *home = ctx;

    return home->port.save_node(home->port.ctx, id, host, realm, fault);
}

static enum store_result commit(void *ctx, struct fault *fault)
{
    struct home *home = ctx;

    if (home->fail_commit) {
        home->port.rollback(home->port.ctx);
        (void)fault_set(fault, "the commit was told to fail");
        return STORE_FAILED;
    }
    enum store_result result = home->port.commit(home->port.ctx, fault);
    return home->lie ? STORE_FAILED : result;
}

static void rollback(void *ctx)
{
    struct home *home = ctx;

    home->port.rollback(home->port.ctx);
}

static enum store_result poll_changes(void *ctx,
                                      void (*changed)(void *user, const struct imsi *imsi),
                                      void *user, struct fault *fault)
{
    struct home *home = ctx;

    return home->port.poll_changes(home->port.ctx, changed, user, fault);
}

static void must(bool good, const struct fault *fault)
{
    if (!good) {
        fail_msg("%s", fault->text);
    }
}

static const char *in_folder(const char *folder, const char *name, char path[128])
{
    (void)snprintf(path, 128, "%.100s/%s", folder, name);
    return path;
}

void home_open(struct home *home, struct hss_fixture *f, const char *folder)
{
    char path[128];

    memset(home, 0, sizeof *home);
    home->keyring = keyring_open(in_folder(folder, "keys", path), &f->fault);
    must(home->keyring != NULL, &f->fault);
    home->store = sqlite_store_open(in_folder(folder, "home.db", path), SQLITE_STORE_EXISTING,
                                    home->keyring, &f->fault);
    must(home->store != NULL, &f->fault);
    home->port = sqlite_store_port(home->store);
    home->wrapped = (struct home_store){.ctx = home,
                                        .load = load,
                                        .begin = begin,
                                        .save = save,
                                        .append_event = append_event,
                                        .save_node = save_node,
                                        .commit = commit,
                                        .rollback = rollback,
                                        .poll_changes = poll_changes};
    home->hss = hss_fixture_open(f, &home->wrapped);
}

void home_close(struct home *home)
{
    hss_close(home->hss);
    sqlite_store_close(home->store);
    keyring_close(home->keyring);
}

void store_create(struct hss_fixture *f, const char *folder)
{
    struct subscription subscription = hss_fixture_subscription(IMSI);
    struct card_secrets secrets = {.credentials = f->credentials};
    struct fault *fault = &f->fault;
    char path[128];

    assert_true(iccid_parse("8988000000000000016", 19, &subscription.iccid));
    assert_true(card_pin_parse("1234", 4, 4, secrets.pin1));
    assert_true(card_pin_parse("12345678", 8, 8, secrets.puk1));
    assert_true(card_pin_parse("1234", 4, 4, secrets.pin2));
    assert_true(card_pin_parse("12345678", 8, 8, secrets.puk2));
    must(keyring_file_create(in_folder(folder, "keys", path), fault), fault);
    struct keyring *keyring = keyring_open(path, fault);
    must(keyring != NULL, fault);
    struct sqlite_store *store =
        sqlite_store_open(in_folder(folder, "home.db", path), SQLITE_STORE_CREATE, keyring, fault);
    must(store != NULL, fault);
    struct home_store port = sqlite_store_port(store);
    must(port.begin(port.ctx, fault) == STORE_OK &&
             sqlite_admin_import(store, &subscription, &secrets, fault) == STORE_OK &&
             port.commit(port.ctx, fault) == STORE_OK,
         fault);
    sqlite_store_close(store);
    keyring_close(keyring);
}
