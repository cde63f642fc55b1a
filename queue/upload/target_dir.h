#ifndef SOHOA_UPLOAD_TARGET_DIR_H
#define SOHOA_UPLOAD_TARGET_DIR_H

#include "queue/upload/target.h"

#include <stddef.h>

/*
 * Records by name in folders:
 *
 *   <code>/<code>.<NNN>.pdf, .json     NNN from 001 within the dossier
 *   <code>/.<code>.<NNN>.claim         who has that number: the record id, written first
 *   backlog/<record id>.pdf, .json     no dossier code
 *
 * A number belongs to whoever made its claim, so several stations may write to one warehouse at
 * the same time. Numbers used by others without a claim are left alone.
 *
 * The transport is taken over, also on failure.
 */
enum err_code target_dir_new(struct transport *transport, struct target **out, struct err *err);

/* The folder name of a dossier code: every character outside [A-Za-z0-9.-], and a leading dot,
 * becomes '-'. DOSSIER_CODE_BAD when empty or longer than TARGET_CODE_MAX bytes. */
#define TARGET_CODE_MAX 100
enum err_code target_dir_folder(const char *dossier_code, char *out, size_t out_size,
                                struct err *err);

#endif
