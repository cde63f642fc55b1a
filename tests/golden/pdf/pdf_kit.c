#include "tests/golden/pdf/pdf_kit.h"
#include "tests/harness/test.h"

#include "daemon/base/text.h"
#include "queue/seal/pdf_compose.h"
#include "queue/seal/pdf_font.h"

#include <fcntl.h>
#include <math.h>
#include <sys/wait.h>

#define PATHS 16
#define OUTPUT_MAX (4u << 20)

static char folder[64];

static void remove_folder(void)
{
    char command[100];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    if (system(command) != 0)
        fprintf(stderr, "cannot remove %s\n", folder);
}

const char *kit_folder(void)
{
    if (folder[0])
        return folder;
    snprintf(folder, sizeof folder, "/tmp/sohoa-pdf-XXXXXX");
    assert_non_null(mkdtemp(folder));
    atexit(remove_folder);
    return folder;
}

const char *kit_path(const char *name)
{
    static char paths[PATHS][200];
    static int next;
    char *path = paths[next++ % PATHS];
    snprintf(path, sizeof paths[0], "%s/%s", kit_folder(), name);
    return path;
}

static char *run(int *out_status, const char *fmt, va_list args)
{
    char command[2000];
    vsnprintf(command, sizeof command - 6, fmt, args);
    strcat(command, " 2>&1");
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    char *output = calloc(1, OUTPUT_MAX);
    assert_non_null(output);
    size_t size = fread(output, 1, OUTPUT_MAX - 1, pipe);
    output[size] = '\0';
    int status = pclose(pipe);
    *out_status = WIFEXITED(status) ? WEXITSTATUS(status) : 255;
    return output;
}

char *kit_run(int *out_status, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *output = run(out_status, fmt, args);
    va_end(args);
    return output;
}

char *kit_ok(const char *fmt, ...)
{
    va_list args;
    int status;
    va_start(args, fmt);
    char *output = run(&status, fmt, args);
    va_end(args);
    if (status != 0)
        fail_msg("'%s' failed: %s", fmt, output);
    return output;
}

struct page_info kit_page(int width_px, int height_px, double dpi, int rotation_deg,
                          double skew_deg)
{
    struct page_info info = {
        .width_px = width_px,
        .height_px = height_px,
        .dpi = dpi,
        .rotation_deg = rotation_deg,
        .skew_deg = skew_deg,
        .verdict = "good",
    };
    double w = width_px * 25.4 / dpi, h = height_px * 25.4 / dpi;
    bool lies = rotation_deg % 180 != 0;
    info.size = (struct size_mm){lies ? h : w, lies ? w : h};
    return info;
}

#define TEXT_SIZE_PT 12.0
#define MM_PER_PT (25.4 / 72)

static struct rect_mm ink_box(struct pdf_font *font, const char *text, double x, double baseline)
{
    double em = TEXT_SIZE_PT * MM_PER_PT, top = 0, bottom = 0;
    double width = pdf_font_text_width(font, text) * em;
    for (int32_t point; (point = text_next(&text)) != 0;) {
        struct pdf_ink ink = pdf_font_ink(font, pdf_font_cid(font, point));
        top = fmax(top, ink.top);
        bottom = fmin(bottom, ink.bottom);
    }
    return (struct rect_mm){x, baseline - top * em, width, (top - bottom) * em};
}

void kit_lay_lines(struct words *words, const struct page_info *info, const char *const *lines,
                   size_t count)
{
    struct err err = ERR_INIT;
    AUTO(pdf_font)
    struct pdf_font *font = NULL;
    assert_int_equal(pdf_font_open(PDF_FONT_SERIF, &font, &err), ERR_OK);
    words_init(words, info->size, info->skew_deg);
    for (size_t i = 0; i < count; i++) {
        double baseline = 40 + (double)i * 6, x = 25;
        char *copy = strdup(lines[i]), *rest = NULL;
        for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
            struct rect_mm box = ink_box(font, word, x, baseline);
            assert_int_equal(words_add(words, word, 0.9, box, baseline, 0, (int)i, &err), ERR_OK);
            x += box.w + 0.25 * TEXT_SIZE_PT * MM_PER_PT;
        }
        free(copy);
    }
}

void kit_compose(const char *pdf_path, const char *image_path, int index,
                 const struct page_info *info, const struct words *words)
{
    struct err err = ERR_INIT;
    AUTO(fd)
    int out = open(pdf_path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    AUTO(fd)
    int image = open(image_path, O_RDONLY | O_CLOEXEC);
    assert_true(out >= 0 && image >= 0);
    AUTO(pdf_compose)
    struct pdf_compose *compose = NULL;
    struct words none = {.page = info->size, .skew_deg = info->skew_deg};
    struct pdf_metadata metadata = {
        .id = "01999999-1111-7222-8333-444444444444",
        .title = "Quyết định số 12 & <phụ lục>",
        .copier = "Trần Thị Thử Nghiệm",
        .lang = "vi-VN",
        .copied_at_us = 1795227330000000, /* 2026-11-21T09:15:30+07:00 */
    };
    struct pdf_file file;
    enum err_code code = pdf_compose_start(out, &compose, &err);
    if (!code)
        code = pdf_compose_page(compose, image, index, info, words ? words : &none, &err);
    if (!code)
        code = pdf_compose_finish(compose, &metadata, &file, &err);
    if (code)
        fail_msg("%s: %s", err_name(code), err.detail);
}

const char *kit_signers(void)
{
    static char path[200];
    if (path[0])
        return path;
    snprintf(path, sizeof path, "%s", kit_path("signers"));
    free(kit_ok("%s/tests/harness/make-test-signer %s", SOHOA_SOURCE_DIR, path));
    return path;
}
