#include "edge/sqlite/sqlite_auth.h"

#include <string.h>

#include "aka/sqn.h"
#include "base/bytes.h"

#define FORMAT     1
#define HEAD_LEN   8
#define NODE_LEN   (37 + 4 * HOME_ULRS) /* what every used place has */
#define AUDIT_LEN  34
#define RESYNC_LEN 17

enum node_flag {
    FLAG_AUDIT = 0x01,
    FLAG_AUDIT_MARK = 0x02,
    FLAG_AUDIT_SKIPPED = 0x04,
    FLAG_RESYNC = 0x08,
    FLAG_RESYNC_OLDER = 0x10,
    FLAGS_ALL = 0x1F,
};

_Static_assert(NODE_LEN + AUDIT_LEN + RESYNC_LEN == AUTH_NODE_LEN, "a place must fit");

static uint8_t flags_of(const struct serving_node_use *node)
{
    unsigned flags = 0;

    if (node->audit.open) {
        flags |= FLAG_AUDIT;
        flags |= node->audit.mark.set ? FLAG_AUDIT_MARK : 0;
        flags |= node->audit.skipped ? FLAG_AUDIT_SKIPPED : 0;
    }
    if (node->resync.open) {
        flags |= FLAG_RESYNC;
        flags |= node->resync.older_unused ? FLAG_RESYNC_OLDER : 0;
    }
    return (uint8_t)flags;
}

static uint8_t *encode_node(const struct serving_node_use *node, uint8_t place, uint8_t *p)
{
    p[0] = place;
    p[1] = flags_of(node);
    be64_put(p + 2, node->id);
    be64_put(p + 10, (uint64_t)node->last_at_ms);
    p[18] = node->maybe_unused;
    p[19] = node->skips;
    be64_put(p + 20, node->plain_seq);
    be64_put(p + 28, (uint64_t)node->plain_at_ms);
    p[36] = node->ulr_count;
    for (size_t i = 0; i < HOME_ULRS; i++) {
        be32_put(p + 37 + 4 * i, node->ulrs[i]);
    }
    p += NODE_LEN;
    if (node->audit.open) {
        (void)memcpy(p, node->audit.rand, 16);
        be64_put(p + 16, node->audit.mark.seq);
        p[24] = node->audit.mark.ind;
        p[25] = node->audit.ind;
        be64_put(p + 26, (uint64_t)node->audit.at_ms);
        p += AUDIT_LEN;
    }
    if (node->resync.open) {
        be64_put(p, node->resync.seq);
        p[8] = node->resync.answers;
        be64_put(p + 9, (uint64_t)node->resync.at_ms);
        p += RESYNC_LEN;
    }
    return p;
}

size_t auth_encode(const struct auth_state *auth, uint8_t out[AUTH_BLOB_MAX])
{
    uint8_t *p = out + HEAD_LEN;
    uint8_t count = 0;

    for (uint8_t i = 0; i < HOME_NODES; i++) {
        if (auth->nodes[i].id != 0) {
            p = encode_node(&auth->nodes[i], i, p);
            count++;
        }
    }
    out[0] = FORMAT;
    out[1] = auth->stale_unanswered;
    out[2] = auth->suspicion_left;
    be32_put(out + 3, auth->audits);
    out[7] = count;
    return (size_t)(p - out);
}

/* What is left to read; `ok` goes false at the first octet that is missing or wrong. */
struct blob {
    const uint8_t *at;
    size_t left;
    bool ok;
};

/* The next `n` octets, or zeros if there are not so many. */
static const uint8_t *take(struct blob *blob, size_t n)
{
    static const uint8_t zeros[NODE_LEN] = {0};

    if (!blob->ok || blob->left < n) {
        blob->ok = false;
        return zeros;
    }
    const uint8_t *p = blob->at;
    blob->at += n;
    blob->left -= n;
    return p;
}

static void expect(struct blob *blob, bool condition)
{
    blob->ok = blob->ok && condition;
}

static void decode_audit(struct blob *blob, unsigned flags, struct audit_pending *audit)
{
    const uint8_t *p = take(blob, AUDIT_LEN);

    audit->open = true;
    (void)memcpy(audit->rand, p, sizeof audit->rand);
    audit->mark.seq = be64_get(p + 16);
    audit->mark.ind = p[24];
    audit->mark.set = (flags & FLAG_AUDIT_MARK) != 0;
    audit->ind = p[25];
    audit->at_ms = (int64_t)be64_get(p + 26);
    audit->skipped = (flags & FLAG_AUDIT_SKIPPED) != 0;
    expect(blob, audit->mark.seq <= SQN_SEQ_MAX && audit->mark.ind < SQN_IND_COUNT &&
                     audit->ind < SQN_IND_COUNT);
}

static void decode_resync(struct blob *blob, unsigned flags, struct resync_pending *resync)
{
    const uint8_t *p = take(blob, RESYNC_LEN);

    resync->open = true;
    resync->seq = be64_get(p);
    resync->answers = p[8];
    resync->at_ms = (int64_t)be64_get(p + 9);
    resync->older_unused = (flags & FLAG_RESYNC_OLDER) != 0;
    expect(blob, resync->seq <= SQN_SEQ_MAX);
}

static void decode_node(struct blob *blob, struct auth_state *auth, int *last_place)
{
    const uint8_t *p = take(blob, NODE_LEN);
    unsigned flags = p[1];

    expect(blob, p[0] > *last_place && p[0] < HOME_NODES && (flags & ~(unsigned)FLAGS_ALL) == 0);
    expect(blob, be64_get(p + 2) != 0 && be64_get(p + 20) <= SQN_SEQ_MAX);
    if (!blob->ok) {
        return;
    }
    struct serving_node_use *node = &auth->nodes[p[0]];
    *last_place = p[0];
    node->id = be64_get(p + 2);
    node->last_at_ms = (int64_t)be64_get(p + 10);
    node->maybe_unused = p[18];
    node->skips = p[19];
    node->plain_seq = be64_get(p + 20);
    node->plain_at_ms = (int64_t)be64_get(p + 28);
    node->ulr_count = p[36];
    for (size_t i = 0; i < HOME_ULRS; i++) {
        node->ulrs[i] = be32_get(p + 37 + 4 * i);
    }
    expect(blob, node->ulr_count <= HOME_ULRS);
    if ((flags & FLAG_AUDIT) != 0) {
        decode_audit(blob, flags, &node->audit);
    }
    if ((flags & FLAG_RESYNC) != 0) {
        decode_resync(blob, flags, &node->resync);
    }
}

bool auth_decode(const uint8_t *in, size_t n, struct auth_state *auth, struct fault *fault)
{
    struct blob blob = {.at = in, .left = n, .ok = true};
    const uint8_t *head = take(&blob, HEAD_LEN);
    int last_place = -1;

    (void)memset(auth->nodes, 0, sizeof auth->nodes);
    if (blob.ok && head[0] != FORMAT) {
        return fault_set(fault, "column auth has format %u, this program knows %d", head[0],
                         FORMAT);
    }
    auth->stale_unanswered = head[1];
    auth->suspicion_left = head[2];
    auth->audits = be32_get(head + 3);
    expect(&blob, head[7] <= HOME_NODES);
    for (unsigned i = 0; i < head[7] && blob.ok; i++) {
        decode_node(&blob, auth, &last_place);
    }
    if (!blob.ok || blob.left != 0) {
        return fault_set(fault, "the database is damaged or was edited: column auth is malformed");
    }
    return true;
}
