// Calls one function that a program may import with wild pointers, lengths and numbers, then tells what it answered. The case
// puts the table `calls` before this text. The argument is the function's number.
//
// The program's own data lies beyond the first two pages, where the addresses that are there may be written to.
//
// Descriptors of every kind are open meanwhile: 3 and 4 the pre-opened directories, 5 a file, 6 and 7 the ends of a pipe.

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { REPORT = 200, PAGE = 65536, MIXED = 300, ERRORS = 77 };

// The first are descriptors and addresses that are there, if not aligned; the last are beyond the end of any memory here.
static const uint32_t words[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 64, 4096, 0x7fffffff, 0x80000000, 0xfffffff0, 0xfffffffe, 0xffffffff};
static const uint64_t longs[] = {0, 1, 4096, 0x7fffffff, 0x100000000, 0x7ffffffffffffffe, 0x8000000000000000, 0xffffffffffffffff};
// A signal that exists would end somebody.
static const uint32_t signals[] = {0, 65, 255, 256, 256 + 9, 0x7fffffff, 0x80000000, 0xffffffff};

static unsigned counts[ERRORS + 1];
static uint32_t seed = 12345;

static uint32_t next(uint32_t bound) {
    seed = seed * 1664525 + 1013904223;
    return (seed >> 16) % bound;
}

static int is_signal(const struct call *call, int index) {
    int takes_target = strcmp(call->name, "process_kill") == 0 || strcmp(call->name, "signal_queue") == 0;
    return takes_target ? index == 1 : strcmp(call->name, "proc_raise") == 0;
}

// With an address that is there it waits for a signal, which nobody sends.
static uint64_t beyond(const struct call *call, uint64_t value) {
    int waits = strcmp(call->name, "signal_suspend") == 0 || strcmp(call->name, "signal_wait") == 0;
    return waits ? value | 0x80000000 : value;
}

// All of the memory is a buffer like any other, and random bytes in it would end this program.
static int fills_all(const struct call *call, int index) { return strcmp(call->name, "random_get") == 0 && index == 1; }

// What it answers; a number that is no errno counts as ERRORS. The calls that answer a pid are taken to have succeeded.
static int try(const struct call *call, const uint64_t *values) {
    int result = call->call(values);
    int is_pid = strcmp(call->name, "process_id") == 0 || strcmp(call->name, "process_parent_id") == 0;
    if (is_pid) result = result > 0 ? 0 : ERRORS;
    if (result < 0 || result > ERRORS) result = ERRORS;
    counts[result]++;
    return result;
}

// The answer when every number is the same, but for the first, which is `first` if that is a descriptor that is open.
static int all(const struct call *call, uint32_t first, uint64_t value) {
    uint64_t values[9];
    for (int index = 0; index < 9; index++) values[index] = beyond(call, index == 0 && first <= 7 && !is_signal(call, 0) ? first : value);
    return try(call, values);
}

static void mix(const struct call *call) {
    uint64_t values[9];
    for (int index = 0; call->parameters[index]; index++) {
        if (is_signal(call, index)) values[index] = signals[next(sizeof signals / sizeof *signals)];
        else if (call->parameters[index] == 'I') values[index] = longs[next(sizeof longs / sizeof *longs)];
        else if (next(8) == 0 && !fills_all(call, index)) values[index] = (uint32_t)__builtin_wasm_memory_size(0) * PAGE - next(8);
        else values[index] = words[next(sizeof words / sizeof *words)];
        values[index] = beyond(call, values[index]);
    }
    try(call, values);
}

static void tell(const struct call *call, const int *uniform, int count) {
    char line[1024];
    int length = snprintf(line, sizeof line, "%s", call->name);
    for (int index = 0; index < count; index++) length += snprintf(line + length, sizeof line - length, " %d", uniform[index]);
    length += snprintf(line + length, sizeof line - length, ";");
    for (int error = 0; error <= ERRORS; error++)
        if (counts[error]) length += snprintf(line + length, sizeof line - length, " %d", error);
    length += snprintf(line + length, sizeof line - length, "; last\n");
    write(REPORT, line, length);
}

int main(int argc, char **argv) {
    const struct call *call = &calls[atoi(argv[1])];
    uint32_t number, read_end, write_end;
    if (descriptor_duplicate(1, REPORT, &number) || number != REPORT) return 1;
    char name[64];
    snprintf(name, sizeof name, "/tmp/wild-%d", atoi(argv[1]));
    int file = open(name, O_RDWR | O_CREAT | O_TRUNC, 0644);
    if (file < 0 || pipe_create(&read_end, &write_end, 0)) return 2;
    // Their own numbers are behind those of the folders of the root, which the C library has asked for.
    if (descriptor_duplicate_to(read_end, REPORT + 1) || descriptor_duplicate_to(write_end, REPORT + 2)) return 3;
    if (descriptor_duplicate_to((uint32_t)file, REPORT + 3)) return 4;
    for (uint32_t number = 5; number < REPORT; number++) close((int)number);
    for (uint32_t index = 0; index < 3; index++)
        if (descriptor_duplicate_to(REPORT + 1 + (index + 2) % 3, 5 + index)) return 5;
    int uniform[] = {
        all(call, 0xffffffff, ~0ull), all(call, 0xffffffff, 0x8000000080000000), all(call, 3, ~0ull), all(call, 5, ~0ull),
        all(call, 7, ~0ull),
    };
    for (int index = 0; index < MIXED; index++) mix(call);
    tell(call, uniform, sizeof uniform / sizeof *uniform);
    return 0;
}
