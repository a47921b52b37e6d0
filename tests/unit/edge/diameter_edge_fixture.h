/* A Diameter server over loopback, in a thread of its own, with an upper layer that counts; and
 * clients of it. */
#ifndef MOORING_TESTS_DIAMETER_EDGE_FIXTURE_H
#define MOORING_TESTS_DIAMETER_EDGE_FIXTURE_H

#include "dia_fixture.h"

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "diameter/dia_answer.h"
#include "edge/diameter/diameter_client.h"
#include "edge/diameter/diameter_server.h"
#include "edge/diameter/diameter_socket.h"

#define PATIENCE_MS 5000

/* An upper layer that counts. Only the server's thread writes, the test reads. */
struct upper {
    struct diameter_server *server;
    struct diameter_server_config config;
    pthread_t thread;
    int stop_fd;
    uint16_t port;
    atomic_int opened;
    atomic_int closed;
    atomic_int close_reason;
    atomic_int requests;
    atomic_int batches; /* that had requests in them */
    atomic_int refused;
    atomic_int answers;
    atomic_int fail_batches; /* so many of the next batches fail */
    atomic_bool ask_back;    /* send a CLR-like request to the peer with each answer */
    atomic_bool unfinished;  /* leave answers without their end */
    atomic_int big;          /* octets of Error-Message in each answer */
    int in_batch;
};

static inline bool on_admit(void *ctx, const struct dia_capabilities *who, const char *remote)
{
    (void)ctx;
    return strcmp(remote, "127.0.0.1") == 0 && strstr(who->host, ".visited.example") != NULL;
}

static inline void on_open(void *ctx, struct diameter_connection *c)
{
    struct upper *upper = ctx;

    diameter_connection_set_tag(c, upper);
    assert_ptr_equal(diameter_server_find(upper->server, diameter_connection_peer(c)->host), c);
    atomic_fetch_add(&upper->opened, 1);
}

static inline void write_answer(const struct upper *upper, const struct dia_message *request,
                                struct dia_writer *answer)
{
    static const char filling[] = "0123456789abcdef";

    dia_answer_begin(answer, request, DIA_SUCCESS);
    dia_put_u32(answer, DIA_RESULT_CODE, DIA_SUCCESS);
    dia_answer_origin(answer, &upper->config.node);
    for (int i = 0; i < atomic_load(&upper->big); i += 16) {
        dia_put_text(answer, DIA_ERROR_MESSAGE, filling);
    }
    if (!atomic_load(&upper->unfinished)) {
        (void)dia_answer_end(answer, request);
    }
}

static inline void on_request(void *ctx, struct diameter_connection *c,
                              const struct dia_message *request, struct dia_writer *answer)
{
    struct upper *upper = ctx;
    uint8_t own[512];

    assert_ptr_equal(diameter_connection_tag(c), upper);
    assert_true(diameter_connection_is_origin(c, request));
    atomic_fetch_add(&upper->requests, 1);
    upper->in_batch++;
    if (atomic_load(&upper->ask_back)) {
        size_t n = fixture_air(own, sizeof own);
        assert_true(diameter_connection_request(c, own, n, 77, 3000));
    }
    write_answer(upper, request, answer);
}

static inline void on_answer(void *ctx, struct diameter_connection *c, uint64_t cookie,
                             const struct dia_message *answer)
{
    struct upper *upper = ctx;

    (void)c;
    assert_int_equal(cookie, 77);
    assert_non_null(answer);
    atomic_fetch_add(&upper->answers, 1);
}

static inline bool on_batch_end(void *ctx)
{
    struct upper *upper = ctx;
    bool any = upper->in_batch > 0;

    upper->in_batch = 0;
    if (!any) {
        return true;
    }
    atomic_fetch_add(&upper->batches, 1);
    if (atomic_load(&upper->fail_batches) > 0) {
        atomic_fetch_sub(&upper->fail_batches, 1);
        return false;
    }
    return true;
}

static inline void on_refuse(void *ctx, struct diameter_connection *c,
                             const struct dia_message *request, struct dia_writer *answer)
{
    struct upper *upper = ctx;

    (void)c;
    atomic_fetch_add(&upper->refused, 1);
    (void)dia_answer_error(answer, request, &upper->config.node,
                           &(struct dia_error){.result = DIA_UNABLE_TO_COMPLY});
}

static inline void on_closed(void *ctx, struct diameter_connection *c, enum dia_close_reason reason)
{
    struct upper *upper = ctx;

    (void)c;
    atomic_store(&upper->close_reason, (int)reason);
    atomic_fetch_add(&upper->closed, 1);
}

static inline void *serve(void *ctx)
{
    struct upper *upper = ctx;

    assert_true(diameter_server_run(upper->server, NULL));
    return NULL;
}

static const struct diameter_listen loopback[] = {{"127.0.0.1", DIAMETER_TCP, 0}};

static inline struct upper *start(size_t max_backlog, int64_t tw_ms)
{
    struct upper *upper = calloc(1, sizeof *upper);
    struct fault fault = {{0}};

    assert_non_null(upper);
    upper->stop_fd = eventfd(0, EFD_CLOEXEC);
    upper->config = (struct diameter_server_config){
        .node = fixture_hss,
        .listens = loopback,
        .listen_count = 1,
        .max_connections = 8,
        .max_backlog = max_backlog,
        .tw_ms = tw_ms,
        .stop_fd = upper->stop_fd,
        .handler = {.ctx = upper,
                    .admit = on_admit,
                    .on_open = on_open,
                    .on_request = on_request,
                    .on_answer = on_answer,
                    .on_batch_end = on_batch_end,
                    .on_refuse = on_refuse,
                    .on_closed = on_closed},
    };
    upper->server = diameter_server_open(&upper->config, &fault);
    if (upper->server == NULL) {
        print_error("%s\n", fault.text);
    }
    assert_non_null(upper->server);
    upper->port = diameter_server_port(upper->server, 0);
    assert_true(upper->port != 0);
    assert_int_equal(pthread_create(&upper->thread, NULL, serve, upper), 0);
    return upper;
}

static inline void stop(struct upper *upper)
{
    assert_int_equal(eventfd_write(upper->stop_fd, 1), 0);
    assert_int_equal(pthread_join(upper->thread, NULL), 0);
    diameter_server_close(upper->server);
    (void)close(upper->stop_fd);
    free(upper);
}

static inline bool reaches(atomic_int *value, int wanted)
{
    int64_t deadline = diameter_now_ms() + PATIENCE_MS;

    while (atomic_load(value) < wanted) {
        if (diameter_now_ms() > deadline) {
            return false;
        }
        (void)usleep(1000);
    }
    return true;
}

static inline struct diameter_client *connect_as(const struct upper *upper,
                                                 const struct dia_node *node, struct fault *fault)
{
    const struct diameter_client_config config = {.node = *node, .tw_ms = 300};

    return diameter_client_open(&config, "127.0.0.1", upper->port, PATIENCE_MS, fault);
}

static inline uint32_t exchange(struct diameter_client *client)
{
    uint8_t air[512];
    struct dia_message answer;
    struct fault fault = {{0}};
    uint32_t vendor = 0;
    size_t n = fixture_air(air, sizeof air);

    if (!diameter_client_exchange(client, air, n, PATIENCE_MS, &answer, &fault)) {
        print_error("%s\n", fault.text);
        return 0;
    }
    return dia_result_read(&answer, &vendor);
}

#endif
