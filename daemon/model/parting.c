#include "daemon/model/parting.h"

#include "daemon/base/text.h"

#include <stdio.h>
#include <string.h>

static const char *const separator_names[] = {"none", "patch", "code", "blank"};
static const char *const split_names[] = {"off", "propose", "sure"};

const struct parting parting_of_pile = {
    .takes = {[SEPARATOR_PATCH] = true, [SEPARATOR_CODE] = true}, .split = SPLIT_SURE};

const char *separator_name(enum separator separator)
{
    return separator_names[separator];
}

enum separator separator_from_name(const char *name)
{
    for (int kind = SEPARATOR_PATCH; kind < SEPARATOR_KINDS; kind++)
        if (strcmp(name, separator_names[kind]) == 0)
            return (enum separator)kind;
    return SEPARATOR_NONE;
}

const char *parting_split_name(enum parting_split split)
{
    return split_names[split];
}

/* 2 parts documents, 3 batches, T either; 1, 4 and 6 speak to the scanner. */
static bool is_patch(const struct page_code *code)
{
    if (strcmp(code->kind, PATCH_KIND) == 0)
        return strlen(code->text) == 1 && strchr("23T", code->text[0]);
    return strcmp(code->text, "PATCHT") == 0;
}

static bool is_own(const struct page_code *code, const char **out_dossier_code)
{
    size_t size = strlen(SEPARATOR_TEXT);
    if (!text_starts(code->text, SEPARATOR_TEXT) || (code->text[size] && code->text[size] != ';'))
        return false;
    if (out_dossier_code && code->text[size])
        *out_dossier_code = code->text + size + 1;
    return true;
}

enum separator separator_of_codes(const struct page_info *info, const char **out_dossier_code)
{
    enum separator found = SEPARATOR_NONE;
    if (out_dossier_code)
        *out_dossier_code = NULL;
    for (size_t i = 0; i < info->code_count; i++) {
        if (is_own(&info->codes[i], out_dossier_code))
            return SEPARATOR_CODE;
        if (is_patch(&info->codes[i]))
            found = SEPARATOR_PATCH;
    }
    return found;
}

static enum err_code read_separators(const char *text, struct parting *out, struct err *err)
{
    bool takes[SEPARATOR_KINDS] = {false};
    char name[8];
    bool none = strcmp(text, separator_names[SEPARATOR_NONE]) == 0;
    for (const char *at = text; !none && at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
        snprintf(name, sizeof name, "%.*s", (int)strcspn(at, ","), at);
        enum separator kind = separator_from_name(name);
        if (kind == SEPARATOR_NONE)
            return err_set(err, ERR_BAD_ARGUMENT,
                           "'separators' is none, or some of patch,code,blank");
        takes[kind] = true;
    }
    memcpy(out->takes, takes, sizeof takes);
    return ERR_OK;
}

static enum err_code read_split(const char *text, struct parting *out, struct err *err)
{
    for (int split = SPLIT_OFF; split <= SPLIT_SURE; split++)
        if (strcmp(text, split_names[split]) == 0) {
            out->split = (enum parting_split)split;
            return ERR_OK;
        }
    return err_set(err, ERR_BAD_ARGUMENT, "'split' is not off, propose or sure");
}

enum err_code parting_read(const char *separators, const char *split, struct parting *out,
                           struct err *err)
{
    struct parting read = *out;
    enum err_code code = separators ? read_separators(separators, &read, err) : ERR_OK;
    if (!code && split)
        code = read_split(split, &read, err);
    if (!code)
        *out = read;
    return code;
}

void parting_separators(const struct parting *parting, char out[SEPARATORS_SIZE])
{
    size_t size = 0;
    for (int kind = SEPARATOR_PATCH; kind < SEPARATOR_KINDS; kind++)
        if (parting->takes[kind])
            size += (size_t)snprintf(out + size, SEPARATORS_SIZE - size, "%s%s", size ? "," : "",
                                     separator_names[kind]);
    if (!size)
        snprintf(out, SEPARATORS_SIZE, "none");
}
