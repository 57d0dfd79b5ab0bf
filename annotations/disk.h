/* What a room lies on: at rest, source is the host's to protect, and the session's record says whether it does. */
#ifndef CARREL_ANNOTATIONS_DISK_H
#define CARREL_ANNOTATIONS_DISK_H

enum disk { DISK_UNKNOWN, DISK_PLAIN, DISK_ENCRYPTED, DISK_KINDS };

/*
 * Of an open directory: encrypted if the directory is under fscrypt or eCryptfs, or if its device, or every device
 * below that, is one of dm-crypt; plain if a device that is not was found; unknown if there is no device to be seen
 * (overlay, network).  `sys`: "/sys", another place in tests.  To be called before the seal closes.
 */
enum disk disk_of(int dir, const char *sys);
/* Of a device's number, as disk_of() finds it. */
enum disk disk_of_device(unsigned major, unsigned minor, const char *sys);
const char *disk_word(enum disk disk); /* "encrypted", "plain", "unknown": as in the record */

#endif
