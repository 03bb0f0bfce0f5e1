// What the test modules share. They are no part of the system: they drive a hart to its edges.
#pragma once

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;

#define IMPORT(name) __attribute__((import_module("martlet_host"), import_name(#name)))
#define EXPORT(name) __attribute__((export_name(#name)))

enum { REQUEST = 1, REPLY = 2, NOTICE = 3, HEADER = 48 };
enum { CANCEL = 0x0001, SET_STAMP = 0x0103, START_PROGRAM = 0x0201, HART_GONE = 0x0303, EXIT = 0x0402, READ = 0x0801, WRITE = 0x0802, STATUS = 0x0804 };

IMPORT(send) u32 host_send(u32 connection, void *message, u32 length);
IMPORT(set_timer) void host_set_timer(u64 deadline);

static u8 input[2 << 20];
static u8 output[2 << 20];

static void put(u8 *at, u64 value, int size) {
    for (int index = 0; index < size; index++) at[index] = (u8)(value >> (8 * index));
}

static u64 get(const u8 *at, int size) {
    u64 value = 0;
    for (int index = 0; index < size; index++) value |= (u64)at[index] << (8 * index);
    return value;
}

static void move(u8 *to, const u8 *from, u32 count) {
    for (u32 index = 0; index < count; index++) to[index] = from[index];
}

// Sends a message whose payload of `length` bytes stands behind the header's place in `output`, with a forged stamp.
static u32 send(u32 connection, u32 kind, u32 operation, u32 argument, u32 request, u32 length) {
    for (int index = 0; index < HEADER; index++) output[index] = 0xEE;
    put(output, kind, 1);
    put(output + 1, 1, 1);
    put(output + 2, operation, 2);
    put(output + 4, argument, 4);
    put(output + 8, request, 4);
    put(output + 12, length, 4);
    return host_send(connection, output, HEADER + length);
}
