// A libOS that never starts its program and speaks with the servers by itself. The case says what it does (WHAT) and on which
// connection (CONNECTION), and puts the numbers of all operations into OPERATIONS.
#include "common.h"

IMPORT(end) void host_end(void);

enum { SIGNAL_GROUP = 0x0605, PROCESS_GONE = 0x0603, BAD_FILE_DESCRIPTOR = 8 };
enum { ANSWER_NOBODY = 1, SEND_A_SERVERS_NOTICE, SEND_THE_MANAGERS_NOTICE, CANCEL_BADLY, ASK_EVERYTHING, GUESS_HANDLES };

static const u32 operations[] = {OPERATIONS};
static const u32 lengths[] = {0, 3, 200};
enum { OPERATION_COUNT = sizeof operations / sizeof *operations, LENGTHS = 3, HANDLES = 48, GENERATIONS = 60 };

// Questions asked, and what the handles that were guessed are good for.
static u32 asked, known;

static void exit_with(u8 code) {
    output[HEADER] = 0;
    output[HEADER + 1] = code;
    send(0, NOTICE, EXIT, 0, 0, 2);
    host_end();
}

// A request of every operation, whose payload nobody can decode, on resmgr's connection and on a server's.
static void ask_everything(void) {
    for (; asked < OPERATION_COUNT * LENGTHS * 2; asked++) {
        u32 length = lengths[asked % LENGTHS], operation = operations[asked / LENGTHS % OPERATION_COUNT];
        for (u32 index = 0; index < length; index++) output[HEADER + index] = 0xff;
        // What the hart refuses is not answered.
        if (send(asked < OPERATION_COUNT * LENGTHS ? 0 : CONNECTION, REQUEST, operation, 256, 1 + asked, length) == 0) return;
    }
    exit_with(7);
}

static void guess_handles(void) {
    if (asked == HANDLES * GENERATIONS) return exit_with((u8)known);
    put(output + HEADER, asked / GENERATIONS, 4);
    put(output + HEADER + 4, 1 + asked % GENERATIONS, 4);
    // `status`, which any handle is good for.
    send(CONNECTION, REQUEST, STATUS, 256, 1 + asked, 8);
}

static void go_on(void) {
    if (WHAT == ANSWER_NOBODY) send(CONNECTION, REPLY, READ, 0, 777, 0);
    if (WHAT == SEND_A_SERVERS_NOTICE) send(CONNECTION, NOTICE, SIGNAL_GROUP, 0, 0, 8);
    if (WHAT == SEND_THE_MANAGERS_NOTICE) send(CONNECTION, NOTICE, PROCESS_GONE, 0, 0, 8);
    if (WHAT == CANCEL_BADLY) send(CONNECTION, NOTICE, CANCEL, 0, 0, 3);
    if (WHAT == ASK_EVERYTHING) ask_everything();
    if (WHAT == GUESS_HANDLES) guess_handles();
}

EXPORT(_initialize) void initialize(void) {}
EXPORT(message_buffer) void *message_buffer(u32 length) { return input; }
EXPORT(turn) void turn(void) {}
EXPORT(timer) void timer(void) {}
EXPORT(resume) int resume(u32 thread) { return -1; }

EXPORT(deliver) void deliver(u32 connection, u32 length) {
    u32 kind = input[0], operation = get(input + 2, 2);
    if (kind == REQUEST && operation == START_PROGRAM) go_on();
    if (kind != REPLY) return;
    if (get(input + 4, 4) != BAD_FILE_DESCRIPTOR) known++;
    asked++;
    go_on();
}
