// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * gosym trace: the calls of functions as they happen. The kernel side is libgotrace's; here is when
 * to begin and to end, what is printed, and what is said of it on standard error.
 *
 * The traced program is never harmed: every way out detaches the probes and leaves it running. Only
 * a Ctrl-C at the terminal reaches a program started by "--" too, for the terminal sends it to
 * both; then we wait for its end.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>

#include "gosym/cleanup.h"
#include "tools/aggregate.h"
#include "tools/child.h"
#include "tools/command.h"
#include "tools/dry_run.h"
#include "tools/out.h"
#include "tools/probes.h"
#include "tracer/gotrace.h"

static const char text[] =
	"Prints one line for each call of the functions, with their arguments. With a process id\n"
	"that process is traced; with -- the program is started with the arguments that follow,\n"
	"and traced until it ends; else every process that runs the file, until Ctrl-C.\n"
	"Floats come in registers that no probe sees: they are shown where the code puts them into\n"
	"memory. --float-regs shows the others too: the thread gets a SIGURG, as from Go's own\n"
	"preemption, and the registers are read from its frame. Not for programs that handle SIGURG.\n"
	"The condition of --if is decided in the kernel: calls that do not meet it cost little. Expressions\n"
	"are Go's, over the arguments: a call for which Go would panic does not meet a condition.\n"
	"  paths         req.URL.Path, o.Items[0].Price, *p, len(b), cap(c), err.(*net.OpError).Op\n"
	"  comparisons   i > 4996, req.Method == \"POST\", err != nil, x >= 0.5, d > 10ms, a < b\n"
	"  strings       strings.HasPrefix(s, \"x\"), HasSuffix, Contains, string(b) == \"x\", s[0] == 'x'\n"
	"  arithmetic    + - * / % & | ^ &^ << >>, uint8(n), joined by && || ! ( )\n"
	"  more          goid, pid, tid, duration, caller == \"main.f\", err.(type) == \"*os.PathError\"\n"
	"--count and --hist add up in the kernel, and nothing is sent per call. Keys of --by are\n"
	"  integers, bools, strings, pointers, len(x), x.(type), goid, pid, tid, caller\n\n"
	"With --ret the return is a line too; --if-ret decides at the return, and may use results by name\n"
	"or as ret0, ret1, …, arguments as they were at the call, and duration. A call that a panic ends,\n"
	"or the end of its goroutine (runtime.Goexit), says so. Calls that jump into another function to\n"
	"return from there say into which. --tree shows calls nested in one another, --format chrome\n"
	"a track for each goroutine (https://ui.perfetto.dev opens it), --format folded stacks for a\n"
	"flame graph: weighed by calls, or with --ret by the time spent in them.\n\n"
	"What an interface holds is shown with its type: io.Writer(*bytes.Buffer) *{…}; each pointer and\n"
	"each interface on the way to a value uses up one of --depth, errors in text excepted. Text shows\n"
	"times, durations, addresses and bytes as their packages print them, JSON as they lie in memory.\n\n"
	"Examples:\n"
	"  gosym trace ./server main.parse --if-ret 'err != nil && duration > 10ms' --pair\n"
	"  gosym trace ./model 'main.(*Net).step' --ret --float-regs --max-events 100\n"
	"  gosym trace ./server main.handle --if 'len(path) > 64' -- -port 8080\n"
	"  gosym trace 4242 'net/http.serverHandler.ServeHTTP' --print 'req.Method, req.URL.Path, len(req.Header)'\n"
	"  gosym trace ./server 'main.(*Store).Save' --depth 2 --ret\n"
	"  gosym trace 4242 'net/http.(*conn).*' --count --duration 10s\n"
	"  gosym trace 4242 'main.(*DB).Query' --hist='len(sql)' --by caller --interval 5s\n";

static const struct option_spec options[] = {
	OPTION_IF,
	OPTION(0, "print", OPTION_TEXT, print, "EXPR,…",
	       "show these instead of all arguments; with --ret results too"),
	OPTION(0, "ret", OPTION_FLAG, ret, NULL, "returns too: results and how long the call took"),
	OPTION(0, "if-ret", OPTION_TEXT, condition_ret, "EXPR",
	       "only calls for which EXPR, over results, duration and arguments, holds at the return"),
	OPTION(0, "tree", OPTION_FLAG, tree, NULL, "calls nested by goroutine, with durations (--depth 0, unless given)"),
	OPTION(0, "pair", OPTION_FLAG, pair, NULL, "call and return as one line, at the return"),
	OPTION_DEPTH,
	OPTION_ELEMS,
	OPTION_STRLEN,
	OPTION(0, "stack", OPTION_FRAMES, stack, "[=N]",
	       "the goroutine's stack with each call: at most N frames (default 32)"),
	OPTION(0, "count", OPTION_FLAG, count, NULL, "count calls by function; a table at the end"),
	OPTION(0, "hist", OPTION_OPTIONAL, hist, "[=EXPR]",
	       "histogram of the duration, or of an integer; a table at the end"),
	OPTION(0, "by", OPTION_TEXT, by, "EXPR", "with --count or --hist: one row for each value"),
	OPTION(0, "top", OPTION_COUNT, top, "N", "with --count or --hist: only the N largest rows"),
	OPTION(0, "interval", OPTION_TIME, interval_ns, "T",
	       "with --count or --hist: what there is since the start, every T"),
	OPTION(0, "duration", OPTION_TIME, duration_ns, "T",
	       "stop after T, such as 500ms, 10s, 1m"),
	OPTION(0, "max-events", OPTION_COUNT, max_events, "N", "stop after N events"),
	OPTION(0, "max-rate", OPTION_COUNT, max_rate, "N",
	       "at most N calls of a function in a second: others are dropped in the kernel, and counted"),
	OPTION(0, "format", OPTION_TEXT, format, "F", "text, json (--json is the same),\n"
	       "                           chrome (for Perfetto), folded (for flame graphs)"),
	OPTION(0, "buffer", OPTION_SIZE, buffer, "SIZE", "ring buffer: 64K, 8M (default), 1G"),
	OPTION(0, "inlined", OPTION_OPTIONAL, inlined, "[=no]",
	       "inlined copies too; without it only if there is\n"
	       "                           DWARF and at most 200 functions are meant"),
	OPTION(0, "fault-in", OPTION_FLAG, fault_in, NULL,
	       "memory that is not there is read from its file or from swap; the thread waits"),
	OPTION(0, "float-regs", OPTION_FLAG, float_regs, NULL,
	       "floats in registers too, by a SIGURG to the thread: costs some microseconds"),
	OPTION(0, "no-fast-return", OPTION_FLAG, no_fast_return, NULL,
	       "leave return instructions to the processor, though the kernel could spare that"),
	OPTION(0, "dry-run", OPTION_FLAG, dry_run, NULL,
	       "tell what would be probed; attach nothing"),
	{ .name = NULL },
};

enum { WAIT_MS = 100, CHECK_EVERY = 256, NAME_UNSEEN = 8 };

struct trace {
	const struct options *o;
	bool json;
	struct probes probes;
	struct child child;
	int pidfd;
	struct out out;
	const char *document;		/* a format that is more than a line for each event; NULL: none */
	struct gotrace_render *render;	/* that */
	struct gotrace_session *session;
	uint64_t events;		/* printed, or counted */
	unsigned tables;		/* printed so far */
	uint64_t end_at, table_at;	/* CLOCK_MONOTONIC; 0 never */
};

/* ----------------------------------------------------------------- signals */

/* What the handlers know: only what may be touched in one. */
static struct gotrace_session *volatile signal_session;
static volatile sig_atomic_t has_child, interrupted, stopped;

static void on_signal(int number, siginfo_t *info, void *context)
{
	struct gotrace_session *s = signal_session;

	/* From the terminal the started program got it as well: wait for its end, unless asked
	 * twice. */
	if (number == SIGINT && has_child && info->si_code == SI_KERNEL && !interrupted) {
		interrupted = 1;
		return;
	}
	if (number != SIGCHLD)
		stopped = 1;
	if (s)
		gotrace_stop(s);
}

static void catch_signals(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGCHLD };
	struct sigaction act = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		sigaction(numbers[i], &act, NULL);
}

/* ------------------------------------------------------------------ counts */

static int by_calls(const void *a, const void *b)
{
	const struct gotrace_counts *x = a, *y = b;

	if (x->calls != y->calls)
		return x->calls < y->calls ? 1 : -1;
	return strcmp(gosym_func_name(x->func), gosym_func_name(y->func));
}

static void json_number(struct json *j, const char *key, uint64_t value)
{
	json_key(j, key);
	json_uint(j, value);
}

static void json_text(struct json *j, const char *key, const char *value)
{
	json_key(j, key);
	json_str(j, value);
}

static void json_count(struct json *j, const char *type, const char *func, uint64_t count)
{
	json_object(j);
	json_text(j, "type", type);
	json_text(j, "func", func);
	json_number(j, "count", count);
	json_object_end(j);
	json_line(j);
}

static void print_count_table(struct out *out, const struct gotrace_counts *rows, size_t num)
{
	size_t width = strlen("FUNCTION"), never = 0;

	for (size_t i = 0; i < num; i++) {
		size_t len = strlen(gosym_func_name(rows[i].func));

		never += !rows[i].calls;
		if (len > width && (rows[i].calls || num == 1))
			width = len;
	}
	fprintf(out->file, "%s%-*s %12s%s\n", out_bold(out), (int)width, "FUNCTION", "CALLS",
		out_plain(out));
	for (size_t i = 0; i < num; i++)
		if (rows[i].calls || num == 1)
			fprintf(out->file, "%-*s %12" PRIu64 "\n", (int)width,
				gosym_func_name(rows[i].func), rows[i].calls);
	if (never && num > 1)
		complain("%zu function%s had no calls", never, never == 1 ? "" : "s");
}

/* Calls are added up in the kernel, none is sent. */
static bool only_sums(const struct options *o)
{
	return o->count || o->hist;
}

static struct gosym_error *print_rows(struct trace *t)
{
	const struct gotrace_row *rows;
	struct gosym_error *err;
	size_t num;

	err = gotrace_rows(t->session, &rows, &num);
	if (err)
		return err;
	t->events = 0;
	for (size_t i = 0; i < num; i++)
		t->events += rows[i].count;
	aggregate_print(&t->out, t->o, t->json, rows, num);
	return NULL;
}

static int by_func(const void *a, const void *b)
{
	const struct gotrace_counts *x = a, *y = b;

	return (x->func > y->func) - (x->func < y->func);
}

/* A function and its inlined copies are one row. */
static void merge_counts(struct gotrace_counts *rows, size_t *num)
{
	size_t kept = 0;

	qsort(rows, *num, sizeof(*rows), by_func);
	for (size_t i = 0; i < *num; i++) {
		if (kept && rows[kept - 1].func == rows[i].func)
			rows[kept - 1].calls += rows[i].calls;
		else
			rows[kept++] = rows[i];
	}
	*num = kept;
}

/* The table of --count, most calls first. */
static struct gosym_error *print_counts(struct trace *t)
{
	_cleanup_free_ struct gotrace_counts *rows = NULL;
	const struct gotrace_counts *counts;
	struct gosym_error *err;
	size_t num, called = 0;

	if (t->tables++ && !t->json)
		putc('\n', t->out.file);
	if (t->o->hist || t->o->by)
		return print_rows(t);
	err = gotrace_counts(t->session, &counts, &num);
	if (err)
		return err;
	rows = calloc(num, sizeof(*rows));
	if (!rows)
		return NULL;
	memcpy(rows, counts, num * sizeof(*rows));
	merge_counts(rows, &num);
	qsort(rows, num, sizeof(*rows), by_calls);
	while (called < num && rows[called].calls)
		called++;
	if (t->o->top && num > t->o->top)
		num = t->o->top;
	if (t->json)
		for (size_t i = 0; i < num; i++)
			json_count(&t->out.json, "count", gosym_func_name(rows[i].func),
				   rows[i].calls);
	else
		print_count_table(&t->out, rows, num);
	fflush(t->out.file);
	if (called > num)
		complain("%zu more row%s; see --top", called - num, called - num == 1 ? "" : "s");
	return NULL;
}

/* What could not be put together, if anything, and calls that were on their way. */
struct loose_ends {
	uint64_t open, unpaired, untracked, abandoned, lost;
};

static struct gosym_error *find_loose_ends(struct trace *t, const struct gotrace_counts *counts,
					   size_t num, struct loose_ends *ret)
{
	struct gotrace_pairing pairing = { .open = 0 };
	struct gosym_error *err = gotrace_session_pairing(t->session, &pairing);

	*ret = (struct loose_ends){ .open = pairing.open, .lost = pairing.lost };
	for (size_t i = 0; i < num; i++) {
		ret->unpaired += counts[i].unpaired;
		ret->untracked += counts[i].untracked;
		ret->abandoned += counts[i].abandoned;
	}
	return err;
}

static void say_number(uint64_t n, const char *one, const char *many)
{
	if (n)
		complain("%" PRIu64 " %s", n, n == 1 ? one : many);
}

/* Of calls that are only added up, those that a panic has ended are not told from others. */
static void say_loose_ends(const struct loose_ends *l, bool sums)
{
	if (sums)
		say_number(l->open, "call has not returned: it goes on, or has ended by a panic",
			   "calls have not returned: they go on, or have ended by a panic");
	else
		say_number(l->open, "call was still going on", "calls were still going on");
	say_number(l->unpaired,
		   "return has no call: it began before tracing, or its goroutine could not be read",
		   "returns have no call: they began before tracing, or a goroutine could not be read");
	say_number(l->untracked,
		   "call was not followed: too many at once, or its goroutine could not be read",
		   "calls were not followed: too many at once, or a goroutine could not be read");
	say_number(l->abandoned, "call ended without a return that was seen",
		   "calls ended without a return that was seen");
	say_number(l->lost,
		   "message of a panic or an ended goroutine was lost; a larger --buffer may help",
		   "messages of panics and ended goroutines were lost; a larger --buffer may help");
}

static void json_loose_ends(struct json *j, const struct loose_ends *l)
{
	const struct { const char *key; uint64_t n; } all[] = {
		{ "open", l->open }, { "unpaired", l->unpaired }, { "untracked", l->untracked },
		{ "abandoned", l->abandoned }, { "unwind_lost", l->lost },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i].n)
			json_number(j, all[i].key, all[i].n);
}

/* What --max-rate left out: it was asked for, and is not lost. The sum. */
static uint64_t print_dropped(struct trace *t, const struct gotrace_counts *counts, size_t num)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < num; i++) {
		const char *func = gosym_func_name(counts[i].func);

		sum += counts[i].dropped;
		if (counts[i].dropped && t->json)
			json_count(&t->out.json, "dropped", func, counts[i].dropped);
		else if (counts[i].dropped)
			complain("%" PRIu64 " call%s of %s dropped: more than %" PRIu64 " in a second", counts[i].dropped,
				 counts[i].dropped == 1 ? "" : "s", func, t->o->max_rate);
	}
	return sum;
}

/* Why float registers were not read although --float-regs asks for them. */
static void print_no_floats(struct trace *t, const struct gotrace_counts *counts, size_t num)
{
	uint64_t refused = 0, missed = 0;

	for (size_t i = 0; i < num; i++) {
		refused += counts[i].float_refused;
		missed += counts[i].float_missed;
	}
	if (refused)
		complain("float registers were not read %" PRIu64 " time%s: the program handles SIGURG itself", refused,
			 refused == 1 ? "" : "s");
	say_number(missed, "time the signal that shows float registers did not come at once",
		   "times the signal that shows float registers did not come at once");
	if (t->json && refused)
		json_count(&t->out.json, "float_refused", NULL, refused);
	if (t->json && missed)
		json_count(&t->out.json, "float_missed", NULL, missed);
}

/* The last words: what was lost, function by function, and the sums. */
static struct gosym_error *print_end(struct trace *t)
{
	uint64_t lost = 0, undecided = 0, calls = 0, dropped;
	const struct gotrace_counts *counts;
	struct loose_ends loose;
	char more[120] = "";
	struct gosym_error *err;
	size_t num;

	err = gotrace_counts(t->session, &counts, &num);
	if (!err)
		err = find_loose_ends(t, counts, num, &loose);
	if (err)
		return err;
	for (size_t i = 0; i < num; i++) {
		const char *func = gosym_func_name(counts[i].func);

		calls += counts[i].calls;
		lost += counts[i].lost;
		undecided += counts[i].undecided;
		if (counts[i].lost && t->json)
			json_count(&t->out.json, "lost", func, counts[i].lost);
		else if (counts[i].lost)
			complain("%" PRIu64 " lost of %s; %s", counts[i].lost, func,
				 only_sums(t->o) ? "there is no room for more keys" :
						   "a larger --buffer may help");
	}
	dropped = print_dropped(t, counts, num);
	print_no_floats(t, counts, num);
	if (t->o->count && !t->o->by)
		t->events = calls;
	if (t->json) {
		json_object(&t->out.json);
		json_text(&t->out.json, "type", "end");
		json_number(&t->out.json, "events", t->events);
		json_number(&t->out.json, "lost", lost);
		if (undecided)
			json_number(&t->out.json, "undecided", undecided);
		if (dropped)
			json_number(&t->out.json, "dropped", dropped);
		json_loose_ends(&t->out.json, &loose);
		json_object_end(&t->out.json);
		json_line(&t->out.json);
	}
	fflush(t->out.file);
	if (undecided)
		snprintf(more, sizeof(more),
			 ", %" PRIu64 " undecided (memory of %s could not be read%s, or Go would panic)", undecided,
			 only_sums(t->o) ? "an expression" : "the condition",
			 t->o->condition_ret ? ", or no return" : "");
	say_loose_ends(&loose, only_sums(t->o));
	if (dropped)
		snprintf(more + strlen(more), sizeof(more) - strlen(more), ", %" PRIu64 " dropped", dropped);
	complain("%" PRIu64 " event%s, %" PRIu64 " lost%s", t->events, t->events == 1 ? "" : "s",
		 lost, more);
	return NULL;
}

/* -------------------------------------------------------------------- loop */

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * UINT64_C(1000000000) + ts.tv_nsec;
}

/* The process traced by its id has ended: its pidfd becomes readable. */
static bool process_ended(const struct trace *t)
{
	struct pollfd fd = { .fd = t->pidfd, .events = POLLIN };

	return t->pidfd >= 0 && poll(&fd, 1, 0) > 0;
}

static bool is_over(struct trace *t)
{
	return stopped || child_ended(&t->child) || process_ended(t) ||
	       (t->end_at && now_ns() >= t->end_at);
}

static bool has_enough(const struct trace *t)
{
	return t->o->max_events && t->events >= t->o->max_events;
}

static int wait_time(const struct trace *t)
{
	uint64_t now = now_ns(), wait = WAIT_MS * UINT64_C(1000000);

	if (t->end_at && t->end_at < now + wait)
		wait = t->end_at > now ? t->end_at - now : 0;
	if (t->table_at && t->table_at < now + wait)
		wait = t->table_at > now ? t->table_at - now : 0;
	return (wait + 999999) / 1000000;
}

static struct gosym_error *print_event(struct trace *t, const struct gotrace_event *ev)
{
	t->events++;
	if (t->render)
		return gotrace_render_event(t->render, ev);
	return t->json ? gotrace_event_json(ev, t->out.file)
		       : gotrace_event_text(ev, t->out.color, t->out.file);
}

static struct gosym_error *interval(struct trace *t)
{
	if (!t->table_at || now_ns() < t->table_at)
		return NULL;
	t->table_at += t->o->interval_ns;
	return print_counts(t);
}

/* Events until something says that it is over; whenever none is waiting, what is written is pushed
 * out. */
static struct gosym_error *loop(struct trace *t)
{
	const struct gotrace_event *ev;
	unsigned since_check = 0;
	struct gosym_error *err;

	while (!has_enough(t) && !ferror(t->out.file)) {
		err = gotrace_next(t->session, 0, &ev);
		if (!err && !ev) {
			if (t->render)
				gotrace_render_idle(t->render);
			fflush(t->out.file);
			err = interval(t);
			if (!err && is_over(t))
				return NULL;
			if (!err)
				err = gotrace_next(t->session, wait_time(t), &ev);
		}
		if (!err && ev)
			err = print_event(t, ev);
		if (err)
			return err;
		if (++since_check % CHECK_EVERY == 0 && is_over(t))
			return NULL;
	}
	return NULL;
}

/* What was on the way when it ended. */
static struct gosym_error *drain(struct trace *t)
{
	const struct gotrace_event *ev;
	struct gosym_error *err;

	err = gotrace_detach(t->session);
	while (!err && !has_enough(t) && !ferror(t->out.file)) {
		err = gotrace_next(t->session, 0, &ev);
		if (err || !ev)
			break;
		err = print_event(t, ev);
	}
	return err;
}

/* ------------------------------------------------------------------- whole */

static void say_live(const struct trace *t)
{
	struct gotrace_stats stats = gotrace_session_stats(t->session);

	char copies[96] = "";

	if (t->probes.copies.num)
		snprintf(copies, sizeof(copies), ", %zu of inlined calls%s", t->probes.copies.num,
			 wants_returns(t->o) || t->o->tree ? " (their returns are not seen)" : "");
	complain("tracing %zu function%s, %zu probe%s%s", t->probes.num,
		 t->probes.num == 1 ? "" : "s", stats.sites, stats.sites == 1 ? "" : "s", copies);
	if (t->o->verbose)
		complain("attached by %s, %zu program%s, live after %.1f ms", stats.attach,
			 stats.programs, stats.programs == 1 ? "" : "s", stats.attach_ns / 1e6);
}

/* Why not all ends of its calls will be seen; NULL: they will. */
static const char *unseen_end(const struct trace *t, const struct gosym_func *f)
{
	struct gosym_binary *b = t->probes.target.binary;
	const struct gosym_exit *exits;
	const char *why;
	uint64_t at;
	size_t num;
	_cleanup_error_ struct gosym_error *err = gosym_func_exits(b, f, &exits, &num);

	if (err)
		return NULL;
	why = gosym_func_unseen_exit(b, f, &at);
	return why || num ? why : "it never returns";
}

/* Functions of which some or all returns will not be seen. */
static void say_unseen(const struct trace *t)
{
	bool each = t->o->verbose || t->probes.num <= NAME_UNSEEN;
	size_t num = 0;

	for (size_t i = 0; i < t->probes.num; i++) {
		const char *why = unseen_end(t, t->probes.funcs[i]);

		if (why && (each || num < NAME_UNSEEN))
			complain("%s: not all returns will be seen: %s", gosym_func_name(t->probes.funcs[i]), why);
		num += !!why;
	}
	if (num > NAME_UNSEEN && !each)
		complain("not all returns of %zu more functions will be seen (-v names them)", num - NAME_UNSEEN);
}

static struct gosym_error *say_returns(struct trace *t)
{
	struct gotrace_pairing pairing;
	struct gosym_error *err = gotrace_session_pairing(t->session, &pairing);

	if (err)
		return err;
	say_unseen(t);
	if (pairing.late)
		complain("calls that end by a panic will be noticed late: %s", pairing.late);
	return NULL;
}

static struct gosym_error *begin(struct trace *t)
{
	struct gotrace_options opts = GOTRACE_OPTIONS;
	struct gosym_error *err;

	opts.path = t->probes.target.file;
	opts.pid = t->child.pid ? t->child.pid : t->probes.target.pid;
	opts.buffer = t->o->buffer;
	opts.count_only = only_sums(t->o);
	opts.verbose = t->o->verbose ? stderr : NULL;
	opts.fault_in = t->o->fault_in;
	opts.no_fast_return = t->o->no_fast_return;
	opts.max_rate = (uint32_t)t->o->max_rate;
	err = gotrace_open(t->probes.plan, &opts, &t->session);
	if (err)
		return err;
	signal_session = t->session;
	say_live(t);
	if (wants_returns(t->o))
		err = say_returns(t);
	if (err)
		return err;
	if (t->document)
		return gotrace_render_create(t->document, t->out.color, t->out.file, &t->render);
	return NULL;
}

static int run_session(struct trace *t)
{
	struct gosym_error *err = begin(t);
	uint64_t start;
	int code;

	if (err)
		return fail(err);
	code = t->child.pid ? child_go(&t->child) : 0;
	if (code) {
		complain("starting %s: %s", t->o->args[0], strerror(code));
		return EXIT_FAILED;
	}
	start = now_ns();
	t->end_at = t->o->duration_ns ? start + t->o->duration_ns : 0;
	t->table_at = t->o->interval_ns ? start + t->o->interval_ns : 0;
	err = loop(t);
	if (!err)
		err = drain(t);
	if (!err && t->render)
		err = gotrace_render_finish(t->render);
	if (!err && only_sums(t->o))
		err = print_counts(t);
	if (!err)
		err = print_end(t);
	if (err)
		return fail(err);
	if (!t->child.pid)
		return EXIT_DONE;
	if (child_ended(&t->child))
		return child_exit_status(&t->child);
	complain("process %d goes on", (int)t->child.pid);
	return EXIT_DONE;
}

static const char *choose_tree(struct trace *t, const char *format)
{
	const struct options *o = t->o;

	t->document = "tree";
	if (strcmp(format, "text") != 0)
		return "--tree is text; of other formats chrome shows calls nested too";
	if (only_sums(o))
		return "--tree shows calls: it does not go with --count and --hist";
	if (o->pair || o->condition_ret)
		return "--tree needs each call as it begins: leave out --pair and --if-ret";
	return o->stack ? "--tree shows who calls whom: leave out --stack" : NULL;
}

/* NULL, or what is wrong with --format. */
static const char *choose_format(struct trace *t)
{
	const char *format = t->o->format ? t->o->format : t->o->json ? "json" : "text";

	t->json = !strcmp(format, "json");
	if (t->o->json && !t->json)
		return "--json and another --format contradict each other";
	if (t->o->tree)
		return choose_tree(t, format);
	if (t->json || !strcmp(format, "text"))
		return NULL;
	if (strcmp(format, "chrome") != 0 && strcmp(format, "folded") != 0)
		return "--format: there are text, json, chrome and folded";
	t->document = format;
	if (t->o->pair)
		return "--pair goes with text and json";
	return only_sums(t->o) ? "--count and --hist are printed as text or json" : NULL;
}

static bool check_options(struct trace *t)
{
	const struct options *o = t->o;
	const char *wrong = choose_format(t);

	if (o->stack && only_sums(o))
		wrong = "--stack goes with events, not with --count";
	if (!only_sums(o) && (o->interval_ns || o->by || o->top))
		wrong = "--interval, --by and --top go with --count or --hist";
	if (o->print && (only_sums(o) || (o->format && !strcmp(o->format, "folded"))))
		wrong = "--print goes with events: leave out --count, --hist and --format folded";
	if (o->count && o->hist)
		wrong = "--hist counts too: leave out --count";
	if (o->max_rate && only_sums(o))
		wrong = "--max-rate limits what is sent: with --count and --hist nothing is";
	if (o->max_rate > INT32_MAX)
		wrong = "--max-rate: at most 2147483647 in a second";
	if (o->fault_in && o->float_regs)
		wrong = "--fault-in and --float-regs do not go together";
	if (o->max_events && only_sums(o))
		wrong = "--max-events does not go with --count and --hist; see --duration";
	if (o->inlined && *o->inlined && strcmp(o->inlined, "no") != 0)
		wrong = "--inlined takes no value but \"no\"";
	if (wrong)
		complain("%s", wrong);
	return !wrong;
}

static void trace_close(struct trace *t)
{
	signal_session = NULL;
	gotrace_render_destroy(t->render);
	gotrace_close(t->session);
	child_close(&t->child);
	if (t->pidfd >= 0)
		close(t->pidfd);
	probes_close(&t->probes);
}

static int start_target(struct trace *t)
{
	const struct options *o = t->o;
	int code;

	if (t->probes.target.pid) {
		t->pidfd = syscall(SYS_pidfd_open, t->probes.target.pid, 0);
		if (t->pidfd < 0 && errno == ESRCH) {
			complain("no process %d", (int)t->probes.target.pid);
			return EXIT_FAILED;
		}
	}
	if (!o->child)
		return EXIT_DONE;
	code = child_start(o->args[0], o->child_args, o->num_child_args, &t->child);
	if (code)
		complain("starting %s: %s", o->args[0], strerror(code));
	has_child = !code;
	return code ? EXIT_FAILED : EXIT_DONE;
}

static int run(const struct options *o)
{
	_cleanup_(trace_close) struct trace t = {
		.o = o, .pidfd = -1, .child = { .gate = -1, .failure = -1 },
	};
	int status;

	if (!check_options(&t))
		return EXIT_USAGE;
	status = probes_open(o, only_sums(o), &t.probes);
	if (status)
		return status;
	if (o->child && t.probes.target.pid) {
		complain("-- starts a program, but TARGET is process %d: give the path",
			 (int)t.probes.target.pid);
		return EXIT_USAGE;
	}
	if (!out_open(o, &t.out))
		return EXIT_FAILED;
	if (o->dry_run) {
		status = dry_run(o, &t.probes, t.json, &t.out);
	} else {
		catch_signals();
		status = start_target(&t);
		if (!status)
			status = run_session(&t);
	}
	return out_close(&t.out) ? status : EXIT_FAILED;
}

const struct command cmd_trace = {
	.name = "trace",
	.synopsis = "[OPTION…] TARGET FUNC… [-- ARG…]",
	.summary = "the calls of functions, with their arguments, as they happen",
	.text = text,
	.options = options,
	.min_args = 2,
	.max_args = UINT_MAX,
	.takes_child = true,
	.run = run,
};
