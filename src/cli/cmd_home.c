/* mooring home: the running home network. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/session.h"
#include "edge/diameter/diameter_server.h"
#include "edge/sqlite/sqlite_admin.h"
#include "hss/hss.h"

static int64_t now_ms(void *ctx)
{
    (void)ctx;
    return cli_now_ms();
}

static void report(void *ctx, const char *line)
{
    char at[32];

    (void)ctx;
    cli_time_text(cli_now_ms(), at);
    (void)fprintf(stderr, "%s ", at);
    for (; *line != '\0'; line++) { /* what a peer calls itself must not speak to the terminal */
        (void)fputc(*line >= 0x20 && *line < 0x7F ? *line : '?', stderr);
    }
    (void)fputc('\n', stderr);
}

static bool admit(void *ctx, const struct dia_capabilities *who, const char *remote)
{
    return hss_admit(ctx, who, remote);
}

static void on_open(void *ctx, struct diameter_connection *connection)
{
    char line[400];

    (void)snprintf(line, sizeof line, "peer %.250s connected from %s",
                   diameter_connection_peer(connection)->host,
                   diameter_connection_remote(connection));
    report(ctx, line);
}

static void on_request(void *ctx, struct diameter_connection *connection,
                       const struct dia_message *request, struct dia_writer *answer)
{
    hss_request(ctx, diameter_connection_peer(connection), request, answer);
}

static bool on_batch_end(void *ctx)
{
    return hss_round_end(ctx);
}

static void on_refuse(void *ctx, struct diameter_connection *connection,
                      const struct dia_message *request, struct dia_writer *answer)
{
    (void)connection;
    hss_refuse(ctx, request, answer);
}

static void on_closed(void *ctx, struct diameter_connection *connection,
                      enum dia_close_reason reason)
{
    char line[400];

    (void)snprintf(line, sizeof line, "peer %.250s %s", diameter_connection_peer(connection)->host,
                   reason == DIA_CLOSE_LEFT ? "left in order" : "is gone");
    report(ctx, line);
}

/* A descriptor that becomes readable at SIGTERM or SIGINT. */
static int stop_descriptor(void)
{
    sigset_t signals;

    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGTERM);
    (void)sigaddset(&signals, SIGINT);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN);
    (void)sigprocmask(SIG_BLOCK, &signals, NULL);
    return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

static struct diameter_server *open_server(const struct hss_settings *settings, struct hss *hss,
                                           struct diameter_listen *listens, int stop_fd,
                                           struct fault *fault)
{
    for (size_t i = 0; i < settings->listen_count; i++) {
        listens[i] = (struct diameter_listen){
            .address = settings->listen[i].address,
            .transport = settings->listen[i].transport == HSS_SCTP ? DIAMETER_SCTP : DIAMETER_TCP,
            .port = settings->listen[i].port};
    }
    struct diameter_server_config config = {
        .node = *hss_node(hss),
        .listens = listens,
        .listen_count = settings->listen_count,
        .stop_fd = stop_fd,
        .handler = {.ctx = hss,
                    .admit = admit,
                    .on_open = on_open,
                    .on_request = on_request,
                    .on_batch_end = on_batch_end,
                    .on_refuse = on_refuse,
                    .on_closed = on_closed},
    };
    return diameter_server_open(&config, fault);
}

static void announce(const struct hss_settings *settings, const struct diameter_server *server,
                     const struct store_counts *counts)
{
    (void)printf("home network %s, %lld subscriptions, peers granted: %zu\n", settings->host,
                 (long long)counts->subscriptions, settings->peer_count);
    for (size_t i = 0; i < settings->listen_count; i++) {
        bool six = strchr(settings->listen[i].address, ':') != NULL;

        (void)printf("listening on %s://%s%s%s:%u\n",
                     settings->listen[i].transport == HSS_SCTP ? "sctp" : "tcp", six ? "[" : "",
                     settings->listen[i].address, six ? "]" : "", diameter_server_port(server, i));
    }
    (void)fflush(stdout);
}

static bool serve(struct session *session, struct hss *hss, struct fault *fault)
{
    struct diameter_listen listens[HSS_LISTEN_MAX];
    struct store_counts counts;
    int stop_fd = stop_descriptor();
    bool good = false;

    if (sqlite_admin_counts(session->store, &counts, fault) == STORE_OK) {
        struct diameter_server *server =
            open_server(session->settings, hss, listens, stop_fd, fault);

        if (server != NULL) {
            announce(session->settings, server, &counts);
            good = diameter_server_run(server, fault);
            diameter_server_close(server);
        }
    }
    (void)close(stop_fd);
    return good;
}

static int home_run(const struct cli_args *args)
{
    struct session session;
    struct fault fault = {0};

    if (!session_open(&session, args, true, &fault)) {
        return cli_failed(&fault);
    }
    const struct hss_ports ports = {.settings = session.settings,
                                    .crypto = &session.crypto.port,
                                    .store = &session.port,
                                    .now_ms = now_ms,
                                    .report = report};
    struct hss *hss = hss_open(&ports, &fault);
    bool good = hss != NULL && serve(&session, hss, &fault);
    if (good) {
        struct hss_statistics statistics = hss_statistics(hss);

        (void)printf(
            "stopped: %llu requests, %llu answered with success, %llu peers refused, "
            "%llu commits\n",
            (unsigned long long)statistics.requests, (unsigned long long)statistics.answers_ok,
            (unsigned long long)statistics.refusals, (unsigned long long)statistics.commits);
    }
    hss_close(hss);
    session_close(&session);
    return good ? CLI_OK : cli_failed(&fault);
}

static int home_check(const struct cli_args *args)
{
    struct session session;
    struct fault fault = {0};
    struct store_counts counts = {0};

    if (!session_open(&session, args, false, &fault)) {
        return cli_failed(&fault);
    }
    bool good = sqlite_admin_check(session.store, &fault) == STORE_OK &&
                sqlite_admin_counts(session.store, &counts, &fault) == STORE_OK;
    session_close(&session);
    if (!good) {
        return cli_failed(&fault);
    }
    (void)printf("configuration, key file and database are right\n"
                 "%lld subscriptions: %lld active, %lld suspended, %lld bound, %lld violated, "
                 "%lld suspicious, %lld cloned; %lld open tickets, %lld events\n",
                 (long long)counts.subscriptions, (long long)counts.active,
                 (long long)counts.suspended, (long long)counts.bound, (long long)counts.violated,
                 (long long)counts.suspicious, (long long)counts.cloned,
                 (long long)counts.open_tickets, (long long)counts.events);
    return CLI_OK;
}

static const struct cli_option options[] = {SESSION_OPTION_CONFIG, {0}};

static const struct cli_command commands[] = {
    {"run", "", 0, 0, "Run the home network (HSS, AuC) until SIGTERM or SIGINT",
     "Answers S6a for the peers that the configuration grants. Prints where it listens, then logs\n"
     "to standard error. Makes the database if there is none.",
     "mooring home run --config mooring.yaml", options, home_run},
    {"check", "", 0, 0, "Check configuration, key file and the whole database",
     "Reads all of the database: takes a while for large ones.",
     "mooring home check --config mooring.yaml", options, home_check},
    {0},
};

const struct cli_group cli_group_home = {"home", "The home network: HSS and AuC", commands};
