/* mooring lab: a machine and its serving node, for trying things out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "cli/cli.h"
#include "edge/batch/batch_file.h"
#include "edge/cardfile/card_reader.h"
#include "edge/diameter/diameter_client.h"
#include "edge/pcsc/pcsc_reader.h"
#include "lab/serving_node.h"
#include "machine/terminal.h"

#define ANSWER_MS    10000
#define RAT_EUTRAN   1004
#define HOST_MAX     256
#define REALM_FORMAT "epc.mnc%03d.mcc%.3s.3gppnetwork.org" /* TS 23.003 19.2 */

struct lab {
    const struct cli_args *args;
    struct lab_machine machine;
    struct reader reader;
    struct dia_node node;
    struct dia_application application;
    struct diameter_client *client;
    char origin_host[HOST_MAX];
    char realm[HOST_MAX];
    char pin1[CARD_PIN_LEN + 1];
};

static bool exchange(void *ctx, const uint8_t *request, size_t n, struct dia_message *answer,
                     struct fault *fault)
{
    return diameter_client_exchange(ctx, request, n, ANSWER_MS, answer, fault);
}

static void say(void *ctx, const char *line)
{
    (void)ctx;
    (void)printf("%s\n", line);
    (void)fflush(stdout);
}

/* PIN1 of the card in the reader, from the batch file of its maker. */
static bool find_pin(struct lab *lab, const char *path, const char *key, struct fault *fault)
{
    struct terminal terminal;
    struct iccid iccid;
    struct batch batch = {0};
    struct keyring *keyring = keyring_open(key, fault);
    bool found = false;

    bool good = keyring != NULL && batch_file_read(path, keyring, &batch, fault) &&
                terminal_reset(&terminal, &lab->reader, fault) &&
                terminal_read_iccid(&terminal, &iccid, fault);
    for (size_t i = 0; good && i < batch.count && !found; i++) {
        if (strcmp(batch.cards[i].iccid.digits, iccid.digits) == 0) {
            size_t n = 0;

            while (n < CARD_PIN_LEN && batch.cards[i].secrets.pin1[n] != 0xFF) {
                lab->pin1[n] = (char)batch.cards[i].secrets.pin1[n];
                n++;
            }
            lab->machine.pin1 = lab->pin1;
            found = true;
        }
    }
    if (good && !found) {
        good = fault_set(fault, "ICCID %s is not in %s", iccid.digits, path);
    }
    batch_free(&batch);
    keyring_close(keyring);
    return good;
}

static int open_card(struct lab *lab, struct fault *fault)
{
    const struct cli_args *args = lab->args;
    const char *image = cli_value(args, "image", NULL);
    const char *name = cli_value(args, "reader", NULL);
    const char *batch = cli_value(args, "pin-from", NULL);
    const char *key = cli_value(args, "key", NULL);

    if ((image == NULL) == (name == NULL)) {
        return cli_usage(args, "give either --reader or --image");
    }
    if ((batch == NULL) != (key == NULL)) {
        return cli_usage(args, "--pin-from and --key go together");
    }
    bool open = image != NULL ? card_reader_open(image, &lab->reader, fault)
                              : pcsc_reader_open(name, true, &lab->reader, fault);
    if (!open) {
        return cli_failed(fault);
    }
    lab->machine.reader = &lab->reader;
    lab->machine.pin1 = cli_value(args, "pin1", NULL);
    lab->machine.risk_last_try = cli_given(args, "risk-last-try");
    if (batch != NULL && !find_pin(lab, batch, key, fault)) {
        return cli_failed(fault);
    }
    return CLI_OK;
}

static int read_identities(struct lab *lab)
{
    const struct cli_args *args = lab->args;
    const char *imei = cli_value(args, "imei", NULL);
    const char *plmn = cli_value(args, "plmn", "001/01");
    char text[8];

    if (imei != NULL && !imei_parse(imei, strlen(imei), &lab->machine.imei)) {
        return cli_usage(args,
                         "'%s' is no IMEI: 14 digits, 15 with the right check digit, or 16 "
                         "(IMEISV)",
                         imei);
    }
    lab->machine.imei_present = imei != NULL;
    if (!plmn_parse(plmn, strlen(plmn), &lab->machine.plmn)) {
        return cli_usage(args, "'%s' is no PLMN: MCC/MNC", plmn);
    }
    plmn_format(&lab->machine.plmn, text);
    (void)snprintf(lab->realm, sizeof lab->realm, REALM_FORMAT, (int)strtol(text + 4, NULL, 10),
                   text);
    (void)snprintf(lab->origin_host, sizeof lab->origin_host, "mme.%.200s", lab->realm);
    lab->application = (struct dia_application){S6A_APPLICATION, DIA_VENDOR_3GPP};
    lab->node = (struct dia_node){.host = cli_value(args, "origin-host", lab->origin_host),
                                  .realm = cli_value(args, "origin-realm", lab->realm),
                                  .product = "Mooring lab",
                                  .applications = &lab->application,
                                  .application_count = 1};
    lab->machine.node = &lab->node;
    lab->machine.home_realm = cli_value(args, "home-realm", lab->realm);
    lab->machine.session = (uint32_t)(cli_now_ms() / 1000);
    lab->machine.rat_type = RAT_EUTRAN;
    lab->machine.ulr_flags = S6A_ULR_S6A | S6A_ULR_INITIAL_ATTACH;
    return CLI_OK;
}

static int connect_home(struct lab *lab, struct fault *fault)
{
    const char *where = cli_value(lab->args, "connect", "127.0.0.1:3868");
    const char *colon = strrchr(where, ':');
    struct diameter_client_config config = {.node = lab->node};
    char host[HOST_MAX];
    char *end = NULL;
    unsigned long port = colon != NULL ? strtoul(colon + 1, &end, 10) : 0;

    if (colon == NULL || *end != '\0' || port == 0 || port > 65535 ||
        (size_t)(colon - where) >= sizeof host) {
        return cli_usage(lab->args, "--connect takes HOST:PORT, not '%s'", where);
    }
    (void)snprintf(host, sizeof host, "%.*s", (int)(colon - where), where);
    lab->client = diameter_client_open(&config, host, (uint16_t)port, ANSWER_MS, fault);
    if (lab->client == NULL) {
        return cli_failed(fault);
    }
    (void)printf("S6a: %s connected to %s (Diameter over TCP, CER -> CEA: 2001)\n", lab->node.host,
                 diameter_client_peer(lab->client)->host);
    return CLI_OK;
}

static void print_data(const struct s6a_subscription_data *data)
{
    if (!data->present) {
        return;
    }
    (void)printf(
        "Subscription-Data: Subscriber-Status %u, Network-Access-Mode %u (%s), MSISDN %s\n",
        data->subscriber_status, data->network_access_mode,
        data->network_access_mode == S6A_NETWORK_ACCESS_ONLY_PACKET ? "only packet"
                                                                    : "packet and circuit",
        data->has_msisdn ? "given" : "none");
    (void)printf("Subscription-Data: Teleservice-List");
    for (size_t i = 0; i < data->teleservice_count; i++) {
        (void)printf(" 0x%02x", data->teleservices[i]);
    }
    (void)printf("%s, Operator-Determined-Barring 0x%x, Access-Restriction-Data 0x%x\n",
                 data->teleservice_count == 0 ? " none" : "", data->operator_determined_barring,
                 data->access_restriction);
    (void)printf("Subscription-Data: AMBR %u up, %u down (bit/s)\n", data->ambr_uplink,
                 data->ambr_downlink);
    for (size_t i = 0; i < data->apn_count; i++) {
        const struct profile_apn *apn = &data->apns[i];

        (void)printf(
            "Subscription-Data: APN %s, PDN-Type %u, QCI %u, ARP %u, AMBR %u up, %u down\n",
            apn->name, apn->pdn_type, apn->qci, apn->arp_priority, apn->ambr_uplink,
            apn->ambr_downlink);
    }
}

/* What the machine may do now, by what its serving node was told. False if it may not. */
static bool print_wishes(const struct cli_args *args, const struct s6a_subscription_data *data)
{
    const char *apn = cli_value(args, "ask-apn", NULL);
    bool granted = true;

    if (apn != NULL) {
        granted = lab_apn_granted(data, apn);
        (void)printf("PDN connection to APN '%s': %s\n", apn,
                     granted ? "granted" : "refused, ESM cause #33 (not subscribed)");
    }
    if (cli_given(args, "ask-telephony")) {
        bool circuit = data->network_access_mode == S6A_NETWORK_ACCESS_PACKET_AND_CIRCUIT;

        (void)printf("telephony (teleservice 11): %s\n",
                     circuit ? "circuit domain is subscribed; what it grants is asked for there"
                             : "refused: no circuit domain, no MSISDN, no teleservice to stand on");
        granted = granted && circuit;
    }
    return granted;
}

static int report_attach(const struct cli_args *args, const struct lab_attach *attach)
{
    switch (attach->outcome) {
    case LAB_ATTACHED:
        if (!cli_given(args, "brief")) {
            print_data(&attach->data);
        }
        (void)printf("attached: IMSI %s\n", attach->imsi.digits);
        return print_wishes(args, &attach->data) ? CLI_OK : CLI_REFUSED;
    case LAB_REFUSED:
        (void)printf("refused by the home network: the terminal gets EMM cause #%u\n",
                     lab_emm_cause(&attach->result));
        return CLI_REFUSED;
    case LAB_REJECTED:
        (void)printf("authentication failed\n");
        return CLI_REFUSED;
    case LAB_BROKEN:
        break;
    }
    return CLI_FAILED;
}

static int lab_attach_command(const struct cli_args *args)
{
    struct lab lab = {.args = args};
    struct lab_attach attach;
    struct fault fault = {0};

    int status = read_identities(&lab);
    if (status == CLI_OK) {
        status = open_card(&lab, &fault);
    }
    if (status == CLI_OK) {
        status = connect_home(&lab, &fault);
    }
    if (status == CLI_OK) {
        const struct lab_network network = {lab.client, exchange};

        status = lab_attach(&lab.machine, &network, say, NULL, &attach, &fault)
                     ? report_attach(args, &attach)
                     : cli_failed(&fault);
    }
    diameter_client_close(lab.client);
    if (lab.reader.close != NULL) {
        lab.reader.close(lab.reader.ctx);
    }
    bytes_wipe(lab.pin1, sizeof lab.pin1);
    return status;
}

static const struct cli_option options[] = {
    {"reader", "NAME", "the UICC is in this reader of pcscd"},
    {"image", "FILE", "the UICC is this card image, in this process"},
    {"pin1", "DIGITS", "PIN1 (others can see it in the process list)"},
    {"pin-from", "BATCH", "PIN1 is in this batch file"},
    {"key", "FILE", "key file that the batch was sealed with"},
    {"risk-last-try", NULL, "type PIN1 even if one try is left: a wrong one blocks it"},
    {"imei", "IMEI", "what the machine says it is (default: it says nothing)"},
    {"plmn", "MCC/MNC", "serving network (default: 001/01)"},
    {"connect", "HOST:PORT", "the home network (default: 127.0.0.1:3868)"},
    {"origin-host", "NAME", "the serving node (default: mme.epc.mncMNC.mccMCC.3gppnetwork.org)"},
    {"origin-realm", "NAME", "its realm"},
    {"home-realm", "NAME", "the home network's realm (default: the serving node's)"},
    {"ask-apn", "NAME", "ask for a PDN connection to this APN, too"},
    {"ask-telephony", NULL, "ask for telephony, too"},
    {"brief", NULL, "don't print the Subscription-Data"},
    {0},
};

static const struct cli_command commands[] = {
    {"attach", "", 0, 0, "Attach once: terminal, UICC and serving node against a home network",
     "Selects the USIM, verifies PIN1, reads EF_IMSI, gets a vector (AIR), has the UICC\n"
     "AUTHENTICATE it, resynchronises if the UICC asks for it, and registers (ULR).\n"
     "Exit status 3: refused.",
     "mooring lab attach --reader 'Mooring 0 00 00' --pin1 1234 --imei 49015420323751\n"
     "  mooring lab attach --image a.card --pin-from batch/batch.json --key transport.key \\\n"
     "      --imei 49015420323751 --ask-apn internet",
     options, lab_attach_command},
    {0},
};

const struct cli_group cli_group_lab = {"lab", "A machine and its serving node, for trials",
                                        commands};
