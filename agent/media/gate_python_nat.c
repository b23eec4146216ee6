/* What Python asks of ICE: see nat.py. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "gate.h"
#include "gate_module.h"

static PyObject *use_stun(PyObject *self, PyObject *args)
{
    const char *address;
    (void)self;
    if (!PyArg_ParseTuple(args, "s", &address))
        return NULL;
    return PyBool_FromLong(nat_use_stun(address) == PJ_SUCCESS);
}

static PyObject *use_turn(PyObject *self, PyObject *args)
{
    int account, use;
    (void)self;
    if (!PyArg_ParseTuple(args, "ip", &account, &use))
        return NULL;
    nat_use_turn(account, use);
    Py_RETURN_NONE;
}

static PyObject *trust_turn(PyObject *self, PyObject *args)
{
    int account;
    const char *ca_file;
    (void)self;
    if (!PyArg_ParseTuple(args, "is", &account, &ca_file))
        return NULL;
    nat_trust_turn(account, ca_file);
    Py_RETURN_NONE;
}

static PyObject *ask_turn(PyObject *self, PyObject *args)
{
    turn_server server;
    (void)self;
    if (!PyArg_ParseTuple(args, "sIisss", &server.host, &server.port, &server.transport,
                          &server.user, &server.password, &server.ca_file))
        return NULL;
    nat_ask_turn(&server);
    Py_RETURN_NONE;
}

static PyObject *turn_answer(PyObject *self, PyObject *args)
{
    int status;
    (void)self, (void)args;
    if (!nat_turn_answered(&status))
        Py_RETURN_NONE;
    return PyLong_FromLong(status);
}

static PyObject *nat_busy(PyObject *self, PyObject *args)
{
    (void)self, (void)args;
    return PyBool_FromLong(nat_is_busy());
}

static PyObject *expect_heir(PyObject *self, PyObject *args)
{
    int leg;
    (void)self;
    if (!PyArg_ParseTuple(args, "i", &leg))
        return NULL;
    heir_expect(leg);
    Py_RETURN_NONE;
}

static PyObject *end_heir(PyObject *self, PyObject *args)
{
    (void)self, (void)args;
    heir_end();
    Py_RETURN_NONE;
}

PyMethodDef nat_methods[] = {
    {"use_stun", use_stun, METH_VARARGS, NULL},
    {"use_turn", use_turn, METH_VARARGS, NULL},
    {"trust_turn", trust_turn, METH_VARARGS, NULL},
    {"ask_turn", ask_turn, METH_VARARGS, NULL},
    {"turn_answer", turn_answer, METH_NOARGS, NULL},
    {"nat_busy", nat_busy, METH_NOARGS, NULL},
    {"expect_heir", expect_heir, METH_VARARGS, NULL},
    {"end_heir", end_heir, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};
