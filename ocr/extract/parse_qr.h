#ifndef SOHOA_OCR_EXTRACT_PARSE_QR_H
#define SOHOA_OCR_EXTRACT_PARSE_QR_H

#include <stdbool.h>

/*
 * What QR and bar codes of the one-stop system and of identity cards say. The order and syntax of
 * the system's payload is not fixed by TT 01/2023, so values are told by their own form; they may
 * be separated by | ; newline, or be JSON or a URL query. A code on paper is outside input:
 * anything that is not of a known form is passed over.
 */

#define QR_TEXT_MAX 200
#define QR_PAYLOAD_MAX 4000 /* longer payloads are not looked at */

struct qr_content {
    bool is_card; /* CCCD: number|old number|name|birth|sex|residence|issued */
    char dossier_code[60], procedure_code[60], owner_id[20];
    char owner_name[QR_TEXT_MAX], owner_birth_date[11], issue_date[11], valid_until[11];
    char sex[8];
};

/* False when nothing in it is of a known form; missing values are "". */
bool parse_qr(const char *payload, struct qr_content *out);

#endif
