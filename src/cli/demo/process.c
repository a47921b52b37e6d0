#include "cli/demo/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

void text_add(struct text *text, const char *data, size_t n)
{
    char *grown = realloc(text->data, text->len + n + 1);

    if (grown != NULL) {
        memcpy(grown + text->len, data, n);
        text->data = grown;
        text->len += n;
        grown[text->len] = '\0';
    }
}

void text_free(struct text *text)
{
    free(text->data);
    *text = (struct text){0};
}

bool text_has(const struct text *text, const char *part)
{
    return text->data != NULL && strstr(text->data, part) != NULL;
}

/* Becomes the program, with `fd` as its output. Never returns. */
static void become(const char *folder, const char *const *argv, int fd, pid_t parent)
{
    (void)prctl(PR_SET_PDEATHSIG,
                SIGTERM); /* nothing is left running if the demonstration is killed */
    if (getppid() != parent) {
        _exit(127);
    }
    (void)dup2(fd, STDOUT_FILENO);
    (void)dup2(fd, STDERR_FILENO);
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (nothing >= 0) {
        (void)dup2(nothing, STDIN_FILENO);
    }
    if (chdir(folder) == 0) {
        (void)execvp(argv[0], (char *const *)argv);
    }
    (void)fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

static void show_line(const char *line, size_t n, struct text *output, struct text *transcript)
{
    (void)printf("      %.*s\n", (int)n, line);
    text_add(output, line, n);
    text_add(output, "\n", 1);
    text_add(transcript, line, n);
    text_add(transcript, "\n", 1);
}

static void show_output(FILE *stream, struct text *output, struct text *transcript)
{
    char *line = NULL;
    size_t capacity = 0;
    ssize_t n;

    while ((n = getline(&line, &capacity, stream)) > 0) {
        if (line[n - 1] == '\n') {
            n--;
        }
        show_line(line, (size_t)n, output, transcript);
    }
    free(line);
    (void)fflush(stdout);
}

static int exit_status(int status)
{
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int process_run(const char *folder, const char *const *argv, struct text *output,
                struct text *transcript, struct fault *fault)
{
    int ends[2];
    pid_t self = getpid();
    int status = 0;

    text_free(output);
    (void)fflush(stdout);
    if (pipe2(ends, O_CLOEXEC) != 0) {
        (void)fault_set(fault, "no pipe: %s", strerror(errno));
        return -1;
    }
    pid_t pid = fork();
    if (pid == 0) {
        become(folder, argv, ends[1], self);
    }
    (void)close(ends[1]);
    FILE *stream = fdopen(ends[0], "r");
    if (pid < 0 || stream == NULL) {
        (void)fault_set(fault, "%s could not be started: %s", argv[0], strerror(errno));
        (void)close(ends[0]);
        return -1;
    }
    show_output(stream, output, transcript);
    (void)fclose(stream);
    if (waitpid(pid, &status, 0) != pid) {
        (void)fault_set(fault, "%s was lost: %s", argv[0], strerror(errno));
        return -1;
    }
    return exit_status(status);
}

pid_t process_start(const char *folder, const char *const *argv, const char *log,
                    struct fault *fault)
{
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    pid_t self = getpid();

    if (fd < 0) {
        (void)fault_set(fault, "%s: %s", log, strerror(errno));
        return -1;
    }
    (void)fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        become(folder, argv, fd, self);
    }
    (void)close(fd);
    if (pid < 0) {
        (void)fault_set(fault, "%s could not be started: %s", argv[0], strerror(errno));
    }
    return pid;
}

bool process_runs(pid_t pid)
{
    return pid > 0 && waitpid(pid, NULL, WNOHANG) == 0;
}

int process_stop(pid_t pid)
{
    const struct timespec step = {.tv_nsec = 20000000};
    int status = 0;

    if (pid < 1) {
        return 0;
    }
    (void)kill(pid, SIGTERM);
    for (int i = 0; i < 250; i++) {
        pid_t ended = waitpid(pid, &status, WNOHANG);

        if (ended != 0) {
            return ended == pid ? exit_status(status) : -1;
        }
        (void)nanosleep(&step, NULL);
    }
    (void)kill(pid, SIGKILL);
    (void)waitpid(pid, &status, 0);
    return -1;
}
