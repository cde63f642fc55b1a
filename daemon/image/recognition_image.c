#include "daemon/image/recognition_image.h"
#include "daemon/base/file.h"
#include "daemon/base/mem.h"
#include "daemon/image/image_decode.h"
#include "daemon/image/image_read.h"

#include <math.h>
#include <stdio.h>

#define MAGIC "P5\n# sohoa.recognition/1 "

static enum err_code write_one(int fd, const struct recognition_image *image, struct err *err)
{
    const struct raster *grey = image->grey;
    char head[160];
    int size = snprintf(head, sizeof head, MAGIC "%.6f %.4f %.4f\n%d %d\n255\n", image->px_per_mm,
                        image->left_mm, image->top_mm, grey->width, grey->height);
    enum err_code code = file_write_all(fd, head, (size_t)size, err);
    return code ? code : file_write_all(fd, grey->px, (size_t)grey->width * grey->height, err);
}

enum err_code recognition_image_to_memfd(const struct recognition_image *image, int *out_fd,
                                         struct err *err)
{
    AUTO(fd) int fd = -1;
    enum err_code code = file_memfd("recognition", "", 0, &fd, err);
    if (!code)
        code = write_one(fd, image, err);
    if (!code && image->red)
        code = write_one(fd, image->red, err);
    if (!code)
        code = file_memfd_seal(fd, err);
    if (code)
        return code;
    *out_fd = TAKE_FD(fd);
    return ERR_OK;
}

struct head {
    int width, height;
    int size; /* up to the pixels; 0 when the sides cannot be read */
};

static bool read_head(int fd, off_t at, struct head *out, struct recognition_image *image)
{
    char bytes[160] = "";
    *out = (struct head){0};
    return image_pread(fd, bytes, sizeof bytes - 1, at) > 0 &&
           sscanf(bytes, MAGIC "%lf %lf %lf\n%d %d\n255%n", &image->px_per_mm, &image->left_mm,
                  &image->top_mm, &out->width, &out->height, &out->size) >= 3 &&
           image->px_per_mm > 0.1 && image->px_per_mm < 1000 && fabs(image->left_mm) < 1e5 &&
           fabs(image->top_mm) < 1e5;
}

static enum err_code read_red(int fd, off_t at, struct recognition_image **out, struct err *err)
{
    AUTO(mem) struct recognition_image *red = mem_alloc(sizeof *red);
    struct head head;
    struct image_info info;
    if (!red)
        return err_set(err, ERR_NO_MEMORY, "red ink");
    if (!read_head(fd, at, &head, red) || !head.size || head.width < 1 || head.height < 1)
        return err_set(err, ERR_FORMAT_UNKNOWN, "not a picture of red ink");
    enum err_code code = image_take_size((uint64_t)head.width, (uint64_t)head.height, &info, err);
    if (!code)
        code = raster_new(head.width, head.height, 1, &red->grey, err);
    size_t size = code ? 0 : (size_t)head.width * head.height;
    if (!code && image_pread(fd, red->grey->px, size, at + head.size + 1) != (ssize_t)size)
        code = err_set(err, ERR_IMAGE_UNREADABLE, "the picture of red ink is cut short");
    if (code)
        raster_free(red->grey);
    else
        *out = TAKE(red);
    return code;
}

enum err_code recognition_image_read_fd(int fd, struct recognition_image *out, struct err *err)
{
    struct head head;
    char more;
    *out = (struct recognition_image){0};
    if (!read_head(fd, 0, &head, out))
        return err_set(err, ERR_FORMAT_UNKNOWN, "not a recognition image");
    struct image image = {0};
    enum err_code code = image_read(fd, 0, &image, err);
    out->grey = TAKE(image.raster);
    off_t end = head.size + 1 + (off_t)head.width * head.height;
    if (code || !head.size || image_pread(fd, &more, 1, end) != 1)
        return code;
    return read_red(fd, end, &out->red, err);
}

void recognition_image_done(struct recognition_image *image)
{
    if (image->red)
        raster_free(image->red->grey);
    mem_free(image->red);
    raster_free(image->grey);
    *image = (struct recognition_image){0};
}
