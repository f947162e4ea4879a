/* Where the blocks of a Lua state lie. Small ones are cut from spans of one size each: the heap of a state is used by
 * one thread at a time, so no lock is needed, and malloc in a process of many threads costs a state that makes objects
 * a third of its time. A span without blocks is given back, so sizes that a script has done with do not count. */
#include "fence.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CLF_PLAIN_HEAP 1 /* every block from malloc: AddressSanitizer sees each */
#endif
#endif
#ifndef CLF_PLAIN_HEAP
#define CLF_PLAIN_HEAP 0
#endif

#define GRAIN 16u
#define SPAN_BYTES 8192u

typedef struct span {
    struct span *next, *previous;
    void *free;                  /* blocks that were given back */
    uint16_t live, cut, capacity;
    uint8_t kind;                /* size of its blocks in grains */
    bool full;
} span;

typedef struct large { struct large *next, *previous; block head; } large;

static inline uint32_t kind_of(size_t size) { return (uint32_t)((size + sizeof(block) + GRAIN - 1) / GRAIN); }
static inline bool is_small(size_t size) { return !CLF_PLAIN_HEAP && size <= SMALL_KINDS * GRAIN - sizeof(block); }
static inline large *large_of(block *b) { return (large *)((char *)b - offsetof(large, head)); }
static inline size_t span_size(const span *s) { return sizeof *s + (size_t)s->capacity * s->kind * GRAIN; }

static void link_span(span **list, span *s) {
    s->next = *list;
    s->previous = NULL;
    if (*list != NULL) (*list)->previous = s;
    *list = s;
}

static void unlink_span(span **list, span *s) {
    if (s->previous != NULL) s->previous->next = s->next;
    else *list = s->next;
    if (s->next != NULL) s->next->previous = s->previous;
}

/* How many blocks of each size the last new state took while its libraries were made: the next one takes as many. */
static _Atomic uint16_t fresh_blocks[SMALL_KINDS + 1];

/* Once the libraries are there; `cut` counts what was in use at one time. */
void heap_note_fresh(const heap *h) {
    for (uint32_t kind = 1; kind <= SMALL_KINDS; kind++) {
        uint32_t used = 0;
        for (const span *s = h->open[kind]; s != NULL; s = s->next) used += s->cut;
        for (const span *s = h->full[kind]; s != NULL; s = s->next) used += s->cut;
        used += used / 16; /* for a small script */
        atomic_store_explicit(&fresh_blocks[kind], (uint16_t)(used < UINT16_MAX ? used : UINT16_MAX), memory_order_relaxed);
    }
}

/* What a fresh state is known to need, then as many blocks as a quarter of what there is of this size: little for a
 * state that does nothing, large steps later. */
static inline uint32_t span_blocks(const heap *h, uint32_t kind) {
    uint32_t most = (SPAN_BYTES - sizeof(span)) / (kind * GRAIN), count = h->blocks[kind] / 4, least = kind < 8 ? 4 : 1;
    uint32_t fresh = atomic_load_explicit(&fresh_blocks[kind], memory_order_relaxed);
    if (h->blocks[kind] < fresh) {
        count = fresh - h->blocks[kind];
        least = 1;
    }
    return count < least ? least : count > most ? most : count;
}

static span *new_span(heap *h, uint32_t kind) {
    uint32_t count = span_blocks(h, kind);
    size_t size = sizeof(span) + (size_t)count * kind * GRAIN;
    span *s = malloc(size);
    if (s == NULL) return NULL;
    *s = (span){.capacity = (uint16_t)count, .kind = (uint8_t)kind};
    h->blocks[kind] += count;
    h->used += size;
    link_span(&h->open[kind], s);
    return s;
}

/* What the heap would take from malloc for a block of `size` bytes in place of `pointer` (NULL: in place of nothing). */
size_t heap_growth(const heap *h, const void *pointer, size_t before, size_t size) {
    if (!is_small(size)) return pointer != NULL && fence_block(pointer)->kind == 0 ? size - before : size + sizeof(large);
    uint32_t kind = kind_of(size);
    if (likely(h->open[kind] != NULL)) return 0;
    if (pointer != NULL && fence_block(pointer)->kind == kind) return 0;
    return sizeof(span) + (size_t)span_blocks(h, kind) * kind * GRAIN;
}

void *heap_allocate(heap *h, size_t size) {
    if (unlikely(!is_small(size))) {
        large *made = malloc(sizeof *made + size);
        if (made == NULL) return NULL;
        made->head.kind = 0;
        made->next = h->large;
        made->previous = NULL;
        if (h->large != NULL) h->large->previous = made;
        h->large = made;
        h->used += sizeof *made + size;
        return &made->head + 1;
    }
    uint32_t kind = kind_of(size);
    span *s = h->open[kind];
    if (unlikely(s == NULL) && (s = new_span(h, kind)) == NULL) return NULL;
    block *made;
    if (s->free != NULL) {
        made = s->free;
        memcpy(&s->free, made + 1, sizeof(void *));
    } else {
        made = (block *)((char *)(s + 1) + (size_t)s->cut++ * kind * GRAIN);
        made->kind = (uint8_t)kind;
        made->offset = (uint16_t)(((char *)made - (char *)s) / 8);
    }
    s->live++;
    if (unlikely(s->free == NULL && s->cut == s->capacity)) {
        unlink_span(&h->open[kind], s);
        link_span(&h->full[kind], s);
        s->full = true;
    }
    return made + 1;
}

void heap_free(heap *h, void *pointer, size_t size) {
    block *b = fence_block(pointer);
    uint32_t kind = b->kind;
    if (unlikely(kind == 0)) {
        large *old = large_of(b);
        if (old->previous != NULL) old->previous->next = old->next;
        else h->large = old->next;
        if (old->next != NULL) old->next->previous = old->previous;
        h->used -= sizeof *old + size;
        free(old);
        return;
    }
    span *s = (span *)((char *)b - (size_t)b->offset * 8);
    memcpy(pointer, &s->free, sizeof(void *));
    s->free = b;
    s->live--;
    if (unlikely(s->full)) {
        unlink_span(&h->full[kind], s);
        link_span(&h->open[kind], s);
        s->full = false;
    } else if (unlikely(s->live == 0) && (s->next != NULL || s->previous != NULL)) {
        unlink_span(&h->open[kind], s);
        h->blocks[kind] -= s->capacity;
        h->used -= span_size(s);
        free(s);
    }
}

void *heap_resize(heap *h, void *pointer, size_t before, size_t size) {
    block *b = fence_block(pointer);
    bool small = is_small(size);
    if (b->kind != 0 ? small && b->kind == kind_of(size) : false) return pointer;
    if (b->kind == 0 && !small) {
        large *old = large_of(b), *made = realloc(old, sizeof *made + size);
        if (made == NULL) return size <= before ? pointer : NULL; /* a shrink must not fail */
        if (made->previous != NULL) made->previous->next = made;
        else h->large = made;
        if (made->next != NULL) made->next->previous = made;
        h->used += size - before;
        return &made->head + 1;
    }
    void *made = heap_allocate(h, size);
    if (made == NULL) return NULL;
    block *to = fence_block(made);
    to->serial = b->serial;
    to->tag = b->tag;
    memcpy(made, pointer, before < size ? before : size);
    heap_free(h, pointer, before);
    return made;
}

static void drop_spans(span *s) {
    while (s != NULL) {
        span *next = s->next;
        free(s);
        s = next;
    }
}

void heap_drop(heap *h) {
    for (uint32_t kind = 0; kind <= SMALL_KINDS; kind++) {
        drop_spans(h->open[kind]);
        drop_spans(h->full[kind]);
    }
    for (large *at = h->large; at != NULL;) {
        large *next = at->next;
        free(at);
        at = next;
    }
    memset(h, 0, sizeof *h);
}
