#include "daemon/pipeline/folder_claim.h"

#include "daemon/model/parting.h"
#include "daemon/pipeline/output.h"

#include <errno.h>
#include <fcntl.h>

static enum err_code new_job(const struct folder_claim *claim, size_t serial, unsigned attempts,
                             struct js *args, size_t fd_room, struct job **out, struct err *err)
{
    struct job *job = mem_alloc(sizeof *job);
    if (!job || !args) {
        js_free(args);
        mem_free(job);
        return err_set(err, ERR_NO_MEMORY, "job");
    }
    *job = (struct job){
        .stage = claim->stage,
        .claim = mem_printf("%zu/%zu", claim->number, serial),
        .id = mem_printf("document %zu page %zu", claim->number + 1, serial + 1),
        .attempts = attempts,
        .args = args,
        .fds = mem_array(fd_room, sizeof *job->fds),
    };
    if (!job->claim || !job->id || !job->fds) {
        job_free(job);
        return err_set(err, ERR_NO_MEMORY, "job");
    }
    *out = job;
    return ERR_OK;
}

/* Takes fd over; the job has room for it. */
static enum err_code add_fd(struct job *job, int fd, const char *what, struct err *err)
{
    if (fd < 0)
        return err_set_errno(err, ERR_IO, errno, "open %s", what);
    job->fds[job->fd_count++] = fd;
    return ERR_OK;
}

static enum err_code add_file(struct job *job, const char *path, struct err *err)
{
    return add_fd(job, open(path, O_RDONLY | O_CLOEXEC), path, err);
}

static enum err_code add_copy(struct job *job, int fd, const char *what, struct err *err)
{
    return add_fd(job, fcntl(fd, F_DUPFD_CLOEXEC, 0), what, err);
}

static enum err_code add_image(struct job *job, const struct folder_page *page, struct err *err)
{
    return page->path ? add_file(job, page->path, err)
                      : add_copy(job, page->image_fd, "imported page", err);
}

static enum err_code add_page(struct job *job, const struct folder_page *page, struct err *err)
{
    enum err_code code = add_image(job, page, err);
    return code || page->layer_fd < 0 ? code : add_copy(job, page->layer_fd, "text layer", err);
}

static enum err_code hand_out(struct job *job, enum err_code code, struct job **out)
{
    if (code)
        job_free(job);
    else
        *out = job;
    return code;
}

enum err_code folder_claim_import(const struct folder_claim *claim, struct folder_doc *doc,
                                  struct job **out, struct err *err)
{
    if (!folder_doc_wants_import(doc))
        return ERR_OK;
    struct js *args =
        js_pack("{s:i, s:I}", "max_pages", DOCUMENT_PAGES_MAX, "first", (int64_t)doc->imported + 1);
    struct job *job = NULL;
    enum err_code code = new_job(claim, 0, doc->attempts, args, 1, &job, err);
    return code ? code : hand_out(job, add_file(job, doc->input->files[0], err), out);
}

/* The pages of a PDF that stays as it is are shown as that shows them. */
static struct js *page_args(const struct folder_doc *doc, const struct folder_page *page)
{
    AUTO(js) struct js *args = js_pack("{s:I}", "index", page->index);
    bool ok = args && (page->dpi <= 0 || (js_set(args, "dpi", js_real(page->dpi)) &&
                                          js_set(args, "dpi_source", js_text("file"))));
    ok = ok && (!doc->keep_pdf || js_set(args, "whole", js_bool(true)));
    return ok ? TAKE(args) : NULL;
}

enum err_code folder_claim_page(const struct folder_claim *claim, struct folder_doc *doc,
                                struct job **out, struct err *err)
{
    size_t p = folder_doc_waiting_page(doc);
    if (doc->step != DOC_READING || p == doc->page_count)
        return ERR_OK;
    struct folder_page *page = &doc->pages[p];
    struct job *job = NULL;
    enum err_code code =
        new_job(claim, page->serial, page->attempts, page_args(doc, page), 2, &job, err);
    if (!code)
        code = hand_out(job, add_page(job, page, err), out);
    if (!code)
        page->state = PAGE_CLAIMED;
    return code;
}

enum err_code folder_claim_understand(const struct folder_claim *claim, struct folder_doc *doc,
                                      struct job **out, struct err *err)
{
    if (doc->step != DOC_READ)
        return ERR_OK;
    AUTO(js) struct js *pages = js_array();
    for (size_t i = 0; i < doc->page_count; i++)
        if (!js_push(pages, js_pack("{s:O}", "page", doc->pages[i].info)))
            return err_set(err, ERR_NO_MEMORY, "pages");
    char separators[SEPARATORS_SIZE];
    bool parts = claim->split && !doc->parts && !doc->parted && !doc->keep_pdf;
    parting_separators(parts ? &parting_of_pile : &(struct parting){0}, separators);
    struct js *args =
        js_pack("{s:O, s:n, s:s}", "pages", pages, "dossier", "separators", separators);
    struct job *job = NULL;
    enum err_code code = new_job(claim, 0, doc->attempts, args, doc->page_count, &job, err);
    if (code)
        return code;
    for (size_t i = 0; !code && i < doc->page_count; i++)
        code = add_copy(job, doc->pages[i].words_fd, "words", err);
    return hand_out(job, code, out);
}

static struct js *compose_args(const struct folder_doc *doc)
{
    AUTO(js) struct js *pages = js_array();
    for (size_t i = 0; i < doc->page_count; i++) {
        AUTO(js) struct js *page = js_copy(doc->pages[i].info);
        if (!page || !js_set(page, "index", js_int(doc->pages[i].index)) ||
            !js_push(pages, TAKE(page)))
            return NULL;
    }
    return js_pack("{s:{s:s, s:s, s:s, s:I, s:s}, s:O}", "document", "id", doc->digest, "title",
                   doc->name, "type", js_text_or(doc->understood, "type", ""), "pages",
                   (int64_t)doc->page_count, "lang", "vi-VN", "pages", pages);
}

enum err_code folder_claim_compose(const struct folder_claim *claim, struct folder_doc *doc,
                                   struct job **out, struct err *err)
{
    if (doc->step != DOC_UNDERSTOOD)
        return ERR_OK;
    struct job *job = NULL;
    enum err_code code =
        new_job(claim, 0, doc->attempts, compose_args(doc), 1 + 2 * doc->page_count, &job, err);
    if (code)
        return code;
    fd_close(TAKE_FD(doc->pdf_fd));
    code = output_create(claim->out_dir, &doc->pdf_fd, err);
    if (!code)
        code = add_copy(job, doc->pdf_fd, "output", err);
    for (size_t i = 0; !code && i < doc->page_count; i++) {
        code = add_image(job, &doc->pages[i], err);
        if (!code)
            code = add_copy(job, doc->pages[i].words_fd, "words", err);
    }
    return hand_out(job, code, out);
}
