#include "uicc/locate.h"

#include "base/bytes.h"
#include "uicc/files.h"
#include "uicc/layout.h"

uint16_t uicc_locate_fid(struct uicc_card *card, const struct uicc_channel *channel, uint16_t fid)
{
    struct uicc_file df;
    struct uicc_file parent;
    struct uicc_file beside;

    if (fid == UICC_FID_MF) {
        return UICC_MF;
    }
    if (fid == UICC_FID_CURRENT_ADF) {
        return channel->adf;
    }
    uint16_t found = uicc_find_child(card, channel->df, fid);
    if (found != UICC_NO_FILE || !uicc_file_get(card, channel->df, &df)) {
        return found;
    }
    if (df.kind != UICC_KIND_ADF && df.fid == fid) {
        return channel->df;
    }
    if (!uicc_file_get(card, df.parent, &parent)) {
        return UICC_NO_FILE;
    }
    if (parent.kind != UICC_KIND_ADF && parent.fid == fid) {
        return df.parent;
    }
    found = uicc_find_child(card, df.parent, fid);
    return uicc_file_get(card, found, &beside) && uicc_file_is_df(&beside) ? found : UICC_NO_FILE;
}

uint16_t uicc_locate_path(struct uicc_card *card, const struct uicc_channel *channel, bool from_mf,
                          const uint8_t *path, uint8_t n)
{
    uint16_t found = from_mf ? UICC_MF : channel->df;

    for (unsigned i = 0; i + 1 < n && found != UICC_NO_FILE; i += 2) {
        uint16_t fid = be16_get(path + i);
        if (i == 0 && from_mf && fid == UICC_FID_CURRENT_ADF) {
            found = channel->adf;
        } else {
            found = uicc_find_child(card, found, fid);
        }
    }
    return found;
}
