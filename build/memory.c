/*
 * memcpy and memmove for static binaries on x86-64. musl copies with `rep movsq` whatever the length, which takes some thirty cycles to
 * begin: SQL that writes rows of short cells spent 40 % of its time there, and 3 % in glibc's copy. Here a piece of up to 128 bytes is
 * loaded whole, from both ends with an overlap in the middle, and then stored: no loop, and right for overlapping pieces too.
 *
 * The linker puts these in place of the library's (`--wrap`, build.rs).
 */
#include <stddef.h>
#include <stdint.h>

typedef uint16_t two __attribute__((aligned(1), may_alias));
typedef uint32_t four __attribute__((aligned(1), may_alias));
typedef uint64_t eight __attribute__((aligned(1), may_alias));
typedef char sixteen __attribute__((vector_size(16), aligned(1), may_alias));

/* From this length on the processor's own copy is the quickest. */
#define LONG 2048

/* Copies LOADED bytes from either end: all is loaded before anything is stored. */
#define ENDS(type)                                                                                                     \
    do {                                                                                                               \
        type first = *(const type *)from, last = *(const type *)(from + length - sizeof(type));                        \
        *(type *)to = first;                                                                                           \
        *(type *)(to + length - sizeof(type)) = last;                                                                  \
        return target;                                                                                                 \
    } while (0)

#define LOAD(at) (*(const sixteen *)(at))
#define STORE(at, value) (*(sixteen *)(at) = (value))

void *__wrap_memmove(void *target, const void *source, size_t length) {
    char *to = target;
    const char *from = source;
    if (length <= 16) {
        if (length >= 8) ENDS(eight);
        if (length >= 4) ENDS(four);
        if (length >= 2) ENDS(two);
        if (length) *to = *from;
        return target;
    }
    if (length <= 32) ENDS(sixteen);
    const char *tail = from + length;
    char *end = to + length;
    if (length <= 64) {
        sixteen a = LOAD(from), b = LOAD(from + 16), y = LOAD(tail - 32), z = LOAD(tail - 16);
        STORE(to, a), STORE(to + 16, b), STORE(end - 32, y), STORE(end - 16, z);
        return target;
    }
    sixteen a = LOAD(from), b = LOAD(from + 16), c = LOAD(from + 32), d = LOAD(from + 48);
    sixteen w = LOAD(tail - 64), x = LOAD(tail - 48), y = LOAD(tail - 32), z = LOAD(tail - 16);
    if (length > 128 && (uintptr_t)to - (uintptr_t)from >= length) {
        /* Forwards: no byte is written before it is read. The last 64 bytes are loaded already. */
        if (length >= LONG && (uintptr_t)from - (uintptr_t)to >= length) {
            __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(length) : : "memory");
            return target;
        }
        for (; length > 64; length -= 64, from += 64, to += 64) {
            sixteen e = LOAD(from), f = LOAD(from + 16), g = LOAD(from + 32), h = LOAD(from + 48);
            STORE(to, e), STORE(to + 16, f), STORE(to + 32, g), STORE(to + 48, h);
        }
        STORE(end - 64, w), STORE(end - 48, x), STORE(end - 32, y), STORE(end - 16, z);
        return target;
    }
    if (length > 128) {
        /* Backwards, for a target that begins inside the source. The first 64 bytes are loaded already. */
        char *back = end;
        for (; length > 64; length -= 64, tail -= 64, back -= 64) {
            sixteen e = LOAD(tail - 16), f = LOAD(tail - 32), g = LOAD(tail - 48), h = LOAD(tail - 64);
            STORE(back - 16, e), STORE(back - 32, f), STORE(back - 48, g), STORE(back - 64, h);
        }
        STORE(to, a), STORE(to + 16, b), STORE(to + 32, c), STORE(to + 48, d);
        return target;
    }
    STORE(to, a), STORE(to + 16, b), STORE(to + 32, c), STORE(to + 48, d);
    STORE(end - 64, w), STORE(end - 48, x), STORE(end - 32, y), STORE(end - 16, z);
    return target;
}

void *__wrap_memcpy(void *restrict target, const void *restrict source, size_t length) {
    return __wrap_memmove(target, source, length);
}
