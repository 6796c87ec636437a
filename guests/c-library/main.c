/* A guest with a C library: picolibc's heap, errno, sorting, number conversion and printf, with soft float.
 *
 * Public input: numbers as text. Output: a line with their count, sum, mean and median, and how many were cut to the
 * range of a long. Ends with code 2 at a word that is no number, and with 3 if there is none. */
#include "lariat.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static _Thread_local int cut = 0;
static _Thread_local int labels = 2;
static const char *label[] = {"number", "numbers"};

static int by_value(const void *left, const void *right) {
    long a = *(const long *)left, b = *(const long *)right;
    return (a > b) - (a < b);
}

int lariat_main(void) {
    size_t len = lariat_input_len(), count = 0, room = 0;
    char *text = malloc(len + 1);
    if (!text) lariat_panic();
    memcpy(text, lariat_input(), len);
    text[len] = 0;
    long *numbers = NULL;
    for (char *rest = text;;) {
        rest += strspn(rest, " \n");
        if (!*rest) break;
        char *end;
        errno = 0;
        long number = strtol(rest, &end, 10);
        if (end == rest || (*end && !strchr(" \n", *end))) return 2;
        if (errno == ERANGE) cut++;
        if (count == room) {
            room = room ? 2 * room : 4;
            numbers = realloc(numbers, room * sizeof *numbers);
            if (!numbers) lariat_panic();
        }
        numbers[count++] = number;
        rest = end;
    }
    if (!count) return 3;
    long long sum = 0;
    for (size_t i = 0; i < count; i++) sum += numbers[i];
    qsort(numbers, count, sizeof *numbers, by_value);
    double median = ((double)numbers[(count - 1) / 2] + numbers[count / 2]) / 2;
    printf("%u %s: sum %lld, mean %.3f, median %.1f, cut %d\n", (unsigned)count, label[count == 1 ? 0 : labels - 1], sum,
           (double)sum / (double)count, median, cut);
    free(numbers);
    free(text);
    return 0;
}
