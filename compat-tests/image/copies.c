/* Holds build/memory.c against a copy of byte by byte: every short length at every overlap, long ones at many. */
#include "memory.c"

#include <stdio.h>

#define SIZE 16384
#define PLACE 5200

static unsigned char wanted[SIZE], got[SIZE], piece[SIZE];

static int differs(size_t length, long shift) {
    long begin = PLACE - 64 + (shift < 0 ? shift : 0), end = PLACE + 64 + (shift > 0 ? shift : 0) + (long)length;
    for (long i = begin; i < end; i++) wanted[i] = got[i] = (unsigned char)(i * 131 + i / 251 + (long)length);
    for (size_t i = 0; i < length; i++) piece[i] = wanted[PLACE + i];
    for (size_t i = 0; i < length; i++) wanted[PLACE + shift + i] = piece[i];
    void *target = got + PLACE + shift;
    void *answered = shift % 2 ? __wrap_memmove(target, got + PLACE, length) : __wrap_memcpy(target, got + PLACE, length);
    if (answered != target) return 1;
    for (long i = begin; i < end; i++) if (wanted[i] != got[i]) return 1;
    return 0;
}

int main(void) {
    unsigned long copies = 0;
    for (size_t length = 0; length < 6000; length += length < 300 ? 1 : 37)
        for (long shift = -5000; shift <= 5000; shift += shift > -140 && shift < 140 ? 1 : 97, copies++)
            if (differs(length, shift)) return printf("%zu bytes by %ld are copied wrongly\n", length, shift), 1;
    return printf("%lu copies\n", copies), 0;
}
