/* Whole files: what stands after success and after failure, and who may read secrets. */
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "edge/file/file_io.h"
#include "edge/file/process.h"
#include "scratch.h"

static struct scratch scratch;
static struct fault fault;

static int setup(void **state)
{
    (void)state;
    scratch_make(&scratch);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    scratch_remove(&scratch);
    return 0;
}

static void assert_content(const char *path, const char *text)
{
    struct file_content content;

    assert_true(file_read(path, 1000000, &content, &fault));
    assert_int_equal(content.size, strlen(text));
    assert_string_equal((const char *)content.data, text); /* NUL-terminated */
    file_content_free(&content);
    assert_null(content.data);
}

static size_t files_in_folder(void)
{
    DIR *folder = opendir(scratch.folder);
    size_t count = 0;

    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        count += entry->d_name[0] != '.';
    }
    (void)closedir(folder);
    return count;
}

static void test_read_limits(void **state)
{
    const char *path = scratch_path(&scratch, "f");
    struct file_content content;

    (void)state;
    assert_false(file_read(path, 10, &content, &fault));
    assert_non_null(strstr(fault.text, path));
    scratch_write(path, "0123456789", 10, 0644);
    assert_content(path, "0123456789");
    assert_true(file_read(path, 10, &content, &fault));
    file_content_free(&content);
    assert_false(file_read(path, 9, &content, &fault));
    assert_non_null(strstr(fault.text, "10 octets, more than the 9"));
    assert_false(file_read(scratch.folder, 10, &content, &fault));
    assert_non_null(strstr(fault.text, "not a regular file"));
    scratch_write(path, "", 0, 0644);
    assert_content(path, "");
}

static void test_fifo_does_not_hang(void **state)
{
    struct file_content content;
    const char *path = scratch_path(&scratch, "fifo");

    (void)state;
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_false(file_read_secret(path, 10, &content, &fault));
    assert_non_null(strstr(fault.text, "not a regular file"));
}

static void test_replace(void **state)
{
    struct stat info;
    const char *path = scratch_path(&scratch, "f");

    (void)state;
    assert_true(file_replace(path, "one", 3, 0600, &fault));
    assert_content(path, "one");
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_true(file_replace(path, "two!", 4, 0640, &fault));
    assert_content(path, "two!");
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0640);
    assert_int_equal(files_in_folder(), 1); /* no temporary file is left */
}

static void test_create_never_overwrites(void **state)
{
    const char *path = scratch_path(&scratch, "f");

    (void)state;
    assert_true(file_create(path, "one", 3, 0600, &fault));
    assert_false(file_create(path, "two", 3, 0600, &fault));
    assert_non_null(strstr(fault.text, "exists already"));
    assert_content(path, "one");
    assert_int_equal(files_in_folder(), 1);
}

/* In a child with a limit on file sizes: the write fails in the middle, as on a full disk. */
static int replace_with_limit(const char *path)
{
    const struct rlimit limit = {4096, 4096};
    char *big = calloc(1, 10000);
    struct fault why;

    (void)signal(SIGXFSZ, SIG_IGN);
    if (big == NULL || setrlimit(RLIMIT_FSIZE, &limit) != 0) {
        return 2;
    }
    bool ok = file_replace(path, big, 10000, 0600, &why);
    free(big);
    return ok ? 1 : strstr(why.text, "unchanged") == NULL ? 3 : 0;
}

static void test_full_disk_leaves_the_old_file(void **state)
{
    const char *path = scratch_path(&scratch, "f");
    int status;

    (void)state;
    assert_true(file_replace(path, "old", 3, 0600, &fault));
    pid_t child = fork();
    if (child == 0) {
        _exit(replace_with_limit(path));
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_content(path, "old");
    assert_int_equal(files_in_folder(), 1);
}

static void test_missing_folder(void **state)
{
    (void)state;
    assert_false(file_replace("/nonexistent/folder/f", "x", 1, 0600, &fault));
    assert_non_null(strstr(fault.text, "/nonexistent/folder/f"));
    assert_false(file_create("/nonexistent/folder/f", "x", 1, 0600, &fault));
}

static void test_secret_modes(void **state)
{
    static const mode_t refused[] = {0640, 0620, 0610, 0604, 0602, 0601, 0666};
    static const mode_t accepted[] = {0600, 0400, 0700};
    const char *path = scratch_path(&scratch, "f");
    struct file_content content;
    char advice[160];

    (void)state;
    (void)snprintf(advice, sizeof advice, "chmod 600 %s", path);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        scratch_write(path, "secret", 6, refused[i]);
        assert_false(file_read_secret(path, 100, &content, &fault));
        assert_non_null(strstr(fault.text, advice));
        assert_null(content.data);
    }
    for (size_t i = 0; i < sizeof accepted / sizeof accepted[0]; i++) {
        assert_int_equal(unlink(path), 0);
        scratch_write(path, "secret", 6, accepted[i]);
        assert_true(file_read_secret(path, 100, &content, &fault));
        file_content_free(&content);
    }
}

static void test_secret_of_somebody_else(void **state)
{
    const char *path = scratch_path(&scratch, "f");
    struct file_content content;

    (void)state;
    scratch_write(path, "secret", 6, 0600);
    if (geteuid() != 0 || chown(path, 12345, (gid_t)-1) != 0) {
        print_message("only root can give files away\n");
        skip();
    }
    assert_false(file_read_secret(path, 100, &content, &fault));
    assert_non_null(strstr(fault.text, "belongs to user 12345"));
}

static void test_no_core_dumps(void **state)
{
    struct rlimit limit;

    (void)state;
    assert_true(process_no_core_dumps(&fault));
    assert_int_equal(getrlimit(RLIMIT_CORE, &limit), 0);
    assert_int_equal(limit.rlim_cur, 0);
    assert_int_equal(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_read_limits, setup, teardown),
        cmocka_unit_test_setup_teardown(test_fifo_does_not_hang, setup, teardown),
        cmocka_unit_test_setup_teardown(test_replace, setup, teardown),
        cmocka_unit_test_setup_teardown(test_create_never_overwrites, setup, teardown),
        cmocka_unit_test_setup_teardown(test_full_disk_leaves_the_old_file, setup, teardown),
        cmocka_unit_test_setup_teardown(test_missing_folder, setup, teardown),
        cmocka_unit_test_setup_teardown(test_secret_modes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_secret_of_somebody_else, setup, teardown),
        cmocka_unit_test(test_no_core_dumps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
