#include "home/audit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "aka/sqn.h"
#include "base/bytes.h"
#include "home/sequence.h"

/* Audits that must pass in a row before a suspicion is dropped: the first to pass may be the
 * copy's. */
#define SUSPICION_AUDITS 3

static uint8_t add_saturating(uint8_t value, uint8_t more, uint8_t limit)
{
    unsigned sum = (unsigned)value + more;

    return (uint8_t)(sum > limit ? limit : sum);
}

static void raise_mark(struct sqn_mark *mark, uint64_t seq, uint8_t ind)
{
    if (!mark->set || seq >= mark->seq) {
        mark->seq = seq;
        mark->ind = ind;
        mark->set = true;
    }
}

/* True if `at_ms` is at most `window_ms` ago; false if the clock was set back behind it. */
static bool is_within(int64_t now_ms, int64_t at_ms, int64_t window_ms)
{
    return now_ms >= at_ms && now_ms - at_ms <= window_ms;
}

/* SEQ runs ahead with every vector that no card takes. Long before the card would refuse the jump
 * (SQN_DELTA) it must show where it stands. */
static bool has_run_ahead(const struct auth_state *auth)
{
    uint64_t shown = auth->confirmed.set ? auth->confirmed.seq : 0;

    return auth->seq_issued > shown && auth->seq_issued - shown > SQN_DELTA / 2;
}

/* A request this soon after a stale vector repeats the one that it answered. */
static bool stale_just_sent(const struct serving_node_use *use, const struct home_context *context)
{
    return use->audit.open && !use->audit.skipped &&
           is_within(context->now_ms, use->audit.at_ms, context->confirm_window_ms);
}

enum audit_reason audit_due(struct subscription *subscription, const struct home_context *context,
                            uint64_t node, const struct plmn *plmn)
{
    struct auth_state *auth = &subscription->auth;
    const struct serving_node_use *use = sequence_node(auth, node, context->now_ms);
    const struct profile *profile = context->profile;
    const struct registration *registration = &subscription->registration;
    bool repetition = use->plain_seq != 0 &&
                      is_within(context->now_ms, use->plain_at_ms, context->confirm_window_ms);

    if (has_run_ahead(auth)) {
        return auth->audit_due != AUDIT_NONE ? auth->audit_due : AUDIT_SEQUENCE;
    }
    if (repetition) {
        return AUDIT_NONE;
    }
    if (auth->audit_due != AUDIT_NONE && stale_just_sent(use, context)) {
        return auth->audit_due;
    }
    if (auth->stale_unanswered >= AUDIT_UNANSWERED_MAX && !context->node_resynchronises) {
        return AUDIT_NONE;
    }
    if (auth->audit_due != AUDIT_NONE) {
        return auth->audit_due;
    }
    if (subscription->verdict == VERDICT_SUSPICIOUS) {
        return AUDIT_SUSPICION;
    }
    if (!auth->confirmed.set && profile->audit_at_activation) {
        return AUDIT_ACTIVATION;
    }
    if (profile->audit_on_change && registration->node != 0) {
        bool silent = profile->audit_silence_ms != 0 &&
                      context->now_ms - registration->at_ms > profile->audit_silence_ms;

        if (silent || !plmn_equal(&registration->plmn, plmn)) {
            return AUDIT_CHANGE;
        }
    }
    return profile->audit_one_in != 0 && context->chance % profile->audit_one_in == 0 ? AUDIT_RANDOM
                                                                                      : AUDIT_NONE;
}

uint8_t audit_open(struct subscription *subscription, const struct home_context *context,
                   uint64_t node, enum audit_reason reason, uint8_t rand[16])
{
    struct auth_state *auth = &subscription->auth;
    struct serving_node_use *use = sequence_node(auth, node, context->now_ms);
    struct audit_pending *audit = &use->audit;
    bool same_mark = audit->mark.set == auth->confirmed.set &&
                     audit->mark.seq == auth->confirmed.seq &&
                     audit->mark.ind == auth->confirmed.ind;

    auth->audit_due = reason;
    if (!stale_just_sent(use, context)) {
        auth->stale_unanswered = add_saturating(auth->stale_unanswered, 1, UINT8_MAX - 1);
    }
    audit->at_ms = context->now_ms;
    if (audit->open && !audit->skipped && same_mark) {
        memcpy(rand, audit->rand,
               sizeof audit->rand); /* a repeated request: the same vector again */
        return audit->ind;
    }
    audit->open = true;
    audit->skipped = false;
    audit->mark = auth->confirmed;
    audit->ind = auth->confirmed.set ? auth->confirmed.ind : sequence_ind(auth, use);
    memcpy(audit->rand, rand, sizeof audit->rand);
    return audit->ind;
}

static struct home_event *add_event(const struct subscription *subscription,
                                    const struct home_context *context, enum event_kind kind)
{
    return home_events_add(context->events, context->now_ms, kind, &subscription->imsi,
                           context->who);
}

/* The facts of an AUTS judgement, for programs. */
static void describe_auts(struct home_event *event, const struct auth_state *auth,
                          const char *reason, uint64_t sqn_ms)
{
    (void)snprintf(event->detail, sizeof event->detail,
                   "{\"reason\":\"%s\",\"sqn_ms_seq\":%" PRIu64 ",\"sqn_ms_ind\":%u"
                   ",\"confirmed_seq\":%" PRIu64 ",\"confirmed_ind\":%u,\"issued_seq\":%" PRIu64
                   "}",
                   reason, sqn_seq(sqn_ms), sqn_ind(sqn_ms), auth->confirmed.seq,
                   auth->confirmed.ind, auth->seq_issued);
}

static void conclude_clone(struct subscription *subscription)
{
    subscription->verdict = VERDICT_CLONED;
    subscription->auth.audit_due = AUDIT_NONE;
}

static void conclude_suspicion(struct subscription *subscription)
{
    if (subscription->verdict != VERDICT_CLONED) {
        subscription->verdict = VERDICT_SUSPICIOUS;
    }
    if (subscription->auth.audit_due != AUDIT_BASELINE) { /* a new baseline is due all the same */
        subscription->auth.audit_due = AUDIT_SUSPICION;
    }
    subscription->auth.suspicion_left = SUSPICION_AUDITS;
}

static void take_baseline(struct subscription *subscription, const struct home_context *context,
                          uint64_t sqn_ms)
{
    struct auth_state *auth = &subscription->auth;
    struct home_event *event = add_event(subscription, context, EVENT_AUDIT_PASSED);

    auth->confirmed = (struct sqn_mark){sqn_seq(sqn_ms), sqn_ind(sqn_ms), true};
    if (auth->seq_issued > sqn_seq(sqn_ms) + SQN_DELTA / 2) {
        /* Ahead of what this card takes. Keys don't repeat with SEQ: they come from RAND. */
        auth->seq_issued = sqn_seq(sqn_ms);
        auth->seq_reserved = sqn_seq(sqn_ms);
    }
    auth->probable = (struct sqn_mark){0};
    auth->audit_due = AUDIT_NONE;
    auth->audits++;
    (void)snprintf(event->why, sizeof event->why,
                   "baseline taken: the UICC reports SEQ %" PRIu64 " in slot %u", sqn_seq(sqn_ms),
                   sqn_ind(sqn_ms));
    describe_auts(event, auth, "baseline", sqn_ms);
}

/* Random audits are many: only others are worth an event when they pass. */
static void report_pass(struct subscription *subscription, const struct home_context *context,
                        uint64_t sqn_ms)
{
    const struct auth_state *auth = &subscription->auth;

    if (auth->audit_due == AUDIT_RANDOM) {
        return;
    }
    struct home_event *event = add_event(subscription, context, EVENT_AUDIT_PASSED);
    (void)snprintf(event->why, sizeof event->why,
                   "audit (%s): the UICC reports SEQ %" PRIu64 ", not below the confirmed %" PRIu64,
                   audit_reason_name(auth->audit_due), sqn_seq(sqn_ms), auth->confirmed.seq);
    describe_auts(event, auth, "passed", sqn_ms);
}

static void pass_audit(struct subscription *subscription, const struct home_context *context,
                       uint64_t sqn_ms)
{
    struct auth_state *auth = &subscription->auth;

    report_pass(subscription, context, sqn_ms);
    auth->audits++;
    auth->audit_due = AUDIT_NONE;
    if (subscription->verdict == VERDICT_SUSPICIOUS) {
        auth->suspicion_left = (uint8_t)(auth->suspicion_left > 0 ? auth->suspicion_left - 1 : 0);
        if (auth->suspicion_left > 0) {
            auth->audit_due = AUDIT_SUSPICION;
        } else {
            subscription->verdict = VERDICT_CLEAR;
            struct home_event *event = add_event(subscription, context, EVENT_EVIDENCE_CLEARED);
            (void)snprintf(event->why, sizeof event->why,
                           "suspicion dropped: %d audits in a row passed", SUSPICION_AUDITS);
        }
    }
}

/* Judges an AUTS that answers the audit `audit` (a copy taken before it was closed). */
static void judge_audit(struct subscription *subscription, const struct home_context *context,
                        const struct audit_pending *audit, uint64_t sqn_ms)
{
    struct auth_state *auth = &subscription->auth;
    uint64_t seq = sqn_seq(sqn_ms);
    struct home_event *event;

    if (audit->mark.set && seq < audit->mark.seq) {
        event = add_event(subscription, context, EVENT_EVIDENCE_CLONE);
        (void)snprintf(event->why, sizeof event->why,
                       "two cards hold this K: the UICC that answered the audit reports SQN_MS "
                       "with SEQ %" PRIu64 ", but SEQ %" PRIu64 " was confirmed in slot %u before",
                       seq, audit->mark.seq, audit->mark.ind);
        describe_auts(event, auth, "sqn-below-confirmed", sqn_ms);
        conclude_clone(subscription);
        return;
    }
    bool below_later =
        auth->confirmed.set && auth->confirmed.ind == audit->ind && seq < auth->confirmed.seq;
    bool below_probable =
        auth->probable.set && auth->probable.ind == audit->ind && seq < auth->probable.seq;
    if (below_later || below_probable) {
        event = add_event(subscription, context, EVENT_EVIDENCE_SUSPICION);
        (void)snprintf(event->why, sizeof event->why,
                       "the UICC reports SEQ %" PRIu64 ", but SEQ %" PRIu64
                       " was probably accepted before: the next attaches are audited",
                       seq, below_later ? auth->confirmed.seq : auth->probable.seq);
        describe_auts(event, auth, "sqn-below-probable", sqn_ms);
        conclude_suspicion(subscription);
        return;
    }
    pass_audit(subscription, context, sqn_ms);
}

void audit_auts(struct subscription *subscription, const struct home_context *context,
                uint64_t node, const uint8_t rand[16], uint64_t sqn_ms)
{
    struct auth_state *auth = &subscription->auth;
    struct serving_node_use *use = sequence_node(auth, node, context->now_ms);
    struct audit_pending audit = use->audit;

    use->audit.open = false; /* the node deletes its other vectors, a stale one too */
    use->skips = 0;
    auth->stale_unanswered = 0;
    if (auth->audit_due == AUDIT_BASELINE) {
        take_baseline(subscription, context, sqn_ms);
    } else if (sqn_seq(sqn_ms) > auth->seq_issued) {
        struct home_event *event = add_event(subscription, context, EVENT_EVIDENCE_CLONE);

        (void)snprintf(event->why, sizeof event->why,
                       "somebody else issues vectors for this K: the UICC reports SEQ %" PRIu64
                       ", the highest ever issued here is %" PRIu64,
                       sqn_seq(sqn_ms), auth->seq_issued);
        describe_auts(event, auth, "sqn-above-issued", sqn_ms);
        conclude_clone(subscription);
        return; /* marks stay: this card may not be the one they speak of */
    } else if (audit.open && memcmp(audit.rand, rand, sizeof audit.rand) == 0) {
        judge_audit(subscription, context, &audit, sqn_ms);
    }
    raise_mark(&auth->confirmed, sqn_seq(sqn_ms), sqn_ind(sqn_ms));
}

void audit_answered(const struct home_context *context, struct serving_node_use *use, uint64_t seq,
                    uint8_t count, bool resynchronised)
{
    struct resync_pending *resync = &use->resync;

    if (!resynchronised) {
        use->plain_seq = seq;
        use->plain_at_ms = context->now_ms;
        use->audit.open = false;
    } else if (resync->open &&
               is_within(context->now_ms, resync->at_ms, context->confirm_window_ms)) {
        resync->answers = add_saturating(resync->answers, count, UINT8_MAX); /* a repetition */
        resync->at_ms = context->now_ms;
    } else {
        use->plain_seq = 0;
        resync->older_unused = use->maybe_unused > 0;
        resync->open = true;
        resync->seq = seq;
        resync->answers = count;
        resync->at_ms = context->now_ms;
    }
    use->maybe_unused = add_saturating(use->maybe_unused, count, SEQUENCE_UNUSED_MAX);
}

/*
 * A registration came while a stale vector stands unanswered. Each older vector that the node may
 * hold, and the security context that the machine has where it is registered, explain one such
 * registration.
 */
static void judge_skip(struct subscription *subscription, const struct home_context *context,
                       struct serving_node_use *use)
{
    struct auth_state *auth = &subscription->auth;
    unsigned explained = use->maybe_unused + (subscription->registration.node == use->id ? 1u : 0u);

    use->audit.skipped = true;
    use->skips = add_saturating(use->skips, 1, UINT8_MAX);
    auth->stale_unanswered = 0;
    bool certain = use->skips > explained;
    struct home_event *event =
        add_event(subscription, context, certain ? EVENT_EVIDENCE_CLONE : EVENT_EVIDENCE_SUSPICION);
    (void)snprintf(event->why, sizeof event->why,
                   certain ? "a copy: the card accepted a used SEQ (registration without a "
                             "resynchronisation after a stale vector, %u in a row)"
                           : "a registration came without a resynchronisation after a stale "
                             "vector (%u in a row): refused, the next attach is audited",
                   use->skips);
    (void)snprintf(event->detail, sizeof event->detail,
                   "{\"reason\":\"used-seq-accepted\",\"skips\":%u,\"explained\":%u}", use->skips,
                   explained);
    if (certain) {
        conclude_clone(subscription);
    } else {
        conclude_suspicion(subscription);
    }
}

/* The registration that a resynchronisation at the same node led to: rule (b) of audit.h. */
static void confirm_resync(struct subscription *subscription, const struct home_context *context,
                           struct serving_node_use *use)
{
    struct auth_state *auth = &subscription->auth;
    bool soon = is_within(context->now_ms, use->resync.at_ms, context->confirm_window_ms);
    bool nothing_else = !use->resync.older_unused && subscription->registration.node != use->id;
    bool certain = soon || nothing_else;

    raise_mark(certain ? &auth->confirmed : &auth->probable, use->resync.seq,
               sequence_ind(auth, use));
    if (certain && use->plain_seq == 0) {
        /* Older vectors are gone; of repeated answers all but one may be left. */
        use->maybe_unused =
            add_saturating(0, (uint8_t)(use->resync.answers - 1), SEQUENCE_UNUSED_MAX);
    }
    use->resync.open = false;
    use->plain_seq = 0;
}

/* Says whether the request was seen before, and remembers it. */
static bool seen_before(struct serving_node_use *use, uint32_t end_to_end)
{
    for (uint8_t i = 0; i < use->ulr_count; i++) {
        if (use->ulrs[i] == end_to_end) {
            return true;
        }
    }
    memmove(&use->ulrs[1], &use->ulrs[0], sizeof use->ulrs - sizeof use->ulrs[0]);
    use->ulrs[0] = end_to_end;
    use->ulr_count = add_saturating(use->ulr_count, 1, HOME_ULRS);
    return false;
}

bool audit_registration(struct subscription *subscription, const struct home_context *context,
                        uint64_t node, uint32_t end_to_end, bool retransmitted)
{
    struct auth_state *auth = &subscription->auth;
    struct serving_node_use *use = sequence_node(auth, node, context->now_ms);
    bool repeated = seen_before(use, end_to_end);

    if (use->audit.open) {
        if (!repeated && !retransmitted && !use->audit.skipped) {
            judge_skip(subscription, context, use);
        }
        return context->profile->on_clone == VIOLATION_ALERT;
    }
    if (repeated || retransmitted) {
        return true;
    }
    auth->stale_unanswered = 0;
    if (use->resync.open) {
        confirm_resync(subscription, context, use);
    } else if (use->plain_seq != 0) {
        raise_mark(&auth->probable, use->plain_seq, sequence_ind(auth, use));
        use->plain_seq = 0;
    }
    return true;
}
