#ifndef SOHOA_WORKERS_SCAN_FOLDERS_H
#define SOHOA_WORKERS_SCAN_FOLDERS_H

#define SCAN_FOLDERS_MAX 16

/* Folders that backends write and that only the machine's own settings name: ~/.sane, where they
 * keep calibrations, and `folder` and `state` of each sohoasim.conf in SANE's configuration. */
struct scan_folders {
    char *path[SCAN_FOLDERS_MAX + 1]; /* ends with NULL */
};

/* What cannot be read or does not fit is left out. */
void scan_folders_find(struct scan_folders *out);
void scan_folders_done(struct scan_folders *folders);

#endif
