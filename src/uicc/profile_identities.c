/* Start contents of DF.5GS and of the ISIM's files. */
#include <string.h>

#include "base/bytes.h"
#include "uicc/profile_content.h"

#define TAG_IDENTITY 0x80u

/* Text that grows in a buffer; what does not fit is left out. */
struct text {
    uint8_t *out;
    size_t length;
    size_t capacity;
};

static void put(struct text *text, const char *s, size_t n)
{
    size_t room = text->capacity - text->length;

    n = n < room ? n : room;
    memcpy(text->out + text->length, s, n);
    text->length += n;
}

/* "ims.mncMMM.mccCCC.3gppnetwork.org", TS 23.003 13.2: the MNC always with three digits. */
static void put_domain(struct text *text, const struct uicc_profile *profile)
{
    const char *digits = profile->imsi.digits;

    put(text, "ims.mnc", 7);
    if (profile->mnc_length == 2) {
        put(text, "0", 1);
    }
    put(text, digits + 3, profile->mnc_length);
    put(text, ".mcc", 4);
    put(text, digits, 3);
    put(text, ".3gppnetwork.org", 16);
}

static size_t imsi_length(const struct uicc_profile *profile)
{
    const char *digits = profile->imsi.digits;
    const char *end = memchr(digits, '\0', sizeof profile->imsi.digits);

    return end == NULL ? sizeof profile->imsi.digits : (size_t)(end - digits);
}

/* An identity as one TLV object; what is left of the file stays FF. */
static void put_identity(const struct uicc_profile *profile, const char *prefix, bool user,
                         const struct uicc_file_plan *plan, uint8_t *out)
{
    struct text text = {.out = out + 2, .capacity = plan->unit - 2u};

    put(&text, prefix, strlen(prefix));
    if (user) {
        put(&text, profile->imsi.digits, imsi_length(profile));
        put(&text, "@", 1);
    }
    put_domain(&text, profile);
    out[0] = TAG_IDENTITY;
    out[1] = (uint8_t)text.length;
}

PROFILE_FILL(impi)
{
    (void)number;
    put_identity(profile, "", true, plan, out);
}

PROFILE_FILL(domain)
{
    (void)number;
    put_identity(profile, "", false, plan, out);
}

PROFILE_FILL(impu)
{
    (void)number;
    put_identity(profile, "sip:", true, plan, out);
}

PROFILE_FILL(fivegs_loci)
{
    static const uint8_t behind[] = {0x00, 0x00, 0x00, 0x01}; /* TAC, not updated */
    struct plmn plmn = {{0xFF, 0xFF, 0xFF}};

    (void)plan;
    (void)number;
    (void)plmn_parse(profile->imsi.digits, 3u + profile->mnc_length, &plmn);
    memcpy(out + 13, plmn.octets, sizeof plmn.octets); /* behind 5G-GUTI */
    memcpy(out + 16, behind, sizeof behind);
}

PROFILE_FILL(suci)
{
    /* One protection scheme, the null scheme (0) with key index 0; no public key. */
    static const uint8_t content[] = {0xA0, 0x02, 0x00, 0x00, 0xA1, 0x00};

    (void)profile;
    (void)plan;
    (void)number;
    memcpy(out, content, sizeof content);
}

PROFILE_FILL(routing)
{
    static const uint8_t content[] = {0xF0, 0xFF, 0x00, 0x00}; /* digit 0, fillers, RFU */

    (void)profile;
    (void)plan;
    (void)number;
    memcpy(out, content, sizeof content);
}
