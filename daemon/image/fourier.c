#include "daemon/image/fourier.h"

#include <math.h>
#include <stdbool.h>

#define SIDE_MAX 4096

static bool is_power_of_two(int n)
{
    return n > 0 && (n & (n - 1)) == 0;
}

enum err_code field_new(int width, int height, struct field **out, struct err *err)
{
    if (!is_power_of_two(width) || !is_power_of_two(height) || width > SIDE_MAX ||
        height > SIDE_MAX)
        return err_set(err, ERR_BAD_ARGUMENT, "field of %d x %d", width, height);
    AUTO(field) struct field *field = mem_alloc(sizeof *field);
    if (!field)
        return err_set(err, ERR_NO_MEMORY, "field");
    field->width = width;
    field->height = height;
    field->at = mem_array((size_t)width * (size_t)height, sizeof *field->at);
    if (!field->at)
        return err_set(err, ERR_NO_MEMORY, "field of %d x %d", width, height);
    *out = TAKE(field);
    return ERR_OK;
}

void field_free(struct field *field)
{
    if (!field)
        return;
    mem_free(field->at);
    mem_free(field);
}

static inline struct wave times(struct wave a, struct wave b)
{
    return (struct wave){a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}

static void swap_to_bit_order(struct wave *line, int count)
{
    for (int i = 1, j = 0; i < count; i++) {
        int bit = count >> 1;
        for (; j & bit; bit >>= 1)
            j ^= bit;
        j ^= bit;
        if (i < j) {
            struct wave kept = line[i];
            line[i] = line[j];
            line[j] = kept;
        }
    }
}

static void transform_line(struct wave *line, int count, const struct wave *roots)
{
    swap_to_bit_order(line, count);
    for (int half = 1; half < count; half *= 2) {
        int step = count / (2 * half);
        for (int start = 0; start < count; start += 2 * half)
            for (int k = 0; k < half; k++) {
                struct wave *low = &line[start + k], *high = low + half;
                struct wave turned = times(*high, roots[k * step]);
                *high = (struct wave){low->re - turned.re, low->im - turned.im};
                *low = (struct wave){low->re + turned.re, low->im + turned.im};
            }
    }
}

static void make_roots(struct wave *roots, int count, double sign)
{
    for (int k = 0; k < count / 2; k++) {
        double angle = sign * 2 * M_PI * k / count;
        roots[k] = (struct wave){(float)cos(angle), (float)sin(angle)};
    }
}

static enum err_code transform(struct field *field, double sign, struct err *err)
{
    int w = field->width, h = field->height;
    int longer = w > h ? w : h;
    AUTO(mem) struct wave *roots = mem_array((size_t)longer, sizeof *roots);
    AUTO(mem) struct wave *column = mem_array((size_t)h, sizeof *column);
    if (!roots || !column)
        return err_set(err, ERR_NO_MEMORY, "transform");
    make_roots(roots, w, sign);
    for (int y = 0; y < h; y++)
        transform_line(field->at + (size_t)y * (size_t)w, w, roots);
    make_roots(roots, h, sign);
    for (int x = 0; x < w; x++) {
        for (int y = 0; y < h; y++)
            column[y] = field->at[(size_t)y * (size_t)w + (size_t)x];
        transform_line(column, h, roots);
        for (int y = 0; y < h; y++)
            field->at[(size_t)y * (size_t)w + (size_t)x] = column[y];
    }
    return ERR_OK;
}

enum err_code field_transform(struct field *field, struct err *err)
{
    return transform(field, -1, err);
}

enum err_code field_transform_back(struct field *field, struct err *err)
{
    enum err_code code = transform(field, 1, err);
    size_t count = (size_t)field->width * (size_t)field->height;
    for (size_t i = 0; i < count; i++)
        field->at[i] =
            (struct wave){field->at[i].re / (float)count, field->at[i].im / (float)count};
    return code;
}
