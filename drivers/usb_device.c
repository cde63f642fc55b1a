#include "drivers/usb_device.h"

#include "daemon/base/file.h"
#include "daemon/base/mem.h"
#include "daemon/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/usbdevice_fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <systemd/sd-device.h>

static void device_unref(sd_device *device)
{
    sd_device_unref(device);
}
AUTO_DEFINE(device_unref, sd_device *, device_unref);

static void enumerator_unref(sd_device_enumerator *devices)
{
    sd_device_enumerator_unref(devices);
}
AUTO_DEFINE(enumerator_unref, sd_device_enumerator *, enumerator_unref);

static void read_text(sd_device *device, const char *attribute, char out[USB_TEXT_SIZE])
{
    const char *value = NULL;
    if (sd_device_get_sysattr_value(device, attribute, &value) < 0 || !value)
        value = "";
    text_printable(value, out, USB_TEXT_SIZE);
    for (size_t length = strlen(out); length && out[length - 1] == ' ';)
        out[--length] = 0;
}

static int read_number(sd_device *device, const char *attribute, int base)
{
    char text[USB_TEXT_SIZE];
    read_text(device, attribute, text);
    return (int)strtol(text, NULL, base);
}

static void read_facts(sd_device *device, struct usb_facts *out)
{
    const char *port = NULL;
    *out = (struct usb_facts){
        .vendor = (uint16_t)read_number(device, "idVendor", 16),
        .product = (uint16_t)read_number(device, "idProduct", 16),
        .bus = read_number(device, "busnum", 10),
        .address = read_number(device, "devnum", 10),
    };
    read_text(device, "serial", out->serial);
    read_text(device, "manufacturer", out->vendor_name);
    read_text(device, "product", out->product_name);
    if (sd_device_get_sysname(device, &port) >= 0)
        snprintf(out->port, sizeof out->port, "%s", port);
}

static bool facts_match(const struct usb_facts *facts, const struct usb_key *key)
{
    switch (key->kind) {
    case USB_KEY_ADDRESS:
        return facts->bus == key->bus && facts->address == key->address;
    case USB_KEY_IDS:
        return facts->vendor == key->vendor && facts->product == key->product &&
               (!*key->serial || !*facts->serial || strcmp(facts->serial, key->serial) == 0);
    case USB_KEY_SERIAL:
        return *key->serial && strcmp(facts->serial, key->serial) == 0;
    case USB_KEY_VENDOR:
        return facts->vendor == key->vendor;
    default:
        return false;
    }
}

/* Calls `visit` for every device (not interface) on USB until it says stop. */
typedef bool visit_fn(void *payload, const struct usb_facts *facts);

static void visit_devices(visit_fn *visit, void *payload)
{
    AUTO(enumerator_unref) sd_device_enumerator *devices = NULL;
    if (sd_device_enumerator_new(&devices) < 0 ||
        sd_device_enumerator_allow_uninitialized(devices) < 0 ||
        sd_device_enumerator_add_match_subsystem(devices, "usb", 1) < 0)
        return;
    for (sd_device *device = sd_device_enumerator_get_device_first(devices); device;
         device = sd_device_enumerator_get_device_next(devices)) {
        const char *type = NULL;
        struct usb_facts facts;
        if (sd_device_get_devtype(device, &type) < 0 || !type || strcmp(type, "usb_device") != 0)
            continue;
        read_facts(device, &facts);
        if (!visit(payload, &facts))
            return;
    }
}

struct search {
    const struct usb_key *key;
    struct usb_facts found;
    int count;
};

static bool count_match(void *payload, const struct usb_facts *facts)
{
    struct search *search = payload;
    if (facts_match(facts, search->key)) {
        search->found = *facts;
        search->count++;
    }
    return search->count < 2;
}

struct twins {
    const struct usb_facts *facts;
    int count;
};

static bool count_twin(void *payload, const struct usb_facts *facts)
{
    struct twins *twins = payload;
    twins->count += facts->vendor == twins->facts->vendor &&
                    facts->product == twins->facts->product &&
                    strcmp(facts->serial, twins->facts->serial) == 0;
    return twins->count < 2;
}

static bool find_above(sd_device *device, struct usb_facts *out)
{
    sd_device *parent = NULL;
    if (sd_device_get_parent_with_subsystem_devtype(device, "usb", "usb_device", &parent) < 0)
        return false;
    read_facts(parent, out);
    return true;
}

/* A device file has the name of its device in sysfs. */
static bool find_by_file(const char *path, struct usb_facts *out)
{
    AUTO(enumerator_unref) sd_device_enumerator *devices = NULL;
    if (sd_device_enumerator_new(&devices) < 0 ||
        sd_device_enumerator_allow_uninitialized(devices) < 0 ||
        sd_device_enumerator_add_match_sysname(devices, strrchr(path, '/') + 1) < 0)
        return false;
    for (sd_device *device = sd_device_enumerator_get_device_first(devices); device;
         device = sd_device_enumerator_get_device_next(devices))
        if (find_above(device, out))
            return true;
    return false;
}

/* The USB device a device file or a folder of sysfs belongs to. */
static bool find_by_node(const char *node, struct usb_facts *out)
{
    AUTO(device_unref) sd_device *device = NULL;
    if (strncmp(node, "/sys/", 5) != 0)
        return find_by_file(node, out);
    return sd_device_new_from_syspath(&device, node) >= 0 && find_above(device, out);
}

bool usb_device_find(const struct usb_key *key, struct usb_facts *out)
{
    struct search search = {.key = key};
    if (key->kind == USB_KEY_NODE)
        search.count = find_by_node(key->node, &search.found);
    else if (key->kind != USB_KEY_NONE)
        visit_devices(count_match, &search);
    if (search.count != 1)
        return false;
    struct twins twins = {.facts = &search.found};
    if (*search.found.serial)
        visit_devices(count_twin, &twins);
    if (twins.count > 1)
        search.found.serial[0] = 0;
    *out = search.found;
    return true;
}

enum err_code usb_device_reset(const struct usb_facts *facts, struct err *err)
{
    char path[64];
    snprintf(path, sizeof path, "/dev/bus/usb/%03d/%03d", facts->bus, facts->address);
    AUTO(fd) int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) {
        bool denied = errno == EACCES || errno == EPERM || errno == EROFS;
        return err_set_errno(err, denied ? ERR_DEVICE_DENIED : ERR_NO_SCANNER, errno,
                             "opening the USB device");
    }
    if (ioctl(fd, USBDEVFS_RESET, 0) < 0)
        return err_set_errno(err, ERR_SCANNER_IO, errno, "resetting the USB device");
    return ERR_OK;
}
