/*
 * The pcscd driver: IFD handler API 3.0 (ifdhandler.h of pcsc-lite) over struct ifd_reader.
 *
 * pcscd names a reader by its LUN: the upper half is the reader's number, the lower half the slot
 * in it; our readers have one slot. The API hands no pointer through, so that the table below is
 * the one place of this tree with global state.
 */
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#include <debuglog.h>
#include <ifdhandler.h>
#include <reader.h>

#include "edge/file/process.h"
#include "edge/ifd/ifd_reader.h"

#define READERS_MAX 16 /* PCSCLITE_MAX_READERS_CONTEXTS */
#define PROTOCOL_T0 0

/* pcscd has it; a program that loads this library for a test has not. */
#pragma weak log_msg

struct entry {
    DWORD lun;
    struct ifd_reader *reader;
};

static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;
static struct entry table[READERS_MAX];

/* The reader of `lun`, or NULL. pcscd never closes a channel while another call for it is under
 * way, so the result stays valid for the call. */
static struct ifd_reader *find(DWORD lun)
{
    struct ifd_reader *reader = NULL;
    pthread_mutex_lock(&table_lock);
    for (size_t i = 0; i < READERS_MAX; i++) {
        if (table[i].reader != NULL && table[i].lun == lun)
            reader = table[i].reader;
    }
    pthread_mutex_unlock(&table_lock);
    return reader;
}

/* Puts `reader` into the table. False if its LUN is taken or the table is full. */
static bool add(DWORD lun, struct ifd_reader *reader)
{
    struct entry *free_entry = NULL;
    bool taken = false;
    pthread_mutex_lock(&table_lock);
    for (size_t i = 0; i < READERS_MAX; i++) {
        if (table[i].reader == NULL)
            free_entry = &table[i];
        else if (table[i].lun == lun)
            taken = true;
    }
    bool ok = !taken && free_entry != NULL;
    if (ok)
        *free_entry = (struct entry){lun, reader};
    pthread_mutex_unlock(&table_lock);
    return ok;
}

static struct ifd_reader *take(DWORD lun)
{
    struct ifd_reader *reader = NULL;
    pthread_mutex_lock(&table_lock);
    for (size_t i = 0; i < READERS_MAX; i++) {
        if (table[i].reader != NULL && table[i].lun == lun) {
            reader = table[i].reader;
            table[i].reader = NULL;
        }
    }
    pthread_mutex_unlock(&table_lock);
    return reader;
}

static void log_fault(const struct fault *fault)
{
    if (log_msg != NULL)
        log_msg(PCSC_LOG_CRITICAL, "mooring: %s", fault->text);
}

RESPONSECODE IFDHCreateChannelByName(DWORD Lun, LPSTR DeviceName)
{
    struct fault fault = {0};
    if ((Lun & 0xFFFF) != 0)
        return IFD_NO_SUCH_DEVICE;
    /* pcscd holds keys of cards from now on: they must not end in a core file. */
    if (!process_no_core_dumps(&fault)) {
        log_fault(&fault);
        return IFD_COMMUNICATION_ERROR;
    }
    struct ifd_reader *reader = ifd_reader_open(DeviceName, &fault);
    if (reader == NULL) {
        log_fault(&fault);
        return IFD_NO_SUCH_DEVICE;
    }
    if (!add(Lun, reader)) {
        ifd_reader_close(reader);
        return IFD_COMMUNICATION_ERROR;
    }
    return IFD_SUCCESS;
}

RESPONSECODE IFDHCreateChannel(DWORD Lun, DWORD Channel)
{
    struct fault fault;
    (void)Lun;
    (void)Channel;
    fault_set(&fault, "reader.conf must name a slot directory as DEVICENAME");
    log_fault(&fault);
    return IFD_NO_SUCH_DEVICE;
}

RESPONSECODE IFDHCloseChannel(DWORD Lun)
{
    struct ifd_reader *reader = take(Lun);
    if (reader == NULL)
        return IFD_NO_SUCH_DEVICE;
    ifd_reader_close(reader);
    return IFD_SUCCESS;
}

static RESPONSECODE give(PDWORD length, PUCHAR value, const void *octets, size_t n)
{
    if (*length < n)
        return IFD_ERROR_INSUFFICIENT_BUFFER;
    memcpy(value, octets, n);
    *length = n;
    return IFD_SUCCESS;
}

static RESPONSECODE give_octet(PDWORD length, PUCHAR value, UCHAR octet)
{
    return give(length, value, &octet, 1);
}

RESPONSECODE IFDHGetCapabilities(DWORD Lun, DWORD Tag, PDWORD Length, PUCHAR Value)
{
    uint8_t atr[IFD_ATR_MAX];
    size_t atr_len = 0;
    struct ifd_reader *reader = NULL;
    switch (Tag) {
    case TAG_IFD_ATR:
    case SCARD_ATTR_ATR_STRING:
        reader = find(Lun);
        if (reader == NULL)
            return IFD_NO_SUCH_DEVICE;
        if (!ifd_reader_atr(reader, atr, &atr_len))
            atr_len = 0;
        return give(Length, Value, atr, atr_len);
    case TAG_IFD_SIMULTANEOUS_ACCESS:
        return give_octet(Length, Value, READERS_MAX);
    case TAG_IFD_SLOTS_NUMBER:
    case TAG_IFD_THREAD_SAFE: /* calls for different readers may overlap */
        return give_octet(Length, Value, 1);
    case TAG_IFD_SLOT_THREAD_SAFE:
        return give_octet(Length, Value, 0);
    case SCARD_ATTR_VENDOR_NAME:
        return give(Length, Value, "Mooring", sizeof("Mooring"));
    default:
        /* Also TAG_IFD_POLLING_THREAD_WITH_TIMEOUT and its kin: pcscd polls us. */
        return IFD_ERROR_TAG;
    }
}

/* The API gives the types. NOLINTBEGIN(readability-non-const-parameter) */
RESPONSECODE IFDHSetCapabilities(DWORD Lun, DWORD Tag, DWORD Length, PUCHAR Value)
{
    (void)Tag;
    (void)Length;
    (void)Value;
    return find(Lun) == NULL ? IFD_NO_SUCH_DEVICE : IFD_ERROR_TAG;
}
/* NOLINTEND(readability-non-const-parameter) */

RESPONSECODE IFDHSetProtocolParameters(DWORD Lun, DWORD Protocol, UCHAR Flags, UCHAR PTS1,
                                       UCHAR PTS2, UCHAR PTS3)
{
    (void)Flags; /* no PPS: there is no line whose speed could be set */
    (void)PTS1;
    (void)PTS2;
    (void)PTS3;
    if (find(Lun) == NULL)
        return IFD_NO_SUCH_DEVICE;
    return Protocol == SCARD_PROTOCOL_T0 ? IFD_SUCCESS : IFD_PROTOCOL_NOT_SUPPORTED;
}

RESPONSECODE IFDHPowerICC(DWORD Lun, DWORD Action, PUCHAR Atr, PDWORD AtrLength)
{
    struct ifd_reader *reader = find(Lun);
    uint8_t atr[IFD_ATR_MAX];
    size_t atr_len = 0;
    if (reader == NULL)
        return IFD_NO_SUCH_DEVICE;
    switch (Action) {
    case IFD_POWER_DOWN:
        ifd_reader_power_down(reader);
        if (AtrLength != NULL)
            *AtrLength = 0;
        return IFD_SUCCESS;
    case IFD_POWER_UP:
    case IFD_RESET:
        if (!ifd_reader_power_up(reader, atr, &atr_len))
            return IFD_ERROR_POWER_ACTION;
        /* pcscd's buffer has MAX_ATR_SIZE octets; *AtrLength may come in unset. */
        memcpy(Atr, atr, atr_len);
        *AtrLength = atr_len;
        return IFD_SUCCESS;
    default:
        return IFD_NOT_SUPPORTED;
    }
}

RESPONSECODE IFDHTransmitToICC(DWORD Lun, SCARD_IO_HEADER SendPci, PUCHAR TxBuffer, DWORD TxLength,
                               PUCHAR RxBuffer, PDWORD RxLength, PSCARD_IO_HEADER RecvPci)
{
    struct ifd_reader *reader = find(Lun);
    uint8_t response[IFD_RESPONSE_MAX];
    size_t n = 0;
    DWORD capacity = *RxLength;
    *RxLength = 0;
    if (reader == NULL)
        return IFD_NO_SUCH_DEVICE;
    if (SendPci.Protocol != PROTOCOL_T0)
        return IFD_PROTOCOL_NOT_SUPPORTED;
    if (!ifd_reader_transmit(reader, TxBuffer, TxLength, response, &n))
        return IFD_COMMUNICATION_ERROR;
    if (n > capacity)
        return IFD_ERROR_INSUFFICIENT_BUFFER;
    memcpy(RxBuffer, response, n);
    *RxLength = n;
    if (RecvPci != NULL)
        RecvPci->Protocol = PROTOCOL_T0;
    /* The answer may be RES, CK and IK; it is the client's alone. */
    explicit_bzero(response, sizeof(response));
    return IFD_SUCCESS;
}

RESPONSECODE IFDHICCPresence(DWORD Lun)
{
    struct ifd_reader *reader = find(Lun);
    struct fault fault = {0};
    bool news = false;
    if (reader == NULL)
        return IFD_NO_SUCH_DEVICE;
    bool present = ifd_reader_present(reader, &news, &fault);
    if (news)
        log_fault(&fault);
    return present ? IFD_ICC_PRESENT : IFD_ICC_NOT_PRESENT;
}

/* NOLINTBEGIN(readability-non-const-parameter) */
RESPONSECODE IFDHControl(DWORD Lun, DWORD dwControlCode, PUCHAR TxBuffer, DWORD TxLength,
                         PUCHAR RxBuffer, DWORD RxLength, LPDWORD pdwBytesReturned)
{
    (void)dwControlCode;
    (void)TxBuffer;
    (void)TxLength;
    (void)RxBuffer;
    (void)RxLength;
    if (pdwBytesReturned != NULL)
        *pdwBytesReturned = 0;
    return find(Lun) == NULL ? IFD_NO_SUCH_DEVICE : IFD_ERROR_NOT_SUPPORTED;
}
/* NOLINTEND(readability-non-const-parameter) */
