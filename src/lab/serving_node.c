#include "lab/serving_node.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/bytes.h"
#include "base/hex.h"
#include "diameter/dia_writer.h"
#include "machine/terminal.h"

#define REQUEST_MAX   2048
#define VECTORS_ASKED 1

struct attach {
    const struct lab_machine *machine;
    const struct lab_network *network;
    void (*say)(void *ctx, const char *line);
    void *say_ctx;
    struct lab_attach *report;
    struct fault *fault;
    struct terminal terminal;
    unsigned requests;
};

static void say(const struct attach *a, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void say(const struct attach *a, const char *format, ...)
{
    char line[512];
    va_list arguments;

    if (a->say == NULL) {
        return;
    }
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    a->say(a->say_ctx, line);
}

/* The terminal's part before anything goes on air: TS 31.102 5.1.1. */
static bool read_card(struct attach *a)
{
    struct lab_attach *report = a->report;
    const struct lab_machine *machine = a->machine;
    struct terminal_pin pin;
    char atr[2 * READER_ATR_MAX + 1];

    if (!terminal_reset(&a->terminal, machine->reader, a->fault) ||
        !terminal_read_iccid(&a->terminal, &report->iccid, a->fault) ||
        !terminal_select_usim(&a->terminal, a->fault) ||
        !terminal_query_pin(&a->terminal, TERMINAL_PIN1, &pin, a->fault)) {
        return false;
    }
    hex_encode(a->terminal.atr, a->terminal.atr_len, atr);
    say(a, "UICC: ATR %s, ICCID %s", atr, report->iccid.digits);
    if (pin.status == TERMINAL_PIN_BLOCKED) {
        return fault_set(a->fault, "PIN1 is blocked: only UNBLOCK PIN with the PUK helps");
    }
    if (pin.status == TERMINAL_PIN_NEEDED) {
        if (machine->pin1 == NULL) {
            return fault_set(a->fault, "the UICC asks for PIN1: give it");
        }
        if (!terminal_verify_pin(&a->terminal, TERMINAL_PIN1, machine->pin1, machine->risk_last_try,
                                 a->fault)) {
            return false;
        }
        say(a, "SELECT ADF.USIM: 9000, VERIFY PIN1: 9000");
    } else {
        say(a, "SELECT ADF.USIM: 9000, PIN1 is not asked for");
    }
    if (!terminal_read_imsi(&a->terminal, &report->imsi, a->fault)) {
        return false;
    }
    say(a, "READ BINARY EF_IMSI: %s", report->imsi.digits);
    return true;
}

static struct s6a_origin origin_of(struct attach *a, char *session_id, size_t capacity)
{
    /* RFC 6733 8.8: <DiameterIdentity>;<high 32 bits>;<low 32 bits> */
    (void)snprintf(session_id, capacity, "%s;%u;%u", a->machine->node->host, a->machine->session,
                   ++a->requests);
    return (struct s6a_origin){
        .node = a->machine->node,
        .destination_realm = a->machine->home_realm,
        .session_id = session_id,
        .imsi = a->report->imsi.digits,
        .plmn = a->machine->plmn,
    };
}

static bool exchange(struct attach *a, const struct dia_writer *writer, uint32_t command,
                     struct dia_message *answer)
{
    if (!a->network->exchange(a->network->ctx, writer->bytes, writer->len, answer, a->fault) ||
        !s6a_answer_read(answer, command, &a->report->result, a->fault)) {
        return false;
    }
    a->report->has_result = true;
    a->report->command = command;
    return true;
}

static void say_result(struct attach *a, const char *request, const char *answer)
{
    const struct s6a_result *result = &a->report->result;

    say(a, "%s -> %s: %s %u (%s)", request, answer,
        result->experimental ? "Experimental-Result-Code" : "Result-Code", result->code,
        s6a_result_name(result));
}

static bool succeeded(const struct attach *a)
{
    return a->report->result.code == DIA_SUCCESS && !a->report->result.experimental;
}

/* AIR, with AUTS if the UICC gave one. Success leaves one vector. */
static bool ask_vector(struct attach *a, const struct home_vector *refused,
                       const struct terminal_auth *auth, struct home_vector *vector)
{
    uint8_t buffer[REQUEST_MAX];
    char session_id[320];
    struct dia_writer writer = dia_writer(buffer, sizeof buffer);
    struct s6a_origin origin = origin_of(a, session_id, sizeof session_id);
    struct dia_message answer;
    struct home_vector vectors[HOME_VECTORS_MAX];
    size_t count = 0;

    if (!s6a_put_air(&writer, &origin, VECTORS_ASKED, auth != NULL ? refused->rand : NULL,
                     auth != NULL ? auth->auts : NULL)) {
        return fault_set(a->fault, "the AIR does not fit its buffer");
    }
    if (!exchange(a, &writer, S6A_AUTHENTICATION_INFORMATION, &answer)) {
        return false;
    }
    say_result(a, auth != NULL ? "AIR with Re-Synchronization-Info" : "AIR", "AIA");
    if (!succeeded(a)) {
        return true;
    }
    bool good = s6a_aia_read(&answer, vectors, &count, a->fault);
    if (good) {
        *vector = vectors[0];
    }
    bytes_wipe(vectors, sizeof vectors);
    return good;
}

/* One AUTHENTICATE. *retry: the UICC asks for resynchronisation. */
static bool challenge(struct attach *a, const struct home_vector *vector,
                      struct terminal_auth *auth, bool *retry)
{
    *retry = false;
    a->report->authentications++;
    if (!terminal_authenticate(&a->terminal, vector->rand, vector->autn, auth, a->fault)) {
        return false;
    }
    switch (auth->outcome) {
    case TERMINAL_AUTH_SUCCESS:
        if (auth->res_len == vector->xres_len &&
            bytes_equal_ct(auth->res, vector->xres, auth->res_len)) {
            say(a, "AUTHENTICATE: 9000, RES equals XRES (%zu octets)", auth->res_len);
            a->report->outcome = LAB_ATTACHED;
        } else {
            say(a, "AUTHENTICATE: 9000, RES is not XRES");
            a->report->outcome = LAB_REJECTED;
        }
        return true;
    case TERMINAL_AUTH_SYNC_FAILURE:
        say(a, "AUTHENTICATE: synchronisation failure, AUTS");
        *retry = true;
        return true;
    case TERMINAL_AUTH_MAC_FAILURE:
        say(a, "AUTHENTICATE: 9862, the UICC does not know this network (MAC)");
        a->report->outcome = LAB_REJECTED;
        return true;
    case TERMINAL_AUTH_REFUSED:
        break;
    }
    return terminal_refused(a->fault, "AUTHENTICATE", auth->sw);
}

/* Vectors until the UICC takes one: TS 24.301 5.4.2, at most one resynchronisation. */
static bool authenticate(struct attach *a)
{
    struct home_vector vector = {0};
    struct terminal_auth auth = {0};
    bool retry = true;
    bool good = true;

    for (int i = 0; i < 2 && retry; i++) {
        struct home_vector refused = vector;

        good = ask_vector(a, &refused, i > 0 ? &auth : NULL, &vector);
        bytes_wipe(&refused, sizeof refused);
        if (!good || !succeeded(a)) {
            a->report->outcome = LAB_REFUSED;
            break;
        }
        a->report->resynchronised = i > 0;
        good = challenge(a, &vector, &auth, &retry);
        if (!good) {
            break;
        }
        if (retry && i == 1) {
            a->report->outcome = LAB_REJECTED;
        }
    }
    bytes_wipe(&vector, sizeof vector);
    bytes_wipe(&auth, sizeof auth);
    return good;
}

static bool update_location(struct attach *a)
{
    uint8_t buffer[REQUEST_MAX];
    char session_id[320];
    struct dia_writer writer = dia_writer(buffer, sizeof buffer);
    struct s6a_origin origin = origin_of(a, session_id, sizeof session_id);
    const struct lab_machine *machine = a->machine;
    struct dia_message answer;
    char request[48];

    if (!s6a_put_ulr(&writer, &origin, machine->rat_type, machine->ulr_flags,
                     machine->imei_present ? &machine->imei : NULL)) {
        return fault_set(a->fault, "the ULR does not fit its buffer");
    }
    if (!exchange(a, &writer, S6A_UPDATE_LOCATION, &answer)) {
        return false;
    }
    (void)snprintf(request, sizeof request, "ULR with %s%s",
                   machine->imei_present ? "IMEI " : "no IMEI", machine->imei.digits);
    say_result(a, request, "ULA");
    if (!succeeded(a)) {
        a->report->outcome = LAB_REFUSED;
        return true;
    }
    a->report->located = true;
    return s6a_ula_read(&answer, &a->report->data, a->fault);
}

bool lab_attach(const struct lab_machine *machine, const struct lab_network *network,
                void (*say_function)(void *ctx, const char *line), void *say_ctx,
                struct lab_attach *attach, struct fault *fault)
{
    struct attach a = {.machine = machine,
                       .network = network,
                       .say = say_function,
                       .say_ctx = say_ctx,
                       .report = attach,
                       .fault = fault};

    memset(attach, 0, sizeof *attach);
    bool good = read_card(&a) && authenticate(&a) &&
                (attach->outcome != LAB_ATTACHED || update_location(&a));
    if (!good) {
        attach->outcome = LAB_BROKEN;
    }
    return good;
}

bool lab_apn_granted(const struct s6a_subscription_data *data, const char *apn)
{
    for (size_t i = 0; i < data->apn_count; i++) {
        if (strcasecmp(data->apns[i].name, apn) == 0) {
            return true;
        }
    }
    return false;
}

unsigned lab_emm_cause(const struct s6a_result *result)
{
    static const struct {
        struct s6a_result result;
        unsigned cause;
    } causes[] = {
        {{S6A_USER_UNKNOWN, true}, 8},
        {{S6A_UNKNOWN_EPS_SUBSCRIPTION, true}, 15},
        {{S6A_RAT_NOT_ALLOWED, true}, 13},
        {{S6A_ROAMING_NOT_ALLOWED, true}, 11},
        {{S6A_AUTHENTICATION_DATA_UNAVAILABLE, true}, 17},
        {{DIA_AUTHORIZATION_REJECTED, false}, 15},
        {{DIA_UNABLE_TO_DELIVER, false}, 15},
        {{DIA_REALM_NOT_SERVED, false}, 15},
        {{DIA_AVP_UNSUPPORTED, false}, 17},
        {{DIA_INVALID_AVP_VALUE, false}, 17},
        {{DIA_MISSING_AVP, false}, 17},
        {{DIA_UNABLE_TO_COMPLY, false}, 17},
    };

    for (size_t i = 0; i < ARRAY_LEN(causes); i++) {
        if (causes[i].result.code == result->code &&
            causes[i].result.experimental == result->experimental) {
            return causes[i].cause;
        }
    }
    return 42;
}
