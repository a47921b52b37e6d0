#include "machine/terminal.h"

#include <string.h>

#include "base/bytes.h"
#include "machine/status_word.h"

#define ROUNDS_MAX   16
#define COMMAND_MAX  261
#define RESPONSE_MAX 258

bool terminal_reset(struct terminal *terminal, const struct reader *reader, struct fault *fault)
{
    memset(terminal, 0, sizeof(*terminal));
    terminal->reader = reader;
    if (!reader->reset(reader->ctx, terminal->atr, &terminal->atr_len, fault))
        return fault_prefix(fault, "reset");
    if (terminal->atr_len < 2 || terminal->atr_len > sizeof(terminal->atr))
        return fault_set(fault, "reset: an ATR of %zu octets is not possible", terminal->atr_len);
    return true;
}

bool terminal_refused(struct fault *fault, const char *name, uint16_t sw)
{
    char text[STATUS_WORD_TEXT];
    status_word_text(sw, text);
    return fault_set(fault, "%s: %04X: %s", name, sw, text);
}

/* One command to the card and its answer, checked for size. */
static bool transmit(const struct terminal *terminal, const char *name, const uint8_t *command,
                     size_t command_len, uint8_t answer[RESPONSE_MAX], size_t *answer_len,
                     struct fault *fault)
{
    const struct reader *reader = terminal->reader;
    *answer_len = 0;
    if (!reader->transmit(reader->ctx, command, command_len, answer, answer_len, fault))
        return fault_prefix(fault, "%s", name);
    if (*answer_len < 2 || *answer_len > RESPONSE_MAX)
        return fault_set(fault, "%s: the card answered %zu octets, which is no response", name,
                         *answer_len);
    return true;
}

/* What to send next after `sw`; 0 octets if the exchange is at its end. `last` is the last command
 * sent. */
static size_t next_command(const uint8_t *last, size_t last_len, uint16_t sw,
                           uint8_t next[COMMAND_MAX])
{
    if ((sw & 0xFF00) == 0x6100) {
        /* GET RESPONSE goes on the command's logical channel: low two bits, or the 4X form. */
        uint8_t channel = (last[0] & 0x40) != 0 ? (uint8_t)(last[0] & 0x4F) : last[0] & 0x03;
        const uint8_t get_response[5] = {channel, 0xC0, 0x00, 0x00, (uint8_t)sw};
        memcpy(next, get_response, sizeof(get_response));
        return sizeof(get_response);
    }
    if ((sw & 0xFF00) != 0x6C00)
        return 0;
    /* Le stands at the end of what was sent, or nothing but a header was sent. */
    size_t data_end = last_len > 5 ? 5 + (size_t)last[4] : 4;
    if (data_end > last_len || data_end >= COMMAND_MAX)
        return 0;
    memmove(next, last, data_end);
    next[data_end] = (uint8_t)sw;
    return data_end + 1;
}

bool terminal_exchange(const struct terminal *terminal, const char *name, const uint8_t *command,
                       size_t command_len, struct terminal_response *response, struct fault *fault)
{
    uint8_t sent[COMMAND_MAX];
    uint8_t answer[RESPONSE_MAX];
    bool ok = false;
    response->len = 0;
    response->sw = 0;
    if (command_len < 4 || command_len > sizeof(sent))
        return fault_set(fault, "%s: a command of %zu octets is not possible", name, command_len);
    memcpy(sent, command, command_len);
    size_t sent_len = command_len;
    for (int round = 0; round < ROUNDS_MAX; round++) {
        size_t n = 0;
        if (!transmit(terminal, name, sent, sent_len, answer, &n, fault))
            goto out;
        n -= 2;
        response->sw = be16_get(answer + n);
        if (n > sizeof(response->data) - response->len) {
            fault_set(fault, "%s: the card answered more than %d octets", name, TERMINAL_DATA_MAX);
            goto out;
        }
        memcpy(response->data + response->len, answer, n);
        response->len += n;
        sent_len = next_command(sent, sent_len, response->sw, sent);
        if (sent_len == 0) {
            ok = true;
            goto out;
        }
    }
    fault_set(fault, "%s: the card asked for more than %d rounds, last with %04X", name, ROUNDS_MAX,
              response->sw);
out:
    bytes_wipe(sent, sizeof(sent));
    bytes_wipe(answer, sizeof(answer));
    return ok;
}

bool terminal_query_pin(const struct terminal *terminal, uint8_t reference,
                        struct terminal_pin *pin, struct fault *fault)
{
    const uint8_t command[] = {0x00, 0x20, 0x00, reference};
    struct terminal_response response;
    memset(pin, 0, sizeof(*pin));
    if (!terminal_exchange(terminal, "VERIFY PIN", command, sizeof(command), &response, fault))
        return false;
    if ((response.sw & 0xFFF0) == 0x63C0) {
        pin->tries = response.sw & 0x0F;
        pin->status = pin->tries == 0 ? TERMINAL_PIN_BLOCKED : TERMINAL_PIN_NEEDED;
    } else if (response.sw == 0x9000) {
        pin->status = TERMINAL_PIN_SATISFIED;
    } else if (response.sw == 0x6984) {
        pin->status = TERMINAL_PIN_DISABLED;
    } else if (response.sw == 0x6983) {
        pin->status = TERMINAL_PIN_BLOCKED;
    } else {
        return terminal_refused(fault, "VERIFY PIN", response.sw);
    }
    return true;
}

bool terminal_verify_pin(const struct terminal *terminal, uint8_t reference, const char *pin,
                         bool risk_last_try, struct fault *fault)
{
    size_t digits = strlen(pin);
    if (digits < 4 || digits > TERMINAL_PIN_MAX || strspn(pin, "0123456789") != digits)
        return fault_set(fault, "VERIFY PIN: a PIN has 4 to 8 digits");
    struct terminal_pin state;
    if (!terminal_query_pin(terminal, reference, &state, fault))
        return false;
    if (state.status == TERMINAL_PIN_SATISFIED || state.status == TERMINAL_PIN_DISABLED)
        return true;
    if (state.status == TERMINAL_PIN_BLOCKED)
        return terminal_refused(fault, "VERIFY PIN", 0x6983);
    if (state.tries == 1 && !risk_last_try)
        return fault_set(fault,
                         "VERIFY PIN: not tried: one try is left, and a wrong PIN would block it");

    uint8_t command[5 + TERMINAL_PIN_MAX] = {0x00, 0x20, 0x00, reference, TERMINAL_PIN_MAX};
    for (size_t i = 0; i < TERMINAL_PIN_MAX; i++)
        command[5 + i] = i < digits ? (uint8_t)pin[i] : 0xFF;
    struct terminal_response response;
    bool ok = terminal_exchange(terminal, "VERIFY PIN", command, sizeof(command), &response, fault);
    bytes_wipe(command, sizeof(command));
    if (ok && response.sw != 0x9000)
        return terminal_refused(fault, "VERIFY PIN", response.sw);
    return ok;
}

/* Takes the next length-value pair of an AUTHENTICATE response, whose length must be min..max. */
static bool take_lv(const uint8_t **at, size_t *left, size_t min, size_t max, uint8_t *out,
                    size_t *len)
{
    if (*left < 1)
        return false;
    size_t n = (*at)[0];
    if (n < min || n > max || n > *left - 1)
        return false;
    memcpy(out, *at + 1, n);
    *len = n;
    *at += 1 + n;
    *left -= 1 + n;
    return true;
}

/* The data of a 9000 answer: DB RES CK IK [Kc], or DC AUTS (TS 31.102 7.1.2.1). */
static bool parse_auth(const struct terminal_response *response, struct terminal_auth *auth)
{
    size_t len = 0;
    if (response->len < 1)
        return false;
    const uint8_t *at = response->data + 1;
    size_t left = response->len - 1;
    if (response->data[0] == 0xDC) {
        auth->outcome = TERMINAL_AUTH_SYNC_FAILURE;
        return take_lv(&at, &left, sizeof(auth->auts), sizeof(auth->auts), auth->auts, &len) &&
               left == 0;
    }
    if (response->data[0] != 0xDB)
        return false;
    auth->outcome = TERMINAL_AUTH_SUCCESS;
    if (!take_lv(&at, &left, 4, sizeof(auth->res), auth->res, &auth->res_len) ||
        !take_lv(&at, &left, sizeof(auth->ck), sizeof(auth->ck), auth->ck, &len) ||
        !take_lv(&at, &left, sizeof(auth->ik), sizeof(auth->ik), auth->ik, &len))
        return false;
    uint8_t kc[8]; /* of no use in 3G or EPS, but a card with service 27 sends it */
    if (left > 0 && !take_lv(&at, &left, sizeof(kc), sizeof(kc), kc, &len))
        return false;
    bytes_wipe(kc, sizeof(kc));
    return left == 0;
}

bool terminal_authenticate(const struct terminal *terminal, const uint8_t rand[16],
                           const uint8_t autn[16], struct terminal_auth *auth, struct fault *fault)
{
    uint8_t command[5 + 34 + 1] = {0x00, 0x88, 0x00, 0x81, 34};
    command[5] = 16;
    memcpy(command + 6, rand, 16);
    command[22] = 16;
    memcpy(command + 23, autn, 16);
    command[39] = 0x00;
    struct terminal_response response;
    memset(auth, 0, sizeof(*auth));
    if (!terminal_exchange(terminal, "AUTHENTICATE", command, sizeof(command), &response, fault))
        return false;
    auth->sw = response.sw;
    bool ok = true;
    if (response.sw == 0x9862) {
        auth->outcome = TERMINAL_AUTH_MAC_FAILURE;
    } else if (response.sw != 0x9000 && (response.sw & 0xFF00) != 0x9100) {
        auth->outcome = TERMINAL_AUTH_REFUSED;
    } else if (!parse_auth(&response, auth)) {
        bytes_wipe(auth, sizeof(*auth));
        ok = fault_set(fault, "AUTHENTICATE: the card's answer of %zu octets is malformed",
                       response.len);
    }
    bytes_wipe(&response, sizeof(response));
    return ok;
}
