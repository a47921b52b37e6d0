#include <ctype.h>

#include "base/bytes.h"
#include "home/event.h"
#include "home/result.h"
#include "home/subscription.h"

struct name {
    int value;
    const char *text;
};

static const char *find_name(const struct name *names, size_t count, int value)
{
    for (size_t i = 0; i < count; i++) {
        if (names[i].value == value) {
            return names[i].text;
        }
    }
    return "unknown";
}

uint64_t node_id(const char *origin_host, size_t len)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */

    for (size_t i = 0; i < len; i++) {
        hash ^= (uint8_t)tolower((unsigned char)origin_host[i]);
        hash *= UINT64_C(0x100000001b3);
    }
    return hash == 0 ? 1 : hash;
}

const char *subscription_status_name(enum subscription_status status)
{
    static const struct name names[] = {
        {SUBSCRIPTION_ISSUED, "issued"},
        {SUBSCRIPTION_ACTIVE, "active"},
        {SUBSCRIPTION_SUSPENDED, "suspended"},
    };
    return find_name(names, ARRAY_LEN(names), (int)status);
}

const char *binding_state_name(enum binding_state state)
{
    static const struct name names[] = {
        {BINDING_UNBOUND, "unbound"},   {BINDING_ARMED, "armed"},       {BINDING_BOUND, "bound"},
        {BINDING_VIOLATED, "violated"}, {BINDING_RELEASED, "released"},
    };
    return find_name(names, ARRAY_LEN(names), (int)state);
}

const char *verdict_name(enum verdict verdict)
{
    static const struct name names[] = {
        {VERDICT_CLEAR, "clear"},
        {VERDICT_SUSPICIOUS, "suspicious"},
        {VERDICT_CLONED, "cloned"},
    };
    return find_name(names, ARRAY_LEN(names), (int)verdict);
}

const char *audit_reason_name(enum audit_reason reason)
{
    static const struct name names[] = {
        {AUDIT_NONE, "none"},         {AUDIT_ACTIVATION, "activation"},
        {AUDIT_CHANGE, "change"},     {AUDIT_RANDOM, "random"},
        {AUDIT_OPERATOR, "operator"}, {AUDIT_SUSPICION, "suspicion"},
        {AUDIT_BASELINE, "baseline"}, {AUDIT_SEQUENCE, "sequence"},
    };
    return find_name(names, ARRAY_LEN(names), (int)reason);
}

const char *home_result_name(enum home_result result)
{
    static const struct name names[] = {
        {HOME_OK, "ok"},
        {HOME_UNKNOWN_SUBSCRIPTION, "unknown-subscription"},
        {HOME_REFUSED, "refused"},
        {HOME_ROAMING_NOT_ALLOWED, "roaming-not-allowed"},
        {HOME_RAT_NOT_ALLOWED, "rat-not-allowed"},
        {HOME_AUTH_DATA_UNAVAILABLE, "authentication-data-unavailable"},
        {HOME_UNABLE, "unable-to-comply"},
        {HOME_BUSY, "busy"},
    };
    return find_name(names, ARRAY_LEN(names), (int)result);
}

const char *event_kind_name(enum event_kind kind)
{
    static const struct name names[] = {
        {EVENT_SUBSCRIPTION_IMPORTED, "subscription-imported"},
        {EVENT_SUBSCRIPTION_ACTIVATED, "subscription-activated"},
        {EVENT_SUBSCRIPTION_SUSPENDED, "subscription-suspended"},
        {EVENT_SUBSCRIPTION_RESUMED, "subscription-resumed"},
        {EVENT_BINDING_BOUND, "binding-bound"},
        {EVENT_BINDING_VIOLATED, "binding-violated"},
        {EVENT_BINDING_RETURNED, "binding-returned"},
        {EVENT_BINDING_ARMED, "binding-armed"},
        {EVENT_TICKET_OPENED, "ticket-opened"},
        {EVENT_TICKET_USED, "ticket-used"},
        {EVENT_TICKET_EXPIRED, "ticket-expired"},
        {EVENT_TICKET_CANCELLED, "ticket-cancelled"},
        {EVENT_EVIDENCE_CLONE, "evidence-clone"},
        {EVENT_EVIDENCE_SUSPICION, "evidence-suspicion"},
        {EVENT_EVIDENCE_CLEARED, "evidence-cleared"},
        {EVENT_AUDIT_PASSED, "audit-passed"},
        {EVENT_AUDIT_UNANSWERED, "audit-unanswered"},
        {EVENT_AUTS_INVALID, "auts-invalid"},
        {EVENT_SCOPE_REFUSED, "scope-refused"},
        {EVENT_PEER_REFUSED, "peer-refused"},
        {EVENT_MARKS_RESET, "marks-reset"},
    };
    return find_name(names, ARRAY_LEN(names), (int)kind);
}
