#include "window.h"

#include <time.h>

#include "edge/diameter/diameter_client.h"

#define ANSWER_MS 10000

struct run {
    const struct window_load *load;
    struct window_result *result;
};

double bench_now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void on_answer(void *ctx, uint64_t cookie, const struct dia_message *message)
{
    struct run *run = ctx;
    const struct window_load *load = run->load;

    (void)cookie;
    if (message == NULL || (load->good != NULL && !load->good(load->ctx, message))) {
        run->result->failed++;
    } else {
        run->result->answered++;
        run->result->answer_octets = message->header.length;
    }
}

static bool run_load(struct run *run, struct diameter_client *client, struct fault *fault)
{
    const struct window_load *load = run->load;
    struct window_result *result = run->result;
    double start = bench_now();
    double end = start + (double)load->duration_ms / 1000;
    uint64_t sent = 0;
    bool more = true;
    bool ok = true;

    while (ok && (more || sent > result->answered + result->failed)) {
        while (more && sent - result->answered - result->failed < WINDOW) {
            const uint8_t *request = load->request(load->ctx, sent, &result->request_octets);

            if (!diameter_client_send(client, request, result->request_octets, sent, ANSWER_MS)) {
                return fault_set(fault, "a request could not be sent");
            }
            more = ++sent != load->count;
        }
        ok = diameter_client_poll(client, ANSWER_MS, fault);
        more = more && (load->duration_ms == 0 || bench_now() < end);
    }
    result->seconds = bench_now() - start;
    return ok;
}

bool window_run(const struct window_load *load, struct window_result *result, struct fault *fault)
{
    struct run run = {load, result};
    const struct diameter_client_config config = {
        .node = *load->node, .on_answer = on_answer, .ctx = &run};
    struct diameter_client *client =
        diameter_client_open(&config, load->host, load->port, ANSWER_MS, fault);

    *result = (struct window_result){0};
    if (client == NULL) {
        return false;
    }
    bool ok = run_load(&run, client, fault);
    diameter_client_close(client);
    return ok;
}
