#include "queue/seal/pdf_writer.h"

#include "daemon/base/buf.h"
#include "daemon/base/file.h"
#include "daemon/base/hash.h"
#include "daemon/base/mem.h"
#include "daemon/base/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define PDF_BUFFER_BYTES 65536u
#define PDF_OBJECTS_MAX 200000
#define PDF_ID_DIGITS 32
/* A classic cross-reference entry has ten digits. */
#define PDF_BYTES_MAX 9999999999u

struct object_place {
    int number;
    uint64_t offset;
};

struct pdf_writer {
    int fd;
    struct err err;
    char *buffer;
    size_t buffered;
    uint64_t flushed; /* file offset of the buffer's first byte */
    struct hash *content_hash;
    int next_number;
    bool is_update;
    bool is_finishing; /* the hash is complete, only the end is still to be written */
    struct object_place *places;
    size_t place_count, place_capacity;
    int length_number; /* of the open stream */
    uint64_t stream_start;
    bool deflating;
    z_stream deflate;
};

static enum err_code writer_make(int fd, struct pdf_writer **out, struct err *err)
{
    AUTO(pdf_writer)
    struct pdf_writer *writer = mem_alloc(sizeof *writer);
    if (!writer)
        return err_set(err, ERR_NO_MEMORY, "PDF writer");
    writer->fd = fd;
    writer->next_number = 1;
    writer->buffer = mem_alloc(PDF_BUFFER_BYTES);
    writer->content_hash = hash_new();
    if (!writer->buffer || !writer->content_hash)
        return err_set(err, ERR_NO_MEMORY, "PDF writer");
    *out = TAKE(writer);
    return ERR_OK;
}

enum err_code pdf_writer_new(int fd, struct pdf_writer **out, struct err *err)
{
    AUTO(pdf_writer)
    struct pdf_writer *writer = NULL;
    enum err_code code = writer_make(fd, &writer, err);
    if (code)
        return code;
    if (lseek(fd, 0, SEEK_SET) < 0)
        return err_set_errno(err, ERR_IO, errno, "PDF output");
    /* Four bytes above 127 tell everybody that the file is binary (ISO 19005-2, 6.1.2). */
    pdf_text(writer, "%PDF-1.7\n%\xE2\xE3\xCF\xD3\n");
    *out = TAKE(writer);
    return ERR_OK;
}

enum err_code pdf_writer_new_update(int fd, uint64_t size_bytes, int next_number,
                                    struct pdf_writer **out, struct err *err)
{
    if (next_number < 1 || next_number >= PDF_OBJECTS_MAX || size_bytes >= PDF_BYTES_MAX)
        return err_set(err, ERR_TOO_LARGE, "PDF to append to");
    AUTO(pdf_writer)
    struct pdf_writer *writer = NULL;
    enum err_code code = writer_make(fd, &writer, err);
    if (code)
        return code;
    if (lseek(fd, (off_t)size_bytes, SEEK_SET) < 0)
        return err_set_errno(err, ERR_IO, errno, "PDF output");
    writer->flushed = size_bytes;
    writer->next_number = next_number;
    writer->is_update = true;
    *out = TAKE(writer);
    return ERR_OK;
}

void pdf_writer_free(struct pdf_writer *writer)
{
    if (!writer)
        return;
    if (writer->deflating)
        deflateEnd(&writer->deflate);
    hash_free(writer->content_hash);
    mem_free(writer->buffer);
    mem_free(writer->places);
    mem_free(writer);
}

void pdf_fail(struct pdf_writer *writer, const struct err *cause)
{
    if (!writer->err.code)
        writer->err = *cause;
}

bool pdf_failed(const struct pdf_writer *writer)
{
    return writer->err.code != ERR_OK;
}

uint64_t pdf_offset(const struct pdf_writer *writer)
{
    return writer->flushed + writer->buffered;
}

static void flush_buffer(struct pdf_writer *writer)
{
    if (pdf_failed(writer) || !writer->buffered)
        return;
    if (!writer->is_finishing)
        hash_update(writer->content_hash, writer->buffer, writer->buffered);
    if (file_write_all(writer->fd, writer->buffer, writer->buffered, &writer->err))
        return;
    writer->flushed += writer->buffered;
    writer->buffered = 0;
    if (writer->flushed > PDF_BYTES_MAX)
        err_set(&writer->err, ERR_TOO_LARGE, "PDF above ten-digit offsets");
}

static void put_raw(struct pdf_writer *writer, const char *bytes, size_t size)
{
    while (size && !pdf_failed(writer)) {
        size_t room = PDF_BUFFER_BYTES - writer->buffered;
        size_t part = size < room ? size : room;
        memcpy(writer->buffer + writer->buffered, bytes, part);
        writer->buffered += part;
        bytes += part;
        size -= part;
        if (writer->buffered == PDF_BUFFER_BYTES)
            flush_buffer(writer);
    }
}

static void put_deflated(struct pdf_writer *writer, const void *bytes, size_t size, int flush)
{
    unsigned char out[16384];
    writer->deflate.next_in = (Bytef *)bytes;
    writer->deflate.avail_in = (uInt)size;
    do {
        writer->deflate.next_out = out;
        writer->deflate.avail_out = sizeof out;
        deflate(&writer->deflate, flush);
        put_raw(writer, (const char *)out, sizeof out - writer->deflate.avail_out);
    } while (writer->deflate.avail_out == 0 && !pdf_failed(writer));
}

void pdf_put(struct pdf_writer *writer, const void *bytes, size_t size)
{
    if (pdf_failed(writer))
        return;
    if (writer->deflating)
        put_deflated(writer, bytes, size, Z_NO_FLUSH);
    else
        put_raw(writer, bytes, size);
}

void pdf_text(struct pdf_writer *writer, const char *text)
{
    pdf_put(writer, text, strlen(text));
}

void pdf_printf(struct pdf_writer *writer, const char *fmt, ...)
{
    char line[2048];
    va_list args;
    va_start(args, fmt);
    int size = vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
    if (size < 0 || (size_t)size >= sizeof line) {
        if (!pdf_failed(writer))
            err_set(&writer->err, ERR_INTERNAL, "PDF line of %d bytes", size);
        return;
    }
    pdf_put(writer, line, (size_t)size);
}

void pdf_put_text_string(struct pdf_writer *writer, const char *utf8)
{
    pdf_text(writer, "<FEFF");
    const char *cursor = utf8 ? utf8 : "";
    for (int32_t point; (point = text_next(&cursor)) != 0;) {
        if (point < 0)
            continue;
        if (point >= 0x10000)
            pdf_printf(writer, "%04X%04X", 0xD800u + (((uint32_t)point - 0x10000u) >> 10),
                       0xDC00u + (((uint32_t)point - 0x10000u) & 0x3FFu));
        else
            pdf_printf(writer, "%04X", (unsigned)point);
    }
    pdf_text(writer, ">");
}

int pdf_reserve(struct pdf_writer *writer)
{
    if (writer->next_number >= PDF_OBJECTS_MAX && !pdf_failed(writer))
        err_set(&writer->err, ERR_TOO_LARGE, "PDF above %d objects", PDF_OBJECTS_MAX);
    return writer->next_number++;
}

static void note_place(struct pdf_writer *writer, int number)
{
    if (pdf_failed(writer))
        return;
    if (writer->place_count == writer->place_capacity) {
        size_t capacity = writer->place_capacity ? writer->place_capacity * 2 : 64;
        struct object_place *places =
            mem_resize(writer->places, capacity * sizeof writer->places[0]);
        if (!places) {
            err_set(&writer->err, ERR_NO_MEMORY, "PDF cross-reference");
            return;
        }
        writer->places = places;
        writer->place_capacity = capacity;
    }
    writer->places[writer->place_count++] = (struct object_place){number, pdf_offset(writer)};
}

void pdf_begin_object(struct pdf_writer *writer, int number)
{
    note_place(writer, number);
    pdf_printf(writer, "%d 0 obj\n", number);
}

void pdf_end_object(struct pdf_writer *writer)
{
    pdf_text(writer, "\nendobj\n");
}

void pdf_begin_stream(struct pdf_writer *writer, int number, const char *dict, bool deflate)
{
    writer->length_number = pdf_reserve(writer);
    pdf_begin_object(writer, number);
    pdf_text(writer, "<< ");
    pdf_text(writer, dict);
    pdf_printf(writer, "%s /Length %d 0 R >>\nstream\n", deflate ? " /Filter /FlateDecode" : "",
               writer->length_number);
    writer->stream_start = pdf_offset(writer);
    if (!deflate || pdf_failed(writer))
        return;
    memset(&writer->deflate, 0, sizeof writer->deflate);
    if (deflateInit(&writer->deflate, Z_DEFAULT_COMPRESSION) != Z_OK)
        err_set(&writer->err, ERR_NO_MEMORY, "deflate");
    else
        writer->deflating = true;
}

void pdf_end_stream(struct pdf_writer *writer)
{
    if (writer->deflating) {
        put_deflated(writer, NULL, 0, Z_FINISH);
        deflateEnd(&writer->deflate);
        writer->deflating = false;
    }
    uint64_t length = pdf_offset(writer) - writer->stream_start;
    pdf_text(writer, "\nendstream");
    pdf_end_object(writer);
    pdf_begin_object(writer, writer->length_number);
    pdf_printf(writer, "%llu", (unsigned long long)length);
    pdf_end_object(writer);
}

void pdf_put_stream(struct pdf_writer *writer, int number, const char *dict, const void *bytes,
                    size_t size)
{
    pdf_begin_object(writer, number);
    pdf_text(writer, "<< ");
    pdf_text(writer, dict);
    pdf_printf(writer, " /Length %zu >>\nstream\n", size);
    pdf_put(writer, bytes, size);
    pdf_text(writer, "\nendstream");
    pdf_end_object(writer);
}

static int compare_places(const void *a, const void *b)
{
    const struct object_place *left = a, *right = b;
    return (left->number > right->number) - (left->number < right->number);
}

static void put_xref(struct pdf_writer *writer)
{
    qsort(writer->places, writer->place_count, sizeof writer->places[0], compare_places);
    pdf_text(writer, "xref\n");
    if (!writer->is_update)
        pdf_printf(writer, "0 %d\n0000000000 65535 f \n", writer->next_number);
    for (size_t i = 0; i < writer->place_count; i++) {
        const struct object_place *place = &writer->places[i];
        bool starts_run = i == 0 || place->number != place[-1].number + 1;
        if (writer->is_update && starts_run) {
            size_t run = 1;
            while (i + run < writer->place_count &&
                   writer->places[i + run].number == place->number + (int)run)
                run++;
            pdf_printf(writer, "%d %zu\n", place->number, run);
        }
        pdf_printf(writer, "%010llu 00000 n \n", (unsigned long long)place->offset);
    }
}

/* A first section must name every number from 0 on exactly once. */
static bool places_are_complete(const struct pdf_writer *writer)
{
    if (writer->is_update)
        return true;
    for (size_t i = 0; i < writer->place_count; i++)
        if (writer->places[i].number != (int)i + 1)
            return false;
    return writer->place_count + 1 == (size_t)writer->next_number;
}

enum err_code pdf_writer_finish(struct pdf_writer *writer, const struct pdf_end *end,
                                struct err *err)
{
    flush_buffer(writer);
    char id[HASH_HEX_SIZE];
    hash_finish(writer->content_hash, id);
    id[PDF_ID_DIGITS] = '\0';
    writer->is_finishing = true;

    uint64_t xref = pdf_offset(writer);
    put_xref(writer);
    if (!pdf_failed(writer) && !places_are_complete(writer))
        err_set(&writer->err, ERR_INTERNAL, "PDF object reserved and not written");
    pdf_printf(writer, "trailer\n<< /Size %d /Root %d 0 R", writer->next_number, end->root);
    if (end->info)
        pdf_printf(writer, " /Info %d 0 R", end->info);
    if (writer->is_update)
        pdf_printf(writer, " /Prev %llu", (unsigned long long)end->previous_xref);
    pdf_printf(writer, " /ID [<%s> <%s>] >>\nstartxref\n%llu\n%%%%EOF\n",
               end->first_id_hex ? end->first_id_hex : id, id, (unsigned long long)xref);
    flush_buffer(writer);
    if (pdf_failed(writer)) {
        if (err)
            *err = writer->err;
        return writer->err.code;
    }
    return ERR_OK;
}
