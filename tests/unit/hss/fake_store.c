#include "hss_fixture.h"

static int find(const struct fake_store *store, const struct imsi *imsi)
{
    for (size_t i = 0; i < store->count; i++) {
        if (imsi_equal(&store->committed[i].imsi, imsi)) {
            return (int)i;
        }
    }
    return -1;
}

static enum store_result told_to_fail(struct fault *fault, const char *what)
{
    (void)fault_set(fault, "%s was told to fail", what);
    return STORE_FAILED;
}

static enum store_result fake_load(void *ctx, const struct imsi *imsi,
                                   struct subscription *subscription,
                                   struct aka_credentials *credentials, struct fault *fault)
{
    struct hss_fixture *f = ctx;
    int at = find(&f->store, imsi);

    f->store.loads++;
    if (f->store.fail_load) {
        return told_to_fail(fault, "load");
    }
    if (at < 0) {
        return STORE_NOT_FOUND;
    }
    *subscription = f->store.in_transaction ? f->store.working[at] : f->store.committed[at];
    *credentials = f->credentials;
    return STORE_OK;
}

static enum store_result fake_begin(void *ctx, struct fault *fault)
{
    struct hss_fixture *f = ctx;

    assert_false(f->store.in_transaction);
    if (f->store.fail_begin) {
        return told_to_fail(fault, "begin");
    }
    f->store.begins++;
    f->store.in_transaction = true;
    f->store.pending_events = 0;
    memcpy(f->store.working, f->store.committed, sizeof f->store.working);
    return STORE_OK;
}

static enum store_result fake_save(void *ctx, struct subscription *subscription,
                                   struct fault *fault)
{
    struct hss_fixture *f = ctx;
    int at = find(&f->store, &subscription->imsi);

    assert_true(f->store.in_transaction);
    if (f->store.fail_save) {
        return told_to_fail(fault, "save");
    }
    assert_true(at >= 0);
    if (f->store.conflict || f->store.working[at].version != subscription->version) {
        (void)fault_set(fault, "conflict");
        return STORE_CONFLICT;
    }
    subscription->version++;
    f->store.working[at] = *subscription;
    return STORE_OK;
}

static enum store_result fake_append(void *ctx, const struct home_event *event, struct fault *fault)
{
    struct hss_fixture *f = ctx;

    assert_true(f->store.in_transaction);
    if (f->store.fail_event) {
        return told_to_fail(fault, "append_event");
    }
    assert_true(f->store.event_count + f->store.pending_events < FAKE_EVENTS);
    f->store.events[f->store.event_count + f->store.pending_events++] = event->kind;
    return STORE_OK;
}

static enum store_result fake_save_node(void *ctx, uint64_t id, const char *host, const char *realm,
                                        struct fault *fault)
{
    struct hss_fixture *f = ctx;

    (void)fault;
    assert_true(f->store.in_transaction);
    assert_int_equal(id, node_id(host, strlen(host)));
    assert_true(realm[0] != '\0');
    f->store.nodes++;
    return STORE_OK;
}

static enum store_result fake_commit(void *ctx, struct fault *fault)
{
    struct hss_fixture *f = ctx;

    assert_true(f->store.in_transaction);
    f->store.in_transaction = false;
    if (f->store.fail_commit) {
        return told_to_fail(fault, "commit");
    }
    f->store.commits++;
    f->store.event_count += f->store.pending_events;
    memcpy(f->store.committed, f->store.working, sizeof f->store.committed);
    return STORE_OK;
}

static void fake_rollback(void *ctx)
{
    struct hss_fixture *f = ctx;

    assert_true(f->store.in_transaction);
    f->store.in_transaction = false;
}

static enum store_result fake_poll(void *ctx, void (*changed)(void *user, const struct imsi *imsi),
                                   void *user, struct fault *fault)
{
    struct hss_fixture *f = ctx;

    f->store.polls++;
    if (f->store.fail_poll) {
        return told_to_fail(fault, "poll_changes");
    }
    if (f->store.tell_all) {
        changed(user, NULL);
    } else if (f->store.changed.digits[0] != '\0') {
        changed(user, &f->store.changed);
    }
    f->store.tell_all = false;
    memset(&f->store.changed, 0, sizeof f->store.changed);
    return STORE_OK;
}

void fake_store_init(struct hss_fixture *f)
{
    f->store.port = (struct home_store){.ctx = f,
                                        .load = fake_load,
                                        .begin = fake_begin,
                                        .save = fake_save,
                                        .append_event = fake_append,
                                        .save_node = fake_save_node,
                                        .commit = fake_commit,
                                        .rollback = fake_rollback,
                                        .poll_changes = fake_poll};
    f->store.committed[0] = hss_fixture_subscription(IMSI);
    f->store.committed[1] = hss_fixture_subscription(IMSI2);
    f->store.count = 2;
}
