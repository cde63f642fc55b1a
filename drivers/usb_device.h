#ifndef SOHOA_DRIVERS_USB_DEVICE_H
#define SOHOA_DRIVERS_USB_DEVICE_H

#include "daemon/base/err.h"
#include "drivers/identity.h"

/* What the kernel knows of the devices on USB, read from sysfs through libsystemd. */

/* The one device the key means. False: none, or several, or no USB here. A serial that two attached
 * devices of one kind share is left out: it tells nobody apart. */
bool usb_device_find(const struct usb_key *key, struct usb_facts *out);

/* Resets the device as if it were plugged in anew (USBDEVFS_RESET). DEVICE_DENIED, NO_SCANNER when
 * it is gone, SCANNER_IO. */
enum err_code usb_device_reset(const struct usb_facts *facts, struct err *err);

#endif
