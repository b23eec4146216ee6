/* Whose room is whose. Many strangers can take all the room that strangers have, and none of what
 * is kept for the addresses of contacts and of phones that were verified.
 *
 * All of it runs on the thread that polls PJSIP.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "gate.h"
#include "gate_module.h"

#define MOST 256

static pj_sockaddr known[MOST];
static unsigned count;

pj_bool_t known_is(const pj_sockaddr *from)
{
    for (unsigned i = 0; i < count; i++)
        if (address_is_near(&known[i], from))
            return PJ_TRUE;
    return PJ_FALSE;
}

PyObject *gate_know(PyObject *self, PyObject *addresses)
{
    unsigned taken = 0;
    (void)self;
    if (!PyTuple_Check(addresses)) {
        PyErr_SetString(PyExc_TypeError, "a tuple of addresses is wanted");
        return NULL;
    }
    for (Py_ssize_t i = 0; i < PyTuple_Size(addresses) && taken < MOST; i++) {
        Py_ssize_t size;
        const char *text = PyUnicode_AsUTF8AndSize(PyTuple_GetItem(addresses, i), &size);
        if (!text)
            return NULL;
        pj_str_t address = {(char *)text, size};
        const int family = memchr(text, ':', (size_t)size) ? pj_AF_INET6() : pj_AF_INET();
        pj_sockaddr_init(family, &known[taken], NULL, 0);
        if (pj_inet_pton(family, &address, pj_sockaddr_get_addr(&known[taken])) == PJ_SUCCESS)
            taken++;
    }
    count = taken;
    return PyLong_FromUnsignedLong(taken);
}
