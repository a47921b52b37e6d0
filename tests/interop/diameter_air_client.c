/*
 * A serving node that sends AIRs and says how they were answered: for interoperability tests of the
 * client in src/edge/diameter, directly or through a relay.
 *
 *     diameter_air_client HOST PORT REALM COUNT     (REALM: the Destination-Realm)
 *
 * Exit status 0 if every AIR was answered with 2001.
 */
#include <stdio.h>
#include <stdlib.h>

#include "diameter/dia_answer.h"
#include "edge/diameter/diameter_client.h"

#define S6A        16777251u
#define AIR        318u
#define TIMEOUT_MS 5000

static const struct dia_application applications[] = {{S6A, DIA_VENDOR_3GPP}};

static const struct dia_node node = {
    .host = "mme.visited.example",
    .realm = "visited.example",
    .product = "Mooring test client",
    .applications = applications,
    .application_count = 1,
};

static size_t make_air(uint8_t *out, size_t capacity, const char *realm, int number)
{
    struct dia_writer w = dia_writer(out, capacity);
    char session[64];

    (void)snprintf(session, sizeof session, "mme.visited.example;1;%d", number);
    dia_begin(&w, &(struct dia_header){
                      .flags = DIA_FLAG_R | DIA_FLAG_P, .command = AIR, .application = S6A});
    dia_put_text(&w, DIA_SESSION_ID, session);
    dia_put_u32(&w, DIA_AUTH_SESSION_STATE, 1);
    dia_answer_origin(&w, &node);
    dia_put_text(&w, DIA_DESTINATION_REALM, realm);
    dia_put_text(&w, DIA_USER_NAME, "001010000000001");
    dia_group_open(&w, DIA_REQUESTED_EUTRAN_AUTHENTICATION_INFO);
    dia_put_u32(&w, DIA_NUMBER_OF_REQUESTED_VECTORS, 1);
    dia_group_close(&w);
    dia_put_octets(&w, DIA_VISITED_PLMN_ID, (const uint8_t[]){0x00, 0xF1, 0x10}, 3);
    return dia_end(&w) ? w.len : 0;
}

static int run(struct diameter_client *client, const char *realm, int count)
{
    int good = 0;

    for (int i = 0; i < count; i++) {
        uint8_t air[1024];
        struct dia_message answer;
        struct fault fault = {{0}};
        struct dia_avp origin;
        uint32_t vendor = 0;
        size_t n = make_air(air, sizeof air, realm, i);

        if (!diameter_client_exchange(client, air, n, TIMEOUT_MS, &answer, &fault)) {
            (void)printf("AIR %d: %s\n", i, fault.text);
            break;
        }
        uint32_t result = dia_result_read(&answer, &vendor);
        char host[DIA_IDENTITY_MAX + 1] = "";
        if (dia_message_find(&answer, DIA_ORIGIN_HOST, &origin)) {
            (void)dia_avp_text(&origin, host, sizeof host);
        }
        (void)printf("AIR %d: result %u from %s\n", i, (unsigned)result, host);
        good += result == DIA_SUCCESS && vendor == 0;
    }
    return good;
}

int main(int argc, char **argv)
{
    const struct diameter_client_config config = {.node = node};
    struct fault fault = {{0}};

    if (argc != 5) {
        (void)fprintf(stderr, "usage: %s HOST PORT REALM COUNT\n", argv[0]);
        return 2;
    }
    int count = (int)strtol(argv[4], NULL, 10);
    struct diameter_client *client = diameter_client_open(
        &config, argv[1], (uint16_t)strtoul(argv[2], NULL, 10), TIMEOUT_MS, &fault);
    if (client == NULL) {
        (void)fprintf(stderr, "%s\n", fault.text);
        return 1;
    }
    (void)printf("connected to %s\n", diameter_client_peer(client)->host);
    int good = run(client, argv[3], count);
    diameter_client_close(client);
    return good == count ? 0 : 1;
}
