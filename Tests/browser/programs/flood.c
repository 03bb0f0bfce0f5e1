// A program that never leaves the system alone. The argument says how: `write`, `open`, `stat`, `poll`, `spin`. It says `ready`
// on its standard output first, and has to be killed.

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wasi/api.h>

#include "martlet.h"

enum { PIPES = 400 };

static char block[1 << 20];
static __wasi_subscription_t subscriptions[2 * PIPES];
static __wasi_event_t events[2 * PIPES];

static void say_ready(void) { write(1, "ready\n", 6); }

static void flood_write(void) {
    int null = open("/dev/null", O_WRONLY);
    if (null < 0) exit(1);
    say_ready();
    for (unsigned turn = 0;; turn++)
        if (write(null, block, turn % 16 ? 1 : sizeof block) < 1) exit(2);
}

static void flood_open(void) {
    say_ready();
    for (;;) {
        int file = open("/etc/hostname", O_RDONLY);
        if (file < 0) exit(3);
        close(file);
        if (open("/no/such/file", O_RDONLY) >= 0) exit(4);
    }
}

static void flood_stat(void) {
    struct stat status;
    say_ready();
    for (;;)
        if (stat("/bin/sh", &status) || !stat("/no/such/file", &status)) exit(5);
}

// Asks for the state of 800 pipe ends at once, far beyond what may be unanswered. The 400 that can be written end each call.
static void poll_pipes(int is_endless) {
    for (int index = 0; index < PIPES; index++) {
        uint32_t ends[2];
        if (pipe_create(&ends[0], &ends[1], 0)) exit(6);
        for (int end = 0; end < 2; end++) {
            __wasi_subscription_t *subscription = &subscriptions[2 * index + end];
            subscription->u.tag = end ? __WASI_EVENTTYPE_FD_WRITE : __WASI_EVENTTYPE_FD_READ;
            subscription->u.u.fd_read.file_descriptor = ends[end];
        }
    }
    say_ready();
    do {
        __wasi_size_t count;
        if (__wasi_poll_oneoff(subscriptions, events, 2 * PIPES, &count) || count != PIPES) exit(7);
    } while (is_endless);
}

int main(int argc, char **argv) {
    const char *how = argc > 1 ? argv[1] : "";
    if (!strcmp(how, "write")) flood_write();
    if (!strcmp(how, "open")) flood_open();
    if (!strcmp(how, "stat")) flood_stat();
    if (!strcmp(how, "poll")) poll_pipes(1);
    if (!strcmp(how, "spin")) {
        // The answers to what it withdrew at the end of its poll come while it computes, and it never takes them.
        poll_pipes(0);
        for (volatile unsigned turn = 0;; turn++) continue;
    }
    return 9;
}
