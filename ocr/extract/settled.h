#ifndef SOHOA_OCR_EXTRACT_SETTLED_H
#define SOHOA_OCR_EXTRACT_SETTLED_H

/*
 * Words that stand where only few can. Read exactly as one of them a word is believed below the
 * confidence that running text needs, since no misreading of another makes it; read with other
 * accents it is a question however sure it looks. Nothing is ever made into one of them. Letters
 * come in small letters with their accents.
 */

enum settled {
    SETTLED_NOT,   /* says nothing */
    SETTLED_USUAL, /* of many that stand there one, and no likelier one looks like it */
    SETTLED_SO,
    SETTLED_OTHERWISE /* like one of them but for its accents */
};

/* place: 0 the family name, which no other resembles without its accents; 1 the word behind it;
 * given names are usual at most. */
enum settled settled_in_name(const char *letters, unsigned place);
/* A word of an agency's name beside its neighbours ("" at the end of a row): "ủy ban nhân dân",
 * units of the state, the fields departments are named after. *out_known: what can stand there, or
 * NULL. */
enum settled settled_in_agency(const char *before, const char *letters, const char *after,
                               const char **out_known);
/* The one word of an agency's name that sounds like this one beside its neighbours, which sound
 * like that, too: "XAY DỰNG" is "xây dựng"; NULL: none. Of capitals, which lose their accents. */
const char *settled_agency_word(const char *before, const char *letters, const char *after);

/* A province, before or after 2025, or a city of that rank, by the letters of its name without
 * regard to accents, words parted by single blanks; NULL: none. */
const char *settled_province(const char *letters);

#endif
