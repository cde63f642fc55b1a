#include "daemon/image/image_small.h"

#include "daemon/image/image_rows.h"

#include <string.h>

/* Rows of the file summed up for one row of the small image. */
struct sums {
    uint8_t *row;
    uint32_t *sum;
    int factor, width; /* of a square; of the file's row */
};

static void sums_auto(struct sums *sums)
{
    mem_free(sums->row);
    mem_free(sums->sum);
}

static void add_row(struct sums *sums, const struct raster *small)
{
    const uint8_t *source = sums->row;
    for (int x = 0; x < sums->width; x++)
        for (int c = 0; c < small->channels; c++)
            sums->sum[x / sums->factor * small->channels + c] += *source++;
}

static void put_means(const struct sums *sums, const struct raster *small, int y, int rows)
{
    uint8_t *target = raster_row(small, y);
    for (int x = 0; x < small->width; x++) {
        int left = sums->width - x * sums->factor;
        uint32_t area = (uint32_t)rows * (uint32_t)(left < sums->factor ? left : sums->factor);
        for (int c = 0; c < small->channels; c++) {
            size_t i = (size_t)(x * small->channels + c);
            target[i] = (uint8_t)((sums->sum[i] + area / 2) / area);
        }
    }
}

static enum err_code read_rows(struct image_rows *rows, int height, struct sums *sums,
                               const struct raster *small, struct err *err)
{
    size_t sum_bytes = (size_t)small->width * (size_t)small->channels * sizeof *sums->sum;
    enum err_code code = ERR_OK;
    for (int y = 0; y < small->height && !code; y++) {
        int left = height - y * sums->factor;
        int count = left < sums->factor ? left : sums->factor;
        memset(sums->sum, 0, sum_bytes);
        for (int i = 0; i < count && !code; i++) {
            code = image_rows_next(rows, sums->row, err);
            if (!code)
                add_row(sums, small);
        }
        if (!code)
            put_means(sums, small, y, count);
    }
    return code;
}

enum err_code image_read_small(int fd, int index, int factor, struct raster **out, struct err *err)
{
    AUTO(image_rows) struct image_rows *rows = NULL;
    AUTO(raster) struct raster *small = NULL;
    __attribute__((cleanup(sums_auto))) struct sums sums = {.factor = factor};
    if (factor < 1)
        return err_set(err, ERR_BAD_ARGUMENT, "reduction by %d", factor);
    enum err_code code = image_rows_open(fd, index, &rows, err);
    if (code)
        return code;
    const struct image_info *info = image_rows_info(rows);
    sums.width = info->width;
    code = raster_new((info->width + factor - 1) / factor, (info->height + factor - 1) / factor,
                      info->channels, &small, err);
    if (code)
        return code;
    sums.row = mem_array((size_t)info->width, (size_t)info->channels);
    sums.sum = mem_array((size_t)small->width * (size_t)info->channels, sizeof *sums.sum);
    if (!sums.row || !sums.sum)
        return err_set(err, ERR_NO_MEMORY, "reduction by %d", factor);
    code = read_rows(rows, info->height, &sums, small, err);
    if (!code)
        *out = TAKE(small);
    return code;
}

enum err_code image_read_size(int fd, int index, int *out_width, int *out_height, struct err *err)
{
    AUTO(image_rows) struct image_rows *rows = NULL;
    enum err_code code = image_rows_open(fd, index, &rows, err);
    if (code)
        return code;
    *out_width = image_rows_info(rows)->width;
    *out_height = image_rows_info(rows)->height;
    return ERR_OK;
}
