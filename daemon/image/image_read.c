#include "daemon/image/image_read.h"
#include "daemon/image/paper.h"

enum err_code image_read(int fd, int index, struct image *out, struct err *err)
{
    *out = (struct image){0};
    AUTO(image_rows) struct image_rows *rows = NULL;
    enum err_code code = image_rows_open(fd, index, &rows, err);
    if (code)
        return code;
    const struct image_info *info = image_rows_info(rows);
    code = raster_new(info->width, info->height, info->channels, &out->raster, err);
    for (int y = 0; y < info->height && !code; y++)
        code = image_rows_next(rows, raster_row(out->raster, y), err);
    if (code)
        return code;
    out->count = info->count;
    out->turn_deg = info->turn_deg;
    out->dpi = info->dpi;
    out->dpi_source = DPI_FILE;
    if (!paper_dpi_is_plausible(info->width, info->height, out->dpi))
        out->dpi = paper_guess_dpi(info->width, info->height, &out->dpi_source);
    return ERR_OK;
}

void image_done(struct image *image)
{
    raster_free(image->raster);
    *image = (struct image){0};
}
