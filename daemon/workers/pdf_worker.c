#include "daemon/workers/confine.h"
#include "daemon/workers/worker_main.h"
#include "queue/seal/pdf_compose.h"

#include <errno.h>
#include <sys/stat.h>

/*
 * sohoa-pdf-worker: makes the searchable PDF/A-2u of a document. Holds no key.
 *
 *   compose {document, pages} out image1 words1 image2 words2 …   file flushed when the answer goes
 * out
 *
 * A page may carry "index", the image within a file of several. Event "progress" {page, pages}.
 */

static enum err_code read_words(int fd, const struct page_info *info, struct words *out,
                                struct err *err)
{
    struct stat stat;
    if (fstat(fd, &stat) != 0)
        return err_set_errno(err, ERR_IO, errno, "words");
    if (stat.st_size > 0)
        return words_read_fd(fd, out, err);
    words_init(out, info->size, info->skew_deg);
    return ERR_OK;
}

static enum err_code compose_page(struct pdf_compose *compose, struct worker_call *call,
                                  const struct js *page, size_t ordinal, struct err *err)
{
    AUTO(page_info)
    struct page_info info = {0};
    AUTO(words)
    struct words words = {0};
    AUTO(fd)
    int image = -1;
    AUTO(fd)
    int words_fd = -1;
    enum err_code code = page_info_from_js(page, &info, err);
    if (!code)
        code = ipc_take_fd(call->message, 1 + 2 * ordinal, &image, err);
    if (!code)
        code = ipc_take_fd(call->message, 2 + 2 * ordinal, &words_fd, err);
    if (!code)
        code = read_words(words_fd, &info, &words, err);
    if (code)
        return err_context(err, code, "pages[%zu]", ordinal);
    int index = (int)js_int_or(page, "index", 0);
    return pdf_compose_page(compose, image, index, &info, &words, err);
}

static enum err_code compose_pages(struct pdf_compose *compose, struct worker_call *call,
                                   const struct js *pages, struct err *err)
{
    size_t count = js_count(pages);
    for (size_t i = 0; i < count; i++) {
        if (worker_cancelled())
            return err_set(err, ERR_CANCELLED, "compose");
        enum err_code code = compose_page(compose, call, js_item(pages, i), i, err);
        if (!code)
            code =
                worker_event(call, "progress",
                             js_pack("{s:i, s:i}", "page", (int)i + 1, "pages", (int)count), err);
        if (code)
            return code;
    }
    return ERR_OK;
}

static struct pdf_metadata metadata_from_args(const struct js *args)
{
    return (struct pdf_metadata){
        .id = js_text_or(args, "document.id", NULL),
        .title = js_text_or(args, "document.title", NULL),
        .copier = js_text_or(args, "document.copier", NULL),
        .lang = js_text_or(args, "document.lang", NULL),
        .copied_at_us = js_int_or(args, "document.copied_at_us", 0),
    };
}

static enum err_code run_compose(void *self, struct worker_call *call, struct worker_answer *answer,
                                 struct err *err)
{
    (void)self;
    worker_cancel_reset();
    const struct js *pages = NULL;
    AUTO(fd)
    int out = -1;
    AUTO(pdf_compose)
    struct pdf_compose *compose = NULL;
    enum err_code code = js_get_array(call->args, "pages", &pages, err);
    if (!code)
        code = ipc_take_fd(call->message, 0, &out, err);
    if (!code)
        code = pdf_compose_start(out, &compose, err);
    if (!code)
        code = compose_pages(compose, call, pages, err);
    struct pdf_metadata metadata = metadata_from_args(call->args);
    struct pdf_file file;
    if (!code)
        code = pdf_compose_finish(compose, &metadata, &file, err);
    if (code)
        return code;
    answer->ok =
        js_pack("{s:s, s:I}", "sha256", file.sha256, "size_bytes", (int64_t)file.size_bytes);
    return answer->ok ? ERR_OK : err_set(err, ERR_NO_MEMORY, "answer");
}

int main(void)
{
    static const struct worker_op ops[] = {{"compose", run_compose}, {0}};
    confine_worker("sohoa-pdf-worker", NULL);
    return worker_serve("sohoa-pdf-worker", ops, NULL);
}
