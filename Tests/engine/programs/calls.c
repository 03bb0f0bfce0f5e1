/* Calls: queens on a board by recursion, Fibonacci numbers, and a small machine whose instructions are called through a table. */
#include <stdint.h>
#include "program.h"

static int queens(int size, unsigned columns, unsigned falling, unsigned rising) {
    unsigned all = (1u << size) - 1;
    if (columns == all) return 1;
    int count = 0;
    unsigned free = all & ~(columns | falling | rising);
    while (free) {
        unsigned place = free & -free;
        free ^= place;
        count += queens(size, columns | place, (falling | place) << 1, (rising | place) >> 1);
    }
    return count;
}

__attribute__((noinline)) static int fibonacci(int number) {
    return number < 2 ? number : fibonacci(number - 1) + fibonacci(number - 2);
}

struct machine {
    uint32_t registers[4];
    uint32_t place;
};

typedef void instruction(struct machine *machine, uint32_t operand);

static void add(struct machine *machine, uint32_t operand) { machine->registers[0] += machine->registers[operand]; }
static void multiply(struct machine *machine, uint32_t operand) { machine->registers[0] *= operand; }
static void swap(struct machine *machine, uint32_t operand) {
    uint32_t value = machine->registers[0];
    machine->registers[0] = machine->registers[operand];
    machine->registers[operand] = value;
}
static void decrease(struct machine *machine, uint32_t operand) { machine->registers[operand]--; }
static void repeat(struct machine *machine, uint32_t operand) {
    if (machine->registers[3]) machine->place = operand;
}

static const struct {
    instruction *instruction;
    uint32_t operand;
} code[] = {{add, 1}, {multiply, 2654435761u}, {swap, 2}, {add, 2}, {swap, 1}, {decrease, 3}, {repeat, 0}};

uint64_t run(void) {
    struct machine machine = {{1, 2, 3, 2000000}, 0};
    while (machine.place < sizeof code / sizeof *code) {
        uint32_t place = machine.place++;
        code[place].instruction(&machine, code[place].operand);
    }
    return (uint64_t)queens(10, 0, 0, 0) << 52 ^ (uint64_t)fibonacci(31) << 32 ^ machine.registers[0];
}
