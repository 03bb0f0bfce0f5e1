// Holds an object of a driver and uses it until that fails; the errno is the exit status. The first argument is `pipe`, which
// is read and never written, or a path, which is opened for reading. With a second argument, which is a file, `ready` is written
// there once the object is there.

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "martlet.h"

enum { STRANGE = 99 };

static int get(const char *what) {
    uint32_t ends[2];
    if (what[0] != '/') return pipe_create(&ends[0], &ends[1], 0) ? -1 : (int)ends[0];
    return open(what, O_RDONLY);
}

static int say_ready(const char *path) {
    int file = open(path, O_WRONLY | O_CREAT, 0644);
    return file < 0 || write(file, "ready\n", 6) != 6 || close(file) ? errno : 0;
}

int main(int argc, char **argv) {
    char byte;
    int file = argc > 1 ? get(argv[1]) : -1;
    if (file < 0 || read(file, &byte, 0) != 0) return STRANGE;
    if (argc > 2 && say_ready(argv[2])) return STRANGE;
    for (;;) {
        ssize_t count = read(file, &byte, 1);
        if (count < 0) return errno;
        if (count == 0 && lseek(file, 0, SEEK_SET) != 0) return errno;
    }
}
