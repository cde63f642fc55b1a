#ifndef SOHOA_MODEL_IMPORT_PAPERS_H
#define SOHOA_MODEL_IMPORT_PAPERS_H

#include "daemon/base/err.h"

#include <stdbool.h>

/* Which files of a folder are one paper: the setting `papers` of an import folder. */
enum import_papers {
    PAPERS_FILE,   /* each by itself; images lying in one sub-folder together */
    PAPERS_FOLDER, /* all files of one sub-folder, whatever they are */
    PAPERS_NAME,   /* those whose names differ in the number at their end only */
    PAPERS_SPLIT   /* each may hold several papers, parted where one surely starts */
};

const char *import_papers_name(enum import_papers papers); /* "file" */
bool import_papers_from_name(const char *name, enum import_papers *out);

/* Files of the same unit are one paper, in natural order of their paths; *out NULL: the file is one
 * by itself. Caller's. NO_MEMORY. */
enum err_code import_papers_unit(enum import_papers papers, const char *path, char **out,
                                 struct err *err);

/* From here on a page is surely the first of a paper: below, it stays with the one before and a
 * person is asked. Source: starts.h, measured on papers laid behind one another. */
#define PAPER_START_SURE 0.80

#endif
