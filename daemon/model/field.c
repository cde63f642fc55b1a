#include "daemon/model/field.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

struct name_row {
    const char *key, *label;
};

static const struct name_row names[FIELD_COUNT] = {
#define FIELD(name, label) {#name, label},
#include "daemon/model/field_names.def"
#undef FIELD
};

static const char *const source_names[] = {"qr",      "mrz",      "dossier", "zone",
                                           "wording", "register", "none"};

const char *field_key(enum field_name name)
{
    return (unsigned)name < FIELD_COUNT ? names[name].key : "";
}

const char *field_label(enum field_name name)
{
    return (unsigned)name < FIELD_COUNT ? names[name].label : "";
}

enum field_name field_from_key(const char *key)
{
    int i = 0;
    while (i < FIELD_COUNT && strcmp(names[i].key, key) != 0)
        i++;
    return (enum field_name)i;
}

const char *field_source_name(enum field_source source)
{
    return source_names[source];
}

static void field_done(struct field *field)
{
    mem_free(field->value);
    mem_free(field->raw);
}

void fields_done(struct fields *fields)
{
    if (!fields)
        return;
    for (size_t i = 0; i < fields->count; i++)
        field_done(&fields->item[i]);
    *fields = (struct fields){0};
}

const struct field *fields_find(const struct fields *fields, enum field_name name)
{
    for (size_t i = 0; i < fields->count; i++)
        if (fields->item[i].name == name)
            return &fields->item[i];
    return NULL;
}

enum err_code fields_put(struct fields *fields, const struct field *field, struct err *err)
{
    struct field *place = (struct field *)fields_find(fields, field->name);
    if (place && place->value && place->source <= field->source)
        return ERR_OK;
    struct field copy = *field;
    copy.value = mem_strdup(field->value);
    copy.raw = mem_strdup(field->raw);
    if ((field->value && !copy.value) || (field->raw && !copy.raw)) {
        field_done(&copy);
        return err_set(err, ERR_NO_MEMORY, "field %s", field_key(field->name));
    }
    if (place)
        field_done(place);
    else
        place = &fields->item[fields->count++];
    *place = copy;
    return ERR_OK;
}

/* What no word stands for ("Công văn" for a letter without a title) has a page and no box. */
static bool has_place(const struct field *field)
{
    return field->page && (field->box.w > 0 || field->box.h > 0);
}

static struct js *field_to_js(const struct field *f)
{
    if (!f->value && !f->raw)
        return js_pack("{s:n, s:b}", "value", "needs_person", 1);
    bool flag = f->name == FIELD_no_expiry && f->value;
    struct js *value = flag ? js_bool(strcmp(f->value, "true") == 0) : js_text(f->value);
    AUTO(js)
    struct js *object =
        js_pack("{s:o, s:s?, s:f, s:i, s:o, s:s, s:b}", "value", value, "raw", f->raw, "confidence",
                round(f->confidence * 1000) / 1000, "page", f->page, "box_mm",
                has_place(f) ? rect_to_js(f->box) : js_null(), "source",
                field_source_name(f->source), "needs_person", f->needs_person);
    if (object && f->handwritten && !js_set(object, "handwritten", js_bool(true)))
        return NULL;
    return TAKE(object);
}

struct js *fields_to_js(const struct fields *fields)
{
    AUTO(js) struct js *object = js_object();
    for (int name = 0; name < FIELD_COUNT; name++) {
        const struct field *field = fields_find(fields, (enum field_name)name);
        if (field && !js_set(object, field_key(field->name), field_to_js(field)))
            return NULL;
    }
    return TAKE(object);
}

static enum field_source source_from_name(const char *name)
{
    for (int i = 0; i < FIELD_FROM_NOTHING; i++)
        if (strcmp(source_names[i], name) == 0)
            return (enum field_source)i;
    return FIELD_FROM_NOTHING;
}

static enum err_code field_from_js(enum field_name name, const struct js *value, struct fields *out,
                                   struct err *err)
{
    struct field field = {.name = name};
    const char *text = js_text_or(value, "value", NULL);
    if (name == FIELD_no_expiry && js_has(value, "value"))
        text = js_bool_or(value, "value", false) ? "true" : "false";
    field.value = (char *)text;
    field.raw = (char *)js_text_or(value, "raw", NULL);
    field.confidence = js_real_or(value, "confidence", 0);
    field.page = (int)js_int_or(value, "page", 0);
    field.source = source_from_name(js_text_or(value, "source", "none"));
    field.needs_person = js_bool_or(value, "needs_person", true);
    field.handwritten = js_bool_or(value, "handwritten", false);
    if (js_has(value, "box_mm")) {
        enum err_code code = rect_from_js(value, "box_mm", &field.box, err);
        if (code)
            return err_context(err, code, "'%s'", field_key(name));
    }
    return fields_put(out, &field, err);
}

enum err_code fields_from_js(const struct js *object, struct fields *out, struct err *err)
{
    *out = (struct fields){0};
    if (!js_is_object(object))
        return err_set(err, ERR_BAD_JSON, "'fields' is missing, wanted an object");
    enum err_code code = ERR_OK;
    for (void *it = js_iter(object); !code && it; it = js_iter_next(object, it)) {
        enum field_name name = field_from_key(js_iter_key(it));
        if (name != FIELD_COUNT)
            code = field_from_js(name, js_iter_value(it), out, err);
    }
    return code;
}
