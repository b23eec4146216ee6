/* The functions of the Python module that stand in files of their own. */
#ifndef GATE_MODULE_H
#define GATE_MODULE_H

/* gate_ask.c */
PyObject *gate_set_describer(PyObject *self, PyObject *callable);
PyObject *gate_sdes_runs(PyObject *self, PyObject *args);
PyObject *gate_translate(PyObject *self, PyObject *args);
PyObject *gate_strings(const crypto_values *texts);

/* gate_bench.c */
PyObject *gate_bench(PyObject *self, PyObject *args);

/* gate_calls.c */
PyObject *call_replaced_leg(PyObject *self, PyObject *args);
PyObject *call_next_refer(PyObject *self, PyObject *args);
PyObject *call_let_refer_pass(PyObject *self, PyObject *args);
PyObject *call_offer_fresh(PyObject *self, PyObject *args);
PyObject *call_dialog(PyObject *self, PyObject *args);

/* gate_known.c */
PyObject *gate_know(PyObject *self, PyObject *addresses);

/* gate_servers.c */
PyObject *gate_watch_servers(PyObject *self, PyObject *args);
PyObject *gate_listen(PyObject *self, PyObject *args);
PyObject *gate_lead(PyObject *self, PyObject *args);
PyObject *gate_open_flow(PyObject *self, PyObject *args);
PyObject *gate_contact(PyObject *self, PyObject *args);
PyObject *gate_ping(PyObject *self, PyObject *args);
PyObject *gate_next_pong(PyObject *self, PyObject *args);
PyObject *gate_was_elsewhere(PyObject *self, PyObject *args);

/* gate_trust.c */
PyObject *trust_install(PyObject *self, PyObject *whom);

/* gate_python_nat.c */
extern PyMethodDef nat_methods[];

#endif
