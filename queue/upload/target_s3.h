#ifndef SOHOA_UPLOAD_TARGET_S3_H
#define SOHOA_UPLOAD_TARGET_S3_H

#include "queue/upload/target.h"

/*
 * Records in an object store:
 *
 *   <code>/<record id>.pdf, .json      the dossier's folder as in target_dir.h
 *   backlog/<record id>.pdf, .json     no dossier code
 *
 * The name is the record's own, known before the first byte leaves: no two stations ask for the
 * same, and a store without locks needs no claims.
 *
 * The transport is taken over, also on failure.
 */
enum err_code target_s3_new(struct transport *transport, struct target **out, struct err *err);

#endif
