/* Operators' functions: import, lists, counts, resealing; and the story of removal tickets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "store_fixture.h"

#define TICKET "0123456789abcdef"

static void test_import_conflicts(void **state)
{
    struct store_fixture *f = *state;
    struct home_store *p = &f->port;
    struct subscription s;
    struct subscription other;
    struct card_secrets secrets;

    import_samples(f, 1, 2);
    sample_secrets(3, &secrets);
    assert_int_equal(p->begin(p->ctx, &f->fault), STORE_OK);
    sample_subscription(1, &s);
    assert_int_equal(sqlite_admin_import(f->store, &s, &secrets, &f->fault), STORE_CONFLICT);
    assert_non_null(strstr(f->fault.text, s.imsi.digits));
    assert_non_null(strstr(f->fault.text, s.iccid.digits));
    sample_subscription(3, &s);
    sample_subscription(2, &other);
    s.iccid = other.iccid;
    assert_int_equal(sqlite_admin_import(f->store, &s, &secrets, &f->fault), STORE_CONFLICT);
    assert_non_null(strstr(f->fault.text, other.imsi.digits));
    /* The transaction still stands. */
    sample_subscription(3, &s);
    assert_int_equal(sqlite_admin_import(f->store, &s, &secrets, &f->fault), STORE_OK);
    assert_int_equal(p->commit(p->ctx, &f->fault), STORE_OK);
    load_sample(f, 3, &s);
}

struct page {
    unsigned count;
    unsigned stop_after;
    struct subscription_row last;
};

static bool on_row(void *user, const struct subscription_row *row)
{
    struct page *page = user;

    assert_true(strcmp(row->imsi.digits, page->last.imsi.digits) > 0); /* in order */
    page->last = *row;
    return ++page->count != page->stop_after;
}

static void test_list_subscriptions(void **state)
{
    struct store_fixture *f = *state;
    struct home_store *p = &f->port;
    struct page page = {0};
    struct subscription s;

    import_samples(f, 1, 25);
    load_sample(f, 25, &s);
    s.status = SUBSCRIPTION_ACTIVE;
    s.verdict = VERDICT_SUSPICIOUS;
    s.registration.node = 42;
    assert_true(plmn_parse("001/01", 6, &s.registration.plmn));
    s.registration.at_ms = 7;
    assert_int_equal(p->begin(p->ctx, &f->fault), STORE_OK);
    assert_int_equal(p->save(p->ctx, &s, &f->fault), STORE_OK);
    assert_int_equal(p->save_node(p->ctx, 42, "mme.example", "example", &f->fault), STORE_OK);
    assert_int_equal(p->commit(p->ctx, &f->fault), STORE_OK);
    for (unsigned expected = 10; expected <= 30; expected += 10) {
        struct imsi after = page.last.imsi;

        assert_int_equal(sqlite_admin_subscriptions(f->store, page.count == 0 ? NULL : &after, 10,
                                                    on_row, &page, &f->fault),
                         STORE_OK);
        assert_int_equal(page.count, expected > 25 ? 25 : expected);
    }
    assert_string_equal(page.last.imsi.digits, s.imsi.digits);
    assert_string_equal(page.last.iccid.digits, s.iccid.digits);
    assert_string_equal(page.last.profile, "meter");
    assert_int_equal(page.last.status, SUBSCRIPTION_ACTIVE);
    assert_int_equal(page.last.verdict, VERDICT_SUSPICIOUS);
    assert_int_equal(page.last.binding, BINDING_ARMED);
    assert_string_equal(page.last.host, "mme.example");
    assert_int_equal(page.last.registered_at_ms, 7);
    page = (struct page){.stop_after = 3};
    assert_int_equal(sqlite_admin_subscriptions(f->store, NULL, 10, on_row, &page, &f->fault),
                     STORE_OK);
    assert_int_equal(page.count, 3);
    raw_sql(f, "UPDATE subscription SET status = 9 WHERE imsi = '001010000000002'");
    page = (struct page){0};
    assert_int_equal(sqlite_admin_subscriptions(f->store, NULL, 10, on_row, &page, &f->fault),
                     STORE_FAILED);
    assert_non_null(strstr(f->fault.text, "001010000000002"));
}

struct events {
    unsigned count;
    int64_t last_id;
    struct home_event last;
};

static bool on_event(void *user, int64_t id, const struct home_event *event)
{
    struct events *events = user;

    assert_true(id > events->last_id);
    events->count++;
    events->last_id = id;
    events->last = *event;
    return true;
}

static void test_events(void **state)
{
    struct store_fixture *f = *state;
    struct home_store *p = &f->port;
    struct home_event event = {.at_ms = 5, .kind = EVENT_BINDING_BOUND};
    struct events events = {0};
    struct subscription s;
    int64_t last;

    (void)memset(event.who, 'w', sizeof event.who - 1);
    (void)memset(event.why, 'y', sizeof event.why - 1);
    (void)memset(event.detail, 'd', sizeof event.detail - 1);
    assert_int_equal(p->begin(p->ctx, &f->fault), STORE_OK);
    for (unsigned i = 0; i < 10; i++) {
        sample_subscription(i % 2, &s);
        event.imsi = s.imsi;
        assert_int_equal(p->append_event(p->ctx, &event, &f->fault), STORE_OK);
    }
    event = (struct home_event){.at_ms = 6, .kind = EVENT_PEER_REFUSED}; /* about nobody */
    assert_int_equal(p->append_event(p->ctx, &event, &f->fault), STORE_OK);
    assert_int_equal(p->commit(p->ctx, &f->fault), STORE_OK);
    assert_int_equal(sqlite_admin_last_event(f->store, &last, &f->fault), STORE_OK);
    assert_int_equal(last, 11);
    assert_int_equal(sqlite_admin_events(f->store, 0, NULL, 100, on_event, &events, &f->fault),
                     STORE_OK);
    assert_int_equal(events.count, 11);
    assert_int_equal(events.last.kind, EVENT_PEER_REFUSED);
    assert_string_equal(events.last.imsi.digits, "");
    assert_string_equal(events.last.detail, "");
    events = (struct events){0};
    assert_int_equal(sqlite_admin_events(f->store, 4, &s.imsi, 2, on_event, &events, &f->fault),
                     STORE_OK);
    assert_int_equal(events.count, 2);
    assert_int_equal(events.last_id, 8); /* 6 and 8 are of subscription 1 */
    assert_int_equal(strlen(events.last.who), sizeof event.who - 1);
    assert_int_equal(strlen(events.last.why), sizeof event.why - 1);
    assert_int_equal(strlen(events.last.detail), sizeof event.detail - 1);
}

static void test_events_are_append_only(void **state)
{
    struct store_fixture *f = *state;
    struct home_event event = {.at_ms = 5, .kind = EVENT_BINDING_BOUND};
    struct home_store *p = &f->port;

    assert_int_equal(p->begin(p->ctx, &f->fault), STORE_OK);
    assert_int_equal(p->append_event(p->ctx, &event, &f->fault), STORE_OK);
    assert_int_equal(p->commit(p->ctx, &f->fault), STORE_OK);
    sqlite3 *db;
    assert_int_equal(sqlite3_open(f->database, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "UPDATE event SET kind = 1", NULL, NULL, NULL),
                     SQLITE_CONSTRAINT);
    assert_int_equal(sqlite3_exec(db, "DELETE FROM event", NULL, NULL, NULL), SQLITE_CONSTRAINT);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void test_counts(void **state)
{
    struct store_fixture *f = *state;
    struct store_counts counts;
    struct subscription s;

    assert_int_equal(sqlite_admin_counts(f->store, &counts, &f->fault), STORE_OK);
    assert_int_equal(counts.subscriptions, 0);
    assert_int_equal(counts.bound, 0);
    import_samples(f, 1, 5);
    load_sample(f, 1, &s);
    s.status = SUBSCRIPTION_ACTIVE;
    s.binding.state = BINDING_BOUND;
    s.verdict = VERDICT_CLONED;
    assert_int_equal(save_alone(f, &s), STORE_OK);
    load_sample(f, 2, &s);
    s.status = SUBSCRIPTION_SUSPENDED;
    s.binding.state = BINDING_VIOLATED;
    s.verdict = VERDICT_SUSPICIOUS;
    assert_int_equal(save_alone(f, &s), STORE_OK);
    assert_int_equal(sqlite_admin_counts(f->store, &counts, &f->fault), STORE_OK);
    assert_int_equal(counts.subscriptions, 5);
    assert_int_equal(counts.active, 1);
    assert_int_equal(counts.suspended, 1);
    assert_int_equal(counts.bound, 1);
    assert_int_equal(counts.violated, 1);
    assert_int_equal(counts.cloned, 1);
    assert_int_equal(counts.suspicious, 1);
    assert_int_equal(counts.open_tickets, 0);
}

static bool on_node(void *user, const struct node_row *row)
{
    struct node_row *last = user;

    *last = *row;
    return true;
}

static void test_list_nodes(void **state)
{
    struct store_fixture *f = *state;
    struct home_store *p = &f->port;
    struct node_row last = {0};
    struct subscription s;

    import_samples(f, 1, 1);
    load_sample(f, 1, &s);
    s.registration.node = UINT64_MAX;
    assert_int_equal(p->begin(p->ctx, &f->fault), STORE_OK);
    assert_int_equal(p->save(p->ctx, &s, &f->fault), STORE_OK);
    assert_int_equal(p->save_node(p->ctx, UINT64_MAX, "mme.example", "example", &f->fault),
                     STORE_OK);
    assert_int_equal(p->commit(p->ctx, &f->fault), STORE_OK);
    assert_int_equal(sqlite_admin_nodes(f->store, on_node, &last, &f->fault), STORE_OK);
    assert_true(last.id == UINT64_MAX);
    assert_string_equal(last.host, "mme.example");
    assert_string_equal(last.realm, "example");
    assert_int_equal(last.registered, 1);
}

static void test_reseal(void **state)
{
    struct store_fixture *f = *state;
    struct card_secrets secrets;
    struct iccid iccid;
    struct subscription s;
    size_t count;
    char sql[200];

    import_samples(f, 1, 20);
    keyring_close(f->keyring);
    assert_true(keyring_file_rotate(f->key_file, &f->fault));
    f->keyring = keyring_open(f->key_file, &f->fault);
    assert_non_null(f->keyring);
    sqlite_store_close(f->store);
    f->store = sqlite_store_open(f->database, SQLITE_STORE_EXISTING, f->keyring, &f->fault);
    assert_non_null(f->store);
    f->port = sqlite_store_port(f->store);
    assert_int_equal(sqlite_admin_reseal(f->store, &count, &f->fault), STORE_OK);
    assert_int_equal(count, 20);
    (void)snprintf(sql, sizeof sql,
                   "CREATE TABLE t (n CHECK (n = 20)); INSERT INTO t SELECT count(*) FROM secret"
                   " WHERE hex(credentials) LIKE '%08X%%' AND hex(card) LIKE '%08X%%'",
                   (unsigned)keyring_current(f->keyring), (unsigned)keyring_current(f->keyring));
    raw_sql(f, sql);
    load_sample(f, 20, &s);
    assert_int_equal(sqlite_admin_card_secrets(f->store, &s.imsi, &iccid, &secrets, &f->fault),
                     STORE_OK);
    assert_memory_equal(secrets.puk1, "12345678", 8);
    sample_subscription(99, &s);
    assert_int_equal(sqlite_admin_card_secrets(f->store, &s.imsi, &iccid, &secrets, &f->fault),
                     STORE_NOT_FOUND);
}

/* Binds subscription 1 to a machine and opens the ticket `id` for it, until 1000. */
static void open_ticket(struct store_fixture *f, const char *id, struct subscription *s)
{
    struct home_store *p = &f->port;
    struct ticket ticket = {.state = TICKET_OPEN, .opened_at_ms = 100, .until_ms = 1000};

    load_sample(f, 1, s);
    s->binding.state = BINDING_RELEASED;
    assert_true(imei_parse("35693803564380", 14, &s->binding.machine));
    (void)snprintf(s->binding.ticket, sizeof s->binding.ticket, "%s", id);
    s->binding.ticket_until_ms = 1000;
    s->binding.changed_at_ms = 100;
    (void)snprintf(ticket.id, sizeof ticket.id, "%s", id);
    (void)strcpy(ticket.opened_by, "olga");
    ticket.imsi = s->imsi;
    assert_int_equal(p->begin(p->ctx, &f->fault), STORE_OK);
    assert_int_equal(sqlite_ticket_insert(f->store, &ticket, &f->fault), STORE_OK);
    assert_int_equal(p->save(p->ctx, s, &f->fault), STORE_OK);
    assert_int_equal(p->commit(p->ctx, &f->fault), STORE_OK);
}

static void assert_ticket(struct store_fixture *f, const char *id, enum ticket_state state,
                          int64_t used_at_ms, const char *used_by)
{
    struct ticket ticket;

    assert_int_equal(sqlite_ticket_get(f->store, id, &ticket, &f->fault), STORE_OK);
    assert_string_equal(ticket.id, id);
    assert_string_equal(ticket.opened_by, "olga");
    assert_int_equal(ticket.until_ms, 1000);
    assert_int_equal(ticket.state, state);
    assert_int_equal(ticket.used_at_ms, used_at_ms);
    assert_string_equal(ticket.used_by.digits, used_by);
}

/* Takes the ticket out of the record, bound to `machine` at `at_ms`, with an event before or after.
 */
static void close_by_save(struct store_fixture *f, struct subscription *s, const char *machine,
                          int64_t at_ms, enum event_kind kind, bool event_first)
{
    struct home_store *p = &f->port;
    struct home_event event = {.at_ms = at_ms, .kind = kind, .imsi = s->imsi};

    s->binding.state = BINDING_BOUND;
    assert_true(imei_parse(machine, 14, &s->binding.machine));
    s->binding.ticket[0] = '\0';
    s->binding.changed_at_ms = at_ms;
    assert_int_equal(p->begin(p->ctx, &f->fault), STORE_OK);
    if (event_first) {
        assert_int_equal(p->append_event(p->ctx, &event, &f->fault), STORE_OK);
    }
    assert_int_equal(p->save(p->ctx, s, &f->fault), STORE_OK);
    if (!event_first) {
        assert_int_equal(p->append_event(p->ctx, &event, &f->fault), STORE_OK);
    }
    assert_int_equal(p->commit(p->ctx, &f->fault), STORE_OK);
}

static void test_ticket_used(void **state)
{
    struct store_fixture *f = *state;
    struct subscription s;

    import_samples(f, 1, 1);
    open_ticket(f, TICKET, &s);
    assert_ticket(f, TICKET, TICKET_OPEN, 0, "");
    assert_int_equal(save_alone(f, &s), STORE_OK); /* any other save leaves it open */
    assert_ticket(f, TICKET, TICKET_OPEN, 0, "");
    close_by_save(f, &s, "35693803564399", 500, EVENT_TICKET_USED, true);
    assert_ticket(f, TICKET, TICKET_USED, 500, "35693803564399");
    /* A later cancellation or expiry of another ticket leaves it as it is. */
    open_ticket(f, "00000000000000aa", &s);
    close_by_save(f, &s, "35693803564399", 600, EVENT_TICKET_CANCELLED, false);
    assert_ticket(f, TICKET, TICKET_USED, 500, "35693803564399");
    assert_ticket(f, "00000000000000aa", TICKET_CANCELLED, 0, "");
    open_ticket(f, "00000000000000bb", &s);
    close_by_save(f, &s, "35693803564311", 1000, EVENT_TICKET_USED, false);
    assert_ticket(f, "00000000000000bb", TICKET_USED, 1000, "35693803564311"); /* last moment */
}

static void test_ticket_expired_or_cancelled(void **state)
{
    struct store_fixture *f = *state;
    struct subscription s;

    import_samples(f, 1, 1);
    open_ticket(f, TICKET, &s);
    close_by_save(f, &s, "35693803564380", 500, EVENT_TICKET_CANCELLED, true);
    assert_ticket(f, TICKET, TICKET_CANCELLED, 0, "");
    open_ticket(f, "0000000000000001", &s);
    close_by_save(f, &s, "35693803564380", 500, EVENT_TICKET_EXPIRED, false);
    assert_ticket(f, "0000000000000001", TICKET_EXPIRED, 0, "");
    open_ticket(f, "0000000000000002", &s);
    close_by_save(f, &s, "35693803564380", 1001, EVENT_BINDING_RETURNED, false);
    assert_ticket(f, "0000000000000002", TICKET_EXPIRED, 0, ""); /* by its time alone */
    open_ticket(f, "0000000000000003", &s);
    open_ticket(f, "0000000000000004", &s); /* takes its place */
    assert_ticket(f, "0000000000000003", TICKET_CANCELLED, 0, "");
    assert_ticket(f, "0000000000000004", TICKET_OPEN, 0, "");
}

static void test_ticket_rolls_back_with_its_save(void **state)
{
    struct store_fixture *f = *state;
    struct home_store *p = &f->port;
    struct subscription s;

    import_samples(f, 1, 1);
    open_ticket(f, TICKET, &s);
    s.binding.state = BINDING_BOUND;
    s.binding.ticket[0] = '\0';
    assert_int_equal(p->begin(p->ctx, &f->fault), STORE_OK);
    assert_int_equal(p->save(p->ctx, &s, &f->fault), STORE_OK);
    p->rollback(p->ctx);
    assert_ticket(f, TICKET, TICKET_OPEN, 0, "");
}

static bool count_ticket(void *user, const struct ticket *ticket)
{
    (void)ticket;
    ++*(unsigned *)user;
    return true;
}

static unsigned tickets(struct store_fixture *f, const struct imsi *imsi, int ticket_state)
{
    unsigned count = 0;

    assert_int_equal(
        sqlite_ticket_list(f->store, imsi, ticket_state, 100, count_ticket, &count, &f->fault),
        STORE_OK);
    return count;
}

static void test_ticket_list_and_errors(void **state)
{
    struct store_fixture *f = *state;
    struct home_store *p = &f->port;
    struct ticket ticket = {.state = TICKET_OPEN};
    struct subscription s;
    struct subscription other;

    import_samples(f, 1, 2);
    open_ticket(f, TICKET, &s);
    sample_subscription(2, &other);
    assert_int_equal(tickets(f, NULL, TICKET_ANY_STATE), 1);
    assert_int_equal(tickets(f, &s.imsi, TICKET_OPEN), 1);
    assert_int_equal(tickets(f, &s.imsi, TICKET_USED), 0);
    assert_int_equal(tickets(f, &other.imsi, TICKET_ANY_STATE), 0);
    assert_int_equal(sqlite_ticket_get(f->store, "ffffffffffffffff", &ticket, &f->fault),
                     STORE_NOT_FOUND);
    assert_int_equal(p->begin(p->ctx, &f->fault), STORE_OK);
    (void)strcpy(ticket.id, TICKET);
    ticket.imsi = s.imsi;
    assert_int_equal(sqlite_ticket_insert(f->store, &ticket, &f->fault), STORE_CONFLICT);
    (void)strcpy(ticket.id, "ffffffffffffffff");
    sample_subscription(77, &other);
    ticket.imsi = other.imsi;
    assert_int_equal(sqlite_ticket_insert(f->store, &ticket, &f->fault), STORE_FAILED);
    assert_int_equal(
        sqlite_ticket_close(f->store, TICKET, TICKET_USED, 9, &s.binding.machine, &f->fault),
        STORE_OK);
    assert_int_equal(sqlite_ticket_close(f->store, TICKET, TICKET_EXPIRED, 9, NULL, &f->fault),
                     STORE_NOT_FOUND);
    assert_int_equal(p->commit(p->ctx, &f->fault), STORE_OK);
    assert_ticket(f, TICKET, TICKET_USED, 9, "35693803564380");
    assert_string_equal(ticket_state_name(TICKET_CANCELLED), "cancelled");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_import_conflicts, store_setup, store_teardown),
        cmocka_unit_test_setup_teardown(test_list_subscriptions, store_setup, store_teardown),
        cmocka_unit_test_setup_teardown(test_events, store_setup, store_teardown),
        cmocka_unit_test_setup_teardown(test_events_are_append_only, store_setup, store_teardown),
        cmocka_unit_test_setup_teardown(test_counts, store_setup, store_teardown),
        cmocka_unit_test_setup_teardown(test_list_nodes, store_setup, store_teardown),
        cmocka_unit_test_setup_teardown(test_reseal, store_setup, store_teardown),
        cmocka_unit_test_setup_teardown(test_ticket_used, store_setup, store_teardown),
        cmocka_unit_test_setup_teardown(test_ticket_expired_or_cancelled, store_setup,
                                        store_teardown),
        cmocka_unit_test_setup_teardown(test_ticket_rolls_back_with_its_save, store_setup,
                                        store_teardown),
        cmocka_unit_test_setup_teardown(test_ticket_list_and_errors, store_setup, store_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
