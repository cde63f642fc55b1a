#include "daemon/image/pdf_import.h"
#include "daemon/base/file.h"
#include "daemon/base/mem.h"
#include "daemon/image/image_decode.h"
#include "daemon/image/pdf_tool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PDF_MAX_BYTES ((off_t)512 << 20)
#define HEAD_BYTES 1024 /* ISO 32000 leaves that much room before %PDF- */
#define POINTS_PER_INCH 72.0
#define SAME_SIZE 0.05 /* an image this near to the page's size is the page */
#define RENDER_MIN_DPI 50
#define FOLDER_PREFIX "sohoa-pdf-"

const char *pdf_kind_name(enum pdf_kind kind)
{
    static const char *const names[] = {"scanned", "born-digital", "signed"};
    return names[kind];
}

void pdf_import_done(struct pdf_import *import)
{
    for (size_t i = 0; i < import->count; i++) {
        fd_close(import->page[i].fd);
        pdf_layer_done(&import->page[i].layer);
    }
    *import = (struct pdf_import){0};
}

/* --- private folder -------------------------------------------------------------------------- */

struct folder {
    char path[512];
};

/* The tools make plain files only. */
static void folder_auto(struct folder *folder)
{
    DIR *entries = folder->path[0] ? opendir(folder->path) : NULL;
    if (!entries)
        return;
    for (struct dirent *entry; (entry = readdir(entries));)
        unlinkat(dirfd(entries), entry->d_name, 0);
    closedir(entries);
    rmdir(folder->path);
}

/* A worker killed in the middle leaves page images behind: the next one takes them away. */
static void sweep_dead(const char *base)
{
    DIR *entries = opendir(base);
    if (!entries)
        return;
    for (struct dirent *entry; (entry = readdir(entries));) {
        int pid;
        struct stat info;
        bool dead = sscanf(entry->d_name, FOLDER_PREFIX "%d-", &pid) == 1 && pid > 0 &&
                    kill(pid, 0) != 0 && errno == ESRCH;
        if (!dead || fstatat(dirfd(entries), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0 ||
            !S_ISDIR(info.st_mode) || info.st_uid != getuid())
            continue;
        struct folder folder;
        snprintf(folder.path, sizeof folder.path, "%s/%s", base, entry->d_name);
        folder_auto(&folder);
    }
    closedir(entries);
}

static enum err_code folder_make(struct folder *out, struct err *err)
{
    const char *base = getenv("TMPDIR");
    if (!base || !base[0])
        base = access("/dev/shm", W_OK | X_OK) == 0 ? "/dev/shm" : "/tmp";
    sweep_dead(base);
    struct folder folder;
    int size = snprintf(folder.path, sizeof folder.path, "%s/" FOLDER_PREFIX "%d-XXXXXX", base,
                        (int)getpid());
    if (size < 0 || (size_t)size >= sizeof folder.path || !mkdtemp(folder.path))
        return err_set(err, ERR_IO, "cannot make a folder in '%s'", base);
    *out = folder;
    return ERR_OK;
}

/* --- the file -------------------------------------------------------------------------------- */

static enum err_code check_is_pdf(int fd, struct err *err)
{
    char head[HEAD_BYTES];
    ssize_t size = image_pread(fd, head, sizeof head, 0);
    if (size < 0)
        return err_set(err, ERR_IO, "reading a PDF file");
    if (size < 5 || !memmem(head, (size_t)size, "%PDF-", 5))
        return err_set(err, ERR_PDF_UNREADABLE, "no PDF header");
    if (lseek(fd, 0, SEEK_END) > PDF_MAX_BYTES)
        return err_set(err, ERR_TOO_LARGE, "PDF file above %d MB", (int)(PDF_MAX_BYTES >> 20));
    return ERR_OK;
}

/* The tools open their input by a name in /proc, which a confined process may not do with a file
 * that lies outside its folders; with one of its own it may. */
static enum err_code make_copy(int fd, int *out_fd, struct err *err)
{
    AUTO(fd) int copy = -1;
    enum err_code code = file_memfd("pdf-input", "", 0, &copy, err);
    if (!code)
        code = file_copy_fd(fd, copy, err);
    if (!code)
        code = file_memfd_seal(copy, err);
    if (!code)
        *out_fd = TAKE_FD(copy);
    return code;
}

/* A signature's dictionary cannot be compressed, because its byte range is patched in place. */
static bool has_byte_range(int fd)
{
    static const char key[] = "/ByteRange";
    char chunk[65536];
    off_t offset = 0;
    for (;;) {
        ssize_t size = image_pread(fd, chunk, sizeof chunk, offset);
        if (size > 0 && memmem(chunk, (size_t)size, key, sizeof key - 1))
            return true;
        if (size < (ssize_t)sizeof chunk)
            return false;
        offset += size - (ssize_t)sizeof key;
    }
}

struct page_size {
    double width_pt, height_pt;
};

struct details {
    int page_count;
    int first, last;
    struct page_size size[PDF_PAGES_AT_ONCE];
};

/* By what pdfinfo complains of: a password, or a handler other than the standard one (a
 * certificate, a rights server). */
static bool is_locked(const char *errors)
{
    return strstr(errors, "Incorrect password") || strstr(errors, "security handler");
}

/* What pdfinfo says behind that key; NULL: nothing. The last one: before stand title and author,
 * which may hold anything. */
static const char *line_value(const char *text, const char *key)
{
    const char *found = NULL;
    for (const char *at = text; (at = strstr(at, key)); at++)
        found = at + strlen(key);
    return found ? found + strspn(found, " ") : NULL;
}

static enum err_code read_details(int fd, const struct folder *folder, int first,
                                  struct details *out, struct err *err)
{
    char from[16], to[16];
    snprintf(from, sizeof from, "%d", first);
    snprintf(to, sizeof to, "%d", first + PDF_PAGES_AT_ONCE - 1);
    const char *argv[] = {"pdfinfo", "-f", from, "-l", to, PDF_TOOL_INPUT, NULL};
    AUTO(mem) char *text = NULL;
    AUTO(mem) char *errors = NULL;
    enum err_code code = pdf_tool_run(argv, fd, folder->path, &text, &errors, err);
    if (code == ERR_PDF_UNREADABLE && errors && is_locked(errors))
        return err_set(err, ERR_PDF_ENCRYPTED, "the file needs a password");
    if (code == ERR_PDF_UNREADABLE && first > 1 && errors && strstr(errors, "Wrong page range"))
        return err_set(err, ERR_NOT_FOUND, "no page %d", first);
    if (code)
        return code;
    const char *encrypted = line_value(text, "\nEncrypted:");
    if (encrypted && strncmp(encrypted, "no", 2) != 0)
        return err_set(err, ERR_PDF_RESTRICTED, "the file is encrypted, its user password empty");
    *out = (struct details){.first = first};
    const char *pages = line_value(text, "\nPages:");
    if (!pages || sscanf(pages, "%d", &out->page_count) != 1 || out->page_count < 1)
        return err_set(err, ERR_PDF_UNREADABLE, "no pages");
    for (const char *line = text; (line = strstr(line, "\nPage ")); line++) {
        int page;
        struct page_size size;
        if (sscanf(line, "\nPage %d size: %lf x %lf", &page, &size.width_pt, &size.height_pt) ==
                3 &&
            page >= first && page < first + PDF_PAGES_AT_ONCE && size.width_pt > 0 &&
            size.height_pt > 0)
            out->size[page - first] = size;
    }
    out->last = first + PDF_PAGES_AT_ONCE - 1;
    out->last = out->last < out->page_count ? out->last : out->page_count;
    return ERR_OK;
}

/* What a page consists of, by `pdfimages -list`. */
struct content {
    int images, bilevel_images;
    bool is_jpeg, fills_page;
    double dpi, least_dpi;
};

static bool fills(int width_px, int height_px, double dpi, const struct page_size *page)
{
    double width = width_px / dpi * POINTS_PER_INCH, height = height_px / dpi * POINTS_PER_INCH;
    bool upright = fabs(width / page->width_pt - 1) < SAME_SIZE &&
                   fabs(height / page->height_pt - 1) < SAME_SIZE;
    bool sideways = fabs(width / page->height_pt - 1) < SAME_SIZE &&
                    fabs(height / page->width_pt - 1) < SAME_SIZE;
    return upright || sideways;
}

static enum err_code list_images(int fd, const struct folder *folder, const struct details *details,
                                 struct content *contents, struct err *err)
{
    char from[16], to[16];
    snprintf(from, sizeof from, "%d", details->first);
    snprintf(to, sizeof to, "%d", details->last);
    const char *argv[] = {"pdfimages", "-list", "-f", from, "-l", to, PDF_TOOL_INPUT, NULL};
    AUTO(mem) char *text = NULL;
    AUTO(mem) char *errors = NULL;
    enum err_code code = pdf_tool_run(argv, fd, folder->path, &text, &errors, err);
    if (code)
        return code;
    for (char *line = strchr(text, '\n'); line; line = strchr(line + 1, '\n')) {
        int page, width, height, samples, bits, x_ppi = 0, y_ppi = 0;
        char kind[16], encoding[16];
        if (sscanf(line, " %d %*d %15s %d %d %*s %d %d %15s %*s %*d %*d %d %d", &page, kind, &width,
                   &height, &samples, &bits, encoding, &x_ppi, &y_ppi) < 7 ||
            page < details->first || page > details->last)
            continue;
        struct content *content = &contents[page - details->first];
        content->images++;
        content->is_jpeg = strcmp(encoding, "jpeg") == 0;
        content->dpi = image_one_dpi(x_ppi, y_ppi);
        content->bilevel_images += samples == 1 && bits == 1;
        if (content->dpi > 0 && (content->least_dpi == 0 || content->dpi < content->least_dpi))
            content->least_dpi = content->dpi;
        content->fills_page =
            strcmp(kind, "image") == 0 && content->dpi > 0 &&
            fills(width, height, content->dpi, &details->size[page - details->first]);
    }
    return ERR_OK;
}

/* --- pages ----------------------------------------------------------------------------------- */

static enum err_code take_file(const struct folder *folder, const char *name, int *out_fd,
                               struct err *err)
{
    AUTO(mem) char *path = mem_printf("%s/%s", folder->path, name);
    AUTO(fd) int copy = -1;
    AUTO(fd) int fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
    if (fd < 0)
        return err_set(err, ERR_PDF_UNREADABLE, "a page gave no image");
    enum err_code code = file_memfd("pdf-page", "", 0, &copy, err);
    if (!code)
        code = file_copy_fd(fd, copy, err);
    if (!code)
        code = file_memfd_seal(copy, err);
    unlink(path);
    if (code)
        return code;
    *out_fd = TAKE_FD(copy);
    return ERR_OK;
}

static enum err_code extract_page(int fd, const struct folder *folder, int page,
                                  const struct content *content, struct pdf_page *out,
                                  struct err *err)
{
    char number[16];
    snprintf(number, sizeof number, "%d", page);
    const char *argv[] = {"pdfimages",
                          content->is_jpeg ? "-j" : "-png",
                          "-f",
                          number,
                          "-l",
                          number,
                          PDF_TOOL_INPUT,
                          "page",
                          NULL};
    AUTO(mem) char *text = NULL;
    AUTO(mem) char *errors = NULL;
    enum err_code code = pdf_tool_run(argv, fd, folder->path, &text, &errors, err);
    if (code)
        return code;
    out->dpi = content->dpi;
    return take_file(folder, content->is_jpeg ? "page-000.jpg" : "page-000.png", &out->fd, err);
}

static enum err_code render_page(int fd, const struct folder *folder, int page,
                                 const struct page_size *size, struct pdf_page *out,
                                 struct err *err)
{
    double square_inches = size->width_pt * size->height_pt / (POINTS_PER_INCH * POINTS_PER_INCH);
    double longer = fmax(size->width_pt, size->height_pt) / POINTS_PER_INCH;
    int dpi = (int)fmin(PDF_RENDER_DPI, fmin(sqrt(IMAGE_MAX_PIXELS * 0.99 / square_inches),
                                             (IMAGE_MAX_SIDE - 1) / longer));
    if (!(square_inches > 0) || dpi < RENDER_MIN_DPI)
        return err_set(err, ERR_IMAGE_TOO_LARGE, "page %d is %.0f x %.0f points", page,
                       size->width_pt, size->height_pt);
    char number[16], resolution[16];
    snprintf(number, sizeof number, "%d", page);
    snprintf(resolution, sizeof resolution, "%d", dpi);
    const char *argv[] = {"pdftoppm",    "-r",           resolution, "-jpeg", "-jpegopt",
                          "quality=92",  "-f",           number,     "-l",    number,
                          "-singlefile", PDF_TOOL_INPUT, "page",     NULL};
    AUTO(mem) char *text = NULL;
    AUTO(mem) char *errors = NULL;
    enum err_code code = pdf_tool_run(argv, fd, folder->path, &text, &errors, err);
    if (code)
        return code;
    out->dpi = dpi;
    return take_file(folder, "page.jpg", &out->fd, err);
}

/* A page whose text cannot be read is a page without text. */
static enum err_code read_layer(int fd, const struct folder *folder, int page, struct pdf_page *out,
                                struct err *err)
{
    struct err why = ERR_INIT;
    enum err_code code = pdf_layer_read(fd, folder->path, page, &out->layer, &why);
    if (!code)
        return ERR_OK;
    pdf_layer_done(&out->layer);
    if (code == ERR_PDF_UNREADABLE || code == ERR_TOO_LARGE)
        return ERR_OK;
    if (err)
        *err = why;
    return code;
}

static enum err_code import_pages(int fd, const struct folder *folder,
                                  const struct details *details, struct pdf_import *out,
                                  struct err *err)
{
    struct content contents[PDF_PAGES_AT_ONCE] = {0};
    AUTO(pdf_fonts) struct pdf_fonts fonts = {0};
    enum err_code code = list_images(fd, folder, details, contents, err);
    if (!code)
        code = pdf_fonts_list(fd, folder->path, details->first, details->last, &fonts, err);
    out->kind = fonts.drawn ? PDF_BORN_DIGITAL : PDF_SCANNED;
    for (int page = details->first; page <= details->last && !code; page++) {
        const struct content *content = &contents[page - details->first];
        struct pdf_page *slot = &out->page[out->count];
        bool is_image = !fonts.drawn && content->images == 1 && content->fills_page;
        if (!is_image && content->images == 0)
            out->kind = PDF_BORN_DIGITAL;
        code = is_image ? extract_page(fd, folder, page, content, slot, err)
                        : render_page(fd, folder, page, &details->size[page - details->first], slot,
                                      err);
        slot->rendered = !is_image;
        slot->image_dpi = content->least_dpi;
        slot->bilevel = content->images > 0 && content->bilevel_images == content->images;
        out->count += !code;
        if (!code)
            code = read_layer(fd, folder, page, slot, err);
        slot->drawn = !content->fills_page && (slot->layer.fonts.drawn || content->images == 0);
    }
    out->born_digital = out->kind == PDF_BORN_DIGITAL;
    if (has_byte_range(fd))
        out->kind = PDF_SIGNED;
    return code;
}

enum err_code pdf_import(int fd, int first, int max_pages, struct pdf_import *out, struct err *err)
{
    *out = (struct pdf_import){0};
    AUTO(folder) struct folder folder = {0};
    struct details details;
    AUTO(fd) int copy = -1;
    enum err_code code = check_is_pdf(fd, err);
    if (!code)
        code = make_copy(fd, &copy, err);
    if (!code)
        code = folder_make(&folder, err);
    if (!code)
        code = read_details(copy, &folder, first, &details, err);
    if (code)
        return code;
    out->page_count = details.page_count;
    if (details.page_count > max_pages)
        return err_set(err, ERR_TOO_LARGE, "%d pages, at most %d", details.page_count, max_pages);
    if (first < 1 || first > details.page_count)
        return err_set(err, ERR_NOT_FOUND, "page %d of %d", first, details.page_count);
    return import_pages(copy, &folder, &details, out, err);
}
