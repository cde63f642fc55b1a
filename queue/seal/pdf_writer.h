#ifndef SOHOA_SEAL_PDF_WRITER_H
#define SOHOA_SEAL_PDF_WRITER_H

#include "daemon/base/err.h"
#include "daemon/base/mem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Low-level PDF output: indirect objects streamed to a descriptor, then a classic cross-reference
 * table. No object streams, so that a signature can be appended later. Memory is one small buffer
 * and 8 bytes an object, whatever the size of the file.
 *
 * Errors stick: after the first failure the calls do nothing, and pdf_writer_finish reports it.
 */
struct pdf_writer;

/* Writes at the descriptor's offset 0; fd stays the caller's. */
enum err_code pdf_writer_new(int fd, struct pdf_writer **out, struct err *err);
/*
 * Appends to the `size_bytes` bytes that fd already holds: object numbers start at `next_number`,
 * and the cross-reference section written at the end holds the changed objects only. Source: ISO
 * 32000-1 7.5.6.
 */
enum err_code pdf_writer_new_update(int fd, uint64_t size_bytes, int next_number,
                                    struct pdf_writer **out, struct err *err);
void pdf_writer_free(struct pdf_writer *writer);
AUTO_DEFINE(pdf_writer, struct pdf_writer *, pdf_writer_free);

/* A number for an object that will be written once, now or later. */
int pdf_reserve(struct pdf_writer *writer);

/* "7 0 obj" and a newline; what follows is pdf_put…; then pdf_end_object. */
void pdf_begin_object(struct pdf_writer *writer, int number);
void pdf_end_object(struct pdf_writer *writer);

void pdf_put(struct pdf_writer *writer, const void *bytes, size_t size);
void pdf_text(struct pdf_writer *writer, const char *text);
void pdf_printf(struct pdf_writer *writer, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Text string, UTF-16BE with byte order mark, as hex: <FEFF…>. NULL gives an empty one. */
void pdf_put_text_string(struct pdf_writer *writer, const char *utf8);

/*
 * A stream object. `dict` holds the entries besides /Length, e.g. "/Type /XObject". With deflate,
 * the bytes are compressed as they come and /Filter /FlateDecode is added. The length is an object
 * of its own that follows the stream, so nothing need be known beforehand.
 */
void pdf_begin_stream(struct pdf_writer *writer, int number, const char *dict, bool deflate);
void pdf_end_stream(struct pdf_writer *writer);
/* The whole of it at once; /Length is direct. */
void pdf_put_stream(struct pdf_writer *writer, int number, const char *dict, const void *bytes,
                    size_t size);

/* Bytes so far: the offset of what comes next. */
uint64_t pdf_offset(const struct pdf_writer *writer);
/* Lets a caller report its own failure through the writer's sticky error; the first one stays. */
void pdf_fail(struct pdf_writer *writer, const struct err *cause);
bool pdf_failed(const struct pdf_writer *writer);

struct pdf_end {
    int root, info;           /* object numbers; info 0 = none */
    uint64_t previous_xref;   /* update: where the earlier section is */
    const char *first_id_hex; /* update: the first part of the earlier /ID; NULL: same as second */
};

/* Cross-reference, trailer, end mark; flushes buffer, not the disk. The second part of /ID
 * is taken from the SHA-256 of all bytes written by this writer, hence deterministic. */
enum err_code pdf_writer_finish(struct pdf_writer *writer, const struct pdf_end *end,
                                struct err *err);

#endif
