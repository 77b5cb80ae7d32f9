# SPDX-License-Identifier: LicenseRef-Proprietary
#
# Celery as a peer of the benchmark: peer.py put|work '{"port":6379, …}', the
# same verbs and questions as bench_queue (bench.h). Jobs carry the same object; no
# results are kept; acks_late and reject_on_worker_lost unless "early".
import datetime
import http.client
import json
import math
import mmap
import os
import random
import sys
import threading
import time

from celery import Celery, signals

ask = json.loads(sys.argv[2])
NO_DELAY = -2147483648
AROUND = 29  # of our record around the object

app = Celery('bench', broker='redis://127.0.0.1:%d/%d'
             % (ask['port'], ask.get('db', 0)))
late_ack = not ask.get('early')
app.conf.update(
    task_ignore_result=True, task_acks_late=late_ack,
    task_reject_on_worker_lost=late_ack, worker_send_task_events=False,
    task_send_sent_event=False, worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True, task_default_queue='bench')


def mono_us():
    return time.monotonic_ns() // 1000


# ---- working ---------------------------------------------------------------------------
class Tally:
    """<dump>/celery.<pid>.map: count, last instant, then pairs of number and delay, in
    memory that outlives the process: a pool's child may be ended without a word."""

    def __init__(self):
        self.room = ask.get('room', 1000000)
        with open('%s/celery.%d.map' % (ask['dump'], os.getpid()), 'w+b') as f:
            f.truncate(16 + 8 * self.room)
            memory = memoryview(mmap.mmap(f.fileno(), 0))
        self.head, self.runs = memory[:16].cast('q'), memory[16:].cast('i')
        self.count, self.lock = 0, threading.Lock()

    def note(self, n, t):
        now = mono_us()
        with self.lock:
            at = 2 * self.count
            self.runs[at] = n
            self.runs[at + 1] = now - t if t else NO_DELAY
            self.count += 1
            self.head[0], self.head[1] = self.count, now


tally = None  # made by the first job of a process, or of a child of it
owner = 0
birth = threading.Lock()
own = threading.local()


def note(n, t):
    global tally, owner
    if owner != os.getpid():
        with birth:
            if owner != os.getpid():
                tally, owner = Tally(), os.getpid()
    tally.note(n, t)


@signals.worker_ready.connect
def on_ready(**_):
    print('ready', flush=True)


def tx(n):
    import MySQLdb
    db = getattr(own, 'db', None)
    if db is None:
        db = own.db = MySQLdb.connect(unix_socket=ask['mysql'], user='root',
                                      db=ask['schema'], autocommit=False)
    c = db.cursor()
    try:
        c.execute('INSERT INTO bench_effect (n) VALUES (%s)', (n,))
        c.execute('UPDATE bench_account SET points = points + 1 WHERE id = %s', (n % 64,))
        db.commit()
    except MySQLdb.IntegrityError:
        db.rollback()
    finally:
        c.close()


def call(n):
    c = getattr(own, 'http', None)
    if c is None:
        c = own.http = http.client.HTTPConnection(ask['api'].split('//')[1])
    c.request('POST', '/bot1000001:client-token-of-the-bench-000000000/answerCallbackQuery',
              json.dumps({'callback_query_id': str(n)}), {'Content-Type': 'application/json'})
    json.loads(c.getresponse().read())


def hold():
    if not ask.get('busy'):
        time.sleep(ask['hold_us'] / 1e6)
        return
    until = mono_us() + ask['hold_us']
    while mono_us() < until:
        pass


@app.task(name='bench.noop')
def noop(n, t=0, p=''):
    if ask.get('tx'):
        tx(n)
    elif ask.get('api'):
        call(n)
    elif ask.get('hold_us') and not t:
        hold()
    note(n, t)


def work():
    app.worker_main(['worker', '-P', ask.get('pool', 'prefork'),
                     '-c', str(ask.get('concurrency', 1)),
                     '--prefetch-multiplier', str(ask.get('prefetch', 4)),
                     '-Q', ','.join(ask.get('queues', ['bench'])), '-l', 'ERROR',
                     '-n', 'bench%d@%%h' % os.getpid(),
                     '--without-gossip', '--without-mingle', '--without-heartbeat'])


# ---- putting ---------------------------------------------------------------------------
pad = 'x' * 2048


def data(n, t=0):
    n += ask.get('first', 0)
    d = {'n': n, 't': t, 'p': ''} if t else {'n': n, 'p': ''}
    left = ask.get('size', 250) - AROUND - len(json.dumps(d, separators=(',', ':')))
    d['p'] = pad[:max(0, left)]
    return d


def put_all(send):
    for i in range(ask['n']):
        send(data(i))


def put_facts(send):
    import MySQLdb
    db = MySQLdb.connect(unix_socket=ask['mysql'], user='root', db=ask['schema'])
    for i in range(ask['n']):
        c = db.cursor()
        c.execute('INSERT INTO bench_fact (n) VALUES (%s)', (i,))
        c.close()
        db.commit()
        send(data(i))


def put_paced(send):
    mean = 1e6 / ask['rate']
    draw = random.Random(ask.get('seed', 1))
    due = mono_us() + 1000
    for i in range(ask['n']):
        wait = due - mono_us()
        if wait > 0:
            time.sleep(wait / 1e6)
        send(data(i, int(min(mono_us(), due + 1000))))
        due += -math.log(1 - draw.random()) * mean if ask.get('poisson') else mean


def put_delayed(send):
    lead, window = ask.get('lead_ms', 1000), ask.get('window_ms', 10000)
    wall, mono = time.time(), mono_us()
    for i in range(ask['n']):
        at = lead + window * i // ask['n']
        eta = datetime.datetime.fromtimestamp(wall + at / 1000, datetime.timezone.utc)
        send(data(i, mono + at * 1000), eta=eta)


def put():
    queue = 'hot' if ask.get('lane') == 'hot' else 'bench'
    with app.producer_pool.acquire(block=True) as producer:
        def send(kwargs, **options):
            noop.apply_async(kwargs=kwargs, queue=queue, producer=producer, **options)
        begun = mono_us()
        {'all': put_all, 'paced': put_paced, 'delayed': put_delayed,
         'facts': put_facts}[ask.get('mode', 'all')](send)
        print(json.dumps({'n': ask['n'], 'us': mono_us() - begun}))


if __name__ == '__main__':
    {'put': put, 'work': work}[sys.argv[1]]()
