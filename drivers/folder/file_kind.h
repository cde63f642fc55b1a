#ifndef SOHOA_FOLDER_FILE_KIND_H
#define SOHOA_FOLDER_FILE_KIND_H

/* What a file holds, told from its bytes and never from its name. */

enum file_kind {
    FILE_UNKNOWN, /* not looked into yet */
    FILE_JPEG,
    FILE_PNG,
    FILE_TIFF,
    FILE_PNM,
    FILE_PDF,
    FILE_TEXT,       /* letters only, in whatever encoding */
    FILE_DOCX,       /* Office Open XML text */
    FILE_XLSX,       /* Office Open XML register */
    FILE_OLD_OFFICE, /* .doc, .xls and what has a password: compound files of old Office programs */
    FILE_EMPTY,      /* no bytes */
    FILE_OTHER,
    FILE_UNREADABLE
};

const char *file_kind_name(enum file_kind kind);      /* "jpeg"; never NULL */
enum file_kind file_kind_from_name(const char *name); /* FILE_UNKNOWN for other names */

/* Reads a few kilobytes; the descriptor's offset is not used. */
enum file_kind file_kind_of(int fd);

#endif
