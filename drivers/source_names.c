#include "drivers/source_names.h"

#include <string.h>
#include <strings.h>

struct spelling {
    int meaning;
    const char *name;
};

static const struct spelling own_sources[] = {
    {SOURCE_FLATBED, "flatbed"}, {SOURCE_ADF, "adf"}, {SOURCE_DUPLEX, "duplex"}, {0, NULL}};

static const struct spelling own_modes[] = {
    {MODE_COLOR, "color"}, {MODE_GRAY, "gray"}, {MODE_LINEART, "lineart"}, {0, NULL}};

/* Source: the backends' own sources as of sane-backends 1.2.1, and simple-scan's list for vendor
 * backends. Order within one meaning is preference. Slides, negatives, single backs and cards
 * ("Transparency Unit", "TMA Slides", "ADF Back", "Card Front", "Auto") are sources nobody files
 * papers from: they have no meaning here and are reached as vendor options. */
static const struct spelling sources[] = {
    {SOURCE_FLATBED, "Flatbed"},        /* most; "FlatBed" of Brother */
    {SOURCE_FLATBED, "Normal"},         /* plustek, genesys, avision, hp, umax */
    {SOURCE_FLATBED, "fb"},             /* kvs1025, kvs40xx */
    {SOURCE_FLATBED, "Platen"},         /* eSCL's own word */
    {SOURCE_FLATBED, "Document Table"}, /* utsushi */
    {SOURCE_ADF, "ADF Front"},          /* fujitsu, canon_dr, epjitsu, kodak, epsonds, avision */
    {SOURCE_ADF, "ADF"},                /* airscan, escl, hp5590, xerox_mfp; "adf" in kvs1025 */
    {SOURCE_ADF, "ADF Simplex"},
    {SOURCE_ADF, "Automatic Document Feeder"}, /* epson2, magicolor, pixma, test */
    {SOURCE_ADF, "Automatic Document Feeder(left aligned)"},
    {SOURCE_ADF, "Automatic Document Feeder(centrally aligned)"},
    {SOURCE_ADF, "Automatic Document Feeder (left aligned)"},
    {SOURCE_ADF, "Automatic Document Feeder (centrally aligned)"},
    {SOURCE_ADF, "Automatic Document Feeder(left aligned,Simplex)"},
    {SOURCE_ADF, "Automatic Document Feeder(centrally aligned,Simplex)"},
    {SOURCE_ADF, "Document Feeder"}, /* snapscan, umax */
    {SOURCE_ADF, "Feeder"},
    {SOURCE_DUPLEX, "ADF Duplex"},
    {SOURCE_DUPLEX, "Duplex ADF"},
    {SOURCE_DUPLEX, "ADF Duplex - Long-Edge Binding"},
    {SOURCE_DUPLEX, "Automatic Document Feeder(left aligned,Duplex)"},
    {SOURCE_DUPLEX, "Automatic Document Feeder(centrally aligned,Duplex)"},
    {SOURCE_DUPLEX, "Automatic Document Feeder (Duplex)"},
    {SOURCE_DUPLEX, "Duplex"},
    {0, NULL},
};

static const struct spelling modes[] = {
    {MODE_COLOR, "Color"}, /* "color" in kvs1025 */
    {MODE_COLOR, "Colour"},
    {MODE_COLOR, "24bit Color"}, /* Brother */
    {MODE_COLOR, "24bit Color[Fast]"},
    {MODE_COLOR, "24 bit Color"},
    {MODE_COLOR, "Color - 16 Million Colors"}, /* smfp */
    {MODE_COLOR, "RGB24"},                     /* eSCL's own word */
    {MODE_GRAY, "Gray"},
    {MODE_GRAY, "Grey"},
    {MODE_GRAY, "Grayscale"},
    {MODE_GRAY, "True Gray"}, /* Brother */
    {MODE_GRAY, "8-bit Grayscale"},
    {MODE_GRAY, "8 bit Gray"},
    {MODE_GRAY, "Grayscale - 256 Levels"}, /* smfp */
    {MODE_GRAY, "Grayscale8"},
    {MODE_LINEART, "Lineart"},
    {MODE_LINEART, "Line Art"},
    {MODE_LINEART, "bw"}, /* kvs1025, kvs40xx */
    {MODE_LINEART, "Black & White"},
    {MODE_LINEART, "Binary"},
    {MODE_LINEART, "Monochrome"},
    {MODE_LINEART, "Mono"},
    {MODE_LINEART, "Threshold"},
    {MODE_LINEART, "Black and White - Line Art"}, /* smfp */
    {0, NULL},
};

static const char *nth_spelling(const struct spelling *table, int meaning, size_t n)
{
    for (; table->name; table++)
        if (table->meaning == meaning && n-- == 0)
            return table->name;
    return NULL;
}

static int meaning_of(const struct spelling *table, const char *name,
                      int (*compare)(const char *, const char *))
{
    for (; table->name; table++)
        if (compare(table->name, name) == 0)
            return table->meaning;
    return 0;
}

const char *scan_source_name(enum scan_source source)
{
    const char *name = nth_spelling(own_sources, source, 0);
    return name ? name : "";
}

bool scan_source_from_name(const char *name, enum scan_source *out)
{
    int meaning = meaning_of(own_sources, name, strcmp);
    if (meaning)
        *out = (enum scan_source)meaning;
    return meaning != 0;
}

const char *scan_mode_name(enum scan_mode mode)
{
    const char *name = nth_spelling(own_modes, mode, 0);
    return name ? name : "";
}

bool scan_mode_from_name(const char *name, enum scan_mode *out)
{
    int meaning = meaning_of(own_modes, name, strcmp);
    if (meaning)
        *out = (enum scan_mode)meaning;
    return meaning != 0;
}

const char *source_candidate(enum scan_source source, size_t n)
{
    return nth_spelling(sources, source, n);
}

const char *mode_candidate(enum scan_mode mode, size_t n)
{
    return nth_spelling(modes, mode, n);
}

enum scan_source source_from_candidate(const char *name)
{
    return (enum scan_source)meaning_of(sources, name, strcasecmp);
}

enum scan_mode mode_from_candidate(const char *name)
{
    return (enum scan_mode)meaning_of(modes, name, strcasecmp);
}
