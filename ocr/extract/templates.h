#ifndef SOHOA_OCR_EXTRACT_TEMPLATES_H
#define SOHOA_OCR_EXTRACT_TEMPLATES_H

#include "daemon/base/err.h"
#include "daemon/model/field.h"
#include "ocr/classify/classify.h"
#include "ocr/classify/type_model.h"
#include "ocr/extract/syllables.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * What each paper looks like and which fields it has, from ocr/templates/<type>.json (format in its
 * README). Loaded once, read-only afterwards.
 */

struct templates;

/* From a folder, or from the templates compiled in (NULL). TEMPLATE_BAD names file, key path and
 * what is wrong; nothing is half loaded. */
enum err_code templates_load(const char *folder, struct templates **out, struct err *err);
/* The compiled ones with these in place of those of the same type: a list of templates. They name
 * no field which the type did not have (TEMPLATE_BAD), since the store knows only those. */
enum err_code templates_load_over(const struct js *local, struct templates **out, struct err *err);
void templates_free(struct templates *templates);
AUTO_DEFINE(templates, struct templates *, templates_free);

/* Fields a type can have, and those a person must answer when the machine could not; keys as in the
 * contract, ending in NULL. NULL for a slug that is no type; types without a template of their own
 * have those of "unknown". Borrowed. */
const char *const *template_fields(const struct templates *templates, const char *type);
const char *const *template_mandatory(const struct templates *templates, const char *type);

/* How a field is found. */
enum find {
    FIND_NUMBER,   /* zone 3: Số: … */
    FIND_DATE,     /* zone 4 */
    FIND_PLACE,    /* zone 4 */
    FIND_ISSUER,   /* zone 2 */
    FIND_NAME,     /* the paper's own name, by its type */
    FIND_TITLE,    /* zone 5a as printed */
    FIND_ABSTRACT, /* zone 5a, under the title */
    FIND_SUBJECT,  /* zone 5b: V/v … */
    FIND_SIGNER,   /* zone 7c */
    FIND_LABEL,    /* after a label */
    FIND_OPENING,  /* the date in the opening words of minutes: Hôm nay, … */
    FIND_CLOSING,  /* place and date above the signature of a form */
    FIND_SIGNING,  /* the agency in whose name a signature is given: TM. … */
    FIND_VALIDITY, /* wording on validity in the body */
    FIND_CODE      /* QR or bar code only */
};

enum parser {
    PARSE_TEXT,
    PARSE_NAME,
    PARSE_DATE,
    PARSE_ID,
    PARSE_AGENCY,
    PARSE_DOSSIER_CODE,
    PARSE_PROCEDURE_CODE
};

/* What it means when a field is not found. */
enum presence {
    PRESENCE_MANDATORY, /* a question that must be answered */
    PRESENCE_ASKED,     /* a question */
    PRESENCE_OPTIONAL   /* nothing: not every such paper has it */
};

struct field_rule {
    enum field_name field;
    enum find find;
    enum parser parser;
    enum presence presence;
    bool always_ask;           /* the paper can name several: a person chooses */
    const char *const *before; /* keys of where the second of them begins: the first is meant */
    size_t before_count;
    const char *const *ask_below; /* keys of headings: anything written below is a question, */
    size_t ask_below_count;
    const char *const *print_below; /* but for the form's own print, keys as well */
    size_t print_below_count;
    const char *const *label; /* keys */
    size_t label_count;
    bool has_zone;
    struct rect_mm zone;                /* prior on an A4 page: preferred, never required */
    const struct field_rule *otherwise; /* where this finds nothing. NULL: none */
};

struct template
{
    enum doc_type type;
    const char *name; /* what the paper calls itself, in running text */
    struct field_rule rule[FIELD_COUNT];
    size_t rule_count;
    const char *const *stop; /* keys of labels that end a value */
    size_t stop_count;
};

/* The type's own template, else that of unknown papers; never NULL. */
const struct template *templates_find(const struct templates *templates, enum doc_type type);
const struct class_rule *templates_class_rules(const struct templates *templates,
                                               size_t *out_count);
/* Abbreviations of NĐ 30 kinds, ending in NULL. */
const char *const *templates_kinds(const struct templates *templates, size_t *out_count);
const struct syllables *templates_syllables(const struct templates *templates);
/* The model of types: the one built with the program, or the one said since. */
const struct type_model *templates_model(const struct templates *templates);
/* Its bytes outlive the templates' use of it. NULL: the one built with the program again. */
void templates_use_model(struct templates *templates, const struct type_model *model);

#endif
