#ifndef SOHOA_DRIVERS_IDENTITY_H
#define SOHOA_DRIVERS_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Which machine a SANE name means. The name itself is no identity: it holds the USB address, which
 * changes at every re-plug, or the order in which devices were found. Pure: names and facts in,
 * text out; drivers/usb_device.h finds the facts.
 *
 *   USB          backend/vendor:product/SERIAL    "pixma/04a9:1909/31D2C4"
 *     no serial  backend/vendor:product@port      "genesys/04a9:190f@1-1.4"
 *     no facts   backend                          "epson2"
 *   network      backend/host                     "escl/192.168.1.5", "epson2/printer.lan"
 *     airscan    airscan/name on the network      "airscan/Brother MFC"
 *     net        net/host/identity over there     "net/counter2/pixma/04a9:1909/31D2C4"
 *   anything     backend/rest of the name         "fujitsu/fi-7160:12345", "test/0"
 *   simulator    sohoasim/name without "@number"  "sohoasim/counter"
 *
 * A serial that many machines carry ("0000000") is none. Source of the names: the backends as of
 * sane-backends 1.2.1, sane-airscan 0.99, hplip, Brother's, Epson's and Samsung's vendor backends.
 */

#define IDENTITY_SIZE 256
#define USB_TEXT_SIZE 96

enum device_bus { BUS_USB, BUS_NETWORK, BUS_OTHER };

/* What a SANE name says about its place on USB: what to look for there. */
struct usb_key {
    enum usb_key_kind {
        USB_KEY_NONE,
        USB_KEY_ADDRESS, /* bus and address */
        USB_KEY_IDS,     /* vendor, product, and serial when not empty */
        USB_KEY_SERIAL,
        USB_KEY_VENDOR, /* the only device of that vendor */
        USB_KEY_NODE,   /* node: a device file or a folder of sysfs */
    } kind;
    int bus, address;
    uint16_t vendor, product;
    char serial[USB_TEXT_SIZE];
    char node[IDENTITY_SIZE];
};

/* One device on USB; texts are printable, empty when it does not say. */
struct usb_facts {
    uint16_t vendor, product;
    int bus, address;
    char serial[USB_TEXT_SIZE];
    char port[USB_TEXT_SIZE]; /* "1-1.4": where it is plugged in */
    char vendor_name[USB_TEXT_SIZE], product_name[USB_TEXT_SIZE];
};

struct identity {
    char text[IDENTITY_SIZE];
    char backend[USB_TEXT_SIZE];
    char host[IDENTITY_SIZE]; /* BUS_NETWORK, when the name tells it; else empty */
    enum device_bus bus;
    struct usb_key key;
};

/* `usb` NULL: nothing found, or not looked for yet; then out->key says what to look for. */
void identity_make(const char *sane_name, const struct usb_facts *usb, struct identity *out);

/* "usb", "net", "other". */
const char *device_bus_name(enum device_bus bus);

#endif
