// <termios.h> and the calls of pseudo-terminals, for programs that ask a terminal: over Martlet's own calls, or the host's own headers,
// so that one source can be judged by another system. Flags and characters have Linux's numbers; a speed is its bits per second.
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#ifndef __wasi__

#include <stdlib.h>
#include <termios.h>

static inline int tcgetwinsize(int terminal, struct winsize *size) { return ioctl(terminal, TIOCGWINSZ, size); }
static inline int tcsetwinsize(int terminal, const struct winsize *size) { return ioctl(terminal, TIOCSWINSZ, size); }

#else

#include "martlet.h"

#ifndef O_NOCTTY
#define O_NOCTTY 0
#endif

typedef uint32_t tcflag_t;
typedef uint32_t speed_t;
typedef uint8_t cc_t;

#define NCCS 17
struct termios {
    tcflag_t c_iflag, c_oflag, c_cflag, c_lflag;
    speed_t c_ispeed, c_ospeed;
    cc_t c_cc[NCCS];
};
struct winsize {
    uint16_t ws_row, ws_col, ws_xpixel, ws_ypixel;
};

enum { VINTR, VQUIT, VERASE, VKILL, VEOF, VTIME, VMIN, VSTART = 8, VSTOP, VSUSP, VEOL, VREPRINT, VDISCARD, VWERASE, VLNEXT, VEOL2 };
#define _POSIX_VDISABLE 0

#define IGNBRK 01
#define BRKINT 02
#define IGNPAR 04
#define PARMRK 010
#define INPCK 020
#define ISTRIP 040
#define INLCR 0100
#define IGNCR 0200
#define ICRNL 0400
#define IXON 02000
#define IXANY 04000
#define IXOFF 010000
#define IMAXBEL 020000
#define IUTF8 040000

#define OPOST 01
#define ONLCR 04
#define OCRNL 010
#define ONOCR 020
#define ONLRET 040
#define OFILL 0100
#define OFDEL 0200
#define TABDLY 014000
#define TAB3 014000

#define CSIZE 060
#define CS5 0
#define CS6 020
#define CS7 040
#define CS8 060
#define CSTOPB 0100
#define CREAD 0200
#define PARENB 0400
#define PARODD 01000
#define HUPCL 02000
#define CLOCAL 04000

#define ISIG 01
#define ICANON 02
#define ECHO 010
#define ECHOE 020
#define ECHOK 040
#define ECHONL 0100
#define NOFLSH 0200
#define TOSTOP 0400
#define ECHOCTL 01000
#define ECHOPRT 02000
#define ECHOKE 04000
#define IEXTEN 0100000

enum {
    B0 = 0, B50 = 50, B75 = 75, B110 = 110, B134 = 134, B150 = 150, B200 = 200, B300 = 300, B600 = 600, B1200 = 1200, B1800 = 1800,
    B2400 = 2400, B4800 = 4800, B9600 = 9600, B19200 = 19200, B38400 = 38400, B57600 = 57600, B115200 = 115200
};

enum { TCSANOW, TCSADRAIN, TCSAFLUSH };
enum { TCIFLUSH, TCOFLUSH, TCIOFLUSH };
enum { TCOOFF, TCOON, TCIOFF, TCION };

MARTLET(terminal_attributes_get) int terminal_attributes_get(int descriptor, struct termios *attributes);
MARTLET(terminal_attributes_set) int terminal_attributes_set(int descriptor, int action, const struct termios *attributes);
MARTLET(terminal_size_get) int terminal_size_get(int descriptor, struct winsize *size);
MARTLET(terminal_size_set) int terminal_size_set(int descriptor, const struct winsize *size);
MARTLET(terminal_session_get) int terminal_session_get(int descriptor, int32_t *session);
MARTLET(terminal_control) int terminal_control(int descriptor, int command);
MARTLET(pseudo_terminal_get) int pseudo_terminal_get(int master, uint32_t *number);

static inline int answered(int error) {
    if (error) errno = error;
    return error ? -1 : 0;
}

static inline int tcgetattr(int terminal, struct termios *attributes) { return answered(terminal_attributes_get(terminal, attributes)); }
static inline int tcsetattr(int terminal, int action, const struct termios *attributes) {
    return answered(terminal_attributes_set(terminal, action, attributes));
}
static inline int tcgetwinsize(int terminal, struct winsize *size) { return answered(terminal_size_get(terminal, size)); }
static inline int tcsetwinsize(int terminal, const struct winsize *size) { return answered(terminal_size_set(terminal, size)); }
static inline int tcdrain(int terminal) { return answered(terminal_control(terminal, 0)); }
static inline int tcflush(int terminal, int queue) {
    return answered(queue < 0 || queue > 2 ? EINVAL : terminal_control(terminal, 1 + queue));
}
static inline int tcflow(int terminal, int action) {
    return answered(action < 0 || action > 3 ? EINVAL : terminal_control(terminal, 4 + action));
}
static inline int tcsendbreak(int terminal, int duration) {
    (void)duration;
    return answered(terminal_control(terminal, 8));
}
static inline int32_t tcgetpgrp(int terminal) {
    int32_t group;
    return answered(terminal_foreground_get(terminal, &group)) ? -1 : group;
}
static inline int32_t tcgetsid(int terminal) {
    int32_t session;
    return answered(terminal_session_get(terminal, &session)) ? -1 : session;
}

static inline speed_t cfgetispeed(const struct termios *attributes) { return attributes->c_ispeed; }
static inline speed_t cfgetospeed(const struct termios *attributes) { return attributes->c_ospeed; }
static inline int is_speed(speed_t speed) {
    static const speed_t known[] = {B0, B50, B75, B110, B134, B150, B200, B300, B600, B1200, B1800, B2400, B4800, B9600, B19200, B38400,
                                    B57600, B115200};
    for (unsigned index = 0; index < sizeof known / sizeof *known; index++)
        if (known[index] == speed) return 1;
    errno = EINVAL;
    return 0;
}
static inline int cfsetispeed(struct termios *attributes, speed_t speed) {
    if (!is_speed(speed)) return -1;
    attributes->c_ispeed = speed;
    return 0;
}
static inline int cfsetospeed(struct termios *attributes, speed_t speed) {
    if (!is_speed(speed)) return -1;
    attributes->c_ospeed = speed;
    return 0;
}

static inline int posix_openpt(int flags) { return open("/dev/ptmx", flags); }
static inline int grantpt(int master) {
    uint32_t number;
    return answered(pseudo_terminal_get(master, &number));
}
static inline int unlockpt(int master) { return answered(terminal_control(master, 9)); }
static inline char *ptsname(int master) {
    static char name[24];
    uint32_t number;
    if (answered(pseudo_terminal_get(master, &number))) return NULL;
    snprintf(name, sizeof name, "/dev/pts/%u", (unsigned)number);
    return name;
}

#endif
