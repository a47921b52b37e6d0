#include "edge/pcsc/pcsc_reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <winscard.h>

#define RESPONSE_MAX 258

struct pcsc_reader {
    SCARDCONTEXT context;
    SCARDHANDLE card;
    bool exclusive;
    char name[PCSC_NAME_MAX];
};

/* What a person can do about the error `rv` of a PC/SC call. */
static bool pcsc_fault(struct fault *fault, LONG rv)
{
    switch (rv) {
    case SCARD_E_NO_SERVICE:
    case SCARD_E_SERVICE_STOPPED:
        return fault_set(fault, "no pcscd is running: start it with 'systemctl start pcscd' or "
                                "'pcscd --foreground'");
    case SCARD_W_SECURITY_VIOLATION:
        return fault_set(fault, "pcscd does not let this user in: ask polkit or be root");
    case SCARD_E_NO_SMARTCARD:
    case SCARD_W_REMOVED_CARD:
        return fault_set(fault, "no card in the reader");
    case SCARD_E_SHARING_VIOLATION:
        return fault_set(fault, "another program holds the card");
    case SCARD_W_UNRESPONSIVE_CARD:
    case SCARD_W_UNPOWERED_CARD:
        return fault_set(fault, "the card does not answer to reset");
    case SCARD_W_RESET_CARD:
        return fault_set(fault, "another program reset the card: start the session again");
    case SCARD_E_READER_UNAVAILABLE:
        return fault_set(fault, "the reader is gone");
    case SCARD_E_PROTO_MISMATCH:
        return fault_set(fault, "the card does not speak T=0");
    default:
        return fault_set(fault, "%s", pcsc_stringify_error(rv));
    }
}

/* Fills `list` from the multi-string of SCardListReaders: names with a NUL each, an empty one at
 * the end. */
static void parse_names(const char *names, DWORD length, struct pcsc_reader_list *list)
{
    DWORD at = 0;
    while (at < length && names[at] != '\0' && list->count < PCSC_READERS_MAX) {
        size_t n = strnlen(names + at, length - at);
        snprintf(list->names[list->count], PCSC_NAME_MAX, "%.*s", (int)n, names + at);
        list->count++;
        at += (DWORD)n + 1;
    }
}

static bool list_readers(SCARDCONTEXT context, struct pcsc_reader_list *list, struct fault *fault)
{
    char names[PCSC_READERS_MAX * PCSC_NAME_MAX + 1];
    DWORD length = sizeof(names);
    list->count = 0;
    LONG rv = SCardListReaders(context, NULL, names, &length);
    if (rv == SCARD_E_NO_READERS_AVAILABLE)
        return true;
    if (rv != SCARD_S_SUCCESS)
        return pcsc_fault(fault, rv);
    parse_names(names, length, list);
    return true;
}

bool pcsc_list_readers(struct pcsc_reader_list *list, struct fault *fault)
{
    SCARDCONTEXT context;
    LONG rv = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context);
    if (rv != SCARD_S_SUCCESS)
        return pcsc_fault(fault, rv);
    bool ok = list_readers(context, list, fault);
    SCardReleaseContext(context);
    return ok;
}

/* "no such reader", with the names of those there are. */
static bool unknown_reader(SCARDCONTEXT context, struct fault *fault)
{
    struct pcsc_reader_list list;
    char known[384] = "";
    if (!list_readers(context, &list, fault))
        return false;
    if (list.count == 0)
        return fault_set(fault, "no such reader: pcscd has none");
    for (size_t i = 0; i < list.count; i++) {
        size_t used = strlen(known);
        snprintf(known + used, sizeof(known) - used, "%s'%s'", i == 0 ? "" : ", ", list.names[i]);
    }
    return fault_set(fault, "no such reader; pcscd has %s", known);
}

static DWORD share_mode(const struct pcsc_reader *pcsc)
{
    return pcsc->exclusive ? SCARD_SHARE_EXCLUSIVE : SCARD_SHARE_SHARED;
}

static bool pcsc_reset(void *ctx, uint8_t *atr, size_t *atr_len, struct fault *fault)
{
    struct pcsc_reader *pcsc = ctx;
    DWORD protocol = 0;
    LONG rv = SCardReconnect(pcsc->card, share_mode(pcsc), SCARD_PROTOCOL_T0, SCARD_UNPOWER_CARD,
                             &protocol);
    if (rv != SCARD_S_SUCCESS) {
        pcsc_fault(fault, rv);
        return fault_prefix(fault, "reader %s", pcsc->name);
    }
    unsigned char answer[MAX_ATR_SIZE];
    DWORD length = sizeof(answer);
    rv = SCardStatus(pcsc->card, NULL, NULL, NULL, NULL, answer, &length);
    if (rv != SCARD_S_SUCCESS) {
        pcsc_fault(fault, rv);
        return fault_prefix(fault, "reader %s", pcsc->name);
    }
    if (length > READER_ATR_MAX)
        return fault_set(fault, "reader %s: an ATR of %lu octets", pcsc->name, length);
    memcpy(atr, answer, length);
    *atr_len = length;
    return true;
}

static bool pcsc_transmit(void *ctx, const uint8_t *command, size_t command_len, uint8_t *response,
                          size_t *response_len, struct fault *fault)
{
    struct pcsc_reader *pcsc = ctx;
    DWORD length = RESPONSE_MAX;
    LONG rv =
        SCardTransmit(pcsc->card, SCARD_PCI_T0, command, command_len, NULL, response, &length);
    if (rv != SCARD_S_SUCCESS) {
        pcsc_fault(fault, rv);
        return fault_prefix(fault, "reader %s", pcsc->name);
    }
    *response_len = length;
    return true;
}

static void pcsc_close(void *ctx)
{
    struct pcsc_reader *pcsc = ctx;
    /* The next program must not find our PIN verified. */
    SCardDisconnect(pcsc->card, SCARD_RESET_CARD);
    SCardReleaseContext(pcsc->context);
    free(pcsc);
}

bool pcsc_reader_open(const char *name, bool exclusive, struct reader *reader, struct fault *fault)
{
    struct pcsc_reader *pcsc = calloc(1, sizeof(*pcsc));
    if (pcsc == NULL)
        return fault_set(fault, "out of memory");
    pcsc->exclusive = exclusive;
    snprintf(pcsc->name, sizeof(pcsc->name), "%s", name);
    LONG rv = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &pcsc->context);
    if (rv != SCARD_S_SUCCESS) {
        free(pcsc);
        return pcsc_fault(fault, rv);
    }
    DWORD protocol = 0;
    rv = SCardConnect(pcsc->context, name, share_mode(pcsc), SCARD_PROTOCOL_T0, &pcsc->card,
                      &protocol);
    if (rv != SCARD_S_SUCCESS) {
        if (rv == SCARD_E_UNKNOWN_READER)
            unknown_reader(pcsc->context, fault);
        else
            pcsc_fault(fault, rv);
        SCardReleaseContext(pcsc->context);
        free(pcsc);
        return fault_prefix(fault, "reader %s", name);
    }
    *reader = (struct reader){
        .ctx = pcsc, .reset = pcsc_reset, .transmit = pcsc_transmit, .close = pcsc_close};
    return true;
}
