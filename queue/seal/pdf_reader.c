#include "queue/seal/pdf_reader.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TAIL_BYTES 2048u
#define WINDOW_FIRST 8192u
#define WINDOW_MAX (8u << 20)
#define SECTIONS_MAX 64
#define OBJECTS_MAX 200000
#define TREE_DEPTH_MAX 16
#define XREF_ENTRY_BYTES 20

struct pdf_reader {
    int fd;
    uint64_t size;
    uint64_t last_xref;
    uint64_t *offsets; /* by object number; 0 = not there */
    bool *known;       /* a newer section has said something about it */
    int count;
    struct pdf_value *trailer;
};

static enum err_code unreadable(struct err *err, const char *what)
{
    return err_set(err, ERR_PDF_UNREADABLE, "PDF: %s", what);
}

/* Up to `wanted` bytes from `offset`; NUL behind them. */
static enum err_code read_window(const struct pdf_reader *reader, uint64_t offset, size_t wanted,
                                 char **out_bytes, size_t *out_size, struct err *err)
{
    if (offset >= reader->size)
        return unreadable(err, "offset behind the end");
    if (wanted > reader->size - offset)
        wanted = (size_t)(reader->size - offset);
    AUTO(mem)
    char *bytes = mem_alloc(wanted + 1);
    if (!bytes)
        return err_set(err, ERR_NO_MEMORY, "PDF window");
    size_t size = 0;
    while (size < wanted) {
        ssize_t got = pread(reader->fd, bytes + size, wanted - size, (off_t)(offset + size));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_set_errno(err, ERR_IO, errno, "read PDF");
        if (got == 0)
            break;
        size += (size_t)got;
    }
    *out_bytes = TAKE(bytes);
    *out_size = size;
    return ERR_OK;
}

static bool parse_uint(const char *bytes, size_t size, size_t *at, uint64_t *out)
{
    size_t start = *at = pdf_skip_space(bytes, size, *at);
    uint64_t number = 0;
    for (; *at < size && bytes[*at] >= '0' && bytes[*at] <= '9'; ++*at) {
        if (*at - start >= 10)
            return false;
        number = number * 10 + (uint64_t)(bytes[*at] - '0');
    }
    *out = number;
    return *at > start;
}

static bool parse_keyword(const char *bytes, size_t size, size_t *at, const char *word)
{
    *at = pdf_skip_space(bytes, size, *at);
    size_t length = strlen(word);
    if (size - *at < length || memcmp(bytes + *at, word, length) != 0)
        return false;
    *at += length;
    return true;
}

static enum err_code find_last_xref(struct pdf_reader *reader, struct err *err)
{
    AUTO(mem)
    char *tail = NULL;
    size_t size = 0;
    uint64_t start = reader->size > TAIL_BYTES ? reader->size - TAIL_BYTES : 0;
    enum err_code code = read_window(reader, start, TAIL_BYTES, &tail, &size, err);
    if (code)
        return code;
    static const char keyword[] = "startxref";
    const char *found = NULL;
    for (size_t i = 0; i + sizeof keyword <= size; i++)
        if (memcmp(tail + i, keyword, sizeof keyword - 1) == 0)
            found = tail + i;
    if (!found)
        return unreadable(err, "no startxref");
    size_t at = (size_t)(found - tail) + sizeof keyword - 1;
    if (!parse_uint(tail, size, &at, &reader->last_xref))
        return unreadable(err, "startxref without a number");
    return ERR_OK;
}

static enum err_code make_table(struct pdf_reader *reader, const struct pdf_value *trailer,
                                struct err *err)
{
    int64_t count = 0;
    if (!pdf_value_get_int(pdf_value_get(trailer, "Size"), &count) || count < 2 ||
        count > OBJECTS_MAX)
        return unreadable(err, "trailer without a possible /Size");
    reader->offsets = mem_array((size_t)count, sizeof *reader->offsets);
    reader->known = mem_array((size_t)count, sizeof *reader->known);
    reader->count = (int)count;
    return reader->offsets && reader->known ? ERR_OK : err_set(err, ERR_NO_MEMORY, "PDF objects");
}

struct xref_run {
    uint64_t first, count;
    size_t at; /* of the first entry within the window */
};

/* Reads "first count" and checks that the entries lie within the window; leaves *at behind them. */
static bool parse_run(const char *bytes, size_t size, size_t *at, struct xref_run *out)
{
    if (!parse_uint(bytes, size, at, &out->first) || !parse_uint(bytes, size, at, &out->count))
        return false;
    *at = pdf_skip_space(bytes, size, *at);
    out->at = *at;
    if (out->first > OBJECTS_MAX || out->count > OBJECTS_MAX ||
        out->count * XREF_ENTRY_BYTES > size - *at)
        return false;
    *at += out->count * XREF_ENTRY_BYTES;
    return true;
}

static enum err_code take_run(struct pdf_reader *reader, const char *bytes,
                              const struct xref_run *run, struct err *err)
{
    for (uint64_t i = 0; i < run->count; i++) {
        uint64_t number = run->first + i;
        size_t at = run->at + i * XREF_ENTRY_BYTES, end = at + 10;
        uint64_t offset;
        char kind = bytes[run->at + i * XREF_ENTRY_BYTES + 17];
        if (number >= (uint64_t)reader->count)
            return unreadable(err, "object number above /Size");
        if (!parse_uint(bytes, end, &at, &offset) || (kind != 'n' && kind != 'f'))
            return unreadable(err, "odd cross-reference entry");
        if (reader->known[number])
            continue;
        reader->known[number] = true;
        reader->offsets[number] = kind == 'n' ? offset : 0;
    }
    return ERR_OK;
}

/* False when only a larger window can tell; else *out_code is final. */
static bool parse_wholly(const char *bytes, size_t size, size_t *at, bool is_last_window,
                         struct pdf_value **out, enum err_code *out_code, struct err *err)
{
    struct err cause = ERR_INIT;
    bool cut = false;
    *out_code = pdf_value_parse(bytes, size, at, out, &cut, &cause);
    if (*out_code && cut && !is_last_window)
        return false;
    if (*out_code && err)
        *err = cause;
    return true;
}

/* Bytes of one section up to and with its trailer, in a window grown as far as needed. */
static enum err_code read_section(struct pdf_reader *reader, uint64_t offset, char **out_bytes,
                                  size_t *out_size, size_t *out_trailer_at,
                                  struct pdf_value **out_trailer, struct err *err)
{
    for (size_t wanted = WINDOW_FIRST; wanted <= WINDOW_MAX; wanted *= 4) {
        AUTO(mem)
        char *bytes = NULL;
        size_t size = 0, at = 0;
        enum err_code code = read_window(reader, offset, wanted, &bytes, &size, err);
        if (code)
            return code;
        if (!parse_keyword(bytes, size, &at, "xref"))
            return unreadable(err, "no classic cross-reference section");
        bool whole = size < wanted;
        struct xref_run run;
        size_t before = at;
        while (parse_run(bytes, size, &at, &run))
            before = at;
        at = before;
        if (!parse_keyword(bytes, size, &at, "trailer")) {
            if (whole)
                return unreadable(err, "cross-reference section without trailer");
            continue;
        }
        if (!parse_wholly(bytes, size, &at, whole, out_trailer, &code, err))
            continue;
        if (code)
            return code;
        *out_bytes = TAKE(bytes);
        *out_size = size;
        *out_trailer_at = before;
        return ERR_OK;
    }
    return unreadable(err, "cross-reference section too large");
}

static enum err_code read_one_section(struct pdf_reader *reader, uint64_t offset,
                                      struct pdf_value **out_trailer, struct err *err)
{
    AUTO(mem)
    char *bytes = NULL;
    AUTO(pdf_value)
    struct pdf_value *trailer = NULL;
    size_t size = 0, trailer_at = 0, at = 0;
    enum err_code code = read_section(reader, offset, &bytes, &size, &trailer_at, &trailer, err);
    if (code)
        return code;
    if (pdf_value_kind(trailer) != PDF_DICT || pdf_value_get(trailer, "XRefStm"))
        return unreadable(err, "trailer of another kind");
    if (!reader->offsets && (code = make_table(reader, trailer, err)))
        return code;
    parse_keyword(bytes, size, &at, "xref");
    struct xref_run run;
    while (at < trailer_at && parse_run(bytes, size, &at, &run))
        if ((code = take_run(reader, bytes, &run, err)))
            return code;
    *out_trailer = TAKE(trailer);
    return ERR_OK;
}

static enum err_code read_all_sections(struct pdf_reader *reader, struct err *err)
{
    uint64_t offset = reader->last_xref;
    for (int i = 0; i < SECTIONS_MAX; i++) {
        AUTO(pdf_value)
        struct pdf_value *trailer = NULL;
        enum err_code code = read_one_section(reader, offset, &trailer, err);
        if (code)
            return code;
        const struct pdf_value *previous = pdf_value_get(trailer, "Prev");
        int64_t next = 0;
        bool more = pdf_value_get_int(previous, &next);
        if (pdf_value_get(trailer, "Encrypt"))
            return err_set(err, ERR_PDF_ENCRYPTED, "PDF: encrypted");
        if (!reader->trailer)
            reader->trailer = TAKE(trailer);
        if (!more)
            return ERR_OK;
        if (next < 0 || (uint64_t)next >= offset)
            return unreadable(err, "earlier section lies behind the later one");
        offset = (uint64_t)next;
    }
    return unreadable(err, "too many updates");
}

enum err_code pdf_reader_open(int fd, struct pdf_reader **out, struct err *err)
{
    AUTO(pdf_reader)
    struct pdf_reader *reader = mem_alloc(sizeof *reader);
    if (!reader)
        return err_set(err, ERR_NO_MEMORY, "PDF reader");
    struct stat stat;
    if (fstat(fd, &stat) != 0)
        return err_set_errno(err, ERR_IO, errno, "PDF");
    reader->fd = fd;
    reader->size = (uint64_t)stat.st_size;
    AUTO(mem)
    char *head = NULL;
    size_t size = 0;
    enum err_code code = read_window(reader, 0, 8, &head, &size, err);
    if (code)
        return code;
    if (size < 8 || memcmp(head, "%PDF-1.", 7) != 0)
        return unreadable(err, "no PDF header");
    code = find_last_xref(reader, err);
    if (!code)
        code = read_all_sections(reader, err);
    if (code)
        return code;
    *out = TAKE(reader);
    return ERR_OK;
}

void pdf_reader_free(struct pdf_reader *reader)
{
    if (!reader)
        return;
    mem_free(reader->offsets);
    mem_free(reader->known);
    pdf_value_free(reader->trailer);
    mem_free(reader);
}

uint64_t pdf_reader_size(const struct pdf_reader *reader)
{
    return reader->size;
}

uint64_t pdf_reader_last_xref(const struct pdf_reader *reader)
{
    return reader->last_xref;
}

int pdf_reader_next_number(const struct pdf_reader *reader)
{
    return reader->count;
}

const struct pdf_value *pdf_reader_trailer(const struct pdf_reader *reader)
{
    return reader->trailer;
}

enum err_code pdf_reader_object(struct pdf_reader *reader, int number, struct pdf_value **out,
                                struct err *err)
{
    if (number <= 0 || number >= reader->count || !reader->offsets[number])
        return err_set(err, ERR_PDF_UNREADABLE, "PDF: object %d is not there", number);
    for (size_t wanted = WINDOW_FIRST; wanted <= WINDOW_MAX; wanted *= 4) {
        AUTO(mem)
        char *bytes = NULL;
        size_t size = 0, at = 0;
        enum err_code code =
            read_window(reader, reader->offsets[number], wanted, &bytes, &size, err);
        if (code)
            return code;
        uint64_t found, generation;
        if (!parse_uint(bytes, size, &at, &found) || !parse_uint(bytes, size, &at, &generation) ||
            !parse_keyword(bytes, size, &at, "obj") || found != (uint64_t)number || generation)
            return err_set(err, ERR_PDF_UNREADABLE, "PDF: object %d is elsewhere", number);
        if (parse_wholly(bytes, size, &at, size < wanted, out, &code, err))
            return code;
    }
    return unreadable(err, "object too large");
}

static bool box_corners(const struct pdf_value *box, double corner[4])
{
    for (size_t i = 0; i < 4; i++)
        if (!pdf_value_get_number(pdf_value_item(box, i), &corner[i]))
            return false;
    return true;
}

static bool crop_box(const struct pdf_value *page, struct pdf_first_page *out)
{
    const struct pdf_value *box = pdf_value_get(page, "CropBox");
    double corner[4] = {0, 0, out->width_pt, out->height_pt};
    if (box && !box_corners(box, corner))
        return false;
    out->left_pt = corner[0];
    out->bottom_pt = corner[1];
    out->right_pt = corner[2];
    out->top_pt = corner[3];
    return corner[0] >= 0 && corner[1] >= 0 && corner[2] <= out->width_pt &&
           corner[3] <= out->height_pt && corner[2] - corner[0] >= 3 && corner[3] - corner[1] >= 3;
}

static bool page_box(const struct pdf_value *page, const struct pdf_value *parent_box,
                     struct pdf_first_page *out)
{
    const struct pdf_value *box = pdf_value_get(page, "MediaBox");
    double corner[4];
    if (!box_corners(box ? box : parent_box, corner))
        return false;
    int64_t turned = 0;
    if (pdf_value_get_int(pdf_value_get(page, "Rotate"), &turned) && turned != 0)
        return false;
    out->width_pt = corner[2];
    out->height_pt = corner[3];
    return crop_box(page, out) && corner[0] == 0 && corner[1] == 0 && corner[2] >= 3 &&
           corner[3] >= 3 && corner[2] <= 14400 && corner[3] <= 14400;
}

enum err_code pdf_reader_first_page(struct pdf_reader *reader, struct pdf_first_page *out,
                                    struct err *err)
{
    AUTO(pdf_value)
    struct pdf_value *node = NULL;
    AUTO(pdf_value)
    struct pdf_value *above = NULL;
    int number = pdf_value_ref_number(pdf_value_get(reader->trailer, "Root"));
    enum err_code code = pdf_reader_object(reader, number, &node, err);
    if (code)
        return code;
    number = pdf_value_ref_number(pdf_value_get(node, "Pages"));
    for (int depth = 0; depth < TREE_DEPTH_MAX; depth++) {
        pdf_value_free(above);
        above = TAKE(node);
        code = pdf_reader_object(reader, number, &node, err);
        if (code)
            return code;
        if (pdf_value_is_name(pdf_value_get(node, "Type"), "Page")) {
            struct pdf_first_page page = {.number = number};
            if (!page_box(node, pdf_value_get(above, "MediaBox"), &page))
                return unreadable(err, "page 1 has an odd box");
            page.dict = TAKE(node);
            *out = page;
            return ERR_OK;
        }
        number = pdf_value_ref_number(pdf_value_item(pdf_value_get(node, "Kids"), 0));
    }
    return unreadable(err, "no page 1");
}

enum err_code pdf_reader_form(struct pdf_reader *reader, struct pdf_form *out, struct err *err)
{
    AUTO(pdf_value)
    struct pdf_value *catalogue = NULL;
    AUTO(pdf_value)
    struct pdf_value *form = NULL;
    int root = pdf_value_ref_number(pdf_value_get(reader->trailer, "Root"));
    enum err_code code = pdf_reader_object(reader, root, &catalogue, err);
    if (code)
        return code;
    int number = pdf_value_ref_number(pdf_value_get(catalogue, "AcroForm"));
    if (!number)
        return unreadable(err, "no form of its own");
    code = pdf_reader_object(reader, number, &form, err);
    if (code)
        return code;
    if (pdf_value_kind(form) != PDF_DICT)
        return unreadable(err, "odd form");
    *out = (struct pdf_form){number, TAKE(form)};
    return ERR_OK;
}
