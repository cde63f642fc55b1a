#ifndef SOHOA_DRIVERS_DEVICE_FACTS_H
#define SOHOA_DRIVERS_DEVICE_FACTS_H

#include "daemon/base/js.h"
#include "drivers/identity.h"

/* Who a device is: what SANE calls it, what it is to us, where it is plugged in. */
struct device_facts {
    char name[IDENTITY_SIZE]; /* SANE's */
    char vendor[USB_TEXT_SIZE], model[USB_TEXT_SIZE];
    char type[USB_TEXT_SIZE];
    struct identity identity;
    bool on_usb; /* and found there: usb is filled */
    struct usb_facts usb;
};

/* Fills in the rest from out->name; vendor and model, when empty, from what the device says on USB.
 */
void device_facts_look_up(struct device_facts *facts);

/* {"name","vendor","model","type","backend","identity","bus","usb":{"vendor","product","serial",
 * "port"},"host"}; usb and host only where they are known. NULL: out of memory. */
struct js *device_facts_to_js(const struct device_facts *facts);

#endif
