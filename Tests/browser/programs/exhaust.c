// Takes all that it can get of something: `files`, `pipes`, `processes`. Tells how many it got (of how many descriptors there were
// for them), the errno that ended it, and whether one more is there after one was given back. `hold N` takes N pipes, says
// `ready`, and keeps them until it is killed.

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "martlet.h"

enum { MOST = 2048, KILL = 9 };

static int32_t children[MOST];

static int open_file(void) {
    int file = open("/tmp/exhausted", O_RDWR | O_CREAT, 0644);
    return file < 0 ? errno : (children[0] = file, 0);
}

static int make_pipe(void) {
    uint32_t ends[2];
    int error = pipe_create(&ends[0], &ends[1], 0);
    if (!error) children[0] = (int)ends[0];
    return error;
}

static int start(int32_t *child) {
    // Flags, group, two arguments, no environment, no descriptors; all little-endian, each string after its length.
    static const char block[] =
        "\0\0\0\0" "\0\0\0\0" "\2\0\0\0" "\5\0\0\0" "sleep" "\4\0\0\0" "1000" "\0\0\0\0" "\0\0\0\0";
    char reason[64];
    uint32_t length;
    return process_spawn("/bin/sleep", 10, block, sizeof block - 1, child, reason, sizeof reason, &length);
}

// How many descriptors may still be opened.
static int room(void) {
    int room = 1024;
    for (int number = 0; number < 1024; number++)
        if (fcntl(number, F_GETFL) >= 0) room--;
    return room;
}

static int processes(void) {
    int count = 0, error = 0;
    while (count < MOST && !(error = start(&children[count]))) count++;
    int32_t ended;
    uint32_t status;
    for (int index = 0; index < count; index++) {
        if (process_kill(children[index], KILL) || process_wait(children[index], 0, &ended, &status)) return 1;
        if (ended != children[index] || status != (1 << 8 | KILL)) return 2;
    }
    int again = start(&children[0]);
    if (!again && (process_kill(children[0], KILL) || process_wait(children[0], 0, &ended, &status))) return 3;
    printf("processes %d %d %d\n", count, error, again);
    return 0;
}

int main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    if (!strcmp(what, "processes")) return processes();
    int (*take)(void) = strcmp(what, "files") ? make_pipe : open_file;
    // A path makes the C library ask for the folders of the root, which are descriptors too.
    if (open_file()) return 1;
    close(children[0]);
    int count = 0, error = 0, free = room();
    int most = argc > 2 ? atoi(argv[2]) : MOST;
    while (count < most && !(error = take())) count++;
    if (!strcmp(what, "hold")) {
        printf("ready %d %d\n", count, error);
        fflush(stdout);
        for (;;) sleep(1000);
    }
    // Of a pipe, one end is not enough for two.
    close(children[0]);
    if (take == make_pipe) close(children[0] + 1);
    int again = take();
    printf("%s %d of %d, %d %d\n", what, count, free, error, again);
    return 0;
}
