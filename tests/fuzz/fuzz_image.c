#include "daemon/base/file.h"
#include "daemon/image/image_read.h"

#include <stddef.h>
#include <stdint.h>

/* Page image files of any kind: an error or pixels, within limits, never more. */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    AUTO(fd) int fd = -1;
    if (file_memfd("fuzz", bytes, size, &fd, NULL))
        return 0;
    for (int index = 0; index < 2; index++) {
        AUTO(image) struct image image = {0};
        if (image_read(fd, index, &image, NULL))
            break;
        volatile uint8_t last =
            raster_row(image.raster, image.raster->height - 1)[image.raster->width - 1];
        (void)last;
    }
    return 0;
}
