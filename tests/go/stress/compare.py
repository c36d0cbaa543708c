#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
"""Compares a trace with returns with what the stress program says of itself.

compare.py TRUTH TRACE [--pair] [--stripped]

Both are JSON: the program's standard output, gosym's events. Every call must have been seen once and ended once,
in the way and with the results the program knows; calls and returns must be nested in each goroutine; the results must
be those of the arguments of their own call (a stripped program knows neither by name). Prints what differs; exit status 1 if anything does.
"""
import json
import sys

SLACK_NS = 2_000_000            # between its own clock and the return
OF_INT = {'main.hot', 'main.deep', 'main.handOver', 'main.caught', 'main.quiet', 'main.(*inner).Work', 'main.many',
          'main.mixed', 'main.array', 'main.wide', 'main.blast'}
STRIPPED = '--stripped' in sys.argv
problems = []
naps = []                       # whether the trace agrees with the program's clock


def problem(text):
    problems.append(text)
    if len(problems) == 20:
        finish()


def finish():
    print('\n'.join(problems))
    sys.exit(1 if problems else 0)


def plain(value):
    """Values as the program prints them."""
    if isinstance(value, dict):
        if 'elems' in value:
            return [plain(v) for v in value['elems']]
        if set(value) == {'type', 'value'}:
            return value['type']
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    return value


def panic_name(panic):
    if panic['type'] in ('string', 'int', '*errors.errorString'):
        return str(panic['value'])
    return panic['type']


class Seen:
    def __init__(self):
        self.calls = self.returned = self.panic = self.goexit = self.jump = self.sum = 0
        self.values, self.results = {}, []


def take_end(event, seen):
    ended = event.get('ended')
    if ended == 'panic':
        seen.panic += 1
        name = panic_name(event['panic'])
        seen.values[name] = seen.values.get(name, 0) + 1
    elif ended == 'goexit':
        seen.goexit += 1
    elif ended == 'jump':
        seen.jump += 1
    else:
        results = [plain(r['value']) for r in event['results']]
        seen.returned += 1
        if results and isinstance(results[0], int):
            seen.sum += results[0]
        seen.results.append(results)


def check_result(event, args):
    """The result belongs to these arguments."""
    func = event['func']
    if event.get('ended') or not args or STRIPPED:
        return
    arg = next((a['value'] for a in args if a['name'] in ('i', 'n', 'd')), None)
    result = event['results'][0]['value'] if event['results'] else None
    if func in OF_INT and result != 3 * arg + 1:
        problem(f'{func}({arg}) returned {result}')
    if func == 'main.nap':
        took = event['duration_ns']
        naps.append(took <= result * 1.05 + SLACK_NS)
        if took < result * 0.95 or result < arg:
            problem(f'nap({arg}) took {result} by its own clock, {took} in the trace')


def read(trace, pair):
    seen, stacks, end = {}, {}, None
    for line in trace:
        event = json.loads(line)
        if event['type'] not in ('call', 'return'):
            end = event if event['type'] == 'end' else end
            if event['type'] == 'lost':
                problem(f'lost: {line}')
            continue
        func = seen.setdefault(event['func'], Seen())
        stack = stacks.setdefault((event['pid'], event['goid']), [])
        if event['type'] == 'call':
            func.calls += 1
            stack.append(event)
            continue
        take_end(event, func)
        if pair:
            func.calls += 1
            check_result(event, event['args'])
            continue
        if not stack or stack[-1]['func'] != event['func']:
            problem(f'not the end of the latest call, {stack[-1]["func"] if stack else "none"}: {line}')
            continue
        call = stack.pop()
        if not call['ts'] <= event['ts'] or event['duration_ns'] > event['ts'] - call['ts']:
            problem(f'times: {call["ts"]} {line}')
        check_result(event, call['args'])
    left = sum(len(s) for s in stacks.values())
    if left:
        problem(f'{left} calls without an end')
    return seen, end


def compare(name, want, got):
    returned = got.returned + got.jump
    calls = want['returned'] + want['panic'] + want['goexit']
    for what, a, b in (('calls', calls, got.calls), ('returned', want['returned'], returned),
                       ('panic', want['panic'], got.panic), ('goexit', want['goexit'], got.goexit)):
        if a != b:
            problem(f'{name}: {what}: the program says {a}, the trace {b}')
    values = want.get('values') or {}
    for value in sorted(set(values) | set(got.values)):
        if values.get(value, 0) != got.values.get(value, 0):
            problem(f'{name}: panics with "{value}": the program says {values.get(value, 0)}, '
                    f'the trace {got.values.get(value, 0)}')
    if got.jump or STRIPPED:
        return
    if want['sum'] != got.sum and name != 'main.nap':
        problem(f'{name}: sum of results: the program says {want["sum"]}, the trace {got.sum}')
    for a, b in zip(want.get('results', []), got.results):
        if a != b:
            problem(f'{name}: the program returned {a}, the trace has {b}')


def main():
    truth = json.load(open(sys.argv[1]))
    with open(sys.argv[2]) as trace:
        seen, end = read(trace, '--pair' in sys.argv)
    for name, want in truth.items():
        compare(name, want, seen.get(name, Seen()))
    for name in set(seen) - set(truth):
        problem(f'{name}: the program knows nothing of it')
    # Preempted between its last look at the clock and its return, a nap takes longer for the trace: not most.
    if sum(naps) * 2 <= len(naps) and not STRIPPED:
        problem(f'most naps took more than 5% longer in the trace than by the program\'s clock')
    if not end or end['lost'] or set(end) != {'type', 'events', 'lost'}:
        problem(f'the end says {end}')
    finish()


main()
