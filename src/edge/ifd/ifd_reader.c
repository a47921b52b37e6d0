#include "edge/ifd/ifd_reader.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "edge/cardfile/card_reader.h"
#include "edge/ifd/slot.h"
#include "machine/terminal.h"

struct ifd_reader {
    pthread_mutex_t lock;
    char directory[PATH_MAX];
    int serving;              /* slot_serve */
    struct slot_request done; /* the request that was carried out last */
    bool done_once;
    struct fault complaint; /* the last trouble with the directory, so that it is logged once */

    bool inserted;
    struct reader card; /* while inserted */
    bool powered;
    uint8_t atr[IFD_ATR_MAX];
    size_t atr_len;
};

static void eject(struct ifd_reader *reader)
{
    if (reader->inserted)
        reader->card.close(reader->card.ctx);
    reader->inserted = false;
    reader->powered = false;
    reader->atr_len = 0;
}

/* Opens the image and reads its ICCID, which is free to read on every UICC. */
static void insert(struct ifd_reader *reader, const char *image, struct slot_status *status)
{
    struct terminal terminal;
    if (!card_reader_open(image, &reader->card, &status->fault)) {
        status->state = SLOT_ERROR;
        return;
    }
    reader->inserted = true;
    status->state = SLOT_PRESENT;
    if (!terminal_reset(&terminal, &reader->card, NULL) ||
        !terminal_read_iccid(&terminal, &status->iccid, NULL))
        status->iccid.digits[0] = '\0';
}

/* Carries out `request`; fills `status`. */
static void carry_out(struct ifd_reader *reader, const struct slot_request *request,
                      struct slot_status *status)
{
    memset(status, 0, sizeof(*status));
    memcpy(status->id, request->id, sizeof(status->id));
    status->state = SLOT_ABSENT;
    if (request->image[0] != '\0')
        insert(reader, request->image, status);
    reader->done = *request;
    reader->done_once = true;
}

/* True and the text in *fault if this complaint is a new one. */
static bool complain(struct ifd_reader *reader, const struct fault *complaint, struct fault *fault)
{
    if (strcmp(reader->complaint.text, complaint->text) == 0)
        return false;
    reader->complaint = *complaint;
    *fault = *complaint;
    return complaint->text[0] != '\0';
}

static bool same_request(const struct slot_request *a, const struct slot_request *b)
{
    return strcmp(a->id, b->id) == 0 && strcmp(a->image, b->image) == 0;
}

/* ifd_reader_present under the lock. */
static bool present(struct ifd_reader *reader, bool *news, struct fault *fault)
{
    struct slot_request request;
    struct slot_status status;
    struct fault trouble = {0};
    if (!slot_check_directory(reader->directory, &trouble) ||
        !slot_read_request(reader->directory, &request, &trouble)) {
        /* A card does not jump out because somebody wrote nonsense. */
        *news = complain(reader, &trouble, fault);
        return reader->inserted;
    }
    if (reader->done_once && same_request(&request, &reader->done)) {
        complain(reader, &trouble, fault);
        return reader->inserted;
    }
    bool swap = reader->inserted && request.image[0] != '\0';
    eject(reader);
    if (swap) {
        reader->done_once = false; /* the new card comes with the next call */
        return false;
    }
    carry_out(reader, &request, &status);
    if (!slot_write_status(reader->directory, &status, &trouble))
        *news = complain(reader, &trouble, fault);
    if (status.state == SLOT_ERROR)
        *news = complain(reader, &status.fault, fault);
    return reader->inserted;
}

struct ifd_reader *ifd_reader_open(const char *directory, struct fault *fault)
{
    struct slot_status status = {.state = SLOT_ABSENT};
    struct ifd_reader *reader = calloc(1, sizeof(*reader));
    if (reader == NULL) {
        fault_set(fault, "slot %s: out of memory", directory);
        return NULL;
    }
    int n = snprintf(reader->directory, sizeof(reader->directory), "%s", directory);
    if (n < 0 || (size_t)n >= sizeof(reader->directory)) {
        free(reader);
        fault_set(fault, "slot %s: name too long", directory);
        return NULL;
    }
    reader->serving = slot_serve(directory, fault);
    if (reader->serving < 0) {
        free(reader);
        return NULL;
    }
    if (!slot_write_status(directory, &status, fault) ||
        pthread_mutex_init(&reader->lock, NULL) != 0) {
        close(reader->serving);
        free(reader);
        return NULL;
    }
    return reader;
}

void ifd_reader_close(struct ifd_reader *reader)
{
    struct slot_status status = {.state = SLOT_ABSENT};
    pthread_mutex_lock(&reader->lock);
    eject(reader);
    /* No request id: nobody must take this for the answer to what comes next. */
    slot_write_status(reader->directory, &status, NULL);
    close(reader->serving);
    pthread_mutex_unlock(&reader->lock);
    pthread_mutex_destroy(&reader->lock);
    free(reader);
}

bool ifd_reader_present(struct ifd_reader *reader, bool *news, struct fault *fault)
{
    *news = false;
    pthread_mutex_lock(&reader->lock);
    bool result = present(reader, news, fault);
    pthread_mutex_unlock(&reader->lock);
    return result;
}

bool ifd_reader_power_up(struct ifd_reader *reader, uint8_t *atr, size_t *atr_len)
{
    pthread_mutex_lock(&reader->lock);
    bool ok = reader->inserted &&
              reader->card.reset(reader->card.ctx, reader->atr, &reader->atr_len, NULL);
    reader->powered = ok;
    if (ok) {
        memcpy(atr, reader->atr, reader->atr_len);
        *atr_len = reader->atr_len;
    }
    pthread_mutex_unlock(&reader->lock);
    return ok;
}

void ifd_reader_power_down(struct ifd_reader *reader)
{
    pthread_mutex_lock(&reader->lock);
    reader->powered = false;
    pthread_mutex_unlock(&reader->lock);
}

bool ifd_reader_atr(struct ifd_reader *reader, uint8_t *atr, size_t *atr_len)
{
    pthread_mutex_lock(&reader->lock);
    bool ok = reader->powered;
    if (ok) {
        memcpy(atr, reader->atr, reader->atr_len);
        *atr_len = reader->atr_len;
    }
    pthread_mutex_unlock(&reader->lock);
    return ok;
}

bool ifd_reader_transmit(struct ifd_reader *reader, const uint8_t *command, size_t command_len,
                         uint8_t *response, size_t *response_len)
{
    if (command_len > IFD_COMMAND_MAX)
        return false;
    pthread_mutex_lock(&reader->lock);
    bool ok = reader->powered && reader->card.transmit(reader->card.ctx, command, command_len,
                                                       response, response_len, NULL);
    pthread_mutex_unlock(&reader->lock);
    return ok;
}
