#include "daemon/pipeline/folder.h"

#include "daemon/base/file.h"
#include "daemon/base/hash.h"
#include "daemon/base/mem.h"
#include "daemon/base/sys.h"
#include "daemon/pipeline/document_json.h"
#include "daemon/pipeline/output.h"
#include "daemon/pipeline/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* Part of the digest: raised when the same input would give other output. */
#define PROCESS_VERSION "sohoa.process/1"
#define IMPORT_PAGES_MAX 2000

enum page_state { PAGE_WAITING, PAGE_CLAIMED, PAGE_DONE };
enum doc_step { DOC_NEW, DOC_WAITING, DOC_READING, DOC_READ, DOC_UNDERSTOOD, DOC_ENDED };

struct folder_page {
    size_t serial; /* stays when pages are inserted before it */
    enum page_state state;
    const char *path; /* borrowed from the input; NULL for an imported page */
    int image_fd;     /* imported page, else -1 */
    int64_t index;    /* image within the file */
    unsigned attempts;
    struct js *info;
    int words_fd;
    double mean_confidence;
};

struct folder_doc {
    const struct input *input;
    char *name;
    enum doc_step step;
    bool claimed, keep_pdf, passed_through;
    unsigned attempts;
    char digest[HASH_HEX_SIZE];
    struct folder_page *pages;
    size_t page_count, serials;
    size_t part, parts; /* of a split; 0 = whole */
    struct js *understood;
    int pdf_fd;
};

struct folder {
    struct folder_options options;
    const struct inputs *inputs;
    int out_dir;
    struct folder_doc **docs;
    size_t doc_count;
    size_t pages_done, failed;
    folder_result_fn *on_result;
    folder_progress_fn *on_progress;
    void *payload;
};

static void drop_pages(struct folder_doc *doc)
{
    for (size_t i = 0; i < doc->page_count; i++) {
        fd_close(doc->pages[i].image_fd);
        fd_close(doc->pages[i].words_fd);
        js_free(doc->pages[i].info);
    }
    mem_free(doc->pages);
    doc->pages = NULL;
    doc->page_count = 0;
}

static void doc_free(struct folder_doc *doc)
{
    if (!doc)
        return;
    drop_pages(doc);
    fd_close(doc->pdf_fd);
    js_free(doc->understood);
    mem_free(doc->name);
    mem_free(doc);
}

static struct folder_doc *add_doc(struct folder *folder, const struct input *input,
                                  const char *name)
{
    struct folder_doc **docs =
        mem_resize(folder->docs, (folder->doc_count + 1) * sizeof *folder->docs);
    struct folder_doc *doc = docs ? mem_alloc(sizeof *doc) : NULL;
    if (docs)
        folder->docs = docs;
    if (!doc)
        return NULL;
    doc->input = input;
    doc->pdf_fd = -1;
    doc->name = mem_strdup(name);
    if (!doc->name) {
        mem_free(doc);
        return NULL;
    }
    folder->docs[folder->doc_count++] = doc;
    return doc;
}

enum err_code folder_new(const struct inputs *inputs, const struct folder_options *options,
                         folder_result_fn *on_result, folder_progress_fn *on_progress,
                         void *payload, struct folder **out, struct err *err)
{
    enum err_code code = file_make_folders(options->out_dir, err);
    if (code)
        return code;
    struct folder *folder = mem_alloc(sizeof *folder);
    if (!folder)
        return err_set(err, ERR_NO_MEMORY, "folder");
    *folder = (struct folder){.options = *options,
                              .inputs = inputs,
                              .on_result = on_result,
                              .on_progress = on_progress,
                              .payload = payload};
    folder->out_dir = open(options->out_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder->out_dir < 0)
        code = err_set_errno(err, ERR_IO, errno, "open '%s'", options->out_dir);
    for (size_t i = 0; !code && i < inputs->count; i++)
        if (!add_doc(folder, &inputs->item[i], inputs->item[i].name))
            code = err_set(err, ERR_NO_MEMORY, "documents");
    if (code) {
        folder_free(folder);
        return code;
    }
    *out = folder;
    return ERR_OK;
}

void folder_free(struct folder *folder)
{
    if (!folder)
        return;
    for (size_t i = 0; i < folder->doc_count; i++)
        doc_free(folder->docs[i]);
    mem_free(folder->docs);
    fd_close(folder->out_dir);
    mem_free(folder);
}

bool folder_is_done(const struct folder *folder)
{
    for (size_t i = 0; i < folder->doc_count; i++)
        if (folder->docs[i]->step != DOC_ENDED)
            return false;
    return true;
}

size_t folder_failed(const struct folder *folder)
{
    return folder->failed;
}

static void end_doc(struct folder *folder, struct folder_doc *doc, enum folder_outcome outcome,
                    const struct err *err)
{
    struct folder_result result = {
        .name = doc->name,
        .outcome = outcome,
        .type = doc->understood ? js_text_or(doc->understood, "type", NULL) : NULL,
        .pages = doc->page_count,
        .err = err,
    };
    doc->step = DOC_ENDED;
    folder->failed += outcome == FOLDER_FAILED;
    folder->on_result(folder->payload, &result);
    drop_pages(doc);
    fd_close(TAKE_FD(doc->pdf_fd));
}

/* ---- a document's beginning -------------------------------------------------------------------
 */

AUTO_DEFINE(hash, struct hash *, hash_free);

static enum err_code digest_inputs(const struct folder *folder, struct folder_doc *doc,
                                   struct err *err)
{
    AUTO(hash) struct hash *all = hash_new();
    if (!all)
        return err_set(err, ERR_NO_MEMORY, "digest");
    char options[128];
    snprintf(options, sizeof options, "%s lang=%s split=%d", PROCESS_VERSION, folder->options.lang,
             (int)folder->options.split);
    hash_update(all, options, strlen(options));
    for (size_t i = 0; i < doc->input->file_count; i++) {
        char one[HASH_HEX_SIZE];
        AUTO(fd) int fd = open(doc->input->files[i], O_RDONLY | O_CLOEXEC);
        if (fd < 0)
            return err_set_errno(err, ERR_IO, errno, "open '%s'", doc->input->files[i]);
        enum err_code code = hash_fd(fd, one, NULL, err);
        if (code)
            return err_context(err, code, "'%s'", doc->input->files[i]);
        hash_update(all, one, HASH_HEX_SIZE);
    }
    hash_finish(all, doc->digest);
    return ERR_OK;
}

static enum err_code insert_pages(struct folder_doc *doc, size_t at, size_t count, struct err *err)
{
    struct folder_page *pages =
        mem_resize(doc->pages, (doc->page_count + count) * sizeof *doc->pages);
    if (!pages)
        return err_set(err, ERR_NO_MEMORY, "pages");
    doc->pages = pages;
    memmove(pages + at + count, pages + at, (doc->page_count - at) * sizeof *pages);
    doc->page_count += count;
    for (size_t i = at; i < at + count; i++)
        pages[i] = (struct folder_page){.serial = doc->serials++, .image_fd = -1, .words_fd = -1};
    return ERR_OK;
}

static enum err_code begin_images(struct folder_doc *doc, struct err *err)
{
    enum err_code code = insert_pages(doc, 0, doc->input->file_count, err);
    for (size_t i = 0; !code && i < doc->page_count; i++)
        doc->pages[i].path = doc->input->files[i];
    return code;
}

/* DOC_NEW: hash the inputs, pass over what is done already, else lay out the pages. */
static void begin_doc(struct folder *folder, struct folder_doc *doc)
{
    struct err err = ERR_INIT;
    enum err_code code = digest_inputs(folder, doc, &err);
    if (!code && output_is_done(folder->out_dir, doc->name, doc->digest)) {
        end_doc(folder, doc, FOLDER_SKIPPED, NULL);
        return;
    }
    if (!code && !doc->input->is_pdf)
        code = begin_images(doc, &err);
    if (code)
        end_doc(folder, doc, FOLDER_FAILED, &err);
    else
        doc->step = doc->input->is_pdf ? DOC_WAITING : DOC_READING;
}

/* ---- claims -----------------------------------------------------------------------------------
 */

static enum err_code new_job(const struct stage *stage, size_t doc, size_t page, unsigned attempts,
                             struct js *args, struct job **out, struct err *err)
{
    struct job *job = mem_alloc(sizeof *job);
    if (!job || !args) {
        js_free(args);
        mem_free(job);
        return err_set(err, ERR_NO_MEMORY, "job");
    }
    job->stage = stage;
    job->args = args;
    job->attempts = attempts;
    job->claim = mem_printf("%zu/%zu", doc, page);
    job->id = mem_printf("document %zu page %zu", doc + 1, page + 1);
    if (!job->claim || !job->id) {
        job_free(job);
        return err_set(err, ERR_NO_MEMORY, "job");
    }
    *out = job;
    return ERR_OK;
}

/* Room for count descriptors, filled by job_add_fd. */
static enum err_code job_reserve_fds(struct job *job, size_t count, struct err *err)
{
    job->fds = mem_array(count, sizeof *job->fds);
    return job->fds ? ERR_OK : err_set(err, ERR_NO_MEMORY, "job");
}

static enum err_code job_add_fd(struct job *job, int fd, struct err *err)
{
    if (fd < 0)
        return err_set_errno(err, ERR_IO, errno, "open page");
    job->fds[job->fd_count++] = fd;
    return ERR_OK;
}

static int open_image(const struct folder_page *page)
{
    return page->path ? open(page->path, O_RDONLY | O_CLOEXEC)
                      : fcntl(page->image_fd, F_DUPFD_CLOEXEC, 0);
}

static enum err_code claim_page(const struct stage *stage, struct folder_doc *doc, size_t d,
                                size_t p, const char *lang, struct job **out, struct err *err)
{
    struct folder_page *page = &doc->pages[p];
    struct js *args = js_pack("{s:I, s:s}", "index", page->index, "lang", lang);
    struct job *job = NULL;
    enum err_code code = new_job(stage, d, page->serial, page->attempts, args, &job, err);
    if (!code)
        code = job_reserve_fds(job, 1, err);
    if (!code)
        code = job_add_fd(job, open_image(page), err);
    if (code) {
        job_free(job);
        return code;
    }
    page->state = PAGE_CLAIMED;
    *out = job;
    return ERR_OK;
}

static struct js *pages_args(const struct folder_doc *doc, bool wrapped)
{
    AUTO(js) struct js *list = js_array();
    for (size_t i = 0; i < doc->page_count; i++) {
        struct js *info = js_ref(doc->pages[i].info);
        if (!js_push(list, wrapped ? js_pack("{s:o}", "page", info) : info))
            return NULL;
    }
    return TAKE(list);
}

static enum err_code claim_understand(const struct stage *stage, struct folder_doc *doc, size_t d,
                                      struct job **out, struct err *err)
{
    struct js *args = js_pack("{s:o, s:n}", "pages", pages_args(doc, true), "dossier");
    struct job *job = NULL;
    enum err_code code = new_job(stage, d, 0, doc->attempts, args, &job, err);
    if (!code)
        code = job_reserve_fds(job, doc->page_count, err);
    for (size_t i = 0; !code && i < doc->page_count; i++)
        code = job_add_fd(job, fcntl(doc->pages[i].words_fd, F_DUPFD_CLOEXEC, 0), err);
    if (code) {
        job_free(job);
        return code;
    }
    *out = job;
    return ERR_OK;
}

static enum err_code claim_compose(const struct folder *folder, const struct stage *stage,
                                   struct folder_doc *doc, size_t d, struct job **out,
                                   struct err *err)
{
    struct js *args =
        js_pack("{s:{s:s, s:s, s:s, s:I, s:s}, s:o}", "document", "id", doc->digest, "title",
                doc->name, "type", js_text_or(doc->understood, "type", ""), "pages",
                (int64_t)doc->page_count, "lang", "vi-VN", "pages", pages_args(doc, false));
    struct job *job = NULL;
    enum err_code code = new_job(stage, d, 0, doc->attempts, args, &job, err);
    if (!code)
        code = job_reserve_fds(job, 1 + 2 * doc->page_count, err);
    fd_close(TAKE_FD(doc->pdf_fd));
    if (!code)
        code = output_create(folder->out_dir, &doc->pdf_fd, err);
    if (!code)
        code = job_add_fd(job, fcntl(doc->pdf_fd, F_DUPFD_CLOEXEC, 0), err);
    for (size_t i = 0; !code && i < doc->page_count; i++) {
        code = job_add_fd(job, open_image(&doc->pages[i]), err);
        if (!code)
            code = job_add_fd(job, fcntl(doc->pages[i].words_fd, F_DUPFD_CLOEXEC, 0), err);
    }
    if (code) {
        job_free(job);
        return code;
    }
    *out = job;
    return ERR_OK;
}

static enum err_code claim_import(const struct stage *stage, struct folder_doc *doc, size_t d,
                                  struct job **out, struct err *err)
{
    struct js *args = js_pack("{s:i}", "max_pages", IMPORT_PAGES_MAX);
    struct job *job = NULL;
    enum err_code code = new_job(stage, d, 0, doc->attempts, args, &job, err);
    if (!code)
        code = job_reserve_fds(job, 1, err);
    if (!code)
        code = job_add_fd(job, open(doc->input->files[0], O_RDONLY | O_CLOEXEC), err);
    if (code) {
        job_free(job);
        return code;
    }
    *out = job;
    return ERR_OK;
}

static size_t waiting_page(const struct folder_doc *doc)
{
    for (size_t i = 0; doc->step == DOC_READING && i < doc->page_count; i++)
        if (doc->pages[i].state == PAGE_WAITING)
            return i;
    return SIZE_MAX;
}

static enum err_code claim_from(struct folder *folder, const struct stage *stage, size_t d,
                                struct job **out, struct err *err)
{
    struct folder_doc *doc = folder->docs[d];
    bool pages = strcmp(stage->name, "recognize") == 0;
    if (doc->step == DOC_NEW && (pages || strcmp(stage->name, "import") == 0))
        begin_doc(folder, doc);
    if (pages) {
        size_t p = waiting_page(doc);
        return p == SIZE_MAX ? ERR_OK
                             : claim_page(stage, doc, d, p, folder->options.lang, out, err);
    }
    if (doc->claimed)
        return ERR_OK;
    enum err_code code = ERR_OK;
    if (doc->step == DOC_WAITING && strcmp(stage->name, "import") == 0)
        code = claim_import(stage, doc, d, out, err);
    else if (doc->step == DOC_READ && strcmp(stage->name, "understand") == 0)
        code = claim_understand(stage, doc, d, out, err);
    else if (doc->step == DOC_UNDERSTOOD && strcmp(stage->name, "compose") == 0)
        code = claim_compose(folder, stage, doc, d, out, err);
    doc->claimed = *out != NULL;
    return code;
}

static void folder_claim(void *self, const struct stage *stage, job_claimed_fn *done, void *payload)
{
    struct folder *folder = self;
    struct job *job = NULL;
    for (size_t d = 0; !job && d < folder->doc_count; d++) {
        struct err err = ERR_INIT;
        if (folder->docs[d]->step == DOC_ENDED)
            continue;
        if (claim_from(folder, stage, d, &job, &err))
            end_doc(folder, folder->docs[d], FOLDER_FAILED, &err);
    }
    done(payload, job, NULL);
}

/* ---- results ----------------------------------------------------------------------------------
 */

static void after_pages(struct folder_doc *doc)
{
    for (size_t i = 0; i < doc->page_count; i++)
        if (doc->pages[i].state != PAGE_DONE)
            return;
    doc->step = DOC_READ;
}

static size_t known_pages(const struct folder *folder)
{
    size_t known = folder->pages_done;
    for (size_t i = 0; i < folder->doc_count; i++) {
        const struct folder_doc *doc = folder->docs[i];
        if (doc->step == DOC_NEW)
            known += doc->input->file_count;
        for (size_t p = 0; p < doc->page_count; p++)
            known += doc->pages[p].state != PAGE_DONE;
    }
    return known;
}

/* A multi-page TIFF tells how many images it holds with its first answer. */
static enum err_code take_page(struct folder_doc *doc, size_t p, struct job *job, struct err *err)
{
    const struct js *info;
    enum err_code code = js_get_object(job->result, "page", &info, err);
    if (code)
        return code;
    if (job->result_fd_count < 1)
        return err_set(err, ERR_BAD_MESSAGE, "page without words");
    int64_t images = js_int_or(job->result, "images", 1);
    if (doc->pages[p].index == 0 && doc->pages[p].path && images > 1) {
        if (images > IMPORT_PAGES_MAX)
            return err_set(err, ERR_TOO_LARGE, "%lld images in one file", (long long)images);
        code = insert_pages(doc, p + 1, (size_t)images - 1, err);
        for (int64_t i = 1; !code && i < images; i++) {
            doc->pages[p + (size_t)i].path = doc->pages[p].path;
            doc->pages[p + (size_t)i].index = i;
        }
        if (code)
            return code;
    }
    struct folder_page *page = &doc->pages[p];
    page->info = js_ref(info);
    page->words_fd = TAKE_FD(job->result_fds[0]);
    page->mean_confidence = js_real_or(job->result, "mean_confidence", 0);
    page->state = PAGE_DONE;
    return ERR_OK;
}

static enum err_code take_import(struct folder_doc *doc, struct job *job, struct err *err)
{
    const char *kind;
    enum err_code code = js_get_text(job->result, "kind", &kind, err);
    if (!code && job->result_fd_count == 0)
        code = err_set(err, ERR_PDF_UNREADABLE, "no page in it");
    if (!code)
        code = insert_pages(doc, 0, job->result_fd_count, err);
    if (code)
        return code;
    for (size_t i = 0; i < doc->page_count; i++)
        doc->pages[i].image_fd = TAKE_FD(job->result_fds[i]);
    doc->passed_through = strcmp(kind, "signed") == 0;
    doc->keep_pdf = doc->passed_through || strcmp(kind, "born-digital") == 0;
    doc->step = DOC_READING;
    return ERR_OK;
}

static enum err_code write_doc(struct folder *folder, struct folder_doc *doc,
                               const char *pdf_sha256, struct err *err)
{
    AUTO(mem) struct document_page *pages = mem_array(doc->page_count, sizeof *pages);
    if (!pages)
        return err_set(err, ERR_NO_MEMORY, "pages");
    for (size_t i = 0; i < doc->page_count; i++)
        pages[i] = (struct document_page){doc->pages[i].info, doc->pages[i].words_fd,
                                          doc->pages[i].mean_confidence};
    struct document_source source = {(const char *const *)doc->input->files, doc->input->file_count,
                                     doc->digest, pdf_sha256, doc->passed_through};
    AUTO(js) struct js *json = NULL;
    enum err_code code =
        document_json(&source, doc->understood, pages, doc->page_count, &json, err);
    if (!code && doc->parts &&
        !js_set(json, "part",
                js_pack("{s:I, s:I}", "number", (int64_t)doc->part, "of", (int64_t)doc->parts)))
        code = err_set(err, ERR_NO_MEMORY, "part");
    return code ? code : output_publish(folder->out_dir, doc->name, doc->pdf_fd, json, err);
}

/* Signed and born-digital PDFs stay as they came, byte for byte. */
static enum err_code copy_doc(struct folder *folder, struct folder_doc *doc, struct err *err)
{
    char sha256[HASH_HEX_SIZE];
    AUTO(fd) int input = open(doc->input->files[0], O_RDONLY | O_CLOEXEC);
    if (input < 0)
        return err_set_errno(err, ERR_IO, errno, "open '%s'", doc->input->files[0]);
    enum err_code code = output_create(folder->out_dir, &doc->pdf_fd, err);
    if (!code)
        code = file_copy_fd(input, doc->pdf_fd, err);
    if (!code)
        code = hash_fd(doc->pdf_fd, sha256, NULL, err);
    if (!code)
        code = write_doc(folder, doc, sha256, err);
    if (!code)
        end_doc(folder, doc, FOLDER_WRITTEN, NULL);
    return code;
}

static size_t count_starts(const struct folder_doc *doc)
{
    size_t starts = 1;
    for (size_t i = 1; i < doc->page_count; i++) {
        char path[64];
        snprintf(path, sizeof path, "pages[%zu].starts_document.value", i);
        starts += js_bool_or(doc->understood, path, false);
    }
    return starts;
}

static bool name_is_taken(const struct folder *folder, const char *name)
{
    for (size_t i = 0; i < folder->doc_count; i++)
        if (strcasecmp(folder->docs[i]->name, name) == 0)
            return true;
    return false;
}

/* Moves the pages from `from` up to the next start into a part of their own. */
static enum err_code split_part(struct folder *folder, struct folder_doc *doc, size_t from,
                                size_t to, size_t part, size_t parts, struct err *err)
{
    AUTO(mem) char *name = mem_printf("%s-%zu", doc->name, part);
    if (name && name_is_taken(folder, name))
        return err_set(err, ERR_USAGE, "part would be written as '%s', which is another document",
                       name);
    struct folder_doc *piece = name ? add_doc(folder, doc->input, name) : NULL;
    enum err_code code =
        piece ? insert_pages(piece, 0, to - from, err) : err_set(err, ERR_NO_MEMORY, "part");
    if (code)
        return code;
    for (size_t i = from; i < to; i++) {
        piece->pages[i - from] = doc->pages[i];
        doc->pages[i] = (struct folder_page){.image_fd = -1, .words_fd = -1};
    }
    memcpy(piece->digest, doc->digest, sizeof piece->digest);
    piece->part = part;
    piece->parts = parts;
    piece->step = DOC_READ;
    return ERR_OK;
}

static enum err_code split_doc(struct folder *folder, struct folder_doc *doc, size_t parts,
                               struct err *err)
{
    enum err_code code = ERR_OK;
    size_t from = 0;
    for (size_t part = 1; !code && part <= parts; part++) {
        size_t to = from + 1;
        for (; to < doc->page_count; to++) {
            char path[64];
            snprintf(path, sizeof path, "pages[%zu].starts_document.value", to);
            if (js_bool_or(doc->understood, path, false))
                break;
        }
        code = split_part(folder, doc, from, to, part, parts, err);
        from = to;
    }
    if (!code) {
        drop_pages(doc);
        doc->step = DOC_ENDED; /* its parts report for it */
    }
    return code;
}

static enum err_code take_understood(struct folder *folder, struct folder_doc *doc, struct job *job,
                                     struct err *err)
{
    doc->understood = js_ref(job->result);
    if (doc->keep_pdf)
        return copy_doc(folder, doc, err);
    size_t parts = count_starts(doc);
    if (folder->options.split && !doc->parts && parts > 1)
        return split_doc(folder, doc, parts, err);
    doc->step = DOC_UNDERSTOOD;
    return ERR_OK;
}

static enum err_code take_composed(struct folder *folder, struct folder_doc *doc, struct job *job,
                                   struct err *err)
{
    const char *sha256;
    enum err_code code = js_get_text(job->result, "sha256", &sha256, err);
    if (!code)
        code = write_doc(folder, doc, sha256, err);
    if (!code)
        end_doc(folder, doc, FOLDER_WRITTEN, NULL);
    return code;
}

/* *out_p: index of the page, 0 when its document has ended or the job is not about a page. */
static struct folder_doc *find_subject(struct folder *folder, const struct job *job, size_t *out_p)
{
    size_t d = 0, serial = 0;
    sscanf(job->claim, "%zu/%zu", &d, &serial);
    struct folder_doc *doc = folder->docs[d];
    *out_p = 0;
    for (size_t p = 0; p < doc->page_count; p++)
        if (doc->pages[p].serial == serial)
            *out_p = p;
    return doc;
}

static void folder_complete(void *self, struct job *job, job_stored_fn *done, void *payload)
{
    struct folder *folder = self;
    struct err err = ERR_INIT;
    size_t p = 0;
    struct folder_doc *doc = find_subject(folder, job, &p);
    enum err_code code = ERR_OK;
    bool page = strcmp(job->stage->name, "recognize") == 0;
    if (!page)
        doc->claimed = false;
    if (doc->step == DOC_ENDED) /* another page of it failed meanwhile */
        code = ERR_OK;
    else if (page)
        code = take_page(doc, p, job, &err);
    else if (doc->step == DOC_WAITING)
        code = take_import(doc, job, &err);
    else if (doc->step == DOC_READ)
        code = take_understood(folder, doc, job, &err);
    else
        code = take_composed(folder, doc, job, &err);
    if (code)
        end_doc(folder, doc, FOLDER_FAILED, &err);
    else if (page && doc->step == DOC_READING)
        after_pages(doc);
    if (page) {
        folder->pages_done++;
        folder->on_progress(folder->payload, folder->pages_done, known_pages(folder));
    }
    done(payload, NULL);
}

static void folder_fail(void *self, struct job *job, const struct err *err, const char *ref,
                        struct retry_decision decision, job_stored_fn *done, void *payload)
{
    (void)ref;
    struct folder *folder = self;
    size_t p = 0;
    struct folder_doc *doc = find_subject(folder, job, &p);
    bool page = strcmp(job->stage->name, "recognize") == 0;
    /* nobody waits here for a disk or a line to come back: what helps later is a failure now */
    bool again = decision.action == RETRY_AGAIN && decision.after_us == 0;
    doc->claimed = false;
    if (doc->step == DOC_ENDED) {
        done(payload, NULL);
        return;
    }
    if (!again) {
        struct err told = *err;
        if (page && doc->pages[p].path)
            err_context(&told, told.code, "'%s'", doc->pages[p].path);
        end_doc(folder, doc, FOLDER_FAILED, &told);
    } else if (page) {
        doc->pages[p].attempts++;
        doc->pages[p].state = PAGE_WAITING;
    } else {
        doc->attempts++;
    }
    done(payload, NULL);
}

static bool folder_offers(void *self, const struct stage *stage)
{
    (void)self;
    static const char *const offered[] = {"import", "recognize", "understand", "compose"};
    for (size_t i = 0; i < sizeof offered / sizeof *offered; i++)
        if (strcmp(stage->name, offered[i]) == 0)
            return true;
    return false;
}

struct job_source folder_jobs(struct folder *folder)
{
    return (struct job_source){folder, folder_offers, folder_claim, folder_complete, folder_fail};
}
