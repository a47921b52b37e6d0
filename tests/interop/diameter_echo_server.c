/*
 * A Diameter server that grants every AIR and knows nothing: for interoperability tests and
 * benchmarks of src/edge/diameter. It takes any peer, announces S6a, answers each request with
 * 2001, and says on standard output what happens:
 *
 *     diameter_echo_server [PORT] [TW_MS]     (127.0.0.1; port 0, the default, lets the system
 * choose)
 *
 * It stops in order on SIGTERM or SIGINT.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "diameter/dia_answer.h"
#include "edge/diameter/diameter_server.h"

#define S6A 16777251u

static const struct dia_application applications[] = {{S6A, DIA_VENDOR_3GPP}};

static const struct dia_node node = {
    .host = "echo.home.example",
    .realm = "home.example",
    .product = "Mooring test server",
    .origin_state_id = 1,
    .applications = applications,
    .application_count = 1,
};

static bool admit(void *ctx, const struct dia_capabilities *who, const char *remote)
{
    (void)ctx;
    (void)printf("CER from %s realm %s at %s, product \"%s\", %zu applications%s\n", who->host,
                 who->realm, remote, who->product, who->application_count,
                 who->relay ? ", relay" : "");
    return true;
}

static void on_open(void *ctx, struct diameter_connection *c)
{
    (void)ctx;
    (void)printf("OPEN %s\n", diameter_connection_peer(c)->host);
    (void)fflush(stdout);
}

static void on_request(void *ctx, struct diameter_connection *c, const struct dia_message *request,
                       struct dia_writer *answer)
{
    (void)ctx;
    (void)c;
    dia_answer_begin(answer, request, DIA_SUCCESS);
    dia_put_u32(answer, DIA_RESULT_CODE, DIA_SUCCESS);
    dia_answer_origin(answer, &node);
    dia_put_u32(answer, DIA_AUTH_SESSION_STATE, 1);
    (void)dia_answer_end(answer, request);
}

static void on_answer(void *ctx, struct diameter_connection *c, uint64_t cookie,
                      const struct dia_message *answer)
{
    (void)ctx;
    (void)c;
    (void)cookie;
    (void)answer;
}

static bool on_batch_end(void *ctx)
{
    (void)ctx;
    return true;
}

static void on_closed(void *ctx, struct diameter_connection *c, enum dia_close_reason reason)
{
    (void)ctx;
    (void)printf("CLOSED %s reason %d%s\n", diameter_connection_peer(c)->host, (int)reason,
                 reason == DIA_CLOSE_LEFT ? " (in order)" : "");
    (void)fflush(stdout);
}

static int stop_signals(void)
{
    sigset_t set;

    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    (void)sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC);
}

int main(int argc, char **argv)
{
    struct diameter_listen where = {DIAMETER_TCP, "127.0.0.1", 0};
    struct fault fault = {{0}};

    where.port = (uint16_t)(argc > 1 ? strtoul(argv[1], NULL, 10) : 0);
    const struct diameter_server_config config = {
        .node = node,
        .listens = &where,
        .listen_count = 1,
        .tw_ms = argc > 2 ? (int64_t)strtoul(argv[2], NULL, 10) : 0,
        .stop_fd = stop_signals(),
        .handler = {.admit = admit,
                    .on_open = on_open,
                    .on_request = on_request,
                    .on_answer = on_answer,
                    .on_batch_end = on_batch_end,
                    .on_closed = on_closed},
    };
    struct diameter_server *server = diameter_server_open(&config, &fault);
    if (server == NULL) {
        (void)fprintf(stderr, "%s\n", fault.text);
        return 1;
    }
    (void)printf("LISTENING %u\n", (unsigned)diameter_server_port(server, 0));
    (void)fflush(stdout);
    bool ok = diameter_server_run(server, &fault);
    diameter_server_close(server);
    if (!ok) {
        (void)fprintf(stderr, "%s\n", fault.text);
    }
    return ok ? 0 : 1;
}
