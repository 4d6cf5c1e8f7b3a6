/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Read-copy-update of liburcu, behind names that the kernel's headers of
 * tests/shim do not have.
 */
#ifndef _CHURN_RCU_H
#define _CHURN_RCU_H

void reader_register(void);
void reader_unregister(void);
void read_begin(void);
void read_end(void);
void *published(void **pointer);
void publish(void **pointer, void *value);
void grace_period(void);

#endif /* _CHURN_RCU_H */
