// A server that tells every input on connection 0, as a notice with its kind, argument and bytes. A notice `cancel` there makes a
// device call of its bytes, and the status is told as an input of kind 100; a notice `read` makes it trap.
#include "common.h"

IMPORT(device) u32 host_device(const void *call, u32 length);

EXPORT(_initialize) void initialize(void) {}
EXPORT(input_buffer) void *input_buffer(u32 length) { return input; }

static void tell(u8 kind, u32 argument, const void *bytes, u32 length) {
    output[HEADER] = kind;
    put(output + HEADER + 1, argument, 4);
    move(output + HEADER + 5, bytes, length);
    send(0, NOTICE, WRITE, 0, 0, 5 + length);
}

EXPORT(input) void handle(u32 kind, u32 argument, u64 now, u32 length) {
    u32 operation = kind == 2 ? (u32)get(input + 2, 2) : 0;
    if (kind == 2 && operation == CANCEL) tell(100, host_device(input + HEADER, length - HEADER), "", 0);
    else if (kind == 2 && operation == READ) __builtin_trap();
    else tell((u8)kind, argument, input, length);
    if (kind == 1) host_set_timer(now + 30000000);
}
