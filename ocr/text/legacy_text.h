#ifndef SOHOA_OCR_TEXT_LEGACY_TEXT_H
#define SOHOA_OCR_TEXT_LEGACY_TEXT_H

#include "ocr/extract/syllables.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Vietnamese from before Unicode, when the font decided which letter a byte was: TCVN3 ("ABC",
 * TCVN 5712:1993 VN3; fonts .VnTime …), VNI for Windows (fonts VNI-Times …) and VIQR (RFC 1456,
 * accents as ASCII signs behind the letter). Text of such fonts comes out of PDF and Word files as
 * Latin-1: "Céng hßa x· héi", "Coäng hoøa xaõ hoäi", "Co^.ng hoa` xa~ ho^.i".
 *
 * No kept library does this (Debian has none; iconv's TCVN reads the one-byte set, but not the
 * capital fonts, nor VNI, nor does it tell one from the other), hence these tables.
 */

enum legacy_encoding { LEGACY_NONE, LEGACY_TCVN3, LEGACY_VNI, LEGACY_VIQR };

const char *
legacy_encoding_name(enum legacy_encoding encoding); /* "unicode" "tcvn3" "vni" "viqr" */

struct legacy_guess {
    enum legacy_encoding encoding; /* LEGACY_NONE: Unicode, or another language */
    double confidence;             /* 0..1; of LEGACY_NONE: 0 */
    bool capitals;                 /* a capital font (.VnTimeH): small codes are capitals */
};

/* What the name says: "ABCDEF+.VnTimeH", "VNI-Times,Bold"; LEGACY_NONE for all others. */
struct legacy_guess legacy_font_guess(const char *font_name);

/* By what the words become: at least three words with accents (one, with a font that says so), of
 * which most are possible syllables then and were not before. text: UTF-8; font_name may be NULL.
 * Judged by its first 64 kB. */
struct legacy_guess legacy_text_detect(const struct syllables *syllables, const char *text,
                                       const char *font_name);

/* UTF-8 NFC, caller's; NULL: no memory or not UTF-8. What the encoding does not know stays as it
 * is. Words of capitals typed in a capital font ("C«NG") become capitals whole. */
char *legacy_text_to_unicode(const char *text, const struct legacy_guess *guess);

/* Letters beyond Latin-1, which none of the encodings shows: it is Unicode already. */
bool text_has_unicode_letters(const char *text);

/* How Vietnamese a text looks: words of letters, those that are possible syllables, those with a
 * letter outside ASCII, and both. */
struct syllable_count {
    size_t words, possible, marked, marked_possible;
};
struct syllable_count syllables_in(const struct syllables *syllables, const char *text);

#endif
