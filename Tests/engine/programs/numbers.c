/* Numbers: a sieve over bytes and a product of matrices of doubles. */
#include "program.h"

enum { LIMIT = 2000000, ROUNDS = 8, SIZE = 200 };

static unsigned char composite[LIMIT];
static double left[SIZE][SIZE], right[SIZE][SIZE], product[SIZE][SIZE];

static int sieve(void) {
    int count = 0;
    for (int index = 0; index < LIMIT; index++) composite[index] = 0;
    for (int number = 2; number < LIMIT; number++) {
        if (composite[number]) continue;
        count++;
        for (int multiple = number + number; multiple < LIMIT; multiple += number) composite[multiple] = 1;
    }
    return count;
}

static double multiply(void) {
    for (int row = 0; row < SIZE; row++)
        for (int column = 0; column < SIZE; column++) {
            left[row][column] = (row * 3 + column) % 7 - 3;
            right[row][column] = (row + column * 5) % 11 * 0.25;
        }
    for (int row = 0; row < SIZE; row++)
        for (int column = 0; column < SIZE; column++) {
            double sum = 0;
            for (int index = 0; index < SIZE; index++) sum += left[row][index] * right[index][column];
            product[row][column] = sum;
        }
    double trace = 0;
    for (int row = 0; row < SIZE; row++) trace += product[row][row];
    return trace;
}

uint64_t run(void) {
    int primes = 0;
    double trace = 0;
    for (int round = 0; round < ROUNDS; round++) {
        primes += sieve();
        trace += multiply();
    }
    return (uint64_t)primes * 1000 + (uint64_t)trace;
}
