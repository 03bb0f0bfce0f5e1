/* Words: integers are hashed into an open table, counted, sorted by a heap and mixed, with much traffic on the memory. */
#include <stdint.h>
#include "program.h"

enum { SLOTS = 1 << 17, NUMBERS = 1500000, SORTED = 600000 };

static uint32_t keys[SLOTS];
static uint32_t counts[SLOTS];
static uint32_t heap[SORTED];

static uint64_t state = 88172645463325252u;

static uint32_t next(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 16);
}

static uint32_t mix(uint32_t value) {
    value ^= value >> 16;
    value *= 0x7feb352du;
    value ^= value >> 15;
    value *= 0x846ca68bu;
    return value ^ value >> 16;
}

static void count(uint32_t key) {
    uint32_t slot = mix(key) & (SLOTS - 1);
    while (counts[slot] && keys[slot] != key) slot = (slot + 1) & (SLOTS - 1);
    keys[slot] = key;
    counts[slot]++;
}

static void sink(uint32_t place, uint32_t size) {
    uint32_t value = heap[place];
    for (;;) {
        uint32_t child = 2 * place + 1;
        if (child >= size) break;
        if (child + 1 < size && heap[child + 1] > heap[child]) child++;
        if (heap[child] <= value) break;
        heap[place] = heap[child];
        place = child;
    }
    heap[place] = value;
}

static void sort(void) {
    for (uint32_t place = SORTED / 2; place-- > 0;) sink(place, SORTED);
    for (uint32_t size = SORTED - 1; size > 0; size--) {
        uint32_t largest = heap[0];
        heap[0] = heap[size];
        heap[size] = largest;
        sink(0, size);
    }
}

uint64_t run(void) {
    uint64_t sum = 0;
    for (int index = 0; index < NUMBERS; index++) count(next() % 90000);
    for (int slot = 0; slot < SLOTS; slot++) sum += (uint64_t)counts[slot] * counts[slot];
    for (int index = 0; index < SORTED; index++) heap[index] = next();
    sort();
    for (int index = 1; index < SORTED; index++) sum = sum * 31 + heap[index] - heap[index - 1];
    return sum;
}
