// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * The queue between the reader thread and the consumer. A chunk is filled by the producer alone,
 * then hung on the list under the lock, then read by the consumer alone; used chunks are kept for
 * the next round. A record in a chunk is its size in a 64-bit word, then its bytes, padded to 8.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "tracer/queue.h"

enum { CHUNK_BYTES = 256 * 1024, KEEP_UNUSED = 16 };

struct queue_chunk {
	struct queue_chunk *next;
	size_t used;
	_Alignas(8) uint8_t data[CHUNK_BYTES];
};

static size_t room_for(size_t size)
{
	return sizeof(uint64_t) + ((size + 7) & ~(size_t)7);
}

static void free_chunks(struct queue_chunk *c)
{
	while (c) {
		struct queue_chunk *next = c->next;

		free(c);
		c = next;
	}
}

bool queue_init(struct queue *q, size_t limit)
{
	*q = (struct queue){ .limit = limit };
	q->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pthread_mutex_init(&q->lock, NULL);
	return q->fd >= 0;
}

void queue_deinit(struct queue *q)
{
	free_chunks(q->head);
	free_chunks(q->unused);
	free(q->filling);
	free(q->reading);
	pthread_mutex_destroy(&q->lock);
	if (q->fd >= 0)
		close(q->fd);
}

/* ---- producer */

static struct queue_chunk *take_chunk(struct queue *q)
{
	struct queue_chunk *c;

	pthread_mutex_lock(&q->lock);
	c = q->unused;
	if (c) {
		q->unused = c->next;
		q->num_unused--;
	}
	pthread_mutex_unlock(&q->lock);
	if (!c)
		c = malloc(sizeof(*c));
	if (c) {
		c->next = NULL;
		c->used = 0;
	}
	return c;
}

bool queue_push(struct queue *q, const void *record, size_t size)
{
	size_t need = room_for(size);
	uint64_t head = size;

	if (need > CHUNK_BYTES)
		return false;
	if (q->filling && q->filling->used + need > CHUNK_BYTES)
		queue_publish(q);
	if (!q->filling)
		q->filling = take_chunk(q);
	if (!q->filling)
		return false;
	memcpy(q->filling->data + q->filling->used, &head, sizeof(head));
	memcpy(q->filling->data + q->filling->used + sizeof(head), record, size);
	q->filling->used += need;
	return true;
}

void queue_publish(struct queue *q)
{
	struct queue_chunk *c = q->filling;

	if (!c || !c->used)
		return;
	pthread_mutex_lock(&q->lock);
	__atomic_fetch_add(&q->bytes, c->used, __ATOMIC_RELAXED);
	if (q->tail && q->tail->used + c->used <= CHUNK_BYTES) {
		/* Few records at a time, a consumer that sleeps: do not spend a chunk on each. */
		memcpy(q->tail->data + q->tail->used, c->data, c->used);
		q->tail->used += c->used;
		c->used = 0;
	} else {
		if (q->tail)
			q->tail->next = c;
		else
			q->head = c;
		q->tail = c;
		q->filling = NULL;
	}
	pthread_mutex_unlock(&q->lock);
	eventfd_write(q->fd, 1);
}

bool queue_full(struct queue *q)
{
	return __atomic_load_n(&q->bytes, __ATOMIC_RELAXED) > q->limit;
}

/* ---- consumer */

static void next_chunk(struct queue *q)
{
	struct queue_chunk *done = q->reading;

	pthread_mutex_lock(&q->lock);
	if (done && q->num_unused < KEEP_UNUSED) {
		done->next = q->unused;
		q->unused = done;
		q->num_unused++;
		done = NULL;
	}
	q->reading = q->head;
	q->pos = 0;
	if (q->reading) {
		q->head = q->reading->next;
		if (!q->head)
			q->tail = NULL;
		__atomic_fetch_sub(&q->bytes, q->reading->used, __ATOMIC_RELAXED);
	}
	pthread_mutex_unlock(&q->lock);
	free(done);
}

const void *queue_next(struct queue *q, size_t *ret_size)
{
	const uint8_t *p;
	uint64_t size;

	if (!q->reading || q->pos >= q->reading->used)
		next_chunk(q);
	if (!q->reading)
		return NULL;
	p = q->reading->data + q->pos;
	memcpy(&size, p, sizeof(size));
	q->pos += room_for(size);
	*ret_size = size;
	return p + sizeof(size);
}

void queue_fd_clear(struct queue *q)
{
	eventfd_t value;

	eventfd_read(q->fd, &value);
}
