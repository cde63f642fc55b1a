#include "queue/upload/target_dir.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Names that come from a store, a file or a person never leave the warehouse's folder. */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void expect_inside(const char *name)
{
    bool climbs = strcmp(name, "..") == 0 || strncmp(name, "../", 3) == 0 || strstr(name, "/../") ||
                  strstr(name, "/./") || strstr(name, "//");
    size_t length = strlen(name);
    if (climbs || length == 0 || name[0] == '/' || name[length - 1] == '/' ||
        (length >= 3 && strcmp(name + length - 3, "/..") == 0))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *text = malloc(size + 1);
    if (!text)
        return 0;
    memcpy(text, bytes, size);
    text[size] = '\0';
    if (transport_name_is_safe(text))
        expect_inside(text);
    char folder[TARGET_CODE_MAX + 1];
    if (!target_dir_folder(text, folder, sizeof folder, NULL)) {
        expect_inside(folder);
        if (!transport_name_is_safe(folder) || strchr(folder, '/') || folder[0] == '.')
            abort();
    }
    free(text);
    return 0;
}
