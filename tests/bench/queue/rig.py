# SPDX-License-Identifier: LicenseRef-Proprietary
#
# rig.py - what run.py measures with: private servers, the three programs that put and
# run jobs, and the exact count of what they ran. Whatever is started here is ended by
# close(), at the latest when this program dies.
import array
import ctypes
import glob
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

import redis as redis_py

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
BUILD = os.environ.get('BENCH_BUILD', os.path.join(ROOT, 'build', 'bench-queue'))
OURS = os.environ.get('BENCH_QUEUE', os.path.join(
    ROOT, 'build/release/tests/bench/queue/bench_queue'))
NO_DELAY = -2147483648
WARM = 1000000000  # jobs numbered from here only warm a program up

COMMAND = {
    'ours': [OURS],
    'bullmq': ['node', os.path.join(HERE, 'bullmq', 'peer.js')],
    'celery': ['/usr/bin/python3', os.path.join(HERE, 'celery', 'peer.py')],
}
COMMAND['celery_new'] = COMMAND['celery']  # of the next Debian, if newer.sh got it
NEWER = os.path.join(BUILD, 'celery', 'root', 'usr/lib/python3/dist-packages')


class Failed(Exception):
    """A step that did not do what it should, or not in time."""


def mono_us():
    return time.monotonic_ns() // 1000


def child_setup():
    os.setsid()
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def median(values):
    return statistics.median(values) if values else float('nan')


def quantile(ordered, q):
    return ordered[min(len(ordered) - 1, int(len(ordered) * q))] if ordered else float('nan')


def pss_kb(pid):
    try:
        with open('/proc/%d/smaps_rollup' % pid) as f:
            for line in f:
                if line.startswith('Pss:'):
                    return int(line.split()[1])
    except OSError:
        pass
    return 0


def cpu_s(pid):
    try:
        with open('/proc/%d/stat' % pid) as f:
            t = f.read().rsplit(')', 1)[1].split()
        return (int(t[11]) + int(t[12])) / os.sysconf('SC_CLK_TCK')
    except (OSError, IndexError):
        return 0.0


def children(pid):
    try:
        with open('/proc/%d/task/%d/children' % (pid, pid)) as f:
            kids = [int(x) for x in f.read().split()]
    except OSError:
        return []
    return kids + [g for k in kids for g in children(k)]


class Runs:
    """Which jobs the handlers ran, and how late each was."""

    def __init__(self, folder):
        data, self.last_us = array.array('i'), 0
        for name in sorted(os.listdir(folder)):
            path = os.path.join(folder, name)
            with open(path, 'rb') as f:
                if name.endswith('.run'):
                    data.fromfile(f, os.path.getsize(path) // 4)
                elif name.endswith('.map'):
                    head = array.array('q')
                    head.fromfile(f, 2)
                    data.fromfile(f, 2 * head[0])
                    self.last_us = max(self.last_us, head[1])
        self.numbers = data[0::2]
        self.late_us = data[1::2]

    def delays(self):
        return sorted(d for d in self.late_us if d != NO_DELAY)

    def check(self, n):
        counted = [i for i in self.numbers if i < WARM]
        distinct = len(set(counted))
        return {'sent': n, 'distinct': distinct, 'twice': len(counted) - distinct}


class Program:
    """One process of a peer, with its output in files of its own."""

    def __init__(self, rig, argv, name, core='1'):
        self.out = os.path.join(rig.folder, '%s.%d.out' % (name, rig.count()))
        self.err = self.out[:-3] + 'err'
        full = dict(os.environ, NODE_PATH=os.path.join(BUILD, 'bullmq', 'node_modules'),
                    PYTHONPATH=NEWER if name == 'celery_new' else '', C_FORCE_ROOT='1')
        with open(self.out, 'wb') as out, open(self.err, 'wb') as err:
            self.process = subprocess.Popen(
                rig.pin(argv, core), stdout=out, stderr=err, stdin=subprocess.DEVNULL,
                env=full, preexec_fn=child_setup, cwd=rig.folder)
        rig.programs.append(self)

    @property
    def pid(self):
        return self.process.pid

    def lines(self):
        with open(self.out) as f:
            return f.read().splitlines()

    def complaint(self):
        with open(self.err, errors='replace') as f:
            return f.read()[-600:]

    def await_line(self, seconds):
        end = time.monotonic() + seconds
        while not self.lines():
            if self.process.poll() is not None or time.monotonic() > end:
                raise Failed('did not get ready: ' + self.complaint())
            time.sleep(0.01)
        return self.lines()[0]

    def await_end(self, seconds):
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failed('not done within %d s' % seconds) from None
        if self.process.returncode != 0:
            raise Failed('exit status %d: %s' % (self.process.returncode, self.complaint()))
        return self.lines()

    def ask_to_stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def await_stop(self, seconds=15):
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self):
        if self.process.poll() is None:
            try:
                os.killpg(self.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.process.wait()


class Workers:
    """The running side of one peer: as many processes as its setting asks for."""

    def __init__(self, rig, peer, setting, **ask):
        self.rig, self.peer = rig, peer
        self.folder = tempfile.mkdtemp(dir=rig.folder)
        ask = dict(rig.ask(db=0, dump=self.folder), **setting, **ask)
        processes = ask.pop('processes', 1)
        self.programs = []
        groups = ask.pop('groups', None) or [{}]  # Celery: a worker a queue
        for i in range(processes):
            for group in groups:
                self.programs.append(rig.program(peer, 'work', dict(ask, **group)))
        for p in self.programs:
            p.await_line(30)
        time.sleep(0.4)

    def cpu_s(self):
        """Of all its processes, so far."""
        return sum(cpu_s(q) for p in self.programs for q in [p.pid] + children(p.pid))

    def pss_kb(self):
        """Of each process that runs jobs; those of ours are children of the program."""
        pids = [q for p in self.programs for q in [p.pid] * (self.peer != 'ours')
                + children(p.pid)]
        return sorted((pss_kb(q) for q in pids), reverse=True)

    def stop(self):
        for p in self.programs:
            p.ask_to_stop()  # once: a second signal means "leave now" to some
        for p in self.programs:
            p.await_stop()
            text = p.complaint()
            if 'failed' in text or 'rror' in text:
                self.rig.note('%s says: %s' % (self.peer, text.strip()[-200:]))
        return Runs(self.folder)


class Rig:
    def __init__(self, pinned):
        for old in glob.glob(os.path.join(BUILD, 'run.*')):  # of one that was killed
            shutil.rmtree(old, ignore_errors=True)
        self.folder = tempfile.mkdtemp(dir=BUILD, prefix='run.')
        self.programs, self.notes, self.serial = [], [], 0
        self.host = subprocess.Popen([OURS, 'host', '{}'], stdin=subprocess.PIPE,
                                     stdout=subprocess.PIPE, preexec_fn=child_setup)
        line = self.host.stdout.readline()
        if not line:
            raise Failed('the servers did not start')
        self.servers = json.loads(line)
        self.redis = redis_py.Redis(unix_socket_path=self.servers['redis'], db=0,
                                    socket_timeout=30)
        self.redis.config_set('appendfsync', 'everysec')
        self.redis.config_set('auto-aof-rewrite-percentage', '0')
        self.servers['port'] = self.open_port()
        self.pin_all(pinned)

    def open_port(self):
        """Redis on a free port of the loopback: how most of the world reaches it."""
        for _ in range(20):
            with socket.socket() as s:
                s.bind(('127.0.0.1', 0))
                port = s.getsockname()[1]
            try:
                self.redis.config_set('bind', '127.0.0.1')
                self.redis.config_set('port', str(port))
                return port
            except redis_py.ResponseError:
                continue
        raise Failed('Redis gets no port')

    # ---- processes ---------------------------------------------------------------------
    def count(self):
        self.serial += 1
        return self.serial

    def note(self, text):
        print('# ' + text, flush=True)
        self.notes.append(text)

    def pin(self, argv, core='1'):
        return ['taskset', '-c', core] + argv if self.pinned else argv

    def pin_all(self, pinned):
        """Redis on core 0 and the programs on core 1, or all where they like."""
        self.pinned = pinned and (os.cpu_count() or 1) > 1
        self.pin_pid(self.redis.info('server')['process_id'],
                     {0} if self.pinned else range(os.cpu_count() or 1))

    @staticmethod
    def pin_pid(pid, cores):
        for task in os.listdir('/proc/%d/task' % pid):
            os.sched_setaffinity(int(task), cores)

    def ask(self, **more):
        return dict(self.servers, **more)

    def program(self, peer, verb, ask, core='1'):
        return Program(self, COMMAND[peer] + [verb, json.dumps(ask)], peer, core)

    # ---- Redis -------------------------------------------------------------------------
    def flush(self):
        """Nothing in Redis, and nothing in its append-only file."""
        self.redis.flushall()
        self.redis.bgrewriteaof()
        end = time.monotonic() + 20
        while time.monotonic() < end:
            info = self.redis.info('persistence')
            if not info['aof_rewrite_in_progress'] and not info['aof_rewrite_scheduled']:
                return
            time.sleep(0.01)

    def busy(self, peer):
        """Jobs waiting, delayed or in work in database 0, as their own keys say."""
        p = self.redis.pipeline(transaction=False)
        if peer == 'ours':
            for pool in 'as':
                for i in range(34):
                    p.llen('dv:{s0}:%s:%d' % (pool, i))
                p.zcard('dv:{s0}:%s:w' % pool)
                p.zcard('dv:{s0}:%s:z' % pool)
        elif peer == 'bullmq':
            for q in ('bench', 'hot'):
                p.llen('bull:%s:wait' % q)
                p.llen('bull:%s:active' % q)
                p.zcard('bull:%s:prioritized' % q)
                p.zcard('bull:%s:delayed' % q)
        else:
            for q in ('bench', 'hot'):
                p.llen(q)
            p.hlen('unacked')
        return sum(p.execute())

    def await_idle(self, peer, seconds, expect=None):
        """Until nothing waits; expect() may say that it is not over yet."""
        end = time.monotonic() + seconds
        quiet = 0
        while quiet < 3:
            if time.monotonic() > end:
                return False
            over = self.busy(peer) == 0 and (expect is None or expect())
            quiet = quiet + 1 if over else 0
            time.sleep(0.02)
        return True

    def sql(self, *statements):
        """Runs them; answers the rows of the last."""
        import MySQLdb
        db = MySQLdb.connect(unix_socket=self.servers['mysql'], user='root',
                             db=self.servers['schema'])
        c = db.cursor()
        for s in statements:
            c.execute(s)
        rows = c.fetchall()
        db.commit()
        db.close()
        return rows

    def cost(self):
        i = self.redis.info()
        return {'cpu_s': i['used_cpu_user'] + i['used_cpu_sys'],
                'bytes': i['total_net_input_bytes'] + i['total_net_output_bytes']}

    # ---- jobs --------------------------------------------------------------------------
    def put(self, peer, seconds=120, **ask):
        """Answers {"n", "us"}; the jobs lie in database `db` (1: nobody works there)."""
        p = self.program(peer, 'put', self.ask(**dict({'db': 1}, **ask)))
        return json.loads(p.await_end(seconds)[-1])

    def floor(self, n):
        """A bare push until a bare pop has it, n times, 20 ms apart: sorted ms."""
        self.flush()
        p = self.program('ours', 'floor', self.ask(db=0, n=n))
        return sorted(us / 1000 for us in json.loads(p.await_end(n / 50 + 60)[-1])['late_us'])

    def drain(self, peer, n, setting, limit=60, warm=0, **put):
        """Fills database 1, gets the workers ready and warm on 0, swaps, and waits."""
        self.flush()
        filled = self.put(peer, n=n, **put)
        workers = Workers(self, peer, setting, room=n + warm)
        idle = workers.pss_kb()
        if warm > 0:
            self.put(peer, n=warm, db=0, first=WARM, batch=200)
            self.await_idle(peer, limit)
        before, spent, begun = self.cost(), workers.cpu_s(), mono_us()
        self.redis.swapdb(0, 1)
        whole = self.await_idle(peer, limit)
        wall = mono_us() - begun
        after, loaded, spent = self.cost(), workers.pss_kb(), workers.cpu_s() - spent
        runs = workers.stop()
        last = self.last_us(workers, runs, begun + wall)
        out = dict(runs.check(n), whole=whole, put=filled, us=last - begun, wall_us=wall,
                   rate=n / max(1, last - begun) * 1e6 if whole else 0,
                   pss_idle_kb=idle, pss_after_kb=loaded,
                   worker_cpu_us_job=spent * 1e6 / n,
                   redis_cpu_us_job=(after['cpu_s'] - before['cpu_s']) * 1e6 / n,
                   redis_bytes_job=(after['bytes'] - before['bytes']) / n)
        if not whole:
            self.note('%s %s: not done in %d s' % (peer, setting, limit))
        return out

    @staticmethod
    def last_us(workers, runs, otherwise):
        """When the last handler ended, by what each process noted itself."""
        last = runs.last_us
        for line in (line for p in workers.programs for line in p.lines()):
            if line.startswith('{'):
                last = max(last, json.loads(line).get('last_us', 0))
        return last or otherwise

    def close(self):
        for p in self.programs:
            p.kill()
        try:
            self.host.stdin.close()
            self.host.wait(20)
        except (subprocess.TimeoutExpired, OSError):
            self.host.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def load_now():
    with open('/proc/loadavg') as f:
        return float(f.read().split()[0])


if __name__ == '__main__':
    sys.exit('rig.py is used by run.py')
