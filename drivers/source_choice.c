#include "drivers/source_choice.h"

#include "drivers/settings.h"

enum scan_source source_by_paper(struct device *device, const struct panel_rules *rules)
{
    bool one_side = settings_has_source(device, SOURCE_ADF);
    bool feeder = one_side || settings_has_source(device, SOURCE_DUPLEX);
    bool loaded;
    if (!feeder || !settings_has_source(device, SOURCE_FLATBED) ||
        !buttons_paper_sensor(device, rules, &loaded))
        return SOURCE_UNSET;
    if (!loaded)
        return SOURCE_FLATBED;
    return one_side ? SOURCE_ADF : SOURCE_DUPLEX;
}
