/* Opening: what is no database of ours, newer schemas, full disks, read-only files. */
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "edge/sqlite/sqlite_db.h"
#include "edge/sqlite/sqlite_schema.h"
#include "store_fixture.h"

static void open_fails(struct store_fixture *f, const char *path, const char *why)
{
    assert_null(sqlite_store_open(path, SQLITE_STORE_EXISTING, NULL, &f->fault));
    if (strstr(f->fault.text, path) == NULL || strstr(f->fault.text, why) == NULL) {
        fail_msg("expected \"%s\", got: %s", why, f->fault.text);
    }
}

static void reopen(struct store_fixture *f)
{
    sqlite_store_close(f->store);
    f->store = sqlite_store_open(f->database, SQLITE_STORE_EXISTING, f->keyring, &f->fault);
    if (f->store == NULL) {
        fail_msg("%s", f->fault.text);
    }
    f->port = sqlite_store_port(f->store);
}

static void test_modes(void **state)
{
    struct store_fixture *f = *state;
    struct stat info;
    char name[160];

    import_samples(f, 1, 1);
    assert_int_equal(stat(f->database, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    (void)snprintf(name, sizeof name, "%s-wal", f->database);
    assert_int_equal(stat(name, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_int_equal(chmod(f->database, 0644), 0);
    open_fails(f, f->database, "chmod 600");
}

static void test_missing(void **state)
{
    struct store_fixture *f = *state;

    open_fails(f, scratch_path(&f->scratch, "other.db"), "there is no database");
    open_fails(f, "/nonexistent/x.db", "there is no database");
}

static void test_no_database(void **state)
{
    struct store_fixture *f = *state;
    const char *path = scratch_path(&f->scratch, "other.db");
    char text[4096];

    (void)memset(text, 'x', sizeof text);
    scratch_write(path, text, sizeof text, 0600);
    open_fails(f, path, "no SQLite database");
}

static void test_database_of_another_program(void **state)
{
    struct store_fixture *f = *state;
    const char *path = scratch_path(&f->scratch, "other.db");
    sqlite3 *db;

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "CREATE TABLE t (a)", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    assert_int_equal(chmod(path, 0600), 0);
    open_fails(f, path, "another program");
}

static void test_newer_schema(void **state)
{
    struct store_fixture *f = *state;

    raw_sql(f, "PRAGMA user_version = 99");
    open_fails(f, f->database, "has schema 99 and this program knows schemas up to 1");
}

static void test_damaged(void **state)
{
    struct store_fixture *f = *state;
    char garbage[4096];

    import_samples(f, 1, 200);
    assert_int_equal(sqlite_admin_check(f->store, &f->fault), STORE_OK);
    sqlite_store_close(f->store); /* checkpoints */
    f->store = NULL;
    int fd = open(f->database, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    (void)memset(garbage, 0xA5, sizeof garbage);
    for (off_t page = 1; page < 12; page++) {
        assert_int_equal(pwrite(fd, garbage, sizeof garbage, page * 4096), sizeof garbage);
    }
    assert_int_equal(close(fd), 0);
    struct sqlite_store *store =
        sqlite_store_open(f->database, SQLITE_STORE_EXISTING, f->keyring, &f->fault);
    if (store != NULL) {
        assert_int_equal(sqlite_admin_check(store, &f->fault), STORE_FAILED);
        sqlite_store_close(store);
    }
    assert_non_null(strstr(f->fault.text, "damaged"));
}

static void test_without_keyring(void **state)
{
    struct store_fixture *f = *state;
    struct subscription s;
    struct aka_credentials credentials;
    struct card_secrets secrets;

    import_samples(f, 1, 1);
    struct sqlite_store *store =
        sqlite_store_open(f->database, SQLITE_STORE_EXISTING, NULL, &f->fault);
    assert_non_null(store);
    struct home_store port = sqlite_store_port(store);
    sample_subscription(1, &s);
    assert_int_equal(port.load(port.ctx, &s.imsi, &s, &credentials, &f->fault), STORE_FAILED);
    assert_non_null(strstr(f->fault.text, "without its key file"));
    sample_secrets(1, &secrets);
    assert_int_equal(port.begin(port.ctx, &f->fault), STORE_OK);
    assert_int_equal(sqlite_admin_import(store, &s, &secrets, &f->fault), STORE_FAILED);
    sqlite_store_close(store); /* with an open transaction */
}

static void test_migration_steps(void **state)
{
    static const char *const steps[] = {"CREATE TABLE a (x); INSERT INTO a VALUES (1)",
                                        "ALTER TABLE a ADD COLUMN y; UPDATE a SET y = 2"};
    static const char *const broken[] = {"", "", "CREATE TABLE b (x); NONSENSE"};
    struct store_fixture *f = *state;
    const char *path = scratch_path(&f->scratch, "m.db");
    int64_t value;

    scratch_write(path, "", 0, 0600);
    sqlite3 *db = db_open(path, &f->fault);
    assert_non_null(db);
    assert_true(schema_migrate(db, path, steps, 1, &f->fault));
    assert_true(schema_migrate(db, path, steps, 1, &f->fault)); /* nothing to do */
    assert_true(schema_migrate(db, path, steps, 2, &f->fault));
    assert_true(db_int(db, "SELECT y FROM a", &value, &f->fault));
    assert_int_equal(value, 2);
    assert_false(schema_migrate(db, path, broken, 3, &f->fault));
    assert_non_null(strstr(f->fault.text, "migration to schema 3"));
    /* All or nothing. */
    assert_true(db_int(db, "PRAGMA user_version", &value, &f->fault));
    assert_int_equal(value, 2);
    assert_true(db_int(db, "SELECT count(*) FROM sqlite_schema", &value, &f->fault));
    assert_int_equal(value, 1);
    assert_false(schema_migrate(db, path, steps, 1, &f->fault));
    assert_non_null(strstr(f->fault.text, "has schema 2"));
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* Saves until one fails, which must be said with the database's name. Returns the number of good
 * saves, or 200 on surprise. */
static int save_until_failure(struct store_fixture *f)
{
    struct subscription s;
    struct aka_credentials credentials;
    struct home_store p = f->port;
    struct home_event event = {.at_ms = 1, .kind = EVENT_AUDIT_PASSED};

    sample_subscription(1, &s);
    event.imsi = s.imsi;
    (void)memset(event.detail, 'x', sizeof event.detail - 1);
    if (p.load(p.ctx, &event.imsi, &s, &credentials, &f->fault) != STORE_OK) {
        return 200;
    }
    for (int good = 0; good < 200; good++) {
        if (p.begin(p.ctx, &f->fault) != STORE_OK) {
            return 200;
        }
        bool ok = p.save(p.ctx, &s, &f->fault) == STORE_OK;
        for (int i = 0; ok && i < 20; i++) {
            ok = p.append_event(p.ctx, &event, &f->fault) == STORE_OK;
        }
        ok = ok && p.commit(p.ctx, &f->fault) == STORE_OK;
        if (!ok) {
            p.rollback(p.ctx);
            return strstr(f->fault.text, f->database) != NULL ? good : 200;
        }
    }
    return 200;
}

/* In a child whose files can't grow (an I/O error to SQLite): exactly the saves that were reported
 * are there afterwards. */
static int save_with_limit(struct store_fixture *f)
{
    const struct rlimit limit = {200000, 200000};

    (void)signal(SIGXFSZ, SIG_IGN);
    f->store = sqlite_store_open(f->database, SQLITE_STORE_EXISTING, f->keyring, &f->fault);
    if (f->store == NULL || setrlimit(RLIMIT_FSIZE, &limit) != 0) {
        return 200;
    }
    f->port = sqlite_store_port(f->store);
    return save_until_failure(f);
}

static int status_of(pid_t child)
{
    int status;

    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void test_files_that_cannot_grow(void **state)
{
    struct store_fixture *f = *state;
    struct subscription s;

    import_samples(f, 1, 1);
    sqlite_store_close(f->store);
    f->store = NULL;
    pid_t child = fork();
    if (child == 0) {
        _exit(save_with_limit(f));
    }
    int good = status_of(child);
    assert_in_range(good, 1, 199);
    reopen(f);
    load_sample(f, 1, &s);
    assert_int_equal(s.version, good);
    assert_int_equal(sqlite_admin_check(f->store, &f->fault), STORE_OK);
    /* There is room again. */
    assert_int_equal(save_alone(f, &s), STORE_OK);
}

enum disk_outcome { DISK_NO_ROOT = 100, DISK_SURPRISE, DISK_NOT_FULL, DISK_LOST, DISK_READ_ONLY };

/* In a child with mounts of its own: a disk of 400 KiB over the scratch folder, filled, read back,
 * and then made read-only. Returns 0 or a disk_outcome. */
static int fill_small_disk(struct store_fixture *f)
{
    struct subscription s;
    struct aka_credentials credentials;

    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("none", f->scratch.folder, "tmpfs", 0, "size=400k") != 0) {
        return DISK_NO_ROOT;
    }
    f->store = sqlite_store_open(f->database, SQLITE_STORE_CREATE, f->keyring, &f->fault);
    if (f->store == NULL) {
        return DISK_SURPRISE;
    }
    f->port = sqlite_store_port(f->store);
    import_samples(f, 1, 1);
    int good = save_until_failure(f);
    if (good < 1 || good >= 200 || strstr(f->fault.text, "full; nothing was changed") == NULL) {
        (void)fprintf(stderr, "%d: %s\n", good, f->fault.text);
        return DISK_NOT_FULL;
    }
    reopen(f);
    sample_subscription(1, &s);
    if (f->port.load(f->port.ctx, &s.imsi, &s, &credentials, &f->fault) != STORE_OK ||
        s.version != (uint64_t)good || sqlite_admin_check(f->store, &f->fault) != STORE_OK) {
        return DISK_LOST;
    }
    sqlite_store_close(f->store);
    if (mount("none", f->scratch.folder, NULL, MS_REMOUNT | MS_RDONLY, NULL) != 0) {
        return DISK_SURPRISE;
    }
    f->store = sqlite_store_open(f->database, SQLITE_STORE_EXISTING, f->keyring, &f->fault);
    return f->store == NULL && strstr(f->fault.text, "Read-only file system") != NULL
               ? 0
               : DISK_READ_ONLY;
}

static void test_full_disk(void **state)
{
    struct store_fixture *f = *state;

    sqlite_store_close(f->store);
    f->store = NULL;
    pid_t child = fork();
    if (child == 0) {
        _exit(fill_small_disk(f));
    }
    int outcome = status_of(child);
    if (outcome == DISK_NO_ROOT) {
        print_message("only root, with a mount namespace, can mount a small file system\n");
        skip();
    }
    assert_int_equal(outcome, 0);
}

/* SQLITE_FULL for real, by the database's own size limit, which one connection sets for itself. */
static void test_size_limit(void **state)
{
    struct store_fixture *f = *state;
    const char *path = scratch_path(&f->scratch, "full.db");

    scratch_write(path, "", 0, 0600);
    sqlite3 *db = db_open(path, &f->fault);
    assert_non_null(db);
    assert_true(db_exec(db, "CREATE TABLE t (x); PRAGMA max_page_count = 10", &f->fault));
    assert_false(db_exec(db, "INSERT INTO t VALUES (zeroblob(100000))", &f->fault));
    assert_non_null(strstr(f->fault.text, path));
    assert_non_null(strstr(f->fault.text, "full"));
    assert_non_null(strstr(f->fault.text, "nothing was changed"));
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void test_locked_too_long(void **state)
{
    struct store_fixture *f = *state;
    sqlite3 *db;

    import_samples(f, 1, 1);
    assert_int_equal(sqlite3_open(f->database, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    struct subscription s;
    load_sample(f, 1, &s);                                                 /* readers don't wait */
    assert_int_equal(f->port.begin(f->port.ctx, &f->fault), STORE_FAILED); /* after 5 s */
    assert_non_null(strstr(f->fault.text, "another program holds the database"));
    assert_int_equal(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    assert_int_equal(save_alone(f, &s), STORE_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_modes, store_setup, store_teardown),
        cmocka_unit_test_setup_teardown(test_missing, store_setup, store_teardown),
        cmocka_unit_test_setup_teardown(test_no_database, store_setup, store_teardown),
        cmocka_unit_test_setup_teardown(test_database_of_another_program, store_setup,
                                        store_teardown),
        cmocka_unit_test_setup_teardown(test_newer_schema, store_setup, store_teardown),
        cmocka_unit_test_setup_teardown(test_damaged, store_setup, store_teardown),
        cmocka_unit_test_setup_teardown(test_without_keyring, store_setup, store_teardown),
        cmocka_unit_test_setup_teardown(test_migration_steps, store_setup, store_teardown),
        cmocka_unit_test_setup_teardown(test_files_that_cannot_grow, store_setup, store_teardown),
        cmocka_unit_test_setup_teardown(test_full_disk, store_setup, store_teardown),
        cmocka_unit_test_setup_teardown(test_size_limit, store_setup, store_teardown),
        cmocka_unit_test_setup_teardown(test_locked_too_long, store_setup, store_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
