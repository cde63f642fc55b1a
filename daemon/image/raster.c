#include "daemon/image/raster.h"

#include <string.h>

enum err_code raster_new(int width, int height, int channels, struct raster **out, struct err *err)
{
    if (width < 1 || height < 1 || (channels != 1 && channels != 3))
        return err_set(err, ERR_BAD_ARGUMENT, "raster of %d x %d, %d channels", width, height,
                       channels);
    AUTO(raster) struct raster *raster = mem_alloc(sizeof *raster);
    if (!raster)
        return err_set(err, ERR_NO_MEMORY, "raster");
    size_t row_bytes = (size_t)width * channels;
    raster->px = mem_array(height, row_bytes);
    if (!raster->px)
        return err_set(err, ERR_NO_MEMORY, "raster of %d x %d", width, height);
    memset(raster->px, 255, (size_t)height * row_bytes);
    raster->width = width;
    raster->height = height;
    raster->channels = channels;
    *out = TAKE(raster);
    return ERR_OK;
}

void raster_free(struct raster *raster)
{
    if (!raster)
        return;
    mem_free(raster->px);
    mem_free(raster);
}

/* Square tiles keep both the rows read and the rows written in the cache. */
#define TURN_TILE 32

static void turn_tile(const struct raster *from, struct raster *to, int turn_deg, int x0, int y0)
{
    int channels = from->channels;
    int x1 = x0 + TURN_TILE < from->width ? x0 + TURN_TILE : from->width;
    int y1 = y0 + TURN_TILE < from->height ? y0 + TURN_TILE : from->height;
    for (int y = y0; y < y1; y++) {
        const uint8_t *source = raster_row(from, y) + (size_t)x0 * channels;
        for (int x = x0; x < x1; x++, source += channels) {
            int tx = turn_deg == 90    ? from->height - 1 - y
                     : turn_deg == 180 ? from->width - 1 - x
                                       : y;
            int ty = turn_deg == 90    ? x
                     : turn_deg == 180 ? from->height - 1 - y
                                       : from->width - 1 - x;
            uint8_t *target = raster_row(to, ty) + (size_t)tx * channels;
            for (int c = 0; c < channels; c++)
                target[c] = source[c];
        }
    }
}

enum err_code raster_turn(const struct raster *raster, int turn_deg, struct raster **out,
                          struct err *err)
{
    bool sideways = turn_deg == 90 || turn_deg == 270;
    AUTO(raster) struct raster *turned = NULL;
    enum err_code code =
        raster_new(sideways ? raster->height : raster->width,
                   sideways ? raster->width : raster->height, raster->channels, &turned, err);
    if (code)
        return code;
    if (turn_deg == 0)
        memcpy(turned->px, raster->px, (size_t)raster->width * raster->height * raster->channels);
    else
        for (int y = 0; y < raster->height; y += TURN_TILE)
            for (int x = 0; x < raster->width; x += TURN_TILE)
                turn_tile(raster, turned, turn_deg, x, y);
    *out = TAKE(turned);
    return ERR_OK;
}

/* Adds up, column by column, `factor` rows or as many as there are; returns how many. */
static int sum_rows(const struct raster *raster, int from, int factor, uint32_t *restrict sums)
{
    size_t values = (size_t)raster->width * raster->channels;
    int end = from + factor < raster->height ? from + factor : raster->height;
    memset(sums, 0, values * sizeof *sums);
    for (int y = from; y < end; y++) {
        const uint8_t *restrict row = raster_row(raster, y);
        for (size_t i = 0; i < values; i++)
            sums[i] += row[i];
    }
    return end - from;
}

/* Dividing by a product: exact while sum * area < 2^32, as sums of up to 4000 bytes are. */
#define AREA_MAX 4000

struct divisor {
    uint32_t by;
    uint64_t inverse; /* 2^32 / by, rounded up; 0: divide */
};

static struct divisor divisor_of(uint32_t by)
{
    return (struct divisor){by, by <= AREA_MAX ? ((UINT64_C(1) << 32) + by - 1) / by : 0};
}

static inline uint32_t divided(uint32_t sum, const struct divisor *divisor)
{
    return divisor->inverse ? (uint32_t)(sum * divisor->inverse >> 32) : sum / divisor->by;
}

/* Inline, so that `channels` is a constant where it is called. */
static inline void mean_columns(const uint32_t *restrict sums, int width, const int channels,
                                int factor, int rows, uint8_t *restrict out)
{
    const struct divisor whole = divisor_of((uint32_t)(rows * factor));
    for (int x = 0; x < width; x += factor) {
        int columns = x + factor < width ? factor : width - x;
        struct divisor area = columns == factor ? whole : divisor_of((uint32_t)(rows * columns));
        for (int c = 0; c < channels; c++) {
            uint32_t sum = area.by / 2;
            for (int i = 0; i < columns; i++)
                sum += sums[(x + i) * channels + c];
            *out++ = (uint8_t)divided(sum, &area);
        }
    }
}

enum err_code raster_reduce(const struct raster *raster, int factor, struct raster **out,
                            struct err *err)
{
    int channels = raster->channels;
    AUTO(raster) struct raster *small = NULL;
    if (factor < 1)
        return err_set(err, ERR_BAD_ARGUMENT, "reduction by %d", factor);
    enum err_code code = raster_new((raster->width + factor - 1) / factor,
                                    (raster->height + factor - 1) / factor, channels, &small, err);
    if (code)
        return code;
    size_t values = (size_t)raster->width * channels;
    AUTO(mem) uint32_t *sums = mem_array(values, sizeof *sums);
    if (!sums)
        return err_set(err, ERR_NO_MEMORY, "reduction by %d", factor);
    for (int ty = 0; ty < small->height; ty++) {
        int rows = sum_rows(raster, ty * factor, factor, sums);
        if (channels == 1)
            mean_columns(sums, raster->width, 1, factor, rows, raster_row(small, ty));
        else
            mean_columns(sums, raster->width, 3, factor, rows, raster_row(small, ty));
    }
    *out = TAKE(small);
    return ERR_OK;
}

/* Where a target pixel's centre lies in the source, in 1/256 pixels, kept inside. */
static int source_place(int target, int target_size, int source_size)
{
    int64_t place = ((int64_t)(2 * target + 1) * source_size * 128) / target_size - 128;
    int64_t last = (int64_t)(source_size - 1) * 256;
    return (int)(place < 0 ? 0 : place > last ? last : place);
}

enum err_code raster_resize(const struct raster *raster, int width, int height, struct raster **out,
                            struct err *err)
{
    int channels = raster->channels;
    AUTO(raster) struct raster *resized = NULL;
    enum err_code code = raster_new(width, height, channels, &resized, err);
    if (code)
        return code;
    AUTO(mem) int *places = mem_array(width, sizeof *places);
    if (!places)
        return err_set(err, ERR_NO_MEMORY, "resize");
    for (int x = 0; x < width; x++)
        places[x] = source_place(x, width, raster->width);
    for (int y = 0; y < height; y++) {
        int place = source_place(y, height, raster->height);
        int y0 = place >> 8, fy = place & 255;
        const uint8_t *upper = raster_row(raster, y0);
        const uint8_t *lower = raster_row(raster, y0 + (y0 + 1 < raster->height));
        uint8_t *target = raster_row(resized, y);
        for (int x = 0; x < width; x++) {
            int x0 = places[x] >> 8, fx = places[x] & 255;
            int left = x0 * channels, right = (x0 + (x0 + 1 < raster->width)) * channels;
            for (int c = 0; c < channels; c++) {
                int top = upper[left + c] * (256 - fx) + upper[right + c] * fx;
                int bottom = lower[left + c] * (256 - fx) + lower[right + c] * fx;
                *target++ = (uint8_t)((top * (256 - fy) + bottom * fy + 32768) >> 16);
            }
        }
    }
    *out = TAKE(resized);
    return ERR_OK;
}

enum err_code raster_crop(const struct raster *raster, int x, int y, int width, int height,
                          struct raster **out, struct err *err)
{
    int x1 = x + width < raster->width ? x + width : raster->width;
    int y1 = y + height < raster->height ? y + height : raster->height;
    int x0 = x > 0 ? x : 0, y0 = y > 0 ? y : 0;
    AUTO(raster) struct raster *part = NULL;
    enum err_code code = raster_new(x1 - x0, y1 - y0, raster->channels, &part, err);
    if (code)
        return code;
    for (int row = 0; row < part->height; row++)
        memcpy(raster_row(part, row), raster_row(raster, y0 + row) + (size_t)x0 * part->channels,
               (size_t)part->width * part->channels);
    *out = TAKE(part);
    return ERR_OK;
}
