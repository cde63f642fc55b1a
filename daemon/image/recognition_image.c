#include "daemon/image/recognition_image.h"
#include "daemon/base/file.h"
#include "daemon/image/image_decode.h"
#include "daemon/image/image_read.h"

#include <math.h>
#include <stdio.h>

enum err_code recognition_image_to_memfd(const struct recognition_image *image, int *out_fd,
                                         struct err *err)
{
    const struct raster *grey = image->grey;
    char head[160];
    int size = snprintf(head, sizeof head, "P5\n# sohoa.recognition/1 %.6f %.4f %.4f\n%d %d\n255\n",
                        image->px_per_mm, image->left_mm, image->top_mm, grey->width, grey->height);
    AUTO(fd) int fd = -1;
    enum err_code code = file_memfd("recognition", head, (size_t)size, &fd, err);
    if (!code)
        code = file_write_all(fd, grey->px, (size_t)grey->width * grey->height, err);
    if (!code)
        code = file_memfd_seal(fd, err);
    if (code)
        return code;
    *out_fd = TAKE_FD(fd);
    return ERR_OK;
}

enum err_code recognition_image_read_fd(int fd, struct recognition_image *out, struct err *err)
{
    *out = (struct recognition_image){0};
    char head[160] = "";
    if (image_pread(fd, head, sizeof head - 1, 0) <= 0 ||
        sscanf(head, "P5\n# sohoa.recognition/1 %lf %lf %lf\n", &out->px_per_mm, &out->left_mm,
               &out->top_mm) != 3 ||
        !(out->px_per_mm > 0.1 && out->px_per_mm < 1000) || !(fabs(out->left_mm) < 1e5) ||
        !(fabs(out->top_mm) < 1e5))
        return err_set(err, ERR_FORMAT_UNKNOWN, "not a recognition image");
    struct image image = {0};
    enum err_code code = image_read(fd, 0, &image, err);
    out->grey = TAKE(image.raster);
    return code;
}

void recognition_image_done(struct recognition_image *image)
{
    raster_free(image->grey);
    *image = (struct recognition_image){0};
}
