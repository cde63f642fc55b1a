#include "daemon/base/file.h"
#include "queue/seal/pdf_reader.h"
#include "queue/seal/verify.h"

/* What is read of a file before a signature is appended to it, and when it is checked. */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct err err = ERR_INIT;
    AUTO(fd) int fd = -1;
    AUTO(pdf_reader) struct pdf_reader *reader = NULL;
    if (size > 1u << 20 || file_memfd("fuzz", bytes, size, &fd, &err))
        return 0;
    struct seal_verdict verdict;
    seal_verify(fd, (struct der){0}, &verdict, &err);
    if (pdf_reader_open(fd, &reader, &err))
        return 0;
    struct pdf_first_page page = {0};
    if (pdf_reader_first_page(reader, &page, &err) == ERR_OK)
        pdf_value_free(page.dict);
    struct pdf_form form = {0};
    if (pdf_reader_form(reader, &form, &err) == ERR_OK)
        pdf_value_free(form.dict);
    return 0;
}
