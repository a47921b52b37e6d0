/* The Diameter server and client over loopback: src/edge/diameter. */
#include "diameter_edge_fixture.h"

static void requests_are_answered(void **state)
{
    struct upper *upper = start(0, 0);
    struct diameter_client *client = connect_as(upper, &fixture_mme, NULL);

    (void)state;
    assert_non_null(client);
    assert_string_equal(diameter_client_peer(client)->host, "hss.home.example");
    for (int i = 0; i < 10; i++) {
        assert_int_equal(exchange(client), DIA_SUCCESS);
    }
    diameter_client_close(client);
    assert_true(reaches(&upper->closed, 1));
    assert_int_equal(atomic_load(&upper->close_reason), DIA_CLOSE_LEFT);
    assert_int_equal(atomic_load(&upper->requests), 10);
    stop(upper);
}

/* What the upper layer leaves unfinished, or writes too long, never reaches the stream. */
static void broken_answers_are_replaced(void **state)
{
    struct upper *upper = start(0, 0);
    struct diameter_client *client = connect_as(upper, &fixture_mme, NULL);

    (void)state;
    assert_non_null(client);
    atomic_store(&upper->unfinished, true);
    assert_int_equal(exchange(client), DIA_UNABLE_TO_COMPLY);
    atomic_store(&upper->unfinished, false);
    atomic_store(&upper->big, 60000);
    assert_int_equal(exchange(client), DIA_UNABLE_TO_COMPLY);
    atomic_store(&upper->big, 0);
    assert_int_equal(exchange(client), DIA_SUCCESS);
    diameter_client_close(client);
    stop(upper);
}

struct counting {
    int answered;
    int failed;
    int asked;
};

static void count_answer(void *ctx, uint64_t cookie, const struct dia_message *answer)
{
    struct counting *counting = ctx;
    uint32_t vendor = 0;

    (void)cookie;
    if (answer != NULL && dia_result_read(answer, &vendor) == DIA_SUCCESS) {
        counting->answered++;
    } else {
        counting->failed++;
    }
}

static void answer_server(void *ctx, const struct dia_message *request, struct dia_writer *answer)
{
    struct counting *counting = ctx;

    counting->asked++;
    dia_answer_begin(answer, request, DIA_SUCCESS);
    dia_put_u32(answer, DIA_RESULT_CODE, DIA_SUCCESS);
    dia_answer_origin(answer, &fixture_mme);
    (void)dia_answer_end(answer, request);
}

/* Sends `n` requests before reading anything, then takes all answers. */
static void burst(struct diameter_client *client, struct counting *counting, int n)
{
    uint8_t air[512];
    size_t len = fixture_air(air, sizeof air);
    int64_t deadline = diameter_now_ms() + PATIENCE_MS;
    int wanted = counting->answered + counting->failed + n;

    for (int i = 0; i < n; i++) {
        assert_true(diameter_client_send(client, air, len, (uint64_t)i, PATIENCE_MS));
    }
    while (counting->answered + counting->failed < wanted && diameter_now_ms() < deadline) {
        assert_true(diameter_client_poll(client, 100, NULL));
    }
}

static struct diameter_client *connect_counting(const struct upper *upper,
                                                struct counting *counting)
{
    const struct diameter_client_config config = {
        .node = fixture_mme,
        .tw_ms = 1000,
        .on_request = answer_server,
        .on_answer = count_answer,
        .ctx = counting,
        .expected_host = "HSS.home.example",
    };
    struct diameter_client *client =
        diameter_client_open(&config, "localhost", upper->port, PATIENCE_MS, NULL);

    assert_non_null(client);
    return client;
}

static void a_burst_is_one_batch(void **state)
{
    struct upper *upper = start(0, 0);
    struct counting counting = {0};
    struct diameter_client *client = connect_counting(upper, &counting);

    (void)state;
    burst(client, &counting, 100);
    assert_int_equal(counting.answered, 100);
    assert_int_equal(atomic_load(&upper->requests), 100);
    assert_true(atomic_load(&upper->batches) < 20);
    diameter_client_close(client);
    stop(upper);
}

static void a_failed_batch_is_refused_as_a_whole(void **state)
{
    struct upper *upper = start(0, 0);
    struct counting counting = {0};
    struct diameter_client *client = connect_counting(upper, &counting);

    (void)state;
    atomic_store(&upper->ask_back, true);
    atomic_store(&upper->fail_batches, 1);
    assert_int_equal(exchange(client), DIA_UNABLE_TO_COMPLY);
    assert_int_equal(atomic_load(&upper->refused), 1);
    assert_int_equal(counting.asked, 0); /* the request of the dropped batch was not sent */
    assert_int_equal(exchange(client), DIA_SUCCESS);
    assert_true(diameter_client_poll(client, 50, NULL));
    assert_int_equal(counting.asked, 1);
    assert_true(reaches(&upper->answers, 1));
    diameter_client_close(client);
    stop(upper);
}

static void the_server_asks_too(void **state)
{
    struct upper *upper = start(0, 0);
    struct counting counting = {0};
    struct diameter_client *client = connect_counting(upper, &counting);

    (void)state;
    atomic_store(&upper->ask_back, true);
    burst(client, &counting, 20);
    assert_int_equal(counting.answered, 20);
    assert_int_equal(counting.asked, 20);
    (void)diameter_client_poll(client, 10, NULL);
    assert_true(reaches(&upper->answers, 20));
    diameter_client_close(client);
    stop(upper);
}

/* A peer that sends and does not read: the server stops reading it, and goes on when it reads
 * again. */
static void a_slow_reader_is_held_back(void **state)
{
    struct upper *upper = start(20000, 0);
    struct counting counting = {0};
    struct diameter_client *client = connect_counting(upper, &counting);

    (void)state;
    atomic_store(&upper->big, 8000);
    for (int i = 0; i < 5; i++) {
        burst(client, &counting, 120);
    }
    assert_int_equal(counting.answered, 600);
    assert_int_equal(counting.failed, 0);
    diameter_client_close(client);
    stop(upper);
}

static void watchdogs_go_both_ways(void **state)
{
    struct upper *upper = start(0, 200);
    struct diameter_client *client = connect_as(upper, &fixture_mme, NULL);
    int64_t until = diameter_now_ms() + 1500;

    (void)state;
    assert_non_null(client);
    while (diameter_now_ms() < until) {
        assert_true(diameter_client_poll(client, 100, NULL));
    }
    assert_int_equal(atomic_load(&upper->closed), 0);
    /* A client that does nothing any more is noticed: Tw for DWR, Tw to suspect, Tw to close. */
    assert_true(reaches(&upper->closed, 1));
    assert_int_equal(atomic_load(&upper->close_reason), DIA_CLOSE_WATCHDOG);
    diameter_client_close(client);
    stop(upper);
}

static void strangers_are_refused(void **state)
{
    struct upper *upper = start(0, 0);
    struct dia_node stranger = fixture_mme;
    struct fault fault = {{0}};

    (void)state;
    stranger.host = "mme.elsewhere.example";
    assert_null(connect_as(upper, &stranger, &fault));
    assert_non_null(strstr(fault.text, "3010"));
    assert_int_equal(atomic_load(&upper->opened), 0);
    assert_int_equal(atomic_load(&upper->closed), 0);
    stop(upper);
}

static void one_connection_a_peer(void **state)
{
    struct upper *upper = start(0, 0);
    struct diameter_client *first = connect_as(upper, &fixture_mme, NULL);
    struct dia_node restarted = fixture_mme;
    struct fault fault = {{0}};

    (void)state;
    assert_non_null(first);
    assert_null(connect_as(upper, &fixture_mme, &fault));
    assert_non_null(strstr(fault.text, "4003"));
    assert_int_equal(exchange(first), DIA_SUCCESS);
    restarted.origin_state_id++;
    struct diameter_client *second = connect_as(upper, &restarted, &fault);
    assert_non_null(second);
    assert_true(reaches(&upper->closed, 1));
    assert_int_equal(exchange(second), DIA_SUCCESS);
    diameter_client_close(second);
    diameter_client_close(first);
    stop(upper);
}

static void connections_are_limited(void **state)
{
    struct upper *upper = start(0, 0);
    struct diameter_client *clients[8];
    char name[8][32];
    struct dia_node node = fixture_mme;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(clients); i++) {
        (void)snprintf(name[i], sizeof name[i], "mme%zu.visited.example", i);
        node.host = name[i];
        clients[i] = connect_as(upper, &node, NULL);
        assert_non_null(clients[i]);
    }
    assert_null(connect_as(upper, &fixture_mme, NULL));
    for (size_t i = 0; i < ARRAY_LEN(clients); i++) {
        diameter_client_close(clients[i]);
    }
    assert_true(reaches(&upper->closed, 8));
    stop(upper);
}

static void garbage_does_no_harm(void **state)
{
    struct upper *upper = start(0, 0);
    struct dia_host_address local;
    char remote[INET6_ADDRSTRLEN];
    uint8_t got = 0;

    (void)state;
    int fd = diameter_socket_connect("127.0.0.1", upper->port, PATIENCE_MS, remote, &local, NULL);
    assert_true(fd >= 0);
    assert_int_equal(send(fd, "GET / HTTP/1.1\r\n\r\n", 18, MSG_NOSIGNAL), 18);
    int64_t deadline = diameter_now_ms() + PATIENCE_MS;
    ssize_t status = 0;
    while ((status = diameter_socket_receive(fd, &got, 1)) == 0 && diameter_now_ms() < deadline) {
        (void)usleep(1000);
    }
    assert_int_equal(status, -1);
    (void)close(fd);
    struct diameter_client *client = connect_as(upper, &fixture_mme, NULL);
    assert_non_null(client);
    assert_int_equal(exchange(client), DIA_SUCCESS);
    diameter_client_close(client);
    stop(upper);
}

/* Stopping says DPR to a client that is served, and does not hang on one that is not. */
static void stopping_leaves_in_order(void **state)
{
    struct upper *upper = start(0, 0);
    struct diameter_client *client = connect_as(upper, &fixture_mme, NULL);
    struct fault fault = {{0}};

    (void)state;
    assert_non_null(client);
    assert_int_equal(exchange(client), DIA_SUCCESS);
    assert_int_equal(eventfd_write(upper->stop_fd, 1), 0);
    int64_t deadline = diameter_now_ms() + PATIENCE_MS;
    while (diameter_client_poll(client, 100, &fault) && diameter_now_ms() < deadline) {
    }
    assert_non_null(strstr(fault.text, "closed the connection"));
    assert_int_equal(pthread_join(upper->thread, NULL), 0);
    assert_int_equal(atomic_load(&upper->close_reason), DIA_CLOSE_LEFT);
    diameter_client_close(client);
    diameter_server_close(upper->server);
    (void)close(upper->stop_fd);
    free(upper);
}

static void faults_are_clear(void **state)
{
    struct upper *upper = start(0, 0);
    struct diameter_listen taken[] = {{"127.0.0.1", DIAMETER_TCP, 0}};
    struct diameter_server_config config = upper->config;
    struct fault fault = {{0}};

    (void)state;
    taken[0].port = upper->port;
    config.listens = taken;
    assert_null(diameter_server_open(&config, &fault));
    assert_non_null(strstr(fault.text, "cannot listen on 127.0.0.1 port"));
    taken[0] = (struct diameter_listen){"no address", DIAMETER_TCP, 1};
    assert_null(diameter_server_open(&config, &fault));
    assert_non_null(strstr(fault.text, "no address"));
    taken[0] = (struct diameter_listen){"127.0.0.1", DIAMETER_SCTP, 0};
    struct diameter_server *sctp = diameter_server_open(&config, &fault);
    if (sctp == NULL) { /* a kernel without SCTP */
        assert_non_null(strstr(fault.text, "SCTP"));
    }
    diameter_server_close(sctp);
    stop(upper);
    assert_null(diameter_client_open(&(struct diameter_client_config){.node = fixture_mme},
                                     "127.0.0.1", 1, 500, &fault));
    assert_non_null(strstr(fault.text, "cannot connect to 127.0.0.1 port 1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_answered),
        cmocka_unit_test(broken_answers_are_replaced),
        cmocka_unit_test(a_burst_is_one_batch),
        cmocka_unit_test(a_failed_batch_is_refused_as_a_whole),
        cmocka_unit_test(the_server_asks_too),
        cmocka_unit_test(a_slow_reader_is_held_back),
        cmocka_unit_test(watchdogs_go_both_ways),
        cmocka_unit_test(strangers_are_refused),
        cmocka_unit_test(one_connection_a_peer),
        cmocka_unit_test(connections_are_limited),
        cmocka_unit_test(garbage_does_no_harm),
        cmocka_unit_test(stopping_leaves_in_order),
        cmocka_unit_test(faults_are_clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
