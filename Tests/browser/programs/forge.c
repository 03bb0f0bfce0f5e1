// Names what is not its own: pids, groups, descriptors, counts. Prints one line for each call: its name and what it answered.

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wasi/api.h>

#include "martlet.h"

// The C library's own takes no length.
IMPORT("wasi_snapshot_preview1", "path_create_directory")
int create_directory(uint32_t directory, const char *path, uint32_t length);

enum { TERMINATE = 15, KILL = 9, NO_HANG = 1 };

static char data[1 << 16];
static int32_t process;
static uint32_t word, status;
static __wasi_size_t size;

static void tell(const char *name, long number, int result) { printf("%s %ld: %d\n", name, number, result); }

static void forge_processes(int agent) {
    static const int32_t absent[] = {99999, 0x7fffffff, -99999, -0x7fffffff, -0x7fffffff - 1};
    for (unsigned index = 0; index < sizeof absent / sizeof *absent; index++) {
        tell("kill", absent[index], process_kill(absent[index], KILL));
        tell("wait", absent[index], process_wait(absent[index], NO_HANG, &process, &status));
    }
    // resmgr itself has no process that could be signalled: 0 is the caller's own group, which signal 0 leaves alone.
    tell("kill", 0, process_kill(0, 0));
    // init and servers hear no signal that would end a program.
    for (int pid = 1; pid <= 6; pid++) {
        tell("terminate", pid, process_kill(pid, TERMINATE));
        tell("wait", pid, process_wait(pid, NO_HANG, &process, &status));
        tell("set group", pid, process_group_set(pid, 0));
    }
    tell("kill", 1, process_kill(1, KILL));
    tell("wait", agent, process_wait(agent, NO_HANG, &process, &status));
    tell("wait", process_id(), process_wait(process_id(), NO_HANG, &process, &status));
    tell("set group", agent, process_group_set(agent, 0));
    tell("set group", 99999, process_group_set(99999, 0));
    tell("join group", agent, process_group_set(0, 99999));
    tell("group of", 99999, process_group_get(99999, &process, &process));
    tell("group of", -1, process_group_get(-1, &process, &process));
}

static void forge_descriptors(void) {
    static const uint32_t absent[] = {500, 1023, 1024, 1025, 65536, 0x7fffffff, 0x80000000, 0xffffffff};
    __wasi_iovec_t vector = {(uint8_t *)data, 1};
    for (unsigned index = 0; index < sizeof absent / sizeof *absent; index++) {
        uint32_t number = absent[index];
        tell("read", number, __wasi_fd_read((int)number, &vector, 1, &size));
        tell("write", number, __wasi_fd_write((int)number, (void *)&vector, 1, &size));
        tell("close", number, __wasi_fd_close((int)number));
        tell("renumber", number, __wasi_fd_renumber((int)number, 3));
        tell("status", number, descriptor_status(number, data));
        tell("duplicate", number, descriptor_duplicate(number, 0, &word));
        tell("duplicate to", number, descriptor_duplicate_to(number, 9));
        tell("foreground", number, terminal_foreground_set(number, 1));
    }
    for (unsigned index = 2; index < sizeof absent / sizeof *absent; index++) {
        tell("renumber onto", absent[index], __wasi_fd_renumber(3, (int)absent[index]));
        tell("duplicate from", absent[index], descriptor_duplicate(1, absent[index], &word));
        tell("duplicate onto", absent[index], descriptor_duplicate_to(1, absent[index]));
    }
}

// A spawn whose block says that one more descriptor is passed, `parent` here and `child` there.
static int pass(uint32_t child, uint32_t parent, uint32_t arguments, uint32_t length) {
    uint32_t block[] = {0, 0, arguments, 4, 0x6b6b6b6b, 0, 1, child, parent}, count;
    return process_spawn("/bin/true", 9, block, length, &process, data, sizeof data, &count);
}

static void forge_counts(void) {
    static const uint32_t huge[] = {1025, 0x10000000, 0x20000000, 0x20000001, 0x7fffffff, 0x80000000, 0xffffffff};
    int null = open("/dev/null", O_RDWR);
    for (unsigned index = 0; index < sizeof huge / sizeof *huge; index++) {
        uint32_t count = huge[index];
        __wasi_iovec_t vector = {(uint8_t *)data, count < 1 << 20 ? count << 20 : count};
        tell("vectors", count, __wasi_fd_write(null, (void *)data, count, &size));
        tell("length", count, __wasi_fd_read(null, &vector, 1, &size));
        tell("random", count, __wasi_random_get((uint8_t *)data, vector.buf_len));
        tell("subscriptions", count | 4097, __wasi_poll_oneoff((void *)data, (void *)data, count | 4097, &size));
        tell("path", count, create_directory(3, data, count));
    }
    tell("pass none", 500, pass(0, 500, 1, 36));
    tell("pass beyond", 1024, pass(1024, 1, 1, 36));
    tell("pass beyond", 0xffffffff, pass(0xffffffff, 1, 1, 36));
    tell("no arguments", 0, pass(0, 1, 0, 36));
    tell("arguments", 0x7fffffff, pass(0, 1, 0x7fffffff, 36));
    for (uint32_t length = 0; length < 36; length += 4) tell("short block", length, pass(0, 1, 1, length));
}

int main(int argc, char **argv) {
    forge_processes(atoi(argv[1]));
    forge_descriptors();
    forge_counts();
    puts("last");
    return 0;
}
