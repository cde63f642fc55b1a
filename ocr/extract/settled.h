#ifndef SOHOA_OCR_EXTRACT_SETTLED_H
#define SOHOA_OCR_EXTRACT_SETTLED_H

/*
 * Words that stand where only few can. Read exactly as one of them a word is believed below the
 * confidence that running text needs, since no misreading of another makes it; read with other
 * accents it is a question however sure it looks. Nothing is ever made into one of them. Letters
 * come in small letters with their accents.
 */

enum settled {
    SETTLED_NOT, /* says nothing */
    SETTLED_SO,
    SETTLED_OTHERWISE /* like one of them but for its accents */
};

/* place: 0 the family name, which no other resembles without its accents; 1 the word behind it. */
enum settled settled_in_name(const char *letters, unsigned place);
/* A word of an agency's name beside its neighbours ("" at the end of a row): "ủy ban nhân dân",
 * units of the state, the fields departments are named after. */
enum settled settled_in_agency(const char *before, const char *letters, const char *after);

#endif
