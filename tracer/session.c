// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * A session: the plan made into programs and maps of the kernel, attached, and its records brought
 * back.
 *
 * Probes whose programs are equal instruction by instruction share one; each site tells its probe
 * by its attach cookie. The programs do not wake the reader for each record (a wake-up costs more
 * than the record): the reader thread looks every few milliseconds, and is woken when much is
 * unread. It only copies, to a queue; when that has reached its limit the reader stops, and what
 * then finds no room in the ring buffer is counted by the programs themselves.
 *
 * Ids are those of the initial pid namespace, which eBPF programs see. Inside another one a process
 * cannot learn them, so there the attachment alone limits tracing to the process, and events carry
 * the outer ids.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <uthash.h>

#include "gosym/binary.h"
#include "gosym/cleanup.h"
#include "tracer/aggregate.h"
#include "tracer/held.h"
#include "tracer/attach.h"
#include "tracer/bpf_gen.h"
#include "tracer/event.h"
#include "tracer/identity.h"
#include "tracer/kernel.h"
#include "tracer/pairing.h"
#include "tracer/plan_floats.h"
#include "tracer/queue.h"
#include "tracer/recipes.h"

enum {
	DEFAULT_BUFFER = 8 * 1024 * 1024,
	MAX_BUFFER = 1 << 30,
	QUEUE_LIMIT = 256 * 1024 * 1024,
	READ_EVERY_MS = 20,
	LOG_BYTES = 1024 * 1024,
	MAX_CALLS = 64 * 1024,		/* in flight */
	MAX_SLOW = 16 * 1024,		/* goroutines whose stack is growing */
	CALLS_BYTES = 64 * 1024 * 1024,
	WALK_AT_ONCE = 64,		/* more than a bucket has */
};

/* One place of a program: the entry of a probe, or one of its exits. */
struct place {
	uint32_t probe;
	bool sleeps;			/* the program behind it that brings missing pages */
	uint32_t exit;			/* ENTRY, SLOW_PATH, FRAMES (of all probes), or the exit's index */
};
enum { ENTRY = UINT32_MAX, SLOW_PATH = UINT32_MAX - 1, FRAMES = UINT32_MAX - 2 };

struct program {
	struct bpf_asm code;
	VEC(struct place) places;	/* in the order of the plan */
	int fd;
	UT_hash_handle hh;
};

struct gotrace_session {
	const struct gosym_plan *plan;
	struct gotrace_options opts;
	char *path;
	struct program *programs;	/* by instructions; only while opening */
	struct attacher attacher;
	struct aggregate aggregate;
	struct recipe_maps recipes;
	struct gotrace_stats stats;
	int counters_fd, ring_fd, calls_fd, calls_zero_fd, tails_fd, rate_fd, slow_fd;
	uint32_t call_size;		/* of an element of the map of calls */
	struct held held;		/* records that wait for a signal's frame */
	int stop_fd, quit_fd, epoll_fd;
	struct ring_buffer *ring;
	pthread_t reader;
	bool reading, detached;
	bool stopped;			/* gotrace_stop(), perhaps from a signal handler: atomic */
	bool quitting;			/* the reader is to take what is left, and end: atomic */
	struct queue queue;
	uint64_t *dropped;		/* by probe: records for which there was no memory */
	struct bpf_counters *cpu_counters;
	struct gotrace_counts *counts;
	struct gotrace_event event;
	struct pairing *pairing;	/* with returns */
	uint64_t *unpaired;		/* by probe, as it was when detaching began; NULL: not yet */
};

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * UINT64_C(1000000000) + ts.tv_nsec;
}

/* ---- programs */

static void free_programs(struct gotrace_session *s)
{
	struct program *prog, *next;

	HASH_ITER(hh, s->programs, prog, next) {
		HASH_DEL(s->programs, prog);
		bpf_asm_deinit(&prog->code);
		vec_deinit(&prog->places);
		if (prog->fd >= 0)
			close(prog->fd);
		free(prog);
	}
}

static struct gosym_error *add_to_program(struct program *prog, struct place place)
{
	struct place *slot = vec_append(&prog->places);

	if (!slot)
		return gosym_nomem;
	*slot = place;
	return NULL;
}

static const char *place_name(const struct gotrace_session *s, struct place place)
{
	return gosym_func_name(plan_probe_at(s->plan, place.probe)->func);
}

static struct gosym_error *make_program(struct gotrace_session *s, const struct bpf_target *target,
					struct place place)
{
	const struct plan_probe *probe = plan_probe_at(s->plan, place.probe);
	struct program *prog = NULL, *made = calloc(1, sizeof(*made));
	struct gosym_error *err;
	size_t bytes;

	if (!made)
		return gosym_nomem;
	made->fd = -1;
	if (place.sleeps)
		err = bpf_gen_faults(s->plan, probe, place.exit, target, &made->code);
	else if (place.exit == ENTRY)
		err = bpf_gen_probe(s->plan, probe, target, &made->code);
	else if (place.exit == FRAMES)
		err = bpf_gen_frames(s->plan, target, &made->code);
	else if (place.exit == SLOW_PATH)
		err = bpf_gen_slow_path(s->plan, probe, target, &made->code);
	else
		err = bpf_gen_exit(s->plan, probe, place.exit, target, &made->code);
	if (!err) {
		bytes = made->code.insns.num * sizeof(struct bpf_insn);
		HASH_FIND(hh, s->programs, made->code.insns.data, bytes, prog);
		if (!prog) {
			HASH_ADD_KEYPTR(hh, s->programs, made->code.insns.data, bytes, made);
			return add_to_program(made, place);
		}
		err = add_to_program(prog, place);
	}
	bpf_asm_deinit(&made->code);
	free(made);
	return err ? gosym_error_prefix(err, "%s", place_name(s, place)) : NULL;
}

static bool follows_calls(const struct gotrace_session *s)
{
	return s->plan->opts.returns && (s->plan->at_return || !s->opts.count_only);
}

/* Of several programs at one place the one that came first runs last. */
static struct gosym_error *make_fault_programs(struct gotrace_session *s, const struct bpf_target *target)
{
	const struct gosym_plan *plan = s->plan;
	struct gosym_error *err = NULL;

	for (uint32_t i = 0; i < plan->probes.num && !err; i++) {
		const struct plan_probe *probe = &plan->probes.data[i];

		for (uint32_t k = 0; k < probe->num_exits && follows_calls(s) && !err; k++)
			if (bpf_has_faults(plan, probe, k))
				err = make_program(s, target, (struct place){ .probe = i, .sleeps = true, .exit = k });
		if (!err && bpf_has_faults(plan, probe, ENTRY))
			err = make_program(s, target, (struct place){ .probe = i, .sleeps = true, .exit = ENTRY });
	}
	return err;
}

/* Slow paths, exits and hooks first: they are attached in this order, and a call that is noted has to be found. Where a function's
 * one instruction is both its entry and its exit the entry's program has to run first: of several at one place the
 * kernel runs the one that came last first (kernel/events/uprobes.c: consumer_add). */
static struct gosym_error *make_programs(struct gotrace_session *s, const struct bpf_target *target)
{
	const struct gosym_plan *plan = s->plan;
	size_t first_hook = plan->probes.num, num = first_hook;
	struct gosym_error *err = NULL;

	if (target->held_fd > 0 && target->fault_in)
		err = make_fault_programs(s, target);
	else if (target->held_fd > 0)
		err = make_program(s, target, (struct place){ .probe = 0, .exit = FRAMES });
	for (uint32_t i = 0; i < first_hook && !err; i++)
		if (plan->probes.data[i].slow)
			err = make_program(s, target, (struct place){ .probe = i, .exit = SLOW_PATH });
	for (uint32_t i = 0; i < plan->probes.num && follows_calls(s) && !err; i++)
		for (uint32_t k = 0; k < plan->probes.data[i].num_exits && !err; k++)
			err = make_program(s, target, (struct place){ .probe = i, .exit = k });
	if (follows_calls(s) && !s->opts.count_only && !plan_is_aggregate(plan))
		num += plan->hooks.num;
	for (uint32_t i = first_hook; i < num && !err; i++)
		err = make_program(s, target, (struct place){ .probe = i, .exit = ENTRY });
	for (uint32_t i = 0; i < first_hook && !err; i++)
		err = make_program(s, target, (struct place){ .probe = i, .exit = ENTRY });
	return err;
}

static size_t count_places(const struct gotrace_session *s)
{
	struct program *prog, *next;
	size_t num = 0;

	HASH_ITER(hh, s->programs, prog, next)
		num += prog->places.num;
	return num;
}

/* What the verifier said last, on one line: its log ends with the reason and statistics. */
static void log_reason(char *log, char *buf, size_t size)
{
	char *lines[3] = { NULL }, *save = NULL;

	for (char *line = strtok_r(log, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (!strncmp(line, "processed ", 10))
			continue;
		lines[0] = lines[1];
		lines[1] = lines[2];
		lines[2] = line;
	}
	buf[0] = '\0';
	for (int i = 0; i < 3; i++)
		if (lines[i])
			snprintf(buf + strlen(buf), size - strlen(buf), "%s%s", *buf ? " | " : "",
				 lines[i]);
}

static int try_load(const struct gotrace_session *s, const struct program *prog, char *log,
		    uint32_t level)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .log_buf = log, .log_size = log ? LOG_BYTES : 0,
		    .log_level = level);
	int fd;

	opts.expected_attach_type = s->attacher.multi ? ATTACH_UPROBE_MULTI : 0;
	if (prog->places.data[0].sleeps)
		opts.prog_flags = BPF_F_SLEEPABLE;
	if (log)
		log[0] = '\0';
	fd = bpf_prog_load(BPF_PROG_TYPE_KPROBE, "gosym", "Dual BSD/GPL", prog->code.insns.data,
			   prog->code.insns.num, &opts);
	return fd >= 0 ? fd : -errno;
}

static struct gosym_error *load_program(struct gotrace_session *s, struct program *prog, char *log)
{
	const char *first = place_name(s, prog->places.data[0]);
	FILE *verbose = s->opts.verbose;
	char reason[512];

	if (verbose) {
		fprintf(verbose, "program for %s and %zu more, %zu instructions:\n", first,
			prog->places.num - 1, prog->code.insns.num);
		bpf_asm_dump(&prog->code, verbose);
	}
	/* Before Linux 6.4 a log that does not fit made the load fail (ENOSPC); then do without. */
	prog->fd = try_load(s, prog, log, verbose ? 1 : 0);
	if (prog->fd == -ENOSPC)
		prog->fd = try_load(s, prog, NULL, 0);
	if (verbose && log[0])
		fprintf(verbose, "verifier:\n%s", log);
	if (prog->fd >= 0)
		return NULL;
	log_reason(log, reason, sizeof(reason));
	return gosym_error_new(prog->fd == -EPERM ? GOSYM_PERMISSION : GOSYM_UNSUPPORTED,
			       "%s: the kernel refuses the program (%s)%s%s", first,
			       strerror(-prog->fd), reason[0] ? ": " : "", reason);
}

static struct gosym_error *load_programs(struct gotrace_session *s)
{
	_cleanup_free_ char *log = malloc(LOG_BYTES);
	struct program *prog, *next;

	if (!log)
		return gosym_nomem;
	HASH_ITER(hh, s->programs, prog, next) {
		struct gosym_error *err = load_program(s, prog, log);

		if (err)
			return err;
	}
	return NULL;
}

static uint64_t place_offset(const struct gotrace_session *s, struct place at)
{
	const struct plan_probe *probe = plan_probe_at(s->plan, at.probe);

	switch (at.exit) {
	case ENTRY:
		return probe->site->file_off;
	case SLOW_PATH:
		return probe->site->slow.file_off;
	case FRAMES:
		return s->plan->frames->file_off;
	default:
		return probe->exits[at.exit].file_off;
	}
}

static struct gosym_error *attach_one(struct gotrace_session *s, struct program *prog)
{
	size_t num = prog->places.num;
	_cleanup_free_ uint64_t *words = calloc(num, 2 * sizeof(*words));
	uint64_t *offsets = words, *cookies = words + num;
	struct gosym_error *err;

	if (!words)
		return gosym_nomem;
	for (size_t i = 0; i < num; i++) {
		struct place at = prog->places.data[i];

		offsets[i] = place_offset(s, at);
		cookies[i] = bpf_cookie(at.probe, at.exit >= FRAMES ? 0 : at.exit);
	}
	err = attach_program(&s->attacher, prog->fd, offsets, cookies, num);
	if (err)
		return err;
	close(prog->fd);		/* the link holds it */
	prog->fd = -1;
	return NULL;
}

static struct gosym_error *attach_programs(struct gotrace_session *s)
{
	struct program *prog, *next;

	HASH_ITER(hh, s->programs, prog, next) {
		struct gosym_error *err = attach_one(s, prog);

		if (err)
			return err;
	}
	return NULL;
}

/* ---- maps */

static struct gosym_error *create_map(enum bpf_map_type type, const char *name, uint32_t key,
				      uint32_t value, uint32_t entries, int *ret)
{
	*ret = bpf_map_create(type, name, key, value, entries, NULL);
	if (*ret >= 0)
		return NULL;
	return gosym_error_errno(errno, "creating the map %s of %" PRIu32 " entries", name,
				 entries);
}

static struct gosym_error *buffer_size(size_t want, uint32_t *ret)
{
	uint32_t size = sysconf(_SC_PAGESIZE);

	if (want > MAX_BUFFER)
		return gosym_error_new(GOSYM_INVALID,
				       "a ring buffer of %zu bytes is too large: at most %d", want,
				       MAX_BUFFER);
	while (size < (want ? want : DEFAULT_BUFFER))
		size *= 2;
	*ret = size;
	return NULL;
}

/*
 * Calls in flight. When one too many comes, the oldest give way: their returns will be counted as
 * unpaired. But an element that is being filled must not be taken for another: where records are kept
 * the new call finds no room, and is counted.
 */
static struct gosym_error *create_calls(struct gotrace_session *s, struct bpf_target *target)
{
	uint32_t size = sizeof(struct plan_call), num = MAX_CALLS;
	struct gosym_error *err;

	if (s->plan->keep_args)
		for (size_t i = 0; i < s->plan->probes.num; i++)
			if (size < sizeof(struct plan_call) + s->plan->probes.data[i].record_size)
				size = sizeof(struct plan_call) + s->plan->probes.data[i].record_size;
	if (bpf_agg_is_kept(s->plan))
		size += sizeof(struct plan_agg_kept);
	if (num > CALLS_BYTES / size)
		num = CALLS_BYTES / size;
	s->call_size = size;
	err = create_map(s->plan->keep_args ? BPF_MAP_TYPE_HASH : BPF_MAP_TYPE_LRU_HASH,
			 "gosym_calls", sizeof(struct plan_call_key), size, num, &s->calls_fd);
	if (!err && s->plan->keep_args)
		err = create_map(BPF_MAP_TYPE_ARRAY, "gosym_zeros", sizeof(uint32_t), size, 1,
				 &s->calls_zero_fd);
	target->calls_fd = s->calls_fd;
	target->calls_zero_fd = s->calls_zero_fd;
	return err;
}

static bool any_slow(const struct gosym_plan *plan)
{
	for (size_t i = 0; i < plan->probes.num; i++)
		if (plan->probes.data[i].slow)
			return true;
	return false;
}

static struct gosym_error *create_maps(struct gotrace_session *s, struct bpf_target *target)
{
	struct gosym_error *err;
	uint32_t size = 0;

	err = create_map(BPF_MAP_TYPE_PERCPU_ARRAY, "gosym_counters", sizeof(uint32_t),
			 sizeof(struct bpf_counters), s->plan->probes.num + s->plan->hooks.num,
			 &s->counters_fd);
	if (!err)
		err = create_map(BPF_MAP_TYPE_PROG_ARRAY, "gosym_tails", sizeof(uint32_t),
				 sizeof(uint32_t), 1, &s->tails_fd);
	if (!err && s->opts.max_rate)
		err = create_map(BPF_MAP_TYPE_ARRAY, "gosym_rate", sizeof(uint32_t), sizeof(uint64_t),
				 s->plan->probes.num, &s->rate_fd);
	if (!err && any_slow(s->plan))
		err = create_map(BPF_MAP_TYPE_LRU_HASH, "gosym_slow", sizeof(struct plan_slow_key),
				 sizeof(struct plan_slow_regs), MAX_SLOW, &s->slow_fd);
	if (!err && follows_calls(s))
		err = create_calls(s, target);
	if (!err && !s->opts.count_only && !plan_is_aggregate(s->plan) &&
	    (s->opts.fault_in || held_is_needed(s->plan)))
		err = held_create(s->plan, &s->held, target);
	if (err)
		return err;
	target->call_size = s->call_size;
	target->rate_fd = s->rate_fd;
	target->max_rate = s->opts.max_rate;
	target->slow_fd = s->slow_fd;
	target->counters_fd = s->counters_fd;
	target->tails_fd = s->tails_fd;
	err = recipes_create(s->plan, &s->recipes);
	if (err)
		return err;
	target->recipes_fd = s->recipes.recipes_fd;
	target->steps_fd = s->recipes.steps_fd;
	target->may_goto = s->plan->dynamic && kernel_has(KERNEL_MAY_GOTO);
	if (plan_is_aggregate(s->plan)) {
		err = aggregate_create(&s->aggregate);
		if (err)
			return err;
		target->agg_fd = s->aggregate.fd;
		target->agg_zero_fd = s->aggregate.zero_fd;
		target->agg_key_size = s->aggregate.key_size;
	}
	target->ring_fd = -1;
	if (s->opts.count_only)
		return NULL;
	if (!kernel_has(KERNEL_RINGBUF))
		return gosym_error_new(GOSYM_UNSUPPORTED,
				       "this kernel has no %s: Linux 5.8 or newer is needed",
				       kernel_feature_name(KERNEL_RINGBUF));
	err = buffer_size(s->opts.buffer, &size);
	if (err)
		return err;
	err = create_map(BPF_MAP_TYPE_RINGBUF, "gosym_ring", 0, 0, size, &s->ring_fd);
	target->ring_fd = s->ring_fd;
	target->wake_bytes = size / 8;
	return err;
}

/* ---- the reader thread */

static int on_record(void *ctx, void *data, size_t size)
{
	const struct plan_record *record = data;
	struct gotrace_session *s = ctx;

	if (!queue_push(&s->queue, data, size) && size >= sizeof(*record) &&
	    plan_probe_at(s->plan, record->probe))
		__atomic_fetch_add(&s->dropped[record->probe], 1, __ATOMIC_RELAXED);
	/* This record is taken; a negative result ends the batch. At the end what is left has to be
	 * taken, and is no more than the ring buffer holds. */
	return queue_full(&s->queue) && !__atomic_load_n(&s->quitting, __ATOMIC_RELAXED) ? -ENOBUFS
											 : 0;
}

static void *reader_main(void *arg)
{
	struct gotrace_session *s = arg;
	bool quit = false;
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	while (!quit) {
		struct epoll_event event;

		epoll_wait(s->epoll_fd, &event, 1, READ_EVERY_MS);
		quit = __atomic_load_n(&s->quitting, __ATOMIC_ACQUIRE);
		if (!quit && queue_full(&s->queue))
			continue;
		ring_buffer__consume(s->ring);
		queue_publish(&s->queue);
	}
	return NULL;
}

/* Edge-triggered: a level would be reported as long as anything is unread, hence at once and always
 * under load; the edge comes only when a program wakes us. */
static bool watch(struct gotrace_session *s, int fd, uint32_t events)
{
	struct epoll_event event = { .events = events };

	return !epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

static struct gosym_error *start_reader(struct gotrace_session *s)
{
	if (s->opts.count_only)
		return NULL;
	s->ring = ring_buffer__new(s->ring_fd, on_record, s, NULL);
	if (!s->ring)
		return gosym_error_errno(errno, "mapping the ring buffer");
	s->quit_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	s->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (s->quit_fd < 0 || s->epoll_fd < 0 || !watch(s, s->quit_fd, EPOLLIN) ||
	    !watch(s, s->ring_fd, EPOLLIN | EPOLLET))
		return gosym_error_errno(errno, "watching the ring buffer");
	errno = pthread_create(&s->reader, NULL, reader_main, s);
	if (errno)
		return gosym_error_errno(errno, "starting the reader thread");
	s->reading = true;
	return NULL;
}

static void stop_reader(struct gotrace_session *s)
{
	if (!s->reading)
		return;
	__atomic_store_n(&s->quitting, true, __ATOMIC_RELEASE);
	eventfd_write(s->quit_fd, 1);
	pthread_join(s->reader, NULL);
	s->reading = false;
}

/* ---- kept calls, for the pairing */

/* Programs change the map meanwhile. Whole buckets are read under their locks (Linux 5.6): going from key to key might
 * follow an element that was taken for another key in between, and leave some out. */
static struct gosym_error *walk_kept(void *ctx,
				     struct gosym_error *(*each)(void *arg, const struct plan_call_key *key,
								 const struct plan_call *call),
				     void *arg)
{
	struct gotrace_session *s = ctx;
	_cleanup_free_ struct plan_call_key *keys = calloc(WALK_AT_ONCE, sizeof(*keys));
	_cleanup_free_ uint8_t *calls = calloc(WALK_AT_ONCE, s->call_size);
	struct gosym_error *err = NULL;
	uint32_t at = 0, next = 0;
	bool first = true, last = false;

	if (!keys || !calls)
		return gosym_nomem;
	while (!last && !err) {
		uint32_t num = WALK_AT_ONCE;

		if (bpf_map_lookup_batch(s->calls_fd, first ? NULL : &at, &next, keys, calls, &num, NULL)) {
			if (errno != ENOENT)
				return gosym_error_errno(errno, "reading the map of calls");
			last = true;
		}
		for (uint32_t i = 0; i < num && !err; i++) {
			struct plan_call *call = (struct plan_call *)(calls + (size_t)i * s->call_size);
			const struct plan_probe *probe = plan_probe_at(s->plan, keys[i].probe);

			if (s->plan->keep_args && probe)
				plan_place_floats(s->plan, probe, (struct plan_record *)(call + 1));
			err = each(arg, &keys[i], call);
		}
		at = next;
		first = false;
	}
	return err;
}

static void forget_kept(void *ctx, const struct plan_call_key *key, uint64_t ts)
{
	struct gotrace_session *s = ctx;
	_cleanup_free_ struct plan_call *call = malloc(s->call_size);

	if (call && !bpf_map_lookup_elem(s->calls_fd, key, call) && call->ts == ts)
		bpf_map_delete_elem(s->calls_fd, key);
}

/* ---- opening */

static bool needs_thread_pointer(const struct gosym_plan *plan)
{
	for (size_t i = 0; i < plan->probes.num + plan->hooks.num; i++)
		if (plan_probe_at(plan, i)->g.kind == G_IN_TLS)
			return true;
	return false;
}

static void init_target(struct gotrace_session *s, struct bpf_target *target)
{
	uint32_t off;

	target->count_only = s->opts.count_only;
	target->fsbase_off = target->features_off = -1;
	target->fast_return = follows_calls(s) && !s->opts.no_fast_return &&
			      kernel_has(KERNEL_SET_REGS);
	if (target->fast_return && kernel_member_offset("task_struct", "thread.features", &off))
		target->features_off = (int32_t)off;
	/* Reading the kernel's BTF takes a while: only where something depends on it. */
	if (needs_thread_pointer(s->plan) &&
	    kernel_member_offset("task_struct", "thread.fsbase", &off))
		target->fsbase_off = off;
	if (!s->opts.pid)
		return;
	if (kernel_in_initial_pid_namespace())
		target->tgid = s->opts.pid;
	else if (!kernel_has(KERNEL_UPROBE_MULTI_PID))
		s->attacher.multi = false;	/* perf events do limit themselves to the process */
}

static struct gosym_error *check_fault_in(const struct gotrace_session *s)
{
	if (!s->opts.fault_in)
		return NULL;
	if (s->plan->frames)
		return gosym_error_new(GOSYM_INVALID, "--fault-in and --float-regs do not go together");
	if (kernel_has(KERNEL_SLEEPABLE))
		return NULL;
	return gosym_error_new(GOSYM_UNSUPPORTED, "--fault-in: this kernel has no %s: Linux 6.0 is needed",
			       kernel_feature_name(KERNEL_SLEEPABLE));
}

static struct gosym_error *session_start(struct gotrace_session *s)
{
	struct bpf_target target = {};
	struct gosym_error *err = NULL;

	attach_init(&s->attacher, s->path, s->opts.pid, s->opts.verbose);
	init_target(s, &target);
	err = check_fault_in(s);
	target.fault_in = s->opts.fault_in;
	if (!err && held_is_needed(s->plan))
		err = held_check_process(s->plan, s->opts.pid);
	if (!err)
		err = create_maps(s, &target);
	if (err)
		return err;
	if (s->plan->opts.returns && !s->opts.count_only && !plan_is_aggregate(s->plan))
		err = pairing_create(s->plan,
				     &(struct pairing_kept){ .ctx = s, .walk = walk_kept, .forget = forget_kept },
				     &s->pairing);
	if (!err)
		err = make_programs(s, &target);
	if (err)
		return err;
	s->stats = (struct gotrace_stats){
		.attach = s->attacher.multi ? "uprobe_multi" : "perf events",
		.sites = count_places(s), .programs = HASH_COUNT(s->programs),
	};
	err = attach_reserve(&s->attacher, s->stats.programs, s->stats.sites);
	if (!err)
		err = load_programs(s);
	if (!err)
		err = start_reader(s);
	if (!err)
		err = attach_programs(s);
	free_programs(s);
	return err;
}

static struct gosym_error *session_create(const struct gosym_plan *plan,
					  const struct gotrace_options *opts,
					  struct gotrace_session **ret)
{
	struct gotrace_session *s = calloc(1, sizeof(*s));
	size_t num = plan->probes.num + plan->hooks.num;

	if (!s)
		return gosym_nomem;
	*ret = s;
	s->plan = plan;
	aggregate_init(&s->aggregate, plan);
	s->counters_fd = s->ring_fd = s->tails_fd = s->calls_fd = s->calls_zero_fd = s->rate_fd = s->slow_fd =
		-1;
	s->stop_fd = s->quit_fd = s->epoll_fd = s->held.fd = s->held.zero_fd = -1;
	/* A caller built against an older header has a shorter struct. */
	memcpy(&s->opts, opts, opts->sz < sizeof(*opts) ? opts->sz : sizeof(*opts));
	s->path = strdup(s->opts.path ? s->opts.path : elf_path(plan->binary->elf));
	s->dropped = calloc(num, sizeof(*s->dropped));
	s->counts = calloc(num, sizeof(*s->counts));
	if (!queue_init(&s->queue, QUEUE_LIMIT) || !s->path || !s->dropped || !s->counts)
		return gosym_nomem;
	s->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (s->stop_fd < 0)
		return gosym_error_errno(errno, "eventfd");
	return NULL;
}

DEFINE_CLEANUP(cleanup_session, struct gotrace_session *, gotrace_close(*p))

struct gosym_error *gotrace_open(const struct gosym_plan *plan, const struct gotrace_options *opts,
				 struct gotrace_session **ret)
{
	_cleanup_(cleanup_session) struct gotrace_session *s = NULL;
	uint64_t start = now_ns();
	struct gosym_error *err;

	if (opts->sz < sizeof(opts->sz))
		return gosym_error_new(
			GOSYM_INVALID,
			"struct gotrace_options: sz is %zu; start from GOTRACE_OPTIONS", opts->sz);
	if (!plan->probes.num)
		return gosym_error_new(GOSYM_INVALID, "the plan has no probes: nothing to trace");
	if (opts->sz >= sizeof(*opts) && opts->max_rate > INT32_MAX)
		return gosym_error_new(GOSYM_INVALID, "max_rate is %" PRIu32 ": at most %d", opts->max_rate,
				       INT32_MAX);
	err = session_create(plan, opts, &s);
	if (!err)
		err = identity_check_arch(plan);
	if (!err)
		err = kernel_check_permission();
	if (!err)
		err = identity_check_file(plan, s->path);
	if (!err)
		err = session_start(s);
	if (err)
		return err;
	s->stats.attach_ns = now_ns() - start;
	if (s->opts.verbose)
		fprintf(s->opts.verbose, "%zu sites, %zu programs attached by %s in %.1f ms\n",
			s->stats.sites, s->stats.programs, s->stats.attach,
			s->stats.attach_ns / 1e6);
	*ret = no_cleanup_ptr(s);
	return NULL;
}

/* ---- using */

void gotrace_stop(struct gotrace_session *s)
{
	int saved = errno;

	__atomic_store_n(&s->stopped, true, __ATOMIC_RELEASE);
	eventfd_write(s->stop_fd, 1);
	errno = saved;
}

/* Waits for a record. False: the time is over, the session was stopped, or nothing can come any
 * more. */
static bool wait_for_record(struct gotrace_session *s, int timeout_ms, uint64_t since)
{
	struct pollfd fds[] = { { .fd = s->queue.fd, .events = POLLIN },
				{ .fd = s->stop_fd, .events = POLLIN } };
	uint64_t passed = (now_ns() - since) / 1000000;
	int left = timeout_ms < 0		    ? -1
		   : passed >= (uint64_t)timeout_ms ? 0
						    : timeout_ms - (int)passed;

	if (s->detached)
		return false;
	poll(fds, 2, left);
	if (fds[0].revents) {
		queue_fd_clear(&s->queue);
		return true;
	}
	return !fds[1].revents && left;
}

static struct gosym_error *take_record(struct gotrace_session *s, struct plan_record *record, size_t size)
{
	if (size < sizeof(*record) || record->size < sizeof(*record) || record->size > size ||
	    !plan_probe_at(s->plan, record->probe))
		return gosym_error_new(
			GOSYM_BAD_DATA,
			"ring buffer: a record of %zu bytes is none of this session's", size);
	plan_place_floats(s->plan, plan_probe_at(s->plan, record->probe), record);
	if (s->pairing)
		return pairing_take(s->pairing, record);
	s->event = (struct gotrace_event){
		.plan = s->plan, .probe = plan_probe_at(s->plan, record->probe), .record = record,
	};
	return NULL;
}

/* What followed from the record at hand, if it may be more than one event. */
static const struct gotrace_event *next_made(struct gotrace_session *s)
{
	return s->pairing ? pairing_next(s->pairing) : NULL;
}

/* Nothing is waiting: a time to look after kept calls that ended without a return. */
static struct gosym_error *settle(struct gotrace_session *s)
{
	return s->pairing ? pairing_settle(s->pairing, s->detached) : NULL;
}

struct gosym_error *gotrace_next(struct gotrace_session *s, int timeout_ms,
				 const struct gotrace_event **ret)
{
	uint64_t since = now_ns();
	const void *record = NULL;
	size_t size;

	*ret = next_made(s);
	if (*ret)
		return NULL;
	/* Once stopped, nothing before gotrace_detach(): else a stream of events would never let
	 * go. */
	while (s->detached || !__atomic_load_n(&s->stopped, __ATOMIC_ACQUIRE)) {
		struct gosym_error *err;

		record = queue_next(&s->queue, &size);
		if (!record) {
			err = settle(s);
			*ret = err ? NULL : next_made(s);
			if (err || *ret || !wait_for_record(s, timeout_ms, since))
				return err;
			continue;
		}
		err = take_record(s, (struct plan_record *)record, size);
		if (err)
			return err;
		*ret = s->pairing ? next_made(s) : &s->event;
		if (*ret)
			break;
	}
	return NULL;
}

/* Entries are detached before exits: what returns in between is of no interest any more. */
static struct gosym_error *note_unpaired(struct gotrace_session *s)
{
	const struct gotrace_counts *counts;
	_cleanup_free_ uint64_t *unpaired = NULL;
	struct gosym_error *err;
	size_t num;

	err = gotrace_counts(s, &counts, &num);
	if (err)
		return err;
	unpaired = calloc(num, sizeof(*unpaired));
	if (!unpaired)
		return gosym_nomem;
	for (size_t i = 0; i < num; i++)
		unpaired[i] = counts[i].unpaired;
	s->unpaired = no_cleanup_ptr(unpaired);
	return NULL;
}

/* The reader thread has ended: this one is the queue's producer now. */
static void push_rest(void *ctx, const void *data, size_t size)
{
	struct gotrace_session *s = ctx;

	on_record(s, (void *)data, size);
}

struct gosym_error *gotrace_detach(struct gotrace_session *s)
{
	struct gosym_error *err;

	if (s->detached)
		return NULL;
	err = follows_calls(s) ? note_unpaired(s) : NULL;
	attach_detach(&s->attacher);
	stop_reader(s);
	s->detached = true;
	if (!err && s->held.fd >= 0) {
		err = held_take_rest(&s->held, push_rest, s);
		queue_publish(&s->queue);
	}
	return err;
}

static void close_fds(struct gotrace_session *s)
{
	int fds[] = { s->counters_fd, s->ring_fd, s->tails_fd, s->calls_fd, s->calls_zero_fd,
		      s->rate_fd, s->slow_fd, s->stop_fd, s->quit_fd, s->epoll_fd };

	for (size_t i = 0; i < sizeof(fds) / sizeof(*fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

void gotrace_close(struct gotrace_session *s)
{
	if (!s)
		return;
	attach_detach(&s->attacher);
	stop_reader(s);
	free_programs(s);
	ring_buffer__free(s->ring);
	queue_deinit(&s->queue);
	aggregate_deinit(&s->aggregate);
	recipes_close(&s->recipes);
	held_close(&s->held);
	pairing_destroy(s->pairing);
	free(s->unpaired);
	close_fds(s);
	free(s->cpu_counters);
	free(s->counts);
	free(s->dropped);
	free(s->path);
	free(s);
}

/* Programs see only that another call takes a place. Of which calls the end is known the pairing knows. */
static void add_pairing(const struct gotrace_session *s, uint32_t probe, struct gotrace_counts *c)
{
	c->undecided += pairing_undecided(s->pairing, probe);
	c->abandoned = pairing_abandoned(s->pairing, probe);
}

static struct gosym_error *read_counts(struct gotrace_session *s, uint32_t i, struct gotrace_counts *c)
{
	int cpus = libbpf_num_possible_cpus();

	if (cpus < 0)
		return gosym_error_errno(-cpus, "asking for the number of processors");
	if (!s->cpu_counters)
		s->cpu_counters = calloc(cpus, sizeof(*s->cpu_counters));
	if (!s->cpu_counters)
		return gosym_nomem;
	if (bpf_map_lookup_elem(s->counters_fd, &i, s->cpu_counters))
		return gosym_error_errno(errno, "reading the counters of probe %" PRIu32, i);
	*c = (struct gotrace_counts){
		.func = plan_probe_at(s->plan, i)->func,
		.lost = __atomic_load_n(&s->dropped[i], __ATOMIC_RELAXED),
	};
	for (int cpu = 0; cpu < cpus; cpu++) {
		c->calls += s->cpu_counters[cpu].calls;
		c->lost += s->cpu_counters[cpu].lost;
		c->undecided += s->cpu_counters[cpu].undecided;
		c->returns += s->cpu_counters[cpu].returns;
		c->untracked += s->cpu_counters[cpu].untracked;
		c->abandoned += s->cpu_counters[cpu].abandoned;
		c->unpaired += s->cpu_counters[cpu].unpaired;
		c->dropped += s->cpu_counters[cpu].dropped;
		c->float_refused += s->cpu_counters[cpu].float_refused;
		c->float_missed += s->cpu_counters[cpu].float_missed;
	}
	return NULL;
}

static size_t count_calls(const struct gotrace_session *s)
{
	struct plan_call_key key;
	const void *from = NULL;
	size_t num = 0;

	if (s->pairing && !s->plan->keep_args)
		return pairing_open_calls(s->pairing);
	for (; s->calls_fd >= 0 && num < MAX_CALLS && !bpf_map_get_next_key(s->calls_fd, from, &key); from = &key)
		num++;
	return num;
}

struct gosym_error *gotrace_session_pairing(struct gotrace_session *s, struct gotrace_pairing *ret)
{
	size_t first = s->plan->probes.num;
	struct gosym_error *err = NULL;
	struct gotrace_counts c;

	*ret = (struct gotrace_pairing){ .open = count_calls(s), .late = s->plan->no_unwind };
	for (size_t i = first; i < first + s->plan->hooks.num && !err; i++) {
		err = read_counts(s, i, &c);
		ret->lost += err ? 0 : c.lost;
	}
	return err;
}

struct gosym_error *gotrace_counts(struct gotrace_session *s, const struct gotrace_counts **ret,
				   size_t *num_ret)
{
	for (uint32_t i = 0; i < s->plan->probes.num; i++) {
		struct gosym_error *err = read_counts(s, i, &s->counts[i]);

		if (err)
			return err;
		if (s->unpaired)
			s->counts[i].unpaired = s->unpaired[i];
		if (s->pairing)
			add_pairing(s, i, &s->counts[i]);
		/* Where only the return decides, calls that passed are counted there. */
		if (s->plan->at_return && s->opts.count_only)
			s->counts[i].calls = s->counts[i].returns;
	}
	*ret = s->counts;
	*num_ret = s->plan->probes.num;
	return NULL;
}

struct gosym_error *gotrace_rows(struct gotrace_session *s, const struct gotrace_row **ret,
				 size_t *num_ret)
{
	struct gosym_error *err;

	if (!plan_is_aggregate(s->plan))
		return gosym_error_new(GOSYM_INVALID, "the plan asks for no histogram and no key");
	err = aggregate_read(&s->aggregate);
	if (err)
		return err;
	*ret = s->aggregate.rows.data;
	*num_ret = s->aggregate.rows.num;
	return NULL;
}

struct gotrace_stats gotrace_session_stats(const struct gotrace_session *s)
{
	return s->stats;
}
