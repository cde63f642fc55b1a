#include "daemon/pipeline/folder_inside.h"

#include "daemon/base/mem.h"

#include <string.h>

/* A document of `sohoa process` that turns out to be several papers. */

static enum err_code refuse_taken_name(const struct folder *folder, const struct input *input,
                                       const char *name, struct err *err)
{
    AUTO(mem) char *wanted = input_fold_name(name);
    for (size_t i = 0; i < folder->doc_count; i++) {
        AUTO(mem) char *taken = input_fold_name(folder->docs[i]->name);
        if (!wanted || !taken)
            return err_set(err, ERR_NO_MEMORY, "part of a document");
        if (strcmp(taken, wanted) == 0)
            return err_set(err, ERR_USAGE,
                           "a part would be written as '%s', which is another document", name);
    }
    return folder_check_owner(folder, input, name, err);
}

/* Makes the parts first: pages move once nothing can fail any more. */
static enum err_code add_parts(struct folder *folder, struct folder_doc *doc, size_t parts,
                               struct err *err)
{
    enum err_code code = ERR_OK;
    size_t from = 0;
    for (size_t part = 1; !code && part <= parts; part++) {
        struct folder_doc *piece = NULL;
        size_t to = folder_doc_next_start(doc, from);
        AUTO(mem) char *name = mem_printf("%s-%zu", doc->name, part);
        code = name ? refuse_taken_name(folder, doc->input, name, err)
                    : err_set(err, ERR_NO_MEMORY, "part of a document");
        if (!code)
            code = folder_add_doc(folder, doc->input, name, &piece, err);
        if (!code)
            code = folder_doc_insert_pages(piece, 0, to - from, err);
        from = to;
    }
    return code;
}

enum err_code folder_split_doc(struct folder *folder, struct folder_doc *doc, size_t parts,
                               struct err *err)
{
    size_t before = folder->doc_count;
    enum err_code code = add_parts(folder, doc, parts, err);
    if (code) {
        while (folder->doc_count > before)
            folder_doc_free(folder->docs[--folder->doc_count]);
        return code;
    }
    struct folder_page *next = doc->pages;
    for (size_t part = 1; part <= parts; part++) {
        struct folder_doc *piece = folder->docs[before + part - 1];
        memcpy(piece->pages, next, piece->page_count * sizeof *next);
        memcpy(piece->digest, doc->digest, sizeof piece->digest);
        piece->part = part;
        piece->parts = parts;
        piece->separators = doc->separators;
        piece->step = DOC_READ;
        next += piece->page_count;
    }
    doc->page_count = 0; /* moved */
    folder->begun += parts;
    folder_close_doc(folder, doc); /* its parts report for it */
    return ERR_OK;
}
