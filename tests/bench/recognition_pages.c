#include "daemon/base/file.h"
#include "daemon/base/js.h"
#include "daemon/base/sys.h"
#include "ocr/clean/clean.h"
#include "ocr/recognize/codes.h"
#include "ocr/recognize/handwriting.h"
#include "ocr/recognize/page_zones.h"
#include "ocr/recognize/tesseract.h"
#include "tests/bench/recognition_variant.h"

#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/*
 * Recognition without workers, for measuring: reads each image named on the command line and prints
 * one JSON line: what was found, the words, and how long each step took (reading, cleaning, codes,
 * words with their zones and hands). The environment changes the images first: TURN=90, 180, 270,
 * VARIANT=bilevel, phone; WRITE names a file for the image so changed and ends there, for other
 * programs. CLEAN_ONLY=1 reads no text, KEEP names a file for the image that is recognised, CORES=2
 * reads each page by two processes.
 */

static double seconds_since(int64_t *last)
{
    int64_t now = sys_monotonic_us();
    double passed = (double)(now - *last) / 1e6;
    *last = now;
    return passed;
}

static enum err_code change_image(struct image *image, struct err *err)
{
    const char *turn = getenv("TURN"), *variant = getenv("VARIANT");
    enum err_code code = variant ? variant_make(variant, image, err) : ERR_OK;
    if (code || !turn)
        return code;
    struct raster *turned = NULL;
    code = raster_turn(image->raster, atoi(turn), &turned, err);
    if (code)
        return code;
    raster_free(image->raster);
    image->raster = turned;
    return ERR_OK;
}

static enum err_code write_pnm(const char *path, const struct raster *raster, struct err *err)
{
    size_t size = (size_t)raster->width * raster->height * raster->channels;
    AUTO(fd) int out = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (out < 0)
        return err_set(err, ERR_IO, "%s", path);
    dprintf(out, "P%d\n%d %d\n255\n", raster->channels == 1 ? 5 : 6, raster->width, raster->height);
    return file_write_all(out, raster->px, size, err);
}

/* What the worker does with a recognition image. */
static enum err_code read_words(struct clean_page *page, struct recognizer *recognizer,
                                struct words *words, struct err *err)
{
    words_init(words, page->info.size, page->info.skew_deg);
    if (page->info.blank || getenv("CLEAN_ONLY"))
        return ERR_OK;
    enum err_code code = recognizer_read_page(recognizer, &page->recognition, words, err);
    if (!code)
        code = page_zones_find(&page->recognition, &page->zones, words, &page->info, err);
    return code ? code : handwriting_mark(&page->recognition, words, err);
}

static enum err_code read_strip(void *self, const struct raster *strip, double *out_sureness,
                                struct err *err)
{
    return recognizer_read_strip(self, strip, out_sureness, err);
}

static enum err_code measure(const char *path, struct recognizer *recognizer, struct err *err)
{
    AUTO(image) struct image image = {0};
    AUTO(clean_page) struct clean_page page = {0};
    AUTO(codes) struct codes codes = {0};
    AUTO(words) struct words words = {0};
    AUTO(fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
    int64_t clock = sys_monotonic_us();
    double spent[4] = {0};
    enum err_code code = image_read(fd, 0, &image, err);
    if (!code)
        code = change_image(&image, err);
    if (!code && getenv("WRITE"))
        return write_pnm(getenv("WRITE"), image.raster, err);
    spent[0] = seconds_since(&clock);
    if (!code)
        code = clean_page(&image, &(struct direction_reader){recognizer, read_strip}, &page, err);
    spent[1] = seconds_since(&clock);
    if (!code)
        code = codes_find(page.evened, page.info.dpi, &codes, err);
    spent[2] = seconds_since(&clock);
    if (code)
        return code;
    raster_free(TAKE(page.evened));
    int width = page.recognition.grey->width, height = page.recognition.grey->height;
    if (getenv("KEEP"))
        code = write_pnm(getenv("KEEP"), page.recognition.grey, err);
    if (!code)
        code = read_words(&page, recognizer, &words, err);
    spent[3] = seconds_since(&clock);
    if (code)
        return code;
    AUTO(js) struct js *found = js_array();
    for (size_t i = 0; i < codes.count; i++)
        js_push(found,
                js_pack("{s:s, s:s}", "kind", codes.item[i].kind, "text", codes.item[i].text));
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    AUTO(js)
    struct js *line =
        js_pack("{s:s, s:o, s:O, s:o, s:o, s:f, s:[f,f,f,f], s:[i,i], s:i}", "path", path, "page",
                page_info_to_js(&page.info), "codes", found, "zones", zones_to_js(&page.zones),
                "words", words_to_js(&words), "mean_confidence", words_mean_confidence(&words),
                "seconds", spent[0], spent[1], spent[2], spent[3], "recognition_px", width, height,
                "peak_kb", (int)usage.ru_maxrss);
    AUTO(mem) char *dump = js_dump(line);
    AUTO(mem) char *whole = mem_printf("%s\n", dump ? dump : "{}");
    /* One write: several of these may append to one file. */
    return file_write_all(STDOUT_FILENO, whole, strlen(whole), err);
}

int main(int argc, char **argv)
{
    struct err err = ERR_INIT;
    AUTO(recognizer) struct recognizer *recognizer = NULL;
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
    const char *language = getenv("LANGUAGE_MODEL") ? getenv("LANGUAGE_MODEL") : "vie";
    if (recognizer_new(language, &recognizer, &err)) {
        fprintf(stderr, "%s\n", err.detail);
        return 1;
    }
    recognizer_set_cores(recognizer, getenv("CORES") ? atoi(getenv("CORES")) : 1);
    for (int i = 1; i < argc; i++)
        if (measure(argv[i], recognizer, &err))
            fprintf(stderr, "%s: %s %s\n", argv[i], err_name(err.code), err.detail);
    return 0;
}
