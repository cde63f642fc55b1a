#ifndef SOHOA_MODEL_PARTING_H
#define SOHOA_MODEL_PARTING_H

#include "daemon/model/page_info.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * How a pile becomes papers: the settings `separators` and `split` of a profile, and which sheets
 * are separators by what they carry. A separator is never a page with writing of its own.
 */

#define PATCH_KIND "PATCH" /* of a page_code, its text "1" "2" "3" "4" "6" "T" */

/* QR on our own separator sheet, alone or followed by ';' and a dossier code. */
#define SEPARATOR_TEXT "SOHOA-SEPARATOR;1"

enum separator {
    SEPARATOR_NONE,
    SEPARATOR_PATCH, /* patch 2, 3 or T, or the text PATCHT that other programs print */
    SEPARATOR_CODE,  /* SEPARATOR_TEXT */
    SEPARATOR_BLANK, /* a leaf without writing on either side */
    SEPARATOR_KINDS
};

enum parting_split {
    SPLIT_OFF,
    SPLIT_PROPOSE, /* a page that may start a paper asks */
    SPLIT_SURE     /* parted when each start is sure, else as propose */
};

struct parting {
    bool takes[SEPARATOR_KINDS];
    enum parting_split split;
};

const char *separator_name(enum separator separator); /* "patch"; "none" */
enum separator separator_from_name(const char *name); /* SEPARATOR_NONE for any other text */

/* Patch or own sheet, whatever the settings; out_dossier_code (may be NULL): what the sheet
 * carries, borrowed, else NULL. */
enum separator separator_of_codes(const struct page_info *info, const char **out_dossier_code);

/* For a pile out of a feeder when nobody said anything: patch and own sheets, split when sure. */
extern const struct parting parting_of_pile;

/* "patch,code,blank" or "none"; "off", "propose", "sure". NULL leaves what `out` says. BAD_ARGUMENT
 */
enum err_code parting_read(const char *separators, const char *split, struct parting *out,
                           struct err *err);
/* The first as parting_read takes it, static size is enough for all of them. */
#define SEPARATORS_SIZE 24
void parting_separators(const struct parting *parting, char out[SEPARATORS_SIZE]);
const char *parting_split_name(enum parting_split split);

/* A start below this asks nobody: any line in capitals may head a page inside. */
#define PAPER_START_ASKED 0.70

#endif
