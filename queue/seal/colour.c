#include "queue/seal/colour.h"

#include "daemon/base/mem.h"

#include <lcms2.h>
#include <string.h>

/* Place of the creation time in a profile's header (ICC.1:2010, 7.2.8). lcms2 writes the present
 * time. */
#define ICC_DATE_OFFSET 24
#define ICC_HEADER_BYTES 128

enum err_code colour_make_srgb(void **out_bytes, size_t *out_size, struct err *err)
{
    static const unsigned char date[12] = {0x07, 0xEA, 0, 1, 0, 1}; /* 2026-01-01 00:00:00 */
    cmsHPROFILE profile = cmsCreate_sRGBProfile();
    cmsUInt32Number size = 0;
    AUTO(mem)
    unsigned char *bytes = NULL;
    bool made = profile && cmsSaveProfileToMem(profile, NULL, &size) && size > ICC_HEADER_BYTES &&
                (bytes = mem_alloc(size)) && cmsSaveProfileToMem(profile, bytes, &size);
    if (profile)
        cmsCloseProfile(profile);
    if (!made)
        return err_set(err, ERR_NO_MEMORY, "sRGB profile");
    memcpy(bytes + ICC_DATE_OFFSET, date, sizeof date);
    *out_bytes = TAKE(bytes);
    *out_size = size;
    return ERR_OK;
}

bool colour_icc_fits(const void *bytes, size_t size, int channels)
{
    if (!bytes || size < ICC_HEADER_BYTES || size > (4u << 20))
        return false;
    cmsHPROFILE profile = cmsOpenProfileFromMem(bytes, (cmsUInt32Number)size);
    if (!profile)
        return false;
    cmsProfileClassSignature class = cmsGetDeviceClass(profile);
    bool fits = class == cmsSigInputClass || class == cmsSigDisplayClass ||
                class == cmsSigOutputClass || class == cmsSigColorSpaceClass;
    cmsColorSpaceSignature wanted = channels == 1 ? cmsSigGrayData : cmsSigRgbData;
    fits = fits && cmsGetColorSpace(profile) == wanted && cmsGetProfileVersion(profile) < 4.5;
    cmsCloseProfile(profile);
    return fits;
}
