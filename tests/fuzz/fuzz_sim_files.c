#include "drivers/simulator/pile.h"
#include "drivers/simulator/script.h"
#include "drivers/simulator/sim_config.h"

#include <stdint.h>

/* The simulator's three text formats: the first byte chooses. */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size < 1)
        return 0;
    const char *text = (const char *)bytes + 1;
    struct sim_config config = {0};
    struct sim_pile pile;
    struct sim_devices devices;
    struct sim_script script;
    int line;
    if (bytes[0] % 3 == 0)
        sim_devices_parse(text, size - 1, &config, &devices, &line);
    else if (bytes[0] % 3 == 1 && sim_pile_parse(text, size - 1, &pile, &line))
        sim_pile_done(&pile);
    else if (bytes[0] % 3 == 2)
        sim_script_parse(text, size - 1, &script, &line);
    return 0;
}
