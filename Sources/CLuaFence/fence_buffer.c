#include "fence.h"

uint8_t *clf_buffer_room(clf_buffer *buffer, size_t more) {
    if (unlikely(buffer->capacity - buffer->length < more)) {
        size_t capacity = buffer->capacity < 256 ? 256 : buffer->capacity * 2;
        while (capacity - buffer->length < more) capacity *= 2;
        uint8_t *data = realloc(buffer->data, capacity);
        if (data == NULL) return NULL;
        buffer->data = data;
        buffer->capacity = capacity;
    }
    return buffer->data + buffer->length;
}

void clf_buffer_free(clf_buffer *buffer) {
    free(buffer->data);
    *buffer = (clf_buffer){0};
}

bool fence_put(clf_buffer *buffer, const void *bytes, size_t length) {
    uint8_t *to = clf_buffer_room(buffer, length);
    if (to == NULL) return false;
    if (length > 0) memcpy(to, bytes, length);
    buffer->length += length;
    return true;
}

bool fence_put_u8(clf_buffer *buffer, uint8_t byte) { return fence_put(buffer, &byte, 1); }

bool fence_put_string(clf_buffer *buffer, const char *text, size_t length) {
    uint8_t *to = clf_buffer_room(buffer, length + 5);
    if (to == NULL) return false;
    uint32_t n = (uint32_t)length;
    to[0] = CLF_STRING;
    memcpy(to + 1, &n, 4);
    if (length > 0) memcpy(to + 5, text, length);
    buffer->length += length + 5;
    return true;
}

bool fence_put_integer(clf_buffer *buffer, int64_t value) {
    uint8_t *to = buffer->data + buffer->length;
    if (unlikely(buffer->capacity - buffer->length < 9) && (to = clf_buffer_room(buffer, 9)) == NULL) return false;
    to[0] = CLF_INTEGER;
    memcpy(to + 1, &value, 8);
    buffer->length += 9;
    return true;
}
