/* The structures that extension modules hand to CPython, as its headers lay them out on a 64-bit machine.
 * FREE_THREADED, TRACE_REFS and REFCNT choose the head. */
#include <stddef.h>
#include <stdint.h>

#if defined(FREE_THREADED)
#ifndef FLAGS
#define FLAGS 0
#endif
struct object { uintptr_t tid; uint16_t flags; uint8_t mutex, gc_bits; uint32_t local; intptr_t shared; void *type; };
#define OBJECT {0, FLAGS, 0, 0, 0xffffffffu, 0, 0}
#elif defined(TRACE_REFS)
struct object { void *next, *previous; intptr_t count; void *type; };
#define OBJECT {0, 0, 1, 0}
#else
#ifndef REFCNT
#define REFCNT 1
#endif
struct object { intptr_t count; void *type; };
#define OBJECT {REFCNT, 0}
#endif

typedef void *(*function)(void *, void *);
struct method { const char *name; function call; int flags; const char *doc; };
struct slot { int id; const void *value; };
struct new_slot { uint16_t id, flags; uint32_t reserved; const void *value; };
struct definition {
    struct object head; void *init; intptr_t index; void *copy;
    const char *name, *doc; intptr_t size; struct method *methods; struct slot *slots;
    void *traverse, *clear, *free;
};
struct abi_info { uint8_t major, minor; uint16_t flags; uint32_t build, abi; };
struct type_spec { const char *name; int basicsize, itemsize; unsigned flags; struct slot *slots; };
struct type {
    struct object head; intptr_t size; const char *name; intptr_t basicsize, itemsize;
    void *dealloc; intptr_t vectorcall_offset; void *getattr, *setattr, *as_async, *repr, *as_number, *as_sequence,
        *as_mapping, *hash, *call, *str, *getattro, *setattro, *as_buffer;
    unsigned long flags; const char *doc; void *traverse, *clear, *richcompare; intptr_t weaklistoffset;
    void *iter, *iternext, *methods, *members, *getset, *base, *dict, *descr_get, *descr_set; intptr_t dictoffset;
    void *rest[16];
};

extern void *PyModuleDef_Init(struct definition *);
extern void *PyModule_Create2(struct definition *, int);
extern void *PyModule_Create2TraceRefs(struct definition *, int);
extern void *Py_InitModule4_64(const char *, struct method *, const char *, void *, int);
extern void *PyImport_ImportModule(const char *);
extern void *PyObject_GetAttrString(void *, const char *);
extern void *PyCapsule_GetPointer(void *, const char *);
extern void *PyTuple_New(intptr_t);
extern void *PyErr_Occurred(void);
extern int PyType_Ready(void *);
extern int PyOS_snprintf(char *, size_t, const char *, ...);
extern int PyUnstable_Module_SetGIL(void *, void *);
extern const unsigned long Py_Version;
extern void *malloc(size_t);
extern void *memcpy(void *, const void *, size_t);
extern int elsewhere(int);
