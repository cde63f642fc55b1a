#ifndef SOHOA_OCR_EXTRACT_PARSE_PLACE_H
#define SOHOA_OCR_EXTRACT_PARSE_PLACE_H

#include <stdbool.h>

/*
 * Names of agencies, persons and places as they are written in running text. Results are the
 * caller's (mem_free); NULL when the text is none, or without memory.
 */

/* "ỦY BAN NHÂN DÂN TỈNH LẠNG SƠN" → "Ủy ban nhân dân tỉnh Lạng Sơn"; "UBND" is written out; what is
 * not in capitals keeps its letters. */
char *agency_from_caps(const char *text);
/* Does a line with these first two keys begin an agency's name ("SỞ …", "ỦY BAN …")? */
bool agency_begins(const char *first_key, const char *second_key);
/* The unit an agency name ends in ("tỉnh Lạng Sơn"), borrowed from `agency`; NULL: none. */
const char *agency_unit(const char *agency);
/* "ĐỖ MẠNH HÙNG", "Đỗ Mạnh Hùng" → "Đỗ Mạnh Hùng": two to six words of letters, each a name. */
char *person_name(const char *text);
/* A place as signed: "Lạng Sơn", "thị trấn Lâm", "TP. Hồ Chí Minh". */
char *place_name(const char *text);

#endif
