// What POSIX.1-2024 says of terminals, asked of a pseudo-terminal: one behaviour for each first argument. Sections are those of the Base
// Definitions (11, General Terminal Interface), or names of functions of the System Interfaces. Each prints how many of its checks held,
// and which did not. The same source judges another system: Tests/system/judge.

#include "terminal.h"

#include <stdlib.h>
#include <unistd.h>

static int held, missed;

#define CHECK(section, condition) \
    ((condition) ? held++ : (missed++, printf("%s: not so: %s (line %d, errno %d)\n", section, #condition, __LINE__, errno)))

static int master, terminal;
static struct termios plain;

// A pair, with the terminal open and nothing set that would change a byte: canonical, no echo, no processing.
static void begin(void) {
    master = posix_openpt(O_RDWR | O_NOCTTY);
    if (master < 0 || grantpt(master) || unlockpt(master)) exit(3);
    terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
    if (terminal < 0 || tcgetattr(terminal, &plain)) exit(3);
    plain.c_iflag = 0;
    plain.c_oflag = 0;
    plain.c_cflag = CS8 | CREAD;
    plain.c_lflag = ICANON;
    const cc_t characters[] = {3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22, 0};
    memcpy(plain.c_cc, characters, sizeof characters);
    if (tcsetattr(terminal, TCSANOW, &plain)) exit(3);
}

static void end(void) {
    close(terminal);
    close(master);
}

static int set(const struct termios *attributes) { return tcsetattr(terminal, TCSANOW, attributes); }

static struct termios with(tcflag_t input, tcflag_t output, tcflag_t local) {
    struct termios attributes = plain;
    attributes.c_iflag |= input;
    attributes.c_oflag |= output;
    attributes.c_lflag |= local;
    return attributes;
}

static struct termios raw(int minimum, int time) {
    struct termios attributes = plain;
    attributes.c_lflag &= ~(tcflag_t)(ICANON | ISIG | IEXTEN);
    attributes.c_cc[VMIN] = (cc_t)minimum;
    attributes.c_cc[VTIME] = (cc_t)time;
    return attributes;
}

static int is_ready(int descriptor, short events) {
    struct pollfd file = {.fd = descriptor, .events = events};
    return poll(&file, 1, 100) == 1 && (file.revents & events);
}

static void non_blocking(int descriptor, int is_so) {
    int flags = fcntl(descriptor, F_GETFL);
    fcntl(descriptor, F_SETFL, is_so ? flags | O_NONBLOCK : flags & ~O_NONBLOCK);
}

// What a descriptor has, up to 4096 bytes; "" if it has nothing.
static const char *taken(int descriptor) {
    static char buffer[4097];
    size_t length = 0;
    while (length < 4096 && is_ready(descriptor, POLLIN)) {
        ssize_t count = read(descriptor, buffer + length, 4096 - length);
        if (count <= 0) break;
        length += (size_t)count;
    }
    buffer[length] = 0;
    return buffer;
}

static int is(const char *found, const char *wanted) {
    if (!strcmp(found, wanted)) return 1;
    printf("found");
    for (; *found; found++) printf(*found > 32 && *found < 127 ? " %c" : " %02x", (unsigned char)*found);
    printf("\n");
    return 0;
}

static void type(const char *text) {
    if (write(master, text, strlen(text)) != (ssize_t)strlen(text)) exit(4);
}

// Types a line and says whether the terminal reads it so.
static int reads(const char *typed, const char *wanted) {
    type(typed);
    return is(taken(terminal), wanted);
}

// Writes to the terminal and says whether the master reads it so.
static int shows(const char *text, const char *wanted) {
    if (write(terminal, text, strlen(text)) != (ssize_t)strlen(text)) return 0;
    return is(taken(master), wanted);
}

static void pair(void) {
    int first = posix_openpt(O_RDWR | O_NOCTTY), second = posix_openpt(O_RDWR | O_NOCTTY);
    CHECK("posix_openpt", first >= 0 && second >= 0);
    char name[64];
    strcpy(name, ptsname(first));
    CHECK("ptsname", strncmp(name, "/dev/pts/", 9) == 0 && name[9]);
    CHECK("ptsname", strcmp(name, ptsname(second)) != 0);
    CHECK("unlockpt", open(name, O_RDWR | O_NOCTTY) < 0 && errno == EIO);
    CHECK("grantpt", grantpt(first) == 0);
    CHECK("unlockpt", unlockpt(first) == 0);
    int slave = open(name, O_RDWR | O_NOCTTY);
    CHECK("open", slave >= 0);
    CHECK("isatty", isatty(slave) == 1);
    CHECK("isatty", isatty(first) == 1);
    CHECK("grantpt", grantpt(slave) < 0);
    CHECK("write", write(slave, "x", 1) == 1);
    CHECK("read", is(taken(first), "x"));
    close(first);
    CHECK("open", open(name, O_RDWR | O_NOCTTY) < 0);
    close(slave);
    close(second);
    int file = open("file", O_RDWR | O_CREAT, 0644);
    struct termios attributes;
    CHECK("tcgetattr", tcgetattr(file, &attributes) < 0 && errno == ENOTTY);
    CHECK("tcflush", tcflush(file, TCIFLUSH) < 0 && errno == ENOTTY);
    CHECK("tcgetattr", tcgetattr(99, &attributes) < 0 && errno == EBADF);
    close(file);
}

static void canonical(void) {
    begin();
    const char *section = "11.1.6";
    type("one\ntwo\n");
    char buffer[20];
    is_ready(terminal, POLLIN);
    CHECK(section, read(terminal, buffer, 20) == 4 && !memcmp(buffer, "one\n", 4));
    CHECK(section, read(terminal, buffer, 2) == 2 && !memcmp(buffer, "tw", 2));
    CHECK(section, read(terminal, buffer, 20) == 2 && !memcmp(buffer, "o\n", 2));
    type("part");
    CHECK(section, !is_ready(terminal, POLLIN));
    non_blocking(terminal, 1);
    CHECK("11.1.5", read(terminal, buffer, 20) < 0 && errno == EAGAIN);
    non_blocking(terminal, 0);
    CHECK(section, reads("ial\n", "partial\n"));
    int count = -1;
    type("12345\n");
    is_ready(terminal, POLLIN);
    CHECK("FIONREAD", ioctl(terminal, FIONREAD, &count) == 0 && count == 6);
    CHECK("FIONREAD", is(taken(terminal), "12345\n"));
    CHECK("11.1.9 EOF", reads("middle\4", "middle"));
    type("\4");
    CHECK("11.1.9 EOF", is_ready(terminal, POLLIN) && read(terminal, buffer, 20) == 0);
    type("ab\4\4");
    is_ready(terminal, POLLIN);
    CHECK("11.1.9 EOF", read(terminal, buffer, 2) == 2 && read(terminal, buffer, 20) == 0);
    CHECK("11.1.9 ERASE", reads("abc\177\177d\n", "ad\n"));
    CHECK("11.1.9 ERASE", reads("\177\177x\n", "x\n"));
    CHECK("11.1.9 KILL", reads("abc\25d\n", "d\n"));
    struct termios attributes = plain;
    attributes.c_cc[VEOL] = ';';
    set(&attributes);
    CHECK("11.1.9 EOL", reads("one;", "one;"));
    attributes.c_cc[VERASE] = _POSIX_VDISABLE;
    attributes.c_cc[VEOL] = _POSIX_VDISABLE;
    set(&attributes);
    CHECK("11.1.9", reads("a\177;\n", "a\177;\n"));
    attributes = with(0, 0, IEXTEN);
    attributes.c_cc[VEOL2] = ':';
    set(&attributes);
    CHECK("11.2.5 IEXTEN", reads("two:", "two:"));
    CHECK("11.2.5 IEXTEN", reads("a\26\177b\n", "a\177b\n"));
    CHECK("11.2.5 IEXTEN", reads("a\26\4b\n", "a\4b\n"));
    CHECK("11.2.5 IEXTEN", reads("one two.\27\27x\n", "x\n"));
    set(&plain);
    CHECK("11.2.5 IEXTEN", reads("one\27\26\n", "one\27\26\n"));
    end();
}

static void long_lines(void) {
    begin();
    char line[300];
    memset(line, 'x', sizeof line);
    line[254] = '\n';
    line[255] = 0;
    CHECK("11.1.6 MAX_CANON", reads(line, line));
    // A line that is too long for the queue ends all the same, with what had room.
    char many[5001];
    memset(many, 'y', sizeof many);
    many[5000] = 0;
    non_blocking(master, 1);
    size_t written = 0;
    while (written < 5000 && is_ready(master, POLLOUT)) {
        ssize_t count = write(master, many + written, 5000 - written);
        if (count <= 0) break;
        written += (size_t)count;
    }
    CHECK("11.1.6 MAX_INPUT", written == 5000);
    CHECK("11.1.6 MAX_INPUT", write(master, "\n", 1) == 1);
    const char *found = taken(terminal);
    CHECK("11.1.6 MAX_INPUT", strlen(found) >= 255 && strlen(found) <= 4096 && found[strlen(found) - 1] == '\n');
    CHECK("11.1.6 MAX_INPUT", reads("next\n", "next\n"));
    end();
}

static void modes(void) {
    begin();
    const char *section = "11.1.7";
    char buffer[20];
    struct termios attributes = raw(3, 0);
    set(&attributes);
    type("ab");
    CHECK("11.1.7 B", !is_ready(terminal, POLLIN));
    type("cd");
    CHECK("11.1.7 B", is_ready(terminal, POLLIN) && read(terminal, buffer, 20) == 4);
    type("xyz");
    is_ready(terminal, POLLIN);
    CHECK("11.1.7 B", read(terminal, buffer, 2) == 2 && read(terminal, buffer, 1) == 1);
    attributes = raw(0, 0);
    set(&attributes);
    CHECK("11.1.7 D", read(terminal, buffer, 20) == 0);
    type("q");
    CHECK("11.1.7 D", is_ready(terminal, POLLIN) && read(terminal, buffer, 20) == 1 && buffer[0] == 'q');
    attributes = raw(0, 1);
    set(&attributes);
    CHECK("11.1.7 C", read(terminal, buffer, 20) == 0);
    type("r");
    is_ready(terminal, POLLIN);
    CHECK("11.1.7 C", read(terminal, buffer, 20) == 1 && buffer[0] == 'r');
    attributes = raw(5, 1);
    set(&attributes);
    type("st");
    CHECK("11.1.7 A", read(terminal, buffer, 20) == 2 && !memcmp(buffer, "st", 2));
    type("12345");
    CHECK("11.1.7 A", read(terminal, buffer, 20) == 5);
    attributes = raw(1, 0);
    set(&attributes);
    CHECK(section, reads("\4\177\25\3\n", "\4\177\25\3\n"));
    type("left\n");
    is_ready(terminal, POLLIN);
    set(&plain);
    CHECK("11.2.5 ICANON", is(taken(terminal), "left\n"));
    type("edited");
    CHECK("11.2.5 ICANON", !is_ready(terminal, POLLIN));
    set(&attributes);
    CHECK("11.2.5 ICANON", is(taken(terminal), "edited"));
    non_blocking(terminal, 1);
    CHECK("11.1.7", read(terminal, buffer, 20) < 0 && errno == EAGAIN);
    end();
}

static void input(void) {
    begin();
    struct termios attributes = with(ICRNL, 0, 0);
    set(&attributes);
    CHECK("11.2.2 ICRNL", reads("a\r", "a\n"));
    attributes = with(INLCR, 0, 0);
    attributes.c_lflag = 0;
    set(&attributes);
    CHECK("11.2.2 INLCR", reads("a\nb", "a\rb"));
    attributes.c_iflag = IGNCR | ICRNL;
    set(&attributes);
    CHECK("11.2.2 IGNCR", reads("a\rb\n", "ab\n"));
    attributes.c_iflag = 0;
    set(&attributes);
    CHECK("11.2.2", reads("a\rb\n", "a\rb\n"));
    attributes.c_iflag = ISTRIP;
    set(&attributes);
    CHECK("11.2.2 ISTRIP", reads("\301b", "Ab"));
    attributes.c_iflag = PARMRK;
    set(&attributes);
    CHECK("11.2.2 PARMRK", reads("a\377b", "a\377\377b"));
    attributes.c_iflag = PARMRK | ISTRIP;
    set(&attributes);
    CHECK("11.2.2 PARMRK", reads("a\377b", "a\177b"));
    attributes.c_iflag = 0;
    set(&attributes);
    CHECK("11.2.2 PARMRK", reads("a\377b", "a\377b"));
    attributes = with(IUTF8, 0, 0);
    set(&attributes);
    CHECK("IUTF8", reads("a\303\251\177b\n", "ab\n"));
    set(&plain);
    CHECK("IUTF8", reads("a\303\251\177b\n", "a\303b\n"));
    end();
}

static void output(void) {
    begin();
    struct termios attributes = with(0, ONLCR | OCRNL | TAB3, 0);
    set(&attributes);
    CHECK("11.2.3 OPOST", shows("a\n\r\tb", "a\n\r\tb"));
    attributes.c_oflag = OPOST | ONLCR;
    set(&attributes);
    CHECK("11.2.3 ONLCR", shows("a\nb", "a\r\nb"));
    attributes.c_oflag = OPOST | OCRNL;
    set(&attributes);
    CHECK("11.2.3 OCRNL", shows("a\rb", "a\nb"));
    attributes.c_oflag = OPOST | ONLCR | ONOCR;
    set(&attributes);
    CHECK("11.2.3 ONOCR", shows("\n\rab\rc", "\r\nab\rc"));
    attributes.c_oflag = OPOST | ONLRET | ONOCR;
    set(&attributes);
    CHECK("11.2.3 ONLRET", shows("ab\n\rc", "ab\nc"));
    attributes.c_oflag = OPOST | ONLCR | TAB3;
    set(&attributes);
    CHECK("11.2.3 TAB3", shows("\na\tbc\td", "\r\na       bc      d"));
    attributes.c_oflag = OPOST;
    set(&attributes);
    CHECK("11.2.3", shows("\na\t\r", "\na\t\r"));
    end();
}

static int echoes(const char *typed, const char *wanted) {
    type(typed);
    int result = is(taken(master), wanted);
    tcflush(terminal, TCIFLUSH);
    return result;
}

static void echo(void) {
    begin();
    CHECK("11.2.5 ECHO", echoes("a\n", ""));
    struct termios attributes = with(0, 0, ECHO);
    set(&attributes);
    CHECK("11.2.5 ECHO", echoes("ab\n", "ab\n"));
    attributes = with(0, 0, ECHONL);
    set(&attributes);
    CHECK("11.2.5 ECHONL", echoes("ab\n", "\n"));
    attributes = with(0, OPOST | ONLCR, ECHO | ECHOE);
    set(&attributes);
    CHECK("11.2.5 ECHO", echoes("ab\n", "ab\r\n"));
    CHECK("11.2.5 ECHOE", echoes("ab\177c\n", "ab\b \bc\r\n"));
    CHECK("11.2.5 ECHOE", echoes("\177\n", "\r\n"));
    attributes = with(0, OPOST | ONLCR, ECHO | ECHOK);
    set(&attributes);
    CHECK("11.2.5 ECHOK", echoes("ab\25c\n", "ab\25\r\nc\r\n"));
    attributes = with(0, OPOST | ONLCR, ECHO | ECHOE | ECHOK | ECHOKE);
    set(&attributes);
    CHECK("ECHOKE", echoes("ab\25c\n", "ab\b \b\b \bc\r\n"));
    attributes = with(0, OPOST | ONLCR, ECHO | ECHOE | ECHOCTL);
    set(&attributes);
    CHECK("ECHOCTL", echoes("a\1\177b\n", "a^A\b \b\b \bb\r\n"));
    CHECK("11.1.9 EOF", echoes("a\4", "a"));
    attributes = with(0, OPOST | ONLCR, ECHO | ECHOE | ECHOPRT);
    set(&attributes);
    CHECK("ECHOPRT", echoes("abc\177\177d\n", "abc\\cb/d\r\n"));
    attributes = with(0, OPOST | ONLCR, ECHO | ECHOE | ECHOCTL | IEXTEN);
    set(&attributes);
    CHECK("11.2.5 IEXTEN", echoes("a\26\3\177b\n", "a^\b^C\b \b\b \bb\r\n"));
    CHECK("11.2.5 IEXTEN", echoes("one two\27x\n", "one two\b \b\b \b\b \bx\r\n"));
    CHECK("11.2.5 IEXTEN", echoes("ab\22c\n", "ab^R\r\nabc\r\n"));
    attributes = raw(1, 0);
    attributes.c_lflag |= ECHO;
    set(&attributes);
    CHECK("11.2.5 ECHO", echoes("a\177", "a\177"));
    end();
}

static void flow(void) {
    begin();
    struct termios attributes = with(IXON, 0, 0);
    set(&attributes);
    non_blocking(terminal, 1);
    type("\23x\n");
    CHECK("11.2.2 IXON", is(taken(terminal), "x\n"));
    CHECK("11.2.2 IXON", !is_ready(terminal, POLLOUT));
    CHECK("11.2.2 IXON", write(terminal, "held", 4) < 0 && errno == EAGAIN);
    type("\21y\n");
    CHECK("11.2.2 IXON", is(taken(terminal), "y\n"));
    CHECK("11.2.2 IXON", shows("on", "on"));
    attributes = with(IXON | IXANY, 0, 0);
    set(&attributes);
    type("\23");
    CHECK("11.2.2 IXANY", !is_ready(terminal, POLLOUT));
    type("z\n");
    CHECK("11.2.2 IXANY", is(taken(terminal), "z\n") && shows("any", "any"));
    set(&plain);
    CHECK("11.2.2 IXON", reads("\23\21\n", "\23\21\n"));
    CHECK("tcflow", tcflow(terminal, TCOOFF) == 0);
    CHECK("tcflow", !is_ready(terminal, POLLOUT) && write(terminal, "held", 4) < 0 && errno == EAGAIN);
    CHECK("tcflow", tcflow(terminal, TCOON) == 0);
    CHECK("tcflow", shows("on", "on"));
    CHECK("tcflow", tcflow(terminal, TCIOFF) == 0 && is(taken(master), "\23"));
    CHECK("tcflow", tcflow(terminal, TCION) == 0 && is(taken(master), "\21"));
    CHECK("tcflow", tcflow(terminal, 9) < 0 && errno == EINVAL);
    CHECK("tcsendbreak", tcsendbreak(terminal, 0) == 0);
    end();
}

static void queues(void) {
    begin();
    type("lost\n");
    is_ready(terminal, POLLIN);
    CHECK("tcflush", tcflush(terminal, TCIFLUSH) == 0 && !is_ready(terminal, POLLIN));
    CHECK("tcflush", reads("kept\n", "kept\n"));
    type("edited");
    CHECK("tcflush", !is_ready(terminal, POLLIN) && tcflush(terminal, TCIOFLUSH) == 0);
    CHECK("tcflush", reads("x\n", "x\n"));
    CHECK("tcflush", tcflush(terminal, TCOFLUSH) == 0 && shows("after", "after"));
    CHECK("tcflush", tcflush(terminal, 9) < 0 && errno == EINVAL);
    CHECK("tcdrain", tcdrain(terminal) == 0);
    type("lost\n");
    is_ready(terminal, POLLIN);
    CHECK("tcsetattr", tcsetattr(terminal, TCSADRAIN, &plain) == 0 && is(taken(terminal), "lost\n"));
    type("lost\n");
    is_ready(terminal, POLLIN);
    CHECK("tcsetattr", tcsetattr(terminal, TCSAFLUSH, &plain) == 0 && !is_ready(terminal, POLLIN));
    CHECK("tcsetattr", tcsetattr(terminal, 9, &plain) < 0 && errno == EINVAL);
    CHECK("11.1.8", shows("written", "written"));
    end();
}

static void settings(void) {
    begin();
    struct termios attributes = plain, found;
    attributes.c_iflag = BRKINT | IGNPAR | ICRNL | IXON | INPCK;
    attributes.c_oflag = OPOST | ONLCR;
    attributes.c_lflag = ICANON | ECHO | TOSTOP | NOFLSH;
    for (int index = 0; index < 17; index++)
        if (index != VTIME && index != VMIN) attributes.c_cc[index] = (cc_t)(100 + index);
    attributes.c_cc[VTIME] = 7;
    attributes.c_cc[VMIN] = 9;
    CHECK("tcsetattr", set(&attributes) == 0 && tcgetattr(terminal, &found) == 0);
    CHECK("tcgetattr", found.c_iflag == attributes.c_iflag);
    CHECK("tcgetattr", found.c_oflag == attributes.c_oflag);
    CHECK("tcgetattr", found.c_lflag == attributes.c_lflag);
    CHECK("tcgetattr", !memcmp(found.c_cc, attributes.c_cc, 17));
    CHECK("tcgetattr", (found.c_cflag & (CSIZE | CREAD)) == (CS8 | CREAD));
    struct termios seen;
    CHECK("tcgetattr", tcgetattr(master, &seen) == 0 && seen.c_lflag == found.c_lflag);
    CHECK("cfsetospeed", cfsetospeed(&attributes, B19200) == 0 && cfgetospeed(&attributes) == B19200);
    CHECK("cfsetispeed", cfsetispeed(&attributes, B19200) == 0 && cfgetispeed(&attributes) == B19200);
    CHECK("cfsetospeed", cfsetospeed(&attributes, 12345) < 0 && errno == EINVAL);
    CHECK("tcsetattr", set(&attributes) == 0 && tcgetattr(terminal, &found) == 0 && cfgetospeed(&found) == B19200);
    cfsetospeed(&attributes, B9600);
    cfsetispeed(&attributes, B0);
    CHECK("cfsetispeed", set(&attributes) == 0 && tcgetattr(terminal, &found) == 0 && cfgetispeed(&found) == B9600);
    struct winsize size = {.ws_row = 30, .ws_col = 100}, told = {0};
    CHECK("tcsetwinsize", tcsetwinsize(master, &size) == 0);
    CHECK("tcgetwinsize", tcgetwinsize(terminal, &told) == 0 && told.ws_row == 30 && told.ws_col == 100);
    CHECK("tcgetpgrp", tcgetpgrp(terminal) < 0 && errno == ENOTTY);
    CHECK("tcgetsid", tcgetsid(terminal) < 0 && errno == ENOTTY);
    end();
}

static void hang_up(void) {
    begin();
    char buffer[20];
    CHECK("write", write(terminal, "last", 4) == 4);
    close(terminal);
    CHECK("close", read(master, buffer, 20) == 4 && !memcmp(buffer, "last", 4));
    CHECK("close", read(master, buffer, 20) < 0 && errno == EIO);
    struct pollfd file = {.fd = master, .events = POLLIN};
    CHECK("poll", poll(&file, 1, 100) == 1 && (file.revents & POLLHUP));
    terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
    CHECK("open", terminal >= 0);
    CHECK("open", shows("again", "again"));
    close(master);
    CHECK("11.1.10", read(terminal, buffer, 20) == 0);
    CHECK("11.1.10", write(terminal, "x", 1) < 0 && errno == EIO);
    CHECK("11.1.10", tcdrain(terminal) < 0 && errno == EIO);
    file = (struct pollfd){.fd = terminal, .events = POLLIN};
    CHECK("poll", poll(&file, 1, 100) == 1 && (file.revents & POLLHUP));
    close(terminal);
    int pairs[20];
    int count = 0;
    for (int index = 0; index < 20; index++) count += (pairs[index] = posix_openpt(O_RDWR | O_NOCTTY)) >= 0;
    CHECK("posix_openpt", count == 20);
    for (int index = 0; index < 20; index++) close(pairs[index]);
}

// What POSIX leaves to the system, or Linux does otherwise: not judged.
static void own(void) {
    begin();
    struct termios attributes = plain;
    attributes.c_cflag = CS7 | CREAD;
    set(&attributes);
    CHECK("11.2.4 CSIZE", reads("\301\n", "A\n"));
    CHECK("11.2.4 CSIZE", shows("\302", "B"));
    attributes.c_cflag = CS8;
    set(&attributes);
    CHECK("11.2.4 CREAD", reads("a\n", ""));
    set(&plain);
    attributes = plain;
    attributes.c_iflag = IXOFF;
    attributes.c_lflag = 0;
    set(&attributes);
    char many[3500];
    memset(many, 'x', sizeof many);
    CHECK("11.2.2 IXOFF", write(master, many, sizeof many) == sizeof many && is(taken(master), "\23"));
    CHECK("11.2.2 IXOFF", strlen(taken(terminal)) == sizeof many && is(taken(master), "\21"));
    set(&plain);
    type("unread\n");
    is_ready(terminal, POLLIN);
    close(terminal);
    terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
    CHECK("11.1.11", !is_ready(terminal, POLLIN));
    // Output is sent when the master has read it.
    CHECK("tcflush", write(terminal, "dropped", 7) == 7 && tcflush(terminal, TCOFLUSH) == 0 && is(taken(master), ""));
    CHECK("11.2.2 IXON", write(terminal, "held", 4) == 4 && tcflow(terminal, TCOOFF) == 0 && is(taken(master), ""));
    CHECK("11.2.2 IXON", tcflow(terminal, TCOON) == 0 && is(taken(master), "held"));
    attributes = plain;
    attributes.c_cflag |= CLOCAL;
    cfsetospeed(&attributes, B0);
    char buffer[20];
    CHECK("11.2.4 CLOCAL", set(&attributes) == 0 && shows("x", "x"));
    attributes.c_cflag = plain.c_cflag;
    CHECK("cfsetospeed", set(&attributes) == 0 && read(terminal, buffer, 20) == 0);
    CHECK("cfsetospeed", write(terminal, "x", 1) < 0 && errno == EIO);
    CHECK("cfsetospeed", read(master, buffer, 20) < 0 && errno == EIO);
    int again = open(ptsname(master), O_RDWR | O_NOCTTY);
    struct termios found;
    CHECK("open", tcgetattr(again, &found) == 0 && cfgetospeed(&found) == B38400);
    close(again);
    end();
    int pairs[300];
    int count = 0;
    while (count < 300 && (pairs[count] = posix_openpt(O_RDWR | O_NOCTTY)) >= 0) count++;
    CHECK("posix_openpt", count == 256 && errno == EAGAIN);
    while (count > 0) close(pairs[--count]);
    CHECK("posix_openpt", (count = posix_openpt(O_RDWR | O_NOCTTY)) >= 0 && close(count) == 0);
}

int main(int argc, char **argv) {
    static const struct {
        const char *name;
        void (*test)(void);
    } tests[] = {
        {"pair", pair}, {"canonical", canonical}, {"long", long_lines}, {"modes", modes}, {"input", input}, {"output", output}, {"echo", echo},
        {"flow", flow}, {"queues", queues}, {"settings", settings}, {"hang-up", hang_up}, {"own", own},
    };
    for (unsigned index = 0; index < sizeof tests / sizeof *tests; index++) {
        if (argc != 2 || strcmp(argv[1], tests[index].name)) continue;
        tests[index].test();
        printf("%d held\n", held);
        return missed > 0;
    }
    return 2;
}
