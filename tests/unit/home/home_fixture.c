#include "home_fixture.h"

#include <stdlib.h>

#include <jansson.h>

static bool works(int *left)
{
    if (*left > 0) {
        (*left)--;
        return true;
    }
    return *left < 0;
}

static bool set_key(void *ctx, const uint8_t *key, size_t key_len)
{
    struct home_fixture *f = ctx;

    return f->openssl.port.aes_set_key(f->openssl.port.ctx, key, key_len);
}

static bool encrypt(void *ctx, const uint8_t *in, uint8_t *out, size_t blocks)
{
    struct home_fixture *f = ctx;

    return works(&f->faults.aes) &&
           f->openssl.port.aes_encrypt(f->openssl.port.ctx, in, out, blocks);
}

static bool hmac(void *ctx, const uint8_t *key, size_t key_len, const uint8_t *message,
                 size_t message_len, uint8_t mac[32])
{
    struct home_fixture *f = ctx;

    return works(&f->faults.hmac) && f->openssl.port.hmac_sha256(f->openssl.port.ctx, key, key_len,
                                                                 message, message_len, mac);
}

static bool draw(void *ctx, uint8_t *out, size_t n)
{
    struct home_fixture *f = ctx;

    return works(&f->faults.random) && f->openssl.port.random(f->openssl.port.ctx, out, n);
}

int home_fixture_setup(void **state)
{
    struct home_fixture *f = calloc(1, sizeof *f);

    assert_non_null(f);
    assert_true(openssl_crypto_init(&f->openssl, &f->fault));
    f->faults = (struct fixture_faults){-1, -1, -1};
    f->crypto = (struct crypto_port){.ctx = f,
                                     .aes_set_key = set_key,
                                     .aes_encrypt = encrypt,
                                     .hmac_sha256 = hmac,
                                     .random = draw};
    f->credentials.algorithm = AKA_MILENAGE;
    memset(f->credentials.k, 0x46, sizeof f->credentials.k);
    memset(f->credentials.opc, 0xCD, sizeof f->credentials.opc);
    f->profile = (struct profile){
        .name = "meter", .apn_count = 1, .violation = VIOLATION_REFUSE, .on_clone = VIOLATION_BAR};
    f->context = (struct home_context){.crypto = &f->crypto,
                                       .profile = &f->profile,
                                       .now_ms = FIXTURE_NOW,
                                       .who = "mme.visited.example",
                                       .events = &f->events,
                                       .seq_step_max = 16,
                                       .seq_reserve = 100,
                                       .confirm_window_ms = 30000};
    f->subscription.status = SUBSCRIPTION_ACTIVE;
    f->subscription.first_used_at_ms = 1;
    assert_true(imsi_parse("001010000000001", 15, &f->subscription.imsi));
    *state = f;
    return 0;
}

int home_fixture_teardown(void **state)
{
    struct home_fixture *f = *state;

    openssl_crypto_free(&f->openssl);
    free(f);
    return 0;
}

size_t fixture_events(const struct home_fixture *f, enum event_kind kind)
{
    size_t count = 0;

    for (size_t i = 0; i < f->events.count; i++) {
        count += f->events.items[i].kind == kind;
    }
    return count;
}

void fixture_forget_events(struct home_fixture *f)
{
    f->events.count = 0;
    f->events.lost = 0;
}

void fixture_expect_events(struct home_fixture *f, const enum event_kind *kinds)
{
    size_t n = 0;

    for (; kinds[n] != 0; n++) {
        assert_true(n < f->events.count);
        const struct home_event *event = &f->events.items[n];
        json_t *detail = json_loads(event->detail, 0, NULL);

        assert_int_equal(event->kind, kinds[n]);
        assert_string_equal(event->imsi.digits, f->subscription.imsi.digits);
        assert_string_equal(event->who, f->context.who);
        assert_int_equal(event->at_ms, f->context.now_ms);
        assert_true(event->why[0] != '\0');
        assert_true(json_is_object(detail));
        json_decref(detail);
    }
    assert_int_equal(f->events.count, n);
    assert_int_equal(f->events.lost, 0);
    fixture_forget_events(f);
}

struct imei fixture_machine(char digit)
{
    struct imei machine = {{0}, {0}};

    memset(machine.digits, digit, sizeof machine.digits - 1);
    return machine;
}

struct plmn fixture_plmn_of(const char *text)
{
    struct plmn plmn = {{0}};

    assert_true(plmn_parse(text, strlen(text), &plmn));
    return plmn;
}
