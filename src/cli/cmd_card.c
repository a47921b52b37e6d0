/* mooring card: UICCs as card images. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "cli/card_batch.h"
#include "cli/cli.h"
#include "edge/cardfile/card_reader.h"
#include "edge/ifd/slot.h"
#include "edge/pcsc/pcsc_reader.h"
#include "machine/status_word.h"
#include "machine/terminal.h"

#define SLOT_WAIT_MS 5000

static int card_insert(const struct cli_args *args)
{
    const char *slot = cli_value(args, "slot", NULL);
    struct fault fault = {0};

    if (slot == NULL) {
        return cli_usage(args, "--slot must be given: the slot directory of the reader");
    }
    if (!slot_insert(slot, args->positionals[0], SLOT_WAIT_MS, &fault)) {
        return cli_failed(&fault);
    }
    (void)printf("%s is in the reader\n", args->positionals[0]);
    return CLI_OK;
}

static int card_remove(const struct cli_args *args)
{
    const char *slot = cli_value(args, "slot", NULL);
    struct fault fault = {0};

    if (slot == NULL) {
        return cli_usage(args, "--slot must be given: the slot directory of the reader");
    }
    if (!slot_remove(slot, SLOT_WAIT_MS, &fault)) {
        return cli_failed(&fault);
    }
    (void)printf("the reader is empty\n");
    return CLI_OK;
}

static void print_pin(const char *name, const struct terminal_pin *pin)
{
    static const char *const status[] = {"asked for", "verified", "disabled", "blocked"};

    (void)printf("%-6s %s, %u %s left\n", name, status[pin->status], pin->tries,
                 pin->tries == 1 ? "try" : "tries");
}

static int card_show(const struct cli_args *args)
{
    struct reader reader;
    struct terminal terminal;
    struct iccid iccid;
    struct terminal_pin pin;
    struct fault fault = {0};
    char atr[2 * READER_ATR_MAX + 1];

    if (!card_reader_open(args->positionals[0], &reader, &fault)) {
        return cli_failed(&fault);
    }
    bool good = terminal_reset(&terminal, &reader, &fault) &&
                terminal_read_iccid(&terminal, &iccid, &fault) &&
                terminal_select_usim(&terminal, &fault) &&
                terminal_query_pin(&terminal, TERMINAL_PIN1, &pin, &fault);
    if (good) {
        hex_encode(terminal.atr, terminal.atr_len, atr);
        (void)printf("%-6s %s\n%-6s %s\n", "ATR", atr, "ICCID", iccid.digits);
        print_pin("PIN1", &pin);
    }
    reader.close(reader.ctx);
    return good ? CLI_OK : cli_failed(&fault);
}

/* Opens what --image or --reader names. */
static int open_reader(const struct cli_args *args, struct reader *reader, struct fault *fault)
{
    const char *image = cli_value(args, "image", NULL);
    const char *name = cli_value(args, "reader", NULL);

    if ((image == NULL) == (name == NULL)) {
        return cli_usage(args, "give either --image or --reader");
    }
    bool good = image != NULL ? card_reader_open(image, reader, fault)
                              : pcsc_reader_open(name, true, reader, fault);
    return good ? CLI_OK : cli_failed(fault);
}

static bool send_apdu(const struct terminal *terminal, const char *text, struct fault *fault)
{
    struct terminal_response response;
    uint8_t command[261];
    size_t len;
    char data[2 * TERMINAL_DATA_MAX + 1];
    char meaning[STATUS_WORD_TEXT];

    if (!hex_decode(text, strlen(text), command, sizeof command, &len) || len < 4) {
        return fault_set(fault, "'%s' is no command APDU: 4 to 261 octets in hexadecimal", text);
    }
    if (!terminal_exchange(terminal, "command", command, len, &response, fault)) {
        return false;
    }
    hex_encode(response.data, response.len, data);
    status_word_text(response.sw, meaning);
    (void)printf("> %s\n< %s%s%04X  %s\n", text, data, response.len > 0 ? " " : "", response.sw,
                 meaning);
    return true;
}

static int card_apdu(const struct cli_args *args)
{
    struct reader reader;
    struct terminal terminal;
    struct fault fault = {0};
    int status = open_reader(args, &reader, &fault);

    if (status != CLI_OK) {
        return status;
    }
    bool good = terminal_reset(&terminal, &reader, &fault);
    for (int i = 0; i < args->positional_count && good; i++) {
        good = send_apdu(&terminal, args->positionals[i], &fault);
    }
    reader.close(reader.ctx);
    return good ? CLI_OK : cli_failed(&fault);
}

static int card_readers(const struct cli_args *args)
{
    struct pcsc_reader_list list;
    struct fault fault = {0};

    (void)args;
    if (!pcsc_list_readers(&list, &fault)) {
        return cli_failed(&fault);
    }
    for (size_t i = 0; i < list.count; i++) {
        (void)printf("%s\n", list.names[i]);
    }
    return CLI_OK;
}

static const struct cli_option slot_options[] = {
    {"slot", "DIR", "slot directory of the reader (DEVICENAME in its reader.conf)"}, {0}};
static const struct cli_option no_options[] = {{0}};
static const struct cli_option apdu_options[] = {
    {"image", "FILE", "a card image, in this process"},
    {"reader", "NAME", "a reader of pcscd"},
    {0},
};

static const struct cli_command commands[] = {
    {"batch", "", 0, 0, "Personalise a batch of UICCs",
     "Makes one card image for each UICC, and the batch file with their sealed secrets for the\n"
     "operator. K, OPc, PINs and ADM are random; they never appear on the screen.",
     "mooring card batch --count 100 --plmn 001/01 --key transport.key --out batch",
     card_batch_options, card_batch},
    {"show", "IMAGE", 1, 1, "Show what anybody may read of a card image", "",
     "mooring card show batch/8988211000000000011.card", no_options, card_show},
    {"insert", "IMAGE", 1, 1, "Put a card image into a reader of pcscd", "",
     "mooring card insert batch/8988211000000000011.card --slot /var/lib/mooring/slot0",
     slot_options, card_insert},
    {"remove", "", 0, 0, "Take the card out of a reader of pcscd", "",
     "mooring card remove --slot /var/lib/mooring/slot0", slot_options, card_remove},
    {"apdu", "HEX...", 1, CLI_POSITIONALS_MAX, "Send command APDUs to a card",
     "The card is reset first. 61XX and 6CXX are worked off.",
     "mooring card apdu --image a.card 00A40004023F00\n  mooring card apdu --reader 'Mooring 0 00 "
     "00' 00A4040407A0000000871002",
     apdu_options, card_apdu},
    {"readers", "", 0, 0, "List the readers of pcscd", "", "mooring card readers", no_options,
     card_readers},
    {0},
};

const struct cli_group cli_group_card = {"card", "UICCs: make, insert, look at", commands};
