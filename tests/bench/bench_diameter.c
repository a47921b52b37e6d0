/*
 * How many AIR-size messages a second: parsed, validated and answered in this process; and echoed
 * over loopback TCP by the server's edge, with a client that keeps a window of requests under way.
 *
 *     bench_diameter [SECONDS [HOST PORT]]    (1 second each; its own server in a thread)
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "diameter/dia_answer.h"
#include "diameter/dia_validate.h"
#include "edge/diameter/diameter_client.h"
#include "edge/diameter/diameter_server.h"

#define S6A    16777251u
#define AIR    318u
#define WINDOW 64 /* requests under way */

static const struct dia_application s6a[] = {{S6A, DIA_VENDOR_3GPP}};
static const struct dia_node hss = {.host = "hss.home.example",
                                    .realm = "home.example",
                                    .product = "Mooring",
                                    .applications = s6a,
                                    .application_count = 1};
static const struct dia_node mme = {.host = "mme.visited.example",
                                    .realm = "visited.example",
                                    .product = "Mooring",
                                    .applications = s6a,
                                    .application_count = 1};

static const struct dia_avp_rule air_avps[] = {
    {DIA_SESSION_ID, 1, 1},
    {DIA_VENDOR_SPECIFIC_APPLICATION_ID, 0, 1},
    {DIA_AUTH_SESSION_STATE, 1, 1},
    {DIA_ORIGIN_HOST, 1, 1},
    {DIA_ORIGIN_REALM, 1, 1},
    {DIA_DESTINATION_HOST, 0, 1},
    {DIA_DESTINATION_REALM, 1, 1},
    {DIA_USER_NAME, 1, 1},
    {DIA_REQUESTED_EUTRAN_AUTHENTICATION_INFO, 0, 1},
    {DIA_VISITED_PLMN_ID, 1, 1},
};
static const struct dia_command_rule air_rule = {
    "AIR", S6A, AIR, true, true, air_avps, ARRAY_LEN(air_avps)};

static size_t make_air(uint8_t *out, size_t capacity)
{
    struct dia_writer w = dia_writer(out, capacity);

    dia_begin(&w, &(struct dia_header){
                      .flags = DIA_FLAG_R | DIA_FLAG_P, .command = AIR, .application = S6A});
    dia_put_text(&w, DIA_SESSION_ID, "mme.visited.example;1690000000;1;app_s6a");
    dia_group_open(&w, DIA_VENDOR_SPECIFIC_APPLICATION_ID);
    dia_put_u32(&w, DIA_VENDOR_ID, DIA_VENDOR_3GPP);
    dia_put_u32(&w, DIA_AUTH_APPLICATION_ID, S6A);
    dia_group_close(&w);
    dia_put_u32(&w, DIA_AUTH_SESSION_STATE, 1);
    dia_put_text(&w, DIA_ORIGIN_HOST, mme.host);
    dia_put_text(&w, DIA_ORIGIN_REALM, mme.realm);
    dia_put_text(&w, DIA_DESTINATION_REALM, hss.realm);
    dia_put_text(&w, DIA_USER_NAME, "001010000000001");
    dia_group_open(&w, DIA_REQUESTED_EUTRAN_AUTHENTICATION_INFO);
    dia_put_u32(&w, DIA_NUMBER_OF_REQUESTED_VECTORS, 1);
    dia_put_u32(&w, DIA_IMMEDIATE_RESPONSE_PREFERRED, 0);
    dia_group_close(&w);
    dia_put_octets(&w, DIA_VISITED_PLMN_ID, (const uint8_t[]){0x00, 0xF1, 0x10}, 3);
    return dia_end(&w) ? w.len : 0;
}

/* An AIA with one E-UTRAN vector of made-up octets: its size, without the cryptography. */
static void answer(const struct dia_message *request, struct dia_writer *w)
{
    static const uint8_t octets[32] = {1, 2, 3};
    struct dia_failure failure;

    if (!dia_validate(request, &air_rule, &failure)) {
        const struct dia_error error = dia_error_of(&failure);
        (void)dia_answer_error(w, request, &hss, &error);
        return;
    }
    dia_answer_begin(w, request, DIA_SUCCESS);
    dia_put_u32(w, DIA_RESULT_CODE, DIA_SUCCESS);
    dia_answer_origin(w, &hss);
    dia_put_u32(w, DIA_AUTH_SESSION_STATE, 1);
    dia_group_open(w, DIA_AUTHENTICATION_INFO);
    dia_group_open(w, DIA_E_UTRAN_VECTOR);
    dia_put_octets(w, DIA_RAND, octets, 16);
    dia_put_octets(w, DIA_XRES, octets, 8);
    dia_put_octets(w, DIA_AUTN, octets, 16);
    dia_put_octets(w, DIA_KASME, octets, 32);
    dia_group_close(w);
    dia_group_close(w);
    (void)dia_answer_end(w, request);
}

static bool bench_in_process(int64_t duration_ms)
{
    uint8_t request[1024];
    uint8_t out[2048];
    size_t n = make_air(request, sizeof request);
    size_t answer_len = 0;
    int64_t start = diameter_now_ms();
    int64_t elapsed = 0;
    uint64_t count = 0;

    while (elapsed < duration_ms || elapsed == 0) {
        for (int i = 0; i < 1000; i++) {
            struct dia_message message;
            struct dia_writer w = dia_writer(out, sizeof out);
            if (dia_message_frame(request, n, sizeof request, &message) != DIA_FRAME_OK) {
                return false;
            }
            answer(&message, &w);
            answer_len = w.len;
        }
        count += 1000;
        elapsed = diameter_now_ms() - start;
    }
    (void)printf("in process: %" PRIu64 " AIR/s (AIR %zu octets, AIA %zu octets)\n",
                 count * 1000 / (uint64_t)elapsed, n, answer_len);
    return answer_len > 0;
}

/* ---- loopback ---- */

static bool admit(void *ctx, const struct dia_capabilities *who, const char *remote)
{
    (void)ctx;
    (void)who;
    (void)remote;
    return true;
}

static void on_open(void *ctx, struct diameter_connection *c)
{
    (void)ctx;
    (void)c;
}

static void on_request(void *ctx, struct diameter_connection *c, const struct dia_message *request,
                       struct dia_writer *w)
{
    (void)ctx;
    (void)c;
    answer(request, w);
}

static void on_no_answer(void *ctx, struct diameter_connection *c, uint64_t cookie,
                         const struct dia_message *message)
{
    (void)ctx;
    (void)c;
    (void)cookie;
    (void)message;
}

static bool on_batch_end(void *ctx)
{
    (void)ctx;
    return true;
}

static void on_closed(void *ctx, struct diameter_connection *c, enum dia_close_reason reason)
{
    (void)ctx;
    (void)c;
    diameter_server_stop(*(struct diameter_server **)ctx);
    (void)reason;
}

static void *serve(void *ctx)
{
    struct diameter_server **server = ctx;

    (void)diameter_server_run(*server, NULL);
    return NULL;
}

struct counting {
    uint64_t answered;
    uint64_t failed;
};

static void on_answer(void *ctx, uint64_t cookie, const struct dia_message *message)
{
    struct counting *counting = ctx;

    (void)cookie;
    if (message == NULL) {
        counting->failed++;
    } else {
        counting->answered++;
    }
}

static bool bench_client(const char *host, uint16_t port, int64_t duration_ms)
{
    struct counting counting = {0};
    struct fault fault = {{0}};
    const struct diameter_client_config config = {
        .node = mme, .on_answer = on_answer, .ctx = &counting};
    struct diameter_client *client = diameter_client_open(&config, host, port, 5000, &fault);
    uint8_t request[1024];
    size_t n = make_air(request, sizeof request);
    uint64_t sent = 0;
    bool ok = client != NULL;

    int64_t start = diameter_now_ms();
    while (ok && diameter_now_ms() - start < duration_ms) {
        while (sent - counting.answered - counting.failed < WINDOW &&
               diameter_client_send(client, request, n, sent, 5000)) {
            sent++;
        }
        ok = diameter_client_poll(client, 5000, &fault);
    }
    int64_t elapsed = diameter_now_ms() - start + 1; /* never 0 */
    if (!ok) {
        (void)fprintf(stderr, "%s\n", fault.text);
    } else {
        (void)printf("over loopback: %" PRIu64 " AIR/s, %d under way, %" PRIu64 " failed\n",
                     counting.answered * 1000 / (uint64_t)elapsed, WINDOW, counting.failed);
    }
    diameter_client_close(client);
    return ok && counting.failed == 0;
}

static bool bench_loopback(int64_t duration_ms)
{
    static const struct diameter_listen where = {"127.0.0.1", DIAMETER_TCP, 0};
    struct diameter_server *server = NULL;
    struct fault fault = {{0}};
    pthread_t thread;
    const struct diameter_server_config config = {
        .node = hss,
        .listens = &where,
        .listen_count = 1,
        .stop_fd = -1,
        .handler = {.ctx = &server,
                    .admit = admit,
                    .on_open = on_open,
                    .on_request = on_request,
                    .on_answer = on_no_answer,
                    .on_batch_end = on_batch_end,
                    .on_closed = on_closed},
    };

    server = diameter_server_open(&config, &fault);
    if (server == NULL) {
        (void)fprintf(stderr, "%s\n", fault.text);
        return false;
    }
    uint16_t port = diameter_server_port(server, 0);
    if (pthread_create(&thread, NULL, serve, &server) != 0) {
        return false;
    }
    bool ok = bench_client("127.0.0.1", port, duration_ms);
    (void)pthread_join(thread, NULL); /* it stops when the client has left */
    diameter_server_close(server);
    return ok;
}

int main(int argc, char **argv)
{
    int64_t duration_ms = argc > 1 ? (int64_t)(strtod(argv[1], NULL) * 1000) : 1000;

    if (argc == 4) {
        return bench_client(argv[2], (uint16_t)strtoul(argv[3], NULL, 10), duration_ms) ? 0 : 1;
    }
    return bench_in_process(duration_ms) && bench_loopback(duration_ms) ? 0 : 1;
}
