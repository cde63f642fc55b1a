#include "daemon/pipeline/folder_inside.h"

#include "daemon/base/file.h"
#include "daemon/base/mem.h"
#include "daemon/base/sys.h"
#include "daemon/pipeline/folder_claim.h"
#include "daemon/pipeline/output.h"
#include "daemon/pipeline/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

/* Part of the digest: raised when the same input would give other output. */
#define PROCESS_VERSION "sohoa.process/2"

enum err_code folder_add_doc(struct folder *folder, const struct input *input, const char *name,
                             struct folder_doc **out, struct err *err)
{
    struct folder_doc **docs =
        mem_resize(folder->docs, (folder->doc_count + 1) * sizeof *folder->docs);
    if (docs)
        folder->docs = docs;
    struct folder_doc *doc = docs ? folder_doc_new(input, name) : NULL;
    if (!doc)
        return err_set(err, ERR_NO_MEMORY, "documents");
    folder->docs[folder->doc_count++] = doc;
    *out = doc;
    return ERR_OK;
}

/* A folder that cannot be written to shows before hours of recognition, not after. */
static enum err_code open_out_dir(const char *path, int *out_fd, struct err *err)
{
    enum err_code code = file_make_folders(path, 0777, err);
    if (code)
        return code;
    AUTO(fd) int trial = -1;
    AUTO(fd) int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return err_set_errno(err, ERR_IO, errno, "open '%s'", path);
    code = output_create(fd, &trial, err);
    if (code)
        return err_context(err, code, "'%s'", path);
    *out_fd = TAKE_FD(fd);
    return ERR_OK;
}

/* Names that a split adds are known later; that it has at least two is known now. */
static enum err_code check_owners(const struct folder *folder, const struct input *input,
                                  struct err *err)
{
    enum err_code code = folder_check_owner(folder, input, input->name, err);
    for (int part = 1; !code && folder->options.split && part <= 2; part++) {
        AUTO(mem) char *name = mem_printf("%s-%d", input->name, part);
        code = name ? folder_check_owner(folder, input, name, err)
                    : err_set(err, ERR_NO_MEMORY, "documents");
    }
    return code;
}

enum err_code folder_new(const struct inputs *inputs, const struct folder_options *options,
                         folder_result_fn *on_result, folder_progress_fn *on_progress,
                         void *payload, struct folder **out, struct err *err)
{
    AUTO(folder) struct folder *folder = mem_alloc(sizeof *folder);
    if (!folder)
        return err_set(err, ERR_NO_MEMORY, "folder");
    *folder = (struct folder){.options = *options,
                              .out_dir = -1,
                              .on_result = on_result,
                              .on_progress = on_progress,
                              .payload = payload};
    enum err_code code = open_out_dir(options->out_dir, &folder->out_dir, err);
    for (size_t i = 0; !code && i < inputs->count; i++) {
        struct folder_doc *doc;
        code = check_owners(folder, &inputs->item[i], err);
        if (!code)
            code = folder_add_doc(folder, &inputs->item[i], inputs->item[i].name, &doc, err);
    }
    if (code)
        return code;
    *out = TAKE(folder);
    return ERR_OK;
}

void folder_free(struct folder *folder)
{
    if (!folder)
        return;
    for (size_t i = 0; i < folder->doc_count; i++)
        folder_doc_free(folder->docs[i]);
    mem_free(folder->docs);
    fd_close(folder->out_dir);
    mem_free(folder);
}

bool folder_is_done(const struct folder *folder)
{
    return folder->ended == folder->doc_count;
}

size_t folder_begun(const struct folder *folder)
{
    return folder->begun;
}

size_t folder_failed(const struct folder *folder)
{
    return folder->failed;
}

size_t folder_unread(const struct folder *folder)
{
    return folder->unread;
}

/* ---- claims -----------------------------------------------------------------------------------
 */

static enum err_code begin_images(struct folder_doc *doc, struct err *err)
{
    enum err_code code = folder_doc_insert_pages(doc, 0, doc->input->file_count, err);
    for (size_t i = 0; !code && i < doc->page_count; i++)
        doc->pages[i].path = doc->input->files[i];
    return code;
}

/* Hashes the inputs, passes over what is done already, else lays out the pages. */
static void begin_doc(struct folder *folder, struct folder_doc *doc)
{
    struct err err = ERR_INIT;
    char options[128];
    snprintf(options, sizeof options, "%s lang=%s split=%d%s", PROCESS_VERSION,
             folder->options.lang, (int)folder->options.split,
             folder->options.alto ? " alto=1" : "");
    folder->begun++;
    doc->step = DOC_READING;
    enum err_code code = input_check_names(doc->input, &err);
    if (!code)
        code = folder_doc_digest(doc, options, &err);
    if (!code && output_is_done(folder->out_dir, doc->name, doc->digest)) {
        folder_end_doc(folder, doc, FOLDER_SKIPPED, NULL);
        return;
    }
    if (!code && !doc->input->is_pdf)
        code = begin_images(doc, &err);
    if (code)
        folder_end_doc(folder, doc, FOLDER_FAILED, &err);
}

typedef enum err_code take_fn(struct folder *folder, struct folder_doc *doc, struct job *job,
                              struct err *err);
static take_fn take_import, take_page, take_understood, take_composed;

struct handled_stage {
    const char *name;
    folder_claim_fn *claim;
    take_fn *take;
};

static const struct handled_stage page_stage = {"recognize", folder_claim_page, take_page};
static const struct handled_stage document_stages[] = {
    {"import", folder_claim_import, take_import},
    {"understand", folder_claim_understand, take_understood},
    {"compose", folder_claim_compose, take_composed},
};

static const struct handled_stage *find_stage(const struct stage *stage)
{
    for (size_t i = 0; i < sizeof document_stages / sizeof *document_stages; i++)
        if (strcmp(stage->name, document_stages[i].name) == 0)
            return &document_stages[i];
    return strcmp(stage->name, page_stage.name) == 0 ? &page_stage : NULL;
}

static bool folder_offers(void *self, const struct stage *stage)
{
    (void)self;
    return find_stage(stage) != NULL;
}

static void claim_from(struct folder *folder, const struct stage *stage, size_t number,
                       struct job **out)
{
    const struct handled_stage *handled = find_stage(stage);
    struct folder_doc *doc = folder->docs[number];
    struct folder_claim claim = {stage, number, folder->out_dir, folder->options.split};
    struct err err = ERR_INIT;
    bool page = handled == &page_stage;
    if (doc->step == DOC_ENDED || (!page && doc->claimed))
        return;
    if (handled->claim(&claim, doc, out, &err))
        folder_end_doc(folder, doc, FOLDER_FAILED, &err);
    else if (!page)
        doc->claimed = *out != NULL;
}

/* Begins at most one document: hashing thousands that are done already must not hold up the loop.
 */
static void folder_claim(void *self, const struct stage *stage, job_claimed_fn *done, void *payload)
{
    struct folder *folder = self;
    struct job *job = NULL;
    for (size_t i = 0; !job && i < folder->doc_count; i++) {
        bool is_new = folder->docs[i]->step == DOC_NEW;
        if (is_new)
            begin_doc(folder, folder->docs[i]);
        claim_from(folder, stage, i, &job);
        if (is_new)
            break;
    }
    done(payload, job, NULL);
}

/* ---- results ----------------------------------------------------------------------------------
 */

static size_t known_pages(const struct folder *folder)
{
    size_t known = folder->pages_done;
    for (size_t i = 0; i < folder->doc_count; i++) {
        const struct folder_doc *doc = folder->docs[i];
        if (doc->step == DOC_NEW)
            known += doc->input->file_count;
        if (doc->step == DOC_READING && doc->to_import > doc->imported)
            known += doc->to_import - doc->imported;
        for (size_t p = 0; p < doc->page_count; p++)
            known += doc->pages[p].state != PAGE_DONE;
    }
    return known;
}

/* Imported pages wait in nameless files, not in memory. */
static enum err_code keep_file(struct folder *folder, const struct job *job, int64_t place,
                               int *out_fd, struct err *err)
{
    AUTO(fd) int fd = -1;
    if (place < 0 || (uint64_t)place >= job->result_fd_count)
        return err_set(err, ERR_BAD_MESSAGE, "an imported page without its file");
    enum err_code code = output_create(folder->out_dir, &fd, err);
    if (!code)
        code = file_copy_fd(job->result_fds[place], fd, err);
    if (!code)
        *out_fd = TAKE_FD(fd);
    return code;
}

static enum err_code keep_imported(struct folder *folder, const struct job *job,
                                   const struct js *image, struct folder_page *page,
                                   struct err *err)
{
    page->dpi = js_real_or(image, "dpi", 0);
    enum err_code code = keep_file(folder, job, js_int_or(image, "fd", -1), &page->image_fd, err);
    if (!code && js_has(image, "layer"))
        code = keep_file(folder, job, js_int_or(image, "layer", -1), &page->layer_fd, err);
    return code;
}

static enum err_code take_import(struct folder *folder, struct folder_doc *doc, struct job *job,
                                 struct err *err)
{
    const char *kind;
    int64_t pages;
    const struct js *images = js_at(job->result, "images");
    size_t count = js_count(images);
    enum err_code code = js_get_text(job->result, "kind", &kind, err);
    if (!code)
        code = js_get_int(job->result, "pages", &pages, err);
    if (!code && (count == 0 || pages < 1 || (uint64_t)pages < doc->imported + count))
        code = err_set(err, ERR_BAD_MESSAGE, "%zu pages imported of %lld", doc->imported + count,
                       (long long)pages);
    if (!code)
        code = folder_doc_insert_pages(doc, doc->page_count, count, err);
    for (size_t i = 0; !code && i < count; i++)
        code = keep_imported(folder, job, js_item(images, i), &doc->pages[doc->imported + i], err);
    if (code)
        return code;
    doc->imported += count;
    doc->to_import = (size_t)pages;
    doc->passed_through = doc->passed_through || strcmp(kind, "signed") == 0;
    doc->keep_pdf = doc->keep_pdf || doc->passed_through || strcmp(kind, "born-digital") == 0;
    doc->attempts = 0;
    return ERR_OK;
}

static size_t find_page(const struct folder_doc *doc, const struct job *job)
{
    size_t number, serial = SIZE_MAX, page = 0;
    sscanf(job->claim, "%zu/%zu", &number, &serial);
    while (page < doc->page_count && doc->pages[page].serial != serial)
        page++;
    return page;
}

/* A multi-page TIFF tells how many images it holds with its first answer. */
static enum err_code insert_images(struct folder_doc *doc, size_t p, int64_t images,
                                   struct err *err)
{
    if (images > DOCUMENT_PAGES_MAX)
        return err_set(err, ERR_TOO_LARGE, "%lld images in one file", (long long)images);
    enum err_code code = folder_doc_insert_pages(doc, p + 1, (size_t)images - 1, err);
    for (int64_t i = 1; !code && i < images; i++) {
        doc->pages[p + (size_t)i].path = doc->pages[p].path;
        doc->pages[p + (size_t)i].index = i;
    }
    return code;
}

static enum err_code take_page(struct folder *folder, struct folder_doc *doc, struct job *job,
                               struct err *err)
{
    const struct js *info;
    (void)folder;
    size_t p = find_page(doc, job);
    enum err_code code = js_get_object(job->result, "page", &info, err);
    if (!code && job->result_fd_count < 1)
        code = err_set(err, ERR_BAD_MESSAGE, "page without words");
    int64_t images = js_int_or(job->result, "images", 1);
    if (!code && images > 1 && doc->pages[p].path && doc->pages[p].index == 0)
        code = insert_images(doc, p, images, err);
    if (code)
        return code;
    struct folder_page *page = &doc->pages[p];
    const char *secret = js_text_or(job->result, "secret", NULL);
    page->info = js_copy(info);
    if (!page->info || (secret && !js_set(page->info, "secret", js_text(secret))))
        return err_set(err, ERR_NO_MEMORY, "page");
    page->words_fd = TAKE_FD(job->result_fds[0]);
    fd_close(TAKE_FD(page->layer_fd));
    page->mean_confidence = js_real_or(job->result, "mean_confidence", 0);
    page->state = PAGE_DONE;
    if (folder_doc_is_read(doc))
        doc->step = DOC_READ;
    return ERR_OK;
}

/* Without its separators one paper is read again, too: its pages have other numbers now. */
static enum err_code part_doc(struct folder *folder, struct folder_doc *doc, struct err *err)
{
    size_t parts = 0;
    doc->parted = true;
    folder_doc_drop_separators(doc);
    for (size_t p = 0; p < doc->page_count; p = folder_doc_next_start(doc, p))
        parts++;
    if (parts > 1)
        return folder_split_doc(folder, doc, parts, err);
    if (doc->separators)
        doc->step = DOC_READ;
    return ERR_OK;
}

static enum err_code take_understood(struct folder *folder, struct folder_doc *doc, struct job *job,
                                     struct err *err)
{
    js_free(TAKE(doc->understood));
    doc->understood = js_ref(job->result);
    doc->attempts = 0;
    doc->step = DOC_UNDERSTOOD;
    if (doc->keep_pdf)
        return folder_copy_doc(folder, doc, err);
    bool look = folder->options.split && !doc->parts && !doc->parted;
    return look ? part_doc(folder, doc, err) : ERR_OK;
}

static enum err_code take_composed(struct folder *folder, struct folder_doc *doc, struct job *job,
                                   struct err *err)
{
    const char *sha256;
    enum err_code code = js_get_text(job->result, "sha256", &sha256, err);
    return code ? code : folder_write_doc(folder, doc, sha256, err);
}

static struct folder_doc *find_doc(struct folder *folder, const struct job *job)
{
    size_t number = 0;
    sscanf(job->claim, "%zu/", &number);
    return folder->docs[number];
}

static void folder_complete(void *self, struct job *job, const struct stage *const *next,
                            job_claimed_fn *done, void *payload)
{
    (void)next; /* of deliveries; here are none */
    struct folder *folder = self;
    struct err err = ERR_INIT;
    const struct handled_stage *handled = find_stage(job->stage);
    struct folder_doc *doc = find_doc(folder, job);
    bool page = handled == &page_stage;
    if (!page)
        doc->claimed = false;
    /* another page of it may have failed meanwhile */
    if (doc->step != DOC_ENDED && handled->take(folder, doc, job, &err))
        folder_end_doc(folder, doc, FOLDER_FAILED, &err);
    if (page) {
        folder->pages_done++;
        folder->on_progress(folder->payload, folder->pages_done, known_pages(folder));
    }
    done(payload, NULL, NULL);
}

static void try_again(struct folder_doc *doc, struct folder_page *page)
{
    if (!page) {
        doc->attempts++;
        return;
    }
    page->attempts++;
    page->state = PAGE_WAITING;
}

static void folder_fail(void *self, struct job *job, const struct err *err, const char *ref,
                        struct retry_decision decision, job_stored_fn *done, void *payload)
{
    (void)ref;
    struct folder *folder = self;
    struct folder_doc *doc = find_doc(folder, job);
    bool is_page = find_stage(job->stage) == &page_stage;
    size_t p = is_page ? find_page(doc, job) : doc->page_count;
    struct folder_page *page = p < doc->page_count ? &doc->pages[p] : NULL;
    /* nobody waits here for a disk or a line to come back: what helps later is a failure now */
    bool again = decision.action == RETRY_AGAIN && decision.after_us == 0;
    if (!is_page)
        doc->claimed = false;
    if (doc->step != DOC_ENDED && again) {
        try_again(doc, page);
    } else if (doc->step != DOC_ENDED) {
        struct err told = *err;
        if (page && page->path)
            err_context(&told, told.code, "'%s'", page->path);
        folder_end_doc(folder, doc, FOLDER_FAILED, &told);
    }
    done(payload, NULL);
}

struct job_source folder_jobs(struct folder *folder)
{
    return (struct job_source){folder, folder_offers, folder_claim, folder_complete, folder_fail};
}
