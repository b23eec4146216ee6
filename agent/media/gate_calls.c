/* What the Python module knows of PJSIP's calls, and tells it of them. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "gate.h"
#include "gate_module.h"

PyObject *call_replaced_leg(PyObject *self, PyObject *args)
{
    (void)self, (void)args;
    return PyLong_FromLong(dialog_replaced());
}

PyObject *call_next_refer(PyObject *self, PyObject *args)
{
    char refer_to[GATE_URI_SIZE];
    (void)self, (void)args;
    int leg = dialog_next_refer(refer_to);
    if (leg < 0)
        Py_RETURN_NONE;
    PyObject *text = PyUnicode_DecodeUTF8(refer_to, (Py_ssize_t)strlen(refer_to), "replace");
    return text ? Py_BuildValue("(iN)", leg, text) : NULL;
}

/* PJSIP calls back into Python from in here: the GIL goes away as with pjsua2's own functions. */
PyObject *call_let_refer_pass(PyObject *self, PyObject *args)
{
    int leg;
    const char *refer_to;
    pj_bool_t passed;
    (void)self;
    if (!PyArg_ParseTuple(args, "is", &leg, &refer_to))
        return NULL;
    Py_BEGIN_ALLOW_THREADS
    passed = know_this_thread() && dialog_let_refer_pass(leg, refer_to);
    Py_END_ALLOW_THREADS
    return PyBool_FromLong(passed);
}

PyObject *call_offer_fresh(PyObject *self, PyObject *args)
{
    int leg;
    (void)self;
    if (!PyArg_ParseTuple(args, "i", &leg))
        return NULL;
    gate_offer_fresh(leg);
    Py_RETURN_NONE;
}

PyObject *call_dialog(PyObject *self, PyObject *args)
{
    int leg;
    dialog_names names;
    (void)self;
    if (!PyArg_ParseTuple(args, "i", &leg))
        return NULL;
    if (!know_this_thread() || !dialog_of(leg, &names))
        return PyErr_Format(PyExc_LookupError, "there is no call %d", leg);
    return Py_BuildValue("(sssss)", names.call_id, names.local_tag, names.remote_tag,
                         names.remote_uri, names.target);
}
