# The engine workloads in SimPy, as its documentation would write them: processes that yield events.
#
# Arguments: workload, n, units of proof. Each line of standard input asks for so many more units; the answer is a line
# with the CPU time spent in ns, the units done in all, and the hash of the order of the first ones.
import math
import sys
import time

import simpy

DRAWS = 65536
MASK = 0xFFFFFFFF
SECOND = 1_000_000
TIMEOUT = 30 * SECOND
LINKS = 4
KINDS = 8


def xorshift(state):
    state ^= (state << 13) & MASK
    state ^= state >> 17
    return state ^ ((state << 5) & MASK)


def exponentials(mean):
    draws = [round(-math.log((i + 0.5) / DRAWS) * mean) for i in range(DRAWS)]
    state = 1
    for i in range(DRAWS - 1, 0, -1):
        state = xorshift(state)
        other = state % (i + 1)
        draws[i], draws[other] = draws[other], draws[i]
    return draws


def reader(draws):
    """A function that reads the draws on and on."""

    def forever():
        while True:
            yield from draws

    return forever().__next__


class Tally:
    def __init__(self, proof):
        self.done = 0
        self.proof = proof
        self.hash = 0

    def step(self, ident):
        self.done += 1
        if self.done <= self.proof:
            self.hash = ((self.hash ^ ident) * 16777619) & MASK


def hold(env, n, tally):
    draw = reader(exponentials(SECOND))
    sums = [0] * KINDS

    def holder(ident, kind):
        while True:
            yield env.timeout(draw())
            tally.step(ident)
            sums[kind] += ident

    for ident in range(1, n + 1):
        env.process(holder(ident, ident % KINDS))
    return n / SECOND


def chains(env, n, tally):
    draw = reader(exponentials(SECOND))

    def chain(ident):
        links = 0
        while True:
            yield env.timeout(0 if links % LINKS else draw())
            links += 1
            tally.step(ident)

    for ident in range(1, n + 1):
        env.process(chain(ident))
    return LINKS * n / SECOND


def timeouts(env, n, tally):
    mean = SECOND // 100
    draw = reader(exponentials(mean))

    def caller(ident):
        while True:
            timeout = env.timeout(TIMEOUT)
            yield env.timeout(draw()) | timeout
            tally.step(ident)

    for ident in range(1, n + 1):
        env.process(caller(ident))
    return n / mean


def mm10(env, n, tally):
    arrivals = exponentials(SECOND / 9)
    services = exponentials(SECOND)
    desk = simpy.Resource(env, capacity=n)
    state = [1]

    def draw(table):
        state[0] = xorshift(state[0])
        return table[state[0] >> 16]

    waited = 0

    def customer(ident):
        nonlocal waited
        came = env.now
        with desk.request() as turn:
            yield turn
            waited += env.now - came
            yield env.timeout(draw(services))
            tally.step(ident)

    def door():
        ident = 0
        while True:
            yield env.timeout(draw(arrivals))
            ident += 1
            env.process(customer(ident))

    env.process(door())
    return 9 / SECOND


def main():
    work, n, proof = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    env = simpy.Environment()
    tally = Tally(proof)
    rate = {"hold": hold, "chains": chains, "timeouts": timeouts, "mm10": mm10}[work](env, n, tally)
    for line in sys.stdin:
        start = time.process_time_ns()
        env.run(until=env.now + max(1, math.ceil(int(line) / rate)))
        spent = time.process_time_ns() - start
        print(spent, tally.done, tally.hash, flush=True)


main()
