#include "ocr/extract/templates.h"

#include "daemon/base/js.h"
#include "daemon/base/text.h"
#include "ocr/templates/embedded.h"

#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILES_MAX 200
#define LIST_MAX 200

struct file {
    char *name; /* "decision.json" */
    struct js *value;
};

struct templates {
    struct file file[FILES_MAX];
    size_t file_count;
    struct template *item;
    size_t count;
    struct class_rule *class_rule;
    size_t class_rule_count;
    const char **kind;
    size_t kind_count;
    struct syllables *syllables;
    struct type_model shipped_model, model;
    const char *const *fields[DOC_TYPE_COUNT], *const *mandatory[DOC_TYPE_COUNT];
    void **owned; /* every list and text made while loading */
    size_t owned_count, owned_capacity;
};

/* Where in which file the reader is, for its error messages. */
struct place {
    struct templates *templates;
    const struct file *file;
    struct err *err;
};

static const char *const find_names[] = {
    [FIND_NUMBER] = "number",     [FIND_DATE] = "date",       [FIND_PLACE] = "place",
    [FIND_ISSUER] = "issuer",     [FIND_NAME] = "name",       [FIND_TITLE] = "title",
    [FIND_ABSTRACT] = "abstract", [FIND_SUBJECT] = "subject", [FIND_SIGNER] = "signer",
    [FIND_LABEL] = "label",       [FIND_OPENING] = "opening", [FIND_CLOSING] = "closing",
    [FIND_VALIDITY] = "validity", [FIND_CODE] = "code",       [FIND_SIGNING] = "signing",
};
static const char *const parser_names[] = {
    [PARSE_TEXT] = "text",
    [PARSE_NAME] = "name",
    [PARSE_DATE] = "date",
    [PARSE_ID] = "id",
    [PARSE_AGENCY] = "agency",
    [PARSE_DOSSIER_CODE] = "dossier-code",
    [PARSE_PROCEDURE_CODE] = "procedure-code",
};
static const char *const presence_names[] = {
    [PRESENCE_MANDATORY] = "mandatory",
    [PRESENCE_ASKED] = "asked",
    [PRESENCE_OPTIONAL] = "optional",
};

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static enum err_code no_memory(struct err *err)
{
    return err_set(err, ERR_NO_MEMORY, "templates");
}

static enum err_code bad(const struct place *at, const char *path, const char *what)
{
    return err_set(at->err, ERR_TEMPLATE_BAD, "%s: '%s' %s", at->file->name, path, what);
}

/* Hands `block` to the templates; NULL in, NULL out; freed at once when there is no room. */
static void *own(struct templates *templates, void *block)
{
    if (!block)
        return NULL;
    if (templates->owned_count == templates->owned_capacity) {
        size_t capacity = templates->owned_capacity ? templates->owned_capacity * 2 : 256;
        void **more = mem_resize(templates->owned, capacity * sizeof *more);
        if (!more) {
            mem_free(block);
            return NULL;
        }
        templates->owned = more;
        templates->owned_capacity = capacity;
    }
    return templates->owned[templates->owned_count++] = block;
}

static char *make_key(const char *text)
{
    char *key = text_fold(text);
    size_t used = 0;
    for (char *c = key; c && *c; c++)
        if ((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9'))
            key[used++] = *c;
    if (key)
        key[used] = 0;
    return key;
}

/* A list of texts, each as its key or as it is; NULL-terminated. */
static enum err_code read_texts(const struct place *at, const struct js *root, const char *key,
                                bool folded, const char *const **out, size_t *out_count)
{
    const struct js *list = js_at(root, key);
    size_t count = js_is_null(list) ? 0 : js_count(list);
    if (!js_is_null(list) && (!js_is_array(list) || count > LIST_MAX))
        return bad(at, key, "is not a list of at most 200 texts");
    const char **texts = own(at->templates, mem_array(count + 1, sizeof *texts));
    if (!texts)
        return no_memory(at->err);
    for (size_t i = 0; i < count; i++) {
        const struct js *item = js_item(list, i);
        if (!js_is_text(item))
            return bad(at, key, "holds something that is not text");
        const char *text = js_text_or(item, "", "");
        texts[i] = own(at->templates, folded ? make_key(text) : mem_strdup(text));
        if (!texts[i])
            return no_memory(at->err);
        if (!*texts[i])
            return bad(at, key, "holds a text without letters");
    }
    *out = texts;
    *out_count = count;
    return ERR_OK;
}

static int find_word(const char *const *words, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i], word) == 0)
            return (int)i;
    return -1;
}

/* One word out of a list; missing gives `fallback`. */
static enum err_code read_word(const struct place *at, const struct js *rule, const char *path,
                               const char *key, const char *const *words, size_t count,
                               const char *fallback, int *out)
{
    const char *word = js_has(rule, key) ? js_text_or(rule, key, "") : fallback;
    *out = find_word(words, count, word);
    if (*out >= 0)
        return ERR_OK;
    return err_set(at->err, ERR_TEMPLATE_BAD, "%s: '%s.%s' is '%s', none of its known words",
                   at->file->name, path, key, word);
}

static enum err_code read_zone(const struct place *at, const struct js *rule, const char *path,
                               struct field_rule *out)
{
    if (!js_has(rule, "zone_mm"))
        return ERR_OK;
    if (rect_from_js(rule, "zone_mm", &out->zone, NULL) || out->zone.w <= 0 || out->zone.h <= 0)
        return err_set(at->err, ERR_TEMPLATE_BAD, "%s: '%s.zone_mm' is not [x, y, width, height]",
                       at->file->name, path);
    out->has_zone = true;
    return ERR_OK;
}

static enum err_code read_rule(const struct place *at, const char *key, const struct js *rule,
                               struct field_rule *out);

/* Another way where the first finds nothing. */
static enum err_code read_otherwise(const struct place *at, const char *key, const struct js *rule,
                                    struct field_rule *out)
{
    if (!js_has(rule, "or"))
        return ERR_OK;
    struct field_rule *otherwise = own(at->templates, mem_alloc(sizeof *otherwise));
    if (!otherwise)
        return no_memory(at->err);
    enum err_code code = read_rule(at, key, js_at(rule, "or"), otherwise);
    otherwise->presence = out->presence;
    out->otherwise = otherwise;
    return code;
}

static enum err_code read_rule(const struct place *at, const char *key, const struct js *rule,
                               struct field_rule *out)
{
    char path[80];
    snprintf(path, sizeof path, "fields.%.60s", key);
    enum field_name field = field_from_key(key);
    if (field == FIELD_COUNT)
        return bad(at, path, "is no field name");
    if (!js_is_object(rule))
        return bad(at, path, "is not an object");
    int find = 0, parser = 0, presence = 0;
    enum err_code code =
        read_word(at, rule, path, "find", find_names, COUNT_OF(find_names), "", &find);
    if (!code)
        code = read_word(at, rule, path, "parser", parser_names, COUNT_OF(parser_names), "text",
                         &parser);
    if (!code)
        code = read_word(at, rule, path, "presence", presence_names, COUNT_OF(presence_names),
                         "asked", &presence);
    *out = (struct field_rule){.field = field,
                               .find = (enum find)find,
                               .parser = (enum parser)parser,
                               .presence = (enum presence)presence,
                               .always_ask = js_bool_or(rule, "always_ask", false)};
    if (!code)
        code = read_zone(at, rule, path, out);
    if (!code)
        code = read_texts(at, rule, "labels", true, &out->label, &out->label_count);
    if (!code)
        code = read_texts(at, rule, "before", true, &out->before, &out->before_count);
    if (!code)
        code = read_texts(at, rule, "ask_below", true, &out->ask_below, &out->ask_below_count);
    if (!code)
        code =
            read_texts(at, rule, "print_below", true, &out->print_below, &out->print_below_count);
    if (!code && out->find == FIND_LABEL && out->label_count == 0)
        return bad(at, path, "is found by label and has no labels");
    return code ? code : read_otherwise(at, key, rule, out);
}

static struct field_rule *rule_of(struct template *template, enum field_name field)
{
    for (size_t i = 0; i < template->rule_count; i++)
        if (template->rule[i].field == field)
            return &template->rule[i];
    return &template->rule[template->rule_count++];
}

/* Later fields take the place of earlier ones of the same name (a template over what it includes).
 */
static enum err_code read_rules(const struct place *at, struct template *out)
{
    const struct js *fields = js_at(at->file->value, "fields");
    if (!js_is_object(fields))
        return bad(at, "fields", "is missing or not an object");
    for (void *it = js_iter(fields); it; it = js_iter_next(fields, it)) {
        struct field_rule rule;
        enum err_code code = read_rule(at, js_iter_key(it), js_iter_value(it), &rule);
        if (code)
            return code;
        *rule_of(out, rule.field) = rule;
    }
    return ERR_OK;
}

static const struct file *find_file(const struct templates *templates, const char *name)
{
    for (size_t i = 0; i < templates->file_count; i++) {
        const char *dot = strrchr(templates->file[i].name, '.');
        size_t size = (size_t)(dot - templates->file[i].name);
        if (strlen(name) == size && strncmp(templates->file[i].name, name, size) == 0)
            return &templates->file[i];
    }
    return NULL;
}

static enum err_code read_included(const struct place *at, struct template *out)
{
    if (!js_has(at->file->value, "include"))
        return ERR_OK;
    const char *name = js_text_or(at->file->value, "include", "");
    const struct file *file = find_file(at->templates, name);
    if (!file)
        return err_set(at->err, ERR_TEMPLATE_BAD, "%s: 'include' names '%s', which is not there",
                       at->file->name, name);
    struct place there = {at->templates, file, at->err};
    return read_rules(&there, out);
}

static enum err_code read_without(const struct place *at, struct template *out)
{
    const char *const *names;
    size_t count;
    enum err_code code = read_texts(at, at->file->value, "without", false, &names, &count);
    for (size_t i = 0; !code && i < count; i++) {
        enum field_name field = field_from_key(names[i]);
        if (field == FIELD_COUNT)
            return bad(at, "without", "holds something that is no field name");
        size_t kept = 0;
        for (size_t k = 0; k < out->rule_count; k++)
            if (out->rule[k].field != field)
                out->rule[kept++] = out->rule[k];
        out->rule_count = kept;
    }
    return code;
}

static enum err_code read_titles(const struct place *at, const struct js *root, bool prefix,
                                 struct class_rule *out)
{
    const char *const *keys;
    size_t count;
    enum err_code code = read_texts(at, root, "titles", true, &keys, &count);
    if (code)
        return code;
    struct title_rule *titles = own(at->templates, mem_array(count + 1, sizeof *titles));
    if (!titles)
        return no_memory(at->err);
    for (size_t i = 0; i < count; i++)
        titles[i] = (struct title_rule){keys[i], prefix};
    out->title = titles;
    out->title_count = count;
    return ERR_OK;
}

static enum err_code read_class(const struct place *at, struct class_rule *out)
{
    const struct js *value = at->file->value;
    enum err_code code = read_titles(at, value, js_bool_or(value, "title_may_go_on", false), out);
    if (!code)
        code = read_texts(at, value, "symbols", false, &out->symbol, &out->symbol_count);
    if (!code)
        code = read_texts(at, value, "wording", true, &out->wording, &out->wording_count);
    out->is_letter = js_bool_or(value, "letter", false);
    return code;
}

static enum err_code read_template(const struct place *at, struct template *out,
                                   struct class_rule *out_class)
{
    const struct js *value = at->file->value;
    const char *slug = js_text_or(value, "type", "");
    out->type = out_class->type = doc_type_from_slug(slug);
    if (out->type == DOC_TYPE_unknown && strcmp(slug, "unknown") != 0)
        return bad(at, "type", "is no document type");
    if (!*js_text_or(value, "name", ""))
        return bad(at, "name", "is missing or not text");
    out->name = js_text_or(value, "name", "");
    enum err_code code = read_included(at, out);
    if (!code)
        code = read_rules(at, out);
    if (!code)
        code = read_without(at, out);
    if (!code)
        code = read_texts(at, value, "stops", true, &out->stop, &out->stop_count);
    if (!code)
        code = read_class(at, out_class);
    bool recognisable =
        out_class->title_count || out_class->is_letter || out->type == DOC_TYPE_unknown;
    return code || recognisable ? code : bad(at, "titles", "is missing or empty");
}

/* A kind that has no type of its own is told apart, too, so that it is not taken for another. */
static enum err_code read_kind(const struct place *at, const struct js *row, size_t index,
                               struct templates *out)
{
    char path[32];
    snprintf(path, sizeof path, "kinds[%zu]", index);
    const char *abbr = js_text_or(row, "abbr", ""), *name = js_text_or(row, "name", "");
    if (!*abbr || !*name)
        return bad(at, path, "needs 'abbr' and 'name'");
    out->kind[out->kind_count++] = abbr;
    if (!js_has(row, "titles"))
        return ERR_OK;
    const char **symbol = own(out, mem_array(2, sizeof *symbol));
    if (!symbol)
        return no_memory(at->err);
    symbol[0] = abbr;
    struct class_rule *rule = &out->class_rule[out->class_rule_count++];
    *rule = (struct class_rule){.type = DOC_TYPE_unknown,
                                .kind_abbr = abbr,
                                .kind_name = name,
                                .symbol = symbol,
                                .symbol_count = 1};
    return read_titles(at, row, true, rule);
}

/* No number has its name in it; the title says all. */
static enum err_code read_form(const struct place *at, const struct js *row, size_t index,
                               struct templates *out)
{
    char path[32];
    snprintf(path, sizeof path, "forms[%zu]", index);
    const char *abbr = js_text_or(row, "abbr", ""), *name = js_text_or(row, "name", "");
    if (!*abbr || !*name || !js_has(row, "titles"))
        return bad(at, path, "needs 'abbr', 'name' and 'titles'");
    struct class_rule *rule = &out->class_rule[out->class_rule_count++];
    *rule = (struct class_rule){
        .type = DOC_TYPE_unknown, .kind_abbr = abbr, .kind_name = name, .is_form = true};
    return read_titles(at, row, false, rule);
}

static enum err_code read_forms(const struct place *at, const struct js *list,
                                struct templates *out)
{
    enum err_code code = ERR_OK;
    for (size_t i = 0; !code && i < js_count(list); i++)
        code = read_form(at, js_item(list, i), i, out);
    return code;
}

static enum err_code read_kinds(struct templates *out, struct err *err)
{
    const struct file *file = find_file(out, "kinds");
    if (!file)
        return err_set(err, ERR_TEMPLATE_BAD, "kinds.json: is missing");
    struct place at = {out, file, err};
    const struct js *list = js_at(file->value, "kinds");
    const struct js *forms = js_at(file->value, "forms");
    if (!js_is_array(list) || js_count(list) + js_count(forms) > LIST_MAX)
        return bad(&at, "kinds", "is not a list of at most 200, forms counted in");
    out->kind = mem_array(js_count(list) + 1, sizeof *out->kind);
    out->class_rule =
        mem_array(js_count(list) + js_count(forms) + out->file_count, sizeof *out->class_rule);
    if (!out->kind || !out->class_rule)
        return no_memory(err);
    for (size_t i = 0; i < js_count(list); i++) {
        enum err_code code = read_kind(&at, js_item(list, i), i, out);
        if (code)
            return code;
    }
    return read_forms(&at, forms, out);
}

static enum err_code explain(const char *name, const struct err *cause, struct err *err)
{
    if (cause->code == ERR_NO_MEMORY)
        return no_memory(err);
    return err_set(err, ERR_TEMPLATE_BAD, "%s: %s", name, cause->detail);
}

static enum err_code read_syllables(struct templates *out, struct err *err)
{
    const struct file *file = find_file(out, "syllables");
    struct err cause = ERR_INIT;
    if (!file)
        return err_set(err, ERR_TEMPLATE_BAD, "syllables.json: is missing");
    if (syllables_make(file->value, &out->syllables, &cause))
        return explain(file->name, &cause, err);
    return ERR_OK;
}

static enum err_code list_fields(struct templates *out, const struct template *template,
                                 struct err *err)
{
    const char **all = own(out, mem_array(FIELD_COUNT + 1, sizeof *all));
    const char **must = own(out, mem_array(FIELD_COUNT + 1, sizeof *must));
    if (!all || !must)
        return no_memory(err);
    size_t all_count = 0, must_count = 0;
    for (int field = 0; field < FIELD_COUNT; field++)
        for (size_t i = 0; i < template->rule_count; i++) {
            if ((int)template->rule[i].field != field)
                continue;
            all[all_count++] = field_key((enum field_name)field);
            if (template->rule[i].presence == PRESENCE_MANDATORY)
                must[must_count++] = field_key((enum field_name)field);
        }
    out->fields[template->type] = all;
    out->mandatory[template->type] = must;
    return ERR_OK;
}

static enum err_code read_templates(struct templates *out, struct err *err)
{
    out->item = mem_array(out->file_count + 1, sizeof *out->item);
    if (!out->item)
        return no_memory(err);
    for (size_t i = 0; i < out->file_count; i++) {
        struct place at = {out, &out->file[i], err};
        if (!js_has(at.file->value, "type"))
            continue;
        struct template *template = &out->item[out->count];
        struct class_rule *rule = &out->class_rule[out->class_rule_count];
        enum err_code code = read_template(&at, template, rule);
        if (code)
            return code;
        if (out->fields[template->type])
            return bad(&at, "type", "has another template already");
        code = list_fields(out, template, err);
        if (code)
            return code;
        out->count++;
        out->class_rule_count += template->type != DOC_TYPE_unknown;
    }
    if (!out->fields[DOC_TYPE_unknown])
        return err_set(err, ERR_TEMPLATE_BAD, "unknown.json: is missing");
    return ERR_OK;
}

static enum err_code keep_file(struct templates *out, const char *name, struct js *value,
                               struct err *err)
{
    if (out->file_count == FILES_MAX) {
        js_free(value);
        return err_set(err, ERR_TEMPLATE_BAD, "%s: more than %d templates", name, FILES_MAX);
    }
    struct file *file = &out->file[out->file_count++];
    file->value = value;
    file->name = mem_strdup(name);
    return file->name ? ERR_OK : no_memory(err);
}

/* required.json is made from the templates, for other programs. */
static bool is_template_name(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot && name[0] != '.' && strcmp(dot, ".json") == 0 && strcmp(name, "required.json") != 0;
}

static enum err_code read_embedded(struct templates *out, struct err *err)
{
    for (size_t i = 0; i < embedded_template_count; i++) {
        const struct embedded_template *file = &embedded_templates[i];
        struct js *value = NULL;
        struct err cause = ERR_INIT;
        if (!is_template_name(file->name))
            continue;
        if (js_parse(file->bytes, file->size, &value, &cause))
            return explain(file->name, &cause, err);
        enum err_code code = keep_file(out, file->name, value, err);
        if (code)
            return code;
    }
    return ERR_OK;
}

static enum err_code read_folder(const char *folder, struct templates *out, struct err *err)
{
    DIR *dir = opendir(folder);
    if (!dir)
        return err_set_errno(err, ERR_TEMPLATE_BAD, errno, "%s", folder);
    enum err_code code = ERR_OK;
    for (struct dirent *entry; !code && (entry = readdir(dir));) {
        struct js *value = NULL;
        struct err cause = ERR_INIT;
        if (!is_template_name(entry->d_name))
            continue;
        AUTO(mem)
        char *path = mem_printf("%s/%s", folder, entry->d_name);
        if (!path)
            code = no_memory(err);
        else if (js_read_file(path, &value, &cause))
            code = explain(entry->d_name, &cause, err);
        else
            code = keep_file(out, entry->d_name, value, err);
    }
    closedir(dir);
    return code;
}

static int compare_files(const void *a, const void *b)
{
    return strcmp(((const struct file *)a)->name, ((const struct file *)b)->name);
}

/* What the files say. */
static enum err_code read_files(struct templates *made, struct err *err)
{
    qsort(made->file, made->file_count, sizeof *made->file, compare_files);
    enum err_code code = read_kinds(made, err);
    if (!code)
        code = read_syllables(made, err);
    if (!code)
        code = read_templates(made, err);
    if (!code)
        code =
            type_model_open(type_model_shipped, type_model_shipped_size, &made->shipped_model, err);
    made->model = made->shipped_model;
    return code;
}

enum err_code templates_load(const char *folder, struct templates **out, struct err *err)
{
    AUTO(templates)
    struct templates *made = mem_alloc(sizeof *made);
    if (!made)
        return no_memory(err);
    enum err_code code = folder ? read_folder(folder, made, err) : read_embedded(made, err);
    if (!code)
        code = read_files(made, err);
    if (code)
        return code;
    *out = TAKE(made);
    return ERR_OK;
}

/* ---- a site's own ---- */

static enum err_code replace_file(struct templates *made, const struct js *value, struct err *err)
{
    char name[60];
    snprintf(name, sizeof name, "%s.json", js_text_or(value, "type", ""));
    for (size_t i = 0; i < made->file_count; i++) {
        struct file *file = &made->file[i];
        if (strcmp(file->name, name) != 0 || !js_has(file->value, "type"))
            continue;
        js_free(file->value);
        file->value = js_ref(value);
        return ERR_OK;
    }
    return err_set(err, ERR_TEMPLATE_BAD, "'type' is none that has a template");
}

static enum err_code check_fields(const struct templates *made, const struct templates *compiled,
                                  enum doc_type type, struct err *err)
{
    for (const char *const *field = made->fields[type]; *field; field++) {
        const char *const *known = compiled->fields[type];
        while (*known && strcmp(*known, *field) != 0)
            known++;
        if (!*known)
            return err_set(err, ERR_TEMPLATE_BAD, "%s.json: 'fields.%s' is no field of this type",
                           doc_type_slug(type), *field);
    }
    return ERR_OK;
}

enum err_code templates_load_over(const struct js *local, struct templates **out, struct err *err)
{
    AUTO(templates) struct templates *compiled = NULL;
    AUTO(templates) struct templates *made = mem_alloc(sizeof *made);
    if (!made)
        return no_memory(err);
    enum err_code code = templates_load(NULL, &compiled, err);
    if (!code)
        code = read_embedded(made, err);
    for (size_t i = 0; !code && i < js_count(local); i++)
        code = replace_file(made, js_item(local, i), err);
    if (!code)
        code = read_files(made, err);
    for (size_t i = 0; !code && i < made->count; i++)
        code = check_fields(made, compiled, made->item[i].type, err);
    if (code)
        return code;
    *out = TAKE(made);
    return ERR_OK;
}

void templates_free(struct templates *templates)
{
    if (!templates)
        return;
    for (size_t i = 0; i < templates->file_count; i++) {
        mem_free(templates->file[i].name);
        js_free(templates->file[i].value);
    }
    for (size_t i = 0; i < templates->owned_count; i++)
        mem_free(templates->owned[i]);
    mem_free(templates->owned);
    mem_free(templates->item);
    mem_free(templates->class_rule);
    mem_free(templates->kind);
    syllables_free(templates->syllables);
    mem_free(templates);
}

static enum doc_type type_with_template(const struct templates *templates, enum doc_type type)
{
    return templates->fields[type] ? type : DOC_TYPE_unknown;
}

static bool slug_is_type(const char *slug)
{
    return doc_type_from_slug(slug) != DOC_TYPE_unknown || strcmp(slug, "unknown") == 0;
}

const char *const *template_fields(const struct templates *templates, const char *type)
{
    if (!slug_is_type(type))
        return NULL;
    return templates->fields[type_with_template(templates, doc_type_from_slug(type))];
}

const char *const *template_mandatory(const struct templates *templates, const char *type)
{
    if (!slug_is_type(type))
        return NULL;
    return templates->mandatory[type_with_template(templates, doc_type_from_slug(type))];
}

const struct template *templates_find(const struct templates *templates, enum doc_type type)
{
    enum doc_type wanted = type_with_template(templates, type);
    for (size_t i = 0; i < templates->count; i++)
        if (templates->item[i].type == wanted)
            return &templates->item[i];
    return &templates->item[0];
}

const struct class_rule *templates_class_rules(const struct templates *templates, size_t *out_count)
{
    *out_count = templates->class_rule_count;
    return templates->class_rule;
}

const char *const *templates_kinds(const struct templates *templates, size_t *out_count)
{
    *out_count = templates->kind_count;
    return templates->kind;
}

const struct syllables *templates_syllables(const struct templates *templates)
{
    return templates->syllables;
}

const struct type_model *templates_model(const struct templates *templates)
{
    return &templates->model;
}

void templates_use_model(struct templates *templates, const struct type_model *model)
{
    templates->model = model ? *model : templates->shipped_model;
}
