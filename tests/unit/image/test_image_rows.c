#include "daemon/base/file.h"
#include "daemon/image/image_rows.h"
#include "tests/golden/pdf/pdf_kit.h"
#include "tests/harness/test.h"

#include <fcntl.h>

static enum err_code read_all(int fd, int index)
{
    struct err err = ERR_INIT;
    AUTO(image_rows) struct image_rows *rows = NULL;
    enum err_code code = image_rows_open(fd, index, &rows, &err);
    if (code)
        return code;
    const struct image_info *info = image_rows_info(rows);
    uint8_t *row = malloc((size_t)info->width * (size_t)info->channels);
    for (int y = 0; y < info->height && !code; y++)
        code = image_rows_next(rows, row, &err);
    free(row);
    return code;
}

static enum err_code read_bytes(const void *bytes, size_t size)
{
    AUTO(fd) int fd = -1;
    assert_int_equal(file_memfd("image", bytes, size, &fd, NULL), ERR_OK);
    return read_all(fd, 0);
}

static void odd_files_have_their_errors(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
        enum err_code code;
    } cases[] = {
        {"", 0, ERR_IMAGE_EMPTY},
        {"van ban", 7, ERR_FORMAT_UNKNOWN},
        {"%PDF-1.7\n", 9, ERR_FORMAT_UNKNOWN},
        {"\xFF\xD8\xFF", 3, ERR_IMAGE_UNREADABLE},
        {"II*\0\x08\0\0\0", 8, ERR_IMAGE_UNREADABLE},
        {"\x89PNG\r\n\x1A\n", 8, ERR_IMAGE_UNREADABLE},
        {"P6\n", 3, ERR_IMAGE_UNREADABLE},
        {"P6\n0 5\n255\n", 11, ERR_IMAGE_UNREADABLE},
        {"P6\n2 2\n255\nabc", 14, ERR_IMAGE_UNREADABLE},
        {"P5\n20000 20000\n255\n", 19, ERR_IMAGE_TOO_LARGE},
        {"P4\n99999999999 1\n", 17, ERR_IMAGE_TOO_LARGE},
        {"P5\n70000 2\n255\n", 15, ERR_IMAGE_TOO_LARGE},
        {"P3\n1 1\n255\n1 2 3\n", 17, ERR_OK},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        enum err_code code = read_bytes(cases[i].bytes, cases[i].size);
        bool same = code == cases[i].code;
        if (!same)
            fail_msg("case %zu: %s instead of %s", i, err_name(code), err_name(cases[i].code));
    }
}

/* Each kind cut or changed at every few bytes: an error or an image, never a crash. */
static void truncated_files_never_crash(void **state)
{
    (void)state;
    struct picture picture = picture_make(60, 40), seen;
    for (enum image_kind kind = 0; kind < IMAGE_KIND_COUNT; kind++) {
        image_write(kind, &picture, kit_path("cut"), &seen);
        picture_free(&seen);
        AUTO(mem) char *bytes = NULL;
        size_t size = 0;
        assert_int_equal(file_read(AT_FDCWD, kit_path("cut"), 1 << 20, &bytes, &size, NULL),
                         ERR_OK);
        for (size_t cut = 0; cut < size; cut += 1 + size / 50)
            read_bytes(bytes, cut);
        for (size_t i = 0; i < size; i += 1 + size / 200) {
            bytes[i] = (char)~bytes[i];
            read_bytes(bytes, size);
            bytes[i] = (char)~bytes[i];
        }
        assert_int_equal(read_bytes(bytes, size), ERR_OK);
    }
    picture_free(&picture);
}

static void an_image_that_is_not_there_is_not_found(void **state)
{
    (void)state;
    struct picture picture = picture_make(60, 40), seen;
    image_write(IMAGE_TIFF_SECOND, &picture, kit_path("two.tif"), &seen);
    picture_free(&seen);
    picture_free(&picture);
    AUTO(fd) int fd = open(kit_path("two.tif"), O_RDONLY | O_CLOEXEC);
    assert_int_equal(read_all(fd, 0), ERR_OK);
    assert_int_equal(read_all(fd, 1), ERR_OK);
    assert_int_equal(read_all(fd, 2), ERR_NOT_FOUND);
    assert_int_equal(read_all(fd, -1), ERR_NOT_FOUND);
}

/* What the writer of PDF files goes by. */
static void the_head_says_what_the_file_is(void **state)
{
    (void)state;
    static const struct {
        enum image_kind kind;
        int channels;
        bool bilevel, reusable;
    } cases[] = {
        {IMAGE_JPEG_COLOUR, 3, false, true},  {IMAGE_JPEG_GREY, 1, false, true},
        {IMAGE_JPEG_CMYK, 3, false, false},   {IMAGE_TIFF_1, 1, true, false},
        {IMAGE_TIFF_1_WHITE, 1, true, false}, {IMAGE_TIFF_16, 1, false, false},
        {IMAGE_TIFF_TILED, 3, false, false},  {IMAGE_PNG_1, 1, true, false},
        {IMAGE_PNG_8, 1, false, false},       {IMAGE_PNG_ALPHA, 3, false, false},
        {IMAGE_PNM_1, 1, true, false},        {IMAGE_PNM_4, 1, true, false},
        {IMAGE_PNM_5, 1, false, false},       {IMAGE_PNM_16, 3, false, false},
    };
    struct picture picture = picture_make(60, 40), seen;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        image_write(cases[i].kind, &picture, kit_path("head"), &seen);
        picture_free(&seen);
        AUTO(fd) int fd = open(kit_path("head"), O_RDONLY | O_CLOEXEC);
        AUTO(image_rows) struct image_rows *rows = NULL;
        assert_int_equal(image_rows_open(fd, 0, &rows, NULL), ERR_OK);
        const struct image_info *info = image_rows_info(rows);
        assert_int_equal(info->width, 60);
        assert_int_equal(info->height, 40);
        if (info->channels != cases[i].channels || info->bilevel != cases[i].bilevel ||
            info->reusable != cases[i].reusable)
            fail_msg("kind %d: %d channels, bilevel %d, reusable %d", (int)cases[i].kind,
                     info->channels, info->bilevel, info->reusable);
    }
    picture_free(&picture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(odd_files_have_their_errors),
        cmocka_unit_test(truncated_files_never_crash),
        cmocka_unit_test(an_image_that_is_not_there_is_not_found),
        cmocka_unit_test(the_head_says_what_the_file_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
