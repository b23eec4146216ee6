/* What the module asks Python while PJSIP writes an SDP: which keys it is to carry. All of it is
 * called on the thread that polls PJSIP, or touches nothing of PJSIP's. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "gate.h"
#include "gate_module.h"

#include <stdlib.h>

PyObject *gate_strings(const crypto_values *texts)
{
    PyObject *tuple = PyTuple_New((Py_ssize_t)texts->count);
    for (unsigned i = 0; tuple && i < texts->count; i++) {
        const char *text = texts->values[i];
        PyObject *item = PyUnicode_DecodeLatin1(text, (Py_ssize_t)strlen(text), NULL);
        if (!item || PyTuple_SetItem(tuple, (Py_ssize_t)i, item) < 0)
            Py_CLEAR(tuple);
    }
    return tuple;
}

static PyObject *describer;  /* under the GIL */

PyObject *gate_set_describer(PyObject *self, PyObject *callable)
{
    PyObject *before = describer;
    (void)self;
    Py_INCREF(callable);
    describer = callable;
    Py_XDECREF(before);
    Py_RETURN_NONE;
}

/* False: it is not a sequence of texts that fit. */
static pj_bool_t read_lines(PyObject *said, crypto_values *lines)
{
    Py_ssize_t count = PySequence_Size(said);
    if (count < 0 || count > GATE_MAX_CRYPTOS)
        return PJ_FALSE;
    for (Py_ssize_t i = 0; i < count; i++) {
        Py_ssize_t size = 0;
        PyObject *item = PySequence_GetItem(said, i);
        const char *text = item ? PyUnicode_AsUTF8AndSize(item, &size) : NULL;
        pj_bool_t fits = text && size > 0 && size < GATE_CRYPTO_SIZE;
        if (fits)
            memcpy(lines->values[lines->count++], text, (size_t)size + 1);
        Py_XDECREF(item);
        if (!fits)
            return PJ_FALSE;
    }
    return PJ_TRUE;
}

/* On PJSIP's thread, which has given the GIL away. Where nobody was told to describe, there is
 * nothing to add; where it fails, there is no SDP. */
pj_status_t python_describe(const description *asked, crypto_values *lines)
{
    pj_status_t status = PJ_SUCCESS;
    PyGILState_STATE state = PyGILState_Ensure();
    PyObject *ask = Py_NewRef(describer ? describer : Py_None);
    if (ask != Py_None) {
        PyObject *offered = asked->is_answer ? gate_strings(&asked->offered) : Py_NewRef(Py_None);
        PyObject *said = PyObject_CallFunction(
            ask, "iisNNNNN", asked->leg, asked->account, border_source(), offered,
            gate_strings(&asked->active.own), gate_strings(&asked->active.theirs),
            PyBool_FromLong(asked->established), PyBool_FromLong(asked->fresh));
        if (!said || !read_lines(said, lines))
            status = PJ_EUNKNOWN;
        Py_XDECREF(said);
        if (PyErr_Occurred())
            PyErr_WriteUnraisable(ask);
    }
    Py_DECREF(ask);
    PyGILState_Release(state);
    return status;
}

PyObject *gate_sdes_runs(PyObject *self, PyObject *args)
{
    int leg;
    (void)self;
    if (!PyArg_ParseTuple(args, "i", &leg))
        return NULL;
    return PyBool_FromLong(sdes_runs(leg));
}

PyObject *gate_translate(PyObject *self, PyObject *args)
{
    const char *text;
    Py_ssize_t size;
    int inwards;
    (void)self;
    if (!PyArg_ParseTuple(args, "y#p", &text, &size, &inwards))
        return NULL;
    char *into = malloc(2 * (size_t)size + 1);
    if (!into)
        return PyErr_NoMemory();
    size_t length = border_translate(text, (size_t)size, inwards, into);
    PyObject *result = PyBytes_FromStringAndSize(into, (Py_ssize_t)length);
    free(into);
    return result;
}
