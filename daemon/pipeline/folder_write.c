#include "daemon/pipeline/folder_inside.h"

#include "daemon/base/file.h"
#include "daemon/base/mem.h"
#include "daemon/pipeline/alto.h"
#include "daemon/pipeline/document_json.h"
#include "daemon/pipeline/output.h"
#include "daemon/pipeline/output_owner.h"
#include "daemon/pipeline/unread.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

/* How a document of `sohoa process` ends: its files, and what is told about it. */

enum err_code folder_check_owner(const struct folder *folder, const struct input *input,
                                 const char *name, struct err *err)
{
    enum err_code code = output_may_replace(folder->out_dir, folder->options.out_dir, name,
                                            input->is_pdf ? input->files[0] : NULL, err);
    if (!code && folder->options.alto)
        code = output_may_replace_alto(folder->out_dir, folder->options.out_dir, name, err);
    return code;
}

/* Numbers of the pages without text, as many as a line holds. */
static const char *name_unread(const struct folder_doc *doc, char *out, size_t size)
{
    size_t used = 0;
    for (size_t i = 0; i < doc->page_count && used + 24 < size; i++)
        if (unread_is(doc->pages[i].info))
            used += (size_t)snprintf(out + used, size - used, "%s%zu", used ? ", " : "", i + 1);
    return used ? out : NULL;
}

void folder_close_doc(struct folder *folder, struct folder_doc *doc)
{
    doc->step = DOC_ENDED;
    folder->ended++;
    folder_doc_drop_pages(doc);
    fd_close(TAKE_FD(doc->pdf_fd));
}

void folder_end_doc(struct folder *folder, struct folder_doc *doc, enum folder_outcome outcome,
                    const struct err *err)
{
    char type[OUTPUT_TYPE_SIZE], name[FOLDER_NAME_SIZE], unread[256];
    input_show_name(doc->name, name, sizeof name);
    struct folder_result result = {
        .name = name,
        .outcome = outcome,
        .type = doc->understood ? js_text_or(doc->understood, "type", NULL) : NULL,
        .pages = doc->page_count,
        .err = err,
    };
    if (outcome == FOLDER_SKIPPED) {
        output_read_done(folder->out_dir, doc->name, doc->digest, type, &result.pages);
        result.type = *type ? type : NULL;
    }
    if (outcome == FOLDER_WRITTEN)
        result.unread = name_unread(doc, unread, sizeof unread);
    folder->failed += outcome == FOLDER_FAILED;
    folder->unread += result.unread != NULL;
    folder->on_result(folder->payload, &result);
    folder_close_doc(folder, doc);
}

/* Its hash in the JSON says that it belongs to the result. */
static enum err_code write_alto(struct folder *folder, const struct folder_doc *doc,
                                const struct document_page *pages, struct js *json, struct err *err)
{
    const char *first = doc->input->files[0], *slash = strrchr(first, '/');
    const char *source = doc->input->file_count > 1 ? doc->name : slash ? slash + 1 : first;
    char sha256[HASH_HEX_SIZE];
    AUTO(mem) char *text = NULL;
    enum err_code code =
        alto_write(source, folder->options.lang, pages, doc->page_count, &text, err);
    if (code)
        return code;
    hash_bytes(text, strlen(text), sha256);
    if (!js_set(json, "alto_sha256", js_text(sha256)))
        return err_set(err, ERR_NO_MEMORY, "document JSON");
    return output_put_alto(folder->out_dir, doc->name, text, err);
}

enum err_code folder_write_doc(struct folder *folder, struct folder_doc *doc,
                               const char *pdf_sha256, struct err *err)
{
    AUTO(mem) struct document_page *pages = mem_array(doc->page_count, sizeof *pages);
    if (!pages)
        return err_set(err, ERR_NO_MEMORY, "pages");
    for (size_t i = 0; i < doc->page_count; i++)
        pages[i] = (struct document_page){doc->pages[i].info, doc->pages[i].words_fd,
                                          doc->pages[i].mean_confidence};
    struct document_source source = {(const char *const *)doc->input->files,
                                     doc->input->file_count,
                                     doc->digest,
                                     pdf_sha256,
                                     doc->passed_through,
                                     doc->part,
                                     doc->parts,
                                     doc->separators};
    AUTO(js) struct js *json = NULL;
    enum err_code code =
        document_json(&source, doc->understood, pages, doc->page_count, &json, err);
    if (!code) /* hours may have passed */
        code = folder_check_owner(folder, doc->input, doc->name, err);
    if (!code && folder->options.alto)
        code = write_alto(folder, doc, pages, json, err);
    if (!code)
        code = output_publish(folder->out_dir, doc->name, doc->pdf_fd, json, err);
    if (!code)
        folder_end_doc(folder, doc, FOLDER_WRITTEN, NULL);
    return code;
}

/* Signed and born-digital PDFs stay as they came, byte for byte. */
enum err_code folder_copy_doc(struct folder *folder, struct folder_doc *doc, struct err *err)
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
    return code ? code : folder_write_doc(folder, doc, sha256, err);
}
