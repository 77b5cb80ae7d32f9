# SPDX-License-Identifier: LicenseRef-Proprietary
#
# run.py [ROW …] - our queue beside BullMQ and Celery, in one run, on one Redis. Called by
# bench.sh, which installs and builds; MINUTES is the time it may take (25; 3 for a
# look). Prints "name value unit" lines, "ratio.<peer>.<row> value" (how many times
# better ours is: above 1 we win), at the end a table; all of it in
# build/bench-queue/result.json. Exit status 1: a row failed, or a job was lost or twice.
import json
import math
import os
import platform
import signal
import subprocess
import sys
import time

import redis as redis_py

import rows
from rig import BUILD, NEWER, Failed, Rig, load_now, median

WANTED = [  # what is to be reached, of ratios and of values
    ('ratio.bullmq.b1', '>=', 1.5), ('ratio.celery.b1', '>=', 8),
    ('ratio.bullmq.b1_adaptive', '>=', 8), ('ratio.bullmq.b3', '>=', 3),
    ('b3.ours.p99', '<=', 1), ('b5.250.ours', '<=', 300), ('b6.ours.after', '<=', 6),
    ('b9.ours.p99', '<=', 20), ('b10.ours.p99', '<=', 20)]
TABLE = [  # row, what it measures, name of the value: {} is the peer
    ('B1', 'no-op jobs/s, one a round trip', 'b1.{}', 'b1'),
    ('B1', '  a lease of many (ours; BullMQ has none)', 'b1.adaptive|b1.{}', 'b1_adaptive'),
    ('B2', 'put/s, single', 'b2.single.{}', 'b2_single'),
    ('B2', 'put/s, 500 a call', 'b2.bulk500.{}', 'b2'),
    ('B2', 'put/s behind a fact in MySQL', 'b2.durable.{}', 'b2_durable'),
    ('B3', 'pickup idle, p50 ms', 'b3.{}.p50', 'b3'),
    ('B3', 'pickup idle, p99 ms', 'b3.{}.p99', 'b3_p99'),
    ('B4', 'pickup at 25 % load, p50 ms', 'b4.25.{}.p50', 'b4_25'),
    ('B4', 'pickup at 75 % load, p99 ms', 'b4.75.{}.p99', 'b4'),
    ('B5', 'Redis bytes a job of 250', 'b5.250.{}', 'b5'),
    ('B6', 'PSS a process, MB', 'b6.{}.after', 'b6'),
    ('B7', 'jobs/s, a MySQL transaction each', 'b7.{}', 'b7'),
    ('B7', '  exactly once (ours, class D)', 'b7.durable|b7.{}', 'b7_durable'),
    ('B8', 'jobs/s, 30 ms of HTTP each, 48 at once', 'b8.{}', 'b8'),
    ('B9', 'hot pickup during a bulk, p99 ms', 'b9.{}.p99', 'b9'),
    ('B10', 'delayed: how late, p99 ms', 'b10.{}.p99', 'b10'),
    ('B11', 'CPU of Redis a job, us', 'b11.cpu.{}', 'b11'),
    ('B11', 'CPU of the workers a job, us', 'b11.worker.{}', 'b11_worker'),
    ('B11', 'bytes on the wire a job', 'b11.bytes.{}', 'b11_bytes'),
]


class Bench:
    def __init__(self, rig, minutes):
        self.rig, self.minutes = rig, minutes
        self.begun = time.monotonic()
        self.newer = os.path.isdir(NEWER)
        self.newer_version = '?'
        self.lines, self.ratios, self.runs, self.faults = [], {}, [], []
        part = min(1.0, minutes / 25)
        self.run_s = max(0.4, 4 * part)       # a measured run
        self.probe_s = max(0.3, 1.0 * part)   # a run that only chooses a setting
        self.probes = 2 if part < .3 else 8
        self.warm_s = max(0.2, .5 * part)     # what warms a program up before it
        self.rounds = 1 if part < .3 else 4
        self.idle_s = 100 * part              # of row B3, a peer
        self.bulk_s, self.bulk_n = 20 * part, int(100000 * max(.1, part))
        self.delay_s = max(1, 10 * part)
        self.weigh_n = int(100000 * max(.05, part))

    def left_s(self):
        return self.minutes * 60 - (time.monotonic() - self.begun)

    # ---- what is said ------------------------------------------------------------------
    def say(self, name, values, unit, note=''):
        value = median(values)
        spread = ''
        if len(values) > 1:
            spread = ' # %s .. %s, %d runs' % (show(min(values)), show(max(values)), len(values))
        if note:
            spread += ' # ' + note
        self.lines.append({'name': name, 'value': value, 'unit': unit, 'runs': values})
        print('%s %s %s%s' % (name, show(value), unit, spread), flush=True)

    def ratio(self, peer, row, value):
        self.ratios['ratio.%s.%s' % (peer, row)] = value
        print('ratio.%s.%s %s' % (peer, row, show(value)), flush=True)

    def raw(self, row, peer, setting, result):
        self.runs.append({'row': row, 'peer': peer, 'setting': setting, 'result': result})

    def fail(self, text):
        self.faults.append(text)
        self.rig.note('FAULT: ' + text)

    # ---- what is run -------------------------------------------------------------------
    def count(self, row, peer, check, n):
        """Every job once: the sum at the end of every run."""
        if check['distinct'] != n:
            self.fail('%s: %s ran %d of %d jobs' % (row, peer, check['distinct'], n))
        if check['twice']:
            self.fail('%s: %s ran %d jobs twice' % (row, peer, check['twice']))

    def drain(self, peer, n, setting, row, counted=True, **put):
        r = self.rig.drain(peer, n, setting, **put)
        self.raw(row, peer, setting, r)
        if counted:
            self.count(row, peer, r, n)
        return r

    def row(self, name, run):
        if self.left_s() < 20:
            self.fail('%s: left out, the time is over' % name)
            return
        begun = time.monotonic()
        try:
            run(self)
            print('# %s took %.0f s' % (name, time.monotonic() - begun), flush=True)
        except (Failed, redis_py.RedisError, subprocess.SubprocessError, OSError,
                ValueError, ZeroDivisionError, KeyError) as e:
            self.fail('%s failed: %s %s' % (name, type(e).__name__, e))

    # ---- the end -----------------------------------------------------------------------
    def value(self, names):
        for name in names.split('|'):
            for line in self.lines:
                if line['name'] == name and not math.isnan(line['value']):
                    return line['value']
        return None

    def table(self):
        print('\n%-4s %-41s %10s %10s %10s   %s' % ('row', 'what', 'ours', 'BullMQ',
                                                   'Celery', 'ours is better by'))
        for row, what, pattern, ratio in TABLE:
            both = pattern.split('|')
            cells = [self.value(both[0].format('ours'))]
            cells += [self.value(both[-1].format(p)) for p in ('bullmq', 'celery')]
            by = [self.ratios.get('ratio.%s.%s' % (p, ratio)) for p in ('bullmq', 'celery')]
            if any(c is not None for c in cells):
                print('%-4s %-41s %10s %10s %10s   %s' % (
                    row, what, *[show(c) for c in cells],
                    ', '.join('x' + show(b) for b in by if b is not None)))
        print()
        for name, op, wanted in WANTED:
            got = self.ratios.get(name, self.value(name))
            if got is not None:
                good = got >= wanted if op == '>=' else got <= wanted
                print('# %-26s %10s   wanted %s %g%s' % (
                    name, show(got), op, wanted, '' if good else '   NOT REACHED'))

    def save(self, about):
        path = os.path.join(BUILD, 'result.json')
        with open(path, 'w') as f:
            json.dump(dict(about, lines=self.lines, ratios=self.ratios, runs=self.runs,
                           faults=self.faults, notes=self.rig.notes), f, indent=1)
        print('# raw results: ' + os.path.relpath(path))


def show(v):
    if v is None:
        return '-'
    return '%.0f' % v if abs(v) >= 1000 else '%.3g' % v


def version(argv, word=-1):
    try:
        return subprocess.run(argv, capture_output=True, text=True, timeout=20,
                              check=True).stdout.split()[word]
    except (OSError, IndexError, subprocess.SubprocessError):
        return '?'


def machine(load, rig, minutes):
    with open('/proc/cpuinfo') as f:
        cpu = [line.split(':')[1].strip() for line in f if line.startswith('model name')]
    with open(os.path.join(BUILD, 'bullmq', 'node_modules', 'bullmq', 'package.json')) as f:
        bullmq = json.load(f)['version']
    return {
        'machine': '%s, %d cores, %s' % (cpu[0] if cpu else '?', os.cpu_count(),
                                         platform.release()),
        'load_before': load, 'minutes': minutes, 'pinned': rig.pinned,
        'redis': rig.redis.info('server')['redis_version'],
        'bullmq': bullmq, 'node': version(['node', '--version']),
        'celery': version(['/usr/bin/python3', '-c',
                           'import celery; print(celery.__version__)']),
        'celery_new': version(['env', 'PYTHONPATH=' + NEWER, '/usr/bin/python3', '-c',
                               'import celery; print(celery.__version__)'])
                      if os.path.isdir(NEWER) else 'none',
        'python': platform.python_version(),
        'mysql': rig.sql('SELECT VERSION()')[0][0]}


def stop(*_):
    raise KeyboardInterrupt


def main():
    minutes = float(os.environ.get('MINUTES', '25'))
    wanted = [a for a in sys.argv[1:] if a]
    known = [name for name, _ in rows.ALL]
    for name in wanted:
        if name not in known:
            sys.exit('run.py: there is no row %s, only %s' % (name, ' '.join(known)))
    load = float(os.environ.get('LOAD_BEFORE') or load_now())
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    rig = Rig(pinned=os.environ.get('PIN', '1') == '1')
    bench, about = Bench(rig, minutes), {}
    try:
        about = machine(load, rig, minutes)
        bench.newer_version = about['celery_new']
        for k, v in about.items():
            print('# %s: %s' % (k, v))
        if load > 0.5:
            rig.note('WARNING: not to be published: the load was %.2f before the start '
                     '(wanted: at most 0.5)' % load)
        rows.probe(bench)
        chosen = set(wanted) | {rows.NEEDS[w] for w in wanted if w in rows.NEEDS}
        for name, run in rows.ALL:
            if not wanted or name in chosen:
                bench.row(name, run)
        bench.table()
    except Failed as e:
        bench.fail(str(e))
    except KeyboardInterrupt:
        bench.fail('stopped by hand')
    finally:
        rig.close()
        bench.save(about)
    print('# took %.1f minutes%s' % ((time.monotonic() - bench.begun) / 60,
                                    ''.join('\n# FAULT: ' + f for f in bench.faults)))
    return 1 if bench.faults else 0


if __name__ == '__main__':
    sys.exit(main())
