// A libOS that takes its image from the message `startProgram` itself, writes to the connection that a program names as
// descriptor, and misbehaves on request (`fd_advise`). The case adds an export for every other program call.
#include "common.h"

IMPORT(copy_in) u32 host_copy_in(void *to, u32 from, u32 length);
IMPORT(copy_out) u32 host_copy_out(u32 to, const void *from, u32 length);
IMPORT(clock_monotonic) u64 host_clock_monotonic(void);
IMPORT(random) void host_random(void *to, u32 length);
IMPORT(image_begin) void host_image_begin(u32 size);
IMPORT(image_write) void host_image_write(const void *from, u32 length);
IMPORT(image_end) void host_image_end(void);
IMPORT(end) void host_end(void);

enum { SUCCESS = 0, BAD_ADDRESS = 21, PENDING = -1, YIELD = -2 };

static u32 start_request, last_request = 1, awaited, count_pointer, turns, is_done;
static int result;

static void exit_with(u8 kind, const void *bytes, u32 length) {
    output[HEADER] = kind;
    move(output + HEADER + 1, bytes, length);
    send(0, NOTICE, EXIT, 0, 0, 1 + length);
    host_end();
}

EXPORT(_initialize) void initialize(void) {}
EXPORT(message_buffer) void *message_buffer(u32 length) { return input; }
EXPORT(turn) void turn(void) { turns++; }

EXPORT(deliver) void deliver(u32 connection, u32 length) {
    u32 kind = input[0], operation = get(input + 2, 2), request = get(input + 8, 4);
    if (kind == REQUEST && operation == START_PROGRAM) {
        start_request = request;
        host_image_begin(length - HEADER);
        host_image_write(input + HEADER, length - HEADER);
        host_image_end();
    } else if (kind == REPLY && request == awaited) {
        u32 count = length - HEADER;
        host_copy_out(count_pointer, &count, 4);
        result = (int)get(input + 4, 4);
        is_done = 1;
    }
}

EXPORT(timer) void timer(void) { is_done = 1; }

EXPORT(image_result) void image_result(u32 status, u32 length) {
    move(output + HEADER, input, length);
    send(0, REPLY, START_PROGRAM, status, start_request, length);
}

EXPORT(trap) void trap(u32 kind, u32 length) { exit_with((u8)kind, input, length); }
EXPORT(returned) void returned(void) { exit_with(0, "\0\0\0", 4); }

EXPORT(resume) int resume(u32 thread) {
    if (!is_done) return PENDING;
    is_done = 0;
    return result;
}

EXPORT(proc_exit) int proc_exit(u32 thread, u32 code) {
    exit_with(0, &code, 4);
    return PENDING;
}

EXPORT(fd_write) int fd_write(u32 thread, u32 connection, u32 vectors, u32 count, u32 written) {
    u32 vector[2];
    if (host_copy_in(vector, vectors, 8)) return BAD_ADDRESS;
    if (host_copy_in(output + HEADER, vector[0], vector[1])) return BAD_ADDRESS;
    awaited = ++last_request;
    count_pointer = written;
    u32 status = send(connection, REQUEST, WRITE, 1 << 20, awaited, vector[1]);
    return status ? (int)status : PENDING;
}

EXPORT(sched_yield) int sched_yield(u32 thread) {
    is_done = 1;
    result = SUCCESS;
    return YIELD;
}

EXPORT(poll_oneoff) int poll_oneoff(u32 thread, u32 a, u32 b, u32 c, u32 d) {
    result = SUCCESS;
    host_set_timer(host_clock_monotonic() + 20000000);
    return PENDING;
}

EXPORT(clock_time_get) int clock_time_get(u32 thread, u32 clock, u64 precision, u32 to) {
    u64 time = host_clock_monotonic();
    return (int)host_copy_out(to, &time, 8);
}

EXPORT(random_get) int random_get(u32 thread, u32 to, u32 length) {
    host_random(output, length);
    return (int)host_copy_out(to, output, length);
}

// How many requests of so much reserved space connection 5 takes, times 1000, and the status of the next one.
static int fill(u32 reserved) {
    for (u32 sent = 0;; sent++) {
        u32 status = send(5, REQUEST, READ, reserved, 1000 + sent, 0);
        if (status || sent == 100) return (int)(sent * 1000 + status);
    }
}

EXPORT(fd_advise) int fd_advise(u32 thread, u32 what, u64 a, u64 b, u32 c) {
    switch (what) {
    case 1: return fill(16);
    case 2: return fill(1 << 20);
    case 3: return (int)send(77, REQUEST, READ, 0, 1, 0);
    case 4: return (int)send(5, 9, READ, 0, 1, 0);
    case 5: return (int)host_send(5, output, HEADER - 1);
    case 6:
        put(output + 12, 7, 4);
        return (int)host_send(5, output, HEADER);
    case 7: return (int)send(5, REQUEST, READ, (1 << 20) + 1, 1, 0);
    case 8: return (int)send(0, REPLY, SET_STAMP, 0, 1, 0);
    case 9: return (int)send(0, NOTICE, HART_GONE, 0, 0, 4);
    case 10: return send(5, REQUEST, READ, 0, 1, 0) ? -3 : (int)send(5, REQUEST, READ, 0, 1, 0);
    case 11: return (int)host_send(5, (void *)-16, HEADER);
    default: __builtin_trap();
    }
}
