/* The store as a port: what is saved comes back, versions, changes by others, hostile rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "store_fixture.h"

/* A record in which nothing is zero that can be stored. */
static void fill(struct subscription *s)
{
    (void)strcpy(s->msisdn, "491710000000");
    (void)strcpy(s->profile, "phone");
    s->status = SUBSCRIPTION_SUSPENDED;
    s->first_used_at_ms = -5;
    s->verdict = VERDICT_CLONED;
    s->auth.seq_reserved = 4096;
    s->auth.confirmed = (struct sqn_mark){.seq = 77, .ind = 31, .set = true};
    s->auth.probable = (struct sqn_mark){.seq = (UINT64_C(1) << 43) - 1, .ind = 1, .set = true};
    s->auth.audit_due = AUDIT_BASELINE;
    s->auth.stale_unanswered = 2;
    s->auth.suspicion_left = 3;
    s->auth.audits = 0x01020304;
    s->auth.nodes[7] = (struct serving_node_use){.id = UINT64_MAX, .last_at_ms = 9};
    s->binding.state = BINDING_RELEASED;
    assert_true(imei_parse("35693803564380", 14, &s->binding.machine));
    assert_true(imei_parse("3569380356438012", 16, &s->binding.declared[0]));
    assert_true(imei_parse("35693803564381", 14, &s->binding.declared[1]));
    (void)strcpy(s->binding.ticket, "0123456789abcdef");
    assert_true(imei_parse("35693803564382", 14, &s->binding.ticket_machine));
    s->binding.ticket_until_ms = INT64_MAX;
    assert_true(imei_parse("35693803564383", 14, &s->binding.offender));
    s->binding.changed_at_ms = 1700000000000;
    s->registration.node = UINT64_MAX - 1;
    assert_true(plmn_parse("310/410", 7, &s->registration.plmn));
    s->registration.rat_type = UINT32_MAX;
    s->registration.at_ms = 1700000000001;
}

static void assert_same_binding(const struct binding *a, const struct binding *b)
{
    assert_int_equal(a->state, b->state);
    assert_memory_equal(&a->machine, &b->machine, sizeof a->machine);
    assert_memory_equal(a->declared, b->declared, sizeof a->declared);
    assert_string_equal(a->ticket, b->ticket);
    assert_memory_equal(&a->ticket_machine, &b->ticket_machine, sizeof a->ticket_machine);
    assert_int_equal(a->ticket_until_ms, b->ticket_until_ms);
    assert_memory_equal(&a->offender, &b->offender, sizeof a->offender);
    assert_int_equal(a->changed_at_ms, b->changed_at_ms);
}

static void test_record_comes_back(void **state)
{
    struct store_fixture *f = *state;
    struct subscription a;
    struct subscription b;

    import_samples(f, 1, 1);
    load_sample(f, 1, &a);
    assert_int_equal(a.version, 0);
    assert_int_equal(a.binding.state, BINDING_ARMED);
    assert_int_equal(a.auth.seq_issued, 0);
    fill(&a);
    assert_int_equal(save_alone(f, &a), STORE_OK);
    assert_int_equal(a.version, 1);
    load_sample(f, 1, &b);
    assert_int_equal(b.version, 1);
    assert_string_equal(b.msisdn, a.msisdn);
    assert_string_equal(b.profile, a.profile);
    assert_int_equal(b.status, a.status);
    assert_int_equal(b.first_used_at_ms, a.first_used_at_ms);
    assert_int_equal(b.verdict, a.verdict);
    assert_int_equal(b.auth.seq_issued, 4096); /* goes on behind the reservation */
    assert_int_equal(b.auth.seq_reserved, 4096);
    assert_true(b.auth.forgotten);
    assert_int_equal(b.auth.confirmed.seq, 77);
    assert_int_equal(b.auth.confirmed.ind, 31);
    assert_true(b.auth.confirmed.set && b.auth.probable.set);
    assert_int_equal(b.auth.probable.seq, a.auth.probable.seq);
    assert_int_equal(b.auth.audit_due, AUDIT_BASELINE);
    assert_int_equal(b.auth.audits, 0x01020304);
    assert_memory_equal(b.auth.nodes, a.auth.nodes, sizeof a.auth.nodes);
    assert_same_binding(&a.binding, &b.binding);
    assert_int_equal(b.registration.node, a.registration.node);
    assert_true(plmn_equal(&b.registration.plmn, &a.registration.plmn));
    assert_int_equal(b.registration.rat_type, UINT32_MAX);
    assert_int_equal(b.registration.at_ms, a.registration.at_ms);
}

static void test_unknown_subscription(void **state)
{
    struct store_fixture *f = *state;
    struct subscription s;
    struct aka_credentials credentials;
    struct subscription wanted;

    sample_subscription(9, &wanted);
    assert_int_equal(f->port.load(f->port.ctx, &wanted.imsi, &s, &credentials, &f->fault),
                     STORE_NOT_FOUND);
    assert_int_equal(save_alone(f, &wanted), STORE_NOT_FOUND);
    assert_non_null(strstr(f->fault.text, wanted.imsi.digits));
}

static void test_old_version_conflicts(void **state)
{
    struct store_fixture *f = *state;
    struct subscription a;
    struct subscription b;

    import_samples(f, 1, 1);
    load_sample(f, 1, &a);
    b = a;
    a.status = SUBSCRIPTION_ACTIVE;
    assert_int_equal(save_alone(f, &a), STORE_OK);
    b.status = SUBSCRIPTION_SUSPENDED;
    assert_int_equal(save_alone(f, &b), STORE_CONFLICT);
    assert_int_equal(b.version, 0);
    load_sample(f, 1, &b);
    assert_int_equal(b.status, SUBSCRIPTION_ACTIVE);
    assert_int_equal(save_alone(f, &b), STORE_OK);
}

static void test_rollback_undoes_all(void **state)
{
    struct store_fixture *f = *state;
    struct home_store *p = &f->port;
    struct home_event event = {.at_ms = 1, .kind = EVENT_BINDING_BOUND};
    struct subscription a;
    struct subscription b;
    int64_t last;

    import_samples(f, 1, 2);
    load_sample(f, 1, &a);
    load_sample(f, 2, &b);
    assert_int_equal(p->begin(p->ctx, &f->fault), STORE_OK);
    a.status = SUBSCRIPTION_ACTIVE;
    assert_int_equal(p->save(p->ctx, &a, &f->fault), STORE_OK);
    assert_int_equal(p->append_event(p->ctx, &event, &f->fault), STORE_OK);
    b.version = 5;
    assert_int_equal(p->save(p->ctx, &b, &f->fault), STORE_CONFLICT);
    p->rollback(p->ctx);
    load_sample(f, 1, &a);
    assert_int_equal(a.status, SUBSCRIPTION_ISSUED);
    assert_int_equal(a.version, 0);
    assert_int_equal(sqlite_admin_last_event(f->store, &last, &f->fault), STORE_OK);
    assert_int_equal(last, 0);
}

static void test_writes_need_a_transaction(void **state)
{
    struct store_fixture *f = *state;
    struct home_store *p = &f->port;
    struct home_event event = {.at_ms = 1, .kind = EVENT_BINDING_BOUND};
    struct subscription s;

    import_samples(f, 1, 1);
    load_sample(f, 1, &s);
    assert_int_equal(p->save(p->ctx, &s, &f->fault), STORE_FAILED);
    assert_int_equal(p->append_event(p->ctx, &event, &f->fault), STORE_FAILED);
    assert_int_equal(p->save_node(p->ctx, 1, "h", "r", &f->fault), STORE_FAILED);
    assert_int_equal(p->commit(p->ctx, &f->fault), STORE_FAILED);
    assert_int_equal(p->begin(p->ctx, &f->fault), STORE_OK);
    assert_int_equal(p->begin(p->ctx, &f->fault), STORE_FAILED);
    p->rollback(p->ctx);
    p->rollback(p->ctx); /* harmless */
}

/* What poll_changes told. */
struct news {
    unsigned count;
    bool all;
    struct imsi last;
};

static void on_change(void *user, const struct imsi *imsi)
{
    struct news *news = user;

    if (imsi == NULL) {
        news->all = true;
    } else {
        news->count++;
        news->last = *imsi;
    }
}

static struct news poll_news(struct store_fixture *f)
{
    struct news news = {0};

    assert_int_equal(f->port.poll_changes(f->port.ctx, on_change, &news, &f->fault), STORE_OK);
    return news;
}

static void test_changes_of_others(void **state)
{
    struct store_fixture *f = *state;
    struct store_fixture other = *f;
    struct subscription s;
    struct news news;

    other.store = sqlite_store_open(f->database, SQLITE_STORE_EXISTING, f->keyring, &f->fault);
    assert_non_null(other.store);
    other.port = sqlite_store_port(other.store);
    import_samples(f, 1, 3);
    assert_int_equal(poll_news(f).count, 0); /* our own */
    news = poll_news(&other);
    assert_int_equal(news.count, 3);
    assert_false(news.all);
    assert_int_equal(poll_news(&other).count, 0); /* told once */
    load_sample(&other, 2, &s);
    assert_int_equal(save_alone(&other, &s), STORE_OK);
    news = poll_news(f);
    assert_int_equal(news.count, 1);
    assert_string_equal(news.last.digits, s.imsi.digits);
    assert_int_equal(poll_news(&other).count, 0);
    sqlite_store_close(other.store);
}

/* Many saves of our own, with prunings, are no news and don't hide one of another's. */
static void test_own_saves_are_no_news(void **state)
{
    struct store_fixture *f = *state;
    struct home_store *p = &f->port;
    struct subscription s;
    struct news news;

    import_samples(f, 1, 2);
    load_sample(f, 1, &s);
    for (int round = 0; round < 25; round++) {
        assert_int_equal(p->begin(p->ctx, &f->fault), STORE_OK);
        for (int i = 0; i < 1000; i++) {
            assert_int_equal(p->save(p->ctx, &s, &f->fault), STORE_OK);
        }
        assert_int_equal(p->commit(p->ctx, &f->fault), STORE_OK);
        news = poll_news(f);
        assert_false(news.all);
        assert_int_equal(news.count, 0);
    }
    raw_sql(f, "INSERT INTO change (imsi, writer) VALUES ('001010000000002', 1)");
    news = poll_news(f);
    assert_false(news.all);
    assert_int_equal(news.count, 1);
}

static void test_too_much_news(void **state)
{
    struct store_fixture *f = *state;

    raw_sql(f, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 2000)"
               " INSERT INTO change (imsi, writer) SELECT '001010000000002', 1 FROM n");
    assert_true(poll_news(f).all);
    struct news news = poll_news(f);
    assert_false(news.all);
    assert_int_equal(news.count, 0);
}

static void test_changes_are_pruned(void **state)
{
    struct store_fixture *f = *state;
    struct store_fixture slow = *f;
    struct home_store *p = &f->port;
    struct subscription s;

    import_samples(f, 1, 1);
    slow.store = sqlite_store_open(f->database, SQLITE_STORE_EXISTING, f->keyring, &f->fault);
    assert_non_null(slow.store);
    slow.port = sqlite_store_port(slow.store);
    load_sample(f, 1, &s);
    for (int round = 0; round < 3; round++) {
        assert_int_equal(p->begin(p->ctx, &f->fault), STORE_OK);
        for (int i = 0; i < 10000; i++) {
            assert_int_equal(p->save(p->ctx, &s, &f->fault), STORE_OK);
        }
        assert_int_equal(p->commit(p->ctx, &f->fault), STORE_OK);
    }
    assert_true(poll_news(&slow).all);
    sqlite_store_close(slow.store);
    raw_sql(f, "CREATE TABLE t (n CHECK (n BETWEEN 16000 AND 21000));"
               "INSERT INTO t SELECT count(*) FROM change");
}

/* Another's change that our own many saves pushed out before we looked: unknown, so everything is.
 */
static void test_pruned_before_seen(void **state)
{
    struct store_fixture *f = *state;
    struct home_store *p = &f->port;
    struct subscription s;

    import_samples(f, 1, 2);
    assert_false(poll_news(f).all);
    raw_sql(f, "INSERT INTO change (imsi, writer) VALUES ('001010000000002', 1)");
    load_sample(f, 1, &s);
    for (int round = 0; round < 3; round++) {
        assert_int_equal(p->begin(p->ctx, &f->fault), STORE_OK);
        for (int i = 0; i < 10000; i++) {
            assert_int_equal(p->save(p->ctx, &s, &f->fault), STORE_OK);
        }
        assert_int_equal(p->commit(p->ctx, &f->fault), STORE_OK);
    }
    assert_true(poll_news(f).all);
    assert_false(poll_news(f).all);
}

static void load_fails(struct store_fixture *f, const char *sql, const char *why)
{
    struct subscription wanted;
    struct subscription s;
    struct aka_credentials credentials;

    raw_sql(f, sql);
    sample_subscription(1, &wanted);
    assert_int_equal(f->port.load(f->port.ctx, &wanted.imsi, &s, &credentials, &f->fault),
                     STORE_FAILED);
    if (strstr(f->fault.text, why) == NULL || strstr(f->fault.text, wanted.imsi.digits) == NULL) {
        fail_msg("%s: %s", sql, f->fault.text);
    }
    assert_int_equal(credentials.k[15], 0); /* wiped, or never there */
}

static void test_hostile_rows(void **state)
{
    static const char *const bad[][2] = {
        {"iccid = 'x'", "iccid"},
        {"msisdn = 'abc'", "msisdn"},
        {"msisdn = '12345678901234567'", "msisdn"},
        {"msisdn = x'00'", "msisdn"},
        {"profile = 'a profile name that is much too long for its column'", "profile"},
        {"status = 3", "status"},
        {"status = -1", "status"},
        {"status = 'active'", "status"},
        {"version = -1", "version"},
        {"version = 9223372036854775807", "version"},
        {"first_used_at_ms = 1.5", "first_used_at_ms"},
        {"verdict = 3", "verdict"},
        {"seq_reserved = 8796093022208", "seq_reserved"},
        {"seq_reserved = -1", "seq_reserved"},
        {"confirmed_seq = 5", "confirmed_ind"},
        {"confirmed_ind = 5", "confirmed_seq"},
        {"probable_seq = 5, probable_ind = 32", "probable_ind"},
        {"audit_due = 99", "audit_due"},
        {"auth = x''", "auth"},
        {"auth = 'text'", "auth"},
        {"auth = x'0200000000000000'", "auth has format 2"},
        {"auth = x'01000000000000'", "auth"},
        {"auth = x'0100000000000001'", "auth"},
        {"auth = x'010000000000000000'", "auth"},
        {"auth = zeroblob(10000000)", "auth"},
        {"binding_state = 5", "binding_state"},
        {"machine = '123'", "machine"},
        {"declared = '35693803564380 x'", "declared"},
        {"declared = '35693803564380 35693803564380 35693803564380 35693803564380 "
         "35693803564380'",
         "declared"},
        {"ticket = 'short'", "ticket"},
        {"ticket = 'ghijklmnopqrstuv'", "ticket"},
        {"ticket_machine = 'x'", "ticket_machine"},
        {"ticket_until_ms = 'x'", "ticket_until_ms"},
        {"offender = 'x'", "offender"},
        {"node = 'x'", "node"},
        {"plmn = 'x'", "plmn"},
        {"plmn = '001/010/0'", "plmn"},
        {"rat_type = 4294967296", "rat_type"},
        {"registered_at_ms = x'00'", "registered_at_ms"},
    };
    struct store_fixture *f = *state;
    struct subscription s;

    import_samples(f, 1, 1);
    raw_sql(f, "CREATE TABLE good AS SELECT * FROM subscription");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char sql[256];

        (void)snprintf(sql, sizeof sql, "UPDATE subscription SET %s", bad[i][0]);
        load_fails(f, sql, bad[i][1]);
        raw_sql(f, "PRAGMA foreign_keys = OFF; DELETE FROM subscription;"
                   "INSERT INTO subscription SELECT * FROM good");
    }
    load_sample(f, 1, &s);
}

static void test_sealed_blobs_stay_in_their_rows(void **state)
{
    struct store_fixture *f = *state;
    struct card_secrets secrets;
    struct subscription wanted;
    struct subscription s;
    struct iccid iccid;

    import_samples(f, 1, 2);
    raw_sql(f, "CREATE TABLE good AS SELECT * FROM secret");
    load_fails(f,
               "UPDATE secret SET credentials = (SELECT credentials FROM good"
               " WHERE good.imsi <> secret.imsi)",
               "belongs to another card");
    load_fails(f, "UPDATE secret SET credentials = substr(credentials, 1, 65)", "65 octets");
    load_fails(f, "UPDATE secret SET credentials = zeroblob(66)", "not in the key file");
    load_fails(f, "UPDATE secret SET credentials = 'text'", "not a blob");
    /* One bit of the ciphertext. */
    load_fails(f,
               "UPDATE secret SET credentials = (SELECT CAST(substr(credentials, 1, 20) ||"
               " CASE substr(credentials, 21, 1) WHEN x'00' THEN x'01' ELSE x'00' END ||"
               " substr(credentials, 22) AS BLOB) FROM good WHERE good.imsi = secret.imsi)",
               "edited");
    raw_sql(f, "UPDATE secret SET credentials = (SELECT credentials FROM good"
               " WHERE good.imsi = secret.imsi)");
    load_sample(f, 1, &s);
    /* The card's secrets are bound to the ICCID, too. */
    sample_subscription(1, &wanted);
    assert_int_equal(sqlite_admin_card_secrets(f->store, &wanted.imsi, &iccid, &secrets, &f->fault),
                     STORE_OK);
    assert_string_equal(iccid.digits, wanted.iccid.digits);
    assert_memory_equal(secrets.puk2, "87654321", 8);
    raw_sql(f, "UPDATE secret SET card = (SELECT card FROM good WHERE good.imsi <> secret.imsi)");
    assert_int_equal(sqlite_admin_card_secrets(f->store, &wanted.imsi, &iccid, &secrets, &f->fault),
                     STORE_FAILED);
    assert_int_equal(secrets.puk2[0], 0);
}

static void test_nodes(void **state)
{
    struct store_fixture *f = *state;
    struct home_store *p = &f->port;

    assert_int_equal(p->begin(p->ctx, &f->fault), STORE_OK);
    assert_int_equal(p->save_node(p->ctx, UINT64_MAX, "mme.a", "a", &f->fault), STORE_OK);
    assert_int_equal(p->save_node(p->ctx, UINT64_MAX, "mme.a", "b", &f->fault), STORE_OK);
    assert_int_equal(p->save_node(p->ctx, 5, "mme.b", "b", &f->fault), STORE_OK);
    assert_int_equal(p->commit(p->ctx, &f->fault), STORE_OK);
    raw_sql(f, "CREATE TABLE t (n CHECK (n = 2));"
               "INSERT INTO t SELECT count(*) FROM node WHERE realm = 'b'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_record_comes_back, store_setup, store_teardown),
        cmocka_unit_test_setup_teardown(test_unknown_subscription, store_setup, store_teardown),
        cmocka_unit_test_setup_teardown(test_old_version_conflicts, store_setup, store_teardown),
        cmocka_unit_test_setup_teardown(test_rollback_undoes_all, store_setup, store_teardown),
        cmocka_unit_test_setup_teardown(test_writes_need_a_transaction, store_setup,
                                        store_teardown),
        cmocka_unit_test_setup_teardown(test_changes_of_others, store_setup, store_teardown),
        cmocka_unit_test_setup_teardown(test_own_saves_are_no_news, store_setup, store_teardown),
        cmocka_unit_test_setup_teardown(test_too_much_news, store_setup, store_teardown),
        cmocka_unit_test_setup_teardown(test_changes_are_pruned, store_setup, store_teardown),
        cmocka_unit_test_setup_teardown(test_pruned_before_seen, store_setup, store_teardown),
        cmocka_unit_test_setup_teardown(test_hostile_rows, store_setup, store_teardown),
        cmocka_unit_test_setup_teardown(test_sealed_blobs_stay_in_their_rows, store_setup,
                                        store_teardown),
        cmocka_unit_test_setup_teardown(test_nodes, store_setup, store_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
