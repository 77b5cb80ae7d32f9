# SPDX-License-Identifier: LicenseRef-Proprietary
#
# rows.py - the rows B1 to B12 of the benchmark, each a function of the bench (run.py). A
# row takes its peers in the order A-B-C-C-B-A, starts each run on an empty Redis, and
# says its results with bench.say(name, values, unit) and bench.ratio(…): how many times
# better ours is, whatever "better" means there.
import json
import subprocess
import time

from rig import Failed, Workers, median, quantile

PEERS = ['ours', 'bullmq', 'celery']
AT_ONCE = 48  # calls of Bot API under way: what our send child allows itself


def there_and_back(bench, rounds, names):
    """A B C, C B A, A B C …"""
    for i in range(rounds):
        yield from names if i % 2 == 0 else reversed(names)


# ---- B1, B6, B11: jobs that do nothing ------------------------------------------------
SETTINGS = {
    'ours': [{'children': c, 'lease': 1} for c in (2, 3, 4, 6, 8, 1)],
    'adaptive': [{'children': c, 'lease': 0} for c in (2, 1, 3, 4)]
                + [{'children': 2, 'lease': 10}],
    'bullmq': [{'processes': p, 'concurrency': c}
               for p, c in ((1, 50), (1, 100), (2, 50), (1, 200), (2, 100), (1, 1),
                            (1, 10), (2, 200))],
    'celery': [{'pool': 'solo'}, {'pool': 'threads', 'concurrency': 8},
               {'pool': 'prefork', 'concurrency': 2, 'prefetch': 64},
               {'pool': 'prefork', 'concurrency': 1, 'prefetch': 64},
               {'pool': 'prefork', 'concurrency': 2, 'prefetch': 4},
               {'pool': 'prefork', 'concurrency': 2, 'prefetch': 1}],
}
SETTINGS['celery_new'] = SETTINGS['celery']
GUESS = {'ours': 20000, 'adaptive': 150000, 'bullmq': 9000, 'celery': 1500,
         'celery_new': 1500}
MOST = {'ours': 400000, 'adaptive': 1500000, 'bullmq': 200000, 'celery': 30000,
        'celery_new': 30000}


def of(name):
    return 'ours' if name == 'adaptive' else name


def probe(bench):
    """Which setting serves each best: short runs, kept in the raw results."""
    bench.best, bench.rate = {}, dict(GUESS)
    for name, settings in SETTINGS.items():
        if name == 'celery_new' and not bench.newer:
            continue
        tried = []
        for setting in settings[:bench.probes]:
            n = int(max(300, bench.rate[name] * bench.probe_s))
            r = bench.rig.drain(of(name), n, setting, limit=15)
            bench.raw('probe', name, setting, r)
            tried.append((r['rate'], setting))
            bench.rate[name] = max(t[0] for t in tried)
        whole = [t for t in tried if t[1].get('lease') != 10]
        bench.rate[name], bench.best[name] = max(whole, key=lambda t: t[0])
        bench.rig.note('%s serves best with %s: %.0f/s' % (
            name, json.dumps(bench.best[name]), bench.rate[name]))


def noop_run(bench, name, row):
    n = int(min(bench.rate[name] * bench.run_s, MOST[name]))
    return bench.drain(of(name), n, bench.best[name], row=row,
                       warm=int(bench.rate[name] * bench.warm_s))


def b1(bench):
    names = ['ours', 'adaptive', 'bullmq', 'celery'] + ['celery_new'] * bench.newer
    got = {name: [] for name in names + ['celery_early']}
    for name in there_and_back(bench, bench.rounds, names):
        got[name].append(noop_run(bench, name, 'b1.' + name))
    n = int(min(bench.rate['celery'] * bench.run_s, MOST['celery']))
    got['celery_early'].append(bench.drain(
        'celery', n, dict(bench.best['celery'], early=True), row='b1.celery_early'))
    bench.b1_runs = got
    for name, runs in got.items():
        note = {'celery_early': 'may lose jobs', 'adaptive': 'a lease of many',
                'celery_new': 'Celery ' + bench.newer_version}.get(name, '')
        bench.say('b1.' + name, [r['rate'] for r in runs], 'jobs/s', note)
    rate = {name: median([r['rate'] for r in runs]) for name, runs in got.items()}
    for peer in ('bullmq', 'celery'):
        bench.ratio(peer, 'b1', rate['ours'] / rate[peer])
        bench.ratio(peer, 'b1_adaptive', rate['adaptive'] / rate[peer])
    if bench.newer:
        bench.ratio('celery_new', 'b1', rate['ours'] / rate['celery_new'])
    bench.rate.update({k: v for k, v in rate.items() if v})
    push = redis_benchmark(bench)
    bench.say('b1.redis_lpush_p16', push, 'commands/s', 'redis-benchmark LPUSH -P 16')
    bench.ratio('redis', 'b1_adaptive', rate['adaptive'] / median(push))


def b1_unpinned(bench):
    """The same, every program where the kernel puts it."""
    rate = {}
    bench.rig.pin_all(False)
    try:
        for name in ('ours', 'bullmq', 'celery'):
            setting = dict(bench.best[name])
            if name == 'bullmq':
                setting['processes'] = 2
            best = [noop_run(bench, name, 'b1.unpinned')['rate']]
            if setting != bench.best[name]:
                n = int(bench.rate[name] * bench.run_s)
                best.append(bench.drain(name, n, setting, row='b1.unpinned')['rate'])
            rate[name] = max(best)
            bench.say('b1.unpinned.' + name, [rate[name]], 'jobs/s')
    finally:
        bench.rig.pin_all(True)
    for peer in ('bullmq', 'celery'):
        bench.ratio(peer, 'b1_unpinned', rate['ours'] / rate[peer])


def redis_benchmark(bench):
    rates = []
    for _ in range(3):
        bench.rig.flush()
        argv = ['redis-benchmark', '-p', str(bench.rig.servers['port']), '-n', '400000',
                '-P', '16', '-d', '250', '-t', 'lpush', '--csv']
        text = subprocess.run(bench.rig.pin(argv), capture_output=True, text=True,
                              timeout=60, check=True).stdout
        rates += [float(line.split(',')[1].strip('"')) for line in text.splitlines()
                  if line.startswith('"LPUSH')]
    return rates


def b6(bench):
    """What a process of a worker weighs: PSS, idle and after row B1's last run."""
    runs = bench.b1_runs
    for when in ('idle', 'after'):
        kb = {}
        for peer in PEERS:
            pss = runs[peer][-1]['pss_%s_kb' % when]
            kb[peer] = max(pss) if peer == 'ours' else median(pss)
            bench.say('b6.%s.%s' % (peer, when), [kb[peer] / 1024], 'MB a process')
        if when == 'after':
            bench.ratio('bullmq', 'b6', kb['bullmq'] / kb['ours'])
            bench.ratio('celery', 'b6', kb['celery'] / kb['ours'])


def b11(bench):
    for what, key, unit in (('cpu', 'redis_cpu_us_job', 'us of Redis a job'),
                            ('worker', 'worker_cpu_us_job', 'us of the workers a job'),
                            ('bytes', 'redis_bytes_job', 'bytes on the wire a job')):
        value = {}
        for name in ('ours', 'adaptive', 'bullmq', 'celery'):
            values = [r[key] for r in bench.b1_runs[name]]
            value[name] = median(values)
            bench.say('b11.%s.%s' % (what, name), values, unit)
        for peer in ('bullmq', 'celery'):
            row = 'b11' if what == 'cpu' else 'b11_' + what
            bench.ratio(peer, row, value[peer] / value['ours'])
            bench.ratio(peer, row + '_adaptive', value[peer] / value['adaptive'])


# ---- B2: putting ----------------------------------------------------------------------
PUTS = {  # row -> peer -> (jobs a second about, what is asked)
    'single': {'ours': (20000, {'batch': 1}), 'bullmq': (5000, {'batch': 1}),
               'celery': (3000, {})},
    'concurrent': {'bullmq': (12000, {'mode': 'concurrent', 'window': 50})},
    'bulk50': {'ours': (120000, {'batch': 50}), 'bullmq': (15000, {'batch': 50})},
    'bulk500': {'ours': (140000, {'batch': 500}), 'bullmq': (15000, {'batch': 500})},
    'durable': {'ours': (700, {'mode': 'durable', 'batch': 1, 'fact': 1}),
                'bullmq': (700, {'mode': 'facts'}), 'celery': (700, {'mode': 'facts'})},
    'durable100': {'ours': (8000, {'mode': 'durable', 'batch': 100})},
}


def b2(bench):
    rate = {}
    for row, peers in PUTS.items():
        got = {peer: [] for peer in peers}
        for peer in there_and_back(bench, 2, list(peers)):
            about, ask = peers[peer]
            bench.rig.flush()
            if 'durable' in row:
                bench.rig.sql('TRUNCATE bench_fact', 'TRUNCATE job_open')
            n = int(min(45000 if row == 'single' else 1e6, max(50, about * bench.run_s / 2)))
            r = bench.rig.put(peer, n=n, **ask)  # (a lane of ours holds 50,000 at most)
            got[peer].append(r['n'] / r['us'] * 1e6)
        for peer, values in got.items():
            rate[row, peer] = median(values)
            bench.say('b2.%s.%s' % (row, peer), values, 'jobs/s')
    ours = max(rate['bulk50', 'ours'], rate['bulk500', 'ours'])
    theirs = max(v for (row, peer), v in rate.items()
                 if peer == 'bullmq' and row != 'durable')
    bench.ratio('bullmq', 'b2', ours / theirs)
    bench.ratio('celery', 'b2', ours / rate['single', 'celery'])
    for peer in ('bullmq', 'celery'):
        bench.ratio(peer, 'b2_single', rate['single', 'ours'] / rate['single', peer])
        bench.ratio(peer, 'b2_durable', rate['durable', 'ours'] / rate['durable', peer])
    bench.rig.sql('TRUNCATE bench_fact', 'TRUNCATE job_open')


# ---- B3, B4, B9, B10: how late --------------------------------------------------------
def late(bench, row, peer, setting, puts, limit=60, before=None, check=True, **ask):
    """Workers first, then what `puts` says; answers the sorted delays in ms."""
    bench.rig.flush()
    if before:
        before()
    n = sum(p['n'] for p in puts)
    workers = Workers(bench.rig, peer, setting, room=n + 200000, **ask)
    try:
        for p in puts:
            bench.rig.put(peer, seconds=limit, **dict(p, db=0))
        if check:
            bench.rig.await_idle(peer, limit)
        else:
            time.sleep(0.5)  # for the last to be picked up
    finally:
        runs = workers.stop()
    if check:
        bench.count(row, peer, runs.check(n), n)
    delays = [d / 1000 for d in runs.delays()]
    if not delays:
        raise Failed('%s: %s ran nothing' % (row, peer))
    bench.raw(row, peer, setting, {'n': len(delays), 'ms': {
        str(q): quantile(delays, q) for q in (0, .25, .5, .75, .9, .95, .99, .999, 1)}})
    return delays


def say_late(bench, name, delays):
    for label, q in (('p50', .5), ('p95', .95), ('p99', .99), ('p999', .999), ('max', 1)):
        bench.say('%s.%s' % (name, label), [quantile(delays, q)], 'ms')


def compare_late(bench, row, delays, q=.5, suffix=''):
    mine = quantile(delays['ours'], q)
    for peer in ('bullmq', 'celery'):
        if delays.get(peer):
            bench.ratio(peer, row + suffix, quantile(delays[peer], q) / max(mine, 1e-3))


def shipped(bench, peer):
    """As one would run it: ours adapts its lease."""
    if peer == 'ours':
        return {'children': bench.best['adaptive']['children'], 'lease': 0}
    return bench.best[peer]


def b3(bench):
    """A job each 20 ms on an idle system, until a handler has it."""
    seconds = min(bench.idle_s, (bench.left_s() - 30) / len(PEERS))
    n = int(min(2500, max(50, seconds * 50 / 2)))
    delays = {peer: [] for peer in PEERS}
    for peer in there_and_back(bench, 2, PEERS):
        delays[peer] += late(bench, 'b3', peer, shipped(bench, peer),
                             [{'mode': 'paced', 'rate': 50, 'n': n, 'batch': 1}],
                             limit=n / 50 + 60)
    for peer in PEERS:
        delays[peer].sort()
        say_late(bench, 'b3.' + peer, delays[peer])
    say_late(bench, 'b3.floor', bench.rig.floor(n))
    compare_late(bench, 'b3', delays)
    compare_late(bench, 'b3', delays, .99, '_p99')


def b4(bench):
    """Poisson at a share of what the peer itself does in B1, ours at one a round trip."""
    for share in (25, 50, 75):
        delays = {}
        for i, peer in enumerate(PEERS if share != 50 else PEERS[::-1]):
            rate = max(10, int(bench.rate[peer] * share / 100))
            delays[peer] = late(bench, 'b4', peer, shipped(bench, peer), [
                {'mode': 'paced', 'rate': rate, 'n': int(rate * bench.run_s), 'poisson': 1,
                 'seed': share + i}])
        for peer in PEERS:
            say_late(bench, 'b4.%d.%s' % (share, peer), delays[peer])
        compare_late(bench, 'b4_%d' % share, delays)
    compare_late(bench, 'b4', delays, .99)


BULK = {'ours': {'children': 4}, 'bullmq': {'concurrency': 4, 'queues': ['bench', 'hot']},
        'celery': {'groups': [{'pool': 'prefork', 'concurrency': 4, 'prefetch': 4},
                              {'pool': 'solo', 'queues': ['hot']}]}}


def b9(bench):
    """Twenty hot jobs a second while a bulk of jobs of a millisecond is worked off, four
    at a time; the peers' hot jobs have a queue and a worker of their own, ours a lane."""
    seconds, delays = max(2, bench.bulk_s), {}
    for peer in PEERS:
        n = min(100000, bench.bulk_n)
        bulk = {'mode': 'all', 'n': n, 'batch': 500, 'lane': 'bulk'}
        if peer == 'celery':  # has no bulk call; enough for the time that is measured
            bulk['n'] = min(n, int(3000 * seconds))
        hot = {'mode': 'paced', 'rate': 20, 'n': int(20 * seconds), 'lane': 'hot',
               'batch': 1}
        left = []

        def fill(peer=peer, bulk=bulk):
            bench.rig.put(peer, seconds=180, **dict(bulk, db=0))

        delays[peer] = late(bench, 'b9', peer, BULK[peer], [hot], limit=seconds + 60,
                            before=fill, check=False, hold_us=1000)
        left.append(bench.rig.busy(peer))
        if left[0] == 0:
            bench.rig.note('b9: the bulk of %s was worked off before the end' % peer)
        if len(delays[peer]) < hot['n']:
            bench.fail('b9: %s ran %d of %d hot jobs' % (peer, len(delays[peer]), hot['n']))
        say_late(bench, 'b9.' + peer, delays[peer])
    compare_late(bench, 'b9', delays, .99)


def b10(bench):
    """Jobs due one after the other: how long after their time."""
    n = int(1000 * bench.delay_s)
    delays = {}
    for peer in PEERS:
        setting = shipped(bench, peer)
        if peer == 'celery':  # whatever served best when nothing was delayed
            setting = {'pool': 'prefork', 'concurrency': 2, 'prefetch': 64}
        delays[peer] = late(bench, 'b10', peer, setting, [
            {'mode': 'delayed', 'n': n, 'window_ms': int(bench.delay_s * 1000),
             'lead_ms': 2000 if peer != 'celery' else 2000 + n // 2, 'batch': 200}],
            limit=bench.delay_s + 60)
        say_late(bench, 'b10.' + peer, delays[peer])
    compare_late(bench, 'b10', delays, .99)


# ---- B5: what a waiting job weighs ----------------------------------------------------
def used(bench):
    time.sleep(0.2)
    return bench.rig.redis.info('memory')['used_memory']


def b5(bench):
    def weigh(peer, n, size):
        bench.rig.flush()
        before = used(bench)
        bench.rig.put(peer, n=n, size=size, batch=200)
        return (used(bench) - before) / n

    for size in (100, 250, 1000):
        value = {}
        for peer in PEERS:
            n = int(min(100000, bench.weigh_n * (1 if peer != 'celery' else .05)))
            value[peer] = weigh(peer, n, size)
            bench.say('b5.%d.%s' % (size, peer), [value[peer]], 'bytes a job')
        for peer in ('bullmq', 'celery'):
            bench.ratio(peer, 'b5' if size == 250 else 'b5_%d' % size,
                        value[peer] / value['ours'])
    if bench.weigh_n >= 100000:
        bench.say('b5.1M.ours', [weigh('ours', 1000000, 250)], 'bytes a job')
    bench.rig.flush()


# ---- B7, B8: handlers that do something -----------------------------------------------
def b7(bench):
    """Each handler one transaction of MySQL, eight connections; b7.durable: ours as class
    D, whose transaction also deletes the job's row and writes its history."""
    settings = {'ours': {'children': 8, 'tx': 1}, 'durable': {'children': 8},
                'bullmq': {'concurrency': 8, 'connections': 8, 'tx': 1},
                'celery': {'pool': 'prefork', 'concurrency': 8, 'prefetch': 4, 'tx': 1}}
    about = {'ours': 2500, 'durable': 2000, 'bullmq': 1500, 'celery': 800}
    got = {name: [] for name in settings}
    for name in there_and_back(bench, 2, list(settings)):
        n = int(about[name] * bench.run_s)
        bench.rig.sql('TRUNCATE bench_effect', 'TRUNCATE job_open', 'TRUNCATE job_hist',
                      'UPDATE bench_account SET points = 0')
        put = {'mode': 'durable', 'batch': 100} if name == 'durable' else {'batch': 200}
        r = bench.drain('ours' if name == 'durable' else name, n, settings[name],
                        row='b7.' + name, **put)
        (rows, points), = bench.rig.sql(
            'SELECT (SELECT COUNT(*) FROM bench_effect), SUM(points) FROM bench_account')
        if rows != n or points != n:
            bench.fail('b7: %s: %d jobs, %d rows, %d points' % (name, n, rows, points))
        got[name].append(r['rate'])
        about[name] = r['rate'] or about[name]
    for name, values in got.items():
        bench.say('b7.' + name, values, 'jobs/s')
    for peer in ('bullmq', 'celery'):
        bench.ratio(peer, 'b7', median(got['ours']) / median(got[peer]))
        bench.ratio(peer, 'b7_durable', median(got['durable']) / median(got[peer]))


def b8(bench):
    """Each handler one call of a Bot API that takes 30 ms, 48 under way."""
    settings = {'ours': {'children': 1}, 'bullmq': {'concurrency': AT_ONCE},
                'celery': {'pool': 'threads', 'concurrency': AT_ONCE, 'prefetch': 4}}
    got = {peer: [] for peer in PEERS}
    for peer in there_and_back(bench, 2, PEERS):
        n = int(min(20000, (AT_ONCE / .03 if peer != 'celery' else 500) * bench.run_s))
        mock = bench.rig.program('ours', 'mock', {'ms': 30, 'room': n + 1}, core='0')
        port = json.loads(mock.await_line(10))['port']
        put = {'ack': 1} if peer == 'ours' else {}
        r = bench.drain(peer, n, dict(settings[peer], api='http://127.0.0.1:%d' % port),
                        row='b8', counted=peer != 'ours', batch=200, **put)
        mock.ask_to_stop()
        mock.await_stop(10)
        seen = json.loads(mock.lines()[-1])
        bench.raw('b8.mock', peer, {}, seen)
        if seen['distinct'] != n:
            bench.fail('b8: %s: %d jobs, %d calls' % (peer, n, seen['distinct']))
        got[peer].append(n / r['wall_us'] * 1e6)
    for peer, values in got.items():
        bench.say('b8.' + peer, values, 'jobs/s')
    for peer in ('bullmq', 'celery'):
        bench.ratio(peer, 'b8', median(got['ours']) / median(got[peer]))


# ---- B12: what safety costs -----------------------------------------------------------
def b12(bench):
    """The same jobs of ours with appendfsync everysec and always; what exactly-once in
    MySQL costs is b7.ours beside b7.durable."""
    try:
        for fsync in ('everysec', 'always'):
            bench.rig.redis.config_set('appendfsync', fsync)
            for name in ('ours', 'adaptive'):
                n = int(min(bench.rate[name] * bench.run_s / 2, MOST[name]))
                n = max(200, n // 4 if fsync == 'always' else n)
                r = bench.drain('ours', n, bench.best[name], row='b12.' + fsync)
                bench.say('b12.%s.%s' % (fsync, name), [r['rate']], 'jobs/s')
                if name == 'adaptive':
                    bench.say('b12.%s.put' % fsync,
                              [r['put']['n'] / r['put']['us'] * 1e6], 'jobs/s')
            bench.rig.flush()
            r = bench.rig.put('ours', n=int(max(50, 1500 * bench.run_s / 2)), batch=1)
            bench.say('b12.%s.put_single' % fsync, [r['n'] / r['us'] * 1e6], 'jobs/s')
    finally:
        bench.rig.redis.config_set('appendfsync', 'everysec')


ALL = [('b1', b1), ('b1_unpinned', b1_unpinned), ('b6', b6), ('b11', b11), ('b2', b2),
       ('b5', b5), ('b7', b7), ('b8', b8), ('b9', b9), ('b10', b10), ('b12', b12),
       ('b4', b4), ('b3', b3)]
NEEDS = {'b1_unpinned': 'b1', 'b6': 'b1', 'b11': 'b1'}
