# SPDX-License-Identifier: LicenseRef-Proprietary
"""Asks what requests.txt says and prints a line each: name, p50, p99, worst, target.

    ask.py PORT TOKEN [NAME…]    only those whose name begins so; TIMES, DEEP, ROWS
"""
import datetime
import http.client
import json
import os
import random
import sys
import time

TIMES = int(os.environ.get("TIMES", "200"))
DEEP = int(os.environ.get("DEEP", "100"))
ROWS = int(os.environ.get("ROWS", "1000000"))
HERE = os.path.dirname(os.path.abspath(__file__))


class Client:
    def __init__(self, port, token):
        self.link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {"Authorization": "Bearer " + token, "Accept-Language": "en"}

    def get(self, address):
        """Status, body and seconds."""
        began = time.perf_counter()
        self.link.request("GET", address, headers=self.headers)
        answer = self.link.getresponse()
        body = answer.read()
        return answer.status, body, time.perf_counter() - began


def deep(client, address):
    """The address of the page behind DEEP others."""
    join = "&" if "?" in address else "?"
    cursor = ""
    for _ in range(DEEP):
        status, body, _ = client.get(f"{address}{join}limit=200{cursor}")
        if status != 200:
            return address  # it will be told of below
        following = json.loads(body)["page"]["next"]
        if following is None:
            break
        cursor = "&cursor=" + following
    return f"{address}{join}{cursor[1:]}" if cursor else address


def address_of(pattern, chance):
    today = datetime.date.today()
    year = f"from={today - datetime.timedelta(days=364)}&to={today}"
    moments = year.replace("&", "T09:30:00Z&") + "T21:00:00Z"
    return (
        pattern.replace("{user}", str(chance.randint(1, ROWS)))
        .replace("{discount}", str(chance.randint(1, 3 * ROWS)))
        .replace("{year}", year)
        .replace("{moments}", moments)
    )


def measure(client, name, target, pattern):
    chance = random.Random(name)
    if pattern.startswith("{deep:"):
        pattern = deep(client, pattern[6:-1])
    times = []
    for i in range(TIMES + 3):  # the first ones prepare statements
        status, body, took = client.get(address_of(pattern, chance))
        if status != 200:
            return f"{name:24} {status} {body[:120].decode(errors='replace')}", False
        if i >= 3:
            times.append(took * 1000)
    times.sort()
    p50, p99 = times[len(times) // 2], times[min(len(times) - 1, len(times) * 99 // 100)]
    fine = target == "-" or p99 <= float(target)
    line = f"{name:24} {p50:9.2f} {p99:9.2f} {times[-1]:9.2f} {target:>7}"
    return line + ("" if fine else "  SLOW"), fine


def main():
    client = Client(int(sys.argv[1]), sys.argv[2])
    wanted = sys.argv[3:]
    fine = True
    print(f"{'request':24} {'p50 ms':>9} {'p99 ms':>9} {'worst':>9} {'target':>7}")
    with open(os.path.join(HERE, "requests.txt"), encoding="utf-8") as table:
        for line in table:
            words = line.split()
            if not words or words[0] == "#" or line.startswith("#"):
                continue
            name, target, pattern = words
            if wanted and not any(name.startswith(w) for w in wanted):
                continue
            said, kept = measure(client, name, target, pattern)
            fine = fine and kept
            print(said, flush=True)
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
