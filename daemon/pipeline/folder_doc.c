#include "daemon/pipeline/folder_doc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

struct folder_doc *folder_doc_new(const struct input *input, const char *name)
{
    struct folder_doc *doc = mem_alloc(sizeof *doc);
    if (!doc)
        return NULL;
    *doc = (struct folder_doc){.input = input, .name = mem_strdup(name), .pdf_fd = -1};
    if (doc->name)
        return doc;
    mem_free(doc);
    return NULL;
}

static void free_page(struct folder_page *page)
{
    fd_close(page->image_fd);
    fd_close(page->layer_fd);
    fd_close(page->words_fd);
    js_free(page->info);
}

void folder_doc_drop_pages(struct folder_doc *doc)
{
    for (size_t i = 0; i < doc->page_count; i++)
        free_page(&doc->pages[i]);
    mem_free(TAKE(doc->pages));
    doc->page_count = 0;
}

void folder_doc_free(struct folder_doc *doc)
{
    if (!doc)
        return;
    folder_doc_drop_pages(doc);
    fd_close(doc->pdf_fd);
    js_free(doc->understood);
    mem_free(doc->name);
    mem_free(doc);
}

enum err_code folder_doc_insert_pages(struct folder_doc *doc, size_t at, size_t count,
                                      struct err *err)
{
    if (count > DOCUMENT_PAGES_MAX - doc->page_count)
        return err_set(err, ERR_TOO_LARGE, "more than %d pages in one document",
                       DOCUMENT_PAGES_MAX);
    struct folder_page *pages =
        mem_resize(doc->pages, (doc->page_count + count) * sizeof *doc->pages);
    if (!pages)
        return err_set(err, ERR_NO_MEMORY, "pages");
    doc->pages = pages;
    memmove(pages + at + count, pages + at, (doc->page_count - at) * sizeof *pages);
    doc->page_count += count;
    for (size_t i = at; i < at + count; i++)
        pages[i] = (struct folder_page){
            .serial = doc->serials++, .image_fd = -1, .layer_fd = -1, .words_fd = -1};
    return ERR_OK;
}

AUTO_DEFINE(hash, struct hash *, hash_free);

enum err_code folder_doc_digest(struct folder_doc *doc, const char *options, struct err *err)
{
    AUTO(hash) struct hash *all = hash_new();
    if (!all)
        return err_set(err, ERR_NO_MEMORY, "digest");
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

static bool is_separator(const struct folder_doc *doc, size_t page)
{
    return js_has(js_item(js_at(doc->understood, "pages"), page), "separator");
}

void folder_doc_drop_separators(struct folder_doc *doc)
{
    AUTO(js) struct js *understood = js_array();
    size_t kept = 0;
    for (size_t i = 0; i < doc->page_count; i++)
        if (!is_separator(doc, i) &&
            !js_push(understood, js_ref(js_item(js_at(doc->understood, "pages"), i))))
            return;
    if (js_count(understood) == 0 || js_count(understood) == doc->page_count)
        return;
    for (size_t i = 0; i < doc->page_count; i++)
        if (is_separator(doc, i))
            free_page(&doc->pages[i]);
        else
            doc->pages[kept++] = doc->pages[i];
    doc->separators = doc->page_count - kept;
    doc->page_count = kept;
    js_free(TAKE(doc->understood));
    doc->understood = js_pack("{s:O}", "pages", understood);
}

bool folder_doc_wants_import(const struct folder_doc *doc)
{
    return doc->step == DOC_READING && doc->input->is_pdf && !doc->parts &&
           (doc->to_import == 0 || doc->imported < doc->to_import);
}

size_t folder_doc_waiting_page(const struct folder_doc *doc)
{
    size_t page = 0;
    while (page < doc->page_count && doc->pages[page].state != PAGE_WAITING)
        page++;
    return page;
}

bool folder_doc_is_read(const struct folder_doc *doc)
{
    for (size_t i = 0; i < doc->page_count; i++)
        if (doc->pages[i].state != PAGE_DONE)
            return false;
    return !folder_doc_wants_import(doc);
}

size_t folder_doc_next_start(const struct folder_doc *doc, size_t from)
{
    for (size_t i = from + 1; i < doc->page_count; i++) {
        char path[64];
        snprintf(path, sizeof path, "pages[%zu].starts_document.value", i);
        if (js_bool_or(doc->understood, path, false))
            return i;
    }
    return doc->page_count;
}
