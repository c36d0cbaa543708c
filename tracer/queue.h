/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/*
 * Records on their way from the reader thread to the consumer, in large chunks, so that the lock is
 * taken once per chunk and a slow consumer does not hold up the ring buffer. One producer, one
 * consumer.
 */
#ifndef TRACER_QUEUE_H
#define TRACER_QUEUE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct queue_chunk;

struct queue {
	pthread_mutex_t lock;
	struct queue_chunk *head, *tail;	/* published; under the lock, as the next two */
	struct queue_chunk *unused;
	size_t num_unused;
	size_t bytes;				/* published and not yet taken; atomic */
	struct queue_chunk *filling;		/* the producer's */
	struct queue_chunk *reading;		/* the consumer's */
	size_t pos;				/* within it */
	size_t limit;
	int fd;					/* eventfd: readable when something was published */
};

bool queue_init(struct queue *q, size_t limit);
void queue_deinit(struct queue *q);

/* Producer. False: out of memory, the record is not taken. It is the consumer's after
 * queue_publish(), or when its chunk has become full. */
bool queue_push(struct queue *q, const void *record, size_t size);
void queue_publish(struct queue *q);
bool queue_full(struct queue *q);		/* more than the limit waits */

/* Consumer. NULL if nothing is there now; the record lives until the next call. */
const void *queue_next(struct queue *q, size_t *ret_size);
void queue_fd_clear(struct queue *q);		/* call after waiting, before looking again */

#endif
