#include "daemon/base/text.h"

#include "daemon/base/buf.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#define TEXT_MAX_BYTES (16u << 20)

bool text_is_utf8(const char *bytes, size_t size)
{
    const utf8proc_uint8_t *next = (const utf8proc_uint8_t *)bytes;
    for (size_t left = size; left > 0;) {
        utf8proc_int32_t point;
        utf8proc_ssize_t used = utf8proc_iterate(next, (utf8proc_ssize_t)left, &point);
        if (used <= 0 || point == 0)
            return false;
        next += used;
        left -= (size_t)used;
    }
    return true;
}

/* utf8proc allocates with malloc; what leaves here is copied so that one seam sees every piece. */
static char *take_mapped(utf8proc_uint8_t *mapped)
{
    char *copy = mem_strdup((const char *)mapped);
    free(mapped);
    return copy;
}

enum err_code text_nfc(const char *bytes, size_t size, char **out, struct err *err)
{
    if (!text_is_utf8(bytes, size))
        return err_set(err, ERR_BAD_ARGUMENT, "text is not UTF-8");
    utf8proc_uint8_t *mapped = NULL;
    utf8proc_ssize_t made = utf8proc_map((const utf8proc_uint8_t *)bytes, (utf8proc_ssize_t)size,
                                         &mapped, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    char *copy = made < 0 ? NULL : take_mapped(mapped);
    if (!copy)
        return err_set(err, ERR_NO_MEMORY, "normalise %zu bytes of text", size);
    *out = copy;
    return ERR_OK;
}

typedef int32_t point_map(int32_t);

static char *map_points(const char *text, point_map *map)
{
    AUTO(buf) struct buf out;
    buf_init(&out, TEXT_MAX_BYTES);
    buf_text(&out, "");
    for (int32_t point; (point = text_next(&text)) != 0;) {
        char bytes[4];
        if (point < 0)
            return NULL;
        buf_append(&out, bytes, text_put(map(point), bytes));
    }
    return buf_take(&out);
}

static int32_t unstroke(int32_t point)
{
    /* đ/Đ (U+0111, U+0110) carry no combining mark; Ð (U+00D0) is a common look-alike */
    if (point == 0x111 || point == 0x110 || point == 0xd0 || point == 0xf0)
        return 'd';
    return point;
}

/* Plain letters need no tables: half of a page's words. NULL: there are others, or no memory. */
static char *map_plain(const char *text, char first, char last, int shift)
{
    size_t size = 0;
    while (text[size] && (unsigned char)text[size] < 0x80 && size < TEXT_MAX_BYTES)
        size++;
    char *out = text[size] ? NULL : mem_strndup(text, size);
    for (char *c = out; c && *c; c++)
        if (*c >= first && *c <= last)
            *c = (char)(*c + shift);
    return out;
}

char *text_fold(const char *text)
{
    char *plain = map_plain(text, 'A', 'Z', 'a' - 'A');
    if (plain)
        return plain;
    utf8proc_uint8_t *mapped = NULL;
    utf8proc_ssize_t made = utf8proc_map((const utf8proc_uint8_t *)text, 0, &mapped,
                                         UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPOSE |
                                             UTF8PROC_STRIPMARK | UTF8PROC_CASEFOLD);
    if (made < 0)
        return NULL;
    char *folded = map_points((const char *)mapped, unstroke);
    free(mapped);
    return folded;
}

static int32_t lower_point(int32_t point)
{
    return utf8proc_tolower(point);
}

static int32_t upper_point(int32_t point)
{
    return utf8proc_toupper(point);
}

char *text_lower(const char *text)
{
    char *plain = map_plain(text, 'A', 'Z', 'a' - 'A');
    return plain ? plain : map_points(text, lower_point);
}

char *text_upper(const char *text)
{
    char *plain = map_plain(text, 'a', 'z', 'A' - 'a');
    return plain ? plain : map_points(text, upper_point);
}

static bool is_space(int32_t point)
{
    utf8proc_category_t category = utf8proc_category(point);
    return (point >= 9 && point <= 13) || point == 0x85 || category == UTF8PROC_CATEGORY_ZS ||
           category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP;
}

char *text_squeeze(const char *text)
{
    AUTO(buf) struct buf out;
    buf_init(&out, TEXT_MAX_BYTES);
    buf_text(&out, "");
    bool gap = false;
    for (int32_t point; (point = text_next(&text)) != 0;) {
        char bytes[4];
        if (point < 0)
            return NULL;
        if (is_space(point)) {
            gap = out.size > 0;
            continue;
        }
        if (gap)
            buf_append(&out, " ", 1);
        gap = false;
        buf_append(&out, bytes, text_put(point, bytes));
    }
    return buf_take(&out);
}

void text_printable(const char *text, char *out, size_t out_size)
{
    size_t used = 0;
    for (int32_t point; out_size && (point = text_next(&text)) != 0;) {
        char bytes[4] = {'?'};
        utf8proc_category_t category = point < 0 ? UTF8PROC_CATEGORY_CC : utf8proc_category(point);
        bool odd = category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_CF ||
                   category == UTF8PROC_CATEGORY_CN || category == UTF8PROC_CATEGORY_CO;
        size_t size = odd ? 1 : text_put(point, bytes);
        if (used + size >= out_size)
            break;
        memcpy(out + used, bytes, size);
        used += size;
    }
    if (out_size)
        out[used] = 0;
}

void text_mask(const char *identifier, char *out, size_t out_size)
{
    char clean[128];
    text_printable(identifier ? identifier : "", clean, sizeof clean);
    size_t size = strlen(clean);
    bool ascii = true;
    for (size_t i = 0; i < size; i++)
        ascii = ascii && (unsigned char)clean[i] < 128;
    for (size_t i = 0; i < size && i + 1 < out_size; i++) {
        bool shown = ascii && size >= 9 && (i < 3 || i + 4 >= size);
        out[i] = shown ? clean[i] : '*';
    }
    if (out_size)
        out[size < out_size ? size : out_size - 1] = 0;
}

int32_t text_next(const char **cursor)
{
    const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)*cursor;
    if (*at == 0)
        return 0;
    utf8proc_int32_t point;
    utf8proc_ssize_t used = utf8proc_iterate(at, (utf8proc_ssize_t)strnlen(*cursor, 4), &point);
    if (used <= 0) {
        (*cursor)++;
        return -1;
    }
    *cursor += used;
    return point;
}

size_t text_put(int32_t code_point, char out[4])
{
    return (size_t)utf8proc_encode_char(code_point, (utf8proc_uint8_t *)out);
}

bool text_starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

static size_t digit_run(const char *text)
{
    return strspn(text, "0123456789");
}

static int compare_numbers(const char **a, const char **b)
{
    size_t a_size = digit_run(*a), b_size = digit_run(*b);
    const char *x = *a, *y = *b;
    size_t x_size = a_size, y_size = b_size;
    while (x_size > 1 && *x == '0')
        x++, x_size--;
    while (y_size > 1 && *y == '0')
        y++, y_size--;
    *a += a_size;
    *b += b_size;
    if (x_size != y_size)
        return x_size < y_size ? -1 : 1;
    return strncmp(x, y, x_size);
}

int text_natural_compare(const char *a, const char *b)
{
    const char *first_a = a, *first_b = b;
    while (*a && *b) {
        int order;
        if (digit_run(a) && digit_run(b)) {
            order = compare_numbers(&a, &b);
        } else {
            order = (unsigned char)*a - (unsigned char)*b;
            a++;
            b++;
        }
        if (order)
            return order;
    }
    if (*a || *b)
        return *a ? 1 : -1;
    return strcmp(first_a, first_b);
}

#define DISTANCE_MAX_POINTS 4096

static size_t to_points(const char *text, int32_t *out)
{
    size_t count = 0;
    for (int32_t point; (point = text_next(&text)) != 0;) {
        if (count == DISTANCE_MAX_POINTS)
            return SIZE_MAX;
        out[count++] = point;
    }
    return count;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t text_distance(const char *a, const char *b)
{
    AUTO(mem) int32_t *x = mem_array(DISTANCE_MAX_POINTS, sizeof *x);
    AUTO(mem) int32_t *y = mem_array(DISTANCE_MAX_POINTS, sizeof *y);
    AUTO(mem) size_t *row = mem_array(DISTANCE_MAX_POINTS + 1, sizeof *row);
    if (!x || !y || !row)
        return SIZE_MAX;
    size_t x_count = to_points(a, x), y_count = to_points(b, y);
    if (x_count == SIZE_MAX || y_count == SIZE_MAX)
        return SIZE_MAX;
    for (size_t j = 0; j <= y_count; j++)
        row[j] = j;
    for (size_t i = 1; i <= x_count; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= y_count; j++) {
            size_t above = row[j];
            size_t changed = diagonal + (x[i - 1] != y[j - 1]);
            row[j] = least(changed, least(above, row[j - 1]) + 1);
            diagonal = above;
        }
    }
    return row[y_count];
}
