#include "tests/harness/pdfa_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Clauses 6.2.3, 6.2.4 and 6.2.6: output intents, colour spaces, rendering intents. */

static int channels_of(const char *space)
{
    static const struct {
        const char *space;
        int channels;
    } spaces[] = {{"RGB ", 3}, {"CMYK", 4}, {"GRAY", 1}, {"Lab ", 3}};
    for (size_t i = 0; i < 4; i++)
        if (strcmp(space, spaces[i].space) == 0)
            return spaces[i].channels;
    return 0;
}

void check_output_intents(struct check *check, qpdf_oh catalogue)
{
    qpdf_oh intents = key(check, catalogue, "/OutputIntents");
    int count = qpdf_oh_get_array_n_items(check->qpdf, intents);
    int profile_number = 0;
    for (int i = 0; qpdf_oh_is_array(check->qpdf, intents) && i < count; i++) {
        qpdf_oh intent = qpdf_oh_get_array_item(check->qpdf, intents, i);
        if (has(check, intent, "/DestOutputProfileRef"))
            fault(check, "6.2.3", "DestOutputProfileRef");
        qpdf_oh profile = key(check, intent, "/DestOutputProfile");
        if (qpdf_oh_is_null(check->qpdf, profile))
            continue;
        int number = qpdf_oh_get_object_id(check->qpdf, profile);
        if (profile_number && number != profile_number)
            fault(check, "6.2.3", "output intents with different profiles");
        profile_number = number;
        struct icc icc;
        if (!read_icc(check, profile, &icc)) {
            fault(check, "6.2.3", "output profile is no ICC profile");
            continue;
        }
        bool fits = strcmp(icc.class, "prtr") == 0 || strcmp(icc.class, "mntr") == 0;
        int channels = channels_of(icc.space);
        if (!fits || !channels || icc.version > 4 || strcmp(icc.space, "Lab ") == 0)
            fault(check, "6.2.3", "output profile of class '%s', space '%s', version %d", icc.class,
                  icc.space, icc.version);
        if (qpdf_oh_get_int_value_as_int(check->qpdf, key(check, profile, "/N")) != channels)
            fault(check, "6.2.3", "/N of the output profile is wrong");
        if (is_name(check, key(check, intent, "/S"), "/GTS_PDFA1"))
            check->intent = icc.space[0];
    }
}

static bool has_default(struct check *check, qpdf_oh resources, const char *name)
{
    return has(check, key(check, resources, "/ColorSpace"), name);
}

void check_device_colour(struct check *check, qpdf_oh resources, const char *space)
{
    char kind = space[7]; /* /DeviceRGB, /DeviceCMYK, /DeviceGray */
    char name[32];
    snprintf(name, sizeof name, "/Default%s", space + 7);
    if (has_default(check, resources, name))
        return;
    bool fits = kind == 'G' ? check->intent != 0 : check->intent == kind;
    if (!fits)
        fault(check, "6.2.4.3", "%s without a fitting output intent", space + 1);
}

static void check_icc_space(struct check *check, qpdf_oh space)
{
    qpdf_oh profile = qpdf_oh_get_array_item(check->qpdf, space, 1);
    struct icc icc;
    if (!read_icc(check, profile, &icc)) {
        fault(check, "6.2.4.2", "ICCBased without an ICC profile");
        return;
    }
    bool fits = strcmp(icc.class, "prtr") == 0 || strcmp(icc.class, "mntr") == 0 ||
                strcmp(icc.class, "scnr") == 0 || strcmp(icc.class, "spac") == 0;
    int said = qpdf_oh_get_int_value_as_int(check->qpdf, key(check, profile, "/N"));
    if (!fits || icc.version > 4 || said != channels_of(icc.space))
        fault(check, "6.2.4.2", "ICC profile of class '%s', space '%s', /N %d", icc.class,
              icc.space, said);
}

void check_colour_space(struct check *check, qpdf_oh resources, qpdf_oh space, int depth)
{
    if (depth > 8)
        return;
    if (qpdf_oh_is_name(check->qpdf, space)) {
        const char *name = qpdf_oh_get_name(check->qpdf, space);
        if (strncmp(name, "/Device", 7) == 0 && strcmp(name, "/DeviceN") != 0)
            check_device_colour(check, resources, name);
        return;
    }
    qpdf_oh family = qpdf_oh_get_array_item(check->qpdf, space, 0);
    if (is_name(check, family, "/ICCBased"))
        check_icc_space(check, space);
    else if (is_name(check, family, "/Indexed") || is_name(check, family, "/Pattern"))
        check_colour_space(check, resources, qpdf_oh_get_array_item(check->qpdf, space, 1),
                           depth + 1);
    else if (is_name(check, family, "/Separation") || is_name(check, family, "/DeviceN"))
        check_colour_space(check, resources, qpdf_oh_get_array_item(check->qpdf, space, 2),
                           depth + 1);
}

void check_intent_name(struct check *check, qpdf_oh name)
{
    if (qpdf_oh_is_null(check->qpdf, name))
        return;
    if (!is_name(check, name, "/RelativeColorimetric") && !is_name(check, name, "/Perceptual") &&
        !is_name(check, name, "/AbsoluteColorimetric") && !is_name(check, name, "/Saturation"))
        fault(check, "6.2.6", "unknown rendering intent");
}
