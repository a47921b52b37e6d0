/*
 * The hands of test_pcscd.sh: makes card images, works slots, and speaks to cards over libpcsclite.
 *
 *   pcscd_client make IMAGE ICCID IMSI     makes a card image
 *   pcscd_client insert SLOT IMAGE         puts it into a slot and waits for the driver
 *   pcscd_client remove SLOT
 *   pcscd_client status SLOT               prints "STATE ICCID FAULT"
 *   pcscd_client list                      prints pcscd's readers
 *   pcscd_client identify READER           prints ICCID and IMSI
 *   pcscd_client authenticate READER RAND AUTN    prints "success RES CK IK", "synchronisation
 * AUTS" or "mac"
 *
 * Exits with 1 and a line on standard error if something fails.
 */
#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "edge/ifd/slot.h"
#include "edge/pcsc/pcsc_reader.h"
#include "machine/terminal.h"
#include "support/test_card.h"

#define TIMEOUT_MS 10000

static void print_hex(const char *before, const uint8_t *octets, size_t n)
{
    char text[2 * 32 + 1];
    hex_encode(octets, n, text);
    printf("%s%s", before, text);
}

static bool print_status(const char *slot, struct fault *fault)
{
    static const char *const names[] = {"absent", "present", "error"};
    struct slot_status status;
    if (!slot_read_status(slot, &status, fault))
        return false;
    printf("%s %s %s\n", names[status.state], status.iccid.digits, status.fault.text);
    return true;
}

static bool print_list(struct fault *fault)
{
    struct pcsc_reader_list list;
    if (!pcsc_list_readers(&list, fault))
        return false;
    for (size_t i = 0; i < list.count; i++)
        printf("%s\n", list.names[i]);
    return true;
}

static bool identify(const struct terminal *terminal, struct fault *fault)
{
    struct iccid iccid;
    struct imsi imsi;
    unsigned mnc_length = 0;
    if (!terminal_read_iccid(terminal, &iccid, fault) || !terminal_select_usim(terminal, fault) ||
        !terminal_verify_pin(terminal, TERMINAL_PIN1, TEST_CARD_PIN1, false, fault) ||
        !terminal_read_imsi(terminal, &imsi, fault) ||
        !terminal_read_mnc_length(terminal, &mnc_length, fault))
        return false;
    printf("%s %s %u\n", iccid.digits, imsi.digits, mnc_length);
    return true;
}

static bool authenticate(const struct terminal *terminal, const char *rand_hex,
                         const char *autn_hex, struct fault *fault)
{
    uint8_t rand[16];
    uint8_t autn[16];
    size_t n = 0;
    struct terminal_auth auth;
    if (!hex_decode(rand_hex, strlen(rand_hex), rand, sizeof(rand), &n) || n != sizeof(rand) ||
        !hex_decode(autn_hex, strlen(autn_hex), autn, sizeof(autn), &n) || n != sizeof(autn))
        return fault_set(fault, "RAND and AUTN have 16 octets each");
    if (!terminal_select_usim(terminal, fault) ||
        !terminal_verify_pin(terminal, TERMINAL_PIN1, TEST_CARD_PIN1, false, fault) ||
        !terminal_authenticate(terminal, rand, autn, &auth, fault))
        return false;
    switch (auth.outcome) {
    case TERMINAL_AUTH_SUCCESS:
        print_hex("success ", auth.res, auth.res_len);
        print_hex(" ", auth.ck, sizeof(auth.ck));
        print_hex(" ", auth.ik, sizeof(auth.ik));
        printf("\n");
        return true;
    case TERMINAL_AUTH_SYNC_FAILURE:
        print_hex("synchronisation ", auth.auts, sizeof(auth.auts));
        printf("\n");
        return true;
    case TERMINAL_AUTH_MAC_FAILURE:
        printf("mac\n");
        return true;
    case TERMINAL_AUTH_REFUSED:
        break;
    }
    return terminal_refused(fault, "AUTHENTICATE", auth.sw);
}

static bool with_card(int argc, char **argv, struct fault *fault)
{
    struct reader reader;
    struct terminal terminal;
    bool ok = false;
    if (!pcsc_reader_open(argv[2], true, &reader, fault))
        return false;
    if (terminal_reset(&terminal, &reader, fault))
        ok = argc == 5 ? authenticate(&terminal, argv[3], argv[4], fault)
                       : identify(&terminal, fault);
    reader.close(reader.ctx);
    return ok;
}

static bool run(int argc, char **argv, struct fault *fault)
{
    const char *command = argc > 1 ? argv[1] : "";
    if (strcmp(command, "make") == 0 && argc == 5)
        return test_card_create(argv[2], argv[3], argv[4], fault);
    if (strcmp(command, "insert") == 0 && argc == 4)
        return slot_insert(argv[2], argv[3], TIMEOUT_MS, fault);
    if (strcmp(command, "remove") == 0 && argc == 3)
        return slot_remove(argv[2], TIMEOUT_MS, fault);
    if (strcmp(command, "status") == 0 && argc == 3)
        return print_status(argv[2], fault);
    if (strcmp(command, "list") == 0 && argc == 2)
        return print_list(fault);
    if (strcmp(command, "identify") == 0 && argc == 3)
        return with_card(argc, argv, fault);
    if (strcmp(command, "authenticate") == 0 && argc == 5)
        return with_card(argc, argv, fault);
    return fault_set(fault,
                     "usage: make | insert | remove | status | list | identify | authenticate");
}

int main(int argc, char **argv)
{
    struct fault fault = {0};
    if (run(argc, argv, &fault))
        return 0;
    fprintf(stderr, "%s\n", fault.text);
    return 1;
}
